"""Pages that are asked for again and again, remembered as long as the catalogue stays as it is.

Aggregators come at the same hours; all of them begin with the same page, and who reads a whole list reads the
same pages as all others who do. What is remembered are the entries: responseDate, request and resumptionToken
are made anew for each answer.

Nothing is missed by it. A page is remembered with the newest datestamp that there was when it was read, and
only if whatever may yet become visible has a later one (`State.is_settled`); it is given out only while that
is the newest still, as of the responseDate of the answer. A page that is asked for once is not remembered.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, NamedTuple

from catalogue.store.clock import State
from catalogue.store.lists.feed import FeedPage, FeedQuery, Position
from endpoint.transport.deflated import Deflated, Part
from endpoint.transport.validators import LONGEST

#: Bytes of pages that are remembered, as they are sent.
MOST: Final = 32 * 1024 * 1024
#: Pages of which it is known that somebody has asked for them.
_ASKED: Final = 4096


class Key(NamedTuple):
    """A page of a list."""

    query: FeedQuery
    after: Position | None
    #: Whole records, or headers only.
    bodies: bool
    #: For an answer in gzip: a long page may be compressed already.
    packed: bool = False


class Listed(NamedTuple):
    """What of a page its answer is made of."""

    content: Part
    entries: int
    #: Of its last entry; None where the list ends with it.
    position: Position | None
    #: The newest datestamp that any list had when it was read.
    newest: int


class Pages:
    """The pages of lists: remembered, or read."""

    def __init__(
        self, state: Callable[[], State], read: Callable[[Key], FeedPage | None], *, most: int = MOST
    ) -> None:
        self._state = state
        self._read = read
        self._most = most
        self._lock = threading.Lock()
        self._asked: dict[Key, None] = {}
        #: The newest datestamp that there was when all of these were read; the longest unasked comes first.
        self._newest = 0
        self._kept: OrderedDict[Key, Listed] = OrderedDict()
        self._size = 0

    def page(self, key: Key, state: State | None = None) -> Listed | None:
        """A page; None where there is nothing.

        Args:
            key: which.
            state: of the lists, where it is known.
        """
        if not self._most or key not in self._asked:
            unasked = _listed(self._read(key))
            self._ask(key)
            return unasked
        if state is None:
            state = self._state()
        found = self._remembered(key, state)
        if found is None:
            found = _listed(self._read(key))
            if found is not None and state.is_settled and found.newest == state.newest:
                found = self._keep(key, found)
        return found

    def _ask(self, key: Key) -> None:
        """Somebody has asked for a page, and got it."""
        with self._lock:
            if len(self._asked) >= _ASKED:
                del self._asked[next(iter(self._asked))]
            self._asked[key] = None

    def _remembered(self, key: Key, state: State) -> Listed | None:
        with self._lock:
            if state.newest != self._newest:
                return None
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def _keep(self, key: Key, found: Listed) -> Listed:
        if key.packed and isinstance(found.content, bytes) and len(found.content) > LONGEST:
            found = found._replace(content=Deflated(found.content))
        with self._lock:
            if found.newest > self._newest:
                self._kept.clear()
                self._newest, self._size = found.newest, 0
            if found.newest == self._newest and key not in self._kept:
                self._kept[key] = found
                self._size += _weight(found)
                while self._size > self._most:
                    self._size -= _weight(self._kept.popitem(last=False)[1])
        return found


def _listed(page: FeedPage | None) -> Listed | None:
    return None if page is None else Listed(page.content, page.entries, page.position, page.newest)


def _weight(page: Listed) -> int:
    return len(page.content if isinstance(page.content, bytes) else page.content.body)
