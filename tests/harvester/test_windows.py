"""Halves of windows: together exactly the window, in one granularity, down to the shortest."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvester.windows import DAY, SECONDS, Window

#: How the last second of a day is written.
MIDNIGHT = "T23:59:59Z"
MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2099, 1, 1))  # noqa: DTZ001 - hypothesis wants them so


def written(moment: datetime, granularity: str) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"[: len("YYYY-MM-DD") if granularity == DAY else None]


def next_second(moment: str) -> str:
    return written(datetime.fromisoformat(moment) + timedelta(seconds=1), SECONDS)


@given(MOMENTS, MOMENTS, MOMENTS, st.sampled_from([DAY, SECONDS]), st.booleans())
@settings(max_examples=150, deadline=None)
def test_halves_are_the_window(
    one: datetime,
    other: datetime,
    moment: datetime,
    granularity: str,
    overlap: bool,  # noqa: FBT001
) -> None:
    low, high = sorted((written(one, granularity), written(other, granularity)))
    window = Window(low, high)
    halves = window.cut(granularity, overlap=overlap)
    if halves is None:
        # Two seconds about midnight, which have that second in common, cannot be told apart.
        about_midnight = low.endswith(MIDNIGHT) and high == next_second(low)
        assert low == high or overlap or about_midnight
        return
    first, second = halves
    assert (first.from_, second.until) == (low, high)
    assert low <= first.until < high or overlap
    assert len({len(first.until), len(second.from_), len(low)}) == 1
    datestamp = written(moment, granularity)
    inside = first.holds(datestamp) + second.holds(datestamp)
    assert bool(inside) == window.holds(datestamp)
    assert inside <= 1 or datestamp == first.until == second.from_
    shared = overlap or first.until.endswith(MIDNIGHT)
    assert first.until == second.from_ if shared else first.until < second.from_


@given(MOMENTS, MOMENTS, MOMENTS, st.lists(st.booleans(), max_size=12))
@settings(max_examples=100, deadline=None)
def test_no_day_falls_between_halves_where_letters_are_compared(
    one: datetime, other: datetime, moment: datetime, ways: list[bool]
) -> None:
    """A source that counts in seconds, compares letters, and has given this record but a day."""
    low, high = sorted((written(one, SECONDS), written(other, SECONDS)))
    windows, day = [Window(low, high)], written(moment, DAY)
    for last in ways:
        at = -1 if last else 0
        halves = windows[at].cut(SECONDS)
        if halves:
            windows[at : at + 1 or None] = halves
    listed = any(window.from_ <= day <= window.until for window in windows)
    assert listed == (low <= day <= high)


@pytest.mark.parametrize("granularity", [DAY, SECONDS])
@pytest.mark.parametrize("overlap", [False, True])
def test_cutting_ends_with_single_instants(granularity: str, overlap: bool) -> None:  # noqa: FBT001
    window, steps = Window("1970-01-01", "2026-11-27"), 0
    while halves := window.cut(granularity, overlap=overlap):
        window, steps = halves[steps % 2], steps + 1
        assert steps < 40
    begin, end = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (window.from_, window.until))
    unit = timedelta(days=1) if granularity == DAY else timedelta(seconds=1)
    assert end - begin == (unit if overlap else timedelta(0))


def test_open_ends_stay_open() -> None:
    halves = Window().cut(DAY, earliest="2020-01-01", latest="2022-01-01")
    assert halves == (Window("", "2020-12-31"), Window("2021-01-01", ""))
    assert halves[0].cut(DAY, earliest="2020-01-01") == (
        Window("", "2020-07-01"),
        Window("2020-07-02", "2020-12-31"),
    )


def test_an_earliest_datestamp_that_cannot_be_is_not_believed() -> None:
    halves = Window("", "2010-01-01").cut(DAY, earliest="2026-11-27")
    assert halves is not None
    assert halves[0].until < "2010-01-01"


def test_nothing_is_cut_behind_the_present() -> None:
    assert Window("2030-01-01").cut(DAY, latest="2026-01-01") is None


def test_days_become_seconds_where_the_source_counts_in_seconds() -> None:
    halves = Window("2026-01-01", "2026-01-04").cut(SECONDS)
    assert halves == (
        Window("2026-01-01T00:00:00Z", "2026-01-02T23:59:59Z"),
        Window("2026-01-02T23:59:59Z", "2026-01-04T23:59:59Z"),
    )
    assert Window("2026-01-01", "2026-01-01").cut(SECONDS) == (
        Window("2026-01-01T00:00:00Z", "2026-01-01T11:59:59Z"),
        Window("2026-01-01T12:00:00Z", "2026-01-01T23:59:59Z"),
    )
    assert Window("2026-01-01T07:00:00Z", "").in_days() == Window("2026-01-01", "")


@given(st.integers(1, 400), st.integers(0, 3000), st.sampled_from([DAY, SECONDS]), st.booleans())
@settings(max_examples=40, deadline=None)
def test_windows_of_so_many_days(days: int, length: int, granularity: str, overlap: bool) -> None:  # noqa: FBT001
    end = date(2010, 1, 1) + timedelta(days=length)
    rest, fronts = Window("2010-01-01", end.isoformat()), []
    while halves := rest.front(days, granularity, overlap=overlap):
        fronts.append(halves[0])
        rest = halves[1]
        assert len(fronts) <= length + 1
    fronts.append(rest)
    assert fronts[0].from_[:10] == "2010-01-01"
    assert fronts[-1].until[:10] == end.isoformat()
    assert all(one.until <= next_.from_ for one, next_ in pairwise(fronts))
    assert len(fronts) <= length // days + 2


@pytest.mark.parametrize(
    ("window", "datestamp", "inside"),
    [
        (Window("2026-01-01", "2026-01-31"), "2026-01-31T23:59:59Z", True),
        (Window("2026-01-01T10:00:00Z", ""), "2026-01-01", True),
        (Window("2026-01-01T10:00:00Z", ""), "2025-12-31", False),
        (Window("", "2026-01-01T10:00:00Z"), "2026-01-01", True),
        (Window("", "2026-01-01"), "2026-01-02T00:00:00Z", False),
        (Window(), "anything", True),
    ],
)
def test_datestamps_of_either_granularity(window: Window, datestamp: str, *, inside: bool) -> None:
    assert window.holds(datestamp) is inside
