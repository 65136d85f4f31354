"""Where SQLite and PostgreSQL differ."""

from __future__ import annotations

import time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection


def insert(connection: Connection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that can be given an ON CONFLICT clause."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def upsert(connection: Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows, or replace all but the key of those that are there (the rows share their columns)."""
    if not rows:
        return
    statement = insert(connection, table)
    key = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in rows[0] if name not in key}
    connection.execute(statement.on_conflict_do_update(index_elements=key, set_=changed), rows)


def insert_missing(connection: Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """Insert the rows whose key is not there yet."""
    if rows:
        connection.execute(insert(connection, table).on_conflict_do_nothing(), rows)


def now(connection: Connection) -> int:
    """The time in whole seconds by the one clock that all writers share: the database server's.

    SQLite has no server; all its processes are on one machine and share that machine's clock.
    """
    if connection.dialect.name == "sqlite":
        return int(time.time())
    return int(
        connection.execute(sa.text("SELECT floor(extract(epoch FROM clock_timestamp()))")).scalar_one()
    )


def allocate_ids(connection: Connection, table: sa.Table, count: int) -> list[int]:
    """Keys for new rows, in ascending order. On SQLite the caller holds the write lock."""
    if not count:
        return []
    if connection.dialect.name == "sqlite":
        last = connection.execute(sa.select(sa.func.max(table.c.id))).scalar() or 0
        return list(range(last + 1, last + 1 + count))
    sequence = f"{table.name}_id_seq"
    found = connection.execute(
        sa.text("SELECT nextval(CAST(:sequence AS regclass)) FROM generate_series(1, :count)"),
        {"sequence": sequence, "count": count},
    )
    return sorted(found.scalars())
