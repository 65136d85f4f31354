"""What the fault tests share: processes of ours that can be killed, and what a store must hold after all."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from catalogue.errors import StoreUnreachable
from catalogue.run import HarvestRun, RunKind
from catalogue.settings import load_settings
from catalogue.source import Protocol, Source
from catalogue.store import Store
from catalogue.store.lists.feed import FeedQuery
from factories import now
from harvester.inline import work_now
from remote_node import FOREIGN, RemoteNode, dublin_core, iso19139

ROOT = Path(__file__).resolve().parents[1]

#: Every change of a run that PostgreSQL itself has seen, whoever made it.
_AUDIT = """
CREATE TABLE witnessed (at timestamptz, run_id bigint, host text, state text, worker text, attempt int,
                    pages int);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO witnessed VALUES (clock_timestamp(), NEW.id, NEW.host, NEW.state, NEW.worker, NEW.attempt,
                            (NEW.checkpoint->>'pages')::int);
  RETURN NULL;
END $$;
CREATE TRIGGER noted AFTER INSERT OR UPDATE ON runs FOR EACH ROW EXECUTE FUNCTION note();
"""


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


def free_port() -> int:
    """A port of loopback on which nothing listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def pid_of(worker: str) -> int:
    """The process that a worker's name tells."""
    return int(worker.split(":")[1])


def wait_for(holds: Callable[[], Any], seconds: float = 150) -> None:
    """Wait until something holds; while the database is away, nothing does."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if holds():
                return
        except StoreUnreachable:
            pass
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.05)


def fill(node: RemoteNode, count: int) -> None:
    """Records in two formats, some deleted and some that nobody can read."""
    for n in range(count):
        payload = dublin_core(f"Record {n}", subject="mercury") if n % 3 else iso19139(f"Map {n}", f"map-{n}")
        node.put((f"r{n:04}", None if n % 50 == 49 else FOREIGN if n % 50 == 48 else payload))


def register(store: Store, node: RemoteNode, source_id: str = "nile", **fields: Any) -> Source:
    """Register a node; its port is that of the node, its host may be another name for loopback."""
    host = fields.pop("host", "127.0.0.1")
    address = node.url.replace("127.0.0.1", host)
    source = Source(source_id, Protocol.OAI_PMH, address, metadata_prefix="oai_dc", **fields)
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
            for entry in store.feed.entries(FeedQuery(prefix), after=None, limit=limit)
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


def audit(store: Store) -> None:
    """Have PostgreSQL itself write down every change of a run."""
    with store.engine.begin() as connection:
        connection.exec_driver_sql(_AUDIT)


def assert_no_page_twice_and_no_host_twice(store: Store) -> None:
    """By what PostgreSQL wrote down, in the order in which it happened."""
    with store.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT run_id, host, state, worker, attempt, pages FROM witnessed ORDER BY at"
        ).all()
    assert rows
    pages: dict[int, int] = {}
    attempts: dict[int, int] = {}
    asking: dict[str, int] = {}
    for row in rows:
        before = pages.get(row.run_id, 0)
        assert row.pages in {before, before + 1}, f"run {row.run_id}: page {row.pages} behind {before}"
        assert row.attempt >= attempts.get(row.run_id, 0), f"run {row.run_id}: {row.worker} writes again"
        pages[row.run_id], attempts[row.run_id] = row.pages, row.attempt
        if row.state == "running":
            assert asking.setdefault(row.host, row.run_id) == row.run_id, f"{row.host} was asked twice"
        elif asking.get(row.host) == row.run_id:
            del asking[row.host]
