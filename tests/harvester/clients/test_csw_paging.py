from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harvester.clients.csw_paging import Counts, next_start

ASKED = 50


def counts(
    *, held: int, matched: int | None, returned: int | None, next_record: int | None, start: int = 1
) -> Counts:
    return Counts(start, ASKED, held=held, matched=matched, returned=returned, next_record=next_record)


@given(
    total=st.integers(0, 300),
    cap=st.integers(1, 80),
    lie=st.sampled_from(["true", "missing", "zero", "one", "start", "asked", "beyond"]),
    told=st.booleans(),
)
def test_every_record_is_reached_whatever_next_record_says(
    total: int, cap: int, lie: str, *, told: bool
) -> None:
    """A server that caps its pages and computes nextRecord in any wrong way, but counts what matches."""
    start: int | None = 1
    reached: set[int] = set()
    for _ in range(total + 5):
        if start is None:
            break
        page = range(start, min(start + min(cap, ASKED), total + 1))
        reached |= set(page)
        after = start + len(page)
        next_record = {
            "true": after if after <= total else 0,
            "missing": None,
            "zero": 0,
            "one": 1,
            "start": start,
            "asked": start + ASKED,
            "beyond": total + 1,
        }[lie]
        returned = len(page) if told else None
        start = next_start(
            counts(start=start, held=len(page), matched=total, returned=returned, next_record=next_record)
        )
    assert start is None
    assert reached == set(range(1, total + 1))


@given(total=st.integers(0, 300), cap=st.integers(1, 80))
def test_without_a_count_the_true_next_record_is_enough(total: int, cap: int) -> None:
    start: int | None = 1
    reached = 0
    while start is not None:
        held = len(range(start, min(start + min(cap, ASKED), total + 1)))
        reached += held
        after = start + held
        following = after if after <= total else 0
        start = next_start(counts(start=start, held=held, matched=None, returned=None, next_record=following))
    assert reached == total


def test_records_that_the_server_left_out_are_not_asked_for_again() -> None:
    assert next_start(counts(held=8, matched=100, returned=10, next_record=11)) == 11
    assert next_start(counts(held=8, matched=100, returned=10, next_record=51)) == 9


def test_empty_pages() -> None:
    assert next_start(counts(held=0, matched=0, returned=0, next_record=0)) is None
    assert next_start(counts(held=0, matched=100, returned=0, next_record=51)) == 51
    assert next_start(counts(held=0, matched=40, returned=0, next_record=51)) is None
    assert next_start(counts(held=0, matched=None, returned=None, next_record=None)) is None


def test_nothing_known_at_all() -> None:
    assert next_start(counts(held=ASKED, matched=None, returned=None, next_record=None)) == 51
    assert next_start(counts(held=ASKED - 1, matched=None, returned=None, next_record=None)) is None
