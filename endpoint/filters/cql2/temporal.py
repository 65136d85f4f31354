"""The temporal functions of CQL2 (OGC 21-065r2, 7.7), of dates, which are instants, and of temporal extents.

An end of an interval that is a date means the whole day: it ends with its last second.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from catalogue.query import Compare, Missing, Not, Operator, Or, Predicate, all_of
from catalogue.queryables import Kind, instant, last_instant
from endpoint.filters import constraints, periods
from endpoint.filters.cql2.tree import Call, Instant, Interval, Name, Node, wrong
from endpoint.filters.properties import Property

#: Function -> what the constraints call it; empty where ends would have to be the same: known to the day, or
#: to the year, they cannot be compared so.
FUNCTIONS: Final[Mapping[str, str]] = {
    "t_after": "After",
    "t_before": "Before",
    "t_intersects": "AnyInteracts",
    "t_disjoint": "",
    "t_equals": "TEquals",
    "t_during": "During",
    "t_contains": "TContains",
    "t_overlaps": "TOverlaps",
    "t_overlappedby": "OverlappedBy",
    **dict.fromkeys(("t_starts", "t_startedby", "t_finishes", "t_finishedby", "t_meets", "t_metby"), ""),
}
_TURNED: Final = {
    "t_after": "t_before",
    "t_before": "t_after",
    "t_during": "t_contains",
    "t_contains": "t_during",
    "t_overlaps": "t_overlappedby",
    "t_overlappedby": "t_overlaps",
}
_FALSE: Final[Predicate] = Or(())


def operands(call: Call, property_of: Callable[[Node], Property]) -> tuple[Property, Interval, bool]:
    """The property, the time, and whether they stand the other way round; an instant is both its ends."""
    if len(call.args) != 2:  # noqa: PLR2004 - two operands
        raise wrong(call.at, f"{call.op.upper()} has two operands")
    first, second = call.args
    turned = isinstance(second, Name) and not isinstance(first, Name)
    if turned:
        first, second = second, first
    if isinstance(second, Instant):
        second = Interval(second.value, second.value, second.at)
    elif isinstance(second, Interval):
        second = Interval(
            second.begin, last_instant(second.end) if instant(second.end) else second.end, second.at
        )
    else:
        raise wrong(
            second.at, f"{call.op.upper()} compares a property with a date, a timestamp or an interval"
        )
    return property_of(first), second, turned


def predicate(op: str, found: Property, time: Interval, *, turned: bool) -> Predicate:
    """The property's time stands so to the instant or the interval.

    Raises:
        InvalidQuery: that cannot be told.
    """
    if turned:
        op = _TURNED.get(op, op)
    for end in (time.begin, time.end):
        if end and not instant(end):
            raise wrong(time.at, f"{end!r} is no date")
    if op == "t_disjoint":
        meets = predicate("t_intersects", found, time, turned=False)
        # That there is a value at all is asked for by who is asked for the opposite, too.
        return all_of((Not(meets), Not(constraints.is_missing(found))))
    operator = FUNCTIONS[op]
    if not operator:
        raise wrong(time.at, f"{op.upper()} cannot be told of {found.sent}")
    if time.begin and time.end:
        return constraints.in_time(found, operator, time.begin, time.end)
    if found.kind is Kind.PERIOD:
        return _extent_and_open(op, time)
    if found.kind not in {Kind.DATE, Kind.DATESTAMP}:
        raise found.refused(f"{found.sent} is no time")
    return _date_and_open(op, found, time)


def _extent_and_open(op: str, time: Interval) -> Predicate:
    """A temporal extent, and an interval that is open at one end or at both."""
    if op == "t_intersects":
        return periods.meets(time.begin, time.end)
    if op == "t_before":
        return periods.stands("Before", time.begin, time.begin) if time.begin else _FALSE
    if op == "t_after":
        return periods.stands("After", time.end, time.end) if time.end else _FALSE
    raise wrong(time.at, f"{op.upper()} cannot be told of an interval without end")


def _date_and_open(op: str, found: Property, time: Interval) -> Predicate:
    """A date, and an interval that is open at one end or at both."""
    at_ends = op == "t_intersects"
    match op:
        case "t_before":
            return Compare(found.queryable, Operator.LESS, time.begin) if time.begin else _FALSE
        case "t_after":
            return Compare(found.queryable, Operator.GREATER, time.end) if time.end else _FALSE
        case "t_intersects" | "t_during" if time.begin:
            above = Operator.GREATER_OR_EQUAL if at_ends else Operator.GREATER
            return Compare(found.queryable, above, time.begin)
        case "t_intersects" | "t_during" if time.end:
            below = Operator.LESS_OR_EQUAL if at_ends else Operator.LESS
            return Compare(found.queryable, below, time.end)
        case "t_intersects" | "t_during":
            return Not(Missing(found.queryable))
        case _:
            raise wrong(time.at, f"{op.upper()} cannot be told of an interval without end")
