"""What meets a box, told by the digits of edges: the same as plain Python tells, for every relation."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import factories
from catalogue.query import Extent, RecordQuery, Relation
from catalogue.record import Box, Record, Text
from catalogue.store import Store
from catalogue.store.index import edged, edges, edging, finding
from catalogue.store.index.anew import begin_anew
from query_truth import Known, held_by_name, matching

RELATIONS = list(Relation)
#: The width of a step.
STEP = 180 / 256
degrees = st.floats(-180, 180) | st.integers(-256, 256).map(lambda count: count * STEP)


def some_records(count: int, *, seed: int = 5) -> dict[str, Record]:
    """One box each, mostly: of every size, at the ends of steps, over the antimeridian, none, several."""
    draw = random.Random(seed)

    def box() -> Box:
        west, east = (round(draw.uniform(-180, 180) / STEP) * STEP * draw.choice([1, 0.999]) for _ in "we")
        south, north = sorted(round(draw.uniform(-90, 90) / STEP, 1) * STEP for _ in "sn")
        if draw.random() < 0.8:
            west, east = sorted((west, east))
        return Box(west, south, east, north)

    return {
        f"r{number}": Record(
            Text.of(f"Map {number}"),
            boxes=tuple(box() for _ in range(draw.choice([1, 1, 1, 1, 1, 1, 0, 2]))),
        )
        for number in range(count)
    }


def wanted(draw: random.Random) -> Extent:
    west, east = (round(draw.uniform(-180, 180) / STEP) * STEP for _ in "we")
    south, north = sorted(draw.choice([draw.uniform(-90, 90), -90.0, 0.0, 45.0, 90.0]) for _ in "sn")
    return Extent(draw.choice(RELATIONS), west, south, east, north)


def check(store: Store, known: list[Known], *, count: int = 40) -> None:
    draw = random.Random(8)
    for _ in range(count):
        box = wanted(draw)
        assert store.search.ids(RecordQuery(where=box, limit=1000)) == matching(known, box), box


@pytest.mark.parametrize("most", [50_000, 0], ids=["by edges", "by the table"])
def test_it_finds_what_plain_python_finds(store: Store, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(finding, "MANY", most)
    known = held_by_name(store, some_records(250))
    store.index.take_in()
    draw = random.Random(6)
    found = 0
    for _ in range(120):
        box = wanted(draw)
        numbers = store.search.ids(RecordQuery(where=box, limit=1000))
        assert numbers == matching(known, box), box
        found += bool(numbers)
    assert found > 60


@settings(deadline=None)
@given(degrees, degrees, degrees)
def test_what_is_sure_is_so_and_what_is_not_possible_is_not(west: float, east: float, at: float) -> None:
    box = (min(west, east), -10.0, max(west, east), 10.0)
    having = {
        edge: [1 if term in edges.of_boxes([box]) else 0 for term in terms]
        for edge, terms in edges.DIGITS.items()
    }
    for other in (Extent(Relation.INTERSECTS, at, -90, 180, 90), Extent(Relation.WITHIN, -180, -90, at, 90)):
        truth = box[2] >= at if other.relation is Relation.INTERSECTS else box[2] <= at
        sure, maybe = edges.compared(other, 1, having)
        assert truth if sure else (not truth or maybe)
    assert not edges.compared(replace(other, south=50.0), 1, having)[0]


def test_a_record_of_an_earlier_release_has_no_digits_and_is_looked_at(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edges, "of_boxes", lambda _: ())
    known = held_by_name(sqlite_store, some_records(60))
    sqlite_store.index.take_in()
    check(sqlite_store, known)


# Edges in order


@pytest.fixture
def _in_short_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "FEW", 0)
    monkeypatch.setattr(edged, "_LENGTH", 8)


@pytest.mark.usefixtures("_in_short_blocks")
def test_edges_in_order_tell_what_plain_python_tells_whatever_has_changed(store: Store) -> None:
    factories.add_source(store)
    factories.number_from(store, 65_436)
    known = held_by_name(store, some_records(200))
    store.index.take_in()
    assert store.index.put_edges_in_order(loose=0) > 50
    check(store, known)
    assert store.index.put_edges_in_order(loose=0) > 50
    assert store.index.put_edges_in_order(loose=0) == 0
    check(store, known)
    changed = {name: one for name, one in some_records(220, seed=9).items() if int(name[1:]) % 4 == 0}
    now = {one.number: one for one in [*known, *held_by_name(store, changed)]}
    known = [one for _, one in sorted(now.items())]
    check(store, known)
    store.index.take_in()
    check(store, known)
    assert store.index.put_edges_in_order(loose=0) > 0
    check(store, known)


@pytest.mark.usefixtures("_in_short_blocks")
def test_no_digits_are_read_where_the_edges_of_all_are_in_order(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = held_by_name(sqlite_store, some_records(60))
    sqlite_store.index.take_in()
    assert sqlite_store.index.put_edges_in_order(loose=0) > 30
    monkeypatch.delattr(edges, "digits")
    for relation in (*edges.TOLD, Relation.DISJOINT):
        box = Extent(relation, -100 * STEP, -40.0, 100 * STEP, 45.0)
        assert sqlite_store.search.ids(RecordQuery(where=box, limit=1000)) == matching(known, box), box


@pytest.mark.usefixtures("_in_short_blocks")
def test_a_few_wait_and_an_eighth_of_the_others(sqlite_store: Store) -> None:
    records = {name: one for name, one in some_records(200).items() if len(one.boxes) == 1}
    first = dict(list(records.items())[:80])
    held_by_name(sqlite_store, first)
    sqlite_store.index.take_in()
    assert sqlite_store.index.put_edges_in_order(loose=80) == 0
    assert sqlite_store.index.put_edges_in_order(loose=5) > 60
    held_by_name(sqlite_store, dict(list(records.items())[80:88]))
    sqlite_store.index.take_in()
    assert sqlite_store.index.put_edges_in_order(loose=5) == 0
    assert sqlite_store.index.put_edges_in_order(loose=0) == 0
    assert sqlite_store.index.put_edges_in_order(loose=8, quiet=True) == 0
    assert 0 < sqlite_store.index.put_edges_in_order(loose=0, quiet=True) <= 8
    held_by_name(sqlite_store, dict(list(records.items())[88:110]))
    sqlite_store.index.take_in()
    assert sqlite_store.index.put_edges_in_order(loose=5) > 20


def test_no_order_is_written_where_the_index_has_changed_meanwhile(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    held_by_name(sqlite_store, some_records(60))
    sqlite_store.index.take_in()
    found = edging._boxes

    def change(*given: Any) -> Any:
        boxes = found(*given)
        held_by_name(sqlite_store, some_records(30, seed=4))
        sqlite_store.index.take_in()
        return boxes

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(edging, "_boxes", change)
        assert sqlite_store.index.put_edges_in_order(loose=0) == 0
    assert sqlite_store.index.put_edges_in_order(loose=0) > 30


def test_an_index_that_is_begun_anew_has_no_edges_in_order(sqlite_store: Store) -> None:
    known = held_by_name(sqlite_store, some_records(60))
    sqlite_store.index.take_in()
    assert sqlite_store.index.put_edges_in_order(loose=0) > 30
    begin_anew(sqlite_store.engine)
    check(sqlite_store, known, count=10)
    sqlite_store.index.take_in()
    assert sqlite_store.index.put_edges_in_order(loose=0) > 30
    check(sqlite_store, known, count=10)
