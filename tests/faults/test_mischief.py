"""Misfortunes at random moments, by a seed: after all of them everything is as if nothing had happened.

FAULT_SEED draws others, FAULT_STRIKES more of them, and with a web process among those that are struck; with
hundreds of nodes it is `benchmarks/soak.py --mischief`.
"""

from __future__ import annotations

import itertools
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from benchmarks.mischief import Mischief, Strike, strikes
from catalogue.run import Ending, HarvestRun, RunKind
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

SEED = int(os.environ.get("FAULT_SEED", "5"))
STRIKES = int(os.environ.get("FAULT_STRIKES", "3"))
RECORDS, PAGE = 30 * STRIKES, 10
ROLES = ["worker", "worker"] + ["serve"] * (STRIKES > 4)
SOURCES = {"node-0": "127.0.0.2", "node-1": "127.0.0.3"}


@pytest.fixture
def node() -> Iterator[RemoteNode]:
    with running(RemoteNode(page_size=PAGE, address="")) as made:
        fill(made, RECORDS)
        yield made


@pytest.fixture
def own_postgres() -> Iterator[OwnPostgres]:
    with own_server() as server:
        yield server


def test_the_same_seed_draws_the_same_misfortunes() -> None:
    def drawn(seed: int) -> list[Strike]:
        return list(itertools.islice(strikes(seed, 5.0, ("database",)), 200))

    assert drawn(SEED) == drawn(SEED) != drawn(SEED + 1)
    assert {one.what for one in drawn(SEED)} == {"kill", "stop", "database"}


def test_a_node_notices_that_it_is_asked_at_once_and_who_is_gone(node: RemoteNode) -> None:
    node.delay = 0.3
    url = f"{node.url}?verb=ListRecords&metadataPrefix=oai_dc"
    asker = threading.Thread(target=requests.get, args=(url,), kwargs={"timeout": 10})
    asker.start()
    wait_for(lambda: node.in_hand)
    requests.get(url, timeout=10)
    asker.join()
    assert node.asked_at_once == [f"127.0.0.1:{node.port}"]
    with socket.create_connection(("127.0.0.1", node.port)) as killed:
        killed.sendall(f"GET {url} HTTP/1.1\r\nHost: 127.0.0.1:{node.port}\r\n\r\n".encode())
        wait_for(lambda: node.in_hand)
    requests.get(url, timeout=10)
    assert len(node.asked_at_once) == 1


@pytest.mark.slow
@pytest.mark.timeout(300 + 60 * STRIKES)
def test_misfortunes_at_random_moments(own_postgres: OwnPostgres, node: RemoteNode, tmp_path: Path) -> None:
    expected, by_source = undisturbed(tmp_path, dict.fromkeys(SOURCES, node))
    node.delay = 0.5
    environment = environment_of(own_postgres.url, dead_after=4, workers=2, slice_seconds=2, crash_limit=1000)

    def database() -> None:
        own_postgres.end(signal.SIGQUIT)
        own_postgres.start()

    with Store(own_postgres.url) as store, ExitStack() as stack:
        store.upgrade()
        audit(store)
        for source_id, host in SOURCES.items():
            register(store, node, source_id, host=host)
            store.runs.open(source_id, RunKind.FULL, now())

        def start(place: int) -> subprocess.Popen[bytes]:
            ours = environment | {"CLEARINGHOUSE_PORT": str(free_port())}
            return stack.enter_context(process(ours, tmp_path, "-m", "clearinghouse", ROLES[place]))

        mischief = Mischief(start, len(ROLES), longest=6.0, others={"database": database})
        mischief.begin()
        wait_for(lambda: sum(run.checkpoint.pages for run in store.runs.newest()))
        with mischief.at_random(SEED, every=1.0):
            wait_for(lambda: len(mischief.done) >= STRIKES, seconds=150 + 30 * STRIKES)
        node.delay = 0.02
        wait_for(lambda: mischief.mend() and not store.runs.newest(open_only=True))
        # One that has just begun cannot be asked to end before it shows that it lives.
        workers = {one.pid for one, role in zip(mischief.running, ROLES, strict=True) if role == "worker"}
        wait_for(lambda: workers <= {pid_of(worker) for worker in store.workers.beats()})
        assert mischief.end() == [0] * len(ROLES)
        _assert_as_undisturbed(store, by_source)
        assert content(store) == expected
        assert_no_page_twice_and_no_host_twice(store)
        # By what the node itself has seen. Who wakes up may ask once before it finds out.
        assert len(node.asked_at_once) <= mischief.done.count("stop")


def _assert_as_undisturbed(store: Store, by_source: dict[str, HarvestRun]) -> None:
    assert_sound(store)
    runs = {run.source_id: run for run in store.runs.newest()}
    assert len(store.runs.newest()) == len(runs) == len(by_source)
    for source_id, before in by_source.items():
        run = runs[source_id]
        assert (run.ending, run.tally) == (Ending.COMPLETE_WITH_FAULTS, before.tally), run.message
        assert run.checkpoint.pages == before.checkpoint.pages
