"""What the OAI-PMH provider costs: CPU of the server process for each request, beside static bytes.

    .venv/bin/python benchmarks/oai_provider.py [records] [--database PATH_OR_URL] [--requests N]

A store of so many records is built (through `store.records.commit`) unless it is there already. Then our
application runs behind uvicorn in a process of its own, beside one that answers the very same bytes
from memory through the same stack; both are asked in turn, and the CPU time that each process used is
read from /proc. CPU seconds and ratios count: other work on the machine disturbs them least.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from catalogue import oai_identifier
from catalogue.record import Record, Text
from catalogue.run import Checkpoint, RunKind, Tally
from catalogue.source import Protocol, Source
from catalogue.store import Store
from catalogue.store.feed import FeedQuery
from catalogue.store.payloads import digest
from catalogue.store.records import PageOfChanges, Write

NAMESPACE = "clearinghouse.localdomain"
SOURCES = 20
PAGE = 100
#: Stands before the content coding that a request accepts.
COMPRESSED = " accepting "
WORDS = [
    "waste",
    "chemical",
    "pesticide",
    "mercury",
    "transboundary",
    "movement",
    "inventory",
    "stockpile",
    "disposal",
    "persistent",
    "organic",
    "pollutant",
    "hazard",
    "notification",
    "consent",
    "regional",
    "centre",
    "guideline",
    "convention",
    "article",
    "annex",
]


def oai_dc(number: int, size: int = 2000) -> bytes:
    """An oai_dc element of about `size` bytes."""
    words = random.Random(number)
    head = (
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/oai_dc/'
        ' http://www.openarchives.org/OAI/2.0/oai_dc.xsd">'
        f"<dc:title>Record {number}</dc:title><dc:identifier>https://nile.example.org/{number}</dc:identifier>"
        "<dc:description>"
    )
    tail = "</dc:description></oai_dc:dc>"
    room = size - len(head) - len(tail)
    text = " ".join(words.choices(WORDS, k=room // 8))[:room].rstrip()
    return f"{head}{text}{tail}".encode()


def build(store: Store, records: int) -> None:
    """Fill the store: SOURCES sources, pages of 500, every fiftieth record deleted."""
    store.upgrade()
    now = datetime.now(UTC)
    for number in range(SOURCES):
        source_id = f"node-{number}"
        base_url = f"https://{source_id}.example.org/oai"
        store.sources.add(Source(source_id, Protocol.OAI_PMH, base_url), now)
        run = store.runs.claim(store.runs.open(source_id, RunKind.FULL, now).id, "bench:1:a", now)
        mine = range(number, records, SOURCES)
        for first in range(0, len(mine), 500):
            writes = [_write(source_id, one) for one in mine[first : first + 500]]
            _commit(store, PageOfChanges(run, Checkpoint(), Tally(), writes=writes))
            gone = [write.identifier for write in writes[::50]]
            tombstones = list(store.records.known(gone).values())
            _commit(store, PageOfChanges(run, Checkpoint(), Tally(), tombstones=tombstones))
        print(f"\rbuilt {number + 1} of {SOURCES} sources", end="", file=sys.stderr)
    print(file=sys.stderr)


def _commit(store: Store, page: PageOfChanges) -> None:
    store.records.commit(page, datetime.now(UTC))


def _write(source_id: str, number: int) -> Write:
    body = oai_dc(number)
    theirs = f"oai:{source_id}.example.org:{number}"
    identifier = oai_identifier.mint(NAMESPACE, source_id, theirs)
    return Write(
        known=None,
        identifier=identifier,
        source_identifier=theirs,
        source_datestamp="2026-01-01T00:00:00Z",
        metadata_prefix="oai_dc",
        payload=body,
        payload_digest=digest(body),
        record=Record(Text.of(f"Record {number}")),
        renditions={"oai_dc": body, "iso19139": body},
        set_specs=(f"source:{source_id}",),
        file_identifier=identifier,
        values=(),
        search_text="",
    )


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
router.add_route("/static", page, methods=["GET", "POST"])
app = FastAPI(docs_url=None, redoc_url=None)
app.include_router(router)
"""
PROVIDER = """
import os
from catalogue.settings import load_settings
from catalogue.store import Store
from endpoint.app import create_app
settings = load_settings(database_url=os.environ["BENCH_DATABASE"], oai_page_size=100)
app = create_app(settings, Store(settings.database_url))
"""


class Server:
    """A uvicorn process with an application, and what it has used of the CPU."""

    def __init__(self, code: str, database: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        options = "log_level='error', access_log=False, timeout_keep_alive=600"
        run = f"import uvicorn\n{code}\nuvicorn.run(app, port={self.port}, {options})"
        root = str(Path(__file__).resolve().parent.parent)
        self.process = subprocess.Popen(
            [sys.executable, "-c", run], cwd=root, env=os.environ | {"BENCH_DATABASE": database}
        )
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port)

    def cpu(self) -> float:
        """Seconds of CPU that the process has used, in user mode and in the kernel."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def get(self, path: str, body: bytes | None = None) -> bytes:
        """The answer to GET, or to POST where there is a body; compressed where the path ends so."""
        path, _, coding = path.partition(COMPRESSED)
        headers = {"Accept-Encoding": coding} if coding else {}
        self.connection.request("POST" if body is not None else "GET", path, body, headers)
        return self.connection.getresponse().read()

    def measure(self, paths: Callable[[], str], requests: int) -> float:
        """Milliseconds of CPU for each request."""
        for _ in range(20):
            self.get(paths())
        before = self.cpu()
        for _ in range(requests):
            self.get(paths())
        return (self.cpu() - before) / requests * 1000

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
    spec = "source:node-7"
    everything = FeedQuery("oai_dc")
    in_set = FeedQuery("oai_dc", set_id=store.sets.id_of(spec))
    whole = "/oai?verb=ListRecords&metadataPrefix=oai_dc"
    part = f"{whole}&set={spec}"
    heads = "/oai?verb=ListIdentifiers&metadataPrefix=oai_dc"
    sample = quote(store.feed.entries(everything, after=None, limit=1)[0].identifier)
    return {
        "ListRecords, first page": whole,
        "ListRecords, first page, gzip": f"{whole}{COMPRESSED}gzip",
        "ListRecords, first page, zstd": f"{whole}{COMPRESSED}zstd",
        "ListRecords, last page": page_behind(store, server, whole, everything, last),
        "ListRecords of a set, first page": part,
        "ListRecords of a set, last page": page_behind(
            store, server, part, in_set, records // SOURCES - PAGE
        ),
        "ListIdentifiers, first page": heads,
        "ListIdentifiers, last page": page_behind(store, server, heads, everything, last),
        "oai_dcterms, rendered on demand": "/oai?verb=ListRecords&metadataPrefix=oai_dcterms",
        "GetRecord": f"/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier={sample}",
        "Identify": "/oai?verb=Identify",
        "ListSets": "/oai?verb=ListSets",
    }


def main() -> None:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("records", nargs="?", type=int, default=100_000)
    parser.add_argument("--database", default="")
    parser.add_argument("--requests", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    database = given.database or f"sqlite:////tmp/clearinghouse-bench-{given.records}.sqlite"
    with Store(database) as store:
        store.upgrade()
        if not store.sources.all():
            began = time.process_time()
            build(store, given.records)
            print(f"built {given.records} records in {time.process_time() - began:.1f} s of CPU\n")
        sizes(store)
        with serving(PROVIDER, database) as ours, serving(STATIC) as static:
            table(cases(store, ours, given.records), ours, static, given)


def sizes(store: Store) -> None:
    """What it costs to count a list: once a list, for the token carries it on."""
    middle = (store.feed.earliest_datestamp() or 0) + 1
    queries = {
        "everything": FeedQuery("oai_dc"),
        "a set of one in twenty": FeedQuery("oai_dc", store.sets.id_of("source:node-7")),
        "the set of everything": FeedQuery("oai_dc", store.sets.id_of("source")),
        "everything from a date on": FeedQuery("oai_dc", from_=middle),
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


def table(paths: dict[str, str], ours: Server, static: Server, given: argparse.Namespace) -> None:
    """Measure each case on both servers in turn; the median of the rounds counts."""
    print(f"{'milliseconds of CPU a request':36}{'bytes':>9}{'ours':>8}{'static':>8}{'ratio':>7}")
    for name, path in paths.items():
        document = ours.get(path)
        kept = f"/static?name={quote(name)}"
        static.get(kept, document)
        mine, theirs = [], []
        for _ in range(given.rounds):
            mine.append(ours.measure(lambda path=path: path, given.requests))  # type: ignore[misc]
            theirs.append(static.measure(lambda kept=kept: kept, given.requests))  # type: ignore[misc]
        one, other = sorted(mine)[len(mine) // 2], sorted(theirs)[len(theirs) // 2]
        print(f"{name:36}{len(document):9}{one:8.2f}{other:8.2f}{one / other:7.2f}")


if __name__ == "__main__":
    main()
