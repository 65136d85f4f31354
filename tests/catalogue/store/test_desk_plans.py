"""What the operators' pages ask of the store is a range of an index, however much there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from catalogue.store import Store
from catalogue.store.tables import records, runs
from factories import add_source, now, open_run


def _fill(store: Store) -> None:
    """4,000 records, of which each of 40 runs was the first to take some; the newest 100."""
    add_source(store, "nile")
    empty = ("source_datestamp", "title", "type", "language", "modified", "file_identifier", "set_specs")
    rows = [
        {"id": n, "source_id": "nile", "identifier": f"oai:x.y:nile:{n}", "source_identifier": str(n),
         "metadata_prefix": "oai_dc", "deleted": n % 9 == 0, "datestamp": 1000, "changed_run": 1,
         "first_datestamp": 1000, "seen_run": 1, "first_run": n // 100 + 1, **dict.fromkeys(empty, "")}
        for n in range(1, 4001)
    ]  # fmt: skip
    with store.engine.execution_options(writes=True).connect() as connection, connection.begin():
        connection.execute(sa.insert(records), rows)
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def _run_often(store: Store) -> None:
    """50 sources that have had 80 runs each, some of which failed."""
    names = [f"node-{n:02}" for n in range(50)]
    for name in names:
        add_source(store, name)
    rows = [
        {"source_id": name, "kind": "full", "state": "ended", "checkpoint": {}, "opened_at": now(),
         "ended_at": now(), "ending": "failed" if day % 7 == 0 else "complete"}
        for day in range(80)
        for name in names
    ]  # fmt: skip
    with store.engine.execution_options(writes=True).connect() as connection, connection.begin():
        connection.execute(sa.insert(runs), rows)
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def _plans(store: Store, work: Callable[[], object]) -> list[str]:
    """How the database reads each statement that is about runs."""
    with _asked(store) as asked:
        work()
    explain = "EXPLAIN QUERY PLAN" if store.embedded else "EXPLAIN (COSTS OFF)"
    found = []
    with store.engine.connect() as connection:
        for statement, parameters in asked:
            if statement.startswith("SELECT") and "runs" in statement:
                rows = connection.exec_driver_sql(f"{explain} {statement}", parameters).all()
                found.append("\n".join(str(row[-1]) for row in rows))
    return found


def test_no_page_reads_all_runs(store: Store) -> None:
    _run_often(store)
    names = [f"node-{n:02}" for n in range(50)]
    glances = store.overview.glances()
    assert [one.last_run for one in glances] == [79 * 50 + n + 1 for n in range(50)]
    sparks = store.overview.sparks(names, 30)
    assert [len(sparks[name]) for name in names] == [30] * 50
    assert [one.run_id for one in sparks["node-03"]] == [day * 50 + 4 for day in range(50, 80)]
    assert {run.id for run in store.runs.newest_of_each(ended=True).values()} == {
        one.last_run for one in glances
    }
    work = (store.overview.glances, lambda: store.overview.sparks(names), store.runs.newest_of_each)
    for plan in (plan for one in work for plan in _plans(store, one)):
        assert "Seq Scan on runs" not in plan
        scans = {line for line in plan.splitlines() if line.startswith("SCAN runs")}
        assert scans <= {"SCAN runs USING INDEX one_open_run"}  # which has open runs alone


@contextmanager
def _asked(store: Store) -> Iterator[list[tuple[str, Any]]]:
    """What is asked of the database meanwhile."""
    found: list[tuple[str, Any]] = []

    def listen(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        found.append((statement, parameters))

    sa.event.listen(store.engine, "before_cursor_execute", listen)
    try:
        yield found
    finally:
        sa.event.remove(store.engine, "before_cursor_execute", listen)


def _plan(store: Store, work: Callable[[], object]) -> str:
    with _asked(store) as asked:
        work()
    [(statement, parameters)] = [one for one in asked if one[0].startswith("SELECT")]
    explain = "EXPLAIN QUERY PLAN" if store.embedded else "EXPLAIN (COSTS OFF)"
    with store.engine.connect() as connection:
        rows = connection.exec_driver_sql(f"{explain} {statement}", parameters).all()
    return "\n".join(str(row[-1]) for row in rows)


@pytest.mark.parametrize("after", [0, 2050])
def test_what_a_run_was_the_first_to_take_is_a_range(store: Store, after: int) -> None:
    _fill(store)
    run = open_run(store).evolve(id=21)
    found = [row.id for row in store.history.new_in(run, after=after, limit=30)]
    first = max(after + 1, 2000)
    assert found == list(range(first, first + 30))
    plan = _plan(store, lambda: store.history.new_in(run, after=after, limit=30))
    assert "ix_records_first_run" in plan
    assert "SCAN" not in plan.upper().replace("INDEX SCAN", "").replace("BITMAP HEAP SCAN", "")
