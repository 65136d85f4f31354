"""What others make of the feed: the table in docs/conformance.md.

    .venv/bin/python benchmarks/oai_conformance.py [--postgres URL] [--validator FOLDER]
        [--python PYTHON] [--pyoai PYTHON] [--write]
    .venv/bin/python benchmarks/oai_conformance.py --sentences

A catalogue of 250 records is served on loopback, from SQLite, and from PostgreSQL where one is named.
Then: every answer of a whole crawl in every format, against the official schema (where the corpus is); the
checks of BASE's OVAL; the official validator (a checkout of zimeon/oaipmh-validator, and Perl with
Class::Accessor, Data::UUID, Date::Manip, LWP and XML::DOM); and the harvesting clients that the Python named
by --python has (Sickle, oaipmh-scythe, oaipmh), pyoai by the one named by --pyoai (it needs an lxml before 5,
and setuptools before 80), and HTTP::OAI: the same count, the same identifiers, the same bytes. What is not at
hand is reported as not run. `--sentences` writes which test shows each sentence.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import requests
import uvicorn
from lxml import etree

import oai_sentences
from catalogue.formats import FORMATS, RENDERED
from catalogue.record import Agent, Concept, Date, Identifier, Record, Subject, Text
from catalogue.sets import load_sets
from catalogue.settings import load_settings
from catalogue.store import Store
from endpoint.app import create_app
from factories import add_source, commit, open_run, write_of

ROOT = Path(__file__).resolve().parent.parent
RECORDS = 250
OURS = "oai:clearinghouse.localdomain:nile:"
PAGE = ROOT / "docs" / "conformance.md"
BEGIN, END = "<!-- oai-pmh: benchmarks/oai_conformance.py -->", "<!-- end -->"
#: Namespaces of metadata that the schema looks into.
SCHEMAS = {form.namespace for form in RENDERED}
PREFIXES = [form.prefix for form in FORMATS if form.written]

OAIPMH = """
from oaipmh.client import Client
from oaipmh.metadata import MetadataRegistry
registry = MetadataRegistry()
registry.registerReader("oai_dc", lambda element: element)
for header, metadata, about in Client(URL, registry).listRecords(metadataPrefix="oai_dc"):
    element = metadata[0] if metadata is not None and metadata.tag == METADATA else metadata
    put(header.identifier(), None if header.isDeleted() else element)
"""
CLIENTS = {
    "Sickle": """
from sickle import Sickle
for r in Sickle(URL).ListRecords(metadataPrefix="oai_dc"):
    put(r.header.identifier, None if r.deleted else r.xml.find(METADATA)[0])
""",
    "oaipmh-scythe": """
from oaipmh_scythe import Scythe
with Scythe(URL) as client:
    for r in client.list_records(metadata_prefix="oai_dc"):
        put(r.header.identifier, None if r.deleted else r.xml.find(METADATA)[0])
""",
    "oaipmh (pyoai's heir)": OAIPMH,
}
PREAMBLE = """
import hashlib, json, sys
from lxml import etree
URL = sys.argv[1]
METADATA = "{http://www.openarchives.org/OAI/2.0/}metadata"
found = {}
def put(identifier, element):
    if element is None:
        found[identifier] = ""
    else:
        alone = etree.fromstring(etree.tostring(element, with_tail=False))
        found[identifier] = hashlib.sha256(etree.tostring(alone, method="c14n", exclusive=True)).hexdigest()
"""
PERL = shutil.which("perl") or "perl"
HARVEST = (
    "use HTTP::OAI; use MIME::Base64; use Encode; my $h = HTTP::OAI::Harvester->new(baseURL => $ARGV[0]);"
    'my $r = $h->ListRecords(metadataPrefix => "oai_dc", onRecord => sub { my $x = shift;'
    ' print $x->identifier, "\\t", ($x->is_deleted ? "" : encode_base64('
    ' encode("UTF-8", $x->metadata->dom->firstChild->firstChild->toString), "")), "\\n" });'
    " die $r->message if $r->is_error;"
)


def fill(store: Store) -> None:
    """Records with everything that clients look at; some deleted, some classified."""
    store.upgrade()
    add_source(store)
    run = open_run(store)
    writes = []
    for number in range(RECORDS):
        found = (Concept("countries", "SN"), Concept("chemicals", "ddt")) if number % 3 == 0 else ()
        record = Record(
            Text.of(f"Title {number} <&> \u00e9 \u6c5e", "en"),
            descriptions=(Text.of(f"Of stockpile {number}"),),
            agents=(Agent("creator", Text.of("A centre")), Agent("publisher", Text.of("A centre"))),
            subjects=(Subject(Text.of("mercury")),),
            languages=("en",),
            dates=(Date("issued", "2020-01-02"),),
            types=(Text.of("report"),),
            identifiers=(Identifier(f"https://nile.example.org/{number}", "uri"),),
            concepts=found,
        )
        made = write_of(store, record, source_identifier=f"r{number:03}")
        writes.append(replace(made, set_specs=load_sets().of("nile", found)))
    commit(store, run, writes)
    gone = store.records.known([f"{OURS}r{number:03}" for number in range(3, RECORDS, 17)])
    commit(store, run, [], tombstones=list(gone.values()))


@contextmanager
def serving(store: Store) -> Iterator[str]:
    """The base URL of the application over the store."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        settings = load_settings(
            database_url=str(store.engine.url), port=port, admin_email="feed@clearinghouse.test"
        )
        server = uvicorn.Server(
            uvicorn.Config(create_app(settings, store), log_level="error", lifespan="off")
        )
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{port}/oai"
        finally:
            server.should_exit = True
            thread.join()


class Feed:
    """Asks the feed, and remembers every answer."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.answers: list[etree._Element] = []

    def ask(self, verb: str, **given: str) -> etree._Element:
        """The answer to one request."""
        query = {"verb": verb, **given}
        root = etree.fromstring(requests.get(self.base_url, params=query, timeout=60).content)
        self.answers.append(root)
        return root

    def pages(self, verb: str, **given: str) -> Iterator[etree._Element]:
        """Every page of a list."""
        root = self.ask(verb, **given)
        yield root
        while token := root.findtext(".//{*}resumptionToken"):
            root = self.ask(verb, resumptionToken=token)
            yield root


def crawl(feed: Feed) -> str:
    """All verbs, all formats, all pages, and an error of each kind, valid against OAI-PMH.xsd."""
    from conftest import XSD, load_schema

    list(feed.pages("ListSets"))
    feed.ask("ListMetadataFormats")
    for prefix in PREFIXES:
        identifiers = [
            one for root in feed.pages("ListRecords", metadataPrefix=prefix) for one in _headers(root)
        ]
        heads = [
            one for root in feed.pages("ListIdentifiers", metadataPrefix=prefix) for one in _headers(root)
        ]
        if not (identifiers == heads and len(set(identifiers)) == RECORDS):
            return f"{prefix}: {len(set(identifiers))} of {RECORDS} records"
        feed.ask("GetRecord", metadataPrefix=prefix, identifier=f"{OURS}r001")
    for given in ({"metadataPrefix": "none"}, {"metadataPrefix": "oai_dc", "set": "none"}, {"x": "y"}):
        feed.ask("ListRecords", **given)
    if not XSD.is_dir():
        return "not run"
    schema = load_schema("oai_pmh")
    for root in feed.answers:
        for held in root.iter("{*}metadata"):
            if held[0].nsmap.get(held[0].prefix) not in SCHEMAS:  # its writer's own tests look at it
                held[:] = [etree.Element("{urn:example:any}thing")]
        if not schema.validate(root):
            return str(schema.error_log.last_error)
    return f"yes: {len(feed.answers)} answers"


def _headers(root: etree._Element) -> list[str]:
    return [str(one.findtext("{*}identifier")) for one in root.iter("{*}header")]


def oval(feed: Feed) -> dict[str, str]:
    """What BASE's validator looks at."""
    identify = feed.ask("Identify")
    pages = list(feed.pages("ListRecords", metadataPrefix="oai_dc"))
    live = [one for root in pages for one in root.iter("{*}record") if one[0].get("status") != "deleted"]
    day, second = (len(list(feed.pages("ListIdentifiers", metadataPrefix="oai_dc", **{"from": start})))
                   for start in ("2000-01-01", "2000-01-01T00:00:00Z"))  # fmt: skip
    token = pages[0].find(".//{*}resumptionToken")
    texts = {name: [[e.text or "" for e in one.iter(f"{{*}}{name}")] for one in live]
             for name in ("title", "date", "language")}  # fmt: skip
    links = [[e.text or "" for e in one.iter("{http://purl.org/dc/elements/1.1/}identifier")] for one in live]
    every = b"".join(etree.tostring(root, encoding="UTF-8") for root in pages)
    held = {
        "Identify names the base URL": identify.findtext(".//{*}baseURL") == feed.base_url,
        "100 to 500 records a page": 100 <= len(_headers(pages[0])) <= 500,
        "incremental harvests by day and by second": day == second == len(pages),
        "deletedRecord is told, and records are": identify.findtext(".//{*}deletedRecord") == "persistent"
        and any(one.get("status") == "deleted" for root in pages for one in root.iter("{*}header")),
        "resumptionToken has expirationDate, completeListSize, cursor": token is not None
        and set(token.attrib) == {"expirationDate", "completeListSize", "cursor"},
        "every record has a title": all(texts["title"]),
        "dc:date is ISO 8601": all(
            re.fullmatch(r"\d{4}(-\d\d){0,2}(T\S+)?", d) for ds in texts["date"] for d in ds
        ),
        "dc:language is ISO 639": all(re.fullmatch("[a-z]{2,3}", t) for ts in texts["language"] for t in ts),
        "dc:identifier has an absolute URL": all(any("://" in link for link in one) for one in links),
        "UTF-8 is encoded once": "\u00e9".encode() in every and "\u00c3\u00a9".encode() not in every,
    }
    return {name: "yes" if holds else "NO" for name, holds in held.items()}


def truth(feed: Feed) -> dict[str, str]:
    """Identifier -> hash of the metadata; empty where the record is deleted."""
    found: dict[str, str] = {}
    for root in feed.pages("ListRecords", metadataPrefix="oai_dc"):
        for record in root.iter("{*}record"):
            held = record.find("{*}metadata")
            alone = None if held is None else etree.fromstring(etree.tostring(held[0], with_tail=False))
            found[_headers(record)[0]] = "" if alone is None else _hash(alone)
    return found


def _hash(alone: etree._Element) -> str:
    return hashlib.sha256(etree.tostring(alone, method="c14n", exclusive=True)).hexdigest()


def client(python: str, code: str, feed: Feed) -> str:
    """What a Python client reads, beside what is there."""
    program = f"{PREAMBLE}{code}\nprint(json.dumps(found))"
    if not python:
        return "not run"
    done = subprocess.run(
        [python, "-c", program, feed.base_url], capture_output=True, text=True, timeout=300, check=False
    )
    if done.returncode:
        absent = "ModuleNotFoundError" in done.stderr
        return "not run" if absent else f"NO: {done.stderr.strip().splitlines()[-1]}"
    found, expected = json.loads(done.stdout), truth(feed)
    return f"yes: {len(found)} records" if found == expected else f"NO: {len(found)} of {len(expected)}"


def http_oai(feed: Feed) -> str:
    """What Perl's HTTP::OAI reads, beside what is there."""
    done = subprocess.run(
        [PERL, "-e", HARVEST, feed.base_url], capture_output=True, text=True, timeout=300, check=False
    )
    if done.returncode:
        return "not run" if "Can't locate" in done.stderr else f"NO: {done.stderr.strip()}"
    lines = (line.split("\t") for line in done.stdout.splitlines())
    found = {name: _hash(etree.fromstring(b64decode(held))) if held else "" for name, held in lines}
    expected = truth(feed)
    return f"yes: {len(found)} records" if found == expected else f"NO: {len(found)} of {len(expected)}"


def validator(folder: str, feed: Feed) -> str:
    """The verdict of the validator behind the registry of the Open Archives Initiative."""
    if not folder:
        return "not run"
    done = subprocess.run(
        [PERL, "-Ilib", "oaipmh-validator.pl", feed.base_url],
        cwd=folder, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    passed, failed = (
        len(re.findall("^PASS", done.stdout, re.MULTILINE)),
        len(re.findall("^FAIL", done.stdout, re.MULTILINE)),
    )
    if not passed and not failed:
        why = (done.stderr.strip() or done.stdout.strip() or "it says nothing").splitlines()[0]
        return f"did not begin: {why[:200]}"
    verdict = "COMPLIANT" if "is COMPLIANT" in done.stdout and not failed else "NO"
    return f"{verdict}: {passed} passed, {failed} failed"


def column(store: Store, given: argparse.Namespace) -> dict[str, str]:
    """Everything, over one store."""
    fill(store)
    checks: dict[str, Callable[[Feed], str]] = {
        "every answer is valid against OAI-PMH.xsd": crawl,
        "the official validator": lambda feed: validator(given.validator, feed),
        "HTTP::OAI reads it all, to the byte": http_oai,
    }
    for name, code in CLIENTS.items():
        checks[f"{name} reads it all, to the byte"] = lambda feed, code=code: client(given.python, code, feed)  # type: ignore[misc]
    checks["pyoai reads it all, to the byte"] = lambda feed: client(given.pyoai, OAIPMH, feed)
    with serving(store) as base_url:
        feed = Feed(base_url)
        return {name: check(feed) for name, check in checks.items()} | {
            f"OVAL: {name}": said for name, said in oval(feed).items()
        }


def write(begin: str, end: str, text: str) -> None:
    """Put a text between two marks of the page."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(begin)
    after = rest.partition(end)[2]
    PAGE.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")


def main() -> int:
    """Check, print, and perhaps write; ends with 1 where something does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--postgres", default="", help="an empty database")
    parser.add_argument("--validator", default="")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--pyoai", default="")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--sentences", action="store_true")
    given = parser.parse_args()
    if given.sentences:
        write(oai_sentences.BEGIN, oai_sentences.END, oai_sentences.table())
        return 0
    columns: dict[str, dict[str, str]] = {}
    with tempfile.TemporaryDirectory() as folder, Store(f"sqlite:///{folder}/s.sqlite") as store:
        columns["SQLite"] = column(store, given)
    if given.postgres:
        with Store(given.postgres) as store:
            columns["PostgreSQL"] = column(store, given)
    table = [f"| | {' | '.join(columns)} |", f"|---|{'---|' * len(columns)}"]
    table += [f"| {name} | {' | '.join(c[name] for c in columns.values())} |" for name in columns["SQLite"]]
    text = "\n".join(table)
    print(text)
    if given.write:
        write(BEGIN, END, text)
    return any("NO" in said for one in columns.values() for said in one.values())


if __name__ == "__main__":
    sys.exit(main())
