"""Statements that every request asks for: built by SQLAlchemy once, then run as the driver has them.

To build, look up and execute a statement through SQLAlchemy, and to convert what it gives, costs several
times what the query itself does, and here nothing needs converting: integers, text and bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect, Engine


@dataclass(frozen=True, slots=True)
class _Statement:
    """A query as the driver takes it."""

    text: str
    #: Names of the parameters in their order; none where the driver takes them by name.
    names: tuple[str, ...]
    #: What SQLAlchemy itself has bound.
    bound: Mapping[str, Any]


def rows(engine: Engine, select: sa.Select[Any], **values: Any) -> list[Any]:
    """The rows that a query gives with these values, read on a connection of the pool.

    The query is a constant, with a `bindparam` for each value: it is what the compiled form is found by.
    """
    connection = engine.raw_connection()
    try:
        return _fetched(connection, engine.dialect, select, values)
    finally:
        connection.close()


def rows_on(connection: Connection, select: sa.Select[Any], **values: Any) -> list[Any]:
    """The same, on a connection that is there already."""
    return _fetched(connection.connection, connection.dialect, select, values)


def numbers(connection: Connection, select: sa.Select[Any] | sa.CompoundSelect[Any]) -> list[int]:
    """The first column of what a query gives, numbers: very many of them, so no rows are made of them."""
    with connection.execute(select) as result:
        return [row[0] for row in result.cursor.fetchall()] if result.cursor is not None else []


def _fetched(connection: Any, dialect: Dialect, select: sa.Select[Any], values: dict[str, Any]) -> list[Any]:
    statement = _compiled(select, dialect)
    named = {**statement.bound, **values}
    parameters: Any = tuple(named[name] for name in statement.names) if statement.names else named
    cursor = connection.cursor()
    cursor.execute(statement.text, parameters)
    return list(cursor.fetchall())


def value(engine: Engine, select: sa.Select[Any], **values: Any) -> Any:
    """The one value that a query gives; None where it gives no row."""
    for row in rows(engine, select, **values):
        return row[0]
    return None


@lru_cache(512)
def _compiled(select: sa.Select[Any], dialect: Dialect) -> _Statement:
    compiled = dialect.statement_compiler(dialect, select)
    return _Statement(compiled.string, tuple(compiled.positiontup or ()), dict(compiled.params))
