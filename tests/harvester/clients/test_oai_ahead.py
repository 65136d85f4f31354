"""Where a list that broke goes on: nothing is left behind, and every cut makes what is left smaller."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from harvester.clients.base import Item
from harvester.clients.oai_ahead import Ahead, halves, is_rest, rest
from harvester.clients.oai_position import Position
from harvester.clients.oai_trail import advanced
from harvester.windows import DAY, SECONDS, Window

DAYS = [f"2026-05-0{day}" for day in range(1, 10)]
SECONDS_OF_A_NIGHT = [f"2026-05-01T23:59:5{n}Z" for n in range(5, 10)] + [
    f"2026-05-02T00:00:0{n}Z" for n in range(5)
]
STAMPS = st.sampled_from([(DAY, DAYS), (SECONDS, SECONDS_OF_A_NIGHT)]).flatmap(
    lambda known: st.tuples(st.just(known[0]), st.lists(st.sampled_from(known[1]), min_size=1, max_size=12))
)


def read(stamps: list[str], pages: int, page: int, *, size: int | None) -> Position:
    """The position behind so many pages of a list in this order."""
    position = Position(size=size)
    for number in range(pages):
        listed = stamps[number * page : (number + 1) * page]
        items = [Item(f"{number}-{n}", stamp) for n, stamp in enumerate(listed)]
        position = advanced(position, items, "more")
    return position


@settings(max_examples=300, deadline=None)
@given(known=STAMPS, in_order=st.booleans(), pages=st.integers(1, 4), page=st.integers(1, 4))
def test_a_list_is_taken_up_where_nothing_older_is_left(
    *, known: tuple[str, list[str]], in_order: bool, pages: int, page: int
) -> None:
    granularity, stamps = known
    stamps = sorted(stamps) if in_order else stamps
    position = read(stamps, pages, page, size=len(stamps))
    window = rest(position, granularity)
    left = stamps[pages * page :]
    if window is None:
        return
    found = tuple(stamp for stamp in stamps if window.holds(stamp))
    if is_rest(position, Ahead(found, whole=True, size=len(found))):
        assert all(window.holds(stamp) for stamp in left)
        assert len(found) < len(stamps)
    else:
        assert not in_order


def test_it_is_not_taken_up_where_nobody_says_how_long_it_is_or_says_so_truly() -> None:
    stamps = [*DAYS]
    for size, told in ((None, 7), (9, 8), (5, 7), (9, 6)):
        position = read(stamps, 1, 3, size=size)
        assert rest(position, DAY) == Window("2026-05-03")
        assert not is_rest(position, Ahead(tuple(stamps[2:]), whole=True, size=told))
    assert is_rest(read(stamps, 1, 3, size=9), Ahead(tuple(stamps[2:]), whole=True, size=7))


def test_it_is_not_taken_up_where_datestamps_are_of_another_kind() -> None:
    assert rest(read(SECONDS_OF_A_NIGHT, 1, 3, size=9), DAY) is None
    assert rest(read(DAYS, 1, 3, size=9), SECONDS) is None
    assert rest(read(["2026-05-01", "2026-99-01"], 1, 2, size=9), DAY) is None
    assert rest(read(["2026-05-01"] * 3, 1, 2, size=9), DAY) is None


@settings(max_examples=300, deadline=None)
@given(known=STAMPS, overlap=st.booleans(), is_open=st.booleans())
def test_a_cut_between_records_loses_none_and_comes_to_an_end(
    *, known: tuple[str, list[str]], overlap: bool, is_open: bool
) -> None:
    """Down to windows that nobody can cut between their records any more."""
    granularity, stamps = known
    waiting = [Window() if is_open else Window(min(stamps), max(stamps))]
    leaves: list[Window] = []
    for _ in range(200):
        if not waiting:
            break
        window = waiting.pop()
        inside = [stamp for stamp in stamps if window.holds(stamp)]
        place = Position(windows=((window.from_, window.until),))
        cut = halves(place, Ahead(tuple(inside), whole=True, size=len(inside)), granularity, overlap=overlap)
        if cut is None:
            leaves.append(window)
            continue
        assert window not in cut
        assert all(any(half.holds(stamp) for half in cut) for stamp in inside)
        waiting += cut
    assert not waiting
    assert all(any(leaf.holds(stamp) for leaf in leaves) for stamp in stamps)


def test_a_list_without_counts_is_cut_where_it_broke() -> None:
    position = read(DAYS, 2, 2, size=None)
    assert halves(position, None, DAY, overlap=False) == (
        Window("", "2026-05-03"),
        Window("2026-05-04", ""),
    )
    unordered = read([DAYS[3], *DAYS], 2, 2, size=None)
    assert halves(unordered, None, DAY, overlap=False) is None
