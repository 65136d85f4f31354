"""A small OAI-PMH 2.0 repository over a real socket that misbehaves on demand."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape

OAI = "http://www.openarchives.org/OAI/2.0/"
DC = "http://purl.org/dc/elements/1.1/"
DCT = "http://purl.org/dc/terms/"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
GMD = "http://www.isotc211.org/2005/gmd"
GCO = "http://www.isotc211.org/2005/gco"
DAYS, SECONDS = "YYYY-MM-DD", "YYYY-MM-DDThh:mm:ssZ"


def dublin_core(title: str, **more: str) -> bytes:
    """A payload in oai_dc."""
    elements = "".join(
        f"<dc:{name}>{escape(text)}</dc:{name}>" for name, text in {"title": title, **more}.items()
    )
    return f'<oai_dc:dc xmlns:oai_dc="{OAI_DC}" xmlns:dc="{DC}">{elements}</oai_dc:dc>'.encode()


def dcmi_terms(title: str) -> bytes:
    """A payload in qualified Dublin Core."""
    return (
        f'<q:qualifieddc xmlns:q="http://example.org/qdc/" xmlns:dc="{DC}" xmlns:dct="{DCT}">'
        f"<dc:title>{escape(title)}</dc:title><dct:issued>2001</dct:issued></q:qualifieddc>"
    ).encode()


def iso19139(title: str, identifier: str = "") -> bytes:
    """A payload in ISO 19139, about as short as one can be."""
    own = f"<gmd:fileIdentifier>{_characters(identifier)}</gmd:fileIdentifier>" if identifier else ""
    return (
        f'<gmd:MD_Metadata xmlns:gmd="{GMD}" xmlns:gco="{GCO}">{own}<gmd:identificationInfo>'
        f"<gmd:MD_DataIdentification><gmd:citation><gmd:CI_Citation><gmd:title>{_characters(title)}</gmd:title>"
        f"</gmd:CI_Citation></gmd:citation><gmd:abstract>{_characters('About ' + title)}</gmd:abstract>"
        "</gmd:MD_DataIdentification></gmd:identificationInfo></gmd:MD_Metadata>"
    ).encode()


def _characters(text: str) -> str:
    return f"<gco:CharacterString>{escape(text)}</gco:CharacterString>"


#: No reader knows its root element.
FOREIGN = b'<thing xmlns="urn:example:nobody-knows-this">text</thing>'


@dataclass(frozen=True)
class Entry:
    """A record of the node; without a payload it is deleted."""

    payload: bytes | None
    datestamp: str = "2026-01-01T00:00:00Z"
    sets: tuple[str, ...] = ()
    #: What stands behind the metadata: about elements.
    about: str = ""


#: Something that the node does instead of answering; it returns whether it has answered.
Mishap = Callable[["_Handler"], bool]


@dataclass
class RemoteNode:
    """What the node holds, how it is, and what it was asked."""

    records: dict[str, Entry] = field(default_factory=dict)
    page_size: int = 10
    granularity: str = SECONDS
    formats: tuple[tuple[str, str], ...] = (("oai_dc", OAI_DC),)
    deleted_record: str = "persistent"
    #: Added to every completeListSize.
    boast: int = 0
    #: Its own clock; empty: the real time.
    now: str = ""
    #: Seconds that a page of a list takes.
    delay: float = 0.0
    #: Number of the request (Identify and the like count too), from 1 on -> what happens to it.
    mishaps: dict[int, Mishap] = field(default_factory=dict)
    #: What happens to each ListRecords request, if anything.
    always: Mishap | None = None
    asked: list[dict[str, str]] = field(default_factory=list)
    #: The hosts by whose names it was asked while it was busy with another living asker's request.
    asked_at_once: list[str] = field(default_factory=list)
    in_hand: dict[_Handler, str] = field(default_factory=dict)
    #: Where it listens; empty: on every address, all of 127.0.0.0/8 among them.
    address: str = "127.0.0.1"
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/oai"

    @property
    def listings(self) -> list[dict[str, str]]:
        """The ListRecords requests."""
        return [request for request in self.asked if request["verb"] == "ListRecords"]

    def pages_asked(self) -> Counter[str]:
        """How often each page was asked for; the first has no token."""
        return Counter(request.get("resumptionToken", "") for request in self.listings)

    def put(self, *payloads: tuple[str, bytes | None], at: str = "2026-01-01T00:00:00Z") -> None:
        """Change records, under one datestamp."""
        self.records |= {identifier: Entry(payload, at) for identifier, payload in payloads}

    def fill(self, count: int, prefix: str = "r") -> None:
        """So many records in Dublin Core."""
        self.put(*((f"{prefix}{n:04}", dublin_core(f"Record {n} of {prefix}")) for n in range(count)))

    def stamp(self, moment: str) -> str:
        """A timestamp in the node's granularity."""
        return moment[:10] if self.granularity == DAYS else moment

    def answer(self, arguments: dict[str, str]) -> str:
        """The body of an answer, without the envelope."""
        verb = arguments["verb"]
        if verb == "Identify":
            return (
                f"<Identify><repositoryName>A small node</repositoryName><baseURL>{self.url}</baseURL>"
                "<protocolVersion>2.0</protocolVersion><adminEmail>node@example.org</adminEmail>"
                f"<earliestDatestamp>2000-01-01</earliestDatestamp><deletedRecord>{self.deleted_record}</deletedRecord>"
                f"<granularity>{self.granularity}</granularity></Identify>"
            )
        if verb == "ListMetadataFormats":
            told = "".join(
                f"<metadataFormat><metadataPrefix>{p}</metadataPrefix><schema>x</schema>"
                f"<metadataNamespace>{n}</metadataNamespace></metadataFormat>"
                for p, n in self.formats
            )
            return f"<ListMetadataFormats>{told}</ListMetadataFormats>"
        return self._list(arguments)

    def _list(self, arguments: dict[str, str]) -> str:
        token = arguments.get("resumptionToken", "")
        if token:
            since, until, set_spec, start = token.split("|")
        else:
            since, until, set_spec, start = (*(arguments.get(n, "") for n in ("from", "until", "set")), "0")
        found = [
            (identifier, entry)
            for identifier, entry in sorted(
                self.records.items(), key=lambda item: (item[1].datestamp, item[0])
            )
            if (not since or self.stamp(entry.datestamp) >= since)
            and (not until or self.stamp(entry.datestamp) <= until)
            and (not set_spec or set_spec in entry.sets)
        ]
        if not found:
            return '<error code="noRecordsMatch">nothing</error>'
        end = int(start) + self.page_size
        told = "".join(self._record(identifier, entry) for identifier, entry in found[int(start) : end])
        more = f"{since}|{until}|{set_spec}|{end}" if end < len(found) else ""
        if more or token:
            told += f'<resumptionToken completeListSize="{len(found) + self.boast}">{more}</resumptionToken>'
        return f"<ListRecords>{told}</ListRecords>"

    def _record(self, identifier: str, entry: Entry) -> str:
        specs = "".join(f"<setSpec>{spec}</setSpec>" for spec in entry.sets)
        stamp = self.stamp(entry.datestamp)
        header = f"<identifier>{escape(identifier)}</identifier><datestamp>{stamp}</datestamp>"
        if entry.payload is None:
            return f'<record><header status="deleted">{header}{specs}</header></record>'
        return (
            f"<record><header>{header}{specs}</header><metadata>{entry.payload.decode()}</metadata>"
            f"{entry.about}</record>"
        )

    def envelope(self, body: str) -> bytes:
        moment = self.now or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="{OAI}">'
            f"<responseDate>{moment}</responseDate><request>{self.url}</request>{body}</OAI-PMH>"
        ).encode()


def _lives(asker: socket.socket) -> bool:
    """Whether who asked is still there: the connection of a process that was killed is closed."""
    try:
        return asker.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


class _Handler(BaseHTTPRequestHandler):
    node: RemoteNode

    def do_GET(self) -> None:
        host = self.headers["Host"]
        others = [one for one, asked_as in list(self.node.in_hand.items()) if asked_as == host]
        if any(_lives(one.connection) for one in others):
            self.node.asked_at_once.append(host)
        self.node.in_hand[self] = host
        try:
            self.answer()
        finally:
            del self.node.in_hand[self]

    def answer(self) -> None:
        node = self.node
        arguments = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        node.asked.append(arguments)
        self.content = b""
        mishap = node.mishaps.get(len(node.asked))
        listing = arguments["verb"] == "ListRecords"
        if mishap is None and listing:
            mishap = node.always
        if listing and node.delay:
            time.sleep(node.delay)
        self.content = node.envelope(node.answer(arguments))
        if mishap is None or not mishap(self):
            self.send(200, self.content)

    def send(self, status: int, content: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/xml; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature is the library's
        """Nothing: the tests read `asked`."""


def busy(retry_after: str = "") -> Mishap:
    """503, with a Retry-After where one is given."""

    def happen(handler: _Handler) -> bool:
        handler.send(503, b"busy", **({"Retry_After": retry_after} if retry_after else {}))
        return True

    return happen


def status(code: int) -> Mishap:
    """An HTTP status without XML."""

    def happen(handler: _Handler) -> bool:
        handler.send(code, b"no")
        return True

    return happen


def reset(handler: _Handler) -> bool:
    """The connection is reset without an answer."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.wfile = handler.rfile = open("/dev/null", "r+b")  # noqa: PTH123, SIM115 - closed by the handler
    return True


def cut_off(handler: _Handler) -> bool:
    """Half an answer, as if it were a whole one."""
    handler.send(200, handler.content[: len(handler.content) // 2])
    return True


def oai_error(code: str, words: str = "so it is") -> Mishap:
    """An error of the protocol."""

    def happen(handler: _Handler) -> bool:
        handler.send(200, handler.node.envelope(f'<error code="{code}">{words}</error>'))
        return True

    return happen


def then(action: Callable[[], object]) -> Mishap:
    """Something happens while the request is answered as usual."""

    def happen(_handler: _Handler) -> bool:
        action()
        return False

    return happen


@contextmanager
def running(node: RemoteNode) -> Iterator[RemoteNode]:
    """Serve the node on a free port, of loopback if nothing else is said."""
    server = ThreadingHTTPServer((node.address, 0), type("Handler", (_Handler,), {"node": node}))
    server.daemon_threads = True
    node.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield node
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
