from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from catalogue.alerts import Alert, AlertState, Rule
from catalogue.credentials import Secret
from catalogue.record import Record, Text
from catalogue.run import Ending, RunKind
from catalogue.sealing import Sealer, new_key
from catalogue.settings import load_settings
from catalogue.source import SourceState
from catalogue.store import Store
from factories import add_source, fill, now
from harvester.lookout import Lookout

SETTINGS = load_settings(schedule_jitter=0)
HOSTILE = "no answer from https://user:s3cret@lena.example.org/?api_key=s3cret&x=1"


def fail(store: Store, source_id: str) -> None:
    run = store.runs.open(source_id, RunKind.FULL, now())
    run = store.runs.claim(run.id, "test:1:a", now())
    store.runs.end(run, Ending.FAILED, now(), HOSTILE)


def rules(alerts: list[Alert]) -> set[tuple[str, Rule, AlertState]]:
    return {(one.source_id, one.rule, one.state) for one in alerts}


def test_what_is_amiss_becomes_alerts_and_what_is_well_again_ends_them(store: Store) -> None:
    add_source(store, "lena")
    add_source(store, "plata", certificate_until=f"{now() + timedelta(days=3):%Y-%m-%dT%H:%M:%SZ}")
    fail(store, "lena")
    lookout = Lookout(store, SETTINGS)
    assert rules(lookout.look()) == {("plata", Rule.CERTIFICATE, AlertState.OPEN)}
    fail(store, "lena")
    lookout.run_ended("lena")
    [failing] = lookout.look_at_ended()
    assert (failing.source_id, failing.rule) == ("lena", Rule.FAILING)
    assert failing.facts == {"why": "no answer from https://lena.example.org/?api_key=[secret]&x=1"}
    assert lookout.look_at_ended() == []
    assert Lookout(store, SETTINGS).look() == [], "another worker finds nothing new"
    run = store.runs.open("lena", RunKind.FULL, now())
    store.runs.end(store.runs.claim(run.id, "test:1:a", now()), Ending.COMPLETE, now())
    store.sources.change("plata", certificate_until="2099-01-01T00:00:00Z")
    assert rules(lookout.look()) == {
        ("lena", Rule.FAILING, AlertState.CLEARED),
        ("plata", Rule.CERTIFICATE, AlertState.CLEARED),
    }
    assert store.alerts.open() == []


def test_a_source_that_is_paused_has_no_alert(sqlite_store: Store) -> None:
    add_source(sqlite_store, "lena")
    fail(sqlite_store, "lena")
    fail(sqlite_store, "lena")
    lookout = Lookout(sqlite_store, SETTINGS)
    [alert] = lookout.look()
    sqlite_store.sources.change("lena", state=SourceState.SUSPENDED)
    assert lookout.look() == []
    assert sqlite_store.alerts.get(alert.id).state is AlertState.DROPPED


def test_a_harvest_that_nobody_begins_is_missed(sqlite_store: Store) -> None:
    run = fill(sqlite_store, {"a": Record(title=Text.of("A"))})
    sqlite_store.runs.end(run, Ending.COMPLETE, now())
    schedule = f"0 {(now() - timedelta(hours=3)).hour} * * *"
    sqlite_store.sources.change("nile", schedule=schedule, scheduled_at=now() - timedelta(days=9))
    with sqlite_store.engine.begin() as connection:
        connection.execute(sa.text("UPDATE runs SET opened_at = '2020-01-01 00:00:00.000000'"))
    lookout = Lookout(sqlite_store, SETTINGS)
    assert rules(lookout.look()) == {("nile", Rule.MISSED, AlertState.OPEN)}
    sqlite_store.runs.open("nile", RunKind.FULL, now())
    assert rules(lookout.look()) == {("nile", Rule.MISSED, AlertState.CLEARED)}


def test_records_are_counted_where_many_have_gone(sqlite_store: Store) -> None:
    run = fill(sqlite_store, {f"r{n}": Record(title=Text.of("A")) for n in range(20)})
    with sqlite_store.engine.begin() as connection:
        connection.execute(sa.text("UPDATE runs SET listed = 20, absent = 30"))
    sqlite_store.runs.end(run, Ending.COMPLETE, now())
    [shrunk] = Lookout(sqlite_store, SETTINGS).look(["nile"])
    assert (shrunk.rule, shrunk.facts) == (Rule.SHRUNK, {"before": 50, "now": 20, "days": 30})


@pytest.mark.parametrize(("days", "told"), [(3, True), (90, False)])
def test_a_password_ends_when_somebody_said_that_it_does(
    sqlite_store: Store, days: int, *, told: bool
) -> None:
    source, at = add_source(sqlite_store, "nile"), now() + timedelta(days=days)
    secret = Secret.basic("us", "s3cret")
    sqlite_store.secrets.set(source, secret, Sealer([new_key()]), now(), ends_at=at)
    found = Lookout(sqlite_store, SETTINGS).look()
    assert [one.rule for one in found] == ([Rule.SECRET] if told else [])


def test_alerts_of_long_ago_are_forgotten(sqlite_store: Store) -> None:
    add_source(sqlite_store, "nile")
    long_ago = now() - timedelta(days=400)
    sqlite_store.alerts.judge("nile", {Rule.HELD: {"questions": 1}}, long_ago)
    sqlite_store.alerts.judge("nile", {Rule.HELD: None}, long_ago)
    Lookout(sqlite_store, SETTINGS).forget()
    assert sqlite_store.alerts.newest() == []
