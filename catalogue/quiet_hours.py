"""Hours of the day in which a source must not be asked for anything, on the clock of its own time zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Final

from catalogue.cron import zone_of
from catalogue.errors import SettingsError

_FORM: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])")
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one time of the day until another; over midnight where the second is earlier."""

    begin: time
    end: time
    zone: tzinfo

    @classmethod
    def of(cls, text: str, time_zone: str) -> QuietHours | None:
        """As it is written, `08:00-18:00`; None where nothing is.

        Raises:
            SettingsError: it is written otherwise, or the time zone is unknown.
        """
        if not text:
            return None
        found = _FORM.fullmatch(text)
        if found is None:
            raise SettingsError(f"{text!r} is not of the form 08:00-18:00")
        hours = [int(part) for part in found.groups()]
        begin, end = time(hours[0], hours[1]), time(hours[2], hours[3])
        if begin == end:
            raise SettingsError(f"{text!r} is the whole day: pause the source instead")
        return cls(begin, end, zone_of(time_zone))

    def until(self, moment: datetime) -> datetime | None:
        """When they end, where it is one of them at this moment; else None."""
        here = moment.astimezone(self.zone)
        clock = here.time().replace(fold=0)
        over = self.end < self.begin
        if not (clock >= self.begin or clock < self.end if over else self.begin <= clock < self.end):
            return None
        day = here.date() + (_DAY if over and clock >= self.begin else timedelta())
        ends = [datetime.combine(day, self.end.replace(fold=fold), self.zone) for fold in (0, 1)]
        # Where a clock is set back at the end of them, the end comes twice: the one that is to come counts.
        return min((found for end in ends if (found := end.astimezone(UTC)) > moment), default=None)


def quiet_until(text: str, time_zone: str, moment: datetime) -> datetime | None:
    """When the quiet hours end that it is in at this moment; None where it is in none.

    Raises:
        SettingsError: they are not understood.
    """
    hours = QuietHours.of(text, time_zone)
    return hours.until(moment) if hours is not None else None
