"""What the front page and the health check ask of the store."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogue.errors import SchemaOutOfDate, StoreUnreachable
from catalogue.record import Record, Text
from catalogue.run import Ending
from catalogue.sets import source_set
from catalogue.store import Store
from catalogue.store.holdings.sets import SetCount
from factories import add_source, commit, fill, now, open_run


def some_records(count: int) -> dict[str, Record]:
    return {f"r{n}": Record(title=Text.of(f"Record {n}")) for n in range(count)}


def test_sources_are_counted_apart_and_the_deleted_apart_from_the_living(store: Store) -> None:
    run = fill(store, some_records(3))
    fill(store, some_records(2), "volta")
    add_source(store, "empty")
    first = store.records.of_source("nile", limit=1)[0]
    known = store.records.known([first.identifier])
    commit(store, run, [], tombstones=list(known.values()))
    assert store.sets.source_counts() == {"nile": SetCount(2, 1), "volta": SetCount(2, 0)}
    assert store.sets.members(source_set("nile")) == 2


def test_the_newest_run_of_each_source_and_the_newest_that_ended(store: Store) -> None:
    add_source(store, "nile")
    add_source(store, "volta")
    add_source(store, "never")
    ended = open_run(store, "nile")
    store.runs.end(ended, Ending.COMPLETE, now())
    current = open_run(store, "nile")
    only = open_run(store, "volta")
    assert {key: run.id for key, run in store.runs.newest_of_each().items()} == {
        "nile": current.id,
        "volta": only.id,
    }
    assert {key: run.id for key, run in store.runs.newest_of_each(ended=True).items()} == {"nile": ended.id}


def test_a_store_that_is_in_order_passes_its_check(store: Store) -> None:
    store.check()


def test_a_store_that_was_never_upgraded_fails_its_check(database_url: str) -> None:
    with Store(database_url) as store, pytest.raises(SchemaOutOfDate):
        store.check()


def test_a_database_that_does_not_answer_is_told_from_one_that_is_old(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite").mkdir()
    unreachable = (f"sqlite:///{tmp_path}/store.sqlite", "postgresql://nobody@127.0.0.1:1/none")
    for url in unreachable:
        with Store(url) as store, pytest.raises(StoreUnreachable):
            store.check()
