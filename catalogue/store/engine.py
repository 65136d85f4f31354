"""The engine: one for SQLite and PostgreSQL alike, and the two kinds of transaction.

SQLite runs in WAL mode: readers never wait. A write transaction takes the write lock at its very start
(BEGIN IMMEDIATE), so that it cannot fail half way because another writer came first; a read takes no
transaction at all, so each statement sees what was committed when it began.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError

from catalogue.errors import NoText, NumberTooGreat, SettingsError, StoreError, StoreFull, StoreUnreachable

#: A disk that is full, a file that must not grow (extended codes of SQLITE_IOERR: write, truncate, fsync).
_FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE})
#: Bytes that SQLite holds in one process, pages of the database above all.
MOST_KEPT: Final = 64 * 1024 * 1024
_AWAY: Final = "the database does not answer"
_TOO_GREAT: Final = "a number is greater than any that there is"
_NO_TEXT: Final = "a text has a character in it that nothing has: NUL, or half of a pair of surrogates"
#: The result code of SQLite stands in its last eight bits; what is above tells more.
_PRIMARY: Final = 0xFF
#: A writer that stands still in the middle of a transaction holds rows that others wait for: after a minute
#: PostgreSQL ends it, unless the server, the database or the role has a time of its own.
_LET_GO: Final = (
    "SELECT set_config('idle_in_transaction_session_timeout', '60s', true)"
    " WHERE current_setting('idle_in_transaction_session_timeout') = '0'"
)

T = TypeVar("T")

#: Whether nothing may be done here that waits for a database.
_AT_ONCE: ContextVar[bool] = ContextVar("at_once", default=False)
#: The transaction that everything which is done here is part of, where several things are done as one.
_TOGETHER: ContextVar[tuple[Engine, Connection] | None] = ContextVar("together", default=None)


def create_engine(database_url: str, *, pool_size: int = 20) -> Engine:
    """An engine for `sqlite:///path`, or `postgresql://...` (psycopg 3).

    Raises:
        SettingsError: neither of the two.
    """
    try:
        url = make_url(database_url)
    except ArgumentError as error:
        raise SettingsError("database_url is not a database address") from error
    kind = url.get_backend_name()
    if kind == "postgresql":
        engine = sa.create_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
        )
        sa.event.listen(engine, "begin", _begin_postgresql)
        return engine
    if kind != "sqlite":
        raise SettingsError(f"database_url names {kind}: only sqlite and postgresql are supported")
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(url, pool_size=pool_size, max_overflow=pool_size)
    else:
        engine = sa.create_engine(url, poolclass=sa.StaticPool, connect_args={"check_same_thread": False})
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: SqliteConnection, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        # Renditions and neutral records are longer than the default page of 4 kB: on pages of 16 kB a
        # record is written in a third less time. Takes effect on a new file only.
        "page_size=16384",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "busy_timeout=30000",
        "foreign_keys=ON",
        f"cache_size=-{MOST_KEPT // 1024}",
        # Of all connections together: with four harvests at once a process has ten, and held 680 MB.
        f"soft_heap_limit={MOST_KEPT}",
        "temp_store=MEMORY",
        "wal_autocheckpoint=8000",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get("writes"):
        driver: Any = connection.connection
        driver.cursor().execute("BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get("writes"):
        connection.exec_driver_sql(_LET_GO)


class WouldWait(BaseException):
    """A database is to be asked where nobody may wait for it. For none to handle but who said so."""


def at_once(work: Callable[[], T]) -> T:
    """What the work returns, where it need not wait for any database: done where nothing may wait.

    Raises:
        WouldWait: it has to. Begin it anew, in a thread; so it must be such as may be begun twice.
    """
    token = _AT_ONCE.set(True)
    try:
        return work()
    finally:
        _AT_ONCE.reset(token)


def about_to_wait() -> None:
    """Said by whoever is about to ask a database.

    Raises:
        WouldWait: that is not to be done here.
    """
    if _AT_ONCE.get():
        raise WouldWait


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection to read from.

    Raises:
        StoreUnreachable: the database does not answer just now.
    """
    about_to_wait()
    outer = _outer(engine)
    with told_by_name(engine):
        if outer is not None:
            yield outer
            return
        with engine.connect() as connection:
            yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes: committed at the end, rolled back on an exception.

    Inside `together` it is a part of that transaction: what it wrote goes with an exception, and stays only
    if all the rest does.

    Raises:
        StoreFull: there is no room left on the disk.
        StoreUnreachable: the database does not answer just now.
    """
    about_to_wait()
    outer = _outer(engine)
    with told_by_name(engine):
        if outer is not None:
            with outer.begin_nested():
                yield outer
            return
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection


@contextmanager
def together(engine: Engine) -> Iterator[None]:
    """One transaction for all that this thread does inside: it is committed at the end, or nothing of it is.

    For what people do, which is short. Pages of records have a transaction of their own (`Records.commit`):
    who else writes must hear of it before it begins.

    Raises:
        StoreFull: there is no room left on the disk.
        StoreUnreachable: the database does not answer just now.
    """
    outer = _outer(engine)
    if outer is not None:
        with outer.begin_nested():
            yield
        return
    with writing(engine) as connection:
        token = _TOGETHER.set((engine, connection))
        try:
            yield
        finally:
            _TOGETHER.reset(token)


@contextmanager
def told_by_name(engine: Engine) -> Iterator[None]:
    """What the driver raises inside becomes an error of ours, where there is one for it."""
    try:
        yield
    except (sa.exc.DBAPIError, _errors_of(engine)) as error:
        named = _named(engine, error)
        if named is None:
            raise
        raise named from error
    except OverflowError as error:  # as the driver of SQLite has it
        raise NumberTooGreat(_TOO_GREAT) from error
    except UnicodeEncodeError as error:  # as both have it
        raise NoText(_NO_TEXT) from error


def _named(engine: Engine, error: Exception) -> StoreError | None:
    if _is_full(getattr(error, "orig", error)):
        return StoreFull("the disk is full: nothing more can be written to the database")
    if _is_away(engine, error):
        return StoreUnreachable(_AWAY)
    if _is_too_great(error):
        return NumberTooGreat(_TOO_GREAT)
    return NoText(_NO_TEXT) if _is_no_text(engine, error) else None


def _outer(engine: Engine) -> Connection | None:
    found = _TOGETHER.get()
    return found[1] if found is not None and found[0] is engine else None


def _errors_of(engine: Engine) -> type[Exception]:
    """What the driver raises where a statement is run on it, and not through SQLAlchemy."""
    dbapi: Any = engine.dialect.dbapi
    found: type[Exception] = dbapi.Error
    return found


def _is_away(engine: Engine, error: Exception) -> bool:
    """Whether PostgreSQL has gone: the connection ended, or none is to be had (08...; 57P0...: it stops).

    So is SQLite where another writer has held the lock for longer than we wait.
    """
    if getattr(error, "connection_invalidated", False):
        return True
    cause, dbapi = getattr(error, "orig", error), engine.dialect.dbapi
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        return bool(code & _PRIMARY == sqlite3.SQLITE_BUSY)
    state = getattr(cause, "sqlstate", "no PostgreSQL")
    lost = dbapi is not None and isinstance(cause, dbapi.OperationalError)
    return lost and (state is None or state[:4] == "57P0" or state[:2] == "08")


def _is_too_great(error: Exception) -> bool:
    """Whether a number is greater than PostgreSQL counts to: 22003."""
    return getattr(getattr(error, "orig", error), "sqlstate", None) == "22003"


def _is_no_text(engine: Engine, error: Exception) -> bool:
    """Whether psycopg did not send a text, for NUL in it: it says so in words, for no server was asked."""
    cause, dbapi = getattr(error, "orig", error), engine.dialect.dbapi
    return (
        dbapi is not None
        and isinstance(cause, dbapi.DataError)
        and getattr(cause, "sqlstate", "") is None
        and "NUL" in str(cause)
    )


def _is_full(error: BaseException | None) -> bool:
    """Whether there is no room: SQLite says so or fails to write, PostgreSQL has 53100."""
    code = getattr(error, "sqlite_errorcode", None)
    return (code is not None and code in _FULL) or getattr(error, "sqlstate", None) == "53100"
