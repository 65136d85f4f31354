"""Job engines that begin and end: one run at a time for each host, and nothing stays half done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalogue.run import Ending, RunState, Tally
from catalogue.settings import Settings
from catalogue.store import Store
from factories import now
from job_engine import ended, engine, opened, wait_for
from remote_node import RemoteNode, running

#: DBOS is one in a process.
pytestmark = pytest.mark.xdist_group("dbos")


def test_what_is_queued_gets_done_and_one_host_is_asked_by_one_run_at_a_time(
    store: Store, remote: RemoteNode, register: Any, lenient: Settings
) -> None:
    remote.fill(60)
    remote.delay = 0.02
    with running(RemoteNode(page_size=10, delay=0.02)) as elsewhere:
        elsewhere.fill(60)
        runs = []
        for source_id, node in (("nile", remote), ("volta", remote), ("congo", elsewhere)):
            register(store, node, source_id)
            runs.append(opened(store, source_id))
        with engine(store, lenient):
            wait_for(lambda: ended(store, *runs))
    done = {run.source_id: run for run in map(store.runs.get, (run.id for run in runs))}
    assert {run.ending for run in done.values()} == {Ending.COMPLETE}
    assert {run.tally for run in done.values()} == {Tally(listed=60, new=60)}
    first, second = sorted((done["nile"], done["volta"]), key=lambda run: run.started_at or now())
    assert first.ended_at is not None
    assert second.started_at is not None
    assert first.ended_at <= second.started_at
    assert store.workers.beats() == {}


def test_stopping_in_the_middle_gives_the_run_back_and_another_finishes_it(
    store: Store, remote: RemoteNode, register: Any, lenient: Settings
) -> None:
    remote.fill(60)
    remote.delay = 0.1
    register(store, remote)
    run = opened(store)
    with engine(store, lenient):
        wait_for(lambda: store.runs.get(run.id).checkpoint.pages >= 2)
    left = store.runs.get(run.id)
    assert (left.state, left.worker) == (RunState.QUEUED, "")
    assert 2 <= left.checkpoint.pages < 6
    remote.delay = 0
    with engine(store, lenient):
        wait_for(lambda: ended(store, run))
    done = store.runs.get(run.id)
    assert (done.ending, done.tally) == (Ending.COMPLETE, Tally(listed=60, new=60))
    assert set(remote.pages_asked().values()) == {1}


def test_losing_the_queue_loses_nothing(
    sqlite_store: Store, remote: RemoteNode, register: Any, lenient: Settings
) -> None:
    """The run table is the truth: what is open is queued again, as when a catalogue moves to PostgreSQL."""
    remote.fill(60)
    remote.delay = 0.1
    register(sqlite_store, remote)
    run = opened(sqlite_store)
    with engine(sqlite_store, lenient):
        wait_for(lambda: sqlite_store.runs.get(run.id).checkpoint.pages >= 2)
    queue = Path(f"{sqlite_store.engine.url.database}.jobs")
    for file in queue.parent.glob(f"{queue.name}*"):
        file.unlink()
    remote.delay = 0
    with engine(sqlite_store, lenient):
        wait_for(lambda: ended(sqlite_store, run))
    assert sqlite_store.runs.get(run.id).tally == Tally(listed=60, new=60)
    assert set(remote.pages_asked().values()) == {1}
