"""What takes time to find out is kept for a while: the longer it took, the longer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

#: Seconds for which what was found is good at least.
_FRESH = 2.0
#: At most this part of the time is spent on finding it out, however large the catalogue.
_SHARE = 0.01

Found = TypeVar("Found")


class Fresh(Generic[Found]):
    """The newest of something, found out again when it is no longer fresh, by one request at a time.

    Counting takes time in proportion to what is counted. So what took long is kept long: a hundred times
    as long as it took.
    """

    def __init__(
        self, find_out: Callable[[], Found], *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._find_out = find_out
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._latest: tuple[Found] | None = None
        self._good_until = 0.0

    def latest(self) -> Found:
        """As fresh as is worth its cost."""
        with self._lock:
            began = self._monotonic()
            if self._latest is None or began >= self._good_until:
                self._latest = (self._find_out(),)
                done = self._monotonic()
                self._good_until = done + max(_FRESH, (done - began) / _SHARE)
            return self._latest[0]
