"""What the OAI-PMH provider costs: CPU of the server process for each request, beside static bytes.

    .venv/bin/python benchmarks/oai_provider.py [records] [--database URL] [--requests N]
        [--rounds N] [--only WORDS] [--harvesters N] [--documents] [--keep]

A store of so many records is filled (`full_store.py`: oai_dc of 2 kB and ISO 19139 of 11 kB, as of sources
that sent that) unless it is there already. Then our application runs behind uvicorn in a process of its own,
beside one that answers the very same bytes from memory through the same stack, by a FastAPI endpoint and by a
bare route; all are asked in turn, and the CPU time that each process used is read from /proc, with that of
the backends of PostgreSQL. CPU seconds and ratios count: other work on the machine disturbs them least.
`--documents`: no record was sent in ISO 19139, so that it is made on demand; `--keep` keeps it first, as the
chore behind the runs does. `--harvesters` reads lists by so many clients at the same time instead, and tells
the memory and what one core sends. With BENCH_FOUND=1 in the environment nothing is remembered: each page is
found in the database, as one is that is asked for once.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import sqlalchemy as sa
from full_store import SOURCES, fill

from catalogue.store import Store
from catalogue.store.lists.feed import FeedQuery
from catalogue.store.tables import kept_renditions

PAGE = 100
#: Stands before the content coding that a request accepts.
COMPRESSED = " accepting "
STATIC = """
from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import Response
PAGES = {}
async def page(request: Request) -> Response:
    if request.method == "POST":
        PAGES[request.query_params["name"]] = await request.body()
        return Response()
    return Response(PAGES[request.query_params["name"]], media_type="text/xml")
router = APIRouter()
router.add_route("/bare", page, methods=["GET", "POST"])
app = FastAPI(docs_url=None, redoc_url=None)
app.include_router(router)
@app.get("/static")
async def endpoint(name: str) -> Response:
    return Response(PAGES[name], media_type="text/xml")
"""
PROVIDER = """
import os
from catalogue.settings import load_settings
from catalogue.store import Store
from endpoint.app import create_app
settings = load_settings(database_url=os.environ["BENCH_DATABASE"], oai_page_size=100)
app = create_app(settings, Store(settings.database_url))
if os.environ.get("BENCH_FOUND"):
    from endpoint.oai_pmh.provider import Provider
    known = app.state.services
    app.state.oai_provider = Provider(known.settings, known.store, compression=("gzip", "zstd"), remembered=0)
"""


def on_cpu(process: Path) -> float:
    """Seconds that a process or a thread of it was on a CPU."""
    return int((process / "schedstat").read_text().split()[0]) / 1e9


def backends(store: Store) -> Callable[[], float]:
    """What the backends of PostgreSQL have used of the CPU, where it runs on this machine."""
    if store.embedded:
        return float
    asked = sa.text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")

    def used() -> float:
        with store.engine.connect() as connection:
            found = [Path(f"/proc/{pid}") for (pid,) in connection.execute(asked)]
        return sum(on_cpu(one) for one in found if one.exists())

    return used


class Server:
    """A uvicorn process with an application, and what it has used of the CPU."""

    def __init__(self, code: str, database: str, python: str = sys.executable) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        options = "log_level='error', access_log=False, timeout_keep_alive=600"
        run = f"import uvicorn\n{code}\nuvicorn.run(app, port={self.port}, {options})"
        root = str(Path(__file__).resolve().parent.parent)
        self.process = subprocess.Popen(
            [python, "-c", run], cwd=root, env=os.environ | {"BENCH_DATABASE": database}
        )
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port)

    def cpu(self) -> float:
        """Seconds of CPU that the process has used."""
        return sum(map(on_cpu, Path(f"/proc/{self.process.pid}/task").iterdir()))

    def memory(self) -> dict[str, int]:
        """Resident memory in MB: now, and the most that it has been."""
        said = Path(f"/proc/{self.process.pid}/status").read_text()
        return {name: int(kb) // 1024 for name, kb in re.findall(r"(VmRSS|VmHWM):\s+(\d+) kB", said)}

    def get(self, path: str, body: bytes | None = None) -> bytes:
        """The answer to GET, or to POST where there is a body; compressed where the path ends so."""
        path, _, coding = path.partition(COMPRESSED)
        headers = {"Accept-Encoding": coding} if coding else {}
        self.connection.request("POST" if body is not None else "GET", path, body, headers)
        return self.connection.getresponse().read()

    def measure(self, path: str, requests: int, beside: Callable[[], float] = float) -> float:
        """Milliseconds of CPU for each request, with those that are used beside the process."""
        for _ in range(10):
            self.get(path)
        before = self.cpu() + beside()
        for _ in range(requests):
            self.get(path)
        return (self.cpu() + beside() - before) / requests * 1000

    def stop(self) -> None:
        """End the process."""
        self.connection.close()
        self.process.terminate()
        self.process.wait()


@contextmanager
def serving(code: str, database: str = "") -> Iterator[Server]:
    """A server, for as long as the block lasts."""
    server = Server(code, database)
    try:
        yield server
    finally:
        server.stop()


def page_behind(  # noqa: PLR0917 - a program of its own
    store: Store, server: Server, first: str, query: FeedQuery, position: int
) -> str:
    """The request for the page at `position` of the list that the request `first` begins."""
    import msgspec

    from endpoint.oai_pmh.resumption import Seal

    found = re.search(r"<resumptionToken[^>]*>([^<]+)</resumptionToken>", server.get(first).decode())
    if found is None:
        raise SystemExit(f"{first}: the list is one page long; take more records")
    verb = first.partition("verb=")[2].partition("&")[0]
    seal = Seal(store.keys.secret("resumption-token"))
    token = seal.open_list(found[1], verb)
    last = store.feed.entries(query, after=None, limit=position, bodies=False)[-1]
    moved = msgspec.structs.replace(
        token, datestamp=last.datestamp, record_id=last.record_id, cursor=position
    )
    return f"/oai?verb={verb}&resumptionToken={quote(seal.close(moved))}"


def cases(store: Store, server: Server, records: int) -> dict[str, str]:
    """What is measured: name -> path."""
    last = records - PAGE
    everything, spec = FeedQuery("oai_dc"), "convention:stockholm"
    in_set = FeedQuery("oai_dc", set_id=store.sets.id_of(spec))
    in_small = FeedQuery("oai_dc", set_id=store.sets.id_of("source:node-7"))
    whole, iso = (f"/oai?verb=ListRecords&metadataPrefix={prefix}" for prefix in ("oai_dc", "iso19139"))
    part, small = (f"{whole}&set={one}" for one in (spec, "source:node-7"))
    heads = "/oai?verb=ListIdentifiers&metadataPrefix=oai_dc"
    sample = quote(store.feed.entries(everything, after=None, limit=1)[0].identifier)
    found = {
        "ListRecords, first page": whole,
        "ListRecords, last page": page_behind(store, server, whole, everything, last),
        "of a half of all, first page": part,
        "of a half of all, last page": page_behind(store, server, part, in_set, records // 2 - PAGE),
        "of a twentieth, first page": small,
        "of a twentieth, last page": page_behind(store, server, small, in_small, records // SOURCES - PAGE),
        "iso19139, first page": iso,
        "iso19139, last page": page_behind(store, server, iso, FeedQuery("iso19139"), last),
        "ListIdentifiers, first page": heads,
        "ListIdentifiers, last page": page_behind(store, server, heads, everything, last),
        "oai_dcterms, on demand": "/oai?verb=ListRecords&metadataPrefix=oai_dcterms",
        "GetRecord": f"/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier={sample}",
        "Identify": "/oai?verb=Identify",
        "ListSets": "/oai?verb=ListSets",
    }
    for coding in ("gzip", "zstd"):
        for name in ("ListRecords, first page", "iso19139, first page"):
            found[f"{name}, {coding}"] = f"{found[name]}{COMPRESSED}{coding}"
    return found


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("records", nargs="?", type=int, default=100_000)
    parser.add_argument("--database", default="")
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="only what begins so")
    parser.add_argument("--harvesters", type=int, default=0)
    parser.add_argument("--documents", action="store_true")
    parser.add_argument("--keep", action="store_true")
    given = parser.parse_args()
    kind = "documents" if given.documents else "feed"
    database = given.database or f"sqlite:////tmp/clearinghouse-{kind}-{given.records}.sqlite"
    with Store(database) as store:
        store.upgrade()
        if not store.sources.all():
            fill(store, given.records, iso=not given.documents)
        if given.keep:
            keep(store)
        sizes(store)
        with serving(PROVIDER, database) as ours, serving(STATIC) as static:
            if given.harvesters:
                at_once(ours, given.harvesters)
            else:
                table(cases(store, ours, given.records), ours, static, given, beside=backends(store))


def keep(store: Store) -> None:
    """Make what is kept behind the runs, and tell what that costs."""
    began, entries = time.process_time(), 0
    while more := store.kept.go_on("iso19139", limit=50):
        entries += more
    used = time.process_time() - began
    c = kept_renditions.c
    with store.engine.connect() as connection:
        size, count = connection.execute(
            sa.select(sa.func.sum(sa.func.length(c.body)), sa.func.count())
        ).one()
    print(f"kept: {entries} entries in {used:.1f} s of CPU")
    print(f"now {count} of {int(size or 0) / max(count, 1):.0f} bytes each\n")


def at_once(server: Server, harvesters: int, seconds: float = 20) -> None:
    """Lists of all kinds, read by so many clients at the same time, and the memory of the process."""
    lists = (
        "ListRecords&metadataPrefix=oai_dc",
        "ListRecords&metadataPrefix=iso19139&set=region:african",
        "ListIdentifiers&metadataPrefix=oai_dc&set=source",
        "ListRecords&metadataPrefix=oai_dcterms",
    )
    server.get("/oai?verb=ListRecords&metadataPrefix=oai_dc")
    told: list[int] = []
    read, began, used = Counter[str](), time.monotonic(), server.cpu()

    def harvest(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        first = asked = lists[number % len(lists)]
        while time.monotonic() - began < seconds:
            connection.request("GET", f"/oai?verb={asked}")
            found = re.search(rb"<resumptionToken[^>]*>([^<]+)<", connection.getresponse().read())
            read[first] += PAGE
            verb = first.partition("&")[0]
            asked = f"{verb}&resumptionToken={quote(found[1])}" if found else first

    threads = [Thread(target=harvest, args=(number,)) for number in range(harvesters)]
    print(f"before: {server.memory()} MB")
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        time.sleep(seconds / 5)
        told.append(server.memory()["VmRSS"])
    used = server.cpu() - used
    print(f"{harvesters} at once: {told} MB; {server.memory()}")
    sent = sum(read.values())
    print(f"{sent} records in {used:.1f} s of CPU: {sent / used:.0f} a second of one core")


def sizes(store: Store) -> None:
    """What it costs to count a list: once a list, for the token carries it on."""
    first, newest = store.feed.earliest_datestamp() or 0, store.feed.newest_datestamp() or 0
    queries = {
        "everything": FeedQuery("oai_dc"),
        "a set of a half": FeedQuery("oai_dc", store.sets.id_of("convention:stockholm")),
        "everything from its second second on": FeedQuery("oai_dc", from_=first + 1),
        "everything from its middle on": FeedQuery("oai_dc", from_=(first + newest) // 2),
        "rendered on demand": FeedQuery("oai_dcterms"),
    }
    for name, query in queries.items():
        took = []
        for _ in range(3):
            began = time.perf_counter()
            found = store.feed.count(query)
            took.append((time.perf_counter() - began) * 1000)
        print(f"counting {name}: {found} in {took[0]:.0f} ms, again {min(took):.0f} ms")
    print()


def table(  # noqa: PLR0917 - a program of its own
    paths: dict[str, str],
    ours: Server,
    static: Server,
    given: argparse.Namespace,
    beside: Callable[[], float],
) -> None:
    """Measure each case on both servers in turn; the least of the rounds counts."""
    heads = f"{'bytes':>9}{'ours':>8}{'static':>8}{'bare':>8}{'ratios':>12}"
    print(f"{'milliseconds of CPU a request':36}{heads}")
    for name, path in paths.items():
        if not name.startswith(given.only):
            continue
        document = ours.get(path)
        static.get(f"/bare?name={quote(name)}", document)
        found = [
            (
                ours.measure(path, given.requests, beside),
                static.measure(f"/static?name={quote(name)}", given.requests),
                static.measure(f"/bare?name={quote(name)}", given.requests),
            )
            for _ in range(given.rounds)
        ]
        mine, endpoint, bare = (min(one) for one in zip(*found, strict=True))
        ratios = f"{mine / endpoint:6.2f}{mine / bare:6.2f}"
        print(f"{name:36}{len(document):9}{mine:8.2f}{endpoint:8.2f}{bare:8.2f}{ratios}", flush=True)


if __name__ == "__main__":
    main()
