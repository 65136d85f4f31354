"""What the public API costs: CPU for each page of results and each record, beside the bare limit.

    .venv/bin/python benchmarks/records_api.py [records] [--database PATH_OR_URL]

The bare limit of a page is what must be done whatever the form: the search, the records out of the store, and
the neutral records encoded again as JSON. The application runs in this process, behind its middleware,
without a socket. Each figure is the least of several rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import msgspec
from fastapi import FastAPI

from benchmarks.csw_provider import build, identifier
from catalogue.query import RecordQuery
from catalogue.record import to_json
from catalogue.settings import load_settings
from catalogue.store import Store
from endpoint.app import create_app

ROUNDS = 5
ITEMS = "/ogc/collections/records/items"
FORMS = ("geojson", "html", "jsonld", "rdf", "ttl", "dcat-jsonld", "atom", "csv", "ris", "bibtex")


def ask(app: FastAPI, address: str) -> bytes:
    """The body of the answer."""
    path, _, query = address.partition("?")
    return asyncio.get_event_loop().run_until_complete(_ask(app, path, query))


async def _ask(app: FastAPI, path: str, query: str) -> bytes:
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(b"host", b"127.0.0.1")], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
        "state": {},
    }  # fmt: skip
    waiting = [{"type": "http.request", "body": b"", "more_body": False}]
    sent: list[dict] = []

    async def receive() -> dict:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    async def send(message: dict) -> None:
        sent.append(message)

    await app(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    if sent[0]["status"] != 200:
        raise SystemExit(f"{path}?{query}: {body.decode()}")
    return body


def least(work: Callable[[], object], seconds: float = 0.4) -> float:
    """Milliseconds of CPU for each time, in the best of the rounds."""
    work()
    found = []
    for _ in range(ROUNDS):
        count, began = 0, time.process_time()
        while time.process_time() - began < seconds / ROUNDS or not count:
            work()
            count += 1
        found.append((time.process_time() - began) / count * 1000)
    return min(found)


def bare(store: Store, limit: int) -> None:
    """What a page of the whole catalogue needs at the least."""
    _, ids = store.search.page(RecordQuery(limit=limit))
    for one in store.listing.records(ids):
        to_json(one.record)


def deep(app: FastAPI, pages: int) -> str:
    """The address of a page far behind the first."""
    address = f"{ITEMS}?limit=100&f=json"
    for _ in range(pages):
        links = msgspec.json.decode(ask(app, address))["links"]
        onward = next((one["href"] for one in links if one["rel"] == "next"), "")
        if not onward:
            break
        address = ITEMS + onward.partition("/items")[2]
    return address


def queries(records: int) -> dict[str, str]:
    """What is asked, by name, as ten records of GeoJSON."""
    return {
        "q, common": "q=mercury",
        "q, rare": "q=lindane",
        "bbox": "bbox=10,10,25,20",
        "datetime": "datetime=2003-01-01/..",
        "CQL2": "filter=" + quote("type = 'map' AND issued >= DATE('2001-01-01')"),
        "CQL2, nested": "filter=" + quote("NOT (type = 'map' OR CASEI(title) LIKE CASEI('%waste%'))"),
        "sorted by title": "sortby=title",
        "sorted by updated": "sortby=-updated",
        f"offset {min(10_000, records // 2)}": f"offset={min(10_000, records // 2)}",
    }


def report(app: FastAPI, store: Store, records: int) -> None:
    limits = {limit: least(lambda limit=limit: bare(store, limit)) for limit in (10, 100)}
    print(f"{records} records; milliseconds of CPU, and times the bare limit")
    for limit, floor in limits.items():
        print(f"{f'bare limit, {limit} records':32} {floor:8.2f}")
    for form in FORMS:
        line = [f"{form:32}"]
        for limit, floor in limits.items():
            address = f"{ITEMS}?limit={limit}&f={form}"
            took = least(lambda address=address: ask(app, address))
            line.append(f"{limit:4}: {took:8.2f} {took / floor:5.1f}")
        one = f"{ITEMS}/{identifier(records // 2)}?f={form}"
        line.append(f"  one: {least(lambda one=one: ask(app, one)):8.2f}")
        print(" ".join(line))
    far = deep(app, 50)
    print(f"{'100 records, page 50':32} {least(lambda: ask(app, far)):8.2f}")
    for name, query in queries(records).items():
        address = f"{ITEMS}?{query}&f=json"
        print(f"{name:32} {least(lambda address=address: ask(app, address)):8.2f}")
    for path in ("/ogc", "/ogc/conformance", "/ogc/api", "/ogc/collections", "/sitemaps/0.xml"):
        print(f"{path:32} {least(lambda path=path: ask(app, path)):8.2f}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("records", type=int, nargs="?", default=20_000)
    parser.add_argument("--database", default="")
    given = parser.parse_args()
    asyncio.set_event_loop(asyncio.new_event_loop())
    with tempfile.TemporaryDirectory() as folder:
        database = given.database or f"{folder}/store.sqlite"
        if "://" not in database:
            database = f"sqlite:///{Path(database).resolve()}"
        with Store(database) as store:
            store.upgrade()
            if not store.sources.all():
                build(store, given.records)
            report(create_app(load_settings(database_url=database), store), store, given.records)


if __name__ == "__main__":
    main()
