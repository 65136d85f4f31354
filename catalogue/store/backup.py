"""A copy of a SQLite database, taken while others read and write it.

What is copied is the database as it stood at one commit (https://www.sqlite.org/backup.html): in write-ahead
mode nobody waits for that, neither readers nor writers. The copy gets its name when all of it is on the disk
and has been looked through.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import cast

from sqlalchemy.engine import Engine

from catalogue.errors import SettingsError
from catalogue.store.engine import reading

_NOT_OURS = (
    "database_url: copies of a PostgreSQL database are made by PostgreSQL: "
    "pg_dump --format=custom --file=FILE '{address}'"
)


def back_up(engine: Engine, target: Path) -> None:
    """Copy the database into a new file.

    Raises:
        SettingsError: the database is not SQLite, or the file cannot be written, or is there already.
    """
    if engine.dialect.name != "sqlite":
        address = engine.url.set(drivername="postgresql", password=None).render_as_string()
        raise SettingsError(_NOT_OURS.format(address=address))
    if target.exists():
        raise SettingsError(f"there is a file {target} already")
    try:
        with _part(target) as part:
            _copy(engine, part)
            _sync(part)
            part.rename(target)
            _sync(target.parent)
    except (OSError, sqlite3.Error) as error:
        raise SettingsError(f"{target} cannot be written: {error}") from error


@contextmanager
def _part(target: Path) -> Iterator[Path]:
    """Where the copy is until it is whole; gone afterwards, whatever happens."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    try:
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)  # addresses of people and what signs them in are in it
        yield part
    finally:
        for name in ("", "-journal", "-wal", "-shm"):
            part.with_name(part.name + name).unlink(missing_ok=True)


def _copy(engine: Engine, part: Path) -> None:
    with reading(engine) as connection, closing(sqlite3.connect(part)) as copy:
        original = cast("sqlite3.Connection", connection.connection.driver_connection)
        original.backup(copy)
        # One file, without a log beside it: the first who opens it in earnest has it write one again.
        copy.execute("PRAGMA journal_mode=DELETE").close()
        [(found,)] = copy.execute("PRAGMA quick_check(1)").fetchall()
        if found != "ok":
            raise sqlite3.DatabaseError(f"the copy is not sound: {found}")


def _sync(path: Path) -> None:
    """See that it is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
