"""Two schedulers and three workers on PostgreSQL, as processes: killed, stopped, woken up, cut off."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from catalogue.run import Ending, HarvestRun
from catalogue.store import Store
from factories import assert_sound, now
from fault_lab import (
    assert_no_page_twice_and_no_host_twice,
    audit,
    content,
    environment_of,
    fill,
    free_port,
    pid_of,
    process,
    register,
    undisturbed,
    wait_for,
)
from own_postgres import OwnPostgres, own_server
from remote_node import RemoteNode, running

#: Many processes begin, on a machine that may be busy.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

RECORDS, PAGE = 200, 20
#: Six sources on four hosts: two of the hosts are asked for two sources.
SOURCES = {f"node-{n}": f"127.0.0.{2 + n % 4}" for n in range(6)}
#: Came about once in the time for which it has been set: each source is due once, and at once.
ONCE = {"schedule": "0 0 1 1 *", "scheduled_at": now() - timedelta(days=800)}

Start = Callable[[str], subprocess.Popen[bytes]]


@pytest.fixture
def node() -> Iterator[RemoteNode]:
    """One node on every address of loopback."""
    with running(RemoteNode(page_size=PAGE, address="")) as made:
        fill(made, RECORDS)
        yield made


@pytest.fixture
def own_postgres() -> Iterator[OwnPostgres]:
    """A server that the test may kill."""
    with own_server() as server:
        yield server


@pytest.fixture
def start_on(tmp_path: Path) -> Iterator[Callable[[str], Start]]:
    """A function from a database to a function that starts a process of a role on it."""
    with ExitStack() as stack:

        def on(database_url: str) -> Start:
            ours = environment_of(database_url, dead_after=8, workers=2, schedule_jitter=0, slice_seconds=2)

            def start(role: str) -> subprocess.Popen[bytes]:
                port = {"CLEARINGHOUSE_PORT": str(free_port())}
                return stack.enter_context(process(ours | port, tmp_path, "-m", "clearinghouse", role))

            return start

        yield on


def test_a_cluster_whose_processes_die_and_wake_up_again(
    postgres_url: str, start_on: Callable[[str], Start], node: RemoteNode, tmp_path: Path
) -> None:
    sources = SOURCES | {"late": "127.0.0.9"}
    expected, by_source = undisturbed(tmp_path, dict.fromkeys(sources, node))
    node.delay = 0.4
    start = start_on(postgres_url)
    with Store(postgres_url) as store:
        store.upgrade()
        audit(store)
        _let_go_of_transactions(store, seconds=6)
        for source_id, host in SOURCES.items():
            register(store, node, source_id, host=host, **ONCE)
        schedulers = [start("serve") for _ in range(2)]
        workers = [start("worker") for _ in range(3)]
        wait_for(lambda: len({run.worker for run in _running(store)}) >= 2 and _pages(store) >= 4)

        # One process of each kind is killed, and a worker stands still, both in the middle of harvests.
        stopped = _stopped_amid_a_harvest(store, workers)
        killed = _stopped_amid_a_harvest(store, [one for one in workers if one is not stopped])
        killed.kill()
        schedulers[0].kill()
        workers.append(start("worker"))
        register(store, node, "late", host="127.0.0.9", **ONCE)
        wait_for(lambda: {stopped.pid, killed.pid} <= _lapsed(store))
        assert store.runs.newest(open_only=True)
        # It finds out that it was taken for dead.
        stopped.send_signal(signal.SIGCONT)
        node.delay = 0.05
        wait_for(lambda: len(_ended(store)) == len(sources))

        survivors = [schedulers[1], *(one for one in workers if one is not killed)]
        # One that has just begun cannot be asked to end before it shows that it lives.
        begun = {one.pid for one in survivors[1:]}
        wait_for(lambda: begun <= {pid_of(worker) for worker in store.workers.beats()})
        assert _stop(survivors) == [0] * len(survivors)
        assert store.workers.beats() == {}
        _assert_as_undisturbed(store, expected, by_source)
        # By what the node itself has seen. Who wakes up may ask once before it finds out.
        assert len(node.asked_at_once) <= 1


def test_a_database_that_goes_away_under_load(
    own_postgres: OwnPostgres, start_on: Callable[[str], Start], node: RemoteNode, tmp_path: Path
) -> None:
    sources = {"node-0": "127.0.0.2", "node-1": "127.0.0.3"}
    expected, by_source = undisturbed(tmp_path, dict.fromkeys(sources, node))
    node.delay = 0.5
    start = start_on(own_postgres.url)
    with Store(own_postgres.url) as store:
        store.upgrade()
        audit(store)
        for source_id, host in sources.items():
            register(store, node, source_id, host=host, **ONCE)
        processes = [start("serve"), start("worker"), start("worker")]
        for number, pages in ((signal.SIGQUIT, 3), (signal.SIGKILL, 7)):
            wait_for(lambda: _pages(store) >= pages and _running(store))  # noqa: B023 - used at once
            noticed = _noticed(tmp_path)
            own_postgres.end(number)
            wait_for(lambda: _noticed(tmp_path) > noticed)  # noqa: B023 - used at once
            own_postgres.start()
        node.delay = 0.05
        wait_for(lambda: len(_ended(store)) == len(sources))
        assert [one.poll() for one in processes] == [None] * len(processes)
        assert _stop(processes) == [0] * len(processes)
        _assert_as_undisturbed(store, expected, by_source)
        assert node.asked_at_once == []


def _stopped_amid_a_harvest(store: Store, workers: list[subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
    """One of them, which stands still, and has not given its harvest back meanwhile."""
    found: list[subprocess.Popen[bytes]] = []

    def stands_still() -> bool:
        for one in workers:
            if any(_is(run, one) for run in _running(store)):
                one.send_signal(signal.SIGSTOP)
                time.sleep(0.5)  # what it had asked of the database is done without it
                if any(_is(run, one) for run in _running(store)):
                    found.append(one)
                    return True
                one.send_signal(signal.SIGCONT)
        return False

    wait_for(stands_still)
    return found[0]


def _let_go_of_transactions(store: Store, seconds: int) -> None:
    """Who stands still in a transaction loses it sooner than in a minute."""
    with store.engine.begin() as connection:
        name = connection.exec_driver_sql("SELECT current_database()").scalar()
        connection.exec_driver_sql(
            f"ALTER DATABASE {name} SET idle_in_transaction_session_timeout = '{seconds}s'"
        )


def _running(store: Store) -> list[HarvestRun]:
    return store.runs.running()


def _ended(store: Store) -> list[HarvestRun]:
    return [run for run in store.runs.newest() if not run.is_open]


def _pages(store: Store) -> int:
    return sum(run.checkpoint.pages for run in store.runs.newest())


def _is(run: HarvestRun, one: subprocess.Popen[bytes]) -> bool:
    return pid_of(run.worker) == one.pid


def _lapsed(store: Store) -> set[int]:
    """The processes that were taken for dead while they held a run."""
    return {
        pid_of(event.detail["worker"])
        for run in store.runs.newest()
        for event in store.runs.events(run.id)
        if event.event == "lapsed"
    }


def _noticed(folder: Path) -> int:
    """How often a worker has said that it could not show that it lives."""
    return (folder / "output").read_text().count("no sign of life could be given")


def _stop(processes: list[subprocess.Popen[bytes]]) -> list[int]:
    for one in processes:
        one.send_signal(signal.SIGTERM)
    return [one.wait(60) for one in processes]


def _assert_as_undisturbed(store: Store, expected: Any, by_source: dict[str, HarvestRun]) -> None:
    """One run for each due time, each with the result of a harvest that nobody disturbed."""
    assert_sound(store)
    runs = {run.source_id: run for run in store.runs.newest()}
    assert len(store.runs.newest()) == len(runs) == len(by_source)
    for source_id, before in by_source.items():
        run = runs[source_id]
        assert (run.requested_by, run.ending) == ("schedule", Ending.COMPLETE_WITH_FAULTS), run.message
        assert run.tally == before.tally
        assert run.checkpoint.pages == before.checkpoint.pages
    assert content(store) == expected
    assert_no_page_twice_and_no_host_twice(store)
