"""What the protocol clients cost beside the bare libraries: CPU microseconds for each record.

A server in another process sends ready pages over keep-alive sockets, so that the figures are the
client's alone. Run: python -m benchmarks.clients [--pages N] [--rounds N]
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import re
import socket
import statistics
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import requests
from lxml import etree
from owslib.catalogue.csw2 import CatalogueServiceWeb

from catalogue.run import Checkpoint
from catalogue.source import Protocol, Source
from catalogue.xml import parse
from harvester.clients import client_for, csw
from harvester.clients.oai_sickle import Sickle
from harvester.clients.slices import cut
from harvester.http import HarvestSession, Limits

OAI = "http://www.openarchives.org/OAI/2.0/"
GMD = "http://www.isotc211.org/2005/gmd"
OAI_PAGE = 100
WORDS = "Survey of waste pesticides held in regional storage sites and the plans for their safe removal. "


def oai_record(number: int) -> str:
    fields = {
        "title": f"Report {number}: {WORDS}",
        "creator": "Sample Centre for Sound Management",
        "subject": "persistent organic pollutants",
        "description": WORDS * 9,
        "publisher": "Sample Centre (example.org)",
        "date": "2026-01-02",
        "type": "report",
        "format": "application/pdf",
        "identifier": f"https://node.example.org/items/{number}",
        "language": "en",
        "rights": "Free to use with attribution",
    }
    body = "".join(f"<dc:{name}>{value}</dc:{name}>" for name, value in fields.items())
    return (
        f"<record><header><identifier>oai:node.example.org:{number}</identifier><datestamp>2026-01-02T03:04:05Z"
        "</datestamp><setSpec>reports</setSpec></header><metadata>"
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/oai_dc/'
        f' http://www.openarchives.org/OAI/2.0/oai_dc.xsd">{body}</oai_dc:dc></metadata></record>'
    )


def oai_page(index: int, pages: int) -> bytes:
    records = "".join(oai_record(index * OAI_PAGE + n) for n in range(OAI_PAGE))
    token = str(index + 1) if index + 1 < pages else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="{OAI}"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><responseDate>2026-11-02T10:00:00Z</responseDate>'
        f'<request verb="ListRecords">http://127.0.0.1/</request><ListRecords>{records}'
        f"<resumptionToken>{token}</resumptionToken></ListRecords></OAI-PMH>"
    ).encode()


def text(name: str, value: str) -> str:
    return f"<gmd:{name}><gco:CharacterString>{value}</gco:CharacterString></gmd:{name}>"


def iso_record(number: int) -> str:
    contact = (
        f"<gmd:CI_ResponsibleParty>{text('individualName', 'A. Sample')}"
        f"{text('organisationName', 'Sample Centre')}"
        "<gmd:contactInfo><gmd:CI_Contact><gmd:address><gmd:CI_Address>"
        f"{text('city', 'Sampletown')}{text('electronicMailAddress', 'desk@example.org')}"
        "</gmd:CI_Address></gmd:address></gmd:CI_Contact></gmd:contactInfo><gmd:role><gmd:CI_RoleCode"
        ' codeList="https://example.org/codes#CI_RoleCode" codeListValue="pointOfContact"/></gmd:role>'
        "</gmd:CI_ResponsibleParty>"
    )
    keywords = "".join(
        f"<gmd:descriptiveKeywords><gmd:MD_Keywords>{text('keyword', f'term {k}') * 4}</gmd:MD_Keywords>"
        "</gmd:descriptiveKeywords>"
        for k in range(14)
    )
    return (
        f'<gmd:MD_Metadata xmlns:gmd="{GMD}" xmlns:gco="http://www.isotc211.org/2005/gco">'
        f"{text('fileIdentifier', f'sample-{number}')}{f'<gmd:contact>{contact}</gmd:contact>' * 4}"
        "<gmd:dateStamp><gco:Date>2026-01-02</gco:Date></gmd:dateStamp><gmd:identificationInfo>"
        f"<gmd:MD_DataIdentification><gmd:citation><gmd:CI_Citation>{text('title', f'Dataset {number}')}"
        f"</gmd:CI_Citation></gmd:citation>{text('abstract', WORDS * 12)}{keywords}"
        "</gmd:MD_DataIdentification></gmd:identificationInfo></gmd:MD_Metadata>"
    )


def csw_page(index: int, pages: int) -> bytes:
    start = index * csw.PAGE_SIZE
    records = "".join(iso_record(start + n) for n in range(csw.PAGE_SIZE))
    following = start + csw.PAGE_SIZE + 1 if index + 1 < pages else 0
    return (
        '<?xml version="1.0" encoding="UTF-8"?><csw:GetRecordsResponse'
        ' xmlns:csw="http://www.opengis.net/cat/csw/2.0.2">'
        '<csw:SearchStatus timestamp="2026-11-02T10:00:00Z"/>'
        f'<csw:SearchResults numberOfRecordsMatched="{pages * csw.PAGE_SIZE}" nextRecord="{following}"'
        f' numberOfRecordsReturned="{csw.PAGE_SIZE}">{records}</csw:SearchResults></csw:GetRecordsResponse>'
    ).encode()


CAPABILITIES = (
    '<csw:Capabilities xmlns:csw="http://www.opengis.net/cat/csw/2.0.2" xmlns:ows="http://www.opengis.net/ows">'
    '<ows:OperationsMetadata><ows:Operation name="GetRecords"><ows:Parameter name="outputSchema"><ows:Value>'
    f"{GMD}</ows:Value></ows:Parameter></ows:Operation></ows:OperationsMetadata></csw:Capabilities>"
).encode()


def serve(listener: socket.socket, oai_pages: list[bytes], csw_pages: list[bytes]) -> None:
    """Answer for ever, a thread for each connection."""
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=answer, args=(connection, oai_pages, csw_pages), daemon=True).start()


def answer(connection: socket.socket, oai_pages: list[bytes], csw_pages: list[bytes]) -> None:
    with connection, contextlib.suppress(OSError):
        while question := connection.recv(1 << 16):
            while question.startswith(b"POST") and b"</csw:GetRecords>" not in question:
                question += connection.recv(1 << 16)
            body = CAPABILITIES
            if found := re.search(rb"resumptionToken=(\d+)", question):
                body = oai_pages[int(found[1])]
            elif b"verb=ListRecords" in question:
                body = oai_pages[0]
            elif question.startswith(b"POST"):
                at = re.search(rb'startPosition="(\d+)"', question)
                body = csw_pages[(int(at[1]) - 1) // csw.PAGE_SIZE if at else 0]
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
            connection.sendall(head.encode() + body)


@contextlib.contextmanager
def server(oai_pages: list[bytes], csw_pages: list[bytes]) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        process = multiprocessing.Process(target=serve, args=(listener, oai_pages, csw_pages), daemon=True)
        process.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/node"
        process.terminate()
        process.join()


def source(url: str, protocol: Protocol) -> Source:
    prefix = "oai_dc" if protocol is Protocol.OAI_PMH else ""
    return Source(id="bench", protocol=protocol, base_url=url, metadata_prefix=prefix)


def new_session() -> HarvestSession:
    return HarvestSession(user_agent="bench", limits=Limits(), networks=[ip_network("127.0.0.0/8")])


def ours(url: str, protocol: Protocol) -> int:
    with new_session() as session:
        pages = client_for(source(url, protocol), session).pages(Checkpoint())
        return sum(1 for page in pages for item in page.items if item.payload)


def bytes_by_our_session(url: str, pages: int) -> int:
    with new_session() as session:
        for index in range(pages):
            session.fetch("GET", url, params={"verb": "ListRecords", "resumptionToken": str(index)})
    return pages * OAI_PAGE


def bytes_by_requests(url: str, pages: int) -> int:
    with requests.Session() as session:
        for index in range(pages):
            params = {"verb": "ListRecords", "resumptionToken": str(index)}
            assert session.get(url, params=params).content  # noqa: S101 - reading it is the point
    return pages * OAI_PAGE


def plain_sickle(url: str) -> int:
    return sum(1 for _ in Sickle(url).ListRecords(metadataPrefix="oai_dc"))


def plain_owslib(url: str, pages: int) -> int:
    catalogue = CatalogueServiceWeb(url)
    total = 0
    for index in range(pages):
        start = index * csw.PAGE_SIZE + 1
        catalogue.getrecords2(
            typenames="gmd:MD_Metadata",
            esn="full",
            outputschema=GMD,
            startposition=start,
            maxrecords=csw.PAGE_SIZE,
        )
        total += len(catalogue.records)
    return total


def parse_only(pages: list[bytes], size: int) -> int:
    for page in pages:
        parse(page)
    return len(pages) * size


def parse_and_cut(pages: list[bytes], size: int) -> int:
    for page in pages:
        root = parse(page)
        found = root.findall(f"{{{OAI}}}ListRecords/{{{OAI}}}record/{{{OAI}}}metadata/*")
        cut(page, found)
    return len(pages) * size


def measure(title: str, rounds: int, work: Callable[[], int]) -> None:
    costs, walls = [], []
    for _ in range(rounds):
        cpu, wall = time.process_time(), time.perf_counter()
        records = work()
        costs.append((time.process_time() - cpu) / records * 1e6)
        walls.append((time.perf_counter() - wall) / records * 1e6)
    spread = f"{min(costs):7.1f} -{max(costs):7.1f}"
    print(
        f"{title:48} {statistics.median(costs):8.1f} {spread:>18} {statistics.median(walls):9.1f} {records:8}"
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--pages", type=int, default=50)
    arguments.add_argument("--rounds", type=int, default=5)
    given = arguments.parse_args()
    warnings.simplefilter("ignore")
    pages, rounds = given.pages, given.rounds
    oai_pages = [oai_page(index, pages) for index in range(pages)]
    csw_pages = [csw_page(index, max(1, pages // 10)) for index in range(max(1, pages // 10))]
    print(f"a page in bytes: OAI-PMH {len(oai_pages[0])}, CSW {len(csw_pages[0])}; lxml {etree.__version__}")
    print(f"{'':48} {'CPU us/rec':>8} {'min - max':>18} {'wall us':>9} {'records':>8}")
    with server(oai_pages, csw_pages) as url:
        measure("OAI-PMH: bytes by requests", rounds, lambda: bytes_by_requests(url, pages))
        measure("OAI-PMH: bytes by our session", rounds, lambda: bytes_by_our_session(url, pages))
        measure("OAI-PMH: parse alone, no network", rounds, lambda: parse_only(oai_pages, OAI_PAGE))
        measure("OAI-PMH: parse and slices, no network", rounds, lambda: parse_and_cut(oai_pages, OAI_PAGE))
        measure("OAI-PMH: our client, items with payloads", rounds, lambda: ours(url, Protocol.OAI_PMH))
        measure("OAI-PMH: plain Sickle iteration", rounds, lambda: plain_sickle(url))
        size = csw.PAGE_SIZE
        measure("CSW: parse alone, no network", rounds, lambda: parse_only(csw_pages, size))
        measure("CSW: our client, items with payloads", rounds, lambda: ours(url, Protocol.CSW))
        measure("CSW: plain OWSLib getrecords2", rounds, lambda: plain_owslib(url, len(csw_pages)))


if __name__ == "__main__":
    main()
