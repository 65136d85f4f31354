"""What meets a box, told by the digits of edges: the same as plain Python tells, for every relation."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.query import Extent, RecordQuery, Relation
from catalogue.record import Box, Record, Text
from catalogue.store import Store
from catalogue.store.index import edges, finding
from query_truth import held_by_name, matching

RELATIONS = list(Relation)
#: The width of a step.
STEP = 180 / 256
degrees = st.floats(-180, 180) | st.integers(-256, 256).map(lambda count: count * STEP)


def some_records(count: int) -> dict[str, Record]:
    """One box each, mostly: of every size, at the ends of steps, over the antimeridian, none, several."""
    draw = random.Random(5)

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
    draw = random.Random(7)
    for _ in range(40):
        box = wanted(draw)
        assert sqlite_store.search.ids(RecordQuery(where=box, limit=1000)) == matching(known, box), box
