"""What a Record becomes in oai_dc."""

from __future__ import annotations

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
from catalogue.rendering import oai_dc

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def elements(record: Record) -> list[tuple[str, str, str]]:
    """(element, language, value) of each element after the title."""
    root = etree.fromstring(oai_dc.write(record))
    assert root.tag == "{http://www.openarchives.org/OAI/2.0/oai_dc/}dc"
    return [(etree.QName(e).localname, e.get(XML_LANG, ""), e.text) for e in root][1:]


def of(**fields: object) -> list[tuple[str, str, str]]:
    return elements(Record(title=Text.of("x"), **fields))


def test_the_root_says_its_schema() -> None:
    written = oai_dc.write(Record(title=Text.of("x")))
    assert written.startswith(b"<oai_dc:dc ")
    location = etree.fromstring(written).get("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation")
    assert location == (
        "http://www.openarchives.org/OAI/2.0/oai_dc/ http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
    )


def test_each_language_is_an_element() -> None:
    record = Record(title=Text((("en", "Waste & water"), ("fr", "Déchets"), ("und", "Отходы"))))
    root = etree.fromstring(oai_dc.write(record))
    assert [(e.get(XML_LANG), e.text) for e in root] == [
        ("en", "Waste & water"),
        ("fr", "Déchets"),
        (None, "Отходы"),
    ]


def test_agents_by_role() -> None:
    survey = Text.of("Survey")
    assert of(
        agents=(
            Agent("metadataContact", Text.of("Desk")),
            Agent("publisher", Text.of("Press")),
            Agent("author", survey, individual="Muster, Erika"),
            Agent("creator", Text.of("Tester, Juan")),
            Agent("pointOfContact", survey, individual="Muster, Erika"),
        )
    ) == [
        ("creator", "", "Muster, Erika"),
        ("creator", "", "Tester, Juan"),
        ("publisher", "", "Press"),
        ("contributor", "", "Survey"),
    ]


def test_the_most_telling_date_is_first() -> None:
    dates = (
        Date("modified", "2006"),
        Date("created", "2004"),
        Date("issued", "2005"),
        Date("date", "", "n.d."),
    )
    assert of(dates=dates) == [("date", "", v) for v in ("2005", "n.d.", "2004", "2006")]


def test_identifiers_then_addresses_without_repetition() -> None:
    assert of(
        identifiers=(Identifier("10.1/x", "doi"), Identifier("https://example.org/1", "uri")),
        links=(
            Link("https://example.org/1"),
            Link("https://example.org/2"),
            Link("https://example.org/x.png", function="browseGraphic"),
        ),
        metadata_identifier="id-1",
    ) == [("identifier", "", v) for v in ("10.1/x", "https://example.org/1", "https://example.org/2")]
    assert of(metadata_identifier="id-1") == [("identifier", "", "id-1")]


def test_coverage() -> None:
    assert of(
        places=(Text.of("Lake", "en"),),
        boxes=(Box(-1.5, 0, 1, 2), Box(float("nan"), 0, 0, 0)),
        periods=(
            Period("1990", "1995"),
            Period("1990", ""),
            Period("1990", "1990"),
            Period(text="Holocene"),
            Period(),
        ),
    ) == [
        ("coverage", "en", "Lake"),
        ("coverage", "", "northlimit=2; southlimit=0; westlimit=-1.5; eastlimit=1"),
        ("coverage", "", "1990/1995"),
        ("coverage", "", "1990/.."),
        ("coverage", "", "1990"),
        ("coverage", "", "Holocene"),
    ]


def test_rights() -> None:
    assert of(
        rights=(
            Right(Text.of("Open", "en"), "license", "https://example.org/by"),
            Right(Text.of("see https://example.org/by")),
            Right(kind="accessConstraints:otherRestrictions"),
            Right(kind="useConstraints:copyright"),
        )
    ) == [
        ("rights", "en", "Open"),
        ("rights", "", "https://example.org/by"),
        ("rights", "", "see https://example.org/by"),
        ("rights", "", "copyright"),
    ]


def test_relations_and_the_rest() -> None:
    assert of(
        relations=(Relation("Archive", "source"), Relation("Part one", "isPartOf")),
        parent_identifier="id-0",
        subjects=(Subject(Text.of("Lead")),),
        lineage=Text.of("Counted."),
        languages=("en",),
        formats=("application/pdf",),
        types=(Text.of("Report"),),
    ) == [
        ("subject", "", "Lead"),
        ("description", "", "Counted."),
        ("type", "", "Report"),
        ("format", "", "application/pdf"),
        ("source", "", "Archive"),
        ("relation", "", "Part one"),
        ("relation", "", "id-0"),
        ("language", "", "en"),
    ]
