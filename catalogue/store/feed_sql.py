"""The statements that the lists of the feed are read by.

A page is put together by the database: what stands before the metadata, the metadata, what stands behind
them, a hundred times in a row, is one value. To take a hundred rows apart and join them here would cost half
as much again.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import FromClause

from catalogue import formats, oai_record
from catalogue.store import dialects
from catalogue.store.tables import neutral_records, record_sets, records, renditions, sets

#: The format that every record has, in which each of its changes is told.
INDEX: Final = formats.OAI_DC.prefix
#: Bits of a key that are the number of the record; the datestamp is above them.
NUMBER_BITS: Final = 32
_ONE_SECOND: Final = sa.literal(1 << NUMBER_BITS, sa.BigInteger())

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
    #: `sqlite` or `postgresql`.
    dialect: str = "sqlite"


@cache
def page(shape: Shape) -> sa.Select[Any]:
    """One row: entries, key of the last, how many could be told, what is told, whether there are more."""
    listed, tables, conditions = _list(shape)
    told = _told(listed, bodies=shape.bodies, dialect=shape.dialect)
    entries = _ordered(sa.select(_key(listed), told.label("told")), listed, tables, conditions).subquery(
        "entries"
    )
    made = sa.select(
        sa.func.count().label("entries"),
        sa.func.max(entries.c.key).label("key"),
        sa.func.count(entries.c.told).label("told"),
        dialects.joined(shape.dialect, entries.c.told, entries.c.key).label("content"),
    ).subquery("made")
    behind = sa.tuple_(listed.c.datestamp, listed.c.record_id) > sa.tuple_(
        made.c.key.op("/")(_ONE_SECOND), made.c.key.op("%")(_ONE_SECOND)
    )
    _, again, bounds = _list(shape._replace(since=False, resumed=False))
    # In the order of the index: PostgreSQL would go through all rows for one that is there.
    following = (
        sa.select(listed.c.record_id)
        .select_from(again)
        .where(*bounds, behind)
        .order_by(listed.c.datestamp, listed.c.record_id)
        .limit(1)
        .scalar_subquery()
    )
    more = following.is_not(None).label("more")
    return sa.select(made.c.entries, made.c.key, made.c.told, made.c.content, more)


@cache
def rows(shape: Shape) -> sa.Select[Any]:
    """A row for each entry of a list of a format that is rendered on demand, from the index of another."""
    listed, tables, conditions = _list(shape)
    return _ordered(
        sa.select(_key(listed), *_on_demand(listed, shape.dialect)), listed, _with_neutral(tables), conditions
    )


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
def one(dialect: str, *, on_demand: bool) -> sa.Select[Any]:
    """A row for one record in one format."""
    if on_demand:
        return (
            sa.select(_key(renditions), *_on_demand(renditions, dialect))
            .select_from(_with_neutral(_ITEM))
            .where(_IDENTIFIER, _PREFIX)
        )
    told = _told(renditions, bodies=True, dialect=dialect)
    whole = told if dialect != "sqlite" else sa.cast(told, sa.LargeBinary)
    return sa.select(_key(renditions), whole).select_from(_ITEM).where(_IDENTIFIER, _PREFIX)


def counted(shape: Shape, *, joined: bool) -> sa.Select[Any]:
    """The entries of a list, to be counted; `joined` where not every record has the format."""
    listed, tables, conditions = _list(shape)
    return sa.select(sa.literal(1)).select_from(tables if joined else listed).where(*conditions)


def _key(listed: sa.Table) -> ColumnElement[int]:
    """Where in its list an entry stands: datestamp and number in one."""
    return (listed.c.datestamp * _ONE_SECOND + listed.c.record_id).label("key")


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


def _told(listed: sa.Table, *, bodies: bool, dialect: str) -> ColumnElement[Any]:
    """The element of an entry; NULL where what it consists of is not of this release's making."""
    c = renditions.c
    alive = _alive(listed)
    if bodies:
        whole, gone = _joined(c.element_begin, c.body, c.element_end), (b"<record>", b"</record>")
    else:
        inside = sa.func.length(c.element_begin) - oai_record.BEFORE_HEADER - oai_record.BEHIND_HEADER
        whole, gone = sa.func.substr(c.element_begin, oai_record.BEFORE_HEADER + 1, inside), (b"", b"")
    made = c.element_datestamp == c.datestamp
    return sa.case((sa.and_(alive, made), whole), (sa.not_(alive), _gone(listed, *gone, dialect=dialect)))


def _gone(listed: sa.Table, before: bytes, behind: bytes, *, dialect: str) -> ColumnElement[Any]:
    """The element of a record that is deleted, or no more in this list: its header alone (section 2.5.1)."""
    begin = renditions.c.element_begin
    stamp = dialects.position(dialect, begin, oai_record.STAMP) + len(oai_record.STAMP)
    rest = stamp + oai_record.LENGTH_OF_STAMP
    return _joined(
        _bytes(before + oai_record.GONE),
        sa.func.substr(begin, oai_record.BEFORE_IDENTIFIER + 1, stamp - oai_record.BEFORE_IDENTIFIER - 1),
        dialects.utc(dialect, listed.c.datestamp),
        sa.func.substr(begin, rest, sa.func.length(begin) - oai_record.BEHIND_HEADER - rest + 1),
        _bytes(behind),
    )


def _on_demand(listed: sa.Table, dialect: str) -> tuple[ColumnElement[Any], ...]:
    """What a record element in a format that is rendered on demand is made of.

    The element, where there is nothing to render: of a record that is gone, or of one that was sent in that
    format. Else what stands before the metadata and behind, and what they are rendered from.
    """
    alive, index = _alive(listed), renditions.c
    own = _joined(_own.c.element_begin, _own.c.body, _own.c.element_end)
    owned = sa.and_(_own.c.body.is_not(None), _own.c.element_datestamp == _own.c.datestamp)
    told = sa.case((sa.not_(alive), _gone(listed, b"<record>", b"</record>", dialect=dialect)), (owned, own))
    made = sa.and_(alive, index.element_datestamp == index.datestamp, _own.c.body.is_(None))
    return (
        told if dialect != "sqlite" else sa.cast(told, sa.LargeBinary),
        sa.case((made, index.element_begin)),
        sa.case((made, index.element_end)),
        sa.case((made, neutral_records.c.body)),
        records.c.file_identifier,
        records.c.source_datestamp,
    )


def _with_neutral(tables: FromClause) -> FromClause:
    """What a rendition on demand is made from, and the record's own where it was sent in that format."""
    served = _own.c.prefix == sa.bindparam("served", type_=sa.Text())
    number = renditions.c.record_id
    with_records = tables if tables is _ITEM else tables.join(records, records.c.id == number)
    return with_records.outerjoin(_own, sa.and_(_own.c.record_id == number, served)).outerjoin(
        neutral_records, neutral_records.c.record_id == number
    )


def _joined(*parts: ColumnElement[Any]) -> ColumnElement[Any]:
    first, *rest = parts
    for part in rest:
        first = first.op("||")(part)
    return first


def _bytes(content: bytes) -> ColumnElement[bytes]:
    return sa.literal(content, sa.LargeBinary)


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
