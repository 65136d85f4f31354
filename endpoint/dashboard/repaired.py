"""A record that was repaired before it was read: as its source sent it, beside what was made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from catalogue.defaults import without_marks
from catalogue.store import Store
from endpoint.dashboard.places import Line, lines_of

#: Answers of a run that are looked through, and bytes of one record that are shown.
_ANSWERS: Final = 40
_LONGEST: Final = 60_000
_RECORD: Final = b"<record"
_END: Final = b"</record>"


@dataclass(frozen=True, slots=True)
class Repaired:
    """What was sent and what was read, line by line; what is otherwise is marked."""

    sent: Sequence[Line]
    read: Sequence[Line]
    #: The request whose answer it stands in.
    number: int


def repaired(  # noqa: PLR0917 - where it came, and what it is
    store: Store, run_id: int, identifier: str, payload: bytes, repairs: Sequence[str]
) -> Repaired | None:
    """Both, where the record was repaired in this run and the answer is kept as it was sent; else None."""
    if not without_marks(tuple(repairs)) or not identifier or not payload:
        return None
    kept = [told.exchange.number for told in store.exchanges.told(run_id, limit=2**31) if told.kept]
    name = identifier.encode()
    for number in kept[-_ANSWERS:]:
        answer = store.exchanges.answer(run_id, number) or b""
        at = answer.find(b">" + name + b"<")
        if at >= 0:
            return _beside(_record_around(answer, at), payload, number)
    return None


def _record_around(answer: bytes, at: int) -> bytes:
    """The record element in which this place is, as it was sent."""
    begin = max(answer.rfind(_RECORD, 0, at), 0)
    end = answer.find(_END, at)
    return answer[begin : end + len(_END) if end >= 0 else at + _LONGEST][:_LONGEST]


def _beside(sent: bytes, read: bytes, number: int) -> Repaired:
    left, right = lines_of(_broken(sent)), lines_of(_broken(read))
    same = SequenceMatcher(None, [one.text for one in left], [one.text for one in right], autojunk=False)
    kept_left, kept_right = set(), set()
    for begin, other, size in same.get_matching_blocks():
        kept_left |= set(range(begin, begin + size))
        kept_right |= set(range(other, other + size))
    return Repaired(_marked(left, kept_left), _marked(right, kept_right), number)


def _broken(payload: bytes) -> bytes:
    """One element a line, so that lines can be compared."""
    return payload.replace(b"><", b">\n<")


def _marked(lines: Sequence[Line], same: set[int]) -> list[Line]:
    return [Line(one.number, one.text, number not in same) for number, one in enumerate(lines)]
