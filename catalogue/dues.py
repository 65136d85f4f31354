"""When each source is due, remembered until that moment comes: computing it for a thousand takes a while."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from catalogue.errors import SettingsError
from catalogue.node_state import Facts
from catalogue.quiet_hours import quiet_until
from catalogue.source import Missed, SourceState
from catalogue.store.registry.overview import Glance
from catalogue.timing import Timing

#: A run that is not opened within this of its due time is owed.
_PUNCTUAL: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Due:
    """The moments of a schedule around now, its jitter included."""

    last: datetime | None = None
    next: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Kept:
    rule: tuple[str, str]
    since: datetime
    due: Due

    def holds(self, rule: tuple[str, str], now: datetime) -> bool:
        """Whether it is so still."""
        return self.rule == rule and self.since <= now and (self.due.next is None or now < self.due.next)


class Dues:
    """What is known of the schedules of all sources, in this process."""

    def __init__(self, jitter: float) -> None:
        self._jitter = jitter
        self._kept: dict[str, _Kept] = {}

    def of(self, source: Glance, now: datetime) -> Due:
        """When it was due last and is next; nothing where it is not harvested on schedule."""
        if not source.schedule or source.state is not SourceState.ACTIVE:
            return Due()
        kept, rule = self._kept.get(source.id), (source.schedule, source.time_zone)
        if kept is None or not kept.holds(rule, now):
            kept = self._kept[source.id] = _Kept(rule, now, self._computed(source, now))
        return kept.due

    def _computed(self, source: Glance, now: datetime) -> Due:
        try:
            timing = Timing.of(source, self._jitter)
        except SettingsError:
            return Due()
        last = timing.due_at(now)
        return Due(last + timing.jitter if last else None, timing.next_after(now))

    def owed(self, source: Glance, now: datetime) -> bool:
        """Whether its schedule has asked for a harvest and no run was opened since."""
        last = self.of(source, now).last
        if last is None or source.scheduled_at is None or source.missed is Missed.SKIP:
            return False
        opened = source.opened_at
        return source.scheduled_at < last < now - _PUNCTUAL and (opened is None or opened < last - _PUNCTUAL)

    def facts(self, source: Glance, now: datetime) -> Facts:
        """What the word for it follows from."""
        current = source.current.state if source.current else None
        owed = source.current is None and self.owed(source, now)
        asks = source.current is None or source.current.kind.fetches
        quiet = asks and waits_until(source, now) is not None
        return Facts(source.state, current, source.questions, source.last, owed, quiet)


def waits_until(source: Glance, now: datetime) -> datetime | None:
    """When the quiet hours of a source end that it is in; None where it is in none."""
    if not source.quiet_hours:
        return None
    with suppress(SettingsError):  # what is not understood any more holds nothing up
        return quiet_until(source.quiet_hours, source.time_zone, now)
    return None
