"""The statements that the lists of the feed are read by.

A page is one value, put together in the database (catalogue.store.lists.element_sql); of a format that is
rendered on demand, a row for each entry with what its element consists of.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import FromClause

from catalogue import formats
from catalogue.store.clock import NEWEST
from catalogue.store.lists import element_sql
from catalogue.store.lists.element_sql import current, number
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
_served = sa.bindparam("served", type_=sa.Text())


class Shape(NamedTuple):
    """What of a list's page decides its SQL."""

    in_set: bool = False
    since: bool = False
    until: bool = False
    resumed: bool = False
    #: Whole records, or headers only.
    bodies: bool = True
    #: Whether every record has the format: then the list of a set is that of its entries.
    everywhere: bool = False
    #: Whether what is gone is counted.
    tally: bool = False
    #: Whether the database is SQLite.
    embedded: bool = False
    #: Entries at most, where that stands in the statement: PostgreSQL makes a new plan for each request that
    #: comes with a limit of its own.
    most: int | None = None


@cache
def page(shape: Shape) -> sa.CompoundSelect[Any]:
    """A page of a list, for SQLite: how much is on it, how much is ready, how much is gone; its content.

    The first row is the page, with the newest datestamp that any list has. Rows behind it are the keys of the
    last entry of a full page, and of the one that follows it. All in one statement: what is written meanwhile
    is in all of that, or in none.
    """
    listed, tables, conditions = _list(shape)
    put = element_sql.element if shape.bodies else element_sql.header
    columns = [put(listed, embedded=True).label("made"), element_sql.ready(listed).label("ready")]
    if shape.tally:
        columns.append(element_sql.gone(listed).label("gone"))
    entries = _ordered(sa.select(*columns), listed, tables, conditions).subquery("entries")
    none = sa.cast(sa.null(), sa.BigInteger())
    key = sa.select(listed.c.datestamp, listed.c.record_id)
    keys = _ordered(key, listed, listed if shape.everywhere else tables, conditions)
    last = keys.limit(number(2)).offset(_bind("limit") - number(1)).subquery("keys")
    return sa.union_all(
        sa.select(
            sa.func.count(),
            sa.func.sum(entries.c.ready),
            sa.func.sum(entries.c.gone) if shape.tally else number(0),
            element_sql.joined(entries.c.made),
            _newest(),
        ),
        sa.select(last.c.datestamp, last.c.record_id, none, sa.cast(sa.null(), sa.LargeBinary()), none),
    )


@cache
def elements(shape: Shape) -> sa.Select[Any]:
    """A row for each entry of a list: where it stands, if it is gone, its element; NULL if that is not ready.

    For PostgreSQL, to which one long value is dearer than a hundred short ones. Behind them stands the newest
    datestamp that any list has.
    """
    listed, tables, conditions = _list(shape)
    put = element_sql.element if shape.bodies else element_sql.header
    made = sa.case((element_sql.ready(listed) == number(1), put(listed, embedded=False)))
    gone = element_sql.gone(listed) if shape.tally else number(0)
    columns = sa.select(listed.c.datestamp, listed.c.record_id, gone, made, _newest())
    return _ordered(columns, listed, tables, conditions, most=shape.most)


@cache
def rows(shape: Shape) -> sa.Select[Any]:
    """A row for each entry of a list of a format that is rendered on demand, from the index of another."""
    listed, tables, conditions = _list(shape)
    made_of = _embedded(tables) if shape.embedded else _remote(tables)
    columns = sa.select(*_on_demand(listed, made_of), _newest())
    joined = made_of.tables
    return _ordered(columns, listed, joined, conditions, most=shape.most)


@cache
def numbers(shape: Shape) -> sa.Select[Any]:
    """The records on a page."""
    listed, tables, conditions = _list(shape)
    return _ordered(sa.select(listed.c.record_id), listed, tables, conditions, most=shape.most)


@cache
def entries(shape: Shape) -> sa.Select[Any]:
    """A row for each entry of a list, with what is known of it."""
    listed, tables, conditions = _list(shape)
    body = renditions.c.body if shape.bodies else sa.null()
    columns = sa.select(
        listed.c.record_id,
        records.c.identifier,
        listed.c.datestamp,
        sa.not_(element_sql.alive(listed)).label("deleted"),
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
    return _ordered(columns, listed, with_records, conditions, most=shape.most)


@cache
def one(*, on_demand: bool, embedded: bool) -> sa.Select[Any]:
    """A row for one record in one format: its element, NULL where it is not ready; or what it is of."""
    tables: FromClause = _ITEM
    if on_demand:
        made_of = _embedded(tables) if embedded else _remote(tables)
        columns = (*_on_demand(renditions, made_of), number(0))
        tables = made_of.tables
    else:
        made = sa.cast(element_sql.element(renditions, embedded=embedded), sa.LargeBinary())
        told = sa.case((element_sql.ready(renditions) == number(1), made))
        columns = (renditions.c.datestamp, renditions.c.record_id, told)
    return sa.select(*columns).select_from(tables).where(_IDENTIFIER, _PREFIX)


def counted(shape: Shape) -> sa.Select[Any]:
    """The entries of a list, to be counted."""
    listed, tables, conditions = _list(shape)
    return sa.select(sa.literal(1)).select_from(listed if shape.everywhere else tables).where(*conditions)


@cache
def ends(shape: Shape) -> sa.Select[Any]:
    """The first datestamp in a list, and the last: an index seek for each."""
    listed, _, conditions = _list(shape)
    each = (sa.select(found(listed.c.datestamp)).where(*conditions) for found in (sa.func.min, sa.func.max))
    return sa.select(*(one.scalar_subquery() for one in each))


def _ordered(
    columns: sa.Select[Any],
    listed: sa.Table,
    tables: FromClause,
    conditions: list[ColumnElement[bool]],
    *,
    most: int | None = None,
) -> sa.Select[Any]:
    return (
        columns.select_from(tables)
        .where(*conditions)
        .order_by(listed.c.datestamp, listed.c.record_id)
        .limit(_bind("limit") if most is None else number(most))
    )


class _MadeOf(NamedTuple):
    """What elements in a format that is rendered on demand are made of."""

    tables: FromClause
    #: The rendition that was sent in that format; where it is kept, none.
    own: FromClause
    #: What is rendered: where the rendition is kept, or was sent, none.
    neutral: ColumnElement[Any]
    file_identifier: ColumnElement[Any]
    source_datestamp: ColumnElement[Any]


def _on_demand(listed: sa.Table, made_of: _MadeOf) -> tuple[ColumnElement[Any], ...]:
    """What a record element in a format that is rendered on demand is made of.

    What stands before the metadata and behind, and what they are rendered from, or have been; or, of a record
    that was sent in that format, what was sent and what stands around that.
    """
    own = made_of.own
    alive, sent = element_sql.alive(listed), own.c.body.is_not(None)
    begin = sa.case(
        (sa.not_(alive), renditions.c.element_begin),
        (sent, sa.case((current(own), own.c.element_begin))),
        (current(renditions), renditions.c.element_begin),
    )
    return (
        listed.c.datestamp,
        listed.c.record_id,
        alive.label("alive"),
        begin.label("element_begin"),
        sa.case((sent, own.c.element_end), else_=renditions.c.element_end).label("element_end"),
        own.c.body.label("own"),
        kept_renditions.c.body.label("kept"),
        made_of.neutral.label("neutral"),
        made_of.file_identifier,
        made_of.source_datestamp,
    )


def _with_kept(tables: FromClause) -> FromClause:
    """The rendition, where it is kept: of a record that was not sent so. Then nothing else is looked for."""
    kept = kept_renditions.c
    good = sa.and_(
        kept.record_id == renditions.c.record_id,
        kept.prefix == _served,
        kept.datestamp == renditions.c.datestamp,
        kept.edition == sa.bindparam("edition", type_=sa.Text()),
    )
    return tables.outerjoin(kept_renditions, good)


def _embedded(tables: FromClause) -> _MadeOf:
    """For SQLite: a condition does not keep it from looking; a number that is none does."""

    def unless(found: ColumnElement[Any], sought: ColumnElement[int]) -> ColumnElement[bool]:
        return sought == sa.case((found.is_(None), renditions.c.record_id))

    kept, r = kept_renditions.c, records.c
    sent = sa.func.coalesce(kept.body, _own.c.body)
    joined = _with_kept(tables).outerjoin(
        _own, sa.and_(unless(kept.record_id, _own.c.record_id), _own.c.prefix == _served)
    )
    if tables is not _ITEM:
        joined = joined.outerjoin(records, unless(sent, r.id))
    joined = joined.outerjoin(neutral_records, unless(sent, neutral_records.c.record_id))
    return _MadeOf(joined, _own, neutral_records.c.body, r.file_identifier, r.source_datestamp)


def _remote(tables: FromClause) -> _MadeOf:
    """For PostgreSQL: by a number that is none it would read whole tables, a condition comes behind them.

    A subquery that has an OFFSET does not become a join, and is not begun where it has nothing to find.
    """
    kept, number_of = kept_renditions.c, renditions.c.record_id
    columns = (
        _own.c.element_begin,
        _own.c.element_end,
        _own.c.element_datestamp,
        _own.c.datestamp,
        _own.c.body,
    )
    own = (
        sa.select(*columns)
        .where(_own.c.record_id == number_of, _own.c.prefix == _served, kept.record_id.is_(None))
        .offset(number(0))
        .correlate(renditions, kept_renditions)
        .lateral("sent")
    )
    neutral = neutral_records.c
    made = (
        sa.select(neutral.body, records.c.file_identifier, records.c.source_datestamp)
        .select_from(records.join(neutral_records, neutral.record_id == records.c.id))
        .where(records.c.id == number_of, kept.record_id.is_(None), own.c.body.is_(None))
        .offset(number(0))
        .correlate(renditions, kept_renditions, own)
        .lateral("made")
    )
    joined = _with_kept(tables).outerjoin(own, sa.true()).outerjoin(made, sa.true())
    return _MadeOf(joined, own, made.c.body, made.c.file_identifier, made.c.source_datestamp)


def _newest() -> ColumnElement[Any]:
    """Looked for once, and as of the same state of the lists as everything else that a statement finds."""
    return NEWEST.scalar_subquery()


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
