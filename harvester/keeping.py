"""The chore behind the runs: renditions in formats that are made on demand are made before anyone asks.

So are the pairs of words and the order of edges and of titles, by which the search index finds what is in a
row, in a box, and deep in a list.

It is never in a hurry. After each few records it rests, and longer while runs are worked on: who harvests,
and who is served by the same process, go before. What it has not come to yet is rendered when it is asked
for.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Final

import structlog

from catalogue.settings import Settings
from catalogue.store import Store

log = structlog.get_logger(__name__)

#: Records after which it rests: what is held meanwhile is held for some milliseconds.
_AT_ONCE: Final = 50
#: It rests so many times as long as it has worked: usually, and while any run is worked on.
_REST: Final = 3.0
_REST_BESIDE_RUNS: Final = 19.0


class Keeper:
    """The worker's side of what is kept. Any number of workers may have one: one of them works at a time."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._formats = settings.kept_formats
        self._stopping = threading.Event()
        #: Of the search index, at the last look.
        self._generation = 0

    def look(self) -> None:
        """Keep whatever has come since the last look, and forget what is not to be kept any more."""
        self._forget()
        for prefix in self._formats:
            kept = self._go_through(prefix)
            if kept:
                log.info("renditions kept", format=prefix, entries=kept)
        self._find_out()

    def stop(self) -> None:
        """End a look after what is in hand."""
        self._stopping.set()

    def _go_through(self, prefix: str) -> int:
        entries = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            more = self._store.kept.go_on(prefix, limit=_AT_ONCE)
            if not more:
                break
            entries += more
            self._rest(time.monotonic() - began)
        return entries

    def _find_out(self) -> None:
        """What searches are faster by, which the index does not take in with its records."""
        before, self._generation = self._generation, self._store.index.generation()
        quiet = before == self._generation and not self._store.runs.running()
        index = self._store.index
        chores: tuple[Callable[[], int], ...] = (
            index.pair,
            partial(index.put_edges_in_order, quiet=quiet),
            partial(index.put_titles_in_order, quiet=quiet),
        )
        for more in chores:
            began = time.monotonic()
            while more() and not self._stopping.is_set():
                self._rest(time.monotonic() - began)
                began = time.monotonic()

    def _forget(self) -> None:
        began = time.monotonic()
        while self._store.kept.forget(self._formats, limit=_AT_ONCE) and not self._stopping.is_set():
            self._rest(time.monotonic() - began)
            began = time.monotonic()

    def _rest(self, after: float) -> None:
        share = _REST_BESIDE_RUNS if self._store.runs.running() else _REST
        self._stopping.wait(after * share)
