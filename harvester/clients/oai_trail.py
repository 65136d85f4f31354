"""What was seen of the list in hand: how a list that goes round, or is at its end unawares, is found out.

In this process every token, and the first identifier of every page, is remembered; from one process to the
next the position takes one landmark along, a record that moves on at each power of two. A circle is found
within a few times its length at the latest, whatever it is made of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from harvester.clients.base import Item
from harvester.clients.oai_ahead import noticed
from harvester.clients.oai_position import Position

_AGAIN: Final = "the source hands out a resumptionToken that it has handed out before"
_ROUND: Final = "a page has come before: the list goes round"
WRAPS: Final = "the list begins again: it does not end"
#: Pages in a row with a record that was the first of an earlier page.
_HITS: Final = 3
#: A list may be so many times as long as completeListSize says: 172,515 were claimed, and 274,000 served.
_SIZE_FACTOR: Final = 3
_SIZE_SPARE: Final = 1000
#: From more pages than these it is known how long a full one is.
_FEW_PAGES: Final = 2
#: Why a list that ended so may lack something.
DOUBT: Final = "its last resumptionToken was refused, and the source does not say how long the list is"


class Trail:
    """What this process has seen of the list in hand."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Another list begins."""
        # Their digests: there are tokens of 100 kB.
        self._tokens: set[int] = set()
        self._pages: set[int] = set()
        self._firsts: set[str] = set()
        self._hits = 0

    def trouble(self, position: Position, items: Sequence[Item], token: str) -> str:
        """Why the list cannot go on behind this page; empty where it can.

        Args:
            position: at which the page was asked for.
            items: of the page.
            token: that came with it.
        """
        mark = hash(token)
        again = bool(token) and (token == position.token or mark in self._tokens)
        self._tokens.add(mark)
        identifiers = tuple(item.identifier for item in items)
        found = self._seen(position, identifiers)
        if not token:
            return ""
        if found or again:
            return found or _AGAIN
        if position.size and position.listed > position.size * _SIZE_FACTOR + _SIZE_SPARE:
            return f"{position.listed} records came of a list of {position.size}, and there is still more"
        return ""

    def _seen(self, position: Position, identifiers: tuple[str, ...]) -> str:
        if not identifiers:
            return ""
        page = hash(identifiers)
        if found := circle(position, identifiers):
            return found
        if page in self._pages:
            return _ROUND
        self._hits = 0 if self._firsts.isdisjoint(identifiers) else self._hits + 1
        self._pages.add(page)
        self._firsts.add(identifiers[0])
        return _ROUND if self._hits >= _HITS else ""


def circle(position: Position, identifiers: Sequence[str]) -> str:
    """Whether a page leads back to where the list has been, by what the position knows; empty where not."""
    if position.pages and position.first in identifiers:
        return WRAPS
    return _ROUND if position.landmark and position.landmark in identifiers else ""


def advanced(position: Position, items: Sequence[Item], token: str) -> Position:
    """The position behind a page of the window in hand: counted, its landmark moved."""
    count = len(items)
    pages = position.pages + 1
    moves = items and (pages & (pages - 1)) == 0 and pages > 1
    latest, tied, unordered = noticed(position, items)
    return replace(
        position,
        latest=latest,
        tied=tied,
        unordered=unordered,
        token=token,
        listed=position.listed + count,
        pages=pages,
        first=position.first or (items[0].identifier if items else ""),
        newest=count,
        longest=max(position.longest, count),
        varies=position.varies
        or (position.pages > 0 and (position.newest < position.longest or position.longest < count)),
        empty=0 if items else position.empty + 1,
        landmark=items[0].identifier if moves else position.landmark,
        # An empty page with more behind it has given nothing yet.
        failing=0 if items or not token else position.failing,
    )


def seems_complete(position: Position) -> bool:
    """Whether a list whose token leads nowhere is at its end all the same.

    It is where it has come to its completeListSize to the record; or, where that says nothing, where the
    newest page is the first that is not full. Two pages are not enough to know what a full one is: such a
    list is cut, and its windows tell.
    """
    if position.single or not position.newest:
        return False
    if position.size is not None and position.listed <= position.size:
        return position.listed == position.size
    enough = position.pages > _FEW_PAGES or position.cuts > 0
    return enough and not position.varies and position.newest < position.longest


def unsure(position: Position) -> int:
    """How unsure it is that a list that seems complete is so; the higher, the more."""
    if position.size == position.listed:
        return 0
    return 1 if position.pages > _FEW_PAGES else 2
