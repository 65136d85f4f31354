"""The values of a record's queryables, packed into one row: what is compared where no index tells enough.

A row has two objects of JSON, one of short values and one of running text: name -> its values, in order. A
value is its text, where that is its normal form but for capital letters of ASCII; else a pair of the text and
of what it is compared as, its normal form or, of a date or a number, the text that sorts as it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection

from catalogue.queryables import KEY_LENGTH, ORDINALS, QUERYABLES, RUNNING_TEXT, Kind, normalise
from catalogue.store.tables import record_queryables

#: Queryables whose values are compared as what they are.
_ORDINAL: Final = {name: ORDINALS[kind] for name, kind in QUERYABLES.items() if kind in ORDINALS}
_ordinal: Final = lru_cache(4096)(lambda name, value: _ORDINAL[name](value))
_Packed = dict[str, Sequence[str | tuple[str, str]]]
_encode: Final = msgspec.json.Encoder().encode


def packed(values: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """The values of a record as its row has them: short ones, and running text."""
    named: dict[str, list[str]] = {}
    for name, value in values:
        if name in named:
            named[name].append(value)
        else:
            named[name] = [value]
    short: _Packed = {}
    running: _Packed = {}
    for name, found in named.items():
        # Nearly all are as they are.
        is_plain = name not in _ORDINAL and "".join(found).isascii()
        column = running if name in RUNNING_TEXT else short
        column[name] = found if is_plain else [_with_compared(name, value) for value in found]
    return _encode(short).decode(), _encode(running).decode()


def _with_compared(name: str, value: str) -> str | tuple[str, str]:
    """A value with what it is compared as, where `lower` of the database does not tell that."""
    if name in _ORDINAL:
        return value, _ordinal(name, value)
    if value.isascii():
        return value
    normal = normalise(value)
    return value if normal == _lower(value) else (value, normal)


def _lower(text: str) -> str:
    """As `lower` of the databases does it: letters of ASCII alone."""
    return text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")


def pairs_of(short: Any, running: Any) -> list[tuple[str, str]]:
    """The (queryable, value) pairs of a row."""
    return [
        (name, one if isinstance(one, str) else one[0])
        for column in (short, running)
        # The driver of PostgreSQL has read it already.
        for name, found in (msgspec.json.decode(column) if isinstance(column, str) else column).items()
        for one in found
    ]


@dataclass(frozen=True, slots=True)
class Values:
    """The values of one queryable as rows, one a value, to be selected from."""

    rows: sa.FromClause
    record_id: sa.ColumnElement[int]
    value: sa.ColumnElement[str]
    #: Of a text the normal form; of a date or a number the text that sorts as it does, empty for none.
    compared: sa.ColumnElement[str]

    def select(self, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
        """A selection from them."""
        return sa.select(*columns).select_from(self.rows)

    def span(self, connection: Connection, found: sa.Select[Any]) -> tuple[str, str] | None:
        """The first and the last of the values that are found, texts by how they begin; None of nothing."""
        begin = sa.func.substr(self.compared, 1, KEY_LENGTH)
        ends = (found.order_by(order, self.value).limit(1) for order in (begin.asc(), begin.desc()))
        least, greatest = (connection.execute(end).scalar() for end in ends)
        return None if least is None or greatest is None else (least, greatest)


@lru_cache
def values_of(queryable: str, *, embedded: bool) -> Values:
    """The values of a queryable, on SQLite and on PostgreSQL."""
    columns = record_queryables.c
    column = columns.running if queryable in RUNNING_TEXT else columns.short
    each, value, compared = (_on_sqlite if embedded else _on_postgresql)(column, queryable)
    if QUERYABLES[queryable] is Kind.TEXT:
        compared = sa.func.coalesce(compared, sa.func.lower(value))
    return Values(record_queryables.join(each, sa.true()), columns.record_id, value, compared)


_Columns = tuple[sa.TableValuedAlias, sa.ColumnElement[str], sa.ColumnElement[str]]


# Constants are written out: with parameters, PostgreSQL takes the same expression twice for two.
_ARRAY: Final[sa.ColumnElement[str]] = sa.literal_column("'array'")


def _on_sqlite(column: sa.ColumnElement[str], queryable: str) -> _Columns:
    path: sa.ColumnElement[str] = sa.literal_column(f"'$.{queryable}'")
    each = sa.func.json_each(column, path).table_valued("value", "type", name="each")
    first, second = (
        sa.func.json_extract(each.c.value, sa.literal_column(place), type_=sa.Text())
        for place in ("'$[0]'", "'$[1]'")
    )
    is_pair = each.c.type == _ARRAY
    return each, sa.case((is_pair, first), else_=each.c.value), sa.case((is_pair, second))


def _on_postgresql(column: sa.ColumnElement[str], queryable: str) -> _Columns:
    found = sa.func.jsonb_array_elements(column.op("->")(sa.literal_column(f"'{queryable}'")))
    each = found.table_valued(sa.column("value", JSONB()), name="each").render_derived()
    is_pair = sa.func.jsonb_typeof(each.c.value) == _ARRAY
    first, second, itself = (
        each.c.value.op(operator, return_type=sa.Text())(sa.literal_column(place)).collate("C")
        for operator, place in (("->>", "0"), ("->>", "1"), ("#>>", "'{}'"))
    )
    return each, sa.case((is_pair, first), else_=itself), sa.case((is_pair, second))
