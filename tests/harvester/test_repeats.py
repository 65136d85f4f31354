"""What one run lists twice: in its tally each record that could not be taken is one fault."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue.run import Checkpoint, Ending, RunKind
from catalogue.settings import load_settings
from catalogue.store import Store
from factories import add_source
from harvester import pipeline
from harvester.clients.base import Description, Item, Page
from harvester.inline import work_now
from remote_node import FOREIGN, dublin_core

_NUMBERS = itertools.count()
LISTS = st.lists(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(["good", "bad", "gone"])), max_size=4),
    min_size=1,
    max_size=8,
)


class Listed:
    """A client whose pages are what they are told to be."""

    def __init__(self, pages: list[Page]) -> None:
        self._pages = pages

    def describe(self) -> Description:
        return Description()

    def pages(self, checkpoint: Checkpoint, *, modified_since: str = "") -> Iterator[Page]:
        assert not modified_since
        for number, page in enumerate(self._pages[checkpoint.pages :], start=checkpoint.pages + 1):
            # As a client does: from the checkpoint with which it began.
            yield Page(
                page.items,
                checkpoint.evolve(finished=number == len(self._pages), complete_list_size=page.size or None),
                again=page.again,
            )


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> dict[str, Listed]:
    """Clients by source."""
    clients: dict[str, Listed] = {}

    monkeypatch.setattr(pipeline, "client_for", lambda source, _session, **_uploads: clients[source.id])
    return clients


def item(name: str, kind: str) -> Item:
    if kind == "gone":
        return Item(name, "2026-01-01", deleted=True)
    return Item(name, "2026-01-01", payload=FOREIGN if kind == "bad" else dublin_core(name))


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(pages=LISTS, killed_after=st.integers(0, 3))
def test_each_record_that_could_not_be_taken_is_one_fault(
    sqlite_store: Store, listed: dict[str, Listed], pages: list[list[tuple[str, str]]], killed_after: int
) -> None:
    name = add_source(sqlite_store, f"s{next(_NUMBERS)}").id
    made = [Page(tuple(item(*one) for one in page), Checkpoint()) for page in pages]
    listed[name] = Listed(made)
    seen = itertools.count(1)
    run = work_now(
        sqlite_store,
        load_settings(guard_few=100),
        name,
        RunKind.FULL,
        on_page=lambda _: None,
        should_stop=lambda: next(seen) == killed_after,
    )
    if run.is_open:
        run = work_now(sqlite_store, load_settings(guard_few=100), name, RunKind.FULL)
    faulty: set[str] = set()
    for page in pages:
        for one, kind in dict(page).items():
            if kind == "bad":
                faulty.add(one)
            else:
                faulty.discard(one)
    assert run.tally.listed == sum(map(len, pages))
    assert run.tally.balanced
    assert sorted(fault.source_identifier for fault in sqlite_store.runs.faults(run.id)) == sorted(faulty)
    assert run.tally.faulty == len(faulty)
    assert (run.ending is Ending.COMPLETE_WITH_FAULTS) == bool(faulty)


def test_an_old_deletion_of_what_could_not_be_taken_does_not_make_it_taken(
    sqlite_store: Store, listed: dict[str, Listed]
) -> None:
    add_source(sqlite_store)
    old = Item("a", "2001-01-01", deleted=True)
    listed["nile"] = Listed(
        [Page((item("a", "bad"), item("b", "good")), Checkpoint()), Page((old,), Checkpoint())]
    )
    run = work_now(sqlite_store, load_settings(), "nile", RunKind.FULL)
    assert [fault.source_identifier for fault in sqlite_store.runs.faults(run.id)] == ["a"]
    assert (run.tally.faulty, run.tally.skipped, run.ending) == (1, 1, Ending.COMPLETE_WITH_FAULTS)


def tombstones(names: str, **fields: Any) -> Page:
    return Page(tuple(item(name, "gone") for name in names), Checkpoint(), **fields)


def test_tombstones_of_what_we_never_had_are_counted_over_all_pages(
    sqlite_store: Store, listed: dict[str, Listed]
) -> None:
    """A page without any between two that have some; and a list that is cut counts them anew."""
    add_source(sqlite_store)
    alive = Page((item("a", "good"),), Checkpoint())
    listed["nile"] = Listed([tombstones("bc"), alive, tombstones("d"), alive])
    run = work_now(sqlite_store, load_settings(), "nile", RunKind.FULL)
    assert run.checkpoint.strange == 3
    listed["nile"] = Listed([tombstones("bcd"), Page((), Checkpoint(), again=True), tombstones("bc"), alive])
    run = work_now(sqlite_store, load_settings(), "nile", RunKind.FULL)
    assert run.checkpoint.strange == 2


def test_what_never_was_and_comes_twice_does_not_make_a_short_list_long(
    sqlite_store: Store, listed: dict[str, Listed]
) -> None:
    """Two tombstones, listed before a cut and after it, do not stand for two records that are missing."""
    settings = load_settings(absence_lists=1, absence_days=0, guard_few=100)
    add_source(sqlite_store)
    both = Page((item("a", "good"), item("b", "good"), item("e", "good")), Checkpoint())
    listed["nile"] = Listed([both])
    work_now(sqlite_store, settings, "nile", RunKind.FULL)
    only = Page((item("a", "good"),), Checkpoint(), size=5)
    listed["nile"] = Listed([tombstones("cd"), Page((), Checkpoint(), again=True), tombstones("cd"), only])
    run = work_now(sqlite_store, settings, "nile", RunKind.FULL)
    assert (run.tally.listed, run.tally.absent) == (5, 0)
    assert [event.event for event in sqlite_store.runs.events(run.id)] == ["list-not-complete"]
