"""The lists that the OAI-PMH feed is read from.

A format that is rendered on demand has no rows of its own: every record has it whenever it has oai_dc, and
both change together. So its lists are read from the index of oai_dc, with the neutral record instead of a
rendition; the rendition only where it is the record's own, as it was sent.

A list is one format, perhaps one set, perhaps a span of datestamps, in the order of (datestamp, record
number). A page of it is a range scan from the last key of the page before: the first page and the ten
thousandth cost the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import starmap
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import FromClause

from catalogue import formats
from catalogue.store import clock, statements
from catalogue.store.engine import reading
from catalogue.store.tables import neutral_records, record_sets, records, renditions, sets

#: Formats that every record has: to count a set in one of them is to count the set.
_EVERYWHERE = frozenset(form.prefix for form in (*formats.RENDERED, *formats.ON_DEMAND))
_ON_DEMAND = frozenset(form.prefix for form in formats.ON_DEMAND)
#: The format that every record has, in which each of its changes is told.
_INDEX = formats.OAI_DC.prefix
#: Entries that are counted one by one without a thought.
_FEW = 20_000


@dataclass(frozen=True, slots=True)
class FeedQuery:
    """What to list. Datestamps in whole seconds, both ends included."""

    prefix: str
    #: The store's number of the set (`Sets.id_of`); None for everything.
    set_id: int | None = None
    from_: int | None = None
    until: int | None = None


class FeedEntry(NamedTuple):
    """One line of a list: what the header says, and the metadata where it was asked for."""

    record_id: int
    identifier: str
    datestamp: int
    #: Deleted, or no longer in the set or in the format that the list is of; as the database says it.
    deleted: bool | int
    #: setSpecs with a space between them.
    set_specs: str
    #: The metadata; None in a list of headers, and where the record is deleted.
    body: bytes | None
    source_id: str
    source_identifier: str
    source_datestamp: str
    metadata_prefix: str
    #: originDescriptions of the harvests behind the source's own (`catalogue.provenance.chain`).
    origins: str
    #: Address of the statement of rights to the metadata.
    metadata_rights: str
    #: Of a format that is rendered on demand: what it is rendered from, where `body` is not what was sent.
    neutral: bytes | None = None
    file_identifier: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """The key of a list's last entry so far."""

    datestamp: int
    record_id: int


class Feed:
    """The feed's view of the store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def response_date(self) -> int:
        """The responseDate of an answer that is read after this call, in whole seconds."""
        return clock.response_date(self._engine)

    def newest_datestamp(self) -> int | None:
        """The newest datestamp that any list has; None while the catalogue is empty.

        What is committed later is never older: a list up to here is a snapshot of the catalogue.
        """
        found: int | None = statements.value(self._engine, clock.NEWEST)
        return found

    def page(
        self, query: FeedQuery, *, after: Position | None, limit: int, bodies: bool = True
    ) -> list[FeedEntry]:
        """The entries behind `after`, at most `limit` of them."""
        shape = _Shape(
            in_set=query.set_id is not None,
            since=query.from_ is not None,
            until=query.until is not None,
            resumed=after is not None,
            bodies=bodies,
            on_demand=query.prefix in _ON_DEMAND,
        )
        found = statements.rows(
            self._engine,
            _page(shape),
            prefix=_INDEX if shape.on_demand else query.prefix,
            served=query.prefix,
            set_id=query.set_id,
            from_=query.from_,
            until=query.until,
            datestamp=after.datestamp if after else None,
            record_id=after.record_id if after else None,
            limit=limit,
        )
        return list(starmap(FeedEntry, found))

    def count(self, query: FeedQuery) -> int:
        """How many entries the whole list has."""
        if query.set_id is None and query.prefix in _EVERYWHERE:
            return self._count_of_all(query)
        return self._counted(query)

    def _count_of_all(self, query: FeedQuery) -> int:
        """Of a list of all records: by its beginning or its end, whichever is short.

        To count a million entries of the index takes half a second; to count all rows of a table, whichever
        they are, the database has a short way.
        """
        few = self._counted(query, most=_FEW)
        if few < _FEW:
            return few
        outside = 0
        if query.from_ is not None:
            outside += self._counted(FeedQuery(_INDEX, until=query.from_ - 1), most=_FEW)
        if query.until is not None:
            outside += self._counted(FeedQuery(_INDEX, from_=query.until + 1), most=_FEW)
        if outside >= _FEW:
            return self._counted(query)
        with reading(self._engine) as connection:
            return connection.execute(_ALL).scalar_one() - outside

    def _counted(self, query: FeedQuery, *, most: int | None = None) -> int:
        """How many entries a list has, counted one by one; at most so many."""
        listed = renditions if query.set_id is None else record_sets
        prefix = _INDEX if query.prefix in _ON_DEMAND else query.prefix
        tables, conditions = _list(listed, since=query.from_ is not None, until=query.until is not None)
        if listed is renditions:
            tables = renditions
        elif query.prefix in _EVERYWHERE:
            tables = record_sets
        entries = sa.select(sa.literal(1)).select_from(tables).where(*conditions)
        if most is not None:
            entries = entries.limit(most)
        with reading(self._engine) as connection:
            return connection.execute(
                sa.select(sa.func.count()).select_from(entries.subquery()),
                {"prefix": prefix, "set_id": query.set_id, "from_": query.from_, "until": query.until},
            ).scalar_one()

    def entry(self, identifier: str, prefix: str) -> FeedEntry | None:
        """One record in one format; None where it has never been there in that format."""
        on_demand = prefix in _ON_DEMAND
        for row in statements.rows(
            self._engine,
            _entry(on_demand=on_demand),
            identifier=identifier,
            prefix=_INDEX if on_demand else prefix,
            served=prefix,
        ):
            return FeedEntry(*row)
        return None

    def formats(self, identifier: str) -> list[str] | None:
        """The prefixes of the formats that an item is in, or was in; None where there is no such item."""
        found = [row[0] for row in statements.rows(self._engine, _FORMATS, identifier=identifier)]
        return sorted({*found, *(_ON_DEMAND if _INDEX in found else ())}) or None

    def prefixes(self) -> list[str]:
        """The prefixes of all formats that any record is in: one index seek for each."""
        found: list[str] = []
        while prefix := statements.value(self._engine, _FOLLOWING, prefix=found[-1] if found else ""):
            found.append(prefix)
        return found

    def earliest_datestamp(self) -> int | None:
        """The earliest datestamp that any list has; None while the catalogue is empty.

        A record that left a set, or lost a format, keeps the datestamp of that day in that list: the
        beginning of every list is looked at.
        """
        found = [statements.value(self._engine, _EARLIEST, prefix=prefix) for prefix in self.prefixes()]
        found.append(statements.value(self._engine, _EARLIEST_IN_SETS))
        return min((datestamp for datestamp in found if datestamp is not None), default=None)


_ALL = sa.select(sa.func.count()).select_from(records)

#: One index seek for each set.
_EARLIEST_IN_SETS = sa.select(
    sa.func.min(
        sa.select(sa.func.min(record_sets.c.datestamp))
        .where(record_sets.c.set_id == sets.c.id)
        .scalar_subquery()
    )
).select_from(sets)

_ORIGIN = (
    records.c.source_id,
    records.c.source_identifier,
    records.c.source_datestamp,
    records.c.metadata_prefix,
    records.c.origins,
    records.c.metadata_rights,
)


#: The rendition in the format that is asked for, where the list is that of another.
_own = renditions.alias("own")
_MORE = (neutral_records.c.body.label("neutral"), records.c.file_identifier)

_IDENTIFIER = records.c.identifier == sa.bindparam("identifier", type_=sa.Text())
_PREFIX = renditions.c.prefix == sa.bindparam("prefix", type_=sa.Text())
_ITEM = records.join(renditions, renditions.c.record_id == records.c.id)

_FORMATS = sa.select(renditions.c.prefix).select_from(_ITEM).where(_IDENTIFIER).order_by(renditions.c.prefix)
_FOLLOWING = sa.select(sa.func.min(renditions.c.prefix)).where(
    renditions.c.prefix > sa.bindparam("prefix", type_=sa.Text())
)
_EARLIEST = sa.select(sa.func.min(renditions.c.datestamp)).where(_PREFIX)


class _Shape(NamedTuple):
    """What of a list's page decides its SQL."""

    in_set: bool
    since: bool
    until: bool
    resumed: bool
    bodies: bool
    on_demand: bool = False


@cache
def _entry(*, on_demand: bool) -> sa.Select[Any]:
    return (
        sa.select(
            records.c.id,
            records.c.identifier,
            renditions.c.datestamp,
            sa.or_(records.c.deleted, renditions.c.body.is_(None)).label("deleted"),
            records.c.set_specs,
            (_own if on_demand else renditions).c.body,
            *_ORIGIN,
            *(_MORE if on_demand else ()),
        )
        .select_from(_with_neutral(_ITEM) if on_demand else _ITEM)
        .where(_IDENTIFIER, _PREFIX)
    )


@cache
def _page(shape: _Shape) -> sa.Select[Any]:
    listed = record_sets if shape.in_set else renditions
    tables, conditions = _list(listed, since=shape.since, until=shape.until)
    if shape.resumed:
        key = sa.tuple_(listed.c.datestamp, listed.c.record_id)
        conditions.append(key > sa.tuple_(_bind("datestamp"), _bind("record_id")))
    gone = sa.or_(records.c.deleted, renditions.c.body.is_(None))
    if shape.in_set:
        gone = sa.or_(gone, sa.not_(record_sets.c.member))
    rendered = shape.bodies and shape.on_demand
    return (
        sa.select(
            listed.c.record_id,
            records.c.identifier,
            listed.c.datestamp,
            gone.label("deleted"),
            records.c.set_specs,
            ((_own if rendered else renditions).c.body if shape.bodies else sa.null()).label("body"),
            *_ORIGIN,
            *(_MORE if rendered else ()),
        )
        .select_from(_with_neutral(tables) if rendered else tables)
        .where(*conditions)
        .order_by(listed.c.datestamp, listed.c.record_id)
        .limit(_bind("limit"))
    )


def _with_neutral(tables: FromClause) -> FromClause:
    """What a rendition on demand is made from, and the record's own where it was sent in that format."""
    served = _own.c.prefix == sa.bindparam("served", type_=sa.Text())
    return tables.outerjoin(_own, sa.and_(_own.c.record_id == records.c.id, served)).outerjoin(
        neutral_records, neutral_records.c.record_id == records.c.id
    )


def _bind(name: str) -> sa.BindParameter[int]:
    return sa.bindparam(name, type_=sa.BigInteger())


def _list(listed: sa.Table, *, since: bool, until: bool) -> tuple[FromClause, list[ColumnElement[bool]]]:
    """What to join to the table that the list is an index of, and the conditions."""
    tables: FromClause
    if listed is renditions:
        tables = renditions.join(records, records.c.id == renditions.c.record_id)
        conditions = [_PREFIX]
    else:
        tables = record_sets.join(records, records.c.id == record_sets.c.record_id).join(
            renditions, sa.and_(renditions.c.record_id == record_sets.c.record_id, _PREFIX)
        )
        conditions = [record_sets.c.set_id == _bind("set_id")]
    if since:
        conditions.append(listed.c.datestamp >= _bind("from_"))
    if until:
        conditions.append(listed.c.datestamp <= _bind("until"))
    return tables, conditions
