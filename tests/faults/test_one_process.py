"""One process and its database: a page that kills, a disk that is full, a clock that jumps."""

from __future__ import annotations

import signal
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import time_machine

from catalogue.run import Ending, RunKind, RunState
from catalogue.settings import load_settings
from catalogue.store import Store
from factories import now
from fault_lab import ROOT, content, environment_of, fill, process, register, undisturbed, wait_for
from harvester.inline import work_now
from harvester.schedule import Schedule
from remote_node import RemoteNode, dublin_core, running, then
from small_disk import small_disk

RECORDS, PAGE = 300, 20
LENIENT = load_settings(allowed_networks=("127.0.0.0/8",), schedule_jitter=0)


@pytest.fixture
def node() -> Any:
    """A node of 300 records in 15 pages."""
    with running(RemoteNode(page_size=PAGE)) as made:
        fill(made, RECORDS)
        yield made


@pytest.mark.slow
def test_a_page_that_kills_its_worker_is_named_in_the_end(
    sqlite_store: Store, sqlite_url: str, node: RemoteNode, tmp_path: Path
) -> None:
    node.put(("poison", dublin_core("Poison")), at="2026-02-01T00:00:00Z")  # on the last page
    register(sqlite_store, node)
    run = sqlite_store.runs.open("nile", RunKind.FULL, now())
    environment = environment_of(sqlite_url, crash_limit=2)
    poisoned = str(ROOT / "tests/faults/poisoned.py")
    for _ in range(2):
        with process(environment, tmp_path, poisoned, "worker") as started:
            assert started.wait(60) == -signal.SIGKILL
        left = sqlite_store.runs.get(run.id)
        assert (left.state, left.checkpoint.pages) == (RunState.RUNNING, RECORDS // PAGE)
    # The first worker wrote its requests down with the pages, the second what it was about to look at.
    told = sqlite_store.exchanges.of(run.id)
    assert told[0].url.endswith("?verb=Identify")
    assert b"<dc:title>Poison</dc:title>" in (told[-1].answer or b"")
    with process(environment, tmp_path, poisoned, "worker") as started:
        wait_for(lambda: not sqlite_store.runs.get(run.id).is_open)
        started.send_signal(signal.SIGTERM)
        assert started.wait(40) == 0
    ended = sqlite_store.runs.get(run.id)
    assert ended.ending is Ending.FAILED
    assert ended.message.startswith("2 workers in a row have died on page 16 (behind {")
    assert ended.tally.listed == RECORDS


#: Runs the command line where no file may grow beyond so many bytes: what a full disk does to SQLite.
_SMALL_DISK = """
import resource, sys
from clearinghouse.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)), resource.RLIM_INFINITY))
main()
"""


@pytest.mark.slow
def test_a_disk_that_is_full_costs_the_page_in_hand(
    sqlite_store: Store, sqlite_url: str, node: RemoteNode, tmp_path: Path
) -> None:
    expected, by_source = undisturbed(tmp_path, {"nile": node})
    register(sqlite_store, node)
    file = Path(sqlite_store.engine.url.database or "")
    room = file.stat().st_size + 3_000_000
    environment = environment_of(sqlite_url)
    with process(environment, tmp_path, "-c", _SMALL_DISK, str(room), "harvest", "nile") as started:
        assert started.wait(60) == 2
    said = (tmp_path / "output").read_text()
    assert "clearinghouse: the disk is full" in said
    assert "Traceback" not in said
    [left] = sqlite_store.runs.newest()
    assert left.is_open
    assert 0 < left.checkpoint.pages < RECORDS // PAGE
    assert left.tally.listed == left.checkpoint.pages * PAGE
    with sqlite_store.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    run = work_now(sqlite_store, LENIENT, "nile", RunKind.FULL)
    assert (run.id, run.tally) == (left.id, by_source["nile"].tally)
    assert content(sqlite_store) == expected
    assert max(node.pages_asked().values()) <= 2


@pytest.mark.slow
def test_a_disk_of_postgresql_that_is_full_costs_the_page_in_hand(node: RemoteNode, tmp_path: Path) -> None:
    expected, by_source = undisturbed(tmp_path, {"nile": node})
    with small_disk(96_000_000) as disk, Store(url := disk.database()) as store:
        store.upgrade()
        register(store, node)
        disk.fill(leaving=700_000)
        with process(environment_of(url), tmp_path, "-m", "clearinghouse", "harvest", "nile") as started:
            assert started.wait(60) == 2
        said = (tmp_path / "output").read_text()
        assert "clearinghouse: the disk is full" in said
        assert "Traceback" not in said
        [left] = store.runs.newest()
        assert left.is_open
        assert left.tally.listed == left.checkpoint.pages * PAGE < RECORDS
        disk.make_room()
        run = work_now(store, LENIENT, "nile", RunKind.FULL)
        assert (run.id, run.tally) == (left.id, by_source["nile"].tally)
        assert content(store) == expected
    assert max(node.pages_asked().values()) <= 2


def test_a_clock_that_jumps_under_a_harvest(store: Store, node: RemoteNode, tmp_path: Path) -> None:
    expected, by_source = undisturbed(tmp_path, {"nile": node})
    register(store, node)
    with time_machine.travel(now(), tick=True) as traveller:
        for request, jump in ((5, 86_400), (8, -3 * 86_400), (11, 7_200), (13, -1)):
            node.mishaps[request] = then(lambda jump=jump: traveller.shift(jump))
        run = work_now(store, LENIENT, "nile", RunKind.FULL)
    assert (run.ending, run.tally) == (Ending.COMPLETE_WITH_FAULTS, by_source["nile"].tally)
    assert content(store) == expected
    assert set(node.pages_asked().values()) == {1}
    with store.engine.connect() as connection:
        stamps = connection.exec_driver_sql(
            "SELECT datestamp FROM renditions WHERE prefix = 'oai_dc' ORDER BY record_id"
        ).scalars()
        assert all(earlier <= later for earlier, later in pairwise(stamps))


def test_a_clock_that_is_set_back_fires_nothing_again(sqlite_store: Store, node: RemoteNode) -> None:
    register(sqlite_store, node, schedule="0 * * * *", scheduled_at=now() - timedelta(days=9))
    schedule = Schedule(sqlite_store, LENIENT)
    with time_machine.travel(now(), tick=False) as traveller:
        schedule.fire("nile")
        [first] = sqlite_store.runs.newest()
        sqlite_store.runs.cancel(first.id, now())
        # What is due more than a day ahead does not count: together these are less.
        for jump in (-7_200, 3_600, 1_800, -80_000):
            traveller.shift(jump)
            schedule.fire("nile")
        assert sqlite_store.runs.newest() == [sqlite_store.runs.get(first.id)]
        traveller.shift(9 * 86_400)
        schedule.fire("nile")
        schedule.fire("nile")
        assert len(sqlite_store.runs.newest()) == 2
