"""SQLite: to who waits too long for its one writer, the database does not answer; what it keeps in memory."""

from __future__ import annotations

from sqlite3 import Connection

import pytest
import sqlalchemy as sa

from catalogue.errors import StoreUnreachable
from catalogue.run import RunKind
from catalogue.store import Store
from catalogue.store.engine import MOST_KEPT
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


def test_all_connections_of_a_process_share_one_limit_of_memory(sqlite_store: Store) -> None:
    with sqlite_store.engine.connect() as first, sqlite_store.engine.connect() as second:
        limits = [one.exec_driver_sql("PRAGMA soft_heap_limit").scalar() for one in (first, second)]
        pages = [one.exec_driver_sql("PRAGMA cache_size").scalar() for one in (first, second)]
    assert limits == [MOST_KEPT, MOST_KEPT]
    assert [-1024 * kib for kib in pages] == [MOST_KEPT] * 2, "one alone has all of it"
