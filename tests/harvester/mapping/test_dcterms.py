# ruff: noqa: E501 - samples of XML are read best on one line
"""DCMI terms, in every wrapper."""

from __future__ import annotations

import pytest

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
from harvester.mapping.registry import read

NAMESPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
    ' xmlns:ows="http://www.opengis.net/ows" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
)


def terms(content: str, root: str = "qdc", namespace: str = "http://dspace.org/qualifieddc/") -> Record:
    document = f'<w:{root} xmlns:w="{namespace}" {NAMESPACES}>{content}</w:{root}>'
    known, record = read(document.encode())
    assert known.prefix == "oai_dcterms"
    return record


@pytest.mark.parametrize(
    ("root", "namespace"),
    [
        ("qualifieddc", "http://dspace.org/qualifieddc/"),
        ("qualifieddc", "http://worldcat.org/xmlschemas/qdc-1.0/"),
        ("qualifieddc", "http://epubs.cclrc.ac.uk/xmlns/qdc/"),
        ("dcterms", "http://purl.org/dc/terms/"),
        ("oai_qdc", "http://example.org/oai_qdc"),
        ("nsdl_dc", "http://ns.nsdl.org/nsdl_dc_v1.02/"),
        ("Record", "http://www.opengis.net/cat/csw/2.0.2"),
        ("SummaryRecord", "http://www.opengis.net/cat/csw/3.0"),
        ("metadata", "http://dublincore.org/documents/dcmi-terms/"),
    ],
)
def test_wrappers(root: str, namespace: str) -> None:
    assert terms("<dcterms:title>x</dcterms:title>", root, namespace).title.default == "x"


def test_terms_in_groups() -> None:
    record = terms(
        "<w:simpleDc><dcterms:title>x</dcterms:title></w:simpleDc>"
        "<w:dcTerms><dcterms:created>2004</dcterms:created></w:dcTerms>",
        "metadata",
    )
    assert record == Record(title=Text.of("x"), dates=(Date("created", "2004"),))


def test_terms_without_any_namespace() -> None:
    document = (
        '<qualifieddc><title lang="fi">Kaivot</title><subject type="ysa">virtsa</subject>'
        '<identifier type="issn">24325058</identifier><issued>2021</issued></qualifieddc>'
    )
    assert read(document.encode())[1] == Record(
        title=Text.of("Kaivot", "fi"),
        subjects=(Subject(Text.of("virtsa"), "", "ysa"),),
        identifiers=(Identifier("24325058", "issn"),),
        dates=(Date("issued", "2021"),),
    )


def test_dates_and_their_kinds() -> None:
    record = terms(
        "<dc:title>x</dc:title>"
        + "".join(
            f'<dcterms:{name} xsi:type="dcterms:W3CDTF">2004</dcterms:{name}>'
            for name in ("created", "issued", "modified", "available", "valid")
        )
        + "<dcterms:dateAccepted>1/2</dcterms:dateAccepted><dcterms:dateSubmitted>2005</dcterms:dateSubmitted>"
        "<dcterms:dateCopyrighted>© 2006</dcterms:dateCopyrighted>"
    )
    assert [(date.kind, date.value, date.text) for date in record.dates] == [
        ("created", "2004", ""), ("issued", "2004", ""), ("modified", "2004", ""), ("available", "2004", ""),
        ("valid", "2004", ""), ("accepted", "", "1/2"), ("submitted", "2005", ""), ("copyrighted", "2006", ""),
    ]  # fmt: skip


def test_encoding_schemes() -> None:
    record = terms(
        '<dc:title>x</dc:title><dc:subject xsi:type="dcterms:MESH">Lead</dc:subject>'
        '<dc:subject xsi:type="dcterms:URI">https://example.org/t/1</dc:subject>'
        '<dcterms:spatial xsi:type="dcterms:Box">northlimit=2; southlimit=1; westlimit=3; eastlimit=4</dcterms:spatial>'
        '<dcterms:spatial xsi:type="dcterms:Point">name=Well; east=3; north=1</dcterms:spatial>'
        '<dcterms:temporal xsi:type="dcterms:Period">start=1990; end=1995; scheme=W3C-DTF</dcterms:temporal>'
    )
    assert record.subjects == (
        Subject(Text.of("Lead"), "", "MESH"),
        Subject(Text.of("https://example.org/t/1"), "", "", "https://example.org/t/1"),
    )
    assert record.boxes == (Box(3, 1, 4, 2), Box(3, 1, 3, 1))
    assert record.places == (Text.of("Well"),)
    assert record.periods == (Period("1990", "1995"),)


def test_relations_rights_and_provenance() -> None:
    record = terms(
        "<dc:title>x</dc:title><dcterms:isPartOf>Series 4</dcterms:isPartOf>"
        '<dcterms:replaces rdf:resource="https://example.org/old"/>'
        '<dcterms:license xsi:type="dcterms:URI">https://example.org/by</dcterms:license>'
        "<dcterms:rightsHolder>Example Centre</dcterms:rightsHolder><dcterms:provenance>Found.</dcterms:provenance>"
        "<dcterms:publisher><a>Example</a> <b>Press</b></dcterms:publisher><dcterms:references>Y</dcterms:references>"
    )
    assert record.relations == (
        Relation("Series 4", "isPartOf"),
        Relation("https://example.org/old", "replaces"),
        Relation("Y", "references"),
    )
    assert record.rights == (
        Right(None, "license", "https://example.org/by"),
        Right(Text.of("Example Centre"), "rightsHolder"),
    )
    assert record.lineage == Text.of("Found.")
    assert record.agents == (Agent("publisher", Text.of("Example Press")),)


def test_csw_record() -> None:
    record = terms(
        "<dc:identifier>urn:example:1</dc:identifier><dc:title>x</dc:title>"
        '<dc:subject href="https://example.org/t/1">Lead</dc:subject><dc:subject href=""/>'
        '<dc:URI protocol="OGC:WMS" name="layer" description="Wells">https://example.org/wms</dc:URI>'
        '<dcterms:references scheme="WWW:LINK">https://example.org/page</dcterms:references>'
        "<dcterms:abstract>What.</dcterms:abstract><dc:description>What.</dc:description>"
        '<ows:BoundingBox crs="urn:x-ogc:def:crs:EPSG:6.11:4326"><ows:LowerCorner>60.0 13.7</ows:LowerCorner>'
        "<ows:UpperCorner>68.4 17.9</ows:UpperCorner></ows:BoundingBox>",
        "Record",
        "http://www.opengis.net/cat/csw/2.0.2",
    )
    assert record == Record(
        title=Text.of("x"),
        identifiers=(Identifier("urn:example:1", "uri"),),
        subjects=(Subject(Text.of("Lead"), "", "", "https://example.org/t/1"),),
        links=(
            Link("https://example.org/wms", Text.of("layer"), Text.of("Wells"), "OGC:WMS"),
            Link("https://example.org/page", protocol="WWW:LINK"),
        ),
        descriptions=(Text.of("What."),),
        boxes=(Box(13.7, 60.0, 17.9, 68.4),),
    )
