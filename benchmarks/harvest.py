"""How fast records come in: a whole harvest, every stage included, beside the bare limit.

    python benchmarks/harvest.py [--records 100000] [--iso-records 20000] [--database URL]
                                 [--workers 2 [--latency 300]]

A process of its own serves a generated OAI-PMH list in pages of 100 as static bytes. Measured for oai_dc,
then for ISO 19139 in another process, in CPU seconds (user and system, all threads) and peak memory:

- the bare limit: fetch with urllib3, one hardened parse, headers, payloads, one upsert into SQLite;
- Sickle, which iterates over the same records and does nothing with them;
- the first harvest into an empty store;
- the same list again, unchanged, and how much that is of what Sickle takes.

With `--workers` (PostgreSQL: `--database` names an empty one) so many sources are harvested at once, each of
records that no other has: first one, then all by one process, then each by a process of its own. Their wall
time is compared with that of one. `--latency` is what a node takes for a page, in milliseconds, as real ones
do. Where the server is on this machine, and tells where its data are, what its processes took for a record is
told as well, and what they waited for while they worked.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import multiprocessing
import os
import pstats
import resource
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import urllib3
from lxml import etree

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.pages import NODE  # noqa: E402 - after the path is set
from catalogue.run import RunKind  # noqa: E402
from catalogue.settings import Settings, load_settings  # noqa: E402
from catalogue.source import Protocol, Source  # noqa: E402
from catalogue.store import Store  # noqa: E402
from harvester.inline import work_now  # noqa: E402
from harvester.slices import utc_now  # noqa: E402

OAI = "{http://www.openarchives.org/OAI/2.0/}"


def cpu() -> float:
    """CPU seconds of this process so far."""
    times = os.times()
    return times.user + times.system


def peak_memory() -> int:
    """The most that this process has held, in kB; a child's ru_maxrss begins with that of its parent."""
    told = Path("/proc/self/status")
    if told.exists():
        return int(
            next(line.split()[1] for line in told.read_text().splitlines() if line.startswith("VmHWM"))
        )
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def measured(label: str, work: Callable[[], object], records: int) -> float:
    """Run `work` and tell what it cost; its CPU seconds."""
    before, began = cpu(), time.monotonic()
    work()
    spent = cpu() - before
    row = {
        "what": label,
        "cpu_seconds": round(spent, 2),
        "wall_seconds": round(time.monotonic() - began, 2),
        "records_per_cpu_second": round(records / spent),
        "peak_memory_mb": peak_memory() // 1024,
    }
    print(json.dumps(row), flush=True)
    return spent


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


def sickle(base_url: str, prefix: str) -> None:
    """Iterate over every record with Sickle, as it does by itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from sickle import Sickle
    for _ in Sickle(base_url).ListRecords(metadataPrefix=prefix):
        pass


@contextmanager
def node(
    records: int, prefix: str, address: str = "127.0.0.1", *, first: int = 0, latency: float = 0.0
) -> Iterator[str]:
    """A node in a process of its own: its base URL. `first` is the number of its first record."""
    server = subprocess.Popen(
        [sys.executable, "-c", NODE, str(records), prefix, address, str(first), str(latency)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        port = server.stdout.readline().strip() if server.stdout else ""
        yield f"http://{address}:{port}/oai"
    finally:
        server.kill()


def main() -> None:
    """Measure."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--records", type=int, default=100_000)
    arguments.add_argument("--iso-records", type=int, default=20_000, help="0: none.")
    arguments.add_argument("--format", default="oai_dc", choices=["oai_dc", "iso19139"])
    arguments.add_argument("--database", default="")
    arguments.add_argument("--workers", type=int, default=0)
    arguments.add_argument("--latency", type=float, default=0.0, help="Milliseconds for a page.")
    arguments.add_argument("--profile", action="store_true", help="Profile the first harvest.")
    options = arguments.parse_args()
    if options.workers:
        return together(options)
    with tempfile.TemporaryDirectory() as name, node(options.records, options.format) as base_url:
        measure(base_url, Path(name), options)
    if options.format == "oai_dc" and options.iso_records and not options.database and not options.profile:
        others = ["--records", str(options.iso_records), "--format", "iso19139"]
        subprocess.run([sys.executable, __file__, *others], check=True)
    return None


def opened(database_url: str, folder: Path) -> tuple[Settings, Store]:
    """Settings, and the store that they name."""
    settings = load_settings(
        database_url=database_url or f"sqlite:///{folder}/store.sqlite",
        allowed_networks=("127.0.0.0/8",),
        slice_seconds=3600,
    )
    return settings, Store(settings.database_url)


def harvest(store: Store, settings: Settings, source_id: str, count: int) -> None:
    """Harvest the whole list of a source."""
    run = work_now(store, settings, source_id, RunKind.FULL)
    if run.ending is None or run.tally.listed != count or run.tally.faulty:
        raise SystemExit(f"the harvest did not end well: {run}")


def measure(base_url: str, folder: Path, options: argparse.Namespace) -> None:
    """The measurements of one format, one after another."""
    count, prefix = options.records, options.format
    measured(f"{prefix}: bare limit: fetch, parse, insert", lambda: bare(base_url, folder, prefix), count)
    iterated = measured(f"{prefix}: Sickle iterates", lambda: sickle(base_url, prefix), count)
    settings, store = opened(options.database, folder)
    with store:
        store.upgrade()
        store.sources.add(Source("bench", Protocol.OAI_PMH, base_url, metadata_prefix=prefix), utc_now())

        def work() -> None:
            harvest(store, settings, "bench", count)

        if options.profile:
            profile = cProfile.Profile(time.process_time)
            profile.runcall(work)
            pstats.Stats(profile).sort_stats("tottime").print_stats(45)
            return
        measured(f"{prefix}: harvest, every stage", work, count)
        again = measured(f"{prefix}: harvest again, unchanged", work, count)
        print(json.dumps({"what": f"{prefix}: unchanged, of Sickle", "ratio": round(again / iterated, 2)}))
        size = sum(f.stat().st_size for f in folder.glob("store.sqlite*"))
        print(json.dumps({"what": f"{prefix}: store", "bytes_per_record": size // count}))


def cpu_of_server(store: Store) -> float:
    """CPU seconds of all processes of PostgreSQL so far, those that ended too; 0 if it is elsewhere."""
    with store.engine.connect() as connection:
        folder = Path(connection.exec_driver_sql("SHOW data_directory").scalar_one())
    if not (folder / "postmaster.pid").exists():
        return 0.0
    postmaster = (folder / "postmaster.pid").read_text().split()[0]
    ticks = 0
    for told in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile: its parent has what it took
            fields = told.read_text().rpartition(")")[2].split()
            mine = told.parent.name == postmaster
            ticks += sum(map(int, fields[11:15])) if mine else 0
            ticks += sum(map(int, fields[11:13])) if fields[1] == postmaster else 0
    return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def waits(store: Store) -> Iterator[Counter[str]]:
    """What the processes of PostgreSQL wait for while they have something to do, looked at now and then."""
    seen: Counter[str] = Counter()
    over = threading.Event()

    def look() -> None:
        with store.engine.connect() as connection:
            while not over.wait(0.1):
                for row in connection.exec_driver_sql(_WAITS):
                    seen[row[0]] += 1
                connection.rollback()

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


_WAITS = """
    SELECT CASE WHEN state <> 'active' THEN state
           ELSE coalesce(wait_event_type || ' ' || wait_event, 'CPU') END
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
"""


def work_of(database_url: str, sources: list[str], count: int) -> None:
    """One worker: harvest sources, all at once, and say what it took."""
    settings, store = opened(database_url, Path())
    with store:

        def work() -> None:
            with ThreadPoolExecutor(len(sources)) as pool:
                list(pool.map(lambda one: harvest(store, settings, one, count), sources))

        measured(f"worker on {', '.join(sources)}", work, count * len(sources))


def together(options: argparse.Namespace) -> None:
    """One source by itself, then as many as wanted at once: by one process, and by one for each."""
    spawn = multiprocessing.get_context("spawn")
    many, alone = options.workers, 0.0
    _, store = opened(options.database, Path())
    with store:
        store.upgrade()
        for round_, (processes, sources) in enumerate(((1, 1), (1, many), (many, many))):
            with nodes(store, options, round_, sources) as ids:
                shares = [ids[one::processes] for one in range(processes)]
                before, began = cpu_of_server(store), time.monotonic()
                with waits(store) as seen:
                    started = [
                        spawn.Process(target=work_of, args=(options.database, share, options.records))
                        for share in shares
                    ]
                    for process in started:
                        process.start()
                    for process in started:
                        process.join()
                seconds = time.monotonic() - began
            alone = alone or seconds
            row = {
                "processes": processes,
                "sources at once": sources,
                "seconds": round(seconds, 1),
                "times one source": round(sources * alone / seconds, 2),
                "PostgreSQL, microseconds per record": round(
                    1e6 * (cpu_of_server(store) - before) / (sources * options.records)
                ),
                "its processes": dict(seen.most_common(8)),
            }
            print(json.dumps(row), flush=True)


@contextmanager
def nodes(store: Store, options: argparse.Namespace, round_: int, sources: int) -> Iterator[list[str]]:
    """So many nodes, registered: each with an address, and records, of its own."""
    with ExitStack() as running:
        ids = []
        for number in range(sources):
            first = (round_ * options.workers + number) * options.records
            base_url = running.enter_context(
                node(
                    options.records,
                    options.format,
                    f"127.0.0.{2 + number}",
                    first=first,
                    latency=options.latency / 1000,
                )
            )
            ids.append(f"bench-{round_}-{number}")
            source = Source(ids[-1], Protocol.OAI_PMH, base_url, metadata_prefix=options.format)
            store.sources.add(source, utc_now())
        yield ids


if __name__ == "__main__":
    main()
