"""Where a CSW list goes on, from counts that servers get wrong in every way there is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counts:
    """What a page says of itself, beside what it holds."""

    #: startPosition asked for, from 1, and maxRecords.
    start: int
    asked: int
    #: Records that are really there.
    held: int
    #: numberOfRecordsMatched, numberOfRecordsReturned and nextRecord, where they are numbers.
    matched: int | None
    returned: int | None
    next_record: int | None


def next_start(counts: Counts) -> int | None:
    """The startPosition of the next page, or None at the end of the list.

    Records held are what one can trust: servers return fewer than asked for, and compute nextRecord from
    what was asked. numberOfRecordsReturned counts only where it and nextRecord agree on records that the
    server left out (it could not write them). nextRecord alone decides where nothing else is known.
    """
    if counts.held == 0:
        return _behind_nothing(counts)
    left_out = (counts.returned or 0) > counts.held and counts.next_record == counts.start + (
        counts.returned or 0
    )
    following = counts.start + ((counts.returned or 0) if left_out else counts.held)
    if counts.matched is not None:
        return following if following <= counts.matched else None
    if counts.next_record is None:
        return following if counts.held >= counts.asked else None
    return following if counts.next_record > counts.start else None


def _behind_nothing(counts: Counts) -> int | None:
    """An empty page is the end, unless the server itself points beyond it."""
    following = counts.next_record or 0
    if following <= counts.start or (counts.matched is not None and following > counts.matched):
        return None
    return following


def claims_end(counts: Counts) -> bool:
    """NextRecord = 0: "all records have been returned" (OGC 07-006r1, table 65), right or wrong."""
    return counts.next_record == 0
