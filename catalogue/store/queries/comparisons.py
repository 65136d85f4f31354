"""Comparisons with the values of a queryable, as SQL conditions on rows that hold one value each."""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from catalogue.errors import InvalidQuery
from catalogue.query import Between, Compare, Like, Operator, Pattern, Wildcard
from catalogue.queryables import (
    KEY_LENGTH,
    OF_RECORDS,
    ORDINALS,
    QUERYABLES,
    Kind,
    instant,
    normalise,
)

Condition = sa.ColumnElement[bool]

OPERATORS: dict[Operator, Callable[[Any, Any], Any]] = {
    Operator.EQUAL: operator.eq,
    Operator.NOT_EQUAL: operator.ne,
    Operator.LESS: operator.lt,
    Operator.LESS_OR_EQUAL: operator.le,
    Operator.GREATER: operator.gt,
    Operator.GREATER_OR_EQUAL: operator.ge,
}
#: A text stands so to another only if the beginning of its normal form does this to the other's.
_OF_BEGINNINGS: dict[Operator, Callable[[Any, Any], Any]] = {
    Operator.LESS: operator.le,
    Operator.LESS_OR_EQUAL: operator.le,
    Operator.GREATER: operator.ge,
    Operator.GREATER_OR_EQUAL: operator.ge,
}
#: What a value between two is to each of them.
ENDS: Final = {
    False: (Operator.GREATER_OR_EQUAL, Operator.LESS_OR_EQUAL),
    True: (Operator.GREATER, Operator.LESS),
}


@dataclass(frozen=True, slots=True)
class Row:
    """What of a row holds the value, and what it is compared as."""

    value: sa.ColumnElement[str]
    #: Of a text the normal form.
    normal: sa.ColumnElement[str]
    #: Of a date or a number the text that sorts as it does; empty where it is none.
    ordinal: sa.ColumnElement[str]
    #: How the normal form begins, or the ordinal: what the rows are found by. None where they are not.
    key: sa.ColumnElement[str] | None = None


class Comparing:
    """Makes conditions on rows that hold one value of the queryable each.

    Args:
        row: what of it holds the value.
        embedded: the database is SQLite.
    """

    def __init__(self, row: Row, *, embedded: bool) -> None:
        self._row = row
        self._embedded = embedded

    def of(self, predicate: Compare | Between | Like) -> list[Condition]:
        """The conditions under which the predicate is true of a row's value.

        Raises:
            InvalidQuery: it names a queryable that there is not, or compares it as it cannot be.
        """
        comparable(predicate.queryable)
        found: list[Condition] = []
        match predicate:
            case Compare() | Between():
                for part in _compared(predicate):
                    found += self._compared(part)
            case Like(_, pattern, match_case):
                text = self._row.value if match_case else self._row.normal
                found.append(
                    matches(text, pattern if match_case else normalised(pattern), embedded=self._embedded)
                )
        return found + (beginning(predicate, self._row.key) if self._row.key is not None else [])

    def _compared(self, part: Compare) -> list[Condition]:
        compare = OPERATORS[part.operator]
        if kind_of(part.queryable) in ORDINALS:
            return [
                self._row.ordinal != "",
                compare(self._row.ordinal, _ordinal(part.queryable, part.literal)),
            ]
        if part.match_case:
            return [compare(self._row.value, part.literal)]
        return [compare(self._row.normal, normalise(part.literal))]


def beginning(predicate: Compare | Between | Like, key: sa.ColumnElement[str]) -> list[Condition]:
    """What the beginning of a text's normal form must be for the predicate to be true of it.

    None at all, where it may be anything. Of dates and numbers nothing is told here.
    """
    if kind_of(predicate.queryable) is not Kind.TEXT:
        return []
    if not isinstance(predicate, Like):
        return [one for part in _compared(predicate) for one in _begins_as(part, key)]
    pattern = predicate.pattern
    first = pattern[0] if pattern and isinstance(pattern[0], str) else ""
    if predicate.match_case:
        # In a normal form, what follows may melt into the last character; ASCII melts into nothing.
        first = first[:-1] if first.isascii() else ""
    begin = normalise(first)[:KEY_LENGTH]
    return _begins(key, begin) if begin else []


def _begins_as(part: Compare, key: sa.ColumnElement[str]) -> list[Condition]:
    normal = normalise(part.literal)[:KEY_LENGTH]
    # The order of code points says nothing about normal forms; that they are equal does.
    if part.operator is Operator.EQUAL:
        return [key == normal]
    if not part.match_case and part.operator in _OF_BEGINNINGS:
        return [_OF_BEGINNINGS[part.operator](key, normal)]
    return []


def _compared(predicate: Compare | Between) -> tuple[Compare, ...]:
    """The comparisons that are made with one value."""
    if isinstance(predicate, Compare):
        return (predicate,)
    name, match_case = predicate.queryable, predicate.match_case
    above, below = ENDS[predicate.strict]
    return (
        Compare(name, above, predicate.lower, match_case),
        Compare(name, below, predicate.upper, match_case),
    )


def comparable(queryable: str) -> Kind:
    """The kind of a queryable whose values are compared.

    Raises:
        InvalidQuery: there is no such queryable, or it has no values that could be.
    """
    kind = kind_of(queryable)
    if kind not in OF_RECORDS:
        raise InvalidQuery(f"{queryable} cannot be compared in this way", queryable)
    return kind


def kind_of(queryable: str) -> Kind:
    """What the values of the queryable are.

    Raises:
        InvalidQuery: there is no such queryable.
    """
    kind = QUERYABLES.get(queryable)
    if kind is None:
        raise InvalidQuery(f"there is no queryable {queryable}", queryable)
    return kind


def _ordinal(queryable: str, literal: str) -> str:
    kind = kind_of(queryable)
    if kind is Kind.DATE:
        return _instant(queryable, literal)
    found = ORDINALS[kind](literal)
    if not found:
        raise InvalidQuery(f"{literal!r} is not a {kind}", queryable)
    return found


def _instant(queryable: str, literal: str) -> str:
    begin = instant(literal)
    if not begin:
        raise InvalidQuery(f"{literal!r} is not a date (W3CDTF)", queryable)
    return begin


def seconds(queryable: str, literal: str) -> float:
    """Seconds since 1970-01-01T00:00:00Z."""
    whole, _, fraction = _instant(queryable, literal).partition(".")
    return datetime.fromisoformat(whole).replace(tzinfo=UTC).timestamp() + float(f"0.{fraction or 0}")


def _begins(key: sa.ColumnElement[str], beginning: str) -> list[Condition]:
    """The key begins so: a range, which every index can be asked for."""
    following = ord(beginning[-1]) + 1
    if following > sys.maxunicode or following in range(0xD800, 0xE000):
        return [key >= beginning]
    return [key >= beginning, key < beginning[:-1] + chr(following)]


def matches(column: sa.ColumnElement[str], pattern: Pattern, *, embedded: bool) -> Condition:
    """The text in the column, from its first character to its last, has the pattern."""
    if embedded:
        # LIKE of SQLite makes no difference between cases in ASCII; GLOB does.
        return column.op("GLOB", is_comparison=True)(_glob(pattern))
    return column.like(_like(pattern), escape="\\")


def normalised(pattern: Pattern) -> Pattern:
    """The pattern to be compared with normalised text."""
    return tuple(part if isinstance(part, Wildcard) else normalise(part) for part in pattern)


_GLOB = str.maketrans({"*": "[*]", "?": "[?]", "[": "[[]"})
_LIKE = str.maketrans({"%": "\\%", "_": "\\_", "\\": "\\\\"})


def _glob(pattern: Pattern) -> str:
    return "".join(part.value if isinstance(part, Wildcard) else part.translate(_GLOB) for part in pattern)


def _like(pattern: Pattern) -> str:
    written = {Wildcard.MANY: "%", Wildcard.ONE: "_"}
    return "".join(written[part] if isinstance(part, Wildcard) else part.translate(_LIKE) for part in pattern)
