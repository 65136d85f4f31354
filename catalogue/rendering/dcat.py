"""Writer of DCAT-AP 3 in RDF/XML: one dcat:Dataset, or dcat:DataService, and its dcat:CatalogRecord.

The rdf:RDF element has no xsi:schemaLocation: RDF/XML allows no such attribute there, and strict readers
of it refuse the document.
"""

from __future__ import annotations

import re
from typing import Final

from catalogue import identifiers
from catalogue import namespaces as ns
from catalogue.languages import terminological
from catalogue.record import (
    UNDETERMINED,
    Box,
    Conformance,
    Link,
    Period,
    Record,
    Relation,
    Right,
    Subject,
    Text,
)
from catalogue.rendering import dublin_core
from catalogue.rendering.dcat_agents import agents
from catalogue.rendering.iso_terms import is_topic
from catalogue.rendering.markup import any_uri, document, in_degrees, is_uri, number, values
from catalogue.rendering.rdf import dated, labelled, literal, literals, node, resource, typed

LANGUAGES: Final = "http://publications.europa.eu/resource/authority/language/"
MEDIA_TYPES: Final = "http://www.iana.org/assignments/media-types/"
TOPIC_CODES: Final = "http://inspire.ec.europa.eu/metadata-codelist/TopicCategory/"
REFERENCE_SYSTEM: Final = "http://inspire.ec.europa.eu/glossary/SpatialReferenceSystem"
_CRS: Final = "http://www.opengis.net/def/crs/EPSG/0/"
_PREFIXES: Final = ("rdf", "rdfs", "dcat", "dct", "foaf", "vcard", "skos", "prov", "org")
_HEAD: Final = "<rdf:RDF" + "".join(f' xmlns:{prefix}="{ns.PREFIXES[prefix]}"' for prefix in _PREFIXES) + ">"
_FOOT: Final = "</rdf:RDF>"
_DATES: Final = {
    "issued": "dct:issued",
    "date": "dct:issued",
    "created": "dct:created",
    "modified": "dct:modified",
    "available": "dct:available",
    "valid": "dct:valid",
    "accepted": "dct:dateAccepted",
    "submitted": "dct:dateSubmitted",
    "copyrighted": "dct:dateCopyrighted",
}
_RELATIONS: Final = {"operatesOn": "dcat:servesDataset"} | {
    kind: f"dct:{kind}"
    for kind in (
        "conformsTo", "hasFormat", "hasPart", "hasVersion", "isFormatOf", "isPartOf", "isReferencedBy",
        "isReplacedBy", "isRequiredBy", "isVersionOf", "references", "replaces", "requires", "source",
    )
}  # fmt: skip
_MEDIA_TYPE: Final = re.compile(r"[a-z]+/[A-Za-z0-9][A-Za-z0-9.+-]*")
_METRES: Final = re.compile(r"(\d{1,12}(?:\.\d{1,9})?) (m|km)")
_FULL_TURN: Final = 360


def write(record: Record, *, identifier: str, datestamp: str) -> bytes:
    """The record as one rdf:RDF element.

    Args:
        record: what to write.
        identifier: ours, of the dcat:CatalogRecord; the resource has its own, or this one.
        datestamp: when our copy was last changed.
    """
    kind = "dcat:DataService" if record.service_type else "dcat:Dataset"
    uri = _uri(record, identifier)
    about = f' rdf:about="{any_uri(uri)}"' if uri else ""
    body = [
        _HEAD,
        f"<{kind}{about}>",
        *(literal("dct:identifier", name) for name in _names(record, identifier)),
        literals("dct:title", record.title) or "<dct:title/>",
        *(literals("dct:alternative", text) for text in record.alternative_titles),
        _descriptions(record),
        _dates(record),
        agents(record),
        *map(_subject, record.subjects),
        *(labelled("dct:type", "skos:Concept", text) for text in record.types),
        *map(_language, record.languages),
        *(_box(box) for box in record.boxes if in_degrees(box)),
        *(labelled("dct:spatial", "dct:Location", place) for place in record.places),
        *map(_period, record.periods),
        labelled("dct:provenance", "dct:ProvenanceStatement", record.lineage),
        *map(_right, record.rights),
        *map(_relation, dublin_core.relations(record)),
        *(_standard(one) for one in record.conformance if one.degree),
        *map(_reference_system, record.reference_systems),
        *map(_resolution, record.resolutions),
        _links(record),
        _catalogue_record(record, identifier, datestamp),
        f"</{kind}>",
        _FOOT,
    ]
    return document(body)


def _names(record: Record, identifier: str) -> list[str]:
    names = [known.value for known in record.identifiers if known.value]
    return names or [identifier]


def _uri(record: Record, identifier: str) -> str:
    """The address of the resource: its DOI, another of its identifiers that is one, or ours; else none."""
    for known in record.identifiers:
        found = identifiers.doi(known.value) if known.scheme == "doi" else ""
        if found and is_uri(f"https://doi.org/{found}"):
            return f"https://doi.org/{found}"
    for name in (*(known.value for known in record.identifiers), identifier):
        found = identifiers.uuid(name)
        if found:
            return f"urn:uuid:{found}"
        if is_uri(name) and ":" in name:
            return name
    return ""


def _descriptions(record: Record) -> str:
    """dct:description, which DCAT-AP asks for: the title stands in for it."""
    said = "".join(literals("dct:description", text) for text in record.descriptions)
    return said or literals("dct:description", record.title) or "<dct:description/>"


def _dates(record: Record) -> str:
    """Each property once, as DCAT-AP wants it; what more there is, is a dct:date."""
    out = []
    seen = set()
    for date in dublin_core.dates(record):
        name = _DATES.get(date.kind, "dct:date")
        out.append(dated("dct:date" if name in seen else name, dublin_core.date_value(date)))
        seen.add(name)
    return "".join(out)


def _subject(subject: Subject) -> str:
    """A term with an address is a theme, a topic of ISO 19115 too; any other a keyword."""
    if is_topic(subject):
        return resource("dcat:theme", TOPIC_CODES + subject.label.default)
    if not is_uri(subject.uri):
        return literals("dcat:keyword", subject.label)
    scheme = node("skos:inScheme", "skos:ConceptScheme", literal("dct:title", subject.scheme))
    return node("dcat:theme", "skos:Concept", literals("skos:prefLabel", subject.label) + scheme, subject.uri)


def _language(tag: str) -> str:
    three = terminological(tag)
    return resource("dct:language", LANGUAGES + three.upper()) if three else literal("dct:language", tag)


def _box(box: Box) -> str:
    """dcat:bbox in well-known text; a box across the antimeridian goes on beyond 180 degrees."""
    west, south, north = number(box.west), number(box.south), number(box.north)
    east = number(round(box.east + _FULL_TURN, 9) if box.west > box.east else box.east)
    corners = f"{west} {north},{east} {north},{east} {south},{west} {south},{west} {north}"
    return node(
        "dct:spatial",
        "dct:Location",
        typed("dcat:bbox", f"{ns.GEOSPARQL}wktLiteral", f"POLYGON(({corners}))"),
    )


def _period(period: Period) -> str:
    content = (
        dated("dcat:startDate", period.begin)
        + dated("dcat:endDate", period.end)
        + literal("skos:prefLabel", period.text)
    )
    return node("dct:temporal", "dct:PeriodOfTime", content)


def _right(right: Right) -> str:
    kind = right.kind.partition(":")[0]
    if kind == "rightsHolder" and right.text:
        return node("dct:rightsHolder", "foaf:Agent", literals("foaf:name", right.text))
    text = Text(tuple(pair for pair in dublin_core.right_values(right) if pair[1] != right.url))
    if kind == "license":
        return labelled("dct:license", "dct:LicenseDocument", text, right.url)
    name = "dct:accessRights" if kind in ("accessRights", "accessConstraints") else "dct:rights"
    return labelled(name, "dct:RightsStatement", text, right.url)


def _relation(relation: Relation) -> str:
    """A resource by its address, or by what it is called."""
    name = _RELATIONS.get(relation.kind, "dct:relation")
    kind = "dct:Standard" if relation.kind == "conformsTo" else "rdfs:Resource"
    title = literals("dct:title", relation.title)
    if is_uri(relation.value):
        return node(name, kind, title, relation.value)
    return node(name, kind, literal("dct:identifier", relation.value) + title)


def _standard(told: Conformance) -> str:
    """dct:conformsTo a specification (GeoDCAT-AP): that a resource does not conform, DCAT has no word for."""
    content = literals("dct:title", told.title) + dated("dct:issued", told.date)
    return node("dct:conformsTo", "dct:Standard", content, told.url if is_uri(told.url) else "")


def _reference_system(system: str) -> str:
    """dct:conformsTo, as GeoDCAT-AP does it."""
    code = system.removeprefix("EPSG:")
    uri = _CRS + code if code != system and code.isascii() and code.isdigit() else ""
    content = literal("dct:identifier", system) + resource("dct:type", REFERENCE_SYSTEM)
    return node("dct:conformsTo", "dct:Standard", content, uri) if system else ""


def _resolution(resolution: str) -> str:
    """dcat:spatialResolutionInMeters; a scale is none."""
    found = _METRES.fullmatch(resolution)
    if not found:
        return ""
    metres = float(found[1]) * (1000 if found[2] == "km" else 1)
    return typed("dcat:spatialResolutionInMeters", f"{ns.XSD}#decimal", number(metres))


def _links(record: Record) -> str:
    """Where the resource is, what shows it, and its distributions, or the service's endpoints."""
    formats = "".join(map(_format, record.formats))
    out, distributions = [], []
    for link in record.links:
        if not link.url:
            continue
        if link.function == "browseGraphic":
            out.append(resource("foaf:depiction", link.url))
        elif link.function in ("information", "search"):
            out.append(node("foaf:page", "foaf:Document", _described(link), link.url))
        elif not (link.function or link.protocol or link.media_type or link.title or link.description):
            out.append(resource("dcat:landingPage", link.url))
        elif record.service_type:
            out.append(resource("dcat:endpointURL", link.url))
        else:
            distributions.append(link)
    # Which of several has which format, nobody has said.
    of_one = formats if len(distributions) == 1 else ""
    out += (_distribution(link, of_one) for link in distributions)
    return "".join(out) + ("" if of_one else formats)


def _described(link: Link) -> str:
    return literals("dct:title", link.title) + literals("dct:description", link.description)


def _distribution(link: Link, formats: str) -> str:
    protocol = node("dct:conformsTo", "dct:Standard", literal("dct:title", link.protocol))
    content = (
        resource("dcat:accessURL", link.url)
        + (resource("dcat:downloadURL", link.url) if link.function == "download" else "")
        + _described(link)
        + (_format(link.media_type) if link.media_type else "")
        + formats
        + protocol
    )
    return node("dcat:distribution", "dcat:Distribution", content)


def _format(name: str) -> str:
    if _MEDIA_TYPE.fullmatch(name):
        return resource("dcat:mediaType", MEDIA_TYPES + name)
    return node("dct:format", "dct:MediaTypeOrExtent", literal("rdfs:label", name))


def _catalogue_record(record: Record, identifier: str, datestamp: str) -> str:
    """What the metadata are about themselves."""
    own = record.metadata_language or (
        record.title.default_language if values(record.title) else UNDETERMINED
    )
    content = literal("dct:identifier", identifier) + dated("dct:modified", datestamp)
    content += _language(own) if own != UNDETERMINED else ""
    return node("foaf:isPrimaryTopicOf", "dcat:CatalogRecord", content)
