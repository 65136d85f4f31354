"""How many requests a second one core answers, of all that catalogues, map clients, portals and people send.

    .venv/bin/python benchmarks/csw_load.py [RECORDS] [--database URL] [--clients N] [--seconds N]
        [--pages SHARE]

A store of so many records is built as `csw_provider.py` does, unless it is there already. Then the whole
application runs behind uvicorn in a process of its own, and clients in processes of their own ask it over
sockets, each what it draws from `MIX` by its weight; a third of them by a new connection for each request, as
QGIS and OWSLib do. What they look for is drawn, too: words, boxes, years, pages, records. Tells how long
answers took, which kinds took how much of the server's CPU when each was asked alone, what was not answered
as it should be, and how many requests there were for each second of CPU of the server, with that of the
backends of PostgreSQL on this machine. `--pages 0` leaves out pages for people.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from csw_provider import GMD, KINDS, WORDS, between, build, equal, get, identifier, like, post
from oai_provider import PROVIDER, Server, backends, serving

from catalogue.store import Store

ITEMS = "/ogc/collections/records/items"
MDB = "http://standards.iso.org/iso/19115/-3/mdb/2.0"
DCAT = "http://www.w3.org/ns/dcat#"
#: Times that each kind is asked alone.
ALONE = 30
#: Of so many connections one is kept.
KEPT = 3


class Ask(NamedTuple):
    """One request."""

    path: str
    body: str = ""
    accept: str = "*/*"
    #: What the answer must have in it.
    holds: str = ""


class Kind(NamedTuple):
    """What is sent so often, of a hundred or so requests."""

    weight: float
    make: Callable[[random.Random, int], Ask]
    #: Whether people look at it.
    page: bool = False


def csw(sent: tuple[str, str], holds: str, path: str = "/csw") -> Ask:
    query, body = sent
    return Ask(f"{path}?{query}" if query else path, body, "application/xml", holds)


def word(draw: random.Random) -> str:
    """A word that people look for: some by nearly everybody, one that is rare, one that nobody wrote."""
    return draw.choices([*WORDS, "lindane", "endosulfan"], [24 - place for place in range(len(WORDS) + 2)])[0]


def box(draw: random.Random) -> tuple[float, float, float, float]:
    """A part of the world that somebody has on his screen: a country, or a continent."""
    width = draw.choice([2, 5, 15, 40])
    west, south = draw.randint(-180, 180 - width), draw.randint(-60, 70 - width)
    return west, south, west + width, south + width


def bbox(draw: random.Random) -> str:
    west, south, east, north = box(draw)
    return (
        "<ogc:BBOX><ogc:PropertyName>ows:BoundingBox</ogc:PropertyName><gml:Envelope>"
        f"<gml:lowerCorner>{west} {south}</gml:lowerCorner><gml:upperCorner>{east} {north}</gml:upperCorner>"
        "</gml:Envelope></ogc:BBOX>"
    )


def both(*parts: str) -> str:
    return f"<ogc:And>{''.join(parts)}</ogc:And>"


def start(draw: random.Random, size: int, records: int) -> int:
    """Where a page begins: mostly the first, sometimes far behind."""
    far = min(10_000, records - size) // size
    return 1 + size * draw.choice([0, 0, 0, draw.randint(1, 5), draw.randint(1, max(1, far))])


def full(name: str, esn: str = "full", **more: object) -> tuple[str, str]:
    return get("GetRecordById", id=name, elementSetName=esn, **more)


def some(draw: random.Random, records: int) -> str:
    return identifier(draw.randrange(records))


def items(holds: str = "", accept: str = "application/geo+json", **parameters: object) -> Ask:
    return Ask(f"{ITEMS}?{urlencode(parameters)}", "", accept, holds)


def item(draw: random.Random, records: int, holds: str, accept: str) -> Ask:
    return Ask(f"{ITEMS}/{quote(some(draw, records))}", "", accept, holds)


def chosen(draw: random.Random) -> str:
    return f"type = '{draw.choice(KINDS)}' AND issued > DATE('{year(draw)}-01-01')"


def year(draw: random.Random) -> int:
    return draw.randint(1990, 2024)


PAGE = {"typeNames": "csw:Record", "resultType": "results", "elementSetName": "summary"}
NEW = {"version": "3.0.0", "typeNames": "csw30:Record", "elementSetName": "summary"}
MANY = "SearchResults"
LANDING = ["", "/conformance", "/collections"]
CSW_MIX: dict[str, Kind] = {
    "GetCapabilities": Kind(6, lambda _draw, _n: csw(get("GetCapabilities"), "OperationsMetadata")),
    "GetCapabilities 3.0.0, two sections": Kind(
        2,
        lambda _draw, _n: csw(
            (urlencode({"service": "CSW", "request": "GetCapabilities", "acceptVersions": "3.0.0",
                        "sections": "ServiceIdentification,Filter_Capabilities"}), ""),
            "ServiceIdentification",
        ),
    ),
    "DescribeRecord": Kind(1, lambda _draw, _n: csw(get("DescribeRecord"), "SchemaComponent")),
    "GetDomain": Kind(
        4,
        lambda draw, _n: csw(
            get("GetDomain", propertyName=draw.choice(["dc:subject", "dc:type", "dc:language"])),
            "DomainValues",
        ),
    ),
    "POST, AnyText": Kind(
        14,
        lambda draw, n: csw(post(like("csw:AnyText", f"*{word(draw)}*"), start=start(draw, 10, n)), MANY),
    ),
    "POST, two words in a row": Kind(
        2, lambda draw, _n: csw(post(like("csw:AnyText", f"*{word(draw)} {word(draw)}*")), MANY)
    ),
    "POST, AnyText and box": Kind(
        6, lambda draw, _n: csw(post(both(bbox(draw), like("csw:AnyText", f"*{word(draw)}*"))), MANY)
    ),
    "POST, box": Kind(4, lambda draw, _n: csw(post(bbox(draw)), MANY)),
    "POST, title and dates": Kind(
        4,
        lambda draw, _n: csw(
            post(both(like("dc:title", f"*{word(draw)}*"), between("dct:issued", f"{year(draw)}", "2024"))),
            MANY,
        ),
    ),
    "POST, type and subject": Kind(
        3,
        lambda draw, _n: csw(
            post(both(equal("dc:type", draw.choice(KINDS)), equal("dc:subject", word(draw)))), MANY
        ),
    ),
    "GET, CQL": Kind(
        4,
        lambda draw, _n: csw(
            get("GetRecords", constraintLanguage="CQL_TEXT", constraint_language_version="1.1.0",
                constraint=f"AnyText LIKE '%{word(draw)}%' AND dc:type = '{draw.choice(KINDS)}'", **PAGE),
            MANY,
        ),
    ),
    "GET, hits": Kind(3, lambda _draw, _n: csw(get("GetRecords", typeNames="csw:Record"), MANY)),
    "GET, by title or date": Kind(
        3,
        lambda draw, n: csw(
            get("GetRecords", startPosition=start(draw, 10, n),
                sortBy=draw.choice(["dc:title:A", "dc:title:D", "dct:modified:D"]), **PAGE),
            MANY,
        ),
    ),
    "a catalogue's harvest, 20 full gmd": Kind(
        6,
        lambda draw, n: csw(
            get("GetRecords", outputSchema=GMD, maxRecords=20, startPosition=start(draw, 20, n),
                **{**PAGE, "elementSetName": "full"}),
            MANY,
        ),
    ),
    "of a set": Kind(3, lambda _draw, _n: csw(get("GetRecords", **PAGE), MANY, "/csw/source:nile")),
    "GetRecordById": Kind(10, lambda draw, n: csw(full(some(draw, n)), "GetRecordByIdResponse")),
    "GetRecordById, gmd": Kind(
        8, lambda draw, n: csw(full(some(draw, n), outputSchema=GMD), "GetRecordByIdResponse")
    ),
    "GetRecordById, mdb or dcat": Kind(
        3,
        lambda draw, n: csw(
            full(some(draw, n), outputSchema=draw.choice([MDB, DCAT])), "GetRecordByIdResponse"
        ),
    ),
    "3.0.0, q, bbox and time": Kind(
        4,
        lambda draw, _n: csw(
            get("GetRecords", q=word(draw), bbox=",".join(map(str, box(draw))),
                time=f"{year(draw)}-01-01/2024-12-31", **NEW),
            MANY,
        ),
    ),
    "3.0.0, Atom": Kind(
        2,
        lambda draw, _n: csw(
            get("GetRecords", q=word(draw), outputFormat="application/atom+xml", **NEW), "atom:feed"
        ),
    ),
}  # fmt: skip
API_MIX: dict[str, Kind] = {
    "items, q": Kind(5, lambda draw, _n: items("FeatureCollection", q=word(draw))),
    "items, bbox and datetime": Kind(
        3,
        lambda draw, _n: items(
            "FeatureCollection",
            bbox=",".join(map(str, box(draw))),
            datetime=f"{year(draw)}-01-01T00:00:00Z/..",
        ),
    ),
    "items, filter": Kind(2, lambda draw, _n: items("FeatureCollection", filter=chosen(draw))),
    "items, facets": Kind(
        1, lambda draw, _n: items("facets", q=word(draw), facets="keywords,type,publisher", limit=10)
    ),
    "a record, GeoJSON": Kind(4, lambda draw, n: item(draw, n, "Feature", "application/geo+json")),
    "a record, JSON-LD": Kind(1, lambda draw, n: item(draw, n, "schema.org", "application/ld+json")),
    "landing page, conformance": Kind(
        1, lambda draw, _n: Ask(f"/ogc{draw.choice(LANDING)}", "", "application/json", "links")
    ),
}
PEOPLE: dict[str, Kind] = {
    "page of results": Kind(5, lambda draw, _n: items("<html", "text/html", q=word(draw)), page=True),
    "page of a record": Kind(6, lambda draw, n: item(draw, n, "<html", "text/html"), page=True),
    "first page": Kind(1, lambda _draw, _n: Ask("/", "", "text/html", "<html"), page=True),
}
MIX = CSW_MIX | API_MIX | PEOPLE


def asked(connection: http.client.HTTPConnection, ask: Ask, *, coding: str = "identity") -> str:
    """Send it, and tell what is wrong with the answer."""
    headers = {"Accept": ask.accept, "Accept-Encoding": coding}
    if ask.body:
        headers["Content-Type"] = "application/xml"
    connection.request("POST" if ask.body else "GET", ask.path, ask.body.encode() or None, headers)
    answer = connection.getresponse()
    content = answer.read()
    if answer.headers.get("Content-Encoding") == "gzip":
        content = gzip.decompress(content)
    if answer.status == HTTPStatus.OK and ask.holds.encode() in content:
        return ""
    return f"{answer.status} {ask.path} {ask.body} {content[:300].decode(errors='replace')}"


class Client(NamedTuple):
    """Who asks: where, of how many records, what by chance, for how long, and how much of it pages."""

    port: int
    records: int
    seed: int
    seconds: float
    pages: float

    def ask(self) -> None:
        """Ask for so long; print what came of it."""
        draw = random.Random(self.seed)
        weights = [kind.weight * (self.pages if kind.page else 1) for kind in MIX.values()]
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        coding = "gzip" if self.seed % 2 else "identity"
        took: list[tuple[str, float]] = []
        wrong: list[str] = []
        end = time.monotonic() + self.seconds
        while (began := time.monotonic()) < end:
            ((name, kind),) = draw.choices(list(MIX.items()), weights)
            fault = asked(connection, kind.make(draw, self.records), coding=coding)
            took.append((name, time.monotonic() - began))
            wrong += [f"{name}: {fault}"] if fault else []
            if self.seed % KEPT == 0:
                connection.close()
        json.dump({"took": took, "wrong": wrong}, sys.stdout)


def alone(server: Server, records: int, beside: Callable[[], float]) -> dict[str, float]:
    """Milliseconds of CPU of each kind, asked one after another."""
    found = {}
    for name, kind in MIX.items():
        draw = random.Random(5)
        for _ in range(3):
            if fault := asked(server.connection, kind.make(draw, records)):
                raise SystemExit(f"{name}: {fault}")
        before = server.cpu() + beside()
        for _ in range(ALONE):
            asked(server.connection, kind.make(draw, records))
        found[name] = (server.cpu() + beside() - before) / ALONE * 1000
    return found


def load(server: Server, given: argparse.Namespace, beside: Callable[[], float]) -> list[str]:
    """Let all clients ask at once, and tell what came of it; what was wrong."""
    before, began = server.cpu() + beside(), time.monotonic()
    clients = [
        Client(server.port, given.records, seed, given.seconds, given.pages) for seed in range(given.clients)
    ]
    running = [
        subprocess.Popen([sys.executable, __file__, json.dumps(one)], stdout=subprocess.PIPE)
        for one in clients
    ]
    told = [json.loads(one.communicate()[0]) for one in running]
    spent, passed = server.cpu() + beside() - before, time.monotonic() - began
    took = sorted(seconds for one in told for _, seconds in one["took"])
    wrong = [fault for one in told for fault in one["wrong"]]
    median, most, worst = (took[int(len(took) * part)] * 1000 for part in (0.5, 0.95, 0.999))
    print(f"{len(took)} requests of {given.clients} clients in {passed:.1f} s, {spent:.1f} s of CPU:")
    print(f"  {len(took) / spent:.0f} a second of one core; {spent / len(took) * 1000:.2f} ms each")
    print(f"  half of them within {median:.0f} ms, 95 % {most:.0f}, 999 of a thousand {worst:.0f}")
    print(f"  memory: {server.memory()}; {len(wrong)} not answered as they should be")
    return wrong


def main() -> int:
    """Build, measure, print; be a client where we are called as one."""
    if sys.argv[1:] and sys.argv[1].startswith("["):
        Client(*json.loads(sys.argv[1])).ask()
        return 0
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("records", nargs="?", type=int, default=100_000)
    parser.add_argument("--database", default="")
    parser.add_argument("--clients", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--pages", type=float, default=1, help="pages for people: so many times their share")
    given = parser.parse_args()
    database = given.database or f"sqlite:////tmp/clearinghouse-search-{given.records}.sqlite"
    with Store(database) as store:
        store.upgrade()
        if not store.sources.all():
            build(store, given.records)
        store.index.take_in()
        sum(iter(store.index.pair, 0))
        sum(iter(store.index.put_edges_in_order, 0))
        sum(iter(store.index.put_titles_in_order, 0))
        beside = backends(store)
        with serving(PROVIDER, database) as server:
            weight = sum(kind.weight for kind in MIX.values())
            each = alone(server, given.records, beside)
            for name, cost in sorted(each.items(), key=lambda one: -one[1] * MIX[one[0]].weight):
                print(f"{name:40}{cost:8.2f} ms{MIX[name].weight / weight * 100:7.1f} % of requests")
            wrong = load(server, given, beside)
    for fault in wrong[:20]:
        print(fault)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
