"""The documents about the interface: landing page, conformance, collections, queryables and sortables."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any, Final

from endpoint.records_api import conformance, links, properties
from endpoint.records_api.links import Link, link
from endpoint.records_api.openapi import MEDIA_TYPE as OPENAPI
from endpoint.records_api.parameters import COLLECTIONS, MOST_COLLECTIONS, Sent
from endpoint.records_api.representations import GEOJSON, HTML, JSON, Kind, Representation
from endpoint.records_api.service import WHOLE, Api, Catalogue

_CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_JSON_SCHEMA: Final = "https://json-schema.org/draft/2020-12/schema"
AFTER: Final = "after"


def landing(api: Api, own: list[Link]) -> dict[str, Any]:
    """The landing page (17-069r4, 7.2)."""
    return {
        "title": api.title,
        "description": "Metadata about hazardous chemicals and waste, harvested from many repositories.",
        "links": [
            *own,
            link("service-desc", f"{api.address}/api?f=json", OPENAPI, "The API definition"),
            link("service-doc", f"{api.address}/api?f=html", HTML.media_type, "The API as a page"),
            link("conformance", f"{api.address}/conformance", JSON.media_type, "What this conforms to"),
            link("data", f"{api.address}/collections", JSON.media_type, "The collections of records"),
            link(
                links.CATALOG_RELATION,
                f"{api.collection_address(WHOLE)}/items",
                GEOJSON.media_type,
                api.title,
            ),
            link("search", f"{api.collection_address(WHOLE)}/items?f=html", HTML.media_type, "Search"),
        ],
    }


def declaration(own: list[Link]) -> dict[str, Any]:
    """What the interface conforms to (17-069r4, 7.4)."""
    return {"conformsTo": conformance.classes(), "links": own}


def collections(api: Api, sent: Sent, shown: Representation, languages: tuple[str, ...]) -> dict[str, Any]:
    """The catalogues, a page at a time (17-069r4, 7.13)."""
    after = sent.one(AFTER)
    limit = min(sent.number("limit", default=COLLECTIONS, least=1), MOST_COLLECTIONS)
    every = api.catalogues()
    # The whole comes first, and the others in the order of their names.
    behind = (
        one for one in every.values() if not after or (one.id != WHOLE and (after == WHOLE or one.id > after))
    )
    page = list(islice(behind, limit + 1))
    more, page = len(page) > limit, page[:limit]
    found = links.own(f"{api.address}/collections", sent.values, Kind.PAGE, shown)
    if more:
        pairs = {**sent.values, AFTER: page[-1].id, "f": shown.name}
        found.append(link("next", links.with_query(f"{api.address}/collections", **pairs), shown.media_type))
    return {
        "numberMatched": len(every),
        "numberReturned": len(page),
        "collections": [collection(api, one, languages) for one in page],
        "links": found,
    }


def collection(
    api: Api, catalogue: Catalogue, languages: tuple[str, ...], own: list[Link] | None = None
) -> dict[str, Any]:
    """One catalogue (20-004r1, 7.3)."""
    address = api.collection_address(catalogue.id)
    part = "" if catalogue.id == WHOLE else f"The records of the set {catalogue.id}: a part of {api.title}."
    return {
        "id": catalogue.id,
        "type": "Collection",
        "itemType": "record",
        "title": catalogue.title(*languages),
        "description": part or f"All records of {api.title}.",
        "crs": [_CRS84],
        "links": [
            *(own if own is not None else [link("self", f"{address}?f=json", JSON.media_type)]),
            link("items", f"{address}/items", GEOJSON.media_type, "The records"),
            link("items", f"{address}/items?f=html", HTML.media_type, "The records, to search"),
            link(links.QUERYABLES_RELATION, f"{address}/queryables", "application/schema+json", "Queryables"),
            link(links.SORTABLES_RELATION, f"{address}/sortables", "application/schema+json", "Sortables"),
            link("root", api.address, JSON.media_type),
            link("profile", "http://www.opengis.net/def/profile/OGC/0/ogc-catalog"),
            *_beside(api, catalogue),
        ],
    }


def _beside(api: Api, catalogue: Catalogue) -> list[Link]:
    """The whole that it is part of, and the same records over OAI-PMH."""
    if catalogue.id == WHOLE:
        return []
    feed = {"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": catalogue.set_spec}
    return [
        link("up", api.collection_address(WHOLE), JSON.media_type, api.title),
        link("related", links.with_query(f"{api.root}/oai", **feed), "text/xml", "The same over OAI-PMH"),
    ]


def schema(api: Api, catalogue: Catalogue, of: str, languages: tuple[str, ...]) -> dict[str, Any]:
    """The queryables, or the sortables, as a JSON Schema (19-079r2, 8.2; 20-004r1, 7.7)."""
    listed: Mapping[str, Any] = properties.queryables() if of == "queryables" else properties.sortables()
    return {
        "$schema": _JSON_SCHEMA,
        "$id": f"{api.collection_address(catalogue.id)}/{of}",
        "type": "object",
        "title": catalogue.title(*languages),
        "properties": listed,
        "additionalProperties": False,
    }
