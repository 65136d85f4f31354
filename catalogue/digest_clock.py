"""When what is told together goes out: at an hour of a day, on a clock of the reader's. Pure, no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final, Self

from catalogue.cron import zone_of
from catalogue.errors import SettingsError

#: Days that are looked at for the next digest: a week, and one more where a clock skips a day.
_LOOKED_AT: Final = 10


class Weekday(StrEnum):
    """The days of the week, as they follow one another."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


_NUMBERS: Final = {day: number for number, day in enumerate(Weekday)}


@dataclass(frozen=True, slots=True)
class Clock:
    """When somebody's digests go out."""

    #: 0 to 23; None: `alert_digest_hour`.
    hour: int | None = None
    #: Of weekly ones.
    weekday: Weekday = Weekday.MONDAY
    #: A name of the IANA data base; empty: UTC.
    time_zone: str = ""

    @classmethod
    def of(cls, hour: int | str | None = None, weekday: str = "", time_zone: str = "") -> Self:
        """As it was typed or sent; what is empty is as by default.

        Raises:
            SettingsError: there is no such hour, day or time zone.
        """
        try:
            at = int(hour) if hour not in {None, ""} else None
            day = Weekday(weekday or Weekday.MONDAY)
        except ValueError as error:
            raise SettingsError(f"{hour!r} and {weekday!r} are not an hour and a day of the week") from error
        if at is not None and not 0 <= at <= 23:  # noqa: PLR2004 - the hours of a day
            raise SettingsError(f"{at} is not an hour: 0 to 23")
        zone_of(time_zone)
        return cls(at, day, time_zone)

    def next_after(self, now: datetime, usual: int, *, weekly: bool) -> datetime:
        """The first such moment after this one, in UTC; `usual` is the hour of whoever has chosen none."""
        zone, hour = self._zone(), time(usual if self.hour is None else self.hour)
        today = now.astimezone(zone).date()
        coming = (today + timedelta(days) for days in range(_LOOKED_AT))
        # An hour that a clock leaves out is the one that it goes on with; of one that comes twice, the first.
        moments = (
            datetime.combine(day, hour, zone).astimezone(UTC)
            for day in coming
            if not weekly or day.weekday() == _NUMBERS[self.weekday]
        )
        return next(moment for moment in moments if moment > now)

    def _zone(self) -> tzinfo:
        """Its time zone; where the data base of this machine knows it no more, UTC: digests go on."""
        try:
            return zone_of(self.time_zone)
        except SettingsError:
            return UTC


#: As whoever has chosen nothing has it.
USUAL: Final = Clock()
