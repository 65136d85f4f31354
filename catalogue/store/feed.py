"""The lists that the OAI-PMH feed is read from.

A list is one format, perhaps one set, perhaps a span of datestamps, in the order of (datestamp, record
number). A page of it is a range scan from the last key of the page before: the first page and the ten
thousandth cost the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import FromClause

from catalogue.store import clock
from catalogue.store.engine import reading
from catalogue.store.tables import record_sets, records, renditions


@dataclass(frozen=True, slots=True)
class FeedQuery:
    """What to list. Datestamps in whole seconds, both ends included."""

    prefix: str
    #: The store's number of the set (`Sets.id_of`); None for everything.
    set_id: int | None = None
    from_: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One line of a list: what the header says, and the metadata where it was asked for."""

    record_id: int
    identifier: str
    datestamp: int
    #: Deleted, or no longer in the set or in the format that the list is of.
    deleted: bool
    #: setSpecs with a space between them.
    set_specs: str
    #: The metadata; None in a list of headers, and where the record is deleted.
    body: bytes | None
    source_id: str
    source_identifier: str
    source_datestamp: str
    metadata_prefix: str


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

    def page(
        self, query: FeedQuery, *, after: Position | None, limit: int, bodies: bool = True
    ) -> list[FeedEntry]:
        """The entries behind `after`, at most `limit` of them."""
        listed, tables, conditions = _list(query)
        if after is not None:
            key = sa.tuple_(listed.c.datestamp, listed.c.record_id)
            conditions.append(key > (after.datestamp, after.record_id))
        gone = sa.or_(records.c.deleted, renditions.c.body.is_(None))
        if listed is record_sets:
            gone = sa.or_(gone, sa.not_(record_sets.c.member))
        statement = (
            sa.select(
                listed.c.record_id,
                records.c.identifier,
                listed.c.datestamp,
                gone.label("deleted"),
                records.c.set_specs,
                (renditions.c.body if bodies else sa.null()).label("body"),
                *_ORIGIN,
            )
            .select_from(tables)
            .where(*conditions)
            .order_by(listed.c.datestamp, listed.c.record_id)
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return [FeedEntry(*row) for row in connection.execute(statement)]

    def count(self, query: FeedQuery) -> int:
        """How many entries the whole list has."""
        listed, tables, conditions = _list(query)
        if listed is renditions:
            tables = renditions
        statement = sa.select(sa.func.count()).select_from(tables).where(*conditions)
        with reading(self._engine) as connection:
            return connection.execute(statement).scalar_one()

    def entry(self, identifier: str, prefix: str) -> FeedEntry | None:
        """One record in one format; None where it has never been there in that format."""
        statement = (
            sa.select(
                records.c.id,
                records.c.identifier,
                renditions.c.datestamp,
                sa.or_(records.c.deleted, renditions.c.body.is_(None)),
                records.c.set_specs,
                renditions.c.body,
                *_ORIGIN,
            )
            .select_from(records.join(renditions, renditions.c.record_id == records.c.id))
            .where(records.c.identifier == identifier, renditions.c.prefix == prefix)
        )
        with reading(self._engine) as connection:
            row = connection.execute(statement).one_or_none()
        return None if row is None else FeedEntry(*row)

    def formats(self, identifier: str) -> list[str] | None:
        """The prefixes of the formats that an item is in, or was in; None where there is no such item."""
        statement = (
            sa.select(renditions.c.prefix)
            .select_from(records.join(renditions, renditions.c.record_id == records.c.id))
            .where(records.c.identifier == identifier)
            .order_by(renditions.c.prefix)
        )
        with reading(self._engine) as connection:
            return list(connection.execute(statement).scalars()) or None

    def prefixes(self) -> list[str]:
        """The prefixes of all formats that any record is in: one index seek for each."""
        found: list[str] = []
        with reading(self._engine) as connection:
            while True:
                following = sa.select(sa.func.min(renditions.c.prefix)).where(
                    renditions.c.prefix > (found[-1] if found else "")
                )
                prefix = connection.execute(following).scalar()
                if prefix is None:
                    return found
                found.append(prefix)

    def earliest_datestamp(self) -> int | None:
        """The earliest datestamp that any list has; None while the catalogue is empty."""
        statement = (
            sa.select(renditions.c.datestamp)
            .where(renditions.c.prefix == "oai_dc")
            .order_by(renditions.c.datestamp)
            .limit(1)
        )
        with reading(self._engine) as connection:
            return connection.execute(statement).scalar()


_ORIGIN = (
    records.c.source_id,
    records.c.source_identifier,
    records.c.source_datestamp,
    records.c.metadata_prefix,
)


def _list(query: FeedQuery) -> tuple[sa.Table, FromClause, list[ColumnElement[bool]]]:
    """The table that the list is an index of, what to join to it, and the conditions."""
    rendition = renditions.c.prefix == query.prefix
    if query.set_id is None:
        listed = renditions
        tables: FromClause = renditions.join(records, records.c.id == renditions.c.record_id)
        conditions = [rendition]
    else:
        listed = record_sets
        tables = record_sets.join(records, records.c.id == record_sets.c.record_id).join(
            renditions, sa.and_(renditions.c.record_id == record_sets.c.record_id, rendition)
        )
        conditions = [record_sets.c.set_id == query.set_id]
    if query.from_ is not None:
        conditions.append(listed.c.datestamp >= query.from_)
    if query.until is not None:
        conditions.append(listed.c.datestamp <= query.until)
    return listed, tables, conditions
