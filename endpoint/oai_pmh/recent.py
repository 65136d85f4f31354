"""What a database said a moment ago, which need not be asked again.

To ask PostgreSQL takes as long as all the rest of an answer that is remembered. Nothing is missed by telling
what was a moment ago, for an answer has the responseDate of that moment: what has come since has a datestamp
that is no earlier (`catalogue.store.clock`), and a client that comes back with that date has it then.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, Generic, TypeVar

T = TypeVar("T")

#: Seconds; a responseDate has whole ones.
MOMENT: Final = 0.5


class Recent(Generic[T]):
    """Asks, unless that was asked a moment ago."""

    def __init__(
        self, ask: Callable[[], T], moment: float, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """What to ask, and for how many seconds an answer is good: none of a database that is embedded."""
        self._ask = ask
        self._moment = moment
        self._monotonic = monotonic
        self._told: tuple[T, float] | None = None

    def __call__(self) -> T:
        """What is so, or was a moment ago."""
        if not self._moment:
            return self._ask()
        # Good from when it was asked, not from when the answer came.
        now, told = self._monotonic(), self._told
        if told is None or now - told[1] > self._moment:
            told = self._told = self._ask(), now
        return told[0]
