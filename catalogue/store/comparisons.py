"""Comparisons with the values of a queryable, as SQL conditions on rows that hold one value each."""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable
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
    is_keyed,
    key_of,
    normalise,
)
from catalogue.store.tables import record_values

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


class Values:
    """Makes conditions on the rows of a table: those of `record_values`, or of one with the same columns.

    Args:
        table: what holds the values.
        embedded: the database is SQLite.
        by_key: the rows are found by their key; else the database is kept from doing so.
    """

    def __init__(self, table: sa.Table, *, embedded: bool, by_key: bool = True) -> None:
        self._of_records = table is record_values
        self._name, self._value = table.c.name, table.c.value
        self._key: sa.ColumnElement[str] = table.c.key if by_key else table.c.key.concat("")
        self._normal = sa.func.coalesce(table.c.folded, table.c.value)
        self._embedded = embedded

    def of(self, predicate: Compare | Between | Like) -> list[Condition]:
        """The conditions under which the predicate is true of a row's value.

        Raises:
            InvalidQuery: it names a queryable that there is not, or compares it as it cannot be.
        """
        kind = kind_of(predicate.queryable)
        if kind not in OF_RECORDS:
            raise InvalidQuery(f"{predicate.queryable} cannot be compared in this way", predicate.queryable)
        match predicate:
            case Compare(name, operator_, literal, match_case):
                conditions = self._compared(name, operator_, literal, match_case=match_case)
            case Between(name, lower, upper, match_case, strict):
                above, below = ENDS[strict]
                conditions = [
                    *self._compared(name, above, lower, match_case=match_case),
                    *self._compared(name, below, upper, match_case=match_case),
                ]
            case Like(name, pattern, match_case):
                keyed = kind is Kind.TEXT and self._is_keyed(name)
                conditions = self._like(pattern, keyed=keyed, match_case=match_case)
        return [self._name == predicate.queryable, *conditions]

    def _is_keyed(self, queryable: str) -> bool:
        return is_keyed(queryable) or not self._of_records

    def _key_of(self, queryable: str, literal: str, normal: str) -> str:
        return key_of(queryable, literal, normal) if self._of_records else normal[:KEY_LENGTH]

    def _like(self, pattern: Pattern, *, keyed: bool, match_case: bool) -> list[Condition]:
        normal = normalised(pattern)
        if match_case:
            conditions = [matches(self._value, pattern, embedded=self._embedded)]
            # In a normal form, what follows may melt into the last character; ASCII melts into nothing.
            first = pattern[0] if pattern and isinstance(pattern[0], str) else ""
            beginning = normalise(first[:-1]) if first.isascii() else ""
        else:
            conditions = [matches(self._normal, normal, embedded=self._embedded)]
            beginning = normal[0] if normal and isinstance(normal[0], str) else ""
        if keyed and beginning:
            conditions += _begins(self._key, beginning[:KEY_LENGTH])
        return conditions

    def _compared(
        self, queryable: str, operator_: Operator, literal: str, *, match_case: bool
    ) -> list[Condition]:
        compare = OPERATORS[operator_]
        if kind_of(queryable) in ORDINALS:
            return [self._key != "", compare(self._key, _ordinal(queryable, literal))]
        normal = normalise(literal)
        found = compare(self._value, literal) if match_case else compare(self._normal, normal)
        # The order of code points says nothing about normal forms; that they are equal does.
        if operator_ is Operator.EQUAL:
            return [found, self._key == self._key_of(queryable, literal, normal)]
        if not match_case and operator_ in _OF_BEGINNINGS and self._is_keyed(queryable):
            return [found, _OF_BEGINNINGS[operator_](self._key, normal[:KEY_LENGTH])]
        return [found]


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
