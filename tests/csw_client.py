"""A client for tests of /csw: sends requests, gives back parsed answers, and validates every one of them."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode

import uvicorn
from fastapi import FastAPI
from lxml import etree

from catalogue.settings import Settings, load_settings
from catalogue.store import Store
from endpoint.csw.router import router
from endpoint.deps import Services

NAMESPACES = {
    "csw": "http://www.opengis.net/cat/csw/2.0.2",
    "csw30": "http://www.opengis.net/cat/csw/3.0",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dct": "http://purl.org/dc/terms/",
    "gmd": "http://www.isotc211.org/2005/gmd",
    "gco": "http://www.isotc211.org/2005/gco",
    "ogc": "http://www.opengis.net/ogc",
    "ows": "http://www.opengis.net/ows",
    "ows20": "http://www.opengis.net/ows/2.0",
    "ows11": "http://www.opengis.net/ows/1.1",
    "atom": "http://www.w3.org/2005/Atom",
    "georss": "http://www.georss.org/georss",
    "os": "http://a9.com/-/spec/opensearch/1.1/",
    "fes": "http://www.opengis.net/fes/2.0",
    "gml": "http://www.opengis.net/gml",
    "xsd": "http://www.w3.org/2001/XMLSchema",
    "xlink": "http://www.w3.org/1999/xlink",
    "soap": "http://www.w3.org/2003/05/soap-envelope",
}


def csw_app(store: Store, settings: Settings | None = None) -> FastAPI:
    """An application that serves /csw over the store, and nothing else."""
    app = FastAPI()
    app.state.services = Services(settings or load_settings(base_url="https://catalogue.example.org"), store)
    app.include_router(router)
    return app


@contextmanager
def serving(store: Store) -> Iterator[str]:
    """Serve /csw over the store; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        app = csw_app(store, load_settings(base_url=address, repository_name="Example Catalogue"))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, ws="none", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            yield f"{address}/csw"
        finally:
            server.should_exit = True
            thread.join()


@dataclass(frozen=True)
class Answer:
    """One answer."""

    root: etree._Element
    content: bytes
    content_type: str
    status: int

    def all(self, path: str) -> list:
        """What an XPath finds."""
        return list(self.root.xpath(path, namespaces=NAMESPACES))

    def one(self, path: str) -> str:
        """The one text or attribute that an XPath finds."""
        (found,) = self.all(path)
        return str(found)

    @property
    def kind(self) -> str:
        """The root's local name."""
        return etree.QName(self.root).localname

    @property
    def exception(self) -> tuple[str, str] | None:
        """ExceptionCode and locator; None where this is no exception report."""
        if self.kind != "ExceptionReport":
            return None
        found = self.root[0]
        return found.get("exceptionCode"), found.get("locator", "")

    @property
    def counts(self) -> tuple[int, int, int]:
        """Matched, returned, next."""
        results = self._results
        names = ("numberOfRecordsMatched", "numberOfRecordsReturned", "nextRecord")
        return tuple(int(results.get(name)) for name in names)

    @property
    def records(self) -> list[etree._Element]:
        """The records in the answer."""
        results = self._results
        return list(self.root if results is None else results)

    @property
    def _results(self) -> etree._Element | None:
        found = self.root.xpath("csw:SearchResults|csw30:SearchResults", namespaces=NAMESPACES)
        return found[0] if found else None

    @property
    def identifiers(self) -> list[str]:
        """The first identifier of each record, in order."""
        path = "string(dc:identifier[1]|gmd:fileIdentifier/gco:CharacterString)"
        return [record.xpath(path, namespaces=NAMESPACES) for record in self.records]


@dataclass(frozen=True)
class Fetched:
    """An answer that was not parsed."""

    content: bytes
    content_type: str
    status: int


class CswClient:
    """Speaks to the application without a socket."""

    def __init__(
        self, store: Store, schema: etree.XMLSchema | None = None, path: str = "/csw", **settings: object
    ) -> None:
        made = load_settings(**{"base_url": "https://catalogue.example.org", **settings})
        self._app = csw_app(store, made)
        self._schema = schema
        self._path = path

    def get(
        self, query: str = "", *, valid: bool = True, accept: str = "", speaks: str = "", **parameters: str
    ) -> Answer:
        """A GET request: a query string as it is, or parameters."""
        headers = [(b"accept", accept.encode())] if accept else []
        headers += [(b"accept-language", speaks.encode())] if speaks else []
        return self._send("GET", query or urlencode(parameters), b"", headers, valid=valid)

    def fetch(self, query: str, accept: str = "", path: str = "") -> Fetched:
        """A GET request whose answer is no XML."""
        headers = [(b"accept", accept.encode())] if accept else []
        status, told, content = asyncio.run(
            _call(self._app, _scope("GET", query, headers, path or self._path), b"")
        )
        return Fetched(content, told["content-type"], status)

    def post(
        self,
        body: str | bytes,
        *,
        valid: bool = True,
        content_type: str = "application/xml",
        beside: str = "",
    ) -> Answer:
        """A POST request; `beside` is the query string of its address."""
        content = body.encode() if isinstance(body, str) else body
        headers = [(b"content-type", content_type.encode())]
        return self._send("POST", beside, content, headers, valid=valid)

    def query(
        self, content: str = "", *, valid: bool = True, esn: str = "brief", **attributes: str
    ) -> Answer:
        """GetRecords by POST with this in its Query, behind ElementSetName."""
        return self.post(get_records(content, esn=esn, **attributes), valid=valid)

    def filter(self, content: str, **attributes: str) -> Answer:
        """GetRecords by POST with this Filter."""
        constraint = f'<csw:Constraint version="1.1.0"><ogc:Filter>{content}</ogc:Filter></csw:Constraint>'
        return self.query(constraint, **attributes)

    def cql(self, text: str, **attributes: str) -> Answer:
        """GetRecords by POST with this CQL text."""
        escaped = text.replace("&", "&amp;").replace("<", "&lt;")
        constraint = f'<csw:Constraint version="1.1.0"><csw:CqlText>{escaped}</csw:CqlText></csw:Constraint>'
        return self.query(constraint, **attributes)

    def _send(self, method: str, query: str, body: bytes, headers: list, *, valid: bool) -> Answer:
        scope = _scope(method, query, headers, self._path)
        status, told, content = asyncio.run(_call(self._app, scope, body))
        if told["content-type"] == "application/json":
            return Answer(etree.Element("JSON"), content, told["content-type"], status)
        root = etree.fromstring(content)
        if valid and self._schema is not None:
            self._schema.assertValid(root)
        return Answer(root, content, told["content-type"], status)


def _scope(method: str, query: str, headers: list, path: str) -> dict:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"catalogue.example.org"), *headers],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "state": {},
    }


async def _call(app: FastAPI, scope: dict, body: bytes) -> tuple[int, dict[str, str], bytes]:
    """One request to the application, as a server would pass it on."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[dict] = []

    async def receive() -> dict:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    async def send(message: dict) -> None:
        sent.append(message)

    await app(scope, receive, send)
    headers = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:])


def get_records(content: str = "", *, esn: str = "brief", **attributes: str) -> str:
    """A GetRecords request in XML."""
    declared = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    sent = {
        "service": "CSW",
        "version": "2.0.2",
        "resultType": "results",
        "typeNames": "csw:Record",
    } | attributes
    type_names = sent.pop("typeNames")
    shown = "".join(f' {name}="{value}"' for name, value in sent.items())
    element_set = f"<csw:ElementSetName>{esn}</csw:ElementSetName>" if esn else ""
    return (
        f'<csw:GetRecords{declared}{shown}><csw:Query typeNames="{type_names}">{element_set}{content}'
        "</csw:Query></csw:GetRecords>"
    )
