"""A soak: many simulated nodes that misbehave at random, harvested by one process until each has ended.

    python benchmarks/soak.py [--nodes 300] [--records 2000] [--workers 4] [--seed 1] [--database URL]
                              [--mischief SECONDS] [--processes 2]

Ends with 0 if every node is accounted for: each run has ended, its tally adds up, and of a list that was read
to its end each record that the node holds is in the store, or is named by a fault. Each node has an address
of its own, so that `--workers` of them are asked at once.

With `--mischief`, a worker is killed or stands still every so many seconds, at random moments by the seed.
More than one process need PostgreSQL.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from catalogue.run import HarvestRun, RunKind
from catalogue.source import Protocol, Source
from catalogue.store import Store
from clearinghouse.simulator.nodes import SimulatedNode, Simulator, drawn
from clearinghouse.simulator.registry import switches

sys.path.insert(0, str(Path(__file__).parent))
from mischief import Mischief

#: Nodes share what they hold with every so many-eth other: copies that deduplication finds.
HOLDINGS = 30
ROOT = Path(__file__).resolve().parents[1]


def simulator(nodes: int, records: int, seed: int) -> tuple[Simulator, list[tuple[str, str]]]:
    """The nodes, as (address, how it misbehaves): each on an address of its own in 127.0.0.0/8."""
    made = Simulator(host="0.0.0.0")  # noqa: S104 - every address of loopback, for as long as this lasts
    for number in range(nodes):
        held = {"count": records, "seed": seed + number % HOLDINGS}
        made.add(f"n{number}", *drawn(number, seed), slowness=6.0, **held)
    made.start()
    port = made.base_url.rpartition(":")[2]
    return made, [
        (f"http://127.0.{1 + number // 250}.{1 + number % 250}:{port}{node.path}", " ".join(node.faults))
        for number, node in enumerate(made.nodes.values())
    ]


def register(store: Store, nodes: list[tuple[str, str]]) -> dict[str, str]:
    """Register each node, and open a run for it."""
    behaviour = {}
    for number, (address, faults) in enumerate(nodes):
        source_id = f"soak-{number}"
        behaviour[source_id] = faults
        source = Source(source_id, Protocol.OAI_PMH, address, metadata_prefix="oai_dc")
        store.sources.add(source, datetime.now(UTC))
        store.runs.open(source_id, RunKind.FULL, datetime.now(UTC), requested_by="soak")
    return behaviour


def unaccounted(store: Store, runs: dict[str, HarvestRun], nodes: list[SimulatedNode]) -> list[str]:
    """What is not as it must be, in words."""
    found = []
    for number, node in enumerate(nodes):
        source_id = f"soak-{number}"
        run = runs[source_id]
        if run.ending is None or not run.tally.balanced:
            found.append(f"{source_id}: run {run.id} is {run.state}, {run.tally}")
        kept = {row.source_identifier for row in store.records.of_source(source_id, limit=1_000_000)}
        alive = living(node)
        if strange := kept - alive:
            found.append(f"{source_id}: {len(strange)} records that the node does not hold")
        told = {fault.source_identifier for fault in store.runs.faults(run.id, limit=1_000_000)}
        missing = alive - kept - told
        if missing and run.ending in {"complete", "complete-with-faults"} and not run.checkpoint.ask_again:
            found.append(f"{source_id}: {len(missing)} records are missing, and nothing says so")
    return found


def living(node: SimulatedNode) -> set[str]:
    """The identifiers of what a node lists as not deleted."""
    on = {one.fault.name: one for one in switches(node.faults, node.holding.seed)}
    listed = {entry.id for entry in node.holding.listed() if not entry.deleted}
    if "many-deletions" in on:
        listed = {name for name in listed if not on["many-deletions"].marks(name)}
    if {"listed-late", "future-datestamps"} <= on.keys():
        # What is of the year 2099 is not a day old.
        both = (on["listed-late"], on["future-datestamps"])
        listed = {name for name in listed if not all(switch.marks(name) for switch in both)}
    return listed


def soak(store: Store, url: str, wanted: argparse.Namespace) -> tuple[float, Counter[str]]:
    """Let workers work until every run has ended; returns the seconds, and what befell the workers."""
    environment = os.environ | {
        "CLEARINGHOUSE_DATABASE_URL": url,
        "CLEARINGHOUSE_ALLOWED_NETWORKS": "127.0.0.0/8",
        "CLEARINGHOUSE_WORKERS": str(wanted.workers),
        "CLEARINGHOUSE_RUN_RETRIES": "1",
        # As often as a client needs to see that it is the page that fails: then it asks in another way.
        "CLEARINGHOUSE_PAGE_RETRIES": "2",
        "CLEARINGHOUSE_READ_TIMEOUT": "5",
        "PYTHONPATH": str(ROOT),
    }
    if wanted.mischief:
        environment |= {"CLEARINGHOUSE_CRASH_LIMIT": "100", "CLEARINGHOUSE_DEAD_AFTER": "20"}
    command = [sys.executable, "-m", "clearinghouse", "worker"]

    def start(_place: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)

    mischief = Mischief(start, wanted.processes, longest=30.0)
    began = time.monotonic()
    mischief.begin()
    try:
        with (
            mischief.at_random(wanted.seed, wanted.mischief) if wanted.mischief else contextlib.nullcontext()
        ):
            while store.runs.newest(open_only=True, limit=1) and time.monotonic() - began < wanted.patience:
                time.sleep(1)
    finally:
        mischief.end()
    return time.monotonic() - began, Counter(mischief.done)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=300)
    parser.add_argument("--records", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", default="")
    parser.add_argument("--patience", type=float, default=4 * 3600)
    parser.add_argument("--mischief", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--processes", type=int, default=1)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = wanted.database or f"sqlite:///{folder}/soak.sqlite"
        made, nodes = simulator(wanted.nodes, wanted.records, wanted.seed)
        try:
            with Store(url) as store:
                store.upgrade()
                behaviour = register(store, nodes)
                seconds, befallen = soak(store, url, wanted)
                runs = {run.source_id: run for run in store.runs.newest(limit=10_000)}
                wrong = unaccounted(store, runs, list(made.nodes.values()))
        finally:
            made.stop()
    listed = sum(run.tally.listed for run in runs.values())
    endings = Counter(str(run.ending or run.state) for run in runs.values())
    print(f"{len(runs)} nodes, {listed} records listed in {seconds:.0f} s; endings: {dict(endings)}")
    print(f"workers were struck so often: {dict(befallen)}")
    for source_id, run in runs.items():
        if run.ending in {"failed", None}:
            print(f"  {source_id} ({behaviour[source_id]}): {run.ending or run.state}: {run.message[:200]}")
    for line in wrong:
        print(f"  NOT ACCOUNTED FOR: {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
