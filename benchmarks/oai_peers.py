"""What other providers of OAI-PMH cost over the very same store, beside ours: CPU for a page of 100 records.

    make peers
    .venv/bin/python benchmarks/oai_peers.py STORE [--pyoai PYTHON] [--oai-repo PYTHON] [--requests N]

STORE is an SQLite file that `benchmarks/oai_provider.py` has filled. `--pyoai` names a Python that has pyoai
(which needs an lxml before 5, and setuptools before 80), `--oai-repo` one that has oai-repo; both need
starlette, uvicorn, httptools and uvloop, too. pycsw is that of `.peers`, with 2,000 records. Peers are given
a back end of our own that reads the store by its index. All are asked over a socket, behind the same server,
peers by a bare route; but pycsw, which is called without. What is not at hand is told so.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from oai_provider import PAGE, PROVIDER, Server, cases, serving

from catalogue.record import Record, Text
from catalogue.rendering import csw_record
from catalogue.store import Store

_PYCSW = Path(__file__).resolve().parent.parent / ".peers" / "bin" / "python"
_FEW = 2000
BEGIN = """
import datetime, json, sqlite3, sys, time
from lxml import etree
import os
path, requests, total = os.environ["BENCH_DATABASE"], 5, int(os.environ["BENCH_TOTAL"])
rows = sqlite3.connect(path, check_same_thread=False) if path.endswith("sqlite") else None
LIST = "SELECT r.identifier, n.datestamp, r.set_specs, n.body FROM renditions n JOIN records r"
LIST += " ON r.id = n.record_id WHERE n.prefix = 'oai_dc'"
PAGE = LIST + " ORDER BY n.datestamp, n.record_id LIMIT ? OFFSET ?"
def measured(answer, count):
    answer(); best = 1e9
    for _ in range(3):
        began = time.process_time()
        for _ in range(count): answer()
        best = min(best, (time.process_time() - began) / count * 1000)
    return best
"""
PYOAI = """
import cgi, urllib.parse
cgi.parse_qs = urllib.parse.parse_qs  # which Python has there no more
from oaipmh.common import Header, Identify
from oaipmh.metadata import MetadataRegistry
from oaipmh.server import BatchingServer
import inspect
def header(identifier, stamp, specs, gone):
    given = (identifier, datetime.datetime.utcfromtimestamp(stamp), specs.split(), gone)
    more = "element" in inspect.signature(Header.__init__).parameters
    return Header(None, *given) if more else Header(*given)
class Held:
    def identify(self):
        epoch, granularity = datetime.datetime(2000, 1, 1), "YYYY-MM-DDThh:mm:ssZ"
        at = "http://localhost/"
        return Identify("peer", at, "2.0", ["a@example.org"], epoch, "persistent", granularity, [])
    def listRecords(self, metadataPrefix, set=None, from_=None, until=None, cursor=0, batch_size=10):
        found = rows.execute(PAGE, (batch_size, cursor))
        return [(header(i, d, s, b is None), b, None) for i, d, s, b in found]
registry = MetadataRegistry()
registry.registerWriter("oai_dc", lambda element, body: element.append(etree.fromstring(body)))
server = BatchingServer(Held(), registry, resumption_batch_size=100)
def ask(**given): return server.handleRequest(given)
first = ask(verb="ListRecords", metadataPrefix="oai_dc")
token = etree.fromstring(first).findtext(".//{*}resumptionToken")
deep = token.replace("100", str(total * 9 // 10))
assert first.count(b"<record>") + first.count(b"<record ") == 100, first[:500]
"""
OAI_REPO = """
from oai_repo import DataInterface, Identify, MetadataFormat, OAIRepository, RecordHeader
class Held(DataInterface):
    limit = 100
    kept = {}
    def get_identify(self):
        made = Identify()
        made.base_url, made.admin_email, made.repository_name = "http://localhost/", ["a@example.org"], "peer"
        made.earliest_datestamp, made.deleted_record = "2000-01-01T00:00:00Z", "no"
        made.granularity = "YYYY-MM-DDThh:mm:ssZ"
        return made
    def get_metadata_formats(self, identifier=None):
        return [MetadataFormat("oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
                               "http://www.openarchives.org/OAI/2.0/oai_dc/")]
    def is_valid_identifier(self, identifier): return True
    def list_identifiers(self, prefix, filter_from=None, filter_until=None, filter_set=None, cursor=0):
        size = rows.execute("SELECT count(*) FROM renditions WHERE prefix = 'oai_dc'").fetchone()[0]
        self.kept = {row[0]: row for row in rows.execute(PAGE, (100, cursor))}
        return list(self.kept), size, None
    def get_records_header(self, identifiers):
        made = []
        for name in identifiers:
            one = RecordHeader()
            one.identifier, one.setspecs = name, self.kept[name][2].split()
            one.datestamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.kept[name][1]))
            made.append(one)
        return made
    def get_records_metadata(self, identifiers, prefix):
        return [etree.fromstring(self.kept[name][3]) if self.kept[name][3] else None for name in identifiers]
    def get_records_abouts(self, identifiers): return [[] for _ in identifiers]
server = OAIRepository(Held())
def ask(**given): return bytes(server.process(given))
first = ask(verb="ListRecords", metadataPrefix="oai_dc")
assert first.count(b"<record>") >= 90, first[:800]
from oai_repo.resumption import ResumptionToken
token = ResumptionToken()
token.cursor, token.complete_list_size, token.args = total * 9 // 10, total, {"metadataPrefix": "oai_dc"}
deep = token.create()
if isinstance(deep, bytes): deep = deep.decode()
"""
#: A peer behind the server that is before ours, by a bare route.
SERVED = """
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
async def page(request):
    more = {"resumptionToken": deep} if "deep" in request.query_params else {"metadataPrefix": "oai_dc"}
    return Response(ask(verb="ListRecords", **more), media_type="text/xml")
app = Starlette(routes=[Route("/", page)])
"""
PYCSW = """
import configparser, warnings
warnings.simplefilter("ignore")
from pycsw.core import admin, config
from pycsw import server
folder = path
database = "sqlite:///" + folder + "/pycsw.db"
admin.setup_db(database, "records", folder)
admin.load_records(config.StaticContext(), database, "records", folder)
made = configparser.ConfigParser()
made.read_dict({
    "server": {"home": folder, "url": "http://localhost/", "maxrecords": "100", "language": "en-US",
               "encoding": "UTF-8", "mimetype": "application/xml", "pretty_print": "false"},
    "manager": {"transactions": "false"}, "metadata:main": {}, "metadata:inspire": {"enabled": "false"},
    "repository": {"database": database, "table": "records"},
})
def ask(query):
    environ = {"REQUEST_METHOD": "GET", "QUERY_STRING": query, "wsgi.url_scheme": "http", "SCRIPT_NAME": "",
               "HTTP_HOST": "localhost", "SERVER_NAME": "localhost", "SERVER_PORT": "80", "REQUEST_URI": "/"}
    answer = server.Csw(made, environ).dispatch_wsgi()[1]
    return answer if isinstance(answer, bytes) else answer.encode()
query = "mode=oaipmh&verb=ListRecords&metadataPrefix=oai_dc"
found = ask(query)
assert found.count(b":record>") >= 100, found[:500]
print(json.dumps([measured(lambda: ask(query), min(requests, 5))]))
"""


def served(python: str, code: str, store: str, *, requests: int, total: int) -> list[float] | str:
    """Milliseconds of CPU for a peer's pages behind our server; why there are none where there are none."""
    os.environ["BENCH_TOTAL"] = str(total)
    try:
        server = Server(BEGIN + code + SERVED, store, python=python)
    except FileNotFoundError:
        return "not run"
    try:
        if any(server.get(path).count(b"<record") < PAGE * 0.9 for path in ("/", "/?deep=1")):
            return "not run: its pages are not what they should be"
        return [min(server.measure(path, requests) for _ in range(3)) for path in ("/", "/?deep=1")]
    except OSError as error:
        return f"not run: {error}"
    finally:
        server.stop()


def run(python: str, code: str, folder: str, total: int) -> list[object] | str:
    """What a peer's program prints; why it did not where it did not."""
    try:
        done = subprocess.run(
            [python, "-c", BEGIN + code],
            env=os.environ | {"BENCH_DATABASE": folder, "BENCH_TOTAL": str(total)},
            capture_output=True, text=True, timeout=200, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        return "not run"
    if done.returncode:
        return f"not run: {done.stderr.strip().splitlines()[-1][:200]}"
    found: list[object] = json.loads(done.stdout.splitlines()[-1])
    return found


def pycsw() -> list[object] | str:
    """pycsw, over 2,000 records of its own kind."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(_FEW):
            record = Record(Text.of(f"Record {number}"), descriptions=(Text.of("waste " * 200),))
            written = csw_record.write(record, identifier=f"r{number}", element_set="full")
            Path(folder, f"{number}.xml").write_bytes(written)
        return run(str(_PYCSW), PYCSW, folder, _FEW)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("store")
    parser.add_argument("--pyoai", default="none")
    parser.add_argument("--oai-repo", default="none")
    parser.add_argument("--requests", type=int, default=40)
    given = parser.parse_args()
    database = f"sqlite:///{given.store}"
    with Store(database) as store, serving(PROVIDER, database) as ours:
        store.upgrade()
        total = store.listing.greatest()
        paths = cases(store, ours, total)
        names = ("ListRecords, first page", "ListRecords, last page")
        mine = [min(ours.measure(paths[name], given.requests * 3) for _ in range(4)) for name in names]
        found = {
            "ours, over a socket": mine,
            "pyoai": served(given.pyoai, PYOAI, given.store, requests=given.requests, total=total),
            "oai-repo": served(given.oai_repo, OAI_REPO, given.store, requests=given.requests, total=total),
            f"pycsw, {_FEW} records": pycsw(),
        }
    print(f"milliseconds of CPU for {PAGE} records of oai_dc, first page and at nine tenths of {total}:")
    for name, said in found.items():
        numbers = [one for one in said if isinstance(one, float)] if isinstance(said, list) else []
        told = "  ".join(f"{one:8.2f} ({one / mine[0]:.0f}x)" for one in numbers)
        print(f"{name:28}{told or said}")


if __name__ == "__main__":
    main()
