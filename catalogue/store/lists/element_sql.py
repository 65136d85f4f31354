"""Record elements and headers of the feed, put together in the database (catalogue.oai_record).

A page is then one value and not hundreds: to make objects of those, and to join them, takes several times as
long as to find them. On PostgreSQL an entry is: what is long has to be copied from process to process there.
"""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import FromClause

from catalogue import oai_record
from catalogue.store.tables import record_sets, renditions

_HEADER: Final = (oai_record.BEFORE_HEADER, oai_record.BEHIND_HEADER)
_UTC: Final = "'%Y-%m-%dT%H:%M:%SZ'"
_UTC_POSTGRESQL: Final = """'YYYY-MM-DD"T"HH24:MI:SS"Z"'"""


def alive(listed: sa.Table) -> ColumnElement[bool]:
    """Whether an entry of a list has metadata: a record that is deleted has none in any format."""
    there = renditions.c.body.is_not(None)
    return there if listed is renditions else sa.and_(record_sets.c.member, there)


def current(of: FromClause) -> ColumnElement[bool]:
    """Whether what stands around metadata is of their datestamp's making."""
    made: ColumnElement[bool] = of.c.element_datestamp == of.c.datestamp
    return made


def ready(listed: sa.Table) -> ColumnElement[int]:
    """1 for an entry that can be told from what stands around its metadata, 0 where that is to be made anew.

    A number of its own: to ask whether an element is there would copy it once more.
    """
    there = renditions.c.element_begin.is_not(None)
    made = sa.and_(there, sa.or_(sa.not_(alive(listed)), current(renditions)))
    return sa.case((made, number(1)), else_=number(0))


def gone(listed: sa.Table) -> ColumnElement[int]:
    """1 for an entry that is deleted, or no more in the list."""
    return sa.case((alive(listed), number(0)), else_=number(1))


def element(listed: sa.Table, *, embedded: bool) -> ColumnElement[Any]:
    """The record element of an entry; nothing of use where that is not `ready`."""
    c = renditions.c
    whole = _row(c.element_begin, c.body, c.element_end)
    short = _row(
        _bytes(b"<record>", embedded=embedded),
        _gone(listed, embedded=embedded),
        _bytes(b"</record>", embedded=embedded),
    )
    return sa.case((alive(listed), whole), else_=short)


def header(listed: sa.Table, *, embedded: bool) -> ColumnElement[Any]:
    """The header of an entry, likewise."""
    begin, (before, behind) = renditions.c.element_begin, _HEADER
    there = sa.func.substr(begin, number(before + 1), _length(begin) - number(before + behind))
    return sa.case((alive(listed), there), else_=_gone(listed, embedded=embedded))


def joined(made: ColumnElement[Any]) -> ColumnElement[Any]:
    """All of a column in a row, in the order in which a subquery gives them: in SQLite."""
    return sa.cast(sa.func.group_concat(made, sa.literal_column("''")), sa.LargeBinary())


def _gone(listed: sa.Table, *, embedded: bool) -> ColumnElement[Any]:
    """The same as `oai_record.gone`."""
    begin = renditions.c.element_begin
    stamp = _bytes(oai_record.STAMP, embedded=embedded)
    place = sa.func.instr(begin, stamp) if embedded else sa.func.pg_catalog.position(begin, stamp)
    first, length = oai_record.BEFORE_IDENTIFIER + 1, len(oai_record.STAMP)
    behind = length + oai_record.LENGTH_OF_STAMP
    return _row(
        _bytes(oai_record.GONE, embedded=embedded),
        sa.func.substr(begin, number(first), place + number(length - first)),
        _utc(listed.c.datestamp, embedded=embedded),
        sa.func.substr(
            begin,
            place + number(behind),
            _length(begin) - place - number(behind + oai_record.BEHIND_HEADER - 1),
        ),
    )


def _utc(seconds: ColumnElement[int], *, embedded: bool) -> ColumnElement[Any]:
    """The same as `oai_record.utc`."""
    if embedded:
        return sa.func.strftime(sa.literal_column(_UTC), seconds, sa.literal_column("'unixepoch'"))
    there = sa.func.timezone(sa.literal_column("'UTC'"), sa.func.to_timestamp(seconds))
    text = sa.func.to_char(there, sa.literal_column(_UTC_POSTGRESQL))
    return sa.func.convert_to(text, sa.literal_column("'UTF8'"))


def _row(first: ColumnElement[Any], *others: ColumnElement[Any]) -> ColumnElement[Any]:
    for one in others:
        first = first.op("||")(one)
    return first


def _length(of: ColumnElement[Any]) -> ColumnElement[int]:
    found: ColumnElement[int] = sa.func.length(of)
    return found


def number(value: int) -> ColumnElement[int]:
    """A number that stands in the statement: as a parameter each would be sent with each request."""
    return sa.literal_column(str(value), sa.Integer())


def _bytes(value: bytes, *, embedded: bool) -> ColumnElement[Any]:
    text = f"X'{value.hex()}'" if embedded else f"CAST('\\x{value.hex()}' AS BYTEA)"
    return sa.literal_column(text, sa.LargeBinary())
