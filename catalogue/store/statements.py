"""Statements that every request asks for: built by SQLAlchemy once, then run as the driver has them.

To build, look up and execute a statement through SQLAlchemy, and to convert what it gives, costs several
times what the query itself does, and here nothing needs converting: integers, text and bytes. They are run
on connections that are kept for this: each statement is a transaction of its own (autocommit), so that none
needs to be begun, rolled back or asked first whether it is still there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeAlias
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.pool import PoolProxiedConnection

from catalogue.errors import StoreUnreachable
from catalogue.store.engine import about_to_wait

#: What is asked there is found by seeking in an index, in its order. PostgreSQL plans that once a connection:
#: to do so for each request takes longer than to answer it. Whatever it takes the values of requests to be
#: like, it must not read a table instead, nor sort a list of which a page is wanted, nor put a whole table by
#: that it takes for empty: what is kept behind the runs has thousands of rows before anyone has counted them.
_AVOIDED: Final = ("seqscan", "bitmapscan", "sort", "hashjoin", "mergejoin", "material")
SEEKS: Final = "; ".join(
    ("SET plan_cache_mode = force_generic_plan", *(f"SET enable_{way} = off" for way in _AVOIDED))
)
#: Connections that are kept while nobody needs them.
MOST_KEPT: Final = 8

Query: TypeAlias = "sa.Select[Any] | sa.CompoundSelect[Any]"
Statement: TypeAlias = "Query | sa.Insert | sa.Update | sa.Delete"


@dataclass(frozen=True, slots=True)
class _Statement:
    """A query as the driver takes it."""

    text: str
    #: Names of the parameters in their order; none where the driver takes them by name.
    names: tuple[str, ...]
    #: What SQLAlchemy itself has bound.
    bound: Mapping[str, Any]


def rows(engine: Engine, select: Statement, **values: Any) -> list[Any]:
    """The rows that a query gives with these values, or that a statement returns, which is then committed.

    It is a constant, with a `bindparam` for each value: it is what the compiled form is found by.

    Raises:
        StoreUnreachable: the database does not answer just now.
    """
    text, parameters = _ready(engine.dialect, select, values)
    spare = _spare(engine)
    while True:
        connection = spare.take(engine)
        try:
            found = connection.rows(text, parameters)
        except spare.away as error:
            connection.close()
            # One that was kept may have ended long ago: the next will tell, or a new one.
            if connection.is_new and spare.remote:
                raise StoreUnreachable("the database does not answer") from error
            if not spare.remote:
                raise
        except BaseException:
            connection.close()
            raise
        else:
            spare.give(connection)
            return found


def rows_on(connection: Connection, statement: Statement, **values: Any) -> list[Any]:
    """The same, on a connection that is there already; of a statement that changes rows, what it returns."""
    return list(_executed(connection, statement, values).fetchall())


def value_on(connection: Connection, statement: Statement, **values: Any) -> Any:
    """The one value that it gives there; None where it gives no row."""
    for row in rows_on(connection, statement, **values):
        return row[0]
    return None


def run(connection: Connection, statement: Statement, **values: Any) -> int:
    """Execute a statement with these values, inside a transaction of the caller's; how many rows it changed.

    The statement is a constant, as in `rows`. To build one each time takes many times as long.
    """
    return int(_executed(connection, statement, values).rowcount)


def run_all(connection: Connection, statement: Statement, rows: Sequence[dict[str, Any]]) -> None:
    """Execute a statement for each of these rows, whose values need no conversion."""
    found = _compiled(statement, connection.dialect)
    given: Any = [tuple([row[name] for name in found.names]) for row in rows] if found.names else rows
    run_text(connection, found.text, given)


def run_text(connection: Connection, text: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """The same of a statement as the driver takes it."""
    driver: Any = connection.connection
    driver.cursor().executemany(text, rows)


def numbers(connection: Connection, select: sa.Select[Any] | sa.CompoundSelect[Any]) -> list[int]:
    """The first column of what a query gives, numbers: very many of them, so no rows are made of them."""
    with connection.execute(select) as result:
        return [row[0] for row in result.cursor.fetchall()] if result.cursor is not None else []


def _executed(connection: Connection, statement: Statement, values: dict[str, Any]) -> Any:
    text, parameters = _ready(connection.dialect, statement, values)
    driver: Any = connection.connection
    # PostgreSQL would write each byte out as two digits, which have to be read again.
    cursor = driver.cursor() if connection.dialect.name == "sqlite" else driver.cursor(binary=True)
    cursor.execute(text, parameters)
    return cursor


def _ready(dialect: Dialect, statement: Statement, values: dict[str, Any]) -> tuple[str, Any]:
    """What the driver is given: the statement and its parameters."""
    found = _compiled(statement, dialect)
    named = {**found.bound, **values} if found.bound else values
    return found.text, tuple([named[name] for name in found.names]) if found.names else named


def value(engine: Engine, select: Statement, **values: Any) -> Any:
    """The one value that a query gives; None where it gives no row.

    Raises:
        StoreUnreachable: the database does not answer just now.
    """
    for row in rows(engine, select, **values):
        return row[0]
    return None


def told(dialect: Dialect, column: sa.Column[Any], value: Any) -> Any:
    """A value as the driver is given it for a column: a moment, or JSON."""
    process = _processor(dialect, column)
    return value if process is None else process(value)


@lru_cache(512)
def _processor(dialect: Dialect, column: sa.Column[Any]) -> Callable[[Any], Any] | None:
    return column.type.dialect_impl(dialect).bind_processor(dialect)


class _Connection:
    """A connection of the driver's."""

    def __init__(self, pooled: PoolProxiedConnection, *, remote: bool) -> None:
        self._pooled = pooled
        self.is_new = True
        driver: Any = pooled.dbapi_connection
        if remote:
            driver.autocommit = True
            self._cursor = driver.cursor(binary=True)
            driver.execute(SEEKS)
        else:
            self._cursor = driver.cursor()

    def rows(self, text: str, parameters: Any) -> list[Any]:
        self._cursor.execute(text, parameters)
        found: list[Any] = self._cursor.fetchall()
        return found

    def close(self) -> None:
        """End it, or give it back where all share one."""
        self._cursor.close()
        self._pooled.close()


class _Spare:
    """The connections of an engine that are kept for statements."""

    def __init__(self, engine: Engine) -> None:
        self.remote = engine.dialect.name != "sqlite"
        dbapi: Any = engine.dialect.dbapi
        self.away: type[Exception] = dbapi.OperationalError
        #: A database in memory has one connection, and no other may be made.
        self._most = MOST_KEPT if isinstance(engine.pool, sa.QueuePool) else 0
        self._kept: list[_Connection] = []
        sa.event.listen(engine, "engine_disposed", self._close)

    def take(self, engine: Engine) -> _Connection:
        """One that is free, or a new one."""
        about_to_wait()
        try:
            return self._kept.pop()
        except IndexError:
            pass
        try:
            pooled = engine.raw_connection()
            if self._most:
                pooled.detach()
            return _Connection(pooled, remote=self.remote)
        except (self.away, sa.exc.OperationalError) as error:
            raise StoreUnreachable("the database does not answer") from error

    def give(self, connection: _Connection) -> None:
        """It is free again."""
        connection.is_new = False
        if len(self._kept) < self._most:
            self._kept.append(connection)
        else:
            connection.close()

    def _close(self, _engine: Engine) -> None:
        while self._kept:
            self._kept.pop().close()


_SPARES: WeakKeyDictionary[Engine, _Spare] = WeakKeyDictionary()


def _spare(engine: Engine) -> _Spare:
    found = _SPARES.get(engine)
    if found is None:
        found = _SPARES.setdefault(engine, _Spare(engine))
    return found


@lru_cache(512)
def _compiled(statement: Statement, dialect: Dialect) -> _Statement:
    compiled = dialect.statement_compiler(dialect, statement)
    return _Statement(compiled.string, tuple(compiled.positiontup or ()), dict(compiled.params))
