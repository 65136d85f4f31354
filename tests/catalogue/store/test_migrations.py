from __future__ import annotations

from typing import Final

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from catalogue.errors import SchemaOutOfDate
from catalogue.query import Missing, Not, RecordQuery
from catalogue.queryables import OF_RECORDS, ORDINALS, QUERYABLES, normalise
from catalogue.record import Record, Text
from catalogue.settings import ROOT
from catalogue.store import Store
from catalogue.store.lists.feed import FeedQuery
from catalogue.store.migrations import MIGRATIONS, downgrade, head
from catalogue.store.queries.packed import values_of
from catalogue.store.tables import index_order, metadata
from factories import add_source, fill
from query_truth import random_records


def test_upgraded_equals_the_tables_that_the_code_describes(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_every_step_can_be_taken_back_and_again(store: Store) -> None:
    downgrade(store.engine, "base")
    assert sa.inspect(store.engine).get_table_names() == ["alembic_version"]
    store.upgrade()
    store.require_current()


def test_the_newest_step_is_the_one_that_none_comes_after() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [head()]


def test_a_database_that_was_never_upgraded_is_named(database_url: str) -> None:
    with Store(database_url) as store, pytest.raises(SchemaOutOfDate, match="clearinghouse db upgrade"):
        store.require_current()


#: Schedules as they were written, by number, and as they are since.
SCHEDULES: Final = {
    "0 3 * * 1": "0 3 * * mon",
    "0 3 * * 0": "0 3 * * sun",
    "0 3 * * 7": "0 3 * * sun",
    "0 3 * * 1-5": "0 3 * * mon,tue,wed,thu,fri",
    "0 3 * * 5-7": "0 3 * * fri,sat,sun",
    "0 3 * * */2": "0 3 * * sun,tue,thu,sat",
    "0 3 1 1 mon,3": "0 3 1 1 mon,wed",
    "0 3 * * fri-sun": "0 3 * * fri-sun",
    "0 3 * * *": "0 3 * * *",
    "": "",
}


def test_days_of_the_week_get_their_names(database_url: str) -> None:
    sources = {f"source-{number}": numbers for number, numbers in enumerate(SCHEDULES)}
    with Store(database_url) as store:
        store.upgrade()
        for source_id, numbers in sources.items():
            add_source(store, source_id, schedule=numbers)
        downgrade(store.engine, "0003")
        store.upgrade()
        for source_id, numbers in sources.items():
            source = store.sources.get(source_id)
            assert source.schedule == SCHEDULES[numbers]
            assert (source.scheduled_at is not None) is bool(source.schedule)


def test_records_of_before_are_in_the_set_of_all_sources(store: Store) -> None:
    fill(store, {"a": Record(Text.of("A")), "b": Record(Text.of("B"))})
    before = store.feed.entries(FeedQuery("oai_dc", store.sets.id_of("source")), after=None, limit=9)
    [step] = (ROOT / "migrations" / "versions").glob("*_sets_above.py")
    downgrade(store.engine, f"{int(step.name[:4]) - 1:04}")
    assert store.sets.id_of("source") is None
    store.upgrade()
    after = store.feed.entries(FeedQuery("oai_dc", store.sets.id_of("source")), after=None, limit=9)
    assert after == before
    assert len(after) == 2


def test_values_are_packed_and_unpacked(store: Store) -> None:
    """What came as one row a value is what the code packs, and goes back as it was."""
    fill(store, random_records(5, 30))
    store.index.take_in()
    [step] = (ROOT / "migrations" / "versions").glob("*_packed_values.py")
    before, order = _packed(store), _order(store)
    downgrade(store.engine, f"{int(step.name[:4]) - 1:04}")
    unpacked = _rows_of_values(store)
    titles = [row for row in unpacked if row.name == "title"]
    assert len(unpacked) == sum(map(len, before.values()))
    assert all(row.key.isdigit() and normalise(row.value) == (row.folded or row.value) for row in titles)
    store.upgrade()
    assert _packed(store) == before
    assert _order(store) == order
    downgrade(store.engine, f"{int(step.name[:4]) - 1:04}")
    assert _rows_of_values(store) == unpacked
    store.upgrade()
    assert store.search.count(RecordQuery(where=Not(Missing("title")))) == 30


def _packed(store: Store) -> dict[int, list[tuple[str, str, str]]]:
    """Record -> queryable, value, and what it is compared as: as the database tells them."""
    found: dict[int, list[tuple[str, str, str]]] = {}
    with store.engine.connect() as connection:
        for name in (name for name, kind in QUERYABLES.items() if kind in OF_RECORDS):
            values = values_of(name, embedded=store.embedded)
            rows = values.select(values.record_id, values.value, values.compared)
            for number, value, compared in connection.execute(rows):
                found.setdefault(number, []).append((name, value, compared))
                told = ORDINALS.get(QUERYABLES[name], normalise)
                assert compared == told(value)
    return found


def _order(store: Store) -> set[tuple[object, ...]]:
    with store.engine.connect() as connection:
        return {tuple(row) for row in connection.execute(sa.select(index_order))}


def _rows_of_values(store: Store) -> list[sa.Row[tuple[object, ...]]]:
    with store.engine.connect() as connection:
        rows = "SELECT record_id, name, value, folded, key FROM record_values ORDER BY 1, 2, 3"
        return list(connection.exec_driver_sql(rows))
