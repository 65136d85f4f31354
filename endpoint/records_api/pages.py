"""Pages for people: the list of results, a record, and every document about the interface."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from catalogue.query import RecordQuery
from catalogue.record import UNDETERMINED, Box, Conformance, Text
from catalogue.rendering import dublin_core, schema_org
from catalogue.rendering.citation import citation, web_uri
from catalogue.rendering.markup import in_degrees, number
from catalogue.store.holdings.listing import ListedRecord
from endpoint import languages
from endpoint.languages import Language, name_of
from endpoint.public import wording
from endpoint.public.assets import PAGE_HEADERS
from endpoint.public.pages import page
from endpoint.records_api import links
from endpoint.records_api.answers import Found
from endpoint.records_api.narrowing import SEEN, Narrowing, conditions
from endpoint.records_api.parameters import Sent
from endpoint.records_api.problems import Problem
from endpoint.records_api.representations import HTML, LINKSET, REPRESENTATIONS, Kind
from endpoint.records_api.service import WHOLE, Api, Catalogue

#: A search box may be sent.
_POLICY: Final = PAGE_HEADERS["Content-Security-Policy"].replace("form-action 'none'", "form-action 'self'")
_SNIPPET: Final = 300
#: The "language" of what is none (BCP 47).
_NUMBERS: Final = "zxx"

_RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur", "ps", "dv", "sd", "ug", "yi"})


@dataclass(frozen=True, slots=True)
class Said:
    """A text and the language that it is in; empty where nobody knows it."""

    value: str
    tag: str = ""

    @property
    def attributes(self) -> Markup:
        """`lang` and `dir`, for the element around it."""
        if not self.tag:
            return Markup('dir="auto"')
        direction = "rtl" if self.tag.partition("-")[0] in _RIGHT_TO_LEFT else "ltr"
        return Markup('lang="{}" dir="{}"').format(self.tag, direction)


def said(text: Text | None, language: Language) -> Said:
    """The text in the reader's language where it is there, else in its own."""
    if text is None or not text.values:
        return Said("")
    for tag, value in text.values:
        if value and tag.partition("-")[0] == language.tag:
            return Said(value, tag)
    tag, value = text.values[0]
    return Said(value, "" if tag == UNDETERMINED else tag)


def document(request: Request, made: Mapping[str, Any], headers: Mapping[str, str]) -> HTMLResponse:
    """A document about the interface, all of it."""
    return _page(request, "document.html", headers, made=made, title=made.get("title", ""))


def problem(request: Request, found: Problem, headers: Mapping[str, str]) -> HTMLResponse:
    """What is wrong."""
    answer = _page(request, "problem.html", headers, problem=found)
    answer.status_code = found.status.value
    return answer


def results(
    request: Request, api: Api, catalogue: Catalogue, *, sent: Sent, found: Found, query: RecordQuery
) -> HTMLResponse:
    """The list of results, with a box to search in, and what it can be narrowed by."""
    language = languages.wanted(request)
    narrowing = Narrowing(api, catalogue, sent=sent, query=query, language=language)
    kept = {name: value for name, value in sent.values.items() if name not in {"f", "cursor", "offset"}}
    address = f"{api.collection_address(catalogue.id)}/items"
    asked = {name: value for name, value in kept.items() if name not in {"q", "lang"}}
    return _page(
        request,
        "results.html",
        links.HEADERS,
        catalogue=catalogue,
        whole=catalogue.id == WHOLE,
        title=catalogue.title(language.tag),
        query=sent.one("q"),
        asked=asked,
        conditions=conditions(sent),
        chosen=list(narrowing.chosen()),
        facets=list(narrowing.facets()),
        seen=SEEN,
        address=address,
        clear=links.with_query(address, f="html"),
        found=found,
        lines=[_line(api, one, catalogue, language) for one in found.records],
        onward=next((one["href"] for one in found.links if one["rel"] == "next"), ""),
        forms=[
            (one.label, links.with_query(address, **kept, f=one.name))
            for one in REPRESENTATIONS
            if Kind.LIST in one.kinds and one is not HTML
        ],
    )


def _line(api: Api, one: ListedRecord, catalogue: Catalogue, language: Language) -> dict[str, Any]:
    abstract = said(one.record.abstract, language)
    short = " ".join(abstract.value.split())
    if len(short) > _SNIPPET:
        short = short[:_SNIPPET].rsplit(" ", 1)[0] + " …"
    cited = citation(one.record, language.tag)
    source = _source(api, one)
    publisher = cited.publisher or ", ".join(cited.authors[:2])
    return {
        "title": said(one.record.title, language),
        "address": f"{api.item_address(one.identifier, catalogue.id)}?f=html",
        "abstract": Said(short, abstract.tag),
        "type": said(one.record.types[0], language) if one.record.types else Said(""),
        "year": cited.year,
        "publisher": publisher if publisher != source else "",
        "source": source,
    }


def _source(api: Api, one: ListedRecord) -> str:
    source = api.sources().get(one.source_id)
    return wording.public(source.label) if source else one.source_id


def record(
    request: Request, api: Api, catalogue: Catalogue, *, one: ListedRecord, headers: Mapping[str, str]
) -> HTMLResponse:
    """A record: what it says in the reader's language, where its resource is, and where it came from."""
    language = languages.wanted(request)
    signposts = links.signposts(api, one, catalogue.id)
    every = links.of_item(api, one, catalogue.id, shown=HTML, languages=(language.tag,))
    described = schema_org.write(
        one.record, address=api.item_address(one.identifier), catalogue=api.title, root=api.root
    )
    cited = citation(one.record, language.tag)
    return _page(
        request,
        "record.html",
        {**headers, "Link": links.header(signposts)},
        one=one,
        record=one.record,
        catalogue=catalogue,
        back=links.with_query(f"{api.collection_address(catalogue.id)}/items", f="html"),
        title=said(one.record.title, language),
        others=[Said(value, tag) for tag, value in _others(one.record.title, language)],
        abstract=said(one.record.abstract, language),
        originals=list(_originals(one, language)),
        facts=list(_facts(one, language)),
        conformity=[_conformity(told, language) for told in one.record.conformance],
        cited=cited,
        source=_source(api, one),
        via=next((link["href"] for link in every if link["rel"] == "via"), ""),
        native=f"{api.item_address(one.identifier, catalogue.id)}?f=native",
        made=datetime.fromtimestamp(one.created, UTC),
        changed=datetime.fromtimestamp(one.changed, UTC),
        forms=_forms(api, one, catalogue),
        signposts=[link for link in signposts if web_uri(link["href"])],
        schema_org=Markup(schema_org.document(described).decode()),  # noqa: S704 - nothing in it ends a script
        permanent=api.item_address(one.identifier),
        added={_ROWS.get(name, name) for name in one.added},
    )


#: What the defaults of a source may supply -> the row in which it stands.
_ROWS: Final = {"licence": "rights", "country": "place"}


def _others(text: Text, language: Language) -> Iterator[tuple[str, str]]:
    shown = said(text, language).value
    return ((tag, value) for tag, value in text.values if value and value != shown and tag != UNDETERMINED)


def _originals(one: ListedRecord, language: Language) -> Iterator[tuple[str, Said]]:
    """Addresses of the resource on the web, and what they are called; the first is the best."""
    seen = set()
    cited = citation(one.record)
    if cited.url and web_uri(cited.url):
        seen.add(cited.url)
        yield cited.url, Said("")
    for link in dublin_core.resource_links(one.record):
        url = web_uri(link.url)
        if url and url not in seen:
            seen.add(url)
            yield url, said(link.title or link.description, language)


def _facts(one: ListedRecord, language: Language) -> Iterator[tuple[str, list[Said]]]:
    """What the resource is about, a row a property; the names of rows are words for templates."""
    record = one.record
    agents = dublin_core.agents(record)
    rows: list[tuple[str, list[Said]]] = [
        ("type", [said(text, language) for text in record.types]),
        *(
            (role, [Said(agent.individual or said(agent.name, language).value) for agent in agents[role]])
            for role in agents
        ),
        ("date", [Said(dublin_core.date_value(date)) for date in dublin_core.dates(record)]),
        ("language", [Said(name_of(tag, language) or tag) for tag in record.languages]),
        ("subject", [said(subject.label, language) for subject in record.subjects]),
        ("place", [said(place, language) for place in record.places]),
        ("period", [Said(dublin_core.period(period)) for period in record.periods]),
        ("extent", [Said(_corners(box), _NUMBERS) for box in record.boxes if in_degrees(box)]),
        ("identifier", [Said(name.value) for name in record.identifiers]),
        ("rights", [Said(value) for right in record.rights for _, value in dublin_core.right_values(right)]),
        ("security", [Said(one.classification) for one in record.security]),
        ("format", [Said(name) for name in record.formats]),
    ]
    for name, values in rows:
        told = list({value.value: value for value in values if value.value}.values())
        if told:
            yield name, told


def _conformity(told: Conformance, language: Language) -> dict[str, Any]:
    """A specification, and whether the resource conforms to it: a word for the template."""
    words = {True: "conformant", False: "not conformant", None: "not evaluated"}
    return {
        "title": said(told.title, language),
        "url": web_uri(told.url),
        "date": told.date,
        "degree": words[told.degree],
    }


def _corners(box: Box) -> str:
    south, north, west, east = map(number, (box.south, box.north, box.west, box.east))
    return f"{south}° … {north}°, {west}° … {east}°"


def _forms(api: Api, one: ListedRecord, catalogue: Catalogue) -> list[tuple[str, str]]:
    address = api.item_address(one.identifier, catalogue.id)
    return [
        (form.label, f"{address}?f={form.name}")
        for form in REPRESENTATIONS
        if Kind.ITEM in form.kinds and form not in {HTML, LINKSET}
    ]


def _page(request: Request, template: str, headers: Mapping[str, str], **context: Any) -> HTMLResponse:
    answer = page(request, template, **context)
    answer.headers.update({**headers, "Content-Security-Policy": _POLICY})
    answer.headers.add_vary_header("Cookie")
    answer.headers["Content-Language"] = languages.wanted(request).tag
    return answer
