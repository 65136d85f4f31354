"""What a request costs us and pycsw, in one run, over the same records: CPU of each, and how many times ours.

    make peers
    .venv/bin/python benchmarks/csw_race.py [records] [--database PATH_OR_URL] [--peer FOLDER] [--requests N]

The records are those of `csw_provider.py`, as csw:Record, loaded into pycsw 2.6.2 (in `.peers`) by its own
loader and into a store of ours; FOLDER keeps what pycsw has loaded for another run. pycsw is called without a
server around it, with its ISO profile; ours is asked over a socket, with all that is around it, and remembers
answers, as it does in use. The first answers of both are compared: how many records match.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from csw_provider import Server, build, identifier, measure, record, requests
from lxml import etree
from msgspec.structs import replace

from catalogue.rendering import csw_record
from catalogue.store import Store

PYTHON = Path(__file__).resolve().parent.parent / ".peers" / "bin" / "python"
#: Seconds of CPU that are spent on one kind of request to pycsw, and requests at least.
_SECONDS = 2.0
_LEAST = 3
#: Loads a folder of records unless it has been loaded; answers a request a line: seconds, and what it said.
PEER = """
import configparser, json, os, sys, time, warnings
warnings.simplefilter("ignore")
from io import BytesIO
from pycsw.core import admin, config
from pycsw import server
folder = sys.argv[1]
TOLD = "identification_title identification_abstract identification_keywords identification_keywords_type "
TOLD += "identification_fees identification_accessconstraints provider_name provider_url contact_name "
TOLD += "contact_position contact_address contact_city contact_stateorprovince contact_postalcode "
TOLD += "contact_country contact_phone contact_fax contact_email contact_url contact_hours "
TOLD += "contact_instructions contact_role"
database = "sqlite:///" + folder + "/pycsw.db"
if not os.path.exists(folder + "/loaded"):
    admin.setup_db(database, "records", folder)
    began = time.process_time()
    found = admin.load_records(config.StaticContext(), database, "records", folder)
    with open(folder + "/loaded", "w") as told:
        told.write(f"{time.process_time() - began} {len(found)}")
made = configparser.ConfigParser()
made.read_dict({
    "server": {"home": folder, "url": "http://localhost/", "maxrecords": "1000", "language": "en-US",
               "encoding": "UTF-8", "mimetype": "application/xml", "pretty_print": "false",
               "profiles": "apiso"},
    "manager": {"transactions": "false"}, "metadata:inspire": {"enabled": "false"},
    "metadata:main": dict.fromkeys(TOLD.split(), "told"),
    "repository": {"database": database, "table": "records"},
})
print("ready", open(folder + "/loaded").read(), flush=True)
for line in sys.stdin:
    query, body = json.loads(line)
    body = body.encode()
    environ = {"REQUEST_METHOD": "POST" if body else "GET", "QUERY_STRING": query,
               "CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body),
               "wsgi.url_scheme": "http", "HTTP_HOST": "localhost",
               "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SCRIPT_NAME": "", "REQUEST_URI": "/"}
    began = time.process_time()
    content = server.Csw(made, environ).dispatch_wsgi()[1]
    took = time.process_time() - began
    print(json.dumps([took, content.decode() if isinstance(content, bytes) else content]), flush=True)
"""


class Peer:
    """pycsw, in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [str(PYTHON), "-c", PEER, str(folder)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        while not (line := self._process.stdout.readline()).startswith("ready"):
            if not line:
                raise SystemExit("pycsw does not start: make peers")
        loading, loaded = line.split()[1:]
        #: Records that it has taken, and milliseconds of CPU for each.
        self.loaded, self.loading = int(loaded), float(loading) / int(loaded) * 1000

    def ask(self, request: tuple[str, str]) -> tuple[float, bytes]:
        """Seconds of CPU, and the answer to (query, body)."""
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        took, content = json.loads(self._process.stdout.readline())
        return took, content.encode()

    def measure(self, make: Callable[[random.Random], tuple[str, str]], most: int) -> float:
        """Milliseconds of CPU for each request; fewer requests where they are slow."""
        draw = random.Random(2)
        took: list[float] = []
        while len(took) < _LEAST or (len(took) < most and sum(took) < _SECONDS):
            took.append(self.ask(make(draw))[0])
        return sum(took) / len(took) * 1000

    def close(self) -> None:
        """End it."""
        self._process.stdin.close()
        self._process.wait()


def matched(content: bytes) -> str:
    """How many records an answer says that match; how many it has, or what it refuses."""
    root = etree.fromstring(content)
    if root.tag.endswith("ExceptionReport"):
        return f"refused: {' '.join(' '.join(root.itertext()).split())[:60]}"
    counts = root.xpath("//@numberOfRecordsMatched") or root.xpath("//*[local-name()='totalResults']/text()")
    return str(counts[0]) if counts else ""


#: What is said otherwise, so that both understand the same by it.
_PLAINLY = {
    "dct:issued": "dc:date",
    ">AnyText": ">csw:AnyText",
    "<gml:Envelope>": '<gml:Envelope srsName="urn:ogc:def:crs:EPSG::4326">',
}


def asked(make: Callable[[random.Random], tuple[str, str]]) -> Callable[[random.Random], tuple[str, str]]:
    """The request in words that both know."""

    def made(draw: random.Random) -> tuple[str, str]:
        query, body = make(draw)
        for word, other in _PLAINLY.items():
            body = body.replace(word, other)
        if query.endswith("typeNames=csw%3ARecord"):
            query += "&elementSetName=summary"
        return query, body

    return made


def race(ours: Server, theirs: Peer, records: int, most: int) -> None:
    """Ask both for everything, and print what it costs."""
    print(f"{'':36} {'ours':>8} {'pycsw':>9} {'times':>7}  matched")
    for name, make in requests(records).items():
        request = asked(make)
        # Left alone for so long, the server hangs up.
        ours.connection.close()
        first, second = ours.ask(request(random.Random(1))), theirs.ask(request(random.Random(1)))[1]
        said = (matched(first), matched(second))
        mine, _ = measure(ours, request, most)
        if said[1].startswith("refused"):
            print(f"{name:36} {mine:8.2f} {'':>9} {'':>7}  {said[0]}, {said[1]}")
            continue
        other = theirs.measure(request, most)
        told = said[0] if said[0] == said[1] else f"{said[0]}, pycsw {said[1]}"
        print(f"{name:36} {mine:8.2f} {other:9.2f} {other / max(mine, 0.01):7.0f}  {told}", flush=True)


def write_files(folder: Path, records: int) -> None:
    """The records as files that pycsw loads."""
    for number in range(records):
        name = identifier(number)
        one = record(number)
        # The one date that pycsw reads.
        plain = replace(one, dates=tuple(replace(date, kind="date") for date in one.dates))
        body = csw_record.write(plain, identifier=name, element_set="full")
        (folder / f"{number:07}.xml").write_bytes(body)


def main() -> None:
    """Build both, and measure them in turn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("records", type=int, nargs="?", default=10_000)
    parser.add_argument("--database", default="")
    parser.add_argument("--peer", type=Path)
    parser.add_argument("--requests", type=int, default=200)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        database = given.database or f"{temporary}/store.sqlite"
        if "://" not in database:
            database = f"sqlite:///{Path(database).resolve()}"
        with Store(database) as store:
            store.upgrade()
            if not store.sources.all():
                build(store, given.records)
            store.index.take_in()
        folder = given.peer or Path(temporary) / "peer"
        if not (folder / "loaded").exists():
            folder.mkdir(exist_ok=True)
            write_files(folder, given.records)
        theirs, ours = Peer(folder), Server(database)
        try:
            print(f"{theirs.loaded} records in pycsw, taken in at {theirs.loading:.1f} ms each")
            print("milliseconds of CPU a request")
            race(ours, theirs, given.records, given.requests)
        finally:
            theirs.close()
            ours.process.terminate()
            ours.process.wait()


if __name__ == "__main__":
    main()
