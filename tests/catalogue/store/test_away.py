"""PostgreSQL that ends a connection in use: to whoever uses it, the database does not answer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from catalogue.errors import StoreUnreachable
from catalogue.store import Store, statements
from catalogue.store.engine import reading, writing
from catalogue.store.tables import sources
from factories import add_source

_ALL = sa.select(sources.c.id).where(sources.c.id != sa.bindparam("other"))
_LATER = sa.select(sa.func.length(sources.c.title) / sa.literal(0)).where(sa.bindparam("other") != "")


@pytest.fixture
def remote(store: Store) -> Store:
    if store.embedded:
        pytest.skip("SQLite has no connection to lose")
    add_source(store)
    return store


def _end(store: Store, connection: Connection) -> None:
    """Let the server end this connection, as it does where it is stopped."""
    number = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    with store.engine.connect() as other:
        other.exec_driver_sql(f"SELECT pg_terminate_backend({number}, 5000)")


def _lose(store: Store, begin: Callable[[Engine], AbstractContextManager[Connection]]) -> None:
    with begin(store.engine) as connection:
        assert statements.rows_on(connection, _ALL, other="") == [("nile",)]
        _end(store, connection)
        statements.rows_on(connection, _ALL, other="")


@pytest.mark.parametrize("begin", [reading, writing])
def test_a_connection_that_is_lost_under_statements_on_the_driver(
    remote: Store, begin: Callable[[Engine], AbstractContextManager[Connection]]
) -> None:
    with pytest.raises(StoreUnreachable):
        _lose(remote, begin)
    with begin(remote.engine) as connection:
        assert statements.rows_on(connection, _ALL, other="") == [("nile",)]


def test_what_is_wrong_with_a_statement_is_told_as_it_is(remote: Store) -> None:
    psycopg = pytest.importorskip("psycopg")
    with pytest.raises(psycopg.errors.DivisionByZero), reading(remote.engine) as connection:
        statements.rows_on(connection, _LATER, other="x")
