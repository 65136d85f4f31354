from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests
import time_machine

from catalogue.alerts import Pace, Rule
from catalogue.people import Action, Role
from catalogue.settings import load_settings
from catalogue.store import Store
from endpoint.alerts.beginning import begin_to_hear
from endpoint.alerts.telling import Teller, key_of_person
from endpoint.deps import Services
from factories import add_source
from signing_in import Browser, add_person, serving, token_of

START = datetime(2026, 3, 9, 12, tzinfo=UTC)  # a Monday
SETTINGS = load_settings(base_url="https://feed.example.org")


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(START, tick=False) as clock:
        yield clock


def subjects(store: Store) -> list[str]:
    return [letter.mail.subject for letter in reversed(store.outbox.newest())]


def test_who_comes_to_look_after_everything_hears_and_is_told_so(
    store: Store, clock: time_machine.Coordinates
) -> None:
    services = Services(SETTINGS, store)
    add_source(store, "nile", title="Nile")
    ana = add_person(store, Role.APPROVER, mail="ana@example.org")
    assert begin_to_hear(services, ana, by="test")
    assert not begin_to_hear(services, ana, by="test"), "once is enough"
    daily, at_once = store.subscriptions.of_person(ana.id)
    assert (daily.wish.pace, daily.wish.rules) == (Pace.DAILY, frozenset())
    assert (at_once.wish.pace, at_once.wish.rules) == (Pace.AT_ONCE, {Rule.HELD})
    [letter] = store.outbox.newest()
    assert letter.mail.to == "ana@example.org"
    assert "daily at 06:00 (UTC)" in letter.mail.text.replace("\n", " ")
    assert letter.mail.unsubscribe == f"https://feed.example.org/alerts/off/{key_of_person(services, ana)}"
    assert letter.mail.unsubscribe in letter.mail.text
    teller = Teller(services)
    store.alerts.judge("nile", {Rule.HELD: {"questions": 1}, Rule.FAILING: {"why": "x"}}, START)
    teller.look()
    assert subjects(store)[1:] == ["Nile: A guard waits for an answer"]
    clock.shift(timedelta(hours=18))
    teller.look()
    assert subjects(store)[2:] == ["Nile: Harvests fail"], "what was told at once is not in the digest"


@pytest.mark.parametrize("roles", [[], [Role.VIEWER]])
def test_who_looks_after_nothing_in_particular_hears_nothing(sqlite_store: Store, roles: list[Role]) -> None:
    person = add_person(sqlite_store, *roles)
    assert not begin_to_hear(Services(SETTINGS, sqlite_store), person, by="test")
    assert sqlite_store.outbox.newest() == []


def test_one_click_ends_all_of_it_for_good(sqlite_store: Store) -> None:
    services = Services(SETTINGS, sqlite_store)
    ana, eve = (add_person(sqlite_store, Role.OPERATOR, mail=f"{one}@example.org") for one in ("ana", "eve"))
    for one in (ana, eve):
        begin_to_hear(services, one, by="test")
    key = key_of_person(services, ana)
    with serving(sqlite_store) as at:
        stranger = Browser(at)
        stranger.get(f"/alerts/off/{key}")
        assert len(sqlite_store.subscriptions.of_person(ana.id)) == 2, "to look changes nothing"
        for wrong in (f"{key}x", key.replace("p1-", "p2-"), "p9-x", "p-", "p", f"p{10**30}-x"):
            stranger.send(f"/alerts/off/{wrong}")
        assert len(sqlite_store.subscriptions.all()) == 4, "those were no keys of ours"
        assert stranger.send(f"/alerts/off/{key}", **{"List-Unsubscribe": "One-Click"}).status_code == 200
    assert [one.person_id for one in sqlite_store.subscriptions.all()] == [eve.id] * 2
    assert not begin_to_hear(services, ana, by="test"), "who has ended it is left alone"


def test_the_pages_and_the_api_let_new_operators_hear(sqlite_store: Store) -> None:
    boss = add_person(sqlite_store, Role.OPERATOR, mail="boss@example.org")
    secret = token_of(sqlite_store, boss, Action.ADMINISTER)
    people = sqlite_store.people
    with serving(sqlite_store) as at:
        browser, head = Browser(at).signed_in(sqlite_store, boss), {"Authorization": f"Bearer {secret}"}
        form = {"form_at": "/dashboard/people"}
        browser.post("/dashboard/people", **form, name="A", mail="a@example.org", role="operator")
        browser.post("/dashboard/people", **form, name="B", mail="b@example.org", role="viewer")
        b = people.by_mail("b@example.org").id
        assert sqlite_store.subscriptions.of_person(b) == []
        browser.post(f"/dashboard/people/{b}/roles", form_at=f"/dashboard/people/{b}", role="approver")
        sent = {"name": "C", "mail": "c@example.org", "role": "approver"}
        requests.post(f"{at}/api/people", json=sent, headers=head, timeout=10).raise_for_status()
        d = people.add("D", "d@example.org", "test", START).id
        requests.put(f"{at}/api/people/{d}/roles/operator", headers=head, timeout=10).raise_for_status()
    heard = {people.get(one.person_id or 0).mail for one in sqlite_store.subscriptions.all()}
    assert heard == {f"{name}@example.org" for name in "abcd"}
    assert len(sqlite_store.outbox.newest()) == 4
