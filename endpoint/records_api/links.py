"""Links: of answers, of records, and as headers for clients that read no more (RFC 8288, signposting)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote, urlencode

from catalogue.formats import ISO19139
from catalogue.rendering import ogc_record, schema_org
from catalogue.rendering.citation import citation
from catalogue.source import Protocol
from catalogue.store.holdings.listing import ListedRecord
from endpoint.public import wording
from endpoint.records_api.representations import (
    GEOJSON,
    HTML,
    LINKSET,
    METADATA,
    NATIVE,
    REPRESENTATIONS,
    SCHEMA_ORG,
    Kind,
    Representation,
    of_kind,
)
from endpoint.records_api.service import Api

Link = dict[str, Any]
#: For whoever asks, from whatever page, in whichever form and language.
HEADERS: Final = {
    "Vary": "Accept, Accept-Language",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Link",
    "X-Content-Type-Options": "nosniff",
}
_CATALOG: Final = "http://www.opengis.net/def/rel/ogc/1.0/ogc-catalog"
_QUERYABLES: Final = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
_SORTABLES: Final = "http://www.opengis.net/def/rel/ogc/1.0/sortables"
CATALOG_RELATION: Final = _CATALOG
QUERYABLES_RELATION: Final = _QUERYABLES
SORTABLES_RELATION: Final = _SORTABLES
#: Links of a record that a header has room for.
_MOST_HEADERS: Final = 20
#: Relations of signposting (https://signposting.org/FAIR/).
_SIGNPOSTS: Final = frozenset({"cite-as", "describedby", "item", "license", "type", "collection", "linkset"})


def link(relation: str, address: str, media_type: str = "", title: str = "") -> Link:
    """A link, without what is not known."""
    found = {"rel": relation, "href": address, "type": media_type, "title": title}
    return {name: value for name, value in found.items() if value}


def with_query(address: str, **pairs: str) -> str:
    """The address with these parameters."""
    return f"{address}?{urlencode(pairs)}"


def own(address: str, pairs: Mapping[str, str], kind: Kind, shown: Representation) -> list[Link]:
    """An answer itself, and its other forms."""
    others = {name: value for name, value in pairs.items() if name != "f"}
    return [
        link(
            "self" if one is shown else "alternate",
            with_query(address, **others, f=one.name),
            one.content_type,
            f"This document as {one.label}",
        )
        for one in of_kind(kind)
    ]


def of_listed(api: Api, found: ListedRecord, catalogue: str, languages: tuple[str, ...]) -> list[Link]:
    """The links of a record in a list: to itself, to a page, to ISO 19139, to its source and its resource."""
    address = api.item_address(found.identifier, catalogue)
    iso = next(one for one in METADATA if one.prefix == ISO19139.prefix)
    return [
        link("self", f"{address}?f={GEOJSON.name}", GEOJSON.media_type, "This record"),
        link("alternate", f"{address}?f={HTML.name}", HTML.media_type, "This record as a page"),
        link("describedby", f"{address}?f={iso.name}", iso.media_type, iso.label),
        link("collection", api.collection_address(catalogue), "application/json"),
        *via(api, found),
        *ogc_record.links(found.record, languages),
    ]


def of_item(
    api: Api, found: ListedRecord, catalogue: str, *, shown: Representation, languages: tuple[str, ...]
) -> list[Link]:
    """Every link of a record: its forms, its metadata formats, where it came from, and its resource."""
    address = api.item_address(found.identifier, catalogue)
    forms = []
    for one in REPRESENTATIONS:
        if Kind.ITEM in one.kinds:
            relation = "describedby" if one.prefix else "linkset" if one is LINKSET else "alternate"
            relation = "self" if one is shown else relation
            forms.append(link(relation, f"{address}?f={one.name}", one.content_type, one.label))
    return [
        *forms,
        link(
            "describedby", f"{address}?f={NATIVE}", title=f"As its source sent it ({found.metadata_prefix})"
        ),
        link("canonical", api.item_address(found.identifier), title="This record in the whole catalogue"),
        link("collection", api.collection_address(catalogue), "application/json"),
        link("root", api.address, "application/json", api.title),
        link("profile", ogc_record.PROFILE),
        *cite_as(found),
        *via(api, found),
        *ogc_record.links(found.record, languages),
    ]


def cite_as(found: ListedRecord) -> list[Link]:
    """The DOI of the resource, where it has one (RFC 8574)."""
    cited = citation(found.record)
    return [link("cite-as", cited.url)] if cited.doi else []


def via(api: Api, found: ListedRecord) -> list[Link]:
    """Where the record came from: the same record at its source (RFC 4287, 4.2.7.2)."""
    source = api.sources().get(found.source_id)
    if source is None:
        return []
    prefix = source.metadata_prefix or found.metadata_prefix
    base, asks = _at_source(source.protocol, wording.public(source.base_url), prefix)
    address = base + quote(found.source_identifier, safe=":") if asks else base
    return [link("via", address, title=wording.public(source.label))]


@lru_cache(1_000)
def _at_source(protocol: Protocol, base: str, prefix: str) -> tuple[str, bool]:
    """How a source is asked for one record, whose identifier is to follow; else where it is."""
    match protocol:
        case Protocol.OAI_PMH:
            pairs = {"verb": "GetRecord", "metadataPrefix": prefix, "identifier": ""}
        case Protocol.CSW:
            pairs = {"service": "CSW", "version": "2.0.2", "request": "GetRecordById", "id": ""}
            pairs = {"elementSetName": "full", **pairs}
        case _:
            return base, False
    return f"{base}{'&' if '?' in base else '?'}{urlencode(pairs)}", True


def signposts(api: Api, found: ListedRecord, catalogue: str) -> list[Link]:
    """What a machine should know that has found the page of a record."""
    every = of_item(api, found, catalogue, shown=HTML, languages=())
    kind = schema_org.write(found.record, address="", catalogue="", root="")["@type"]
    named = [
        link("type", f"https://schema.org/{kind}"),
        link("type", "https://schema.org/AboutPage"),
        *(one for one in every if one["rel"] in _SIGNPOSTS and one.get("type") != SCHEMA_ORG.media_type),
        link(
            "describedby", f"{api.item_address(found.identifier, catalogue)}?f=jsonld", SCHEMA_ORG.media_type
        ),
    ]
    downloads = [link("item", one["href"], one.get("type", "")) for one in every if one["rel"] == "enclosure"]
    return [*named, *downloads]


def header(links: Iterable[Link]) -> str:
    """Links as a Link header (RFC 8288, section 3)."""
    parts = []
    for one in list(links)[:_MOST_HEADERS]:
        media_type = f'; type="{one["type"]}"' if _is_plain(one.get("type", "")) else ""
        if _is_plain(one["href"]):
            parts.append(f'<{one["href"]}>; rel="{one["rel"]}"{media_type}')
    return ", ".join(parts)


def _is_plain(value: str) -> bool:
    return bool(value) and value.isascii() and value.isprintable() and not set('<>" \\') & set(value)


def link_set(anchor: str, links: Iterable[Link]) -> dict[str, Any]:
    """Links as a link set (RFC 9264, section 4.2)."""
    found: dict[str, Any] = {"anchor": anchor}
    for one in links:
        found.setdefault(one["rel"], []).append(
            {n: v for n, v in one.items() if n in {"href", "type", "title"}}
        )
    return {"linkset": [found]}
