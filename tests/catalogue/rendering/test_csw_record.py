"""What a Record becomes in the common record format of CSW 2.0.2."""

from __future__ import annotations

import pytest
from lxml import etree

from catalogue.record import (
    Agent,
    Box,
    Date,
    Identifier,
    Link,
    Period,
    Record,
    Relation,
    Right,
    Subject,
    Text,
)
from catalogue.rendering import csw_record

RECORD = Record(
    title=Text((("en", "Wells"), ("fr", "Puits"))),
    alternative_titles=(Text.of("Springs"),),
    descriptions=(Text.of("Abstract"), Text.of("More")),
    agents=(Agent("creator", Text.of("Muster, Erika")),),
    dates=(Date("created", "2004"), Date("modified", "2005")),
    subjects=(Subject(Text.of("Lead")),),
    types=(Text.of("dataset"), Text.of("Report")),
    formats=("GeoPackage",),
    identifiers=(Identifier("10.1/x", "doi"), Identifier("id:1")),
    relations=(Relation("Archive", "source"), Relation("Series", "isPartOf")),
    languages=("en",),
    rights=(Right(Text.of("CC BY"), "license"),),
    links=(Link("https://example.org/wms", protocol="OGC:WMS"),),
    boxes=(Box(179, -1, -179, 1),),
    places=(Text.of("Lake"),),
    periods=(Period("1990", "1995"),),
    lineage=Text.of("Counted."),
)


def written(element_set: str, datestamp: str = "2026-01-02T03:04:05Z") -> etree._Element:
    return etree.fromstring(
        csw_record.write(RECORD, identifier="id:1", element_set=element_set, datestamp=datestamp)
    )


def pairs(root: etree._Element) -> list[tuple[str, str]]:
    prefixes = {uri: prefix for prefix, uri in root.nsmap.items()}
    return [(f"{prefixes[etree.QName(e).namespace]}:{etree.QName(e).localname}", e.text) for e in root]


def test_brief() -> None:
    root = written("brief")
    assert root.tag == "{http://www.opengis.net/cat/csw/2.0.2}BriefRecord"
    assert pairs(root) == [
        ("dc:identifier", "id:1"),
        ("dc:title", "Wells"),
        ("dc:title", "Puits"),
        ("dc:type", "dataset"),
        ("ows:BoundingBox", None),
    ]


def test_summary() -> None:
    root = written("summary")
    assert root.tag == "{http://www.opengis.net/cat/csw/2.0.2}SummaryRecord"
    assert pairs(root)[4:-1] == [
        ("dc:subject", "Lead"),
        ("dc:format", "GeoPackage"),
        ("dc:relation", "Archive"),
        ("dc:relation", "Series"),
        ("dct:modified", "2026-01-02T03:04:05Z"),
        ("dct:abstract", "Abstract"),
        ("dct:spatial", "Lake"),
    ]


def test_full() -> None:
    root = written("full")
    assert root.tag == "{http://www.opengis.net/cat/csw/2.0.2}Record"
    assert pairs(root) == [
        ("dc:identifier", "id:1"),
        ("dc:identifier", "10.1/x"),
        ("dc:identifier", "https://example.org/wms"),
        ("dc:title", "Wells"),
        ("dc:title", "Puits"),
        ("dct:alternative", "Springs"),
        ("dc:type", "dataset"),
        ("dc:type", "Report"),
        ("dc:creator", "Muster, Erika"),
        ("dc:subject", "Lead"),
        ("dct:abstract", "Abstract"),
        ("dc:description", "More"),
        ("dc:format", "GeoPackage"),
        ("dct:created", "2004"),
        ("dct:modified", "2026-01-02T03:04:05Z"),
        ("dc:language", "en"),
        ("dc:source", "Archive"),
        ("dct:isPartOf", "Series"),
        ("dct:license", "CC BY"),
        ("dct:provenance", "Counted."),
        ("dct:spatial", "Lake"),
        ("dct:temporal", "1990/1995"),
        ("dct:references", "https://example.org/wms"),
        ("ows:BoundingBox", None),
    ]
    assert root.find("{http://purl.org/dc/terms/}references").get("scheme") == "OGC:WMS"


@pytest.mark.parametrize("element_set", ["brief", "summary", "full"])
def test_a_box_has_latitude_first_and_may_cross_the_antimeridian(element_set: str) -> None:
    box = written(element_set)[-1]
    assert box.get("crs") == "urn:x-ogc:def:crs:EPSG:6.11:4326"
    assert [corner.text for corner in box] == ["-1 179", "1 -179"]


def test_modified_without_a_datestamp_is_what_the_metadata_say() -> None:
    assert ("dct:modified", "2005") in pairs(written("full", datestamp=""))
