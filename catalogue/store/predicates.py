"""Predicates made SQL conditions on `records`."""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import sqlalchemy as sa

from catalogue.errors import InvalidQuery
from catalogue.formats import OAI_DC
from catalogue.query import (
    And,
    AnyText,
    Area,
    Between,
    Compare,
    Extent,
    Identified,
    Like,
    Member,
    Missing,
    Not,
    Operator,
    Or,
    Pattern,
    Place,
    Predicate,
    SortKey,
    Wildcard,
)
from catalogue.queryables import KEY_LENGTH, QUERYABLES, Kind, instant, is_keyed, key_of, normalise
from catalogue.store import extents
from catalogue.store.tables import (
    boxes,
    neutral_records,
    record_sets,
    record_values,
    records,
    renditions,
    sets,
)

Condition = sa.ColumnElement[bool]

_OPERATORS: dict[Operator, Callable[[Any, Any], Any]] = {
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
_ENDS = {
    False: (Operator.GREATER_OR_EQUAL, Operator.LESS_OR_EQUAL),
    True: (Operator.GREATER, Operator.LESS),
}
_IDENTIFIERS = (records.c.identifier, records.c.file_identifier)
_NORMAL = sa.func.coalesce(record_values.c.folded, record_values.c.value)


def ordered_by(queryable: str, *, descending: bool) -> sa.ColumnElement[Any]:
    """What records are ordered by: the queryable's least value, or descending its greatest.

    Raises:
        InvalidQuery: it has no values that could be ordered.
    """
    kind = kind_of(queryable)
    if kind is Kind.DATESTAMP:
        return records.c.datestamp
    if kind not in {Kind.TEXT, Kind.DATE}:
        raise InvalidQuery(f"{queryable} has no values that could be ordered", queryable)
    conditions = [record_values.c.record_id == records.c.id, record_values.c.name == queryable]
    value: sa.ColumnElement[str] = _NORMAL
    if kind is Kind.DATE:
        value = record_values.c.key
        conditions.append(value != "")
    end = sa.func.max(value) if descending else sa.func.min(value)
    return sa.select(end).where(*conditions).scalar_subquery()


def stands_behind(place: Place, keys: Sequence[SortKey]) -> Condition:
    """The record stands behind the place in the order of the keys; what they leave equal, by number.

    Raises:
        InvalidQuery: a key has no values that could be ordered.
    """
    found: Condition = records.c.id > place.number
    for key, value in reversed(list(zip(keys, place.values, strict=True))):
        ordered = ordered_by(key.queryable, descending=key.descending)
        if value is None:
            found = sa.and_(ordered.is_(None), found)
            continue
        beyond = ordered < value if key.descending else ordered > value
        found = sa.or_(beyond, ordered.is_(None), sa.and_(ordered == value, found))
    return found


class Conditions:
    """Makes the conditions of one query, in the dialect of one database.

    Args:
        embedded: the database is SQLite.
        many: the query has more predicates than PostgreSQL should plan as joins.
    """

    def __init__(self, *, embedded: bool, many: bool) -> None:
        self._embedded = embedded
        self._many = many

    def of(self, predicate: Predicate) -> Condition:  # noqa: PLR0911 - one return a kind of predicate
        """The condition under which the predicate is true of a record.

        Raises:
            InvalidQuery: it names a queryable that there is not, or compares it as it cannot be.
        """
        match predicate:
            case And(parts):
                return sa.and_(sa.true(), *map(self.of, parts))
            case Or(parts):
                return sa.or_(sa.false(), *map(self.of, parts))
            case Not(part):
                return sa.not_(self.of(part))
            case Identified(identifiers):
                return identified(identifiers)
            case AnyText(pattern):
                return self._any_text(_anywhere(pattern))
            case Extent():
                return extents.extends(predicate, partial(self._among, boxes))
            case Area():
                return extents.covers(predicate, partial(self._among, boxes))
            case Missing(queryable):
                return self._missing(queryable)
            case Member(set_spec):
                number = sa.select(sets.c.id).where(sets.c.set_spec == set_spec).scalar_subquery()
                return self._among(record_sets, record_sets.c.set_id == number, record_sets.c.member)
            case _:
                return self._of_values(predicate)

    def _any_text(self, pattern: Pattern) -> Condition:
        found = self._matches(neutral_records.c.search_text, pattern)
        # Looked at last, and only where all else is true: it is the one condition without an index.
        text = sa.select(neutral_records.c.record_id).where(
            neutral_records.c.record_id == records.c.id, found
        )
        return sa.exists(text)

    def _of_values(self, predicate: Compare | Between | Like) -> Condition:
        kind = kind_of(predicate.queryable)
        if kind is Kind.DATESTAMP:
            return self._of_datestamp(predicate)
        if kind not in {Kind.TEXT, Kind.DATE}:
            raise InvalidQuery(f"{predicate.queryable} cannot be compared in this way", predicate.queryable)
        match predicate:
            case Compare(name, operator_, literal, match_case):
                conditions = _compared(name, operator_, literal, match_case=match_case)
            case Between(name, lower, upper, match_case, strict):
                above, below = _ENDS[strict]
                conditions = [
                    *_compared(name, above, lower, match_case=match_case),
                    *_compared(name, below, upper, match_case=match_case),
                ]
            case Like(_, pattern, match_case):
                keyed = kind is Kind.TEXT and is_keyed(predicate.queryable)
                conditions = self._like(pattern, keyed=keyed, match_case=match_case)
        return self._among(record_values, record_values.c.name == predicate.queryable, *conditions)

    def _of_datestamp(self, predicate: Compare | Between | Like) -> Condition:
        # Every record has this rendition, whose datestamp is the record's, and is indexed.
        datestamp = renditions.c.datestamp
        match predicate:
            case Compare(name, operator_, literal):
                conditions = [_OPERATORS[operator_](datestamp, _seconds(name, literal))]
            case Between(name, lower, upper, _, strict):
                above, below = (_OPERATORS[end] for end in _ENDS[strict])
                conditions = [
                    above(datestamp, _seconds(name, lower)),
                    below(datestamp, _seconds(name, upper)),
                ]
            case Like(name):
                raise InvalidQuery(f"{name} is an instant, and has no pattern", name)
        return self._among(renditions, renditions.c.prefix == OAI_DC.prefix, *conditions)

    def _like(self, pattern: Pattern, *, keyed: bool, match_case: bool) -> list[Condition]:
        normal = normalised(pattern)
        if match_case:
            conditions = [self._matches(record_values.c.value, pattern)]
            # In a normal form, what follows may melt into the last character; ASCII melts into nothing.
            first = pattern[0] if pattern and isinstance(pattern[0], str) else ""
            beginning = normalise(first[:-1]) if first.isascii() else ""
        else:
            conditions = [self._matches(_NORMAL, normal)]
            beginning = normal[0] if normal and isinstance(normal[0], str) else ""
        if keyed and beginning:
            conditions += _begins(beginning[:KEY_LENGTH])
        return conditions

    def _missing(self, queryable: str) -> Condition:
        kind = kind_of(queryable)
        if kind is Kind.EXTENT:
            return sa.not_(self._among(boxes))
        if kind in {Kind.ANY_TEXT, Kind.DATESTAMP}:
            return sa.false()
        if kind is Kind.PERIOD:
            raise InvalidQuery(f"{queryable} is asked for by its begin and its end", queryable)
        return sa.not_(self._among(record_values, record_values.c.name == queryable))

    def _matches(self, column: sa.ColumnElement[str], pattern: Pattern) -> Condition:
        if self._embedded:
            # LIKE of SQLite makes no difference between cases in ASCII; GLOB does.
            return column.op("GLOB", is_comparison=True)(_glob(pattern))
        return column.like(_like(pattern), escape="\\")

    def _among(self, table: sa.Table, *conditions: Condition) -> Condition:
        """The record is one of those that such a row is about.

        SQLite reads the rows first and looks the records up. PostgreSQL plans EXISTS as a join where it can,
        but may run NOT IN again for each record once the list is too long for its memory; to plan hundreds
        of joins takes it minutes, and OFFSET keeps it from doing so.
        """
        if self._embedded:
            return records.c.id.in_(sa.select(table.c.record_id).where(*conditions))
        found: sa.Select[Any] = sa.select(sa.literal_column("1")).where(
            table.c.record_id == records.c.id, *conditions
        )
        return sa.exists(found.offset(sa.literal_column("0")) if self._many else found)


def identified(identifiers: Iterable[str]) -> Condition:
    """The record has one of these identifiers; each of the two kinds has an index of its own."""
    wanted = list(identifiers)
    named = (sa.select(records.c.id).where(name.in_(wanted)) for name in _IDENTIFIERS)
    return records.c.id.in_(sa.union_all(*named))


def kind_of(queryable: str) -> Kind:
    """What the values of the queryable are.

    Raises:
        InvalidQuery: there is no such queryable.
    """
    kind = QUERYABLES.get(queryable)
    if kind is None:
        raise InvalidQuery(f"there is no queryable {queryable}", queryable)
    return kind


def _instant(queryable: str, literal: str) -> str:
    begin = instant(literal)
    if not begin:
        raise InvalidQuery(f"{literal!r} is not a date (W3CDTF)", queryable)
    return begin


def _seconds(queryable: str, literal: str) -> float:
    """Seconds since 1970-01-01T00:00:00Z."""
    whole, _, fraction = _instant(queryable, literal).partition(".")
    return datetime.fromisoformat(whole).replace(tzinfo=UTC).timestamp() + float(f"0.{fraction or 0}")


def _compared(queryable: str, operator_: Operator, literal: str, *, match_case: bool) -> list[Condition]:
    compare = _OPERATORS[operator_]
    if kind_of(queryable) is Kind.DATE:
        begin = _instant(queryable, literal)
        return [record_values.c.key != "", compare(record_values.c.key, begin)]
    normal = normalise(literal)
    found = compare(record_values.c.value, literal) if match_case else compare(_NORMAL, normal)
    # The order of code points says nothing about normal forms; that they are equal does.
    if operator_ is Operator.EQUAL:
        return [found, record_values.c.key == key_of(queryable, literal, normal)]
    if not match_case and operator_ in _OF_BEGINNINGS and is_keyed(queryable):
        return [found, _OF_BEGINNINGS[operator_](record_values.c.key, normal[:KEY_LENGTH])]
    return [found]


def _begins(beginning: str) -> list[Condition]:
    """The key begins so: a range, which every index can be asked for."""
    key = record_values.c.key
    following = ord(beginning[-1]) + 1
    if following > sys.maxunicode or following in range(0xD800, 0xE000):
        return [key >= beginning]
    return [key >= beginning, key < beginning[:-1] + chr(following)]


def normalised(pattern: Pattern) -> Pattern:
    """The pattern to be compared with normalised text."""
    return tuple(part if isinstance(part, Wildcard) else normalise(part) for part in pattern)


def _anywhere(pattern: Pattern) -> Pattern:
    inner = [*normalised(pattern)]
    while inner and inner[0] is Wildcard.MANY:
        del inner[0]
    while inner and inner[-1] is Wildcard.MANY:
        del inner[-1]
    return (Wildcard.MANY, *inner, Wildcard.MANY)


_GLOB = str.maketrans({"*": "[*]", "?": "[?]", "[": "[[]"})
_LIKE = str.maketrans({"%": "\\%", "_": "\\_", "\\": "\\\\"})


def _glob(pattern: Pattern) -> str:
    return "".join(part.value if isinstance(part, Wildcard) else part.translate(_GLOB) for part in pattern)


def _like(pattern: Pattern) -> str:
    written = {Wildcard.MANY: "%", Wildcard.ONE: "_"}
    return "".join(written[part] if isinstance(part, Wildcard) else part.translate(_LIKE) for part in pattern)
