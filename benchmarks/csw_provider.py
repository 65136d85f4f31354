"""What the CSW provider costs: CPU of the server process for each request.

    .venv/bin/python benchmarks/csw_provider.py [records] [--database PATH_OR_URL] [--requests N]

A store of so many records is built (through `store.records.commit`) unless it is there already; then our
application runs behind uvicorn in a process of its own, and the CPU time that it used is read from /proc,
with that of the backends of PostgreSQL on this machine. The time that an answer takes is told beside it.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from oai_provider import backends, on_cpu

from catalogue import oai_identifier
from catalogue.record import Agent, Box, Date, Link, Record, Subject, Text
from catalogue.rendering import render
from catalogue.run import Checkpoint, RunKind, Tally
from catalogue.source import Protocol, Source
from catalogue.store import Store
from catalogue.store.holdings.payloads import digest
from catalogue.store.holdings.records import PageOfChanges, Write
from catalogue.values import search_text_of, values_of

ROOT = Path(__file__).resolve().parent.parent
NAMESPACE = "clearinghouse.localdomain"
WORDS = [
    "waste", "chemical", "pesticide", "mercury", "transboundary", "movement",
    "inventory", "stockpile", "disposal", "persistent", "organic", "pollutant",
    "hazard", "notification", "consent", "regional", "centre", "guideline",
    "convention", "article", "annex", "obsolete",
]  # fmt: skip
KINDS = ["dataset", "document", "service", "map"]


def record(number: int) -> Record:
    """A record with what nodes usually send; every tenth is about mercury, every five hundredth lindane."""
    draw = random.Random(number)
    west, south = draw.uniform(-180, 170), draw.uniform(-90, 80)
    text = " ".join(draw.choices(WORDS, k=120))
    rare = " lindane" if number % 500 == 0 else ""
    return Record(
        title=Text.of(f"Record {number} on {' '.join(draw.choices(WORDS, k=5))}", "en"),
        descriptions=(Text.of(text + rare, "en"),),
        agents=(Agent("publisher", Text.of(f"Example Centre {number % 23}", "en")),),
        dates=(Date("issued", f"{1990 + number % 35}-{1 + number % 12:02}-{1 + number % 28:02}"),),
        subjects=tuple(Subject(Text.of(word, "en")) for word in draw.sample(WORDS, 5)),
        types=(Text.of(KINDS[number % 4]),),
        formats=("application/pdf",),
        languages=("en",),
        links=(Link(f"https://nile.example.org/{number}"),),
        boxes=(Box(west, south, west + draw.uniform(0, 10), south + draw.uniform(0, 10)),),
        metadata_date="2026-01-01",
    )


def build(store: Store, records: int) -> None:
    """Fill the store, in pages of 500."""
    store.upgrade()
    now = datetime.now(UTC)
    store.sources.add(Source("nile", Protocol.CSW, "https://nile.example.org/csw"), now)
    run = store.runs.claim(store.runs.open("nile", RunKind.FULL, now).id, "bench:1:a", now)
    for first in range(0, records, 500):
        writes = [_write(number) for number in range(first, min(first + 500, records))]
        store.records.commit(PageOfChanges(run, Checkpoint(), Tally(), writes=writes), datetime.now(UTC))
        print(f"\rbuilt {first + len(writes)} of {records} records", end="", file=sys.stderr)
    print(file=sys.stderr)


def identifier(number: int) -> str:
    return oai_identifier.mint(NAMESPACE, "nile", f"record-{number}")


def _write(number: int) -> Write:
    one, name = record(number), identifier(number)
    bodies = {
        prefix: render(one, prefix, identifier=name, datestamp="2026-01-01T00:00:00Z")
        for prefix in ("oai_dc", "iso19139")
    }
    values = values_of(one, identifier=name)
    return Write(
        known=None,
        identifier=name,
        source_identifier=f"record-{number}",
        source_datestamp="2026-01-01T00:00:00Z",
        metadata_prefix="iso19139",
        payload=bodies["iso19139"],
        payload_digest=digest(bodies["iso19139"]),
        record=one,
        renditions=bodies,
        set_specs=("source:nile",),
        file_identifier=name,
        values=values,
        search_text=search_text_of(values),
    )


PROVIDER = """
import os, uvicorn
from fastapi import FastAPI
from catalogue.settings import load_settings
from catalogue.store import Store
from endpoint.csw.router import router
from endpoint.deps import Services
settings = load_settings(database_url=os.environ["BENCH_DATABASE"])
app = FastAPI(docs_url=None, redoc_url=None)
app.state.services = Services(settings, Store(settings.database_url))
app.include_router(router)
uvicorn.run(app, port=int(os.environ["BENCH_PORT"]), log_level="error", access_log=False)
"""


class Server:
    """A uvicorn process with the provider, and what it has used of the CPU."""

    def __init__(self, database: str, beside: Callable[[], float] = float) -> None:
        self.beside = beside
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        settings = os.environ | {"BENCH_DATABASE": database, "BENCH_PORT": str(port)}
        self.process = subprocess.Popen([sys.executable, "-c", PROVIDER], cwd=ROOT, env=settings)
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        self.connection = http.client.HTTPConnection("127.0.0.1", port)

    def cpu(self) -> float:
        """Seconds of CPU that the process has used, and the backends of its database."""
        return sum(map(on_cpu, Path(f"/proc/{self.process.pid}/task").iterdir())) + self.beside()

    def ask(self, request: tuple[str, str]) -> bytes:
        """The answer to (query, body): GET where there is no body."""
        query, body = request
        method = "POST" if body else "GET"
        self.connection.request(method, f"/csw?{query}", body.encode() or None)
        return self.connection.getresponse().read()


def get(operation: str, **parameters: object) -> tuple[str, str]:
    sent = {"service": "CSW", "version": "2.0.2", "request": operation, **parameters}
    return "&".join(f"{name}={quote(str(value))}" for name, value in sent.items()), ""


def post(content: str = "", *, start: int = 1, count: int = 10, esn: str = "summary") -> tuple[str, str]:
    constraint = f'<csw:Constraint version="1.1.0"><ogc:Filter>{content}</ogc:Filter></csw:Constraint>'
    return "", (
        '<csw:GetRecords xmlns:csw="http://www.opengis.net/cat/csw/2.0.2" service="CSW" version="2.0.2"'
        ' xmlns:ogc="http://www.opengis.net/ogc" xmlns:gml="http://www.opengis.net/gml"'
        f' resultType="results" startPosition="{start}" maxRecords="{count}">'
        '<csw:Query typeNames="csw:Record">'
        f"<csw:ElementSetName>{esn}</csw:ElementSetName>{constraint if content else ''}"
        "</csw:Query></csw:GetRecords>"
    )


def like(name: str, pattern: str) -> str:
    return (
        '<ogc:PropertyIsLike wildCard="*" singleChar="?" escapeChar="!">'
        f"<ogc:PropertyName>{name}</ogc:PropertyName><ogc:Literal>{pattern}</ogc:Literal></ogc:PropertyIsLike>"
    )


def between(name: str, lower: str, upper: str) -> str:
    return (
        f"<ogc:PropertyIsBetween><ogc:PropertyName>{name}</ogc:PropertyName>"
        f"<ogc:LowerBoundary><ogc:Literal>{lower}</ogc:Literal></ogc:LowerBoundary>"
        f"<ogc:UpperBoundary><ogc:Literal>{upper}</ogc:Literal></ogc:UpperBoundary></ogc:PropertyIsBetween>"
    )


def equal(name: str, literal: str) -> str:
    return (
        f"<ogc:PropertyIsEqualTo><ogc:PropertyName>{name}</ogc:PropertyName><ogc:Literal>{literal}"
        "</ogc:Literal></ogc:PropertyIsEqualTo>"
    )


BBOX = (
    "<ogc:BBOX><ogc:PropertyName>ows:BoundingBox</ogc:PropertyName><gml:Envelope><gml:lowerCorner>10 10"
    "</gml:lowerCorner><gml:upperCorner>25 20</gml:upperCorner></gml:Envelope></ogc:BBOX>"
)
#: A star that is as large as the box.
STAR = "POLYGON((10 15, 15 14, 17 10, 19 14, 25 15, 19 16, 17 20, 15 16, 10 15))"
GMD = "http://www.isotc211.org/2005/gmd"


def requests(records: int) -> dict[str, Callable[[random.Random], tuple[str, str]]]:
    """What is asked, by name."""
    page = {"typeNames": "csw:Record", "resultType": "results", "elementSetName": "summary"}
    deep = max(1, min(10_000, records // 2))

    def by_id(draw: random.Random, **more: object) -> tuple[str, str]:
        return get("GetRecordById", id=identifier(draw.randrange(records)), **more)

    return {
        "GetCapabilities": lambda _: get("GetCapabilities"),
        "GetRecordById, csw:Record": lambda draw: by_id(draw, elementSetName="full"),
        "GetRecordById, gmd": lambda draw: by_id(draw, outputSchema=GMD, elementSetName="full"),
        "GetRecords 10 by GET, first page": lambda _: get("GetRecords", **page),
        f"GetRecords 10 by GET, from {deep}": lambda _: get("GetRecords", startPosition=deep, **page),
        "GetRecords 10 by POST, first page": lambda _: post(),
        f"GetRecords 10 by POST, from {deep}": lambda _: post(start=deep),
        "GetRecords 100 gmd by GET": lambda _: get("GetRecords", outputSchema=GMD, maxRecords=100, **page),
        "hits": lambda _: get("GetRecords", typeNames="csw:Record"),
        "identifier =": lambda draw: post(equal("dc:identifier", identifier(draw.randrange(records)))),
        "type = (a quarter of all)": lambda _: post(equal("dc:type", "map")),
        "title like prefix*": lambda draw: post(like("dc:title", f"Record {draw.randrange(records)} *")),
        "AnyText, common": lambda _: post(like("csw:AnyText", "*mercury*")),
        "AnyText, rare": lambda _: post(like("csw:AnyText", "*lindane*")),
        "AnyText, no hit": lambda _: post(like("csw:AnyText", "*endosulfan*")),
        "BBOX": lambda _: post(BBOX),
        "dates (1 in 35)": lambda _: post(between("dct:issued", "1997", "1997-12-31")),
        "BBOX and dates and AnyText": lambda _: post(
            f"<ogc:And>{BBOX}{between('dct:issued', '1995', '2005')}{like('AnyText', '*mercury*')}</ogc:And>"
        ),
        "not (type =)": lambda _: post(f"<ogc:Not>{equal('dc:type', 'map')}</ogc:Not>"),
        "sorted by title": lambda _: get("GetRecords", sortBy="dc:title:A", **page),
        "sorted by dct:modified": lambda _: get("GetRecords", sortBy="dct:modified:D", **page),
        "GetDomain dc:subject": lambda _: get("GetDomain", propertyName="dc:subject"),
        "GetDomain dc:type": lambda _: get("GetDomain", propertyName="dc:type"),
        **newer(records),
    }


def newer(records: int) -> dict[str, Callable[[random.Random], tuple[str, str]]]:
    """The same and more of CSW 3.0.0."""
    page = {"version": "3.0.0", "typeNames": "csw30:Record", "elementSetName": "summary"}
    by_id = {"version": "3.0.0", "elementSetName": "full"}
    return {
        "3.0.0 GetRecordById": lambda draw: get(
            "GetRecordById", id=identifier(draw.randrange(records)), **by_id
        ),
        "3.0.0 GetRecords 10": lambda _: get("GetRecords", **page),
        "3.0.0 GetRecords 10, Atom": lambda _: get("GetRecords", outputFormat="application/atom+xml", **page),
        "3.0.0 bbox": lambda _: get("GetRecords", bbox="10,10,25,20", **page),
        "3.0.0 q, common": lambda _: get("GetRecords", q="mercury", **page),
        "3.0.0 a polygon of 8 corners": lambda _: get(
            "GetRecords", constraintLanguage="CQL_TEXT", constraint=f"intersects(BoundingBox, {STAR})", **page
        ),
    }


def measure(
    server: Server, make: Callable[[random.Random], tuple[str, str]], most: int
) -> tuple[float, float]:
    """Milliseconds of CPU, and of waiting, for each request; fewer requests where they are slow."""
    draw = random.Random(1)
    started = time.perf_counter()
    for _ in range(3):
        answer = server.ask(make(draw))
    if b"ExceptionReport" in answer:
        raise SystemExit(answer.decode())
    each = (time.perf_counter() - started) / 3
    count = max(5, min(most, int(4 / each)))
    before, started = server.cpu(), time.perf_counter()
    for _ in range(count):
        server.ask(make(draw))
    waited = time.perf_counter() - started
    return (server.cpu() - before) / count * 1000, waited / count * 1000


def mixed(server: Server, records: int, count: int) -> tuple[float, int]:
    """Milliseconds of CPU for one of many requests of every kind but the largest; how many were refused."""
    kinds = [make for name, make in requests(records).items() if "100" not in name.split()]
    draw = random.Random(3)
    for _ in range(2 * len(kinds)):
        server.ask(draw.choice(kinds)(draw))
    before = server.cpu()
    refused = sum(b"ExceptionReport" in server.ask(draw.choice(kinds)(draw)) for _ in range(count))
    return (server.cpu() - before) / count * 1000, refused


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("records", type=int, nargs="?", default=20_000)
    parser.add_argument("--database", default="")
    parser.add_argument("--requests", type=int, default=400)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = given.database or f"{folder}/store.sqlite"
        if "://" not in database:
            database = f"sqlite:///{Path(database).resolve()}"
        with Store(database) as store:
            store.upgrade()
            if not store.sources.all():
                build(store, given.records)
            store.index.take_in()
            report(store, database, given)


def report(store: Store, database: str, given: argparse.Namespace) -> None:
    """Ask for everything, and print what it cost."""
    server = Server(database, backends(store))
    try:
        print(f"{given.records} records, {database.partition(':')[0]}; milliseconds a request")
        print(f"{'':40} {'CPU':>8} {'waited':>8}")
        for name, make in requests(given.records).items():
            cpu, waited = measure(server, make, given.requests)
            print(f"{name:40} {cpu:8.2f} {waited:8.2f}")
        cpu, refused = mixed(server, given.records, 4 * given.requests)
        print(f"{'all of them mixed':40} {cpu:8.2f} {1000 / cpu:8.0f} a second and core, {refused} refused")
    finally:
        server.process.terminate()
        server.process.wait()


if __name__ == "__main__":
    main()
