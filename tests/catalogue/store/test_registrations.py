"""Registrations in both databases: keys, claims, decisions that are whole, and what is forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from catalogue import registering
from catalogue.errors import (
    RegistrationClosed,
    SourceExists,
    TooManyRegistrations,
    UnknownRegistration,
    UnknownSource,
)
from catalogue.people import Node, Organisation
from catalogue.registration import (
    Answers,
    Hears,
    Registration,
    RegistrationState,
    See,
    What,
    When,
    Who,
    source_of,
)
from catalogue.source import Missed
from catalogue.store import Store
from catalogue.store.community.registrations import Place
from catalogue.trial import Trial
from registration_desk import made_report

NOW = datetime(2026, 11, 28, 5, tzinfo=UTC)
URL = "https://repository.example.ke/oai"
WHO = Who(
    country="KE",
    organisation="Lake Centre",
    person="Wanjiru",
    mail="w@example.org",
    confirmed="w@example.org",
)
ANSWERS = Answers(
    WHO, What(("waste",), "oai_dc"), See(), When(nights_only=True, pause=2), Hears(("w@example.org",))
)


def draft(at: datetime = NOW, **changes: object) -> Registration:
    made = Registration(
        0, RegistrationState.DRAFT, URL, at, at, "c", answers=ANSWERS, report=made_report(URL)
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def begun(store: Store, one: Registration | None = None) -> tuple[str, int]:
    key = store.registrations.begin(one or draft(), client="c", per_hour=99)
    return key, store.registrations.by_key(key).id


def sent(store: Store, one: Registration | None = None, at: datetime = NOW) -> int:
    _, number = begun(store, one)
    store.registrations.change(number, lambda it: registering.sent(it, at), at)
    return number


def tried(store: Store) -> int:
    number = sent(store)
    assert store.registrations.claim(NOW, stale_after=timedelta(minutes=5)) is not None
    trial = Trial(NOW, NOW, listed=3, taken=3, languages={"fr": 3})
    store.registrations.change(number, lambda it: registering.tried(it, trial, NOW), NOW)
    return number


def test_a_key_opens_one_and_is_not_in_the_database(store: Store) -> None:
    one = draft()
    key, number = begun(store, one)
    kept = store.registrations.by_key(key)
    assert replace(kept, id=0) == one
    assert kept.reference == f"R-{number:05}"
    with store.engine.connect() as connection:
        for table in ("registrations", "registration_events"):
            rows = connection.execute(sa.text(f"SELECT * FROM {table}")).all()  # noqa: S608 - our own names
            assert key not in repr(rows)
    for wrong in ("", "x", key[:-1], str(number), "\ud800"):
        with pytest.raises(UnknownRegistration):
            store.registrations.by_key(wrong)


def test_one_client_begins_so_many_in_an_hour(store: Store) -> None:
    for minutes in (0, 10):
        at = NOW + timedelta(minutes=minutes)
        store.registrations.begin(draft(at), client="a", per_hour=2)
    with pytest.raises(TooManyRegistrations) as refused:
        store.registrations.begin(draft(NOW + timedelta(minutes=20)), client="a", per_hour=2)
    assert refused.value.retry_after == 2401
    store.registrations.begin(draft(NOW + timedelta(minutes=20)), client="b", per_hour=2)
    store.registrations.begin(draft(NOW + timedelta(minutes=61)), client="a", per_hour=2)


def test_a_trial_is_taken_once_given_back_and_taken_from_the_dead(store: Store) -> None:
    unconfirmed = sent(store, draft(answers=replace(ANSWERS, who=replace(WHO, confirmed=""))))
    number = sent(store)
    stale = timedelta(minutes=5)
    claim = store.registrations.claim(NOW, stale_after=stale)
    assert claim is not None
    assert (claim.id, claim.attempt) == (number, 1)
    assert store.registrations.claim(NOW + timedelta(minutes=1), stale_after=stale) is None
    store.registrations.release(claim)
    claim = store.registrations.claim(NOW, stale_after=stale)
    assert claim is not None
    assert claim.attempt == 1
    later = NOW + timedelta(minutes=6)
    second = store.registrations.claim(later, stale_after=stale)
    assert second is not None
    assert second.attempt == 2
    store.registrations.release(claim)  # too late: another has it
    assert store.registrations.get(number).state is RegistrationState.UNDER_CHECK
    assert store.registrations.get(unconfirmed).state is RegistrationState.RECEIVED


def test_accepting_makes_everything_or_nothing(store: Store) -> None:
    number = tried(store)
    one = store.registrations.get(number)
    source = replace(source_of(one, "lake"), node_id="lake")
    place = Place(source, Node("lake", "centre", "Lake", "KE"), Organisation("centre", "Lake Centre", "KE"))

    def act(it: Registration) -> Registration:
        return registering.accepted(it, NOW, by="amina", reason="Good.", source_id="lake")

    def refuses(it: Registration) -> Registration:
        raise RegistrationClosed(it.reference)

    with pytest.raises(RegistrationClosed):
        store.registrations.accept(number, refuses, place, NOW)
    assert store.organisations.all() == []
    with pytest.raises(UnknownSource):
        store.sources.get("lake")
    done = store.registrations.accept(number, act, place, NOW)
    kept = store.sources.get("lake")
    assert (kept.sets, kept.metadata_prefix, kept.schedule, kept.missed) == (
        ("waste",), "oai_dc", "0 2 * * *", Missed.SKIP,
    )  # fmt: skip
    assert (kept.node_id, kept.quirks.host_pause) == ("lake", 2)
    assert store.registrations.get(number) == replace(done, changed_at=NOW)
    other = tried(store)
    with pytest.raises(SourceExists):
        store.registrations.accept(other, act, Place(source), NOW)
    assert store.registrations.get(other).state is RegistrationState.TRIAL_DONE
    with pytest.raises(RegistrationClosed):
        store.registrations.accept(number, act, Place(replace(source, id="sea")), NOW)
    assert [one.id for one in store.sources.all()] == ["lake"]
    assert [one.act for one in store.audit.newest(about=f"registration:{number}")] == [
        "accepted",
        "tried",
        "sent",
    ]


def test_the_register_of_decisions_is_paged_and_drafts_are_forgotten(store: Store) -> None:
    numbers = []
    for day in range(3):
        at = NOW + timedelta(days=day)
        number = sent(store, at=at)
        store.registrations.change(
            number, lambda it, at=at: registering.refused(it, at, by="a", reason=f"{at:%d}"), at
        )
        numbers.append(number)
    begun(store)
    withdrawn = sent(store)
    store.registrations.change(withdrawn, lambda it: registering.withdrawn(it, NOW), NOW)
    page = store.registrations.decided(limit=2)
    assert [one.id for one in page] == numbers[:0:-1]
    assert page[-1].decided_at is not None
    rest = store.registrations.decided(before=page[-1].decided_at)
    assert [(one.id, one.reason) for one in rest] == [(numbers[0], "28")]
    assert [one.id for one in store.registrations.waiting()] == []
    assert store.registrations.forget(NOW + timedelta(days=9)) == 2
    assert len(store.registrations.newest(limit=99)) == 3
