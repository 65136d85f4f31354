"""Records in each of the forms that a list, or a record, can have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from catalogue import namespaces as ns
from catalogue.formats import DCAT
from catalogue.queryables import utc
from catalogue.rendering import (
    atom,
    bibtex,
    json_ld,
    ogc_record,
    render,
    ris,
    schema_org,
    table,
    turtle,
)
from catalogue.rendering.rdf_tree import Described, described
from catalogue.store.holdings.listing import ListedRecord
from catalogue.xml import escape, escape_attribute
from endpoint.records_api import links
from endpoint.records_api.links import Link
from endpoint.records_api.representations import (
    ATOM,
    BIBTEX,
    CSV,
    DCAT_JSON,
    DCAT_XML,
    GEOJSON,
    JSON,
    LINKSET,
    RIS,
    SCHEMA_ORG,
    TURTLE,
    Representation,
)
from endpoint.records_api.service import Api

_DECLARATION: Final = b'<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True)
class Found:
    """What a list says: the records of a page, and what is told of them."""

    records: list[ListedRecord]
    #: The collection that was asked.
    catalogue: str
    matched: int
    links: list[Link]
    now: datetime
    #: The languages that are wanted, the best first.
    languages: tuple[str, ...] = ()
    #: Property -> its most frequent values in all of the list, and how many records have each.
    facets: Mapping[str, list[tuple[str, int]]] = field(default_factory=dict)


def feature(one: ListedRecord, languages: tuple[str, ...]) -> dict[str, Any]:
    """A record as a feature, without links."""
    return ogc_record.write(
        one.record,
        identifier=one.identifier,
        given_out=one.given_out,
        created=utc(one.created),
        updated=utc(one.changed),
        languages=languages,
    )


def item_document(one: ListedRecord, found: list[Link], languages: tuple[str, ...]) -> dict[str, Any]:
    """One record, with all of its links."""
    return {**feature(one, languages), "links": found}


def list_document(api: Api, found: Found) -> dict[str, Any]:
    """A page of a list (17-069r4, 7.16)."""
    told = {"facets": {name: _facet(name, values) for name, values in found.facets.items()}}
    return {
        "type": "FeatureCollection",
        "timeStamp": _moment(found.now),
        "numberMatched": found.matched,
        "numberReturned": len(found.records),
        "features": [
            {
                **feature(one, found.languages),
                "links": links.of_listed(api, one, found.catalogue, found.languages),
            }
            for one in found.records
        ],
        **(told if found.facets else {}),
        "links": found.links,
    }


def _facet(name: str, values: list[tuple[str, int]]) -> dict[str, Any]:
    buckets = [{"value": value, "count": count} for value, count in values]
    return {"type": "term", "property": name, "buckets": buckets}


def _moment(now: datetime) -> str:
    return now.strftime("%Y-%m-%dT%H:%M:%SZ")


def written(api: Api, shown: Representation, found: Found) -> bytes:
    """The page of a list, in a form for machines."""
    return _LISTS[shown.name](api, found)


def written_one(api: Api, shown: Representation, one: ListedRecord, found: list[Link]) -> bytes:
    """One record in a form for machines that is not GeoJSON."""
    if shown.prefix:
        return _DECLARATION + _metadata(api, shown.prefix, one)
    if shown is LINKSET:
        return msgspec.json.encode(links.link_set(api.item_address(one.identifier), found))
    if shown is SCHEMA_ORG:
        return schema_org.document(_schema_org(api, one))
    if shown is ATOM:
        return _DECLARATION + _entry(api, one)
    return written(api, shown, Found([one], "", 1, found, datetime.now(UTC)))


def _metadata(api: Api, prefix: str, one: ListedRecord) -> bytes:
    """The record in a metadata format: as it is kept, else made now."""
    kept = api.store.search.renditions([one.number], prefix)
    return kept[0] if kept else _rendered(prefix, one)


def _rendered(prefix: str, one: ListedRecord) -> bytes:
    return render(one.record, prefix, identifier=one.given_out, datestamp=one.source_datestamp)


def _json(api: Api, found: Found) -> bytes:
    return msgspec.json.encode(list_document(api, found))


def _schema_org(api: Api, one: ListedRecord) -> dict[str, Any]:
    address = api.item_address(one.identifier)
    return schema_org.write(one.record, address=address, catalogue=api.title, root=api.root)


def _schema_org_list(api: Api, found: Found) -> bytes:
    objects = [_schema_org(api, one) for one in found.records]
    for one in objects:
        del one["@context"]
    return schema_org.document({"@context": schema_org.CONTEXT, "@graph": objects})


def _dcat(found: Found) -> Iterable[bytes]:
    return (_rendered(DCAT.prefix, one) for one in found.records)


def _rdf(_: Api, found: Found) -> bytes:
    """One rdf:RDF with what stands in those of the records: they all begin with the same prefixes."""
    made = list(_dcat(found))
    if not made:
        return _DECLARATION + f'<rdf:RDF xmlns:rdf="{ns.RDF}"/>'.encode()
    head, foot = made[0][: made[0].index(b">") + 1], b"</rdf:RDF>"
    return b"".join((_DECLARATION, head, *(one[len(head) : -len(foot)] for one in made), foot))


def _described(found: Found) -> list[Described]:
    return [one for document in _dcat(found) for one in described(document)]


def _turtle(_: Api, found: Found) -> bytes:
    return turtle.HEAD + turtle.write(_described(found))


def _dcat_json(_: Api, found: Found) -> bytes:
    return json_ld.write(_described(found))


def _ris(_: Api, found: Found) -> bytes:
    return b"\r\n".join(ris.write(one.record, identifier=one.identifier) for one in found.records)


def _bibtex(_: Api, found: Found) -> bytes:
    return b"\n".join(bibtex.write(one.record, identifier=one.identifier) for one in found.records)


def _csv(_: Api, found: Found) -> bytes:
    rows = (
        table.write(one.record, identifier=one.identifier, datestamp=utc(one.changed))
        for one in found.records
    )
    return b"".join((table.header(), *rows))


def _entry(api: Api, one: ListedRecord) -> bytes:
    return atom.write(
        one.record,
        identifier=one.identifier,
        datestamp=utc(one.changed),
        address=f"{api.item_address(one.identifier)}",
        author=api.title,
        media_type="text/html",
    )


def _atom(api: Api, found: Found) -> bytes:
    """An Atom feed (RFC 4287), with the response elements of OpenSearch."""
    own = next((one["href"] for one in found.links if one["rel"] == "self"), api.address)
    onward = [one for one in found.links if one["rel"] in {"self", "next", "alternate"}]
    head = (
        f'<atom:feed xmlns:atom="{ns.ATOM}" xmlns:os="{ns.OPENSEARCH}"><atom:id>{escape(own)}</atom:id>'
        f"<atom:title>{escape(api.title)}</atom:title><atom:updated>{_moment(found.now)}</atom:updated>"
        f"<atom:author><atom:name>{escape(api.title)}</atom:name></atom:author>"
        f"<os:totalResults>{found.matched}</os:totalResults>"
        f"<os:itemsPerPage>{len(found.records)}</os:itemsPerPage>"
    )
    told = "".join(
        f'<atom:link rel="{one["rel"]}" type="{escape_attribute(one.get("type", ""))}"'
        f' href="{escape_attribute(one["href"])}"/>'
        for one in onward
    )
    entries = (_entry(api, one) for one in found.records)
    return b"".join((_DECLARATION, head.encode(), told.encode(), *entries, b"</atom:feed>"))


_LISTS: Final[Mapping[str, Callable[[Api, Found], bytes]]] = {
    GEOJSON.name: _json,
    JSON.name: _json,
    SCHEMA_ORG.name: _schema_org_list,
    DCAT_XML.name: _rdf,
    TURTLE.name: _turtle,
    DCAT_JSON.name: _dcat_json,
    ATOM.name: _atom,
    CSV.name: _csv,
    RIS.name: _ris,
    BIBTEX.name: _bibtex,
}
