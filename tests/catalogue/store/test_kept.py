"""Renditions that are kept behind the run: whatever happens, what is served is what would be rendered now."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from catalogue.record import Record, Subject, Text, from_json
from catalogue.rendering import render
from catalogue.store import Store
from catalogue.store.lists import kept
from catalogue.store.lists.feed import FeedQuery, Told, Unrendered
from catalogue.store.tables import keepings, kept_renditions
from factories import add_source, commit, open_run, set_clock, write_of
from record_strategies import records

NAME = "oai:clearinghouse.localdomain:nile:"
ISO = "iso19139"
LATER = 1_900_000_000


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The time, which stands still."""
    seconds = [LATER]
    set_clock(monkeypatch, lambda _connection: seconds[0])
    return seconds


def write(store: Store, name: str, text: str = "", **more: Any) -> Any:
    record = Record(Text.of(f"{name} {text}"), subjects=(Subject(Text.of(text)),))
    made = write_of(store, record, source_identifier=name, **more)
    stored = {"oai_dc", made.metadata_prefix}
    return replace(made, renditions={one: made.renditions[one] for one in stored})


def keep_all(store: Store, prefix: str = ISO) -> int:
    """Go through the list to its end, a few at a time."""
    entries = 0
    while more := store.kept.go_on(prefix, limit=3):
        entries += more
    return entries


def served(store: Store, prefix: str = ISO) -> tuple[dict[str, bytes], int]:
    """The metadata of all live records as they are served, by title; and how many of them were kept."""
    found, ready = {}, 0
    for entry in store.feed.entries(FeedQuery("oai_dc"), limit=1000):
        element = store.feed.element(entry.identifier, prefix)
        assert isinstance(element, tuple)
        if entry.deleted:
            assert len(element) == 1
            continue
        found[entry.identifier] = rendered(element, prefix)
        ready += not isinstance(element, Unrendered)
    page = store.feed.unrendered(FeedQuery(prefix), limit=1000)
    if page is not None:
        listed = [rendered(one, prefix) for one in page.elements if len(one) > 1]
        assert listed == list(found.values())
    return found, ready


def rendered(element: Told | Unrendered, prefix: str) -> bytes:
    if not isinstance(element, Unrendered):
        return element[1]
    record = from_json(element.neutral)
    return render(record, prefix, identifier=element.file_identifier, datestamp=element.source_datestamp)


def filled(store: Store, names: str = "abcdefg") -> Any:
    add_source(store)
    run = open_run(store)
    commit(store, run, [write(store, name) for name in names])
    return run


def test_what_is_kept_is_what_is_rendered(store: Store, at: list[int]) -> None:
    run = filled(store)
    commit(store, run, [], tombstones=list(store.records.known([f"{NAME}c"]).values()))
    before = served(store)
    assert before[1] == 0
    assert keep_all(store) == 0, "what has this second's datestamp may yet get company"
    at[0] += 1
    assert keep_all(store) == 7
    assert served(store) == (before[0], 6)
    assert keep_all(store) == 0
    numbers = [one.record_id for one in store.feed.entries(FeedQuery("oai_dc"), limit=10)]
    assert sorted(store.kept.of(numbers, ISO).values()) == sorted(before[0].values())
    assert store.feed.newest_datestamp() == LATER


@pytest.mark.parametrize("seconds", [0, 1])
def test_a_record_that_changes_is_never_served_as_it_was(store: Store, at: list[int], seconds: int) -> None:
    """Also where it gets the datestamp that it had: the clock was set back."""
    run = filled(store)
    at[0] += 1
    keep_all(store)
    at[0] += seconds - 1
    commit(store, run, [write(store, "b", "new"), write(store, "h")])
    found, ready = served(store)
    assert ready == 6
    assert b"b new" in found[f"{NAME}b"]
    at[0] += 1
    assert keep_all(store) == (2 if seconds else 1), "b stands before where it has been gone through to"
    assert served(store) == (found, 8 if seconds else 7)


def test_a_record_that_comes_back_or_in_another_format(store: Store, at: list[int]) -> None:
    run = filled(store)
    at[0] += 1
    keep_all(store)
    commit(store, run, [], tombstones=list(store.records.known([f"{NAME}a"]).values()))
    native = b'<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd"/>'
    commit(store, run, [write(store, "b", prefix=ISO, native=native)])
    assert NAME + "a" not in served(store)[0]
    assert served(store)[0][NAME + "b"] == native
    commit(store, run, [write(store, "a", "again"), write(store, "b", "in Dublin Core")])
    found, ready = served(store)
    assert b"a again" in found[NAME + "a"]
    assert b"b in Dublin Core" in found[NAME + "b"]
    assert ready == 5
    at[0] += 1
    keep_all(store)
    assert served(store) == (found, 7)


def test_another_edition_serves_nothing_of_this_one(
    store: Store, at: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(store)
    at[0] += 1
    keep_all(store)
    found, _ = served(store)
    for module in ("kept", "feed"):
        monkeypatch.setattr(f"catalogue.store.lists.{module}.edition", lambda: "another")
    assert served(store) == (found, 0)
    assert keep_all(store) == 7
    assert served(store) == (found, 7)
    with store.engine.connect() as connection:
        editions = connection.execute(sa.select(kept_renditions.c.edition).distinct()).scalars().all()
        assert editions == ["another"]
        assert connection.execute(sa.select(keepings.c.edition)).scalars().all() == ["another"]


def test_two_go_through_the_list_at_a_time(store: Store, at: list[int]) -> None:
    filled(store, "abcdefghijklmnopqrstuvwxyz")
    at[0] += 1
    entries: list[int] = []

    def go_through() -> None:
        for _ in range(20):
            entries.append(store.kept.go_on(ISO, limit=2))  # noqa: PERF401 - by two threads

    both = [threading.Thread(target=go_through) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sum(entries) == 26
    assert served(store)[1] == 26


def test_a_record_that_is_being_changed_is_left_to_the_next_time(
    store: Store, at: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL: neither waits for the other. SQLite: the chore waits, and finds what was written."""
    run = filled(store)
    at[0] += 1
    reached, go_on = threading.Event(), threading.Event()
    enqueue = kept.take_away

    def slowly(*given: Any) -> None:
        enqueue(*given)
        reached.set()
        assert go_on.wait(30)

    monkeypatch.setattr("catalogue.store.lists.kept.take_away", slowly)
    writer = threading.Thread(target=commit, args=(store, run, [write(store, "d", "new")]))
    writer.start()
    assert reached.wait(30)
    if store.embedded:
        threading.Timer(0.2, go_on.set).start()
    else:
        assert keep_all(store) == 3
        go_on.set()
        writer.join(30)
    keep_all(store)
    writer.join(30)
    at[0] += 1
    keep_all(store)
    found, ready = served(store)
    assert ready == 7
    assert b"d new" in found[NAME + "d"]


def test_what_is_not_to_be_kept_any_more_is_forgotten(store: Store, at: list[int]) -> None:
    filled(store)
    at[0] += 1
    keep_all(store)
    keep_all(store, "dcat")
    found = served(store)[0], served(store, "dcat")[0]
    assert store.kept.forget([ISO, "dcat"], limit=5) == 0
    assert [store.kept.forget(["dcat"], limit=5) for _ in range(3)] == [5, 2, 0]
    assert served(store) == (found[0], 0)
    assert served(store, "dcat") == (found[1], 7)
    assert keep_all(store) == 7


@given(record=records)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_packed_is_unpacked(record: Record) -> None:
    for prefix in (ISO, "dcat"):
        made = render(record, prefix, identifier="oai:x:y:1", datestamp="2026-01-01T00:00:00Z")
        assert kept.unpacked(kept.packed(made, prefix), prefix) == made


def test_little_is_kept_but_the_record_itself() -> None:
    record = Record(
        Text.of("Inventory of stocks", "en"), descriptions=(Text.of("Counted in five districts."),)
    )
    made = render(record, ISO, identifier="oai:x:y:1", datestamp="2026-01-01T00:00:00Z")
    assert len(kept.packed(made, ISO)) < len(made) / 10
