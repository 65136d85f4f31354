"""A page that fails because of one record: narrower and narrower pages, until that record stands alone.

Where a list is asked for by position and number, one record that its server cannot write costs a whole page,
and the same page at every harvest. The page is halved until what fails is one record; it is set aside, with a
fault, and the list goes on behind it. That the server gives a neighbour of it shows that the record is the
cause, and not the server.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from catalogue.errors import AnswerTooLarge, AnswerUnreadable, HarvestError, HttpFailure, ProtocolFailure

#: So many records in a row may fail by themselves; more, and it is the server that fails.
NEIGHBOURS: Final = 3
#: HTTP statuses that have nothing to do with which records are asked for.
_ABOUT_THE_ADDRESS: Final = frozenset({401, 403, 404, 405, 407, 410})

Answered = TypeVar("Answered")


@dataclass(frozen=True, slots=True)
class Narrowed(Generic[Answered]):
    """What was found on the way to a page that works."""

    #: The answer, and where in the list and how many records were asked for; None: nothing is behind.
    answer: Answered | None
    start: int
    size: int
    #: Positions before `start` that hold what the server cannot give, with its words.
    aside: tuple[tuple[int, HarvestError], ...] = ()
    #: What the page failed with that was asked for at first.
    cause: HarvestError | None = None


def may_be_a_record(error: HarvestError) -> bool:
    """Whether a failure may have to do with the records that were asked for."""
    if isinstance(error, HttpFailure):
        return error.status not in _ABOUT_THE_ADDRESS
    return isinstance(error, ProtocolFailure | AnswerUnreadable | AnswerTooLarge)


def narrowed(
    ask: Callable[[int, int], Answered], start: int, size: int, *, last: int | None, error: HarvestError
) -> Narrowed[Answered]:
    """A narrower page that works, or the next record that does.

    Args:
        ask: asks for so many records from a position on, counted from 1.
        start: of the page that has just failed.
        size: of that page.
        last: position of the last record, where it is known.
        error: what the page failed with.

    Raises:
        HarvestError: `error`, where one record alone, and its neighbours, fail too; or one that has nothing
            to do with the records.
    """
    alone = error
    while size > 1:
        size //= 2
        try:
            return Narrowed(ask(start, size), start, size, cause=error)
        except HarvestError as failure:
            if not may_be_a_record(failure):
                raise
            alone = failure
    return _behind(ask, start, last, alone=alone, error=error)


def _behind(
    ask: Callable[[int, int], Answered],
    start: int,
    last: int | None,
    *,
    alone: HarvestError,
    error: HarvestError,
) -> Narrowed[Answered]:
    """The first record behind `start` that the server gives."""
    aside = [(start, alone)]
    for position in range(start + 1, start + 1 + NEIGHBOURS):
        if last is not None and position > last:
            break
        try:
            return Narrowed(ask(position, 1), position, 1, tuple(aside), error)
        except HarvestError as failure:
            if not may_be_a_record(failure):
                raise
            aside.append((position, failure))
    at_the_end = last is not None and start + len(aside) - 1 == last
    if at_the_end and start > 1 and _works(ask, start - 1):
        return Narrowed(None, start + len(aside), 1, tuple(aside), error)
    raise error


def _works(ask: Callable[[int, int], Answered], position: int) -> bool:
    try:
        ask(position, 1)
    except HarvestError as failure:
        if not may_be_a_record(failure):
            raise
        return False
    return True
