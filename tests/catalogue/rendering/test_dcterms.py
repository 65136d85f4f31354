"""What a Record becomes in qualified Dublin Core."""

from __future__ import annotations

import pytest
from lxml import etree

from catalogue import namespaces as ns
from catalogue.record import Box, Date, Link, Period, Record, Relation, Right, Subject, Text
from catalogue.rendering import dcterms

TYPE = f"{{{ns.XSI}}}type"


@pytest.fixture(autouse=True)
def _validating(qdc_schema: etree.XMLSchema, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that the tests here write is valid too."""
    write = dcterms.write

    def valid(record: Record) -> bytes:
        rendition = write(record)
        qdc_schema.assertValid(etree.fromstring(rendition))
        return rendition

    monkeypatch.setattr(dcterms, "write", valid)


def told(**fields: object) -> list[tuple[str, str, str]]:
    """(element, encoding scheme or language, text) of all but the title."""
    root = etree.fromstring(dcterms.write(Record(title=Text.of("x"), **fields)))
    return [
        (
            etree.QName(element).localname,
            (element.get(TYPE) or element.get(f"{{{ns.XML}}}lang") or "").removeprefix("dcterms:"),
            element.text or "",
        )
        for element in root[1:]
    ]


def test_texts_carry_their_language_and_refinements_their_name() -> None:
    assert told(
        alternative_titles=(Text.of("y", "fr"),),
        descriptions=(Text((("en", "What."), ("fr", "Quoi."))), Text.of("More.")),
        lineage=Text.of("Counted."),
        subjects=(Subject(Text.of("Lead", "en"), "", "LCSH"), Subject(Text.of("Zinc", "en"), "", "Metals")),
    ) == [
        ("alternative", "fr", "y"),
        ("subject", "LCSH", "Lead"),
        ("subject", "en", "Zinc"),
        ("abstract", "en", "What."),
        ("abstract", "fr", "Quoi."),
        ("description", "", "More."),
        ("provenance", "", "Counted."),
    ]


def test_a_value_that_is_not_what_its_scheme_demands_has_none() -> None:
    assert told(
        dates=(Date("issued", "2004-05"), Date("created", "", "spring"), Date("accepted", "2004-02-30")),
        languages=("en", "not a language"),
        relations=(Relation("https://example.org/a", "replaces"), Relation("Series 4", "isPartOf")),
        parent_identifier="p-1",
    ) == [
        ("issued", "W3CDTF", "2004-05"),
        ("created", "", "spring"),
        ("dateAccepted", "", "2004-02-30"),
        ("language", "RFC4646", "en"),
        ("language", "", "not a language"),
        ("replaces", "URI", "https://example.org/a"),
        ("isPartOf", "", "Series 4"),
        ("isPartOf", "", "p-1"),
    ]


def test_rights_links_places_and_times() -> None:
    assert told(
        links=(Link("https://example.org/f"), Link("https://example.org/p.png", function="browseGraphic")),
        rights=(
            Right(Text.of("CC BY", "en"), "license", "https://example.org/by"),
            Right(kind="accessConstraints:restricted"),
        ),
        places=(Text.of("Lowland"),),
        boxes=(Box(1, 2, 3, 4), Box(float("nan"), 0, 0, 0)),
        periods=(Period("1990", ""), Period("1990", "1995", "the nineties"), Period(text="long ago")),
    ) == [
        ("identifier", "URI", "https://example.org/f"),
        ("license", "en", "CC BY"),
        ("license", "URI", "https://example.org/by"),
        ("accessRights", "", "restricted"),
        ("spatial", "", "Lowland"),
        ("spatial", "Box", "northlimit=4; southlimit=2; westlimit=1; eastlimit=3"),
        ("temporal", "Period", "start=1990; scheme=W3C-DTF"),
        ("temporal", "Period", "name=the nineties; start=1990; end=1995; scheme=W3C-DTF"),
        ("temporal", "", "long ago"),
    ]
