"""When a source is due: its cron expression on the clock of its own time zone, spread by its own jitter.

The jitter keeps hundreds of sources that are due at three from being due in one second. It follows from
the source's id, so that it is the same every day, in every process, and on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from hashlib import blake2b
from typing import Final, Protocol, Self

from catalogue.cron import Cron, parse, zone_of
from catalogue.errors import SettingsError
from catalogue.quiet_hours import QuietHours
from catalogue.source import Source

#: Times of a schedule that are looked at to see whether it could ever be kept.
_LOOKED_AT: Final = 30


class Scheduled(Protocol):
    """What says when a source is due."""

    @property
    def id(self) -> str:
        """The source's id."""

    @property
    def schedule(self) -> str:
        """A cron expression."""

    @property
    def time_zone(self) -> str:
        """The clock on which it is read."""


@dataclass(frozen=True, slots=True)
class Timing:
    """When a source is due."""

    cron: Cron
    zone: tzinfo
    jitter: timedelta

    @classmethod
    def of(cls, source: Scheduled, jitter: float) -> Self:
        """The timing of a source that has a schedule; `jitter` is the longest in seconds.

        Raises:
            SettingsError: its schedule is not a cron expression, or its time zone unknown.
        """
        return cls(parse(source.schedule), zone_of(source.time_zone), jitter_of(source.id, jitter))

    def next_after(self, moment: datetime) -> datetime | None:
        """The first moment after this one at which a run is opened; None if there is none in 40 years."""
        due = self.cron.after(moment - self.jitter, self.zone)
        return due + self.jitter if due else None

    def coming(self, moment: datetime, count: int) -> list[datetime]:
        """The next moments after this one at which a run is opened."""
        return [due + self.jitter for due in self.cron.coming(moment - self.jitter, self.zone, count)]

    def due_at(self, moment: datetime) -> datetime | None:
        """What was due last at this moment: the time by the clock, without the jitter."""
        return self.cron.before(moment - self.jitter, self.zone)


def jitter_of(source_id: str, longest: float) -> timedelta:
    """How much later than its schedule says a source is harvested, always."""
    number = int.from_bytes(blake2b(source_id.encode(), digest_size=8).digest())
    return timedelta(seconds=number % (int(longest) + 1))


def coming_dues(source: Source, jitter: float, now: datetime, count: int) -> list[datetime]:
    """The next moments at which a run of the source is opened; none where it is not harvested on schedule.

    Raises:
        SettingsError: its schedule is not a cron expression, or its time zone unknown.
    """
    if not source.is_scheduled:
        return []
    return Timing.of(source, jitter).coming(now, count)


def require_schedule(source: Source) -> None:
    """Check that when a source is to be harvested is understood, and can be.

    Raises:
        SettingsError: it is not, or its schedule asks for it in its quiet hours alone.
    """
    zone_of(source.time_zone)
    quiet = QuietHours.of(source.quiet_hours, source.time_zone)
    if not source.schedule:
        return
    timing = Timing.of(source, 0)
    coming = timing.coming(datetime.now(UTC), _LOOKED_AT) if quiet else []
    if quiet and coming and all(quiet.until(due) for due in coming):
        raise SettingsError(
            f"{source.schedule!r} asks for harvests between {source.quiet_hours.replace('-', ' and ')} alone,"
            " when there is to be none"
        )
