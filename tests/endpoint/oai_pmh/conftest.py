"""A client for the provider that calls the application itself, without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi import FastAPI
from lxml import etree

from catalogue.record import Record, Text
from catalogue.settings import load_settings
from catalogue.store import Store
from catalogue.store.holdings.records import Write
from catalogue.xml import escape
from endpoint.deps import Services
from endpoint.oai_pmh.router import router
from factories import write_of

NS = {"o": "http://www.openarchives.org/OAI/2.0/", "p": "http://www.openarchives.org/OAI/2.0/provenance"}


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def root(self) -> etree._Element:
        return etree.fromstring(self.body)

    def texts(self, path: str) -> list[str]:
        """The strings that an XPath gives, in the answer's namespaces."""
        found = self.root.xpath(path, namespaces=NS)
        return [str(getattr(one, "text", one) or "") for one in found]

    @property
    def error(self) -> str:
        """The error code, of one error or of several; empty where there is none."""
        return "".join(dict.fromkeys(self.texts("o:error/@code")))

    @property
    def identifiers(self) -> list[str]:
        """The identifiers of the headers, the deleted ones with a minus before them."""
        headers = self.root.xpath("//o:header", namespaces=NS)
        return [
            ("-" if one.get("status") == "deleted" else "") + one[0].text.rpartition(":")[2]
            for one in headers
        ]

    @property
    def token(self) -> str | None:
        """The resumptionToken; None where there is no such element."""
        found = self.texts("//o:resumptionToken")
        return found[0] if found else None

    @property
    def response_date(self) -> str:
        return self.texts("o:responseDate")[0]


class Client:
    """Asks an application."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.runner = asyncio.Runner()

    def raw(
        self,
        query: bytes,
        method: str = "GET",
        body: bytes = b"",
        content_type: str = "",
        *,
        accept: bytes = b"",
    ) -> Answer:
        """Ask with a query string as it is; for an answer in the content coding that is accepted."""
        headers = [(b"host", b"testing")]
        if accept:
            headers.append((b"accept-encoding", accept))
        if content_type:
            headers.append((b"content-type", content_type.encode()))
        return self.runner.run(self._call(query, method, body, headers))

    def ask(self, verb: str = "", **given: str) -> Answer:
        """Ask by GET; `from_` is the argument from."""
        pairs = [("verb", verb)] if verb else []
        pairs += [(name.rstrip("_"), value) for name, value in given.items()]
        return self.raw(urlencode(pairs).encode())

    def pages(self, verb: str = "ListRecords", **given: str) -> Iterator[Answer]:
        """All pages of a list."""
        answer = self.ask(verb, **given)
        yield answer
        while answer.token:
            answer = self.ask(verb, resumptionToken=answer.token)
            yield answer

    async def _call(
        self, query: bytes, method: str, body: bytes, headers: list[tuple[bytes, bytes]]
    ) -> Answer:
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": "/oai",
            "raw_path": b"/oai",
            "query_string": query,
            "root_path": "",
            "headers": headers,
            "server": ("testing", 80),
            "client": ("testing", 1),
        }
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        fields = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
        return Answer(sent[0]["status"], fields, b"".join(message.get("body", b"") for message in sent[1:]))


Serve = Callable[..., Client]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """A function that puts the provider in front of a store."""
    clients: list[Client] = []

    def serve(store: Store, **settings: Any) -> Client:
        app = FastAPI(docs_url=None, redoc_url=None)
        given = {"base_url": "http://testing", "oai_page_size": 10, **settings}
        app.state.services = Services(load_settings(database_url=str(store.engine.url), **given), store)
        app.include_router(router)
        clients.append(Client(app))
        return clients[-1]

    yield serve
    for client in clients:
        client.runner.close()


@pytest.fixture
def small_write() -> Callable[..., Write]:
    """A function that makes a write with small renditions: (store, source identifier, text)."""

    def make(store: Store, identifier: str, text: str = "", **given: Any) -> Write:
        body = (
            '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
            ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<dc:title>{escape(identifier)} {text}</dc:title></oai_dc:dc>"
        ).encode()
        forms = {
            "oai_dc": body,
            "iso19139": b'<gmd:MD_Metadata xmlns:gmd="http://www.isotc211.org/2005/gmd"/>',
        }
        record = Record(Text.of(f"{identifier} {text}"))
        return write_of(store, record, source_identifier=identifier, **{"renditions": forms, **given})

    return make
