"""Who lives and who is dead, and what becomes of the runs of the dead."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from catalogue.errors import StoreUnreachable
from catalogue.run import Checkpoint, Ending, HarvestRun, RunKind, RunState, Tally
from catalogue.settings import load_settings
from catalogue.store import Store
from catalogue.store.holdings.records import PageOfChanges
from factories import add_source, now
from harvester import worker
from harvester.worker import Watch, alive, is_gone, new_worker

#: Taken for dead after a minute, and given up after three lapses.
PLAIN = load_settings()


class Ticks:
    """A monotonic clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ended() -> str:
    """A worker of this host whose process has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return f"{socket.gethostname()}:{process.pid}:abc"


@pytest.fixture
def running() -> Iterator[str]:
    """A worker of this host whose process lives."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield f"{socket.gethostname()}:{process.pid}:abc"
        process.communicate(b"\n")


def test_a_process_of_this_host_is_gone_or_not(ended: str, running: str) -> None:
    assert is_gone(ended)
    assert not is_gone(running)
    assert not is_gone(new_worker())


@pytest.mark.parametrize("name", ["elsewhere:1:a", "elsewhere:99999999:a", "no number", "a:b:c", ""])
def test_of_other_hosts_nothing_is_known(name: str) -> None:
    assert not is_gone(name)


def test_the_same_number_in_a_container_that_was_started_again_is_another_process() -> None:
    assert is_gone(f"{socket.gethostname()}:{os.getpid()}:before")


def test_an_ended_process_loses_its_runs_at_once(store: Store, ended: str, running: str) -> None:
    for source_id, holder in (("dead", ended), ("alive", running)):
        add_source(store, source_id)
        store.workers.beat(holder, "worker", now())
        store.runs.open(source_id, RunKind.FULL, now(), worker=holder)
    assert Watch(store, PLAIN).release_lapsed() == {running}
    assert [run.source_id for run in store.runs.running()] == ["alive"]
    freed = store.runs.open_run("dead")
    assert freed is not None
    assert (freed.state, freed.worker) == (RunState.QUEUED, "")
    [event] = store.runs.events(freed.id)
    assert (event.event, event.level, event.detail) == (
        "lapsed",
        "warning",
        {"worker": ended, "pages": 0, "lapses": 1},
    )
    assert store.workers.beats() == {running: 1}


def test_a_counter_that_stands_still_is_a_dead_worker(store: Store) -> None:
    ticks = Ticks()
    watch = Watch(store, PLAIN, monotonic=ticks)
    for name in ("still:1:a", "going:1:a"):
        source_id = name.partition(":")[0]
        add_source(store, source_id)
        store.workers.beat(name, "worker", now())
        store.runs.open(source_id, RunKind.FULL, now(), worker=name)
    assert watch.release_lapsed() == {"still:1:a", "going:1:a"}
    for _ in range(6):
        ticks.now += 10
        store.workers.beat("going:1:a", "worker", now())
        assert watch.release_lapsed() == {"still:1:a", "going:1:a"}
    ticks.now += 0.1
    assert watch.release_lapsed() == {"going:1:a"}
    assert [run.source_id for run in store.runs.running()] == ["going"]


def test_a_worker_that_was_taken_for_dead_may_come_back(sqlite_store: Store) -> None:
    ticks = Ticks()
    watch = Watch(sqlite_store, PLAIN, monotonic=ticks)
    sqlite_store.workers.beat("slow:1:a", "worker", now())
    watch.living()
    for _ in range(7):
        ticks.now += 9
        last = watch.living()
    assert last == set()
    sqlite_store.workers.beat("slow:1:a", "worker", now())
    assert watch.living() == {"slow:1:a"}


def test_time_in_which_nobody_looked_makes_nobody_dead(sqlite_store: Store) -> None:
    """This process stood still, or the database was away: neither tells anything about the others."""
    ticks = Ticks()
    watch = Watch(sqlite_store, PLAIN, monotonic=ticks)
    sqlite_store.workers.beat("other:1:a", "worker", now())
    watch.living()
    ticks.now += 10_000
    assert watch.living() == {"other:1:a"}
    for _ in range(5):
        ticks.now += 10
        living = watch.living()
    assert living == set()


def killed(store: Store, watch: Watch, source_id: str = "nile") -> HarvestRun:
    """A worker takes the run up and dies."""
    run = store.runs.open_run(source_id)
    assert run is not None
    store.runs.claim(run.id, f"unknown:{run.attempt}:a", now(), early=True)
    watch.release_lapsed()
    return store.runs.get(run.id)


def test_a_page_that_kills_its_workers_ends_the_run(store: Store) -> None:
    add_source(store)
    run = store.runs.open("nile", RunKind.FULL, now())
    watch = Watch(store, PLAIN)
    once = killed(store, watch)
    assert (once.state, once.lapses, once.not_before) == (RunState.QUEUED, 1, None)
    twice = killed(store, watch)
    assert (twice.state, twice.lapses) == (RunState.QUEUED, 2)
    assert twice.not_before is not None
    assert store.runs.due(now()) == []
    last = killed(store, watch)
    assert (last.ending, last.lapses) == (Ending.FAILED, 3)
    assert last.message.startswith("3 workers in a row have died on page 1:")
    assert [event.detail["lapses"] for event in store.runs.events(run.id)] == [1, 2, 3]
    resumed = store.runs.resume(run.id, now())
    assert (resumed.state, resumed.lapses) == (RunState.QUEUED, 0)


def test_a_page_that_is_committed_forgives_the_lapses_before(sqlite_store: Store) -> None:
    add_source(sqlite_store)
    sqlite_store.runs.open("nile", RunKind.FULL, now())
    watch = Watch(sqlite_store, PLAIN)
    for pages in range(1, 6):
        run = killed(sqlite_store, watch)
        assert run.lapses == 1
        held = sqlite_store.runs.claim(run.id, "living:1:a", now())
        checkpoint = Checkpoint({"token": "t"}, pages=pages)
        sqlite_store.records.commit(PageOfChanges(held, checkpoint, Tally()), now())
        sqlite_store.runs.release(held)
    for _ in range(3):
        run = killed(sqlite_store, watch)
    assert run.message.startswith("3 workers in a row have died on page 6 (behind {'token': 't'}):")


def test_a_run_of_a_worker_that_is_not_there_any_more_is_released(sqlite_store: Store) -> None:
    add_source(sqlite_store)
    run = sqlite_store.runs.open("nile", RunKind.FULL, now(), worker="unknown:1:a")
    Watch(sqlite_store, PLAIN).release_lapsed()
    assert sqlite_store.runs.get(run.id).state is RunState.QUEUED


def test_a_worker_that_begins_while_others_look_keeps_its_run(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at the workers and the look at the runs, one may have begun."""
    add_source(sqlite_store)
    watch = Watch(sqlite_store, PLAIN)
    looked = sqlite_store.workers.beats

    def begin_meanwhile() -> dict[str, int]:
        found = looked()
        sqlite_store.workers.beat("fresh:1:a", "worker", now())
        sqlite_store.runs.open("nile", RunKind.FULL, now(), worker="fresh:1:a")
        return found

    monkeypatch.setattr(sqlite_store.workers, "beats", begin_meanwhile)
    watch.release_lapsed()
    [run] = sqlite_store.runs.running()
    assert run.worker == "fresh:1:a"


def test_signs_of_life_go_on_after_the_database_was_away(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "BEAT", 0.01)
    beat = sqlite_store.workers.beat
    calls = 0
    enough = threading.Event()

    def sometimes(*arguments: object) -> None:
        nonlocal calls
        calls += 1
        if 1 < calls < 5:
            raise StoreUnreachable("away")
        beat(*arguments)  # type: ignore[arg-type] - passed on
        if calls > 6:
            enough.set()

    monkeypatch.setattr(sqlite_store.workers, "beat", sometimes)
    name = new_worker()
    with alive(sqlite_store, name, "worker"):
        assert enough.wait(10)
        assert sqlite_store.workers.beats()[name] > 2
    assert sqlite_store.workers.beats() == {}


def test_a_database_that_is_away_is_named() -> None:
    with Store("postgresql://nobody@127.0.0.1:1/none") as store, pytest.raises(StoreUnreachable):
        store.workers.beat("a:1:a", "worker", now())
