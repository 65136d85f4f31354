"""Who is in which set: found by the set and the record, and never by looking through all."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from catalogue.record import Record, Text
from catalogue.store import Store
from catalogue.store.holdings import memberships
from catalogue.store.tables import record_sets
from factories import add_source, commit, open_run, write_of

OURS = "oai:clearinghouse.localdomain:nile:"


def write(store: Store, name: str, *specs: str) -> Any:
    return write_of(store, Record(Text.of(name)), source_identifier=name, set_specs=specs)


def members(store: Store) -> set[tuple[str, bool]]:
    """Each setSpec and whether the record is in it, of every set that it ever was in."""
    by_number = {one.id: one.set_spec for one in store.sets.all()}
    with store.engine.connect() as connection:
        found = connection.execute(sa.select(record_sets.c.set_id, record_sets.c.member)).all()
    return {(by_number[row.set_id], bool(row.member)) for row in found}


def test_a_record_moves_between_sets(store: Store) -> None:
    add_source(store)
    run = open_run(store)
    commit(store, run, [write(store, "a", "x:y")])
    commit(store, run, [write(store, "a", "x:z")])
    every = {("source", True), ("source:nile", True)}
    assert members(store) == every | {("x", True), ("x:y", False), ("x:z", True)}
    commit(store, run, [write(store, "a", "x:y", "v")])
    assert members(store) == every | {("x", True), ("x:y", True), ("x:z", False), ("v", True)}
    commit(store, run, [], tombstones=list(store.records.known([f"{OURS}a"]).values()))
    assert {member for _, member in members(store)} == {False}
    commit(store, run, [write(store, "a", "v")])
    assert {spec for spec, member in members(store) if member} == {"source", "source:nile", "v"}


def test_nothing_is_looked_through(sqlite_store: Store) -> None:
    add_source(sqlite_store)
    writes = [write(sqlite_store, f"r{number}", f"x:{number % 7}") for number in range(50)]
    commit(sqlite_store, open_run(sqlite_store), writes)
    with sqlite_store.engine.connect() as connection:
        for select in (memberships._rows, memberships._standing):
            text = str(select(connection.dialect).compile(sqlite_store.engine))
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", ("[1]",) * text.count("?")).all()
            assert not [row[-1] for row in plan if row[-1].startswith("SCAN rec")], plan
