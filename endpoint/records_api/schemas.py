"""JSON Schemas of what this interface answers, as its OpenAPI description has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_TEXT: Final[Mapping[str, Any]] = {"type": "string"}
_COUNT: Final[Mapping[str, Any]] = {"type": "integer", "minimum": 0}
_MOMENT: Final[Mapping[str, Any]] = {"type": "string", "format": "date-time"}


def _object(*required: str, **properties: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "object", "properties": properties}
    # OpenAPI 3.0 wants one name at least.
    return made | ({"required": list(required)} if required else {})


def _list(of: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


_LINKS: Final = _list(_ref("link"))
_LANGUAGE: Final = _object("code", code=_TEXT, name={"type": "string", "minLength": 1}, dir=_TEXT)
_CONTACT: Final = _object(
    name=_TEXT,
    organization=_TEXT,
    position=_TEXT,
    emails=_list(_object("value", value=_TEXT)),
    phones=_list(_object("value", value={"type": "string", "pattern": r"^\+[1-9]{1}[0-9]{3,14}$"})),
    addresses=_list(_object(city=_TEXT, country=_TEXT)),
    links=_LINKS,
    roles=_list(_TEXT),
) | {"anyOf": [{"required": ["name"]}, {"required": ["organization"]}]}
_FORMAT: Final = _object(name=_TEXT, mediaType=_TEXT) | {
    "anyOf": [{"required": ["name"]}, {"required": ["mediaType"]}]
}
_THEME: Final = _object(
    "scheme",
    "concepts",
    scheme=_TEXT,
    concepts=_list(_object("id", id=_TEXT, title=_TEXT, url=_TEXT)) | {"minItems": 1},
)
_DATE: Final = r"\d{4}-\d{2}-\d{2}"
_END: Final = {"type": "string", "pattern": rf"^({_DATE}|{_DATE}T\d{{2}}:\d{{2}}:\d{{2}}(\.\d+)?Z|\.\.)$"}
_PROPERTIES: Final = _object(
    "title",
    "created",
    "updated",
    created=_MOMENT,
    updated=_MOMENT,
    type=_TEXT,
    title=_TEXT,
    description=_TEXT,
    keywords=_list(_TEXT),
    themes=_list(_THEME),
    language=_LANGUAGE,
    languages=_list(_LANGUAGE),
    resourceLanguages=_list(_LANGUAGE),
    externalIds=_list(_object("value", scheme=_TEXT, value=_TEXT)),
    formats=_list(_FORMAT),
    contacts=_list(_CONTACT),
    license=_TEXT,
    rights=_TEXT,
)
_GEOMETRY: Final = {
    "type": "object",
    "nullable": True,
    "required": ["type"],
    "properties": {
        "type": {
            "type": "string",
            "enum": ["Point", "Polygon", "MultiPolygon", "GeometryCollection"],
        },
        "coordinates": _list({}),
        "geometries": _list({"type": "object"}),
    },
}

#: By name.
SCHEMAS: Final[dict[str, Any]] = {
    "link": _object(
        "rel",
        "href",
        rel=_TEXT,
        href={"type": "string", "minLength": 1},
        type=_TEXT,
        title=_TEXT,
        protocol=_TEXT,
    ),
    "landingPage": _object("title", "links", title=_TEXT, description=_TEXT, links=_LINKS),
    "conformance": _object("conformsTo", conformsTo=_list(_TEXT), links=_LINKS),
    "openapi": {"type": "object"},
    "collections": _object(
        "links",
        "collections",
        numberMatched=_COUNT,
        numberReturned=_COUNT,
        collections=_list(_ref("catalog")),
        links=_LINKS,
    ),
    "catalog": _object(
        "id",
        "type",
        "itemType",
        "title",
        "links",
        id=_TEXT,
        type={"type": "string", "enum": ["Collection"]},
        itemType={"type": "string", "enum": ["record"]},
        title=_TEXT,
        description=_TEXT,
        crs=_list(_TEXT),
        links=_LINKS,
    ),
    "schema": _object(
        "$schema",
        "$id",
        "type",
        "properties",
        **{"$schema": _TEXT, "$id": _TEXT, "type": _TEXT, "properties": {"type": "object"}},
    ),
    "records": _object(
        "type",
        "features",
        "links",
        "timeStamp",
        "numberMatched",
        "numberReturned",
        type={"type": "string", "enum": ["FeatureCollection"]},
        features=_list(_ref("record")),
        facets={
            "type": "object",
            "additionalProperties": _object(
                "type",
                "property",
                "buckets",
                type={"type": "string", "enum": ["term"]},
                property=_TEXT,
                buckets=_list(_object("value", "count", value=_TEXT, count=_COUNT)),
            ),
        },
        links=_LINKS,
        timeStamp=_MOMENT,
        numberMatched=_COUNT,
        numberReturned=_COUNT,
    ),
    "record": _object(
        "id",
        "type",
        "time",
        "geometry",
        "properties",
        "links",
        id={"type": "string", "minLength": 1},
        type={"type": "string", "enum": ["Feature"]},
        conformsTo=_list(_TEXT),
        time=_object("interval", interval=_list(_END) | {"minItems": 2, "maxItems": 2}) | {"nullable": True},
        geometry=_GEOMETRY,
        properties=_PROPERTIES,
        links=_LINKS,
    ),
    "problem": _object(
        "type",
        "title",
        "status",
        "detail",
        type=_TEXT,
        title=_TEXT,
        status={"type": "integer"},
        detail=_TEXT,
        parameter=_TEXT,
    ),
}
