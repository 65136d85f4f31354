"""Which workers live, as far as can be told from here: those whose counter goes on counting.

No two machines' clocks are compared: what counts is this process's own.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from catalogue.store import Store


class Pulse:
    """Looks at the signs of life in the store."""

    def __init__(
        self, store: Store, dead_after: float, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._dead_after = dead_after
        self._monotonic = monotonic
        self._lock = threading.Lock()
        #: Worker -> its counter, and when it was first seen at that.
        self._seen: dict[str, tuple[int, float]] = {}
        self._looked = monotonic()

    def living(self) -> int:
        """How many workers live. One that is seen for the first time is given the benefit of the doubt.

        Raises:
            StoreUnreachable: the database does not answer.
        """
        counters = self._store.workers.beats()
        with self._lock:
            now = self._monotonic()
            # Whoever has not looked for long cannot tell who has been still since.
            blind = now - self._looked > self._dead_after
            self._looked = now
            known = {} if blind else self._seen
            self._seen = {
                worker: known[worker] if known.get(worker, (None, 0.0))[0] == beats else (beats, now)
                for worker, beats in counters.items()
            }
            return sum(now - since <= self._dead_after for _, since in self._seen.values())
