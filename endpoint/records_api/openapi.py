"""The description of this interface (OpenAPI 3.0.3), made of the tables that the code works by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from endpoint.records_api import cursor
from endpoint.records_api.parameters import (
    COLLECTIONS,
    DEFAULT_LIMIT,
    FILTER_LANGUAGES,
    MOST_COLLECTIONS,
    MOST_FACETS,
    OF_PROPERTIES,
)
from endpoint.records_api.problems import MEDIA_TYPE as PROBLEM
from endpoint.records_api.properties import FACETS, PROPERTIES
from endpoint.records_api.representations import HTML, NATIVE, Kind, of_kind
from endpoint.records_api.schemas import SCHEMAS
from endpoint.records_api.service import WHOLE, Api

MEDIA_TYPE: Final = "application/vnd.oai.openapi+json;version=3.0"
_LIST: Final[Mapping[str, Any]] = {"style": "form", "explode": False}
_STRINGS: Final[Mapping[str, Any]] = {"type": "array", "items": {"type": "string"}}


#: What every address may answer before anybody looks at what was asked.
_BUSY: Final[Mapping[str, str]] = {
    "429": "That was too often; Retry-After says when to come back",
    "503": "Busy; Retry-After says when to come back",
}


def description(api: Api) -> dict[str, Any]:
    """The whole document."""
    return {
        "openapi": "3.0.3",
        "info": {
            "title": api.title,
            "description": "The catalogue as OGC API - Records. Unknown parameters and bad values get an "
            "answer with status 400, a problem (RFC 9457) that names the parameter.",
            "version": "1.0.0",
            "contact": {"email": api.settings.admin_email},
        },
        "servers": [{"url": api.address}],
        "paths": _paths(),
        "components": {"parameters": _parameters(api), "responses": _responses(), "schemas": SCHEMAS},
    }


def _paths() -> dict[str, Any]:
    collection = ["catalogId"]
    of_lists = [
        "limit",
        "offset",
        cursor.PARAMETER,
        "q",
        "bbox",
        "bboxCrs",
        "datetime",
        "type",
        "ids",
        "externalIds",
    ]
    of_lists += [
        "sortby",
        "filter",
        "filterLang",
        "filterCrs",
        "facets",
        *(f"property-{name}" for name in OF_PROPERTIES),
    ]
    return {
        "/": _get("landing", "The landing page", Kind.PAGE, "landingPage"),
        "/conformance": _get("conformance", "What this conforms to", Kind.PAGE, "conformance"),
        "/api": _get("api", "This description", Kind.PAGE, "openapi", media_type=MEDIA_TYPE),
        "/collections": _get(
            "collections", "Collections of records", Kind.PAGE, "collections", "collectionsLimit", "after"
        ),
        "/collections/{catalogId}": _get("collection", "One of them", Kind.PAGE, "catalog", *collection),
        "/collections/{catalogId}/queryables": _get(
            "queryables", "What filters may name", Kind.PAGE, "schema", *collection,
            media_type="application/schema+json",
        ),
        "/collections/{catalogId}/sortables": _get(
            "sortables", "What results can be ordered by", Kind.PAGE, "schema", *collection,
            media_type="application/schema+json",
        ),
        "/collections/{catalogId}/items": _get(
            "records", "The records that a query finds", Kind.LIST, "records", *collection, *of_lists
        ),
        "/collections/{catalogId}/items/{recordId}": _get(
            "record", "One record", Kind.ITEM, "record", *collection, "recordId"
        ),
    }  # fmt: skip


def _get(
    name: str, summary: str, kind: Kind, schema: str, *more: str, media_type: str = ""
) -> dict[str, Any]:
    """A path that can be read."""
    content: dict[str, Any] = {}
    for one in of_kind(kind):
        is_json = one.name in {"json", "geojson"}
        # JSON-LD and link sets are objects, of vocabularies that this description does not repeat.
        other = {"type": "object" if one.media_type.endswith("json") else "string"}
        shape = {"$ref": f"#/components/schemas/{schema}"} if is_json else other
        content[(media_type or one.media_type) if is_json else one.content_type] = {"schema": shape}
    responses: dict[str, Any] = {"200": {"description": summary, "content": content}}
    for status in (*(("400", "404", "406", "410") if more else ("400", "406")), *_BUSY):
        responses[status] = {"$ref": f"#/components/responses/{status}"}
    form = {Kind.PAGE: "fPage", Kind.LIST: "fList", Kind.ITEM: "fItem"}[kind]
    names = [*more, form, "lang", "language", "profile"]
    parameters = [{"$ref": f"#/components/parameters/{one}"} for one in names]
    return {
        "get": {"operationId": name, "summary": summary, "parameters": parameters, "responses": responses}
    }


def _responses() -> dict[str, Any]:
    said = {
        "400": "A parameter is not known, or has a value that it cannot have",
        "404": "There is no such thing",
        "406": "There is no such form of it",
        "410": "The record was deleted",
    }
    content = {
        PROBLEM: {"schema": {"$ref": "#/components/schemas/problem"}},
        HTML.content_type: {"schema": {"type": "string"}},
    }
    plain = {"text/plain": {"schema": {"type": "string"}}}
    return {
        **{status: {"description": text, "content": content} for status, text in said.items()},
        **{status: {"description": text, "content": plain} for status, text in _BUSY.items()},
    }


def _query(name: str, description: str, schema: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "description": description,
        "required": False,
        "schema": schema,
        **more,
    }


def _whole(least: int, default: int, most: int = 2**31 - 1) -> dict[str, Any]:
    return {"type": "integer", "minimum": least, "default": default, "maximum": most}


def _parameters(api: Api) -> dict[str, Any]:
    text = {"type": "string"}
    forms = {
        f"f{kind.capitalize()}": _query(
            "f",
            "The form of the answer; else what Accept asks for.",
            {"type": "string", "enum": [one.name for one in of_kind(kind)] + [NATIVE] * (kind is Kind.ITEM)},
        )
        for kind in Kind
    }
    return {
        **forms,
        **_of_lists(api),
        **_of_queries(),
        "catalogId": {
            "name": "catalogId", "in": "path", "required": True, "schema": text, "example": WHOLE,
            "description": f"`{WHOLE}`, or a setSpec, as `convention:stockholm`.",
        },
        "recordId": {
            "name": "recordId", "in": "path", "required": True, "schema": text,
            "description": "The identifier of a record: ours, or the one that CSW gives out.",
        },
        "lang": _query("lang", "The language of pages, of the six.", {**text, "example": "fr"}),
        "language": _query("language", "Languages, as in Accept-Language.", text),
        "profile": _query("profile", "Profiles that are wanted; there is one.", _STRINGS, **_LIST),
        **{
            f"property-{name}": _query(name, f"Records whose {name} is this.", text) for name in OF_PROPERTIES
        },
    }  # fmt: skip


def _of_lists(api: Api) -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "limit": _query(
            "limit", f"Records of an answer, at most {api.settings.csw_max_records}.",
            _whole(1, DEFAULT_LIMIT),
        ),
        "offset": _query("offset", "Records to pass over; links have a cursor.", _whole(0, 0, 100_000)),
        cursor.PARAMETER: _query(cursor.PARAMETER, "Where a list goes on; from a `next` link.", text),
        "collectionsLimit": _query("limit", f"At most {MOST_COLLECTIONS}.", _whole(1, COLLECTIONS)),
        "after": _query("after", "The collection behind which a page begins; from a `next` link.", text),
        "sortby": _query(
            "sortby", "Sortables with `+` or `-` before them; else the order in which records came.",
            _STRINGS, **_LIST, example=["-updated"],
        ),
    }  # fmt: skip


def _of_queries() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "q": _query("q", "Terms: one of them occurs in a record, word behind word.", _STRINGS, **_LIST),
        "bbox": _query(
            "bbox", "West, south, east, north; west is greater than east across the antimeridian.",
            {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}, **_LIST,
        ),
        "bboxCrs": _query("bbox-crs", "The reference system of bbox: CRS84 or EPSG 4326.", text),
        "datetime": _query("datetime", "An instant, or an interval with `..` for an open end.", text),
        "type": _query("type", "Types of resources, in any case.", _STRINGS, **_LIST),
        "ids": _query("ids", "Identifiers of records.", _STRINGS, **_LIST),
        "externalIds": _query("externalIds", "Identifiers of resources: `doi:10.1234/5`.", _STRINGS, **_LIST),
        "filter": _query("filter", f"A filter over {', '.join(['id', *PROPERTIES])}.", text),
        "filterLang": _query("filter-lang", "Its language.", {**text, "enum": list(FILTER_LANGUAGES)}),
        "filterCrs": _query("filter-crs", "The reference system of its geometries.", text),
        "facets": _query(
            "facets", "Properties of which the answer in JSON tells the most frequent values.",
            {"type": "array", "items": {"type": "string", "enum": list(FACETS)}, "maxItems": MOST_FACETS},
            **_LIST,
        ),
    }  # fmt: skip
