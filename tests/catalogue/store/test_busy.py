"""SQLite has one writer at a time: to who waits too long, the database does not answer."""

from __future__ import annotations

from sqlite3 import Connection

import pytest
import sqlalchemy as sa

from catalogue.errors import StoreUnreachable
from catalogue.run import RunKind
from catalogue.store import Store
from factories import add_source, now


def test_a_lock_that_is_held_for_long_is_no_error_of_ours(sqlite_store: Store, sqlite_url: str) -> None:
    add_source(sqlite_store)
    with Store(sqlite_url) as other:

        def impatient(connection: Connection, _record: object) -> None:
            connection.execute("PRAGMA busy_timeout=20").close()

        sa.event.listen(other.engine, "connect", impatient)
        with sqlite_store.engine.connect().execution_options(writes=True) as holder:
            with holder.begin():
                with pytest.raises(StoreUnreachable):
                    other.runs.open("nile", RunKind.FULL, now())
                assert other.runs.newest() == []
            run = other.runs.open("nile", RunKind.FULL, now())
        assert [one.id for one in other.runs.newest()] == [run.id]
