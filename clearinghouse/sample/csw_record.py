"""Sample records as csw:BriefRecord, csw:SummaryRecord and csw:Record (CSW 2.0.2, 10.2.5)."""

from __future__ import annotations

from collections.abc import Iterator

from catalogue import namespaces as ns
from catalogue.xml import escape
from clearinghouse.sample.records import SampleNode, SampleRecord

_NAMES = {"brief": "BriefRecord", "summary": "SummaryRecord", "full": "Record"}


def csw_record(node: SampleNode, record: SampleRecord, element_set: str) -> bytes:
    """The record as csw:Record, or as the part of it that the element set names."""
    name = _NAMES[element_set]
    lines = "\n".join(
        f"<{element}>{escape(text)}</{element}>" for element, text in _elements(node, record, element_set)
    )
    return (
        f'<csw:{name} xmlns:csw="{ns.CSW}" xmlns:dc="{ns.DC}" xmlns:dct="{ns.DCT}" xmlns:ows="{ns.OWS}">\n'
        f"{lines}{_box(record)}\n</csw:{name}>"
    ).encode()


def _elements(node: SampleNode, record: SampleRecord, element_set: str) -> Iterator[tuple[str, str]]:
    yield "dc:identifier", record.id
    yield "dc:title", record.title[record.language]
    yield "dc:type", record.type
    if element_set != "brief":
        yield from _summary(record)
    if element_set == "full":
        yield from _full(node, record)


def _summary(record: SampleRecord) -> Iterator[tuple[str, str]]:
    """In the order that the schema of csw:SummaryRecord wants."""
    for subject in record.subjects:
        for label in subject.label.values():
            yield "dc:subject", label
    if record.format:
        yield "dc:format", record.format
    for relation in record.relations:
        yield "dc:relation", relation
    yield "dct:modified", record.datestamp
    for text in record.abstract.values():
        yield "dct:abstract", text


def _full(node: SampleNode, record: SampleRecord) -> Iterator[tuple[str, str]]:
    for creator in record.creators:
        yield "dc:creator", creator
    yield "dc:publisher", node.title
    yield "dc:date", record.date
    for language in record.languages:
        yield "dc:language", language
    for link in record.links:
        yield "dct:references", link.url
    for text in record.rights.values():
        yield "dc:rights", text


def _box(record: SampleRecord) -> str:
    if record.box is None:
        return ""
    west, south, east, north = record.box
    return (
        f"\n<ows:WGS84BoundingBox><ows:LowerCorner>{west} {south}</ows:LowerCorner>"
        f"<ows:UpperCorner>{east} {north}</ows:UpperCorner></ows:WGS84BoundingBox>"
    )
