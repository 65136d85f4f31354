"""Predicates as CSW's two constraint languages make them: one meaning for both."""

from __future__ import annotations

from typing import Final

from catalogue.query import (
    AnyText,
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
)
from catalogue.queryables import Kind, instant
from endpoint.csw.geometry import Envelope
from endpoint.csw.queryables import Property

_COMPARABLE: Final = (Kind.TEXT, Kind.DATE, Kind.DATESTAMP)


def compared(named: Property, operator: Operator, literal: str, *, match_case: bool = True) -> Predicate:
    """A comparison. AnyText "equals" what occurs in it, in whatever case: it is all texts in one."""
    if named.kind is Kind.ANY_TEXT and operator in {Operator.EQUAL, Operator.NOT_EQUAL} and literal:
        found = AnyText((literal,))
        return found if operator is Operator.EQUAL else Not(found)
    _check(named, literal)
    return Compare(named.queryable, operator, literal, match_case)


def between(named: Property, lower: str, upper: str) -> Predicate:
    """A value between two, both included."""
    _check(named, lower, upper)
    return Between(named.queryable, lower, upper)


def like(named: Property, pattern: Pattern, *, match_case: bool = True) -> Predicate:
    """A pattern of the whole value; of AnyText, one that occurs in it, in whatever case."""
    if named.kind is Kind.ANY_TEXT:
        return AnyText(pattern)
    if named.kind not in {Kind.TEXT, Kind.DATE}:
        raise named.refused(f"{named.sent} has no text that could have a pattern")
    return Like(named.queryable, pattern, match_case)


def is_missing(named: Property) -> Predicate:
    """No value."""
    return Missing(named.queryable)


def extends(named: Property | None, relation: Relation, box: Envelope) -> Predicate:
    """The record's extent (which is meant where no property is named) stands so to the box."""
    if named is not None and named.kind is not Kind.EXTENT:
        raise named.refused(f"{named.sent} is no geometry")
    return Extent(relation, box.west, box.south, box.east, box.north)


def _check(named: Property, *literals: str) -> None:
    if named.kind not in _COMPARABLE:
        raise named.refused(f"{named.sent} cannot be compared in this way")
    if named.kind is not Kind.TEXT:
        for literal in literals:
            if not instant(literal):
                raise named.refused(f"{named.sent} is a date, and {literal!r} is none (W3CDTF)")
