"""How fast records come in: a whole harvest, every stage included, beside the bare limit.

    python benchmarks/harvest.py [--records 100000] [--format oai_dc|iso19139] [--database URL]

A process of its own serves a generated OAI-PMH list in pages of 100 as static bytes. Measured in this
process, in CPU seconds (user and system, all threads) and peak memory:

- the bare limit: fetch with urllib3, one hardened parse, headers, payloads, one upsert into SQLite;
- the first harvest into an empty store;
- the same list again, unchanged.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import urllib3
from lxml import etree

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.pages import NODE  # noqa: E402 - after the path is set
from catalogue.run import RunKind  # noqa: E402
from catalogue.settings import load_settings  # noqa: E402
from catalogue.source import Protocol, Source  # noqa: E402
from catalogue.store import Store  # noqa: E402
from harvester.inline import work_now  # noqa: E402
from harvester.slices import utc_now  # noqa: E402

OAI = "{http://www.openarchives.org/OAI/2.0/}"


def cpu() -> float:
    """CPU seconds of this process so far."""
    times = os.times()
    return times.user + times.system


def measured(label: str, work: Callable[[], object], records: int, results: list[dict[str, object]]) -> None:
    """Run `work` and note what it cost."""
    before, began = cpu(), time.monotonic()
    work()
    spent = cpu() - before
    row = {
        "what": label,
        "cpu_seconds": round(spent, 2),
        "wall_seconds": round(time.monotonic() - began, 2),
        "records_per_cpu_second": round(records / spent),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    results.append(row)
    print(json.dumps(row), flush=True)


def bare(base_url: str, folder: Path, prefix: str) -> None:
    """Fetch, parse, insert: what nobody can go below in Python."""
    database = sqlite3.connect(folder / "bare.sqlite")
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")
    database.execute(
        "CREATE TABLE records (id INTEGER PRIMARY KEY, identifier TEXT UNIQUE, datestamp TEXT, body BLOB)"
    )
    http = urllib3.PoolManager()
    query = f"verb=ListRecords&metadataPrefix={prefix}"
    while query:
        page = http.request("GET", f"{base_url}?{query}").data
        root = etree.fromstring(page, etree.XMLParser(resolve_entities=False, no_network=True))
        rows = []
        for record in root.find(f"{OAI}ListRecords").iterfind(f"{OAI}record"):
            header, metadata = record[0], record[1]
            rows.append((header[0].text, header[1].text, etree.tostring(metadata[0], with_tail=False)))
        database.executemany(
            "INSERT INTO records (identifier, datestamp, body) VALUES (?, ?, ?)"
            " ON CONFLICT (identifier) DO UPDATE SET datestamp = excluded.datestamp, body = excluded.body",
            rows,
        )
        database.commit()
        token = root.find(f"{OAI}ListRecords/{OAI}resumptionToken")
        query = f"verb=ListRecords&resumptionToken={token.text}" if token is not None and token.text else ""
    database.close()


def main() -> None:
    """Measure."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--records", type=int, default=100_000)
    arguments.add_argument("--format", default="oai_dc", choices=["oai_dc", "iso19139"])
    arguments.add_argument("--database", default="")
    arguments.add_argument("--profile", action="store_true", help="Profile the first harvest.")
    options = arguments.parse_args()
    results: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        node = subprocess.Popen(
            [sys.executable, "-c", NODE, str(options.records), options.format],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            port = node.stdout.readline().strip() if node.stdout else ""
            base_url = f"http://127.0.0.1:{port}/oai"
            measure(base_url, folder, options, results)
        finally:
            node.kill()


def measure(
    base_url: str, folder: Path, options: argparse.Namespace, results: list[dict[str, object]]
) -> None:
    """The three measurements."""
    count = options.records
    measured(
        "bare limit: fetch, parse, insert", lambda: bare(base_url, folder, options.format), count, results
    )
    settings = load_settings(
        database_url=options.database or f"sqlite:///{folder}/store.sqlite",
        allowed_networks=("127.0.0.0/8",),
        slice_seconds=3600,
    )
    with Store(settings.database_url) as store:
        store.upgrade()
        store.sources.add(
            Source("bench", Protocol.OAI_PMH, base_url, metadata_prefix=options.format), utc_now()
        )

        def harvest() -> None:
            run = work_now(store, settings, "bench", RunKind.FULL)
            if run.ending is None or run.tally.listed != count or run.tally.faulty:
                raise SystemExit(f"the harvest did not end well: {run}")

        if options.profile:
            import cProfile
            import pstats

            profile = cProfile.Profile(time.process_time)
            profile.runcall(harvest)
            pstats.Stats(profile).sort_stats("tottime").print_stats(45)
            return
        measured("harvest, every stage", harvest, count, results)
        measured("harvest again, unchanged", harvest, count, results)
        size = sum(f.stat().st_size for f in folder.glob("store.sqlite*"))
        print(json.dumps({"what": "store", "bytes_per_record": size // count}))


if __name__ == "__main__":
    main()
