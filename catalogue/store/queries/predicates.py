"""Predicates made SQL conditions on `records`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    Or,
    Pattern,
    Place,
    Predicate,
    SortKey,
    Wildcard,
)
from catalogue.queryables import OF_RECORDS, ORDINALS, Kind
from catalogue.store.queries import extents
from catalogue.store.queries.comparisons import (
    ENDS,
    OPERATORS,
    Comparing,
    Condition,
    Row,
    comparable,
    kind_of,
    matches,
    normalised,
    seconds,
)
from catalogue.store.queries.packed import Values, values_of
from catalogue.store.tables import (
    boxes,
    neutral_records,
    record_sets,
    records,
    renditions,
    sets,
)

_IDENTIFIERS = (records.c.identifier, records.c.file_identifier)


def ordered_by(queryable: str, *, descending: bool, embedded: bool) -> sa.ColumnElement[Any]:
    """What records are ordered by: the queryable's least value, or descending its greatest.

    Raises:
        InvalidQuery: it has no values that could be ordered.
    """
    kind = kind_of(queryable)
    if kind is Kind.DATESTAMP:
        return records.c.datestamp
    if kind not in OF_RECORDS:
        raise InvalidQuery(f"{queryable} has no values that could be ordered", queryable)
    values = values_of(queryable, embedded=embedded)
    end = (sa.func.max if descending else sa.func.min)(values.compared)
    # What is no date has no place.
    some = [values.compared != ""] if kind in ORDINALS else []
    return values.select(end).where(values.record_id == records.c.id, *some).scalar_subquery()


def stands_behind(place: Place, keys: Sequence[SortKey], *, embedded: bool) -> Condition:
    """The record stands behind the place in the order of the keys; what they leave equal, by number.

    Raises:
        InvalidQuery: a key has no values that could be ordered.
    """
    found: Condition = records.c.id > place.number
    for key, value in reversed(list(zip(keys, place.values, strict=True))):
        ordered = ordered_by(key.queryable, descending=key.descending, embedded=embedded)
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
        among: numbers of the records that are asked for, where it is not all of them.
    """

    def __init__(self, *, embedded: bool, many: bool, among: sa.Select[tuple[int]] | None = None) -> None:
        self._embedded = embedded
        self._many = many
        self._among_these = among

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
                return self._any_text(anywhere(pattern))
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
        found = matches(neutral_records.c.search_text, pattern, embedded=self._embedded)
        # Looked at last, and only where all else is true: it is the one condition without an index.
        text = sa.select(neutral_records.c.record_id).where(
            neutral_records.c.record_id == records.c.id, found
        )
        return sa.exists(text)

    def _of_values(self, predicate: Compare | Between | Like) -> Condition:
        if kind_of(predicate.queryable) is Kind.DATESTAMP:
            return self._of_datestamp(predicate)
        comparable(predicate.queryable)
        values = values_of(predicate.queryable, embedded=self._embedded)
        return self._has(values, *on_values(values, embedded=self._embedded).of(predicate))

    def _of_datestamp(self, predicate: Compare | Between | Like) -> Condition:
        return self._among(renditions, *of_datestamp(predicate))

    def _missing(self, queryable: str) -> Condition:
        kind = kind_of(queryable)
        if kind is Kind.EXTENT:
            return sa.not_(self._among(boxes))
        if kind in {Kind.ANY_TEXT, Kind.DATESTAMP}:
            return sa.false()
        if kind is Kind.PERIOD:
            raise InvalidQuery(f"{queryable} is asked for by its begin and its end", queryable)
        return sa.not_(self._has(values_of(queryable, embedded=self._embedded)))

    def _has(self, values: Values, *conditions: Condition) -> Condition:
        """The record has such a value.

        No index tells which have; so their packed rows are looked at, of those that are asked for. SQLite
        does so before all else, apart: its parser has room for trees that are deep, or for such leaves.
        """
        if self._embedded:
            found = values.select(values.record_id.label("record_id")).where(*conditions)
            if self._among_these is not None:
                found = found.where(values.record_id.in_(self._among_these))
            return records.c.id.in_(sa.select(found.cte().c.record_id))
        one = values.select(sa.literal_column("1")).where(values.record_id == records.c.id, *conditions)
        return sa.exists(self._apart(one))

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
        return sa.exists(self._apart(found))

    def _apart(self, found: sa.Select[Any]) -> sa.Select[Any]:
        """Kept by OFFSET from what PostgreSQL would plan as joins."""
        return found.offset(sa.literal_column("0")) if self._many else found


def on_values(values: Values, *, embedded: bool) -> Comparing:
    """What makes conditions on the values of a queryable."""
    return Comparing(Row(values.value, values.compared, values.compared), embedded=embedded)


def of_datestamp(predicate: Compare | Between | Like) -> list[Condition]:
    """The conditions on rows of `renditions` under which the predicate is true of a record's datestamp.

    Every record has this rendition, whose datestamp is the record's, and is indexed.

    Raises:
        InvalidQuery: it compares it with what is no date.
    """
    datestamp = renditions.c.datestamp
    match predicate:
        case Compare(name, operator_, literal):
            conditions = [OPERATORS[operator_](datestamp, seconds(name, literal))]
        case Between(name, lower, upper, _, strict):
            above, below = (OPERATORS[end] for end in ENDS[strict])
            conditions = [above(datestamp, seconds(name, lower)), below(datestamp, seconds(name, upper))]
        case Like(name):
            raise InvalidQuery(f"{name} is an instant, and has no pattern", name)
    return [renditions.c.prefix == OAI_DC.prefix, *conditions]


def identified(identifiers: Iterable[str]) -> Condition:
    """The record has one of these identifiers; each of the two kinds has an index of its own."""
    wanted = list(identifiers)
    named = (sa.select(records.c.id).where(name.in_(wanted)) for name in _IDENTIFIERS)
    return records.c.id.in_(sa.union_all(*named))


def anywhere(pattern: Pattern) -> Pattern:
    """The pattern of a normalised text in which this one occurs."""
    inner = [*normalised(pattern)]
    while inner and inner[0] is Wildcard.MANY:
        del inner[0]
    while inner and inner[-1] is Wildcard.MANY:
        del inner[-1]
    return (Wildcard.MANY, *inner, Wildcard.MANY)
