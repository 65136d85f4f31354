"""A soak: many simulated nodes that misbehave at random, harvested by one process until each has ended.

    python benchmarks/soak.py [--nodes 300] [--records 2000] [--workers 4] [--seed 1] [--database URL]

Ends with 0 if every node is accounted for: each run has ended, its tally adds up, and no more is in the store
than it took. Each node has an address of its own, so that `--workers` of them are asked at once.
"""

from __future__ import annotations

import argparse
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
from clearinghouse.simulator.nodes import Simulator, drawn

ROOT = Path(__file__).resolve().parents[1]


def simulator(nodes: int, records: int, seed: int) -> tuple[Simulator, list[tuple[str, str]]]:
    """The nodes, as (address, how it misbehaves): each on an address of its own in 127.0.0.0/8."""
    made = Simulator(host="0.0.0.0")  # noqa: S104 - every address of loopback, for as long as this lasts
    for number in range(nodes):
        made.add(f"n{number}", *drawn(number, seed), slowness=6.0, count=records, seed=seed)
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


def unaccounted(store: Store, runs: dict[str, HarvestRun]) -> list[str]:
    """What is not as it must be, in words."""
    counts = store.sets.source_counts()
    found = []
    for source_id, run in runs.items():
        if run.ending is None or not run.tally.balanced:
            found.append(f"{source_id}: run {run.id} is {run.state}, {run.tally}")
        kept = counts[source_id].members if source_id in counts else 0
        if kept > run.tally.new:
            found.append(f"{source_id}: {kept} records of {run.tally.new} that were taken")
    return found


def soak(store: Store, url: str, workers: int, patience: float) -> float:
    """Let a worker work until every run has ended; returns the seconds."""
    environment = os.environ | {
        "CLEARINGHOUSE_DATABASE_URL": url,
        "CLEARINGHOUSE_ALLOWED_NETWORKS": "127.0.0.0/8",
        "CLEARINGHOUSE_WORKERS": str(workers),
        "CLEARINGHOUSE_RUN_RETRIES": "0",
        "CLEARINGHOUSE_PAGE_RETRIES": "1",
        "CLEARINGHOUSE_READ_TIMEOUT": "5",
        "PYTHONPATH": str(ROOT),
    }
    began = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "clearinghouse", "worker"], env=environment, stderr=subprocess.DEVNULL
    ) as process:
        try:
            while store.runs.newest(open_only=True, limit=1) and time.monotonic() - began < patience:
                time.sleep(1)
        finally:
            process.terminate()
            process.wait(60)
    return time.monotonic() - began


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=300)
    parser.add_argument("--records", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", default="")
    parser.add_argument("--patience", type=float, default=4 * 3600)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = wanted.database or f"sqlite:///{folder}/soak.sqlite"
        made, nodes = simulator(wanted.nodes, wanted.records, wanted.seed)
        try:
            with Store(url) as store:
                store.upgrade()
                behaviour = register(store, nodes)
                seconds = soak(store, url, wanted.workers, wanted.patience)
                runs = {run.source_id: run for run in store.runs.newest(limit=10_000)}
                wrong = unaccounted(store, runs)
        finally:
            made.stop()
    listed = sum(run.tally.listed for run in runs.values())
    endings = Counter(str(run.ending or run.state) for run in runs.values())
    print(f"{len(runs)} nodes, {listed} records listed in {seconds:.0f} s; endings: {dict(endings)}")
    for source_id, run in runs.items():
        if run.ending in {"failed", None}:
            print(f"  {source_id} ({behaviour[source_id]}): {run.ending or run.state}: {run.message}")
    for line in wrong:
        print(f"  NOT ACCOUNTED FOR: {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
