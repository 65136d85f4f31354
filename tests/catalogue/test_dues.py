from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from catalogue.dues import Dues, waits_until
from catalogue.node_state import NodeState, state_of
from catalogue.run import Ending, RunKind
from catalogue.source import Missed
from catalogue.store import Store
from catalogue.store.registry.overview import Glance
from factories import add_source

SET_AT = datetime(2026, 3, 9, 12, tzinfo=UTC)
DUE = datetime(2026, 3, 10, 3, tzinfo=UTC)
LATE = DUE + timedelta(minutes=20)


def glance(store: Store) -> Glance:
    return store.overview.glances()[0]


@pytest.fixture
def nightly(sqlite_store: Store) -> Store:
    """A store with one source that is harvested at three, and was at nine in the evening before."""
    add_source(sqlite_store, "nile", schedule="0 3 * * *")
    run = sqlite_store.runs.open("nile", RunKind.FULL, SET_AT)
    run = sqlite_store.runs.claim(run.id, "test:1:a", SET_AT)
    sqlite_store.runs.end(run, Ending.COMPLETE, SET_AT)
    sqlite_store.sources.change("nile", scheduled_at=SET_AT)
    return sqlite_store


def test_a_harvest_is_owed_when_none_was_opened_in_time(nightly: Store) -> None:
    dues = Dues(0)
    moments = (DUE - timedelta(minutes=1), DUE + timedelta(minutes=10), LATE)
    assert [dues.owed(glance(nightly), at) for at in moments] == [False, False, True]
    assert state_of(dues.facts(glance(nightly), LATE)) is NodeState.DUE
    assert dues.of(glance(nightly), LATE).next == DUE + timedelta(days=1)


def test_nothing_is_owed_while_a_run_is_open_or_where_one_was(nightly: Store) -> None:
    run = nightly.runs.open("nile", RunKind.FULL, DUE)
    assert not Dues(0).facts(glance(nightly), LATE).owed
    run = nightly.runs.claim(run.id, "test:1:a", DUE)
    nightly.runs.end(run, Ending.COMPLETE, LATE)
    assert state_of(Dues(0).facts(glance(nightly), LATE)) is NodeState.UP_TO_DATE


def test_what_is_missed_on_purpose_is_not_owed(nightly: Store) -> None:
    nightly.sources.change("nile", missed=Missed.SKIP)
    assert not Dues(0).owed(glance(nightly), LATE)


def test_a_schedule_that_is_not_understood_owes_nothing(nightly: Store) -> None:
    nightly.sources.change("nile", time_zone="Nowhere/Atall")
    assert not Dues(0).owed(glance(nightly), LATE)
    assert Dues(0).of(glance(nightly), LATE).next is None


def test_a_changed_schedule_counts_at_once(nightly: Store) -> None:
    dues = Dues(0)
    dues.of(glance(nightly), SET_AT)
    nightly.sources.change("nile", schedule="0 5 * * *")
    assert dues.of(glance(nightly), SET_AT).next == DUE + timedelta(hours=2)


def test_what_waits_for_the_end_of_quiet_hours_is_said_to(nightly: Store) -> None:
    nightly.sources.change("nile", quiet_hours="05:00-09:00", time_zone="Africa/Nairobi")
    word = lambda at: state_of(Dues(0).facts(glance(nightly), at))  # noqa: E731 - short
    assert waits_until(glance(nightly), DUE) == DUE.replace(hour=6)
    assert word(DUE) is NodeState.UP_TO_DATE, "nothing waits"
    run = nightly.runs.open("nile", RunKind.FULL, DUE)
    assert word(DUE) is NodeState.QUIET
    assert word(DUE.replace(hour=6)) is NodeState.DUE
    nightly.runs.cancel(run.id, DUE)
    nightly.runs.open("nile", RunKind.REMAP, DUE)
    assert word(DUE) is NodeState.DUE, "it asks the node for nothing"
    nightly.sources.change("nile", quiet_hours="from five to nine")
    assert waits_until(glance(nightly), DUE) is None
