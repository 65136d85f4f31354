"""Where SQLite and PostgreSQL differ."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, Engine

from catalogue.store import statements

_encode: Final = msgspec.json.Encoder().encode


def insert(connection: Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that can be given an ON CONFLICT clause."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def write_rows(
    connection: Connection,
    table: sa.Table,
    columns: tuple[str, ...],
    rows: Sequence[tuple[Any, ...]],
    *,
    replace: bool = False,
    missing: bool = False,
) -> None:
    """Insert many rows given as tuples; with `replace`, over those that have the same key.

    With `missing`, only those whose key is not there yet.

    Harvesting writes some thirty rows a record: this way none of them passes through SQLAlchemy's
    handling of parameters, which would cost more than the database itself.
    """
    if rows and len(rows) >= _MANY and not (replace or missing) and connection.dialect.name != "sqlite":
        _copy(connection, table, columns, rows)
    elif rows:
        insert = _bulk_insert(connection.dialect, table, columns, replace=replace, missing=missing)
        statements.run_text(connection, insert, rows)


#: Rows from which on COPY is worth its round trips.
_MANY: Final = 20


def _copy(
    connection: Connection, table: sa.Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert rows the way PostgreSQL is loaded: in one stream, and not a statement for each."""
    names = ", ".join(map(connection.dialect.identifier_preparer.quote, columns))
    driver: Any = connection.connection.cursor()
    with driver as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


@cache
def _bulk_insert(
    dialect: Dialect, table: sa.Table, columns: tuple[str, ...], *, replace: bool, missing: bool
) -> str:
    mark = "?" if dialect.paramstyle == "qmark" else "%s"
    quote = dialect.identifier_preparer.quote
    names = ", ".join(quote(column) for column in columns)
    statement = f"INSERT INTO {table.name} ({names}) VALUES ({', '.join([mark] * len(columns))})"  # noqa: S608 - our own names
    if missing:
        return f"{statement} ON CONFLICT DO NOTHING"
    if not replace:
        return statement
    key = [column.name for column in table.primary_key]
    changes = ", ".join(f"{quote(c)} = excluded.{quote(c)}" for c in columns if c not in key)
    return f"{statement} ON CONFLICT ({', '.join(map(quote, key))}) DO UPDATE SET {changes}"


def insert_missing(connection: Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """Insert the rows whose key is not there yet."""
    if rows:
        connection.execute(insert(connection, table).on_conflict_do_nothing(), rows)


def add_up(
    connection: Connection, table: sa.Table, rows: list[dict[str, Any]], columns: Sequence[str]
) -> None:
    """Insert rows; where there is one with the same key, add these columns to it."""
    if rows:
        connection.execute(added_up(connection.dialect, table, tuple(columns)), rows)


@cache
def added_up(dialect: Dialect, table: sa.Table, columns: tuple[str, ...]) -> sa.Insert:
    """The statement of `add_up`, built once: to build it takes as long as to execute it."""
    statement = sqlite.insert(table) if dialect.name == "sqlite" else postgresql.insert(table)
    sums = {name: table.c[name] + statement.excluded[name] for name in columns}
    key = [column.name for column in table.primary_key]
    return statement.on_conflict_do_update(index_elements=key, set_=sums)


def listed(
    connection: Connection,
    values: Iterable[int] | Iterable[str],
    kind: type[sa.types.TypeEngine[Any]] | None = None,
) -> sa.TableValuedAlias:
    """Numbers (or with `sa.Text` texts) as a table with one column, `value`: any length, one parameter."""
    parameter = as_list(connection, values)
    if connection.dialect.name == "sqlite":
        return sa.func.json_each(parameter).table_valued("value", name="listed")
    array = sa.literal(parameter, postgresql.ARRAY(kind or sa.BigInteger))
    return sa.func.unnest(array).table_valued("value", name="listed").render_derived()


def one_of(column: sa.ColumnElement[int], name: str, *, embedded: bool) -> sa.ColumnElement[bool]:
    """That a number is one of those in the parameter of this name: for statements that are kept."""
    if embedded:
        table = sa.func.json_each(sa.bindparam(name, type_=sa.Text())).table_valued("value", name=name)
        return column.in_(sa.select(table.c.value))
    return column == sa.any_(sa.bindparam(name, type_=postgresql.ARRAY(sa.BigInteger)))


def listing(numbers: Iterable[int], *, embedded: bool) -> str | list[int]:
    """Numbers as the parameter of `one_of`."""
    return _encode(list(numbers)).decode() if embedded else list(numbers)


def rows_of(
    connection: Connection,
    select: sa.Select[Any],
    column: sa.ColumnElement[int],
    numbers: Iterable[int],
    **values: Any,
) -> list[Any]:
    """The rows of a query, a constant, that have one of these numbers in this column, as the driver has them.

    Of thousands of rows, what SQLAlchemy makes of each costs more than to find them.
    """
    embedded = connection.dialect.name == "sqlite"
    found: sa.Select[Any] = _narrowed(select, column, embedded=embedded)
    return statements.rows_on(connection, found, numbers=listing(numbers, embedded=embedded), **values)


def delete_of(
    connection: Connection, table: sa.Table, column: sa.ColumnElement[int], numbers: Iterable[int]
) -> None:
    """Delete the rows of a table that have one of these numbers in this column."""
    embedded = connection.dialect.name == "sqlite"
    statement: sa.Delete = _narrowed(_deleted(table), column, embedded=embedded)
    statements.run(connection, statement, numbers=listing(numbers, embedded=embedded))


@cache
def _deleted(table: sa.Table) -> sa.Delete:
    return sa.delete(table)


@cache
def _narrowed(statement: sa.Select[Any] | sa.Delete, column: sa.ColumnElement[int], *, embedded: bool) -> Any:
    return statement.where(one_of(column, "numbers", embedded=embedded))


def as_list(connection: Connection, values: Iterable[int] | Iterable[str]) -> Any:
    """Values as the parameter that `among` asks for."""
    return json.dumps(list(values)) if connection.dialect.name == "sqlite" else list(values)


def listed_as(
    dialect: Dialect, name: str, kind: type[sa.types.TypeEngine[Any]] = sa.BigInteger
) -> sa.TableValuedAlias:
    """The same as `listed`, for statements that are built once: the list is a parameter of this name."""
    if dialect.name == "sqlite":
        return sa.func.json_each(sa.bindparam(name, type_=sa.Text())).table_valued("value", name="listed")
    array = sa.bindparam(name, type_=postgresql.ARRAY(kind))
    return sa.func.unnest(array).table_valued("value", name="listed").render_derived()


def among(
    dialect: Dialect, name: str, kind: type[sa.types.TypeEngine[Any]] = sa.BigInteger
) -> sa.Select[Any]:
    """What `listed_as` has, to be looked for in it."""
    return sa.select(listed_as(dialect, name, kind).c.value)


def alone(connection: Connection, name: str, *, wait: bool = True) -> bool:
    """From here to the end of the transaction nobody else is behind this call with the same name.

    Without `wait`, whether that is so. SQLite has one writer at a time as it is.
    """
    if connection.dialect.name == "sqlite":
        return True
    key = sa.func.hashtext(name)
    if wait:
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))
        return True
    return bool(connection.execute(sa.select(sa.func.pg_try_advisory_xact_lock(key))).scalar_one())


def not_among(
    connection: Connection, column: sa.ColumnElement[Any], found: sa.Select[Any]
) -> sa.ColumnElement[bool]:
    """That a value is none of those that a query finds, of which there may be very many; none is NULL.

    SQLite puts what NOT IN finds into an index. PostgreSQL does so only as long as it fits into work_mem, and
    compares everything with everything beyond; for NOT EXISTS it has a join.
    """
    if connection.dialect.name == "sqlite":
        return column.not_in(found)
    values = found.subquery()
    return ~sa.exists(sa.select(sa.literal(1)).select_from(values).where(values.c[0] == column))


def now(connection: Connection | Engine) -> int:
    """The time in whole seconds by the one clock that all writers share: the database server's.

    SQLite has no server; all its processes are on one machine and share that machine's clock.
    """
    if connection.dialect.name == "sqlite":
        return int(time.time())
    if isinstance(connection, Engine):
        return int(statements.value(connection, _NOW))
    return int(statements.value_on(connection, _NOW))


def at(engine: Engine, select: sa.Select[Any]) -> tuple[int, Any]:
    """The time, as `now` tells it, and behind it the one row that a query gives.

    PostgreSQL is asked for both at once: `now()` is when the transaction began, which is before it looked.
    """
    if engine.dialect.name == "sqlite":
        return now(engine), statements.rows(engine, select)[0]
    time, *row = statements.rows(engine, _at(select))[0]
    return int(time), row


@cache
def _at(select: sa.Select[Any]) -> sa.Select[Any]:
    return sa.select(_seconds(sa.func.now()), *select.selected_columns)


def _seconds(moment: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    return sa.cast(sa.func.floor(sa.extract("epoch", moment)), sa.BigInteger)


_NOW = sa.select(_seconds(sa.func.clock_timestamp()))


def newest_of_each(
    dialect: str,
    outer: sa.Table,
    columns: Sequence[sa.Column[Any]],
    holds: Callable[[sa.FromClause], sa.ColumnElement[bool]],
    *,
    limit: int = 1,
) -> sa.Select[Any]:
    """The newest rows (by number) of which this holds, for each row of `outer`: a seek for each, no scan.

    PostgreSQL would read the whole table to join it with numbers that a subquery finds; SQLite knows no
    LATERAL.
    """
    table = columns[0].table
    if dialect == "postgresql":
        newest = sa.select(*columns).where(holds(table)).order_by(table.c.id.desc()).limit(limit)
        each = newest.correlate(outer).lateral("newest")
        return sa.select(each).select_from(outer.join(each, sa.true()))
    inner = table.alias()
    number = sa.select(inner.c.id).where(holds(inner)).order_by(inner.c.id.desc()).limit(1)
    if limit == 1:
        first = number.correlate(outer).scalar_subquery()
        return sa.select(*columns).select_from(outer.join(table, table.c.id == first))
    first = number.offset(limit - 1).correlate(outer).scalar_subquery()
    since = table.c.id >= sa.func.coalesce(first, 0)
    return sa.select(*columns).select_from(outer.join(table, sa.and_(holds(table), since)))


def seconds_between(
    dialect: str, begin: sa.ColumnElement[Any], end: sa.ColumnElement[Any]
) -> sa.ColumnElement[float]:
    """Seconds from one moment to another."""
    if dialect == "sqlite":
        return (sa.func.julianday(end) - sa.func.julianday(begin)) * 86400.0
    return sa.cast(sa.func.extract("epoch", end - begin), sa.Double)


@cache
def _last_id(table: sa.Table) -> sa.Select[Any]:
    return sa.select(sa.func.max(table.c.id))


def allocate_ids(connection: Connection, table: sa.Table, count: int) -> list[int]:
    """Keys for new rows, in ascending order. On SQLite the caller holds the write lock."""
    if not count:
        return []
    if connection.dialect.name == "sqlite":
        last = statements.value_on(connection, _last_id(table)) or 0
        return list(range(last + 1, last + 1 + count))
    sequence = f"{table.name}_id_seq"
    found = connection.execute(
        sa.text("SELECT nextval(CAST(:sequence AS regclass)) FROM generate_series(1, :count)"),
        {"sequence": sequence, "count": count},
    )
    return sorted(found.scalars())
