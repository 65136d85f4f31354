"""What lies ahead of the place at which a list breaks, by ListIdentifiers: little of it is read twice then.

A list that has come so far in the order of its datestamps can be taken up at the newest of them - where the
source's own counts prove that nothing else is left - and what broke is looked for among the records that come
next: they are halved by their datestamps, and not by the calendar, which may have all of them in one minute.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from harvester.clients.answers import utc_moment
from harvester.clients.base import Item
from harvester.clients.oai_pages import size_of
from harvester.clients.oai_position import Position
from harvester.clients.oai_records import Header
from harvester.clients.oai_requests import Asked
from harvester.windows import Window

_DATESTAMP: Final = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\dZ)?")


@dataclass(frozen=True, slots=True)
class Ahead:
    """What a page of identifiers tells of a window."""

    #: The datestamps of its records, in its order.
    stamps: tuple[str, ...]
    #: These are all.
    whole: bool
    #: How many there are; None where that is not said.
    size: int | None


def ahead_of(asked: Asked, headers: Sequence[Header]) -> Ahead:
    """From an answer to ListIdentifiers."""
    token = asked.response.token()
    size = size_of(token)
    # A list that does not end has a token behind its last record, too.
    whole = not (token and token.token) or (size is not None and len(headers) >= size)
    return Ahead(tuple(one.datestamp for one in headers), whole, len(headers) if whole else size)


def noticed(position: Position, items: Sequence[Item]) -> tuple[str, int, bool]:
    """The newest datestamp so far, how many records have it, and whether they came in another order."""
    latest, tied, unordered = position.latest, position.tied, position.unordered
    for item in items:
        stamp = item.datestamp
        if stamp > latest:
            latest, tied = stamp, 1
        elif stamp == latest:
            tied += 1
        else:
            unordered = True
    return latest, tied, unordered


def rest(position: Position, granularity: str) -> Window | None:
    """The window behind what has been listed, where there is one; what it begins with is listed again."""
    usable = len(position.latest) == len(granularity) and _is_moment(position.latest)
    if position.unordered or not usable or position.tied >= position.listed:
        return None
    return Window(position.latest, position.window.until)


def is_rest(position: Position, ahead: Ahead) -> bool:
    """Whether what is ahead is all that is left of the window, by the source's own counts."""
    behind = position.listed - position.tied
    return position.size is not None and ahead.size == position.size - behind


def halves(
    position: Position, ahead: Ahead | None, granularity: str, *, overlap: bool
) -> tuple[Window, Window] | None:
    """The window in hand, cut where it broke, or between the records that come next; None: nobody can say."""
    window, length = position.window, len(granularity)
    if position.listed:
        stamps = [] if position.unordered else [position.latest]
    else:
        stamps = sorted(_next(position, ahead)) if ahead else []
    if not stamps or not all(map(_is_moment, stamps)):
        return None
    first, middle = stamps[0][:length], stamps[len(stamps) // 2][:length]
    second = next((stamp[:length] for stamp in stamps if stamp[:length] > first), first)
    found = window.cut_at(max(middle, second), granularity, overlap=overlap)
    return found or window.cut_at(first, granularity, overlap=overlap, behind=True)


def _next(position: Position, ahead: Ahead) -> Sequence[str]:
    """The datestamps of the records among which the one is that fails: those of the first page."""
    ordered = all(one <= other for one, other in zip(ahead.stamps, ahead.stamps[1:], strict=False))
    return ahead.stamps[: max(1, position.longest)] if ordered and position.longest else ahead.stamps


def _is_moment(stamp: str) -> bool:
    return _DATESTAMP.fullmatch(stamp) is not None and bool(utc_moment(stamp))
