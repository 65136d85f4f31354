"""How fresh our copy of a source is, in one word for everybody: by its last good harvest, and its rhythm.

    fresh              not older than two of its harvests are apart, or two days
    late               not older than four times that
    out of date        older
    not harvested yet  there is no good harvest
    paused             a person has paused it

A source without a schedule is harvested when somebody asks: thirty days count as fresh.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from catalogue.errors import SettingsError
from catalogue.source import Source, SourceState
from catalogue.timing import coming_dues

_LEAST: Final = timedelta(days=2)
_UNSCHEDULED: Final = timedelta(days=15)
_BETWEEN: Final = 2
_LATE: Final = 4


class Freshness(StrEnum):
    """The words, the best first."""

    FRESH = "fresh"
    LATE = "late"
    OLD = "out of date"
    NEVER = "not harvested yet"
    PAUSED = "paused"

    @property
    def key(self) -> str:
        """As it stands in addresses and class names."""
        return self.value.replace(" ", "-")


_ORDER: Final = list(Freshness)


def freshness(source: Source, good_at: datetime | None, now: datetime) -> Freshness:
    """The word for a source whose last good harvest ended then."""
    if source.state is not SourceState.ACTIVE:
        return Freshness.PAUSED
    if good_at is None:
        return Freshness.NEVER
    age, allowed = now - good_at, max(_LEAST, _BETWEEN * _rhythm(source, now))
    if age <= allowed:
        return Freshness.FRESH
    return Freshness.LATE if age <= _LATE * allowed else Freshness.OLD


def of_all(words: Iterable[Freshness]) -> Freshness:
    """The word for several sources together: the worst of those that are not paused."""
    at_work = [word for word in words if word is not Freshness.PAUSED]
    return max(at_work, key=_ORDER.index, default=Freshness.PAUSED)


def _rhythm(source: Source, now: datetime) -> timedelta:
    """How far its harvests are apart; the widest of the next few, for there are nights without one."""
    try:
        dues = coming_dues(source, 0, now, 8)
    except SettingsError:
        return _UNSCHEDULED
    return max((later - sooner for sooner, later in pairwise(dues)), default=_UNSCHEDULED)
