"""Real answers, replayed over a socket: pages or a named HarvestError, and never anything else."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from werkzeug import Request, Response

from catalogue.errors import HarvestError, XmlError
from catalogue.run import Checkpoint
from catalogue.source import Protocol, Source
from catalogue.xml import parse
from harvester.clients import client_for
from harvester.clients.base import Client
from harvester.clients.documents import read_document
from harvester.http import HarvestSession

pytestmark = [pytest.mark.corpus]

CAPABILITIES = """<csw:Capabilities xmlns:csw="http://www.opengis.net/cat/csw/2.0.2" version="2.0.2"
 xmlns:ows="http://www.opengis.net/ows"><ows:OperationsMetadata><ows:Operation name="GetRecords">
 <ows:Parameter name="outputSchema"><ows:Value>http://www.isotc211.org/2005/gmd</ows:Value></ows:Parameter>
</ows:Operation></ows:OperationsMetadata></csw:Capabilities>"""


def files(corpus: Path, *folders: str) -> list[Path]:
    """The files of these folders, broken ones too, by the corpus's own manifest."""
    with (corpus / "manifest.csv").open(newline="") as manifest:
        rows = [row for row in csv.DictReader(manifest) if row["path"].split("/")[0] in folders]
    return [corpus / row["path"] for row in rows]


def outcome(act: Callable[[], str]) -> str:
    try:
        return act()
    except HarvestError as error:
        return type(error).__name__ if str(error) else "an error without words"


def listing(client: Client) -> str:
    """What a client makes of a list; every payload must be a document by itself."""
    found = Counter[str]()
    try:
        for page in client.pages(Checkpoint()):
            for item in page.items:
                found["faults" if item.fault else "tombstones" if item.deleted else "payloads"] += 1
                if item.payload is not None:
                    parse(item.payload)
                    assert item.identifier
    except HarvestError:
        if not found:
            raise
    return "pages with " + "+".join(sorted(found)) if found else "empty list"


@pytest.fixture
def replay(httpserver: Any) -> Callable[[bytes], None]:
    """Make the server answer every question with these bytes; GetCapabilities with plain ones."""
    now: dict[str, bytes] = {}

    def answer(request: Request) -> Response:
        if request.path == "/csw" and request.method == "GET" and "capabilities" not in now:
            return Response(CAPABILITIES, content_type="text/xml")
        return Response(now["body"], content_type="text/xml")

    httpserver.expect_request("/oai").respond_with_handler(answer)
    httpserver.expect_request("/oai/").respond_with_handler(answer)
    httpserver.expect_request("/csw").respond_with_handler(answer)

    def set_body(body: bytes, *, capabilities: bool = False) -> None:
        now.clear()
        now["body"] = body
        if capabilities:
            now["capabilities"] = b""

    return set_body


def report(capsys: pytest.CaptureFixture[str], title: str, outcomes: Counter[str]) -> None:
    with capsys.disabled():
        lines = "".join(f"\n    {count:4} {what}" for what, count in outcomes.most_common())
        print(f"\n  {title}: {outcomes.total()} answers{lines}")  # noqa: T201 - the counts are the result


def test_oai_answers(corpus: Path, oai: Any, replay: Any, capsys: pytest.CaptureFixture[str]) -> None:
    outcomes = Counter[str]()
    for path in files(corpus, "oai", "oai-broken"):
        replay(path.read_bytes())
        outcomes[outcome(lambda: listing(oai()))] += 1
        outcome(lambda: str(oai().describe()))
    report(capsys, "OAI-PMH", outcomes)
    assert outcomes["pages with payloads"] >= 90
    assert not outcomes["an error without words"]


def test_oai_lists_hold_what_an_independent_count_says(corpus: Path, oai: Any, replay: Any) -> None:
    compared = 0
    for path in files(corpus, "oai"):
        body = path.read_bytes()
        try:
            root = parse(body)
        except XmlError:
            continue
        records = root.findall("{*}ListRecords/{*}record")
        if root.tag != "{http://www.openarchives.org/OAI/2.0/}OAI-PMH" or not records:
            continue
        replay(body)
        page = next(oai().pages(Checkpoint()))
        assert len(page.items) == len(records), path.name
        for item, record in zip(page.items, records, strict=True):
            payload = record.find("{*}metadata/*")
            if item.payload is not None:
                assert payload is not None
                assert canonical(parse(item.payload)) == canonical(payload), path.name
                compared += 1
    assert compared > 1000


def canonical(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_tail=False)


def test_csw_answers(corpus: Path, csw: Any, replay: Any, capsys: pytest.CaptureFixture[str]) -> None:
    lists, descriptions = Counter[str](), Counter[str]()
    for path in files(corpus, "csw"):
        replay(path.read_bytes())
        lists[outcome(lambda: listing(csw()))] += 1
        replay(path.read_bytes(), capabilities=True)
        descriptions[outcome(lambda: "described" if csw().describe() else "")] += 1
    report(capsys, "CSW as GetRecords", lists)
    report(capsys, "CSW as GetCapabilities", descriptions)
    assert lists["pages with payloads"] >= 20
    assert descriptions["described"] >= 37


def test_files_of_every_kind(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever is put into a folder is read, or is a fault; an identifier is never empty without one."""
    outcomes = Counter[str]()
    for path in files(corpus, "iso19139", "iso19115-3", "dc", "csw", "oai", "oai-broken", "other")[::2]:
        for item in read_document(path.read_bytes(), path.name):
            assert item.identifier or item.fault
            if item.payload is not None:
                parse(item.payload)
            outcomes[item.fault.rule if item.fault else "payloads" if item.payload else "tombstones"] += 1
    report(capsys, "files", outcomes)
    assert outcomes["payloads"] >= 800
    assert outcomes["xml.malformed"] < 40


def test_records_keep_their_own_identifiers_in_files(corpus: Path) -> None:
    """By the path only where there is no fileIdentifier: as an independent look at the file has it."""
    compared = 0
    for path in files(corpus, "iso19139"):
        try:
            root = etree.fromstring(path.read_bytes())
        except etree.XMLSyntaxError:
            continue
        own = root.find("{http://www.isotc211.org/2005/gmd}fileIdentifier")
        if own is None or not root.tag.endswith("_Metadata"):
            continue
        [item] = read_document(path.read_bytes(), path.name)
        words = " ".join("".join(map(str, own.itertext(etree.Element))).split())
        if item.fault is None:
            assert item.identifier == (words or path.name)
            compared += 1
    assert compared > 150


@pytest.mark.parametrize("protocol", [Protocol.OAI_STATIC, Protocol.OGC_RECORDS, Protocol.FILES])
def test_other_protocols_name_what_is_wrong(
    corpus: Path, session: HarvestSession, replay: Any, httpserver: Any, protocol: Protocol
) -> None:
    outcomes = Counter[str]()
    for path in files(corpus, "oai-broken", "csw", "other")[::3]:
        replay(path.read_bytes())
        client = client_for(Source("x", protocol, httpserver.url_for("/oai")), session)
        outcomes[outcome(lambda client=client: listing(client))] += 1  # type: ignore[misc]
    assert not outcomes["an error without words"]
    assert outcomes["AnswerUnreadable"] >= 50
