"""Cron expressions by the meaning that cron itself gives them (crontab(5)), on the clock of a time zone.

Five fields: minute, hour, day of the month, month, day of the week. In each `*`, numbers, ranges, steps
(`*/2`, `1-5/2`) and lists of these; months also by name. Days of the week by name only: cron counts them
from Sunday, others from Monday, and a harvest on the wrong day is not noticed. Where both days are given,
either will do.

A time that does not exist, because clocks are put forward, is due as much later: 02:30 becomes 03:30. A
time that comes twice is due the first time. What is due in every hour stays so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import islice, product
from typing import Final
from zoneinfo import ZoneInfo

from catalogue.errors import SettingsError

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: Days that each month may have.
_LENGTHS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_HOURS: Final = 24
_DAY: Final = timedelta(days=1)
#: Days that are looked through for one on which something is due: 40 years.
_HORIZON: Final = 14_610

_PART: Final = re.compile(r"(?:(\*)|([0-9a-z]+)(?:-([0-9a-z]+))?)(?:/([0-9]{1,3}))?")


@dataclass(frozen=True, slots=True)
class _Field:
    """What a field may hold."""

    name: str
    first: int
    last: int
    names: dict[str, int]
    #: What comes after its last is its first; numbers are not taken.
    cyclic: bool = False


_FIELDS: Final = (
    _Field("minute", 0, 59, {}),
    _Field("hour", 0, 23, {}),
    _Field("day", 1, 31, {}),
    _Field("month", 1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    _Field("day of the week", 0, 6, {name: number for number, name in enumerate(DAYS)}, cyclic=True),
)


@dataclass(frozen=True, slots=True)
class Cron:
    """A cron expression, each field as the values that it admits."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    #: 0 is Monday.
    weekdays: frozenset[int]
    #: Both days are given: either will do.
    either_day: bool

    def comes_on(self, day: date) -> bool:
        """Whether anything is due on this day."""
        of_month, of_week = day.day in self.days, day.weekday() in self.weekdays
        wanted = (of_month or of_week) if self.either_day else (of_month and of_week)
        return wanted and day.month in self.months

    def after(self, moment: datetime, zone: tzinfo) -> datetime | None:
        """The first time after this moment at which it is due; None if there is none in 40 years."""
        # What was put off over midnight belongs to the day before.
        first = moment.astimezone(zone).date() - _DAY
        days = (first + n * _DAY for n in range(_HORIZON))
        return next(self._due(days, zone, lambda due: due > moment), None)

    def before(self, moment: datetime, zone: tzinfo) -> datetime | None:
        """The last time up to this moment at which it was due; None if there is none in 40 years."""
        last = moment.astimezone(zone).date()
        found = (self._due([last - n * _DAY], zone, lambda due: due <= moment) for n in range(-1, _HORIZON))
        return next((times[-1] for day in found if (times := list(day))), None)

    def coming(self, moment: datetime, zone: tzinfo, count: int) -> list[datetime]:
        """The next times after this moment at which it is due."""
        first = moment.astimezone(zone).date() - _DAY
        days = (first + n * _DAY for n in range(_HORIZON))
        return list(islice(self._due(days, zone, lambda due: due > moment), count))

    def _due(
        self, days: Iterator[date] | list[date], zone: tzinfo, wanted: Callable[[datetime], bool]
    ) -> Iterator[datetime]:
        return (due for day in days if self.comes_on(day) for due in _due_on(self, day, zone) if wanted(due))


@lru_cache(maxsize=4096)
def _due_on(cron: Cron, day: date, zone: tzinfo) -> tuple[datetime, ...]:
    """The times, in UTC and in order, at which it is due on a day of the zone."""
    every_hour = len(cron.hours) == _HOURS
    found: set[datetime] = set()
    for hour, minute in product(cron.hours, cron.minutes):
        local = datetime.combine(day, time(hour, minute), zone)
        moment = local.astimezone(UTC)
        exists = moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None)
        if exists or not every_hour:
            found.add(moment)
        if exists and every_hour:
            found.add(local.replace(fold=1).astimezone(UTC))
    return tuple(sorted(found))


def zone_of(name: str) -> tzinfo:
    """The time zone of this name in the IANA data base; UTC where there is no name.

    Raises:
        SettingsError: there is no such zone.
    """
    if not name:
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise SettingsError(f"{name!r} is not a time zone: one is named like Africa/Nairobi") from error


@lru_cache(maxsize=4096)
def parse(expression: str) -> Cron:
    """Read a cron expression.

    Raises:
        SettingsError: it is none, or names no moment at all.
    """
    fields = expression.lower().split()
    if len(fields) != len(_FIELDS):
        raise SettingsError(f"{expression!r} is not a cron expression: minute hour day month day-of-week")
    try:
        minutes, hours, days, months, weekdays = map(_values, _FIELDS, fields)
    except ValueError as error:
        raise SettingsError(f"{expression!r} is not a cron expression: {error}") from error
    given = not fields[2].startswith("*"), not fields[4].startswith("*")
    if given == (True, False) and not any(min(days) <= _LENGTHS[month - 1] for month in months):
        raise SettingsError(f"{expression!r} names a day that never comes")
    return Cron(minutes, hours, days, months, weekdays, either_day=all(given))


def _values(field: _Field, text: str) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise ValueError(f"the {field.name} is {part!r}")
        everything, first, last, step = match.groups()
        begin = field.first if everything else _value(field, first)
        end = _value(field, last) if last else field.last if everything or step else begin
        if begin > end and field.cyclic:
            end += field.last + 1
        if begin > end or (step and not int(step)) or (step and everything and field.cyclic):
            raise ValueError(f"the {field.name} is {part!r}")
        span = range(begin, end + 1, int(step or 1))
        found.update(value % (field.last + 1) if field.cyclic else value for value in span)
    return frozenset(found)


def _value(field: _Field, text: str) -> int:
    value = field.names.get(text)
    if value is None:
        if field.cyclic:
            raise ValueError(f"the {field.name} is {text!r}, and not one of {', '.join(field.names)}")
        if not text.isdigit():
            raise ValueError(f"the {field.name} is {text!r}")
        value = int(text)
    if not field.first <= value <= field.last:
        raise ValueError(f"the {field.name} is {text!r}, and not from {field.first} to {field.last}")
    return value
