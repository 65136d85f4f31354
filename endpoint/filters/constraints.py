"""Predicates as the constraint languages make them: one meaning for all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from catalogue.query import (
    AnyText,
    Area,
    Between,
    Compare,
    Extent,
    Like,
    Missing,
    Not,
    Operator,
    Pattern,
    Predicate,
    Relation,
    all_of,
)
from catalogue.queryables import OF_RECORDS, ORDINALS, TRUTHS, Kind, instant
from endpoint.filters import periods
from endpoint.filters.geometry import Envelope, Shape
from endpoint.filters.properties import Property, refused

_TRUTHS: Final[Mapping[str, str]] = {"true": "true", "1": "true", "false": "false", "0": "false"}
_COMPARABLE: Final = (*OF_RECORDS, Kind.DATESTAMP)


def compared(named: Property, operator: Operator, literal: str, *, match_case: bool = True) -> Predicate:
    """A comparison. AnyText "equals" what occurs in it, in whatever case: it is all texts in one."""
    if named.kind is Kind.ANY_TEXT and operator in {Operator.EQUAL, Operator.NOT_EQUAL} and literal:
        found = AnyText((literal,))
        return found if operator is Operator.EQUAL else Not(found)
    _check(named, literal)
    if named.queryable in TRUTHS:
        literal = _truth(named, literal)
    return Compare(named.queryable, operator, literal, match_case)


def between(named: Property, lower: str, upper: str, *, strict: bool = False) -> Predicate:
    """A value between two, both included unless it is `strict`."""
    _check(named, lower, upper)
    return Between(named.queryable, lower, upper, strict=strict)


def in_time(named: Property, operator: str, begin: str, end: str) -> Predicate:
    """A date stands so to a period, or to an instant where begin and end are the same (ISO 19108, 5.2.3.5).

    A date is an instant, so only those relations are there that an instant can have; a temporal extent is a
    period (see `periods`).

    Raises:
        InvalidQuery: an instant cannot stand so to it.
    """
    if named.kind not in {Kind.DATE, Kind.DATESTAMP, Kind.PERIOD}:
        raise named.refused(f"{named.sent} is no time")
    _check_dates(named, begin, end)
    if instant(begin) > instant(end):
        raise refused(operator, f"the period ends before it begins: {begin!r}, {end!r}")
    if named.kind is Kind.PERIOD:
        return periods.stands(operator, begin, end)
    moment = instant(begin) == instant(end)
    known: dict[str, Predicate] = {
        "After": Compare(named.queryable, Operator.GREATER, end),
        "Before": Compare(named.queryable, Operator.LESS, begin),
        "AnyInteracts": Between(named.queryable, begin, end),
    }
    of_instants: dict[str, Predicate] = {"TEquals": Compare(named.queryable, Operator.EQUAL, begin)}
    of_periods: dict[str, Predicate] = {
        "During": Between(named.queryable, begin, end, strict=True),
        "Begins": Compare(named.queryable, Operator.EQUAL, begin),
        "Ends": Compare(named.queryable, Operator.EQUAL, end),
    }
    found = (known | (of_instants if moment else of_periods)).get(operator)
    if found is None:
        what = "an instant" if moment else "a period"
        raise refused(operator, f"{operator} cannot be told of {named.sent}, an instant, and {what}")
    return found


def like(named: Property, pattern: Pattern, *, match_case: bool = True) -> Predicate:
    """A pattern of the whole value; of AnyText, one that occurs in it, in whatever case."""
    if named.kind is Kind.ANY_TEXT:
        return AnyText(pattern)
    if named.kind not in {Kind.TEXT, Kind.DATE}:
        raise named.refused(f"{named.sent} has no text that could have a pattern")
    return Like(named.queryable, pattern, match_case)


def is_missing(named: Property) -> Predicate:
    """No value."""
    return periods.IS_MISSING if named.kind is Kind.PERIOD else Missing(named.queryable)


#: What the spatial operators mean, by their names in small letters. Extents are taken for areas, so none
#: crosses another.
SPATIAL: Final[Mapping[str, Callable[[Callable[[Relation], Predicate]], Predicate]]] = {
    "bbox": lambda extent: extent(Relation.INTERSECTS),
    "intersects": lambda extent: extent(Relation.INTERSECTS),
    "disjoint": lambda extent: extent(Relation.DISJOINT),
    "within": lambda extent: extent(Relation.WITHIN),
    "contains": lambda extent: extent(Relation.CONTAINS),
    "equals": lambda extent: all_of((extent(Relation.WITHIN), extent(Relation.CONTAINS))),
    "touches": lambda extent: all_of((extent(Relation.INTERSECTS), Not(extent(Relation.SHARES)))),
    "overlaps": lambda extent: all_of(
        (extent(Relation.SHARES), Not(extent(Relation.WITHIN)), Not(extent(Relation.CONTAINS)))
    ),
}
_OF_POLYGONS: Final = frozenset({"bbox", "intersects", "disjoint", "within", "contains"})


def extends(named: Property | None, operator: str, shape: Shape) -> Predicate:
    """The record's extent (which is meant where no property is named) stands so to the shape."""
    if named is not None and named.kind is not Kind.EXTENT:
        raise named.refused(f"{named.sent} is no geometry")
    name = operator.lower()
    if isinstance(shape, Envelope):
        return SPATIAL[name](lambda r: Extent(r, shape.west, shape.south, shape.east, shape.north))
    if name not in _OF_POLYGONS:
        raise refused(operator, f"{operator} cannot be told of a polygon, only of boxes in degrees")
    return SPATIAL[name](lambda r: Area(r, shape[0], shape[1:]))


def _truth(named: Property, literal: str) -> str:
    """The literal as xs:boolean is written in its canonical form."""
    found = _TRUTHS.get(literal.strip().lower())
    if found is None:
        raise named.refused(f"{named.sent} is true or false, and {literal!r} is neither")
    return found


def _check(named: Property, *literals: str) -> None:
    if named.kind not in _COMPARABLE:
        raise named.refused(f"{named.sent} cannot be compared in this way")
    if named.kind is Kind.NUMBER:
        for literal in literals:
            if not ORDINALS[Kind.NUMBER](literal):
                raise named.refused(f"{named.sent} is a number, and {literal!r} is none")
    elif named.kind is not Kind.TEXT:
        _check_dates(named, *literals)


def _check_dates(named: Property, *literals: str) -> None:
    for literal in literals:
        if not instant(literal):
            raise named.refused(f"{named.sent} is a date, and {literal!r} is none (W3CDTF)")
