"""The statements that the lists of the feed are read by.

A row is what an element consists of: what stands before the metadata, the metadata, what stands behind them.
Nothing is put together in the database: its strings grow by being copied, which for long records costs more
than all else.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import FromClause

from catalogue import formats
from catalogue.store.tables import kept_renditions, neutral_records, record_sets, records, renditions, sets

#: The format that every record has, in which each of its changes is told.
INDEX: Final = formats.OAI_DC.prefix

#: One index seek for each set.
EARLIEST_IN_SETS = sa.select(
    sa.func.min(
        sa.select(sa.func.min(record_sets.c.datestamp))
        .where(record_sets.c.set_id == sets.c.id)
        .scalar_subquery()
    )
).select_from(sets)

_IDENTIFIER = records.c.identifier == sa.bindparam("identifier", type_=sa.Text())
_PREFIX = renditions.c.prefix == sa.bindparam("prefix", type_=sa.Text())
_ITEM = records.join(renditions, renditions.c.record_id == records.c.id)

FORMATS = sa.select(renditions.c.prefix).select_from(_ITEM).where(_IDENTIFIER).order_by(renditions.c.prefix)
FOLLOWING = sa.select(sa.func.min(renditions.c.prefix)).where(
    renditions.c.prefix > sa.bindparam("prefix", type_=sa.Text())
)
EARLIEST = sa.select(sa.func.min(renditions.c.datestamp)).where(_PREFIX)

#: The rendition in the format that is asked for, where the list is that of another.
_own = renditions.alias("own")


class Shape(NamedTuple):
    """What of a list's page decides its SQL."""

    in_set: bool = False
    since: bool = False
    until: bool = False
    resumed: bool = False
    #: Whole records, or headers only.
    bodies: bool = True


@cache
def page(shape: Shape) -> sa.Select[Any]:
    """A row for each entry of a list: what its element consists of, or its header."""
    listed, tables, conditions = _list(shape)
    columns = _parts(listed) if shape.bodies else _head(listed)
    return _ordered(sa.select(*columns), listed, tables, conditions)


@cache
def rows(shape: Shape) -> sa.Select[Any]:
    """A row for each entry of a list of a format that is rendered on demand, from the index of another."""
    listed, tables, conditions = _list(shape)
    return _ordered(sa.select(*_on_demand(listed)), listed, _with_neutral(tables), conditions)


@cache
def numbers(shape: Shape) -> sa.Select[Any]:
    """The records on a page."""
    listed, tables, conditions = _list(shape)
    return _ordered(sa.select(listed.c.record_id), listed, tables, conditions)


@cache
def entries(shape: Shape) -> sa.Select[Any]:
    """A row for each entry of a list, with what is known of it."""
    listed, tables, conditions = _list(shape)
    body = renditions.c.body if shape.bodies else sa.null()
    columns = sa.select(
        listed.c.record_id,
        records.c.identifier,
        listed.c.datestamp,
        sa.not_(_alive(listed)).label("deleted"),
        records.c.set_specs,
        body.label("body"),
        records.c.source_id,
        records.c.source_identifier,
        records.c.source_datestamp,
        records.c.metadata_prefix,
        records.c.origins,
        records.c.metadata_rights,
    )
    with_records = tables.join(records, records.c.id == listed.c.record_id)
    return _ordered(columns, listed, with_records, conditions)


@cache
def one(*, on_demand: bool) -> sa.Select[Any]:
    """A row for one record in one format."""
    columns = _on_demand(renditions) if on_demand else _parts(renditions)
    tables = _with_neutral(_ITEM) if on_demand else _ITEM
    return sa.select(*columns).select_from(tables).where(_IDENTIFIER, _PREFIX)


def counted(shape: Shape, *, joined: bool) -> sa.Select[Any]:
    """The entries of a list, to be counted; `joined` where not every record has the format."""
    listed, tables, conditions = _list(shape)
    return sa.select(sa.literal(1)).select_from(tables if joined else listed).where(*conditions)


@cache
def ends(shape: Shape) -> sa.Select[Any]:
    """The first datestamp in a list, and the last: an index seek for each."""
    listed, _, conditions = _list(shape)
    each = (sa.select(found(listed.c.datestamp)).where(*conditions) for found in (sa.func.min, sa.func.max))
    return sa.select(*(one.scalar_subquery() for one in each))


def _ordered(
    columns: sa.Select[Any], listed: sa.Table, tables: FromClause, conditions: list[ColumnElement[bool]]
) -> sa.Select[Any]:
    return (
        columns.select_from(tables)
        .where(*conditions)
        .order_by(listed.c.datestamp, listed.c.record_id)
        .limit(_bind("limit"))
    )


def _alive(listed: sa.Table) -> ColumnElement[bool]:
    """A record that is deleted has no metadata in any format."""
    there = renditions.c.body.is_not(None)
    return there if listed is renditions else sa.and_(record_sets.c.member, there)


def _parts(listed: sa.Table) -> tuple[ColumnElement[Any], ...]:
    """Where an entry stands, and what its element consists of: metadata, and what stands before and behind.

    Of what does not live, no metadata; of what lives, no beginning where that is not of this datestamp's
    making. Each column of a hundred rows costs as much as a row of all.
    """
    body: ColumnElement[Any] = renditions.c.body
    if listed is record_sets:
        body = sa.case((record_sets.c.member, body))
    current = sa.or_(_current(renditions), sa.not_(_alive(listed)))
    begin = sa.case((current, renditions.c.element_begin))
    return (
        listed.c.datestamp,
        listed.c.record_id,
        begin.label("element_begin"),
        body.label("body"),
        renditions.c.element_end,
    )


def _head(listed: sa.Table) -> tuple[ColumnElement[Any], ...]:
    """Where an entry stands, what its element begins with and whether that is current, and if it lives."""
    return (
        listed.c.datestamp,
        listed.c.record_id,
        renditions.c.element_begin,
        _current(renditions).label("made"),
        _alive(listed).label("alive"),
    )


def _on_demand(listed: sa.Table) -> tuple[ColumnElement[Any], ...]:
    """What a record element in a format that is rendered on demand is made of.

    What stands before the metadata and behind, and what they are rendered from, or have been; or, of a record
    that was sent in that format, what was sent and what stands around that.
    """
    alive, sent = _alive(listed), _own.c.body.is_not(None)
    begin = sa.case(
        (sa.not_(alive), renditions.c.element_begin),
        (sent, sa.case((_current(_own), _own.c.element_begin))),
        (_current(renditions), renditions.c.element_begin),
    )
    return (
        listed.c.datestamp,
        listed.c.record_id,
        alive.label("alive"),
        begin.label("element_begin"),
        sa.case((sent, _own.c.element_end), else_=renditions.c.element_end).label("element_end"),
        _own.c.body.label("own"),
        kept_renditions.c.body.label("kept"),
        neutral_records.c.body.label("neutral"),
        records.c.file_identifier,
        records.c.source_datestamp,
    )


def _current(of: FromClause) -> ColumnElement[bool]:
    """Whether what stands around metadata is of their datestamp's making."""
    made: ColumnElement[bool] = of.c.element_datestamp == of.c.datestamp
    return made


def _with_neutral(tables: FromClause) -> FromClause:
    """What a rendition on demand is made from; or the rendition, where it is kept; or what was sent."""
    served = sa.bindparam("served", type_=sa.Text())
    number, kept = renditions.c.record_id, kept_renditions.c
    own = sa.and_(_own.c.record_id == number, _own.c.prefix == served)
    good = sa.and_(
        kept.record_id == number,
        kept.prefix == served,
        kept.datestamp == renditions.c.datestamp,
        kept.edition == sa.bindparam("edition", type_=sa.Text()),
        _own.c.body.is_(None),
    )
    unmade = sa.and_(_own.c.body.is_(None), kept.body.is_(None))
    joined = tables.outerjoin(_own, own).outerjoin(kept_renditions, good)
    if tables is not _ITEM:
        joined = joined.outerjoin(records, sa.and_(records.c.id == number, unmade))
    return joined.outerjoin(neutral_records, sa.and_(neutral_records.c.record_id == number, unmade))


def _bind(name: str) -> sa.BindParameter[int]:
    return sa.bindparam(name, type_=sa.BigInteger())


def _list(shape: Shape) -> tuple[sa.Table, FromClause, list[ColumnElement[bool]]]:
    """The table that the list is an index of, what to join to it, and the conditions."""
    if shape.in_set:
        listed = record_sets
        tables: FromClause = record_sets.join(
            renditions, sa.and_(renditions.c.record_id == record_sets.c.record_id, _PREFIX)
        )
        conditions: list[ColumnElement[bool]] = [record_sets.c.set_id == _bind("set_id")]
    else:
        listed, tables, conditions = renditions, renditions, [_PREFIX]
    if shape.since:
        conditions.append(listed.c.datestamp >= _bind("from_"))
    if shape.until:
        conditions.append(listed.c.datestamp <= _bind("until"))
    if shape.resumed:
        key = sa.tuple_(listed.c.datestamp, listed.c.record_id)
        conditions.append(key > sa.tuple_(_bind("datestamp"), _bind("record_id")))
    return listed, tables, conditions
