"""Cron expressions by the meaning that cron itself gives them (crontab(5)).

Five fields: minute, hour, day of the month, month, day of the week. In each `*`, numbers, ranges, steps
(`*/2`, `1-5/2`) and lists of these; months and days of the week also by name. In the week 0 and 7 are
Sunday. Where both days are given, either will do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from catalogue.errors import SettingsError

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_SUNDAY_AGAIN: Final = 7
#: Days that each month may have.
_LENGTHS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_PART: Final = re.compile(r"(?:(\*)|([0-9a-z]+)(?:-([0-9a-z]+))?)(?:/([0-9]{1,3}))?")


@dataclass(frozen=True, slots=True)
class _Field:
    """What a field may hold."""

    name: str
    first: int
    last: int
    names: dict[str, int]


_FIELDS: Final = (
    _Field("minute", 0, 59, {}),
    _Field("hour", 0, 23, {}),
    _Field("day", 1, 31, {}),
    _Field("month", 1, 12, {name: number for number, name in enumerate(_MONTHS, 1)}),
    _Field("day of the week", 0, _SUNDAY_AGAIN, {name: number for number, name in enumerate(_DAYS)}),
)


@dataclass(frozen=True, slots=True)
class Cron:
    """A cron expression, each field as the values that it admits."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    #: 0 is Sunday.
    weekdays: frozenset[int]
    #: Both days are given: either will do.
    either_day: bool


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
    return Cron(minutes, hours, days, months, frozenset(day % 7 for day in weekdays), either_day=all(given))


def _values(field: _Field, text: str) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise ValueError(f"the {field.name} is {part!r}")
        everything, first, last, step = match.groups()
        begin = field.first if everything else _value(field, first)
        if last:
            end = _value(field, last)
            # "fri-sun": the week may end on Sunday.
            end = _SUNDAY_AGAIN if last == "sun" and begin else end
        else:
            end = field.last if everything or step else begin
        if begin > end or (step and not int(step)):
            raise ValueError(f"the {field.name} is {part!r}")
        found.update(range(begin, end + 1, int(step or 1)))
    return frozenset(found)


def _value(field: _Field, text: str) -> int:
    value = field.names.get(text)
    if value is None:
        if not text.isdigit():
            raise ValueError(f"the {field.name} is {text!r}")
        value = int(text)
    if not field.first <= value <= field.last:
        raise ValueError(f"the {field.name} is {text!r}, and not from {field.first} to {field.last}")
    return value
