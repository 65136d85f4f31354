"""A record's temporal extent: its periods in one, from the first begin to the last end.

An end that no period tells is open. `2003` begins with the year, and as an end ends with it. How periods
stand to one another is said as in ISO 19108, 5.2.3.5; relations in which ends have to be the same are not
told, for what is known to the year or to the day alone has no such ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from catalogue.query import Compare, Like, Missing, Not, Operator, Predicate, all_of, any_of
from catalogue.queryables import instant
from endpoint.filters.properties import refused

_BEGIN: Final = "temporal_begin"
_END: Final = "temporal_end"
#: Characters of a date that names a day, a month, a year.
_COARSE: Final = (10, 7, 4)
IS_MISSING: Final[Predicate] = all_of((Missing(_BEGIN), Missing(_END)))


def meets(begin: str, end: str) -> Predicate:
    """The record has a temporal extent, which has an instant in common with the time; empty ends are open."""
    parts: list[Predicate] = [Not(IS_MISSING)]
    if end:
        parts.append(any_of((Missing(_BEGIN), _begins(Operator.LESS_OR_EQUAL, end))))
    if begin:
        parts.append(any_of((Missing(_END), _ends(Operator.GREATER_OR_EQUAL, begin))))
    return all_of(tuple(parts))


def stands(operator: str, begin: str, end: str) -> Predicate:
    """The record's temporal extent stands so to a period, or to an instant where both ends are the same.

    Raises:
        InvalidQuery: that cannot be told.
    """
    begins_inside = all_of((_begins(Operator.GREATER, begin), Not(_begins(Operator.LESS_OR_EQUAL, begin))))
    ends_inside = all_of((_ends(Operator.LESS, end), Not(_ends(Operator.GREATER_OR_EQUAL, end))))
    begins_before = any_of((Missing(_BEGIN), _begins(Operator.LESS, begin)))
    ends_behind = any_of((Missing(_END), _ends(Operator.GREATER, end)))
    relations: Mapping[str, tuple[Predicate, ...]] = {
        "After": (_begins(Operator.GREATER, end), Not(_begins(Operator.LESS_OR_EQUAL, end))),
        "Before": (_ends(Operator.LESS, begin), Not(_ends(Operator.GREATER_OR_EQUAL, begin))),
        "AnyInteracts": (meets(begin, end),),
        "TContains": (Not(IS_MISSING), begins_before, ends_behind),
        "During": (begins_inside, ends_inside),
        "TOverlaps": (begins_before, _ends(Operator.GREATER, begin), ends_inside),
        "OverlappedBy": (begins_inside, _begins(Operator.LESS, end), ends_behind),
    }
    if operator not in relations or (operator in _OF_PERIODS and instant(begin) == instant(end)):
        raise refused(operator, f"{operator} cannot be told of temporal extents and this time")
    return all_of(relations[operator])


#: Relations that a period has to a period alone.
_OF_PERIODS: Final = frozenset({"During", "TOverlaps", "OverlappedBy"})


def _begins(operator: Operator, at: str) -> Predicate:
    return Compare(_BEGIN, operator, at)


def _ends(operator: Operator, at: str) -> Predicate:
    """Some end stands so to the instant: those of years, months and days in which it lies are behind it."""
    found = Compare(_END, operator, at)
    if operator is Operator.LESS:
        return found
    first = instant(at)
    return any_of((found, *(Like(_END, (first[:length],)) for length in _COARSE)))
