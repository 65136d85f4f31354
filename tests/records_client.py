"""A client for tests of /ogc: sends requests without a socket, and records to ask about."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from fastapi import FastAPI
from lxml import html

from catalogue.record import (
    Agent,
    Box,
    Concept,
    Conformance,
    Date,
    Identifier,
    Link,
    Period,
    Record,
    Relation,
    Right,
    Security,
    Subject,
    Text,
)
from catalogue.settings import load_settings
from catalogue.store import Store
from endpoint.app import create_app
from query_truth import Known

ROOT = "https://catalogue.example.org/base"
HOSTILE = "<script>alert(1)</script>\"'&"

#: Everything that a record can have.
RICH = Record(
    title=Text((("en", "Lead in soil"), ("fr", "Le plomb dans le sol"), ("ar", "الرصاص في التربة"))),
    alternative_titles=(Text.of("=HYPERLINK(1)"),),
    descriptions=(Text((("en", "Where lead was found,\nand how much."), ("fr", "Où était le plomb."))),),
    agents=(
        Agent("creator", Text.of("Doe, Jane"), email="jane@example.org"),
        Agent("publisher", Text((("en", "Example Centre"), ("fr", "Centre exemple")))),
        Agent("pointOfContact", Text.of("Example Agency"), "Ann Roe", telephone="+41 22 000", city="Geneva"),
        Agent("metadataContact", Text.of("Example Office"), url="https://office.example.org/"),
    ),
    dates=(Date("issued", "2003-05-04"), Date("created", "2002"), Date("modified", "2004-01")),
    subjects=(
        Subject(Text((("en", "lead"), ("fr", "plomb"))), "theme", "GEMET", "http://example.org/c/1"),
        Subject(Text.of("environment"), "topicCategory"),
        Subject(Text.of("@SUM(A1)")),
    ),
    types=(Text.of("Dataset"),),
    formats=("text/csv", "Shapefile"),
    identifiers=(Identifier("10.1234/abc", "doi"), Identifier("UNEP/X.1")),
    relations=(Relation("https://example.org/whole", "isPartOf"),),
    languages=("en", "fr"),
    rights=(Right(None, "license", "https://creativecommons.org/licenses/by/4.0/"), Right(Text.of("Ask us"))),
    links=(
        Link(
            "https://data.example.org/lead.csv", Text.of("Table"), function="download", media_type="text/csv"
        ),
        Link("javascript:alert(1)", Text.of("Trap")),
        Link("https://data.example.org/a?x=1&y=2"),
    ),
    boxes=(Box(170.0, -10.0, -170.0, 10.0), Box(1.0, 2.0, 3.0, 4.0)),
    places=(Text.of("Senegal"),),
    periods=(Period("2003", "2003-06"), Period("2001-02-03", "")),
    lineage=Text.of("Samples were taken"),
    conformance=(
        Conformance(
            Text((("en", "A regulation"), ("fr", "Un règlement"))),
            "https://law.example.org/1",
            "2010-12-08",
            "publication",
            True,
            Text.of("See there.", "en"),
        ),
        Conformance(Text.of("A guideline"), degree=False),
    ),
    security=(Security("unclassified"),),
    metadata_language="en",
    concepts=(Concept("conventions", "basel"),),
)
NASTY = Record(
    title=Text.of(HOSTILE),
    descriptions=(Text.of(HOSTILE * 3),),
    agents=(Agent("creator", Text.of(HOSTILE)),),
    subjects=(Subject(Text.of(HOSTILE), "theme", HOSTILE, "javascript:alert(2)"),),
    links=(Link("javascript:alert(1)"), Link("https://x.example.org/\"onmouseover='a'")),
    rights=(Right(Text.of(HOSTILE)),),
    conformance=(Conformance(Text.of(HOSTILE), "javascript:alert(3)"),),
    security=(Security(HOSTILE),),
    types=(Text.of("-1+1"),),
)


@dataclass(frozen=True)
class Held:
    """What is in the store."""

    store: Store
    known: list[Known]
    rich: str
    nasty: str
    gone: str


@dataclass(frozen=True)
class Answer:
    """One answer."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def media_type(self) -> str:
        """Without parameters."""
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def json(self) -> Any:
        """What it says."""
        return json.loads(self.content)

    @property
    def page(self) -> html.HtmlElement:
        """As a page."""
        return html.fromstring(self.content.decode())

    @property
    def ids(self) -> list[str]:
        """The identifiers of the features."""
        return [one["id"] for one in self.json["features"]]

    def link(self, relation: str) -> str:
        """The address of the first link that stands so; empty where there is none."""
        return next((one["href"] for one in self.json["links"] if one["rel"] == relation), "")


class RecordsClient:
    """Speaks to the whole application."""

    def __init__(self, store: Store, **settings: Any) -> None:
        self._app = create_app(
            load_settings(base_url=ROOT, repository_name="Example Catalogue", **settings), store
        )

    def get(
        self, path: str = "", *, accept: str = "", language: str = "", method: str = "GET", **pairs: str
    ) -> Answer:
        """A request for an address below /ogc, or for any address of ours."""
        if path.startswith(ROOT):
            path = path.removeprefix(ROOT)
        elif not path.startswith("/ogc") and not path.startswith(("/sitemap", "/robots")):
            path = f"/ogc{path}"
        parts = urlsplit(path)
        query = "&".join(filter(None, (parts.query, urlencode(pairs))))
        headers = [(b"host", b"catalogue.example.org")]
        headers += [(b"accept", accept.encode())] if accept else []
        headers += [(b"accept-language", language.encode())] if language else []
        return asyncio.run(_call(self._app, method, unquote(parts.path), query, headers))

    def items(self, *, catalogue: str = "records", **pairs: str) -> Answer:
        """The records that a query finds."""
        return self.get(
            f"/collections/{catalogue}/items", **{k.replace("_", "-"): v for k, v in pairs.items()}
        )

    def walk(self, **pairs: str) -> list[str]:
        """Every identifier of a list, from page to page."""
        answer, found = self.items(**pairs), []
        while True:
            assert answer.status == 200, answer.content
            found += answer.ids
            onward = answer.link("next")
            if not onward:
                return found
            answer = self.get(onward)


async def _call(app: FastAPI, method: str, path: str, query: str, headers: list) -> Answer:
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "state": {},
    }
    waiting = [{"type": "http.request", "body": b"", "more_body": False}]
    sent: list[dict] = []

    async def receive() -> dict:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    async def send(message: dict) -> None:
        sent.append(message)

    await app(scope, receive, send)
    told = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], told, b"".join(message.get("body", b"") for message in sent[1:]))
