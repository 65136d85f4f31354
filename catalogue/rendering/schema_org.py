"""Writer of schema.org in JSON-LD: what search engines read of a page."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from catalogue.record import UNDETERMINED, Agent, Box, Link, Record, Text
from catalogue.rendering import dublin_core
from catalogue.rendering.citation import citation, web_uri
from catalogue.rendering.markup import in_degrees, number

CONTEXT: Final = "https://schema.org/"
_TYPES: Final = {
    "dataset": "Dataset",
    "software": "SoftwareApplication",
    "thesis": "Thesis",
    "article": "ScholarlyArticle",
    "chapter": "Chapter",
    "book": "Book",
    "paper": "ScholarlyArticle",
    "map": "Map",
    "video": "VideoObject",
    "image": "ImageObject",
    "law": "Legislation",
    "report": "Report",
    "work": "CreativeWork",
}


def write(record: Record, *, address: str, catalogue: str, root: str) -> dict[str, Any]:
    """The record as an object of schema.org.

    Args:
        record: what to write.
        address: the page about the record.
        catalogue: what the catalogue is called.
        root: where the catalogue is.
    """
    cited = citation(record)
    agents = dublin_core.agents(record)
    found: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": _TYPES[cited.kind],
        "@id": cited.url or address,
        "name": _text(record.title),
        "alternateName": [_text(text) for text in record.alternative_titles],
        "description": _text(record.abstract),
        "url": cited.url or address,
        "mainEntityOfPage": address,
        "sameAs": [url for name in record.identifiers if (url := web_uri(name.value)) and url != cited.url],
        "identifier": [_identifier(name.value, name.scheme) for name in record.identifiers if name.value],
        "creator": [_agent(agent) for agent in agents["creator"]],
        "publisher": [_agent(agent) for agent in agents["publisher"][:1]],
        "contributor": [_agent(agent) for agent in agents["contributor"]],
        "datePublished": record.date("issued", "date", "available"),
        "dateCreated": record.date("created"),
        "dateModified": record.date("modified"),
        "inLanguage": [tag for tag in record.languages if tag],
        "keywords": [subject.label.default for subject in record.subjects if subject.label.default],
        "license": next((url for right in record.rights if (url := web_uri(right.url))), ""),
        "spatialCoverage": [
            *(_box(box) for box in record.boxes if in_degrees(box)),
            *({"@type": "Place", "name": _text(place)} for place in record.places if place.default),
        ],
        "temporalCoverage": [said for period in record.periods if (said := dublin_core.period(period))],
        "includedInDataCatalog": {"@type": "DataCatalog", "name": catalogue, "url": root},
    }
    name = "distribution" if cited.kind == "dataset" else "encoding"
    found[name] = [
        _download(link) for link in record.links if link.function == "download" and web_uri(link.url)
    ]
    return {member: value for member, value in found.items() if value}


def document(found: Any) -> bytes:
    """JSON that may stand in a page: nothing in it ends a script, or begins anything else."""
    made = msgspec.json.encode(found)
    return made.replace(b"<", b"\\u003c").replace(b">", b"\\u003e").replace(b"&", b"\\u0026")


def _text(text: Text | None) -> Any:
    """A plain text, or one for each language where there are several."""
    values = [pair for pair in text.values if pair[1]] if text else []
    if len(values) == 1:
        return values[0][1]
    return [
        {"@value": value} if language == UNDETERMINED else {"@value": value, "@language": language}
        for language, value in values
    ]


def _identifier(value: str, scheme: str) -> Any:
    return {"@type": "PropertyValue", "propertyID": scheme, "value": value} if scheme else value


def _agent(agent: Agent) -> dict[str, Any]:
    name = _text(agent.name)
    if agent.individual:
        person: dict[str, Any] = {"@type": "Person", "name": agent.individual}
        return person | ({"affiliation": {"@type": "Organization", "name": name}} if name else {})
    # Dublin Core tells no person from an organisation.
    return {"@type": "Organization", "name": name}


def _box(box: Box) -> dict[str, Any]:
    corners = " ".join(map(number, (box.south, box.west, box.north, box.east)))
    if (box.west, box.south) == (box.east, box.north):
        point = {"@type": "GeoCoordinates", "latitude": box.south, "longitude": box.west}
        return {"@type": "Place", "geo": point}
    return {"@type": "Place", "geo": {"@type": "GeoShape", "box": corners}}


def _download(link: Link) -> dict[str, Any]:
    found: dict[str, Any] = {"@type": "DataDownload", "contentUrl": web_uri(link.url)}
    if link.media_type:
        found["encodingFormat"] = link.media_type
    if link.title:
        found["name"] = _text(link.title)
    return found
