"""Kill -9 in the middle of a harvest, again and again: the store ends as if nothing had happened."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from catalogue.run import Ending, HarvestRun, RunKind
from catalogue.sets import source_set
from catalogue.source import Protocol, Source
from catalogue.store import Store
from catalogue.store.holdings.payloads import digest
from catalogue.store.lists.feed import FeedQuery
from catalogue.store.queries.packed import pairs_of
from factories import assert_sound, now
from remote_node import FOREIGN, RemoteNode, dublin_core, iso19139, running

ROOT = Path(__file__).resolve().parents[2]
RECORDS, PAGE = 600, 20
PAGES = RECORDS // PAGE

pytestmark = pytest.mark.slow


@pytest.fixture
def remote() -> Iterator[RemoteNode]:
    """A node of 600 records in 30 pages, in two formats, some deleted and some that nobody can read."""
    node = RemoteNode(page_size=PAGE)
    for n in range(RECORDS):
        payload = dublin_core(f"Record {n}", subject="mercury") if n % 3 else iso19139(f"Map {n}", f"map-{n}")
        node.put((f"r{n:04}", None if n % 50 == 49 else FOREIGN if n % 50 == 48 else payload))
    with running(node):
        yield node


@pytest.fixture
def environment(store: Store) -> dict[str, str]:
    """The settings of the processes that are killed."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("CLEARINGHOUSE_")}
    return ours | {
        "CLEARINGHOUSE_DATABASE_URL": store.engine.url.render_as_string(hide_password=False),
        "CLEARINGHOUSE_ALLOWED_NETWORKS": "127.0.0.0/8",
        "PYTHONPATH": str(ROOT),
    }


@contextmanager
def process(environment: dict[str, str], folder: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A clearinghouse in a process of its own, which does not outlive the test."""
    with (
        (folder / "output").open("ab") as output,
        subprocess.Popen(
            [sys.executable, "-m", "clearinghouse", *arguments],
            env=environment,
            cwd=folder,
            stdout=output,
            stderr=output,
        ) as started,
    ):
        try:
            yield started
        finally:
            if started.poll() is None:
                started.kill()


def wait_for(holds: Callable[[], Any], seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def register(store: Store, node: RemoteNode) -> None:
    source = Source("nile", Protocol.OAI_PMH, node.url, metadata_prefix="oai_dc")
    store.sources.add(source, now())


def content(store: Store) -> dict[str, Any]:
    """Everything that the catalogue holds, datestamps apart."""
    lists = {
        prefix: {
            entry.identifier: (
                entry.source_identifier,
                bool(entry.deleted),
                bytes(entry.body or b""),
                entry.set_specs,
            )
            for entry in store.feed.entries(FeedQuery(prefix), after=None, limit=RECORDS + 1)
        }
        for prefix in ("oai_dc", "iso19139")
    }
    rows = store.records.of_source("nile", limit=RECORDS + 1)
    with store.engine.connect() as connection:
        values = connection.exec_driver_sql(
            "SELECT r.identifier, v.short, v.running FROM record_queryables v "
            "JOIN records r ON r.id = v.record_id"
        ).all()
        payloads = connection.exec_driver_sql("SELECT count(*) FROM payloads").scalar()
    return {
        "lists": lists,
        "records": {
            row.identifier: (bytes(row.payload_digest), row.title, row.file_identifier) for row in rows
        },
        "values": sorted((row[0], sorted(pairs_of(row[1], row[2]))) for row in values),
        "payloads": payloads,
        "members": store.sets.members(source_set("nile")),
    }


@pytest.fixture
def undisturbed(remote: RemoteNode, tmp_path: Path) -> dict[str, Any]:
    """What a harvest that nobody disturbs leaves in a store, and its run."""
    from catalogue.settings import load_settings
    from harvester.inline import work_now

    with Store(f"sqlite:///{tmp_path}/undisturbed.sqlite") as store:
        store.upgrade()
        register(store, remote)
        settings = load_settings(allowed_networks=("127.0.0.0/8",))
        run = work_now(store, settings, "nile", RunKind.FULL)
        remote.asked.clear()
        return {"content": content(store), "run": run, "faults": store.runs.faults(run.id)}


def assert_as_undisturbed(store: Store, run: HarvestRun, undisturbed: dict[str, Any]) -> None:
    assert run.ending is Ending.COMPLETE_WITH_FAULTS
    assert run.tally == undisturbed["run"].tally
    assert run.tally.listed == RECORDS
    assert run.checkpoint.pages == PAGES
    assert store.runs.faults(run.id) == undisturbed["faults"]
    assert store.payloads.get([digest(FOREIGN)]) == {digest(FOREIGN): FOREIGN}
    assert_sound(store)
    found = content(store)
    for part, expected in undisturbed["content"].items():
        assert found[part] == expected, part


def test_a_harvest_that_is_killed_again_and_again(
    store: Store, remote: RemoteNode, environment: dict[str, str], undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    chance = random.Random(20261103)
    register(store, remote)
    remote.delay = 0.02
    kills = 0
    for pages in (3, 8, 9):
        before = len(remote.listings)
        with process(environment, tmp_path, "harvest", "nile") as started:
            wait_for(lambda: len(remote.listings) >= before + pages)  # noqa: B023 - used at once
            time.sleep(chance.uniform(0, 0.06))
            started.kill()
            assert started.wait() == -signal.SIGKILL
            kills += 1
        [run] = store.runs.newest()
        assert run.is_open
        assert 0 < run.checkpoint.pages < PAGES
        assert run.tally.listed == run.checkpoint.pages * PAGE
    remote.delay = 0
    with process(environment, tmp_path, "harvest", "nile") as started:
        assert started.wait(60) == 0
    [run] = store.runs.newest()
    assert_as_undisturbed(store, run, undisturbed)
    asked = remote.pages_asked()
    assert len(asked) == PAGES
    assert max(asked.values()) <= 1 + kills
    assert sum(asked.values()) <= PAGES + kills
    assert [event.event for event in store.runs.events(run.id)] == ["lapsed"] * kills


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_a_server_that_is_killed_goes_on_by_itself(
    store: Store, remote: RemoteNode, environment: dict[str, str], undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    register(store, remote)
    remote.delay = 0.02
    port = free_port()
    environment |= {"CLEARINGHOUSE_PORT": str(port)}
    run = store.runs.open("nile", RunKind.FULL, now())
    with process(environment, tmp_path, "up") as started:
        wait_for(lambda: len(remote.listings) >= 10)
        started.kill()
        started.wait()
    left = store.runs.get(run.id)
    assert left.is_open
    assert 0 < left.checkpoint.pages < PAGES
    remote.delay = 0
    with process(environment, tmp_path, "up") as started:
        wait_for(lambda: not store.runs.get(run.id).is_open)
        identify = requests.get(f"http://127.0.0.1:{port}/oai", {"verb": "Identify"}, timeout=10)
        assert b"<protocolVersion>2.0</protocolVersion>" in identify.content
        started.send_signal(signal.SIGTERM)
        assert started.wait(30) == 0
    assert_as_undisturbed(store, store.runs.get(run.id), undisturbed)
    asked = remote.pages_asked()
    assert len(asked) == PAGES
    assert sum(asked.values()) <= PAGES + 1
    assert store.workers.beats() == {}


def test_a_server_that_is_told_to_stop_gives_its_run_back(
    sqlite_url: str, remote: RemoteNode, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    environment = os.environ | {
        "CLEARINGHOUSE_DATABASE_URL": sqlite_url,
        "CLEARINGHOUSE_ALLOWED_NETWORKS": "127.0.0.0/8",
        "CLEARINGHOUSE_PORT": str(free_port()),
        "PYTHONPATH": str(ROOT),
    }
    remote.delay = 0.05
    with Store(sqlite_url) as store:
        store.upgrade()
        register(store, remote)
        run = store.runs.open("nile", RunKind.FULL, now())
        with process(environment, tmp_path, "up") as started:
            wait_for(lambda: len(remote.listings) >= 5)
            started.send_signal(signal.SIGINT)
            assert started.wait(30) == 0
        left = store.runs.get(run.id)
        assert (left.state, left.worker) == ("queued", "")
        assert left.checkpoint.pages >= 4
        remote.delay = 0
        with process(environment, tmp_path, "harvest", "nile") as started:
            assert started.wait(60) == 0
        assert store.runs.get(run.id).tally.listed == RECORDS
    assert set(remote.pages_asked().values()) == {1}
