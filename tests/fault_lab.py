"""What the fault tests share: processes of ours that can be killed, and what a store must hold after all."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from catalogue.run import HarvestRun, RunKind
from catalogue.settings import load_settings
from catalogue.source import Protocol, Source
from catalogue.store import Store
from catalogue.store.feed import FeedQuery
from factories import now
from harvester.inline import work_now
from remote_node import FOREIGN, RemoteNode, dublin_core, iso19139

ROOT = Path(__file__).resolve().parents[1]


def environment_of(database_url: str, **settings: object) -> dict[str, str]:
    """The environment of processes that work on a database, and may harvest loopback."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("CLEARINGHOUSE_")}
    wanted = {"database_url": database_url, "allowed_networks": "127.0.0.0/8", **settings}
    named = {f"CLEARINGHOUSE_{name.upper()}": str(value) for name, value in wanted.items()}
    return ours | named | {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"}


@contextmanager
def process(environment: dict[str, str], folder: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Python of ours in a process of its own, which does not outlive the test."""
    with (
        (folder / "output").open("ab") as output,
        subprocess.Popen(
            [sys.executable, *arguments], env=environment, cwd=folder, stdout=output, stderr=output
        ) as started,
    ):
        try:
            yield started
        finally:
            if started.poll() is None:
                started.kill()


def wait_for(holds: Callable[[], Any], seconds: float = 60) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.05)


def fill(node: RemoteNode, count: int) -> None:
    """Records in two formats, some deleted and some that nobody can read."""
    for n in range(count):
        payload = dublin_core(f"Record {n}", subject="mercury") if n % 3 else iso19139(f"Map {n}", f"map-{n}")
        node.put((f"r{n:04}", None if n % 50 == 49 else FOREIGN if n % 50 == 48 else payload))


def register(store: Store, node: RemoteNode, source_id: str = "nile", **fields: Any) -> Source:
    """Register a node."""
    source = Source(source_id, Protocol.OAI_PMH, node.url, metadata_prefix="oai_dc", **fields)
    store.sources.add(source, now())
    return source


def content(store: Store, limit: int = 100_000) -> dict[str, Any]:
    """Everything that the feed tells, datestamps apart."""
    return {
        prefix: {
            entry.identifier: (
                entry.source_identifier,
                bool(entry.deleted),
                bytes(entry.body or b""),
                sorted(entry.set_specs),
            )
            for entry in store.feed.page(FeedQuery(prefix), after=None, limit=limit)
        }
        for prefix in ("oai_dc", "iso19139")
    }


def undisturbed(folder: Path, nodes: dict[str, RemoteNode]) -> tuple[dict[str, Any], dict[str, HarvestRun]]:
    """What harvests that nobody disturbs leave in a store, and their runs by source."""
    settings = load_settings(allowed_networks=("127.0.0.0/8",))
    runs = {}
    with Store(f"sqlite:///{folder}/undisturbed.sqlite") as store:
        store.upgrade()
        for source_id, node in nodes.items():
            register(store, node, source_id)
            runs[source_id] = work_now(store, settings, source_id, RunKind.FULL)
            node.asked.clear()
        return content(store), runs
