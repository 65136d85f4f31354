"""RecordQuery made SQL: which records match, how many, and what they hold.

Each predicate over the values of a queryable is one subquery that gives record numbers, so a predicate is
true or false of a record and NOT is the exact complement: SQL's third truth value cannot arise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from catalogue.errors import InvalidQuery
from catalogue.formats import OAI_DC
from catalogue.query import Place, RecordQuery, SortKey, size
from catalogue.queryables import OF_RECORDS, Kind, utc
from catalogue.record import Record, from_json
from catalogue.store import dialects, statements
from catalogue.store.engine import reading
from catalogue.store.holdings.payloads import decompressed
from catalogue.store.index import domains, facets, leaps, ranks
from catalogue.store.index.answers import SearchIndex, State
from catalogue.store.index.ranking import Near
from catalogue.store.index.slices import ordered, sliced
from catalogue.store.index.terms import has, is_listed
from catalogue.store.queries.comparisons import kind_of
from catalogue.store.queries.packed import Values, values_of
from catalogue.store.queries.predicates import Conditions, identified, ordered_by, stands_behind
from catalogue.store.tables import neutral_records, payloads, records, renditions, sets

#: Predicates up to which PostgreSQL may make joins of them (its own join_collapse_limit).
_MOST_JOINS = 8
#: From where on a slice is far from the front of its order, and how long the fronts are that are remembered.
_FAR = 500
#: Records of pages that are come to from one place.
_NEAR = 200
#: Of what is evenly spread among others, so many per cent of them hold as much as is to be expected.
_SURELY = 110
_FRONTS = (2_500, 12_500)
#: The identifier that CSW and OGC API - Records give out.
_GIVEN_OUT = sa.func.coalesce(sa.func.nullif(records.c.file_identifier, ""), records.c.identifier)


_LIVE = sa.not_(records.c.deleted)
_named = (
    sa.select(records.c.id).where(name == sa.bindparam("identifier", type_=sa.Text()))
    for name in (records.c.identifier, records.c.file_identifier)
)
_IDENTIFIED = sa.select(records.c.id).where(records.c.id.in_(sa.union_all(*_named)), _LIVE)
# On SQLite and on PostgreSQL.
_RECORDS = {
    embedded: sa.select(
        records.c.id, _GIVEN_OUT, records.c.datestamp, records.c.source_datestamp, neutral_records.c.body
    )
    .join(neutral_records, neutral_records.c.record_id == records.c.id)
    .where(dialects.one_of(records.c.id, "numbers", embedded=embedded), _LIVE)
    for embedded in (True, False)
}
_KEPT = {
    embedded: sa.select(renditions.c.record_id, renditions.c.body).where(
        dialects.one_of(renditions.c.record_id, "numbers", embedded=embedded),
        renditions.c.prefix == sa.bindparam("prefix", type_=sa.Text()),
        renditions.c.body.is_not(None),
    )
    for embedded in (True, False)
}


@dataclass(frozen=True, slots=True)
class FoundRecord:
    """A record that was found."""

    #: Ours.
    number: int
    #: The identifier that is given out for it.
    identifier: str
    #: When our copy was last changed, in whole seconds since 1970.
    datestamp: int
    #: When the source says that it was, as sent.
    source_datestamp: str
    record: Record


class Search:
    """The catalogue as queries see it."""

    def __init__(self, engine: Engine, index: SearchIndex) -> None:
        self._engine = engine
        self._index = index
        self._embedded = engine.dialect.name == "sqlite"

    def page(self, query: RecordQuery) -> tuple[int, list[int]]:
        """How many records match, and the numbers of those in the query's slice, in its order.

        Raises:
            InvalidQuery: the query names a queryable that there is not, or compares it as it cannot be.
        """
        with reading(self._engine) as connection:
            state = self._index.state(connection)
            if state is None:
                ids = list(connection.execute(self._slice(query)).scalars()) if query.limit else []
                return connection.execute(self._counted(query)).scalar_one(), ids
            bits = self._index.matching(connection, state, query.where)
            return bits.bit_count(), self._sliced(connection, state, bits, query)

    def _sliced(self, connection: Connection, state: State, bits: int, query: RecordQuery) -> list[int]:
        """The slice; of one far from the front of an order all that is before it is remembered with it."""
        if not query.sort or query.after is not None or query.offset < _FAR or not bits:
            return self._in_order(connection, state, bits, query)
        found = self._leapt(connection, state, bits, query)
        if found is not None:
            return found
        needed = query.offset + query.limit
        front = next((size for size in _FRONTS if needed <= size), 0)
        if not front:
            return self._in_order(connection, state, bits, query)

        def find() -> list[int]:
            return self._in_order(connection, state, bits, replace(query, offset=0, limit=front))

        key = (*state.name, query.where, query.sort, front)
        return self._index.front(key, find)[query.offset : needed]

    def _leapt(self, connection: Connection, state: State, bits: int, query: RecordQuery) -> list[int] | None:
        """The slice by a leap past all titles before it; None where it is not reached so."""
        if query.sort[0].queryable == "title" and state.chunks:
            near = self._near(connection, state, bits, query)
            if near is not None:
                return ranks.walked_from(connection, state, bits, query, near=near)
        most = next((size for size in leaps.SIZES if query.offset + query.limit <= size), leaps.SIZES[-1])
        live = self._index.matching(connection, state, None)
        rows = most if bits == live else _SURELY * most * live.bit_count() // bits.bit_count() // 100 + _FAR
        if not leaps.can_leap(state, query, rows):
            return None
        first = query.sort[0]
        find = partial(leaps.front, connection, state, bits, first, most=most, rows=rows)
        numbers = self._index.front((*state.name, query.where, first, most), find)
        return leaps.leapt(connection, state, bits, query, numbers=numbers)

    def _near(self, connection: Connection, state: State, bits: int, query: RecordQuery) -> Near | None:
        """What is near the slice, and those behind it."""
        first = replace(query, offset=query.offset - query.offset % _NEAR)

        def find() -> Near | None:
            titled = self._index.marked(connection, state, has("title"))
            return ranks.near(connection, state, bits, first, titled=titled)

        return self._index.near((*state.name, query.where, query.sort[0], first.offset), find)

    def _in_order(self, connection: Connection, state: State, bits: int, query: RecordQuery) -> list[int]:
        found = sliced(connection, state, bits, query)
        return list(connection.execute(self._slice(query)).scalars()) if found is None else found

    def count(self, query: RecordQuery) -> int:
        """How many records match, whatever slice is asked for.

        Raises:
            InvalidQuery: the query names a queryable that there is not, or compares it as it cannot be.
        """
        return self.page(replace(query, limit=0))[0]

    def ids(self, query: RecordQuery) -> list[int]:
        """The numbers of the records in the query's slice, in its order.

        Raises:
            InvalidQuery: as `count` does.
        """
        return self.page(query)[1]

    def place(self, number: int, sort: Sequence[SortKey]) -> Place:
        """Where the record with this number stands in an order; one that is gone has no values any more.

        Raises:
            InvalidQuery: the order names a queryable that has none.
        """
        if not sort:
            return Place((), number)
        keys = [self._ordered_by(key) for key in sort]
        with reading(self._engine) as connection:
            found = connection.execute(sa.select(*keys).where(records.c.id == number)).first()
        return Place(tuple(found) if found else (None,) * len(keys), number)

    def identified(self, identifiers: Sequence[str]) -> list[int]:
        """The numbers of the records that have these identifiers, in the order of the identifiers."""
        if len(identifiers) == 1:
            return sorted(
                row[0] for row in statements.rows(self._engine, _IDENTIFIED, identifier=identifiers[0])
            )
        order = {identifier: place for place, identifier in reversed(list(enumerate(identifiers)))}
        statement = sa.select(records.c.id, records.c.identifier, records.c.file_identifier).where(
            sa.not_(records.c.deleted), identified(identifiers)
        )
        with reading(self._engine) as connection:
            rows = list(connection.execute(statement))
        last = len(identifiers)
        placed = [(min(order.get(row[1], last), order.get(row[2], last)), row[0]) for row in rows]
        return [number for _, number in sorted(placed)]

    def records(self, ids: Sequence[int]) -> list[FoundRecord]:
        """These records, in this order, as far as they are there still."""
        numbers = dialects.listing(ids, embedded=self._embedded)
        rows = statements.rows(self._engine, _RECORDS[self._embedded], numbers=numbers)
        found = {row[0]: FoundRecord(row[0], row[1], row[2], row[3], from_json(row[4])) for row in rows}
        return [found[number] for number in ids if number in found]

    def payload(self, number: int) -> bytes | None:
        """What was fetched as this record, byte for byte; None where it is not kept."""
        statement = (
            sa.select(payloads.c.body)
            .join(records, records.c.payload_digest == payloads.c.digest)
            .where(records.c.id == number, sa.not_(records.c.deleted))
        )
        with reading(self._engine) as connection:
            body = connection.execute(statement).scalar()
        return None if body is None else decompressed(body)

    def renditions(self, ids: Sequence[int], prefix: str) -> list[bytes]:
        """What these records are in one format, in this order, as far as they are kept in it."""
        found = self.kept(ids, prefix)
        return [found[number] for number in ids if number in found]

    def kept(self, ids: Sequence[int], prefix: str) -> dict[int, bytes]:
        """What these records are in one format, by their numbers, as far as they are kept in it."""
        numbers = dialects.listing(ids, embedded=self._embedded)
        rows = statements.rows(self._engine, _KEPT[self._embedded], numbers=numbers, prefix=prefix)
        return {row[0]: bytes(row[1]) for row in rows}

    def values(self, queryable: str, *, limit: int) -> list[tuple[str, int]] | None:
        """The values that the queryable has, in order, and how many records have each.

        None where there are more than `limit` of them.

        Raises:
            InvalidQuery: the queryable has no values that could be listed.
        """
        _listable(queryable)
        with reading(self._engine) as connection:
            state = self._index.state(connection)
            if state is not None and is_listed(queryable):
                return domains.counted(connection, state, queryable, limit=limit)
            values = values_of(queryable, embedded=self._embedded)
            if connection.execute(_more_than(values, limit)).scalar_one() > limit:
                return None
            # No record has a value of a queryable twice (catalogue.values).
            listed = values.select(values.value, sa.func.count()).group_by(values.value)
            return [(row[0], row[1]) for row in connection.execute(listed.order_by(values.value))]

    def facet(self, query: RecordQuery, queryable: str, *, most: int) -> list[tuple[str, int]]:
        """The values of a queryable that most of the records that match have, and how many have each.

        Raises:
            InvalidQuery: as `page` does; or the queryable has no values that could be listed.
        """
        _listable(queryable)
        with reading(self._engine) as connection:
            state = self._index.state(connection)
            if state is not None and is_listed(queryable):
                bits = self._index.matching(connection, state, query.where)
                found = partial(facets.most_frequent, connection, state, bits, queryable, most=most)
                return self._index.facet((*state.name, query.where, queryable, most), found)
            numbers = sa.select(records.c.id).where(*self._where(query))
            counted = facets.counted(queryable, numbers, embedded=self._embedded)
            listed = counted.order_by(sa.func.count().desc(), counted.selected_columns[0]).limit(most)
            return [(row[0], row[1]) for row in connection.execute(listed)]

    def sets(self, query: RecordQuery, branch: str, *, most: int) -> list[tuple[str, int]]:
        """The sets of a branch that most of the records that match are in, and how many are in each.

        Raises:
            InvalidQuery: as `page` does.
        """
        with reading(self._engine) as connection:
            state = self._index.state(connection)
            if state is not None:
                bits = self._index.matching(connection, state, query.where)
                found = partial(facets.sets_of, connection, state, bits, branch, most=most)
                return self._index.facet((*state.name, query.where, f"{branch}:", most), found)
            counted = facets.sets_counted(branch, sa.select(records.c.id).where(*self._where(query)))
            listed = counted.order_by(sa.func.count().desc(), sets.c.set_spec).limit(most)
            return [(row[0], row[1]) for row in connection.execute(listed)]

    def span(self, queryable: str) -> tuple[str, str] | None:
        """The smallest and the greatest value of the queryable; None where it has no value at all.

        Raises:
            InvalidQuery: the queryable has no values that could be ordered.
        """
        if kind_of(queryable) is Kind.DATESTAMP:
            return self._span_of_datestamps()
        _listable(queryable)
        with reading(self._engine) as connection:
            state = self._index.state(connection)
            if state is not None and queryable == "title":
                return domains.titles(connection, state)
            if state is not None and not state.waiting and is_listed(queryable):
                return domains.span(connection, queryable)
            values = values_of(queryable, embedded=self._embedded)
            return values.span(connection, values.select(values.value))

    def _span_of_datestamps(self) -> tuple[str, str] | None:
        of_records = [renditions.c.prefix == OAI_DC.prefix, renditions.c.body.is_not(None)]
        ends = [
            sa.select(renditions.c.datestamp).where(*of_records).order_by(order).limit(1)
            for order in (renditions.c.datestamp.asc(), renditions.c.datestamp.desc())
        ]
        with reading(self._engine) as connection:
            least, greatest = (connection.execute(end).scalar() for end in ends)
        if least is None or greatest is None:
            return None
        return utc(least), utc(greatest)

    def _counted(self, query: RecordQuery) -> sa.Select[Any]:
        return sa.select(sa.func.count()).select_from(records).where(*self._where(query))

    def _slice(self, query: RecordQuery) -> sa.Select[Any]:
        return (
            sa.select(records.c.id)
            .where(*self._where(query), *self._behind(query))
            .order_by(*(ordered(key, embedded=self._embedded) for key in query.sort), records.c.id)
            .limit(query.limit)
            .offset(query.offset)
        )

    def _behind(self, query: RecordQuery) -> list[sa.ColumnElement[bool]]:
        if query.after is None:
            return []
        return [stands_behind(query.after, query.sort, embedded=self._embedded)]

    def _ordered_by(self, key: SortKey) -> sa.ColumnElement[Any]:
        return ordered_by(key.queryable, descending=key.descending, embedded=self._embedded)

    def _where(self, query: RecordQuery) -> list[sa.ColumnElement[bool]]:
        live = sa.not_(records.c.deleted)
        if query.where is None:
            return [live]
        conditions = Conditions(embedded=self._embedded, many=size(query.where) > _MOST_JOINS)
        return [live, conditions.of(query.where)]


def _more_than(values: Values, limit: int) -> sa.Select[Any]:
    """How many values the queryable has, counted no farther than there are too many."""
    some = values.select(values.value.label("value")).distinct().limit(limit + 1)
    return sa.select(sa.func.count()).select_from(some.subquery())


def _listable(queryable: str) -> str:
    if kind_of(queryable) not in OF_RECORDS:
        raise InvalidQuery(f"{queryable} has no values that could be listed", queryable)
    return queryable
