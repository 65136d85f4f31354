"""Writer of csw:BriefRecord, csw:SummaryRecord and csw:Record (OGC 07-006r1, 10.2.5 and record.xsd).

CSW 3.0.0 (12-176r7, 6.6.3) has the same records in another namespace, and tells their temporal extent.

The schema allows no xml:lang here, so a text in several languages is an element repeated, the record's own
language first. Boxes are in `urn:x-ogc:def:crs:EPSG:6.11:4326`, whose axes are latitude, then longitude: the
lower corner is "south west", the upper "north east" (as in the reference records of the OGC tests). A box
that crosses the antimeridian has a lower corner that is east of its upper one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

from catalogue import namespaces as ns
from catalogue.queryables import instant, last_instant
from catalogue.record import Box, Record, Text
from catalogue.rendering import dublin_core
from catalogue.rendering.markup import any_uri, document, escape, in_degrees, number

ElementSet = Literal["brief", "summary", "full"]

CRS: Final = "urn:x-ogc:def:crs:EPSG:6.11:4326"
CRS30: Final = "http://www.opengis.net/def/crs/EPSG/0/4326"
_SCHEMAS: Final = "http://schemas.opengis.net"
_ROOTS: Final = {"brief": "BriefRecord", "summary": "SummaryRecord", "full": "Record"}
_COMMON: Final = f' xmlns:dc="{ns.DC}" xmlns:dct="{ns.DCT}" xmlns:xsi="{ns.XSI}"'
_DECLARATIONS: Final = {
    "csw": f' xmlns:csw="{ns.CSW}" xmlns:ows="{ns.OWS}"{_COMMON}'
    f' xsi:schemaLocation="{ns.CSW} {_SCHEMAS}/csw/2.0.2/record.xsd"',
    "csw30": f' xmlns:csw30="{ns.CSW30}" xmlns:ows="{ns.OWS20}"{_COMMON}'
    f' xsi:schemaLocation="{ns.CSW30} {_SCHEMAS}/cat/csw/3.0/record.xsd"',
}
_DATES: Final = {
    "created": "dct:created",
    "issued": "dct:issued",
    "available": "dct:available",
    "valid": "dct:valid",
    "accepted": "dct:dateAccepted",
    "submitted": "dct:dateSubmitted",
    "copyrighted": "dct:dateCopyrighted",
}
_RIGHTS: Final = {
    "license": "dct:license",
    "accessRights": "dct:accessRights",
    "rightsHolder": "dct:rightsHolder",
}
_RELATIONS: Final = {"source": "dc:source"} | {
    kind: f"dct:{kind}"
    for kind in (
        "conformsTo", "hasFormat", "hasPart", "hasVersion", "isFormatOf", "isPartOf", "isReferencedBy",
        "isReplacedBy", "isRequiredBy", "isVersionOf", "replaces", "requires",
    )
}  # fmt: skip


def write(record: Record, *, identifier: str, element_set: ElementSet = "full", datestamp: str = "") -> bytes:
    """The record as one element of the common record format.

    Args:
        record: what to write.
        identifier: ours, under which GetRecordById finds it; it comes first.
        element_set: brief, summary or full.
        datestamp: when our copy was last changed: dct:modified is the date of the record within the
            catalogue (table 10). Where empty, what the metadata say of themselves.
    """
    return _written("csw", record, identifier=identifier, element_set=element_set, datestamp=datestamp)


def write30(
    record: Record, *, identifier: str, element_set: ElementSet = "full", datestamp: str = ""
) -> bytes:
    """The record as one element of the common record format of CSW 3.0.0."""
    return _written("csw30", record, identifier=identifier, element_set=element_set, datestamp=datestamp)


def _written(
    prefix: Literal["csw", "csw30"],
    record: Record,
    *,
    identifier: str,
    element_set: ElementSet,
    datestamp: str,
) -> bytes:
    root = f"{prefix}:{_ROOTS[element_set]}"
    out = [f"<{root}{_DECLARATIONS[prefix]}>"]
    if element_set == "full":
        _full(out, record, identifier, datestamp)
    else:
        _brief(out, record, identifier)
        if element_set == "summary":
            _summary(out, record, datestamp)
    _boxes(out, record.boxes, CRS if prefix == "csw" else CRS30)
    if prefix == "csw30" and element_set != "brief":
        _temporal_extents(out, record)
    out.append(f"</{root}>")
    return document(out)


def _brief(out: list[str], record: Record, identifier: str) -> None:
    out.append(f"<dc:identifier>{escape(identifier)}</dc:identifier>")
    _title(out, record)
    _texts(out, "dc:type", record.types[:1], limit=1)


def _title(out: list[str], record: Record) -> None:
    """The title in each language; the schema asks for one element at least."""
    before = len(out)
    _texts(out, "dc:title", (record.title,))
    if len(out) == before:
        out.append("<dc:title/>")


def _summary(out: list[str], record: Record, datestamp: str) -> None:
    _texts(out, "dc:subject", [subject.label for subject in record.subjects])
    _plain(out, "dc:format", record.formats)
    _plain(out, "dc:relation", [relation.value for relation in dublin_core.relations(record)])
    _modified(out, record, datestamp)
    _texts(out, "dct:abstract", record.descriptions[:1])
    _texts(out, "dct:spatial", record.places)


def _modified(out: list[str], record: Record, datestamp: str) -> None:
    _plain(out, "dct:modified", [datestamp or record.metadata_date or record.date("modified")])


def _full(out: list[str], record: Record, identifier: str, datestamp: str) -> None:
    names = [name for name in dublin_core.identifiers(record) if name != identifier]
    _plain(out, "dc:identifier", [identifier, *names])
    _title(out, record)
    _texts(out, "dct:alternative", record.alternative_titles)
    _texts(out, "dc:type", record.types)
    for name, agents in dublin_core.agents(record).items():
        for agent in agents:
            person = agent.individual if name == "creator" else ""
            _texts(out, f"dc:{name}", (Text.of(person) if person else agent.name,))
    _texts(out, "dc:subject", [subject.label for subject in record.subjects])
    _texts(out, "dct:abstract", record.descriptions[:1])
    _texts(out, "dc:description", record.descriptions[1:])
    _plain(out, "dc:format", record.formats)
    for date in dublin_core.dates(record):
        if date.kind != "modified":
            _plain(out, _DATES.get(date.kind, "dc:date"), [dublin_core.date_value(date)])
    _modified(out, record, datestamp)
    _plain(out, "dc:language", record.languages)
    for relation in dublin_core.relations(record):
        _plain(out, _RELATIONS.get(relation.kind, "dc:relation"), [relation.value])
    for right in record.rights:
        for _, value in dublin_core.right_values(right):
            _plain(out, _RIGHTS.get(right.kind, "dc:rights"), [value])
    _texts(out, "dct:conformsTo", [one.title for one in record.conformance if one.degree])
    _texts(out, "dct:provenance", (record.lineage,) if record.lineage else ())
    _texts(out, "dct:spatial", record.places)
    _plain(out, "dct:temporal", [dublin_core.period(period) for period in record.periods])
    _references(out, record)


def _references(out: list[str], record: Record) -> None:
    """Online resources; `scheme` says by which protocol (the usage of pycsw and GeoNetwork)."""
    for link in dublin_core.resource_links(record):
        scheme = f' scheme="{any_uri(link.protocol)}"' if link.protocol else ""
        out.append(f"<dct:references{scheme}>{escape(link.url)}</dct:references>")


def _texts(out: list[str], name: str, texts: Iterable[Text], limit: int | None = None) -> None:
    for text in texts:
        for _, value in text.values[:limit]:
            if value:
                out.append(f"<{name}>{escape(value)}</{name}>")


def _plain(out: list[str], name: str, values: Iterable[str]) -> None:
    out += [f"<{name}>{escape(value)}</{name}>" for value in values if value]


def _temporal_extents(out: list[str], record: Record) -> None:
    """The times that the resource is about; an end that is not there is open."""
    for period in record.periods:
        begin, end = instant(period.begin), last_instant(period.end)
        if begin or end:
            ends = "".join(
                f"<csw30:{name}>{at}Z</csw30:{name}>" for name, at in (("begin", begin), ("end", end)) if at
            )
            out.append(f"<csw30:TemporalExtent>{ends}</csw30:TemporalExtent>")


def _boxes(out: list[str], boxes: Iterable[Box], crs: str) -> None:
    out += [
        f'<ows:BoundingBox crs="{crs}">'
        f"<ows:LowerCorner>{number(box.south)} {number(box.west)}</ows:LowerCorner>"
        f"<ows:UpperCorner>{number(box.north)} {number(box.east)}</ows:UpperCorner></ows:BoundingBox>"
        for box in boxes
        if in_degrees(box)
    ]
