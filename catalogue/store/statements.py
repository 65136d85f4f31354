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
from sqlalchemy.engine import Dialect, Engine


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
    statement = _compiled(select, engine.dialect)
    named = {**statement.bound, **values}
    parameters: Any = tuple(named[name] for name in statement.names) if statement.names else named
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(statement.text, parameters)
        return list(cursor.fetchall())
    finally:
        connection.close()


def value(engine: Engine, select: sa.Select[Any], **values: Any) -> Any:
    """The one value that a query gives; None where it gives no row."""
    for row in rows(engine, select, **values):
        return row[0]
    return None


@lru_cache(512)
def _compiled(select: sa.Select[Any], dialect: Dialect) -> _Statement:
    compiled = dialect.statement_compiler(dialect, select)
    return _Statement(compiled.string, tuple(compiled.positiontup or ()), dict(compiled.params))
