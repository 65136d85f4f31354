"""oai_dc: fifteen elements, as repositories really send them."""

from __future__ import annotations

import pytest

from catalogue.errors import UnreadableRecord
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


def oai_dc(content: str, attributes: str = "") -> Record:
    document = (
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" {attributes}>{content}</oai_dc:dc>'
    )
    known, record = read(document.encode())
    assert known.prefix == "oai_dc"
    return record


def test_every_element() -> None:
    record = oai_dc(
        "<dc:title>Wells and waste</dc:title><dc:creator>Muster, Erika</dc:creator>"
        "<dc:subject>DDT</dc:subject>"
        "<dc:description>What was found.</dc:description><dc:publisher>Example Centre</dc:publisher>"
        "<dc:contributor>Tester, Juan</dc:contributor><dc:date>2004-03</dc:date><dc:type>Report</dc:type>"
        "<dc:format>application/pdf</dc:format><dc:identifier>10.1234/abc</dc:identifier>"
        "<dc:source>Archive, box 5</dc:source><dc:language>fre</dc:language>"
        "<dc:relation>Part one</dc:relation>"
        "<dc:coverage>Lowlands</dc:coverage><dc:rights>Free to use</dc:rights>"
    )
    assert record == Record(
        title=Text.of("Wells and waste"),
        descriptions=(Text.of("What was found."),),
        agents=(
            Agent("creator", Text.of("Muster, Erika")),
            Agent("publisher", Text.of("Example Centre")),
            Agent("contributor", Text.of("Tester, Juan")),
        ),
        dates=(Date("date", "2004-03"),),
        subjects=(Subject(Text.of("DDT")),),
        types=(Text.of("Report"),),
        formats=("application/pdf",),
        identifiers=(Identifier("10.1234/abc", "doi"),),
        relations=(Relation("Archive, box 5", "source"), Relation("Part one")),
        languages=("fr",),
        rights=(Right(Text.of("Free to use")),),
        places=(Text.of("Lowlands"),),
    )


def test_titles_in_several_languages_are_one_title() -> None:
    record = oai_dc(
        '<dc:title xml:lang="eng">Waste</dc:title><dc:title xml:lang="fr">Déchets</dc:title>'
        '<dc:title xml:lang="en">A second name</dc:title><dc:title xml:lang="fr">Déchets</dc:title>'
        "<dc:title>Отходы</dc:title>"
    )
    assert record.title == Text((("en", "Waste"), ("fr", "Déchets"), ("und", "Отходы")))
    assert record.alternative_titles == (Text.of("A second name", "en"),)


def test_descriptions_in_several_languages_go_in_parallel() -> None:
    record = oai_dc(
        "<dc:title>x</dc:title>"
        '<dc:description xml:lang="en">One</dc:description><dc:description xml:lang="en">Two</dc:description>'
        '<dc:description xml:lang="es">Uno</dc:description><dc:description>Peer reviewed</dc:description>'
        '<dc:description xml:lang="es">Dos</dc:description><dc:description>Peer reviewed</dc:description>'
    )
    assert record.descriptions == (
        Text((("en", "One"), ("es", "Uno"))),
        Text((("en", "Two"), ("es", "Dos"))),
        Text.of("Peer reviewed"),
    )


def test_xml_lang_of_the_root_holds_for_all() -> None:
    record = oai_dc('<dc:title>Basura</dc:title><dc:subject xml:lang="">x</dc:subject>', 'xml:lang="es"')
    assert record.title == Text.of("Basura", "es")


def test_refinements_are_read_though_the_schema_forbids_them() -> None:
    record = oai_dc(
        "<dc:title>x</dc:title><dcterms:abstract>Short</dcterms:abstract><dcterms:issued>2004</dcterms:issued>"
        "<dc:description>Long</dc:description>"
    )
    assert record.descriptions == (Text.of("Short"), Text.of("Long"))
    assert record.dates == (Date("issued", "2004"),)


def test_addresses_are_identifiers_and_links() -> None:
    record = oai_dc(
        "<dc:title>x</dc:title><dc:identifier> https://example.org/1 </dc:identifier>"
        "<dc:identifier>https://example.org/1</dc:identifier><dc:identifier>ISSN 2432-5058</dc:identifier>"
    )
    assert record.links == (Link("https://example.org/1"),)
    assert record.identifiers[-1] == Identifier("ISSN 2432-5058", "issn")


def test_coverage_is_a_box_a_time_or_a_place() -> None:
    record = oai_dc(
        "<dc:title>x</dc:title><dc:coverage>North 2, South 1, East 4, West 3.</dc:coverage>"
        "<dc:coverage>1990/1995</dc:coverage><dc:coverage>Lake</dc:coverage>"
    )
    assert record.boxes == (Box(3, 1, 4, 2),)
    assert record.periods == (Period("1990", "1995"),)
    assert record.places == (Text.of("Lake"),)


def test_rights_with_an_address() -> None:
    record = oai_dc(
        "<dc:title>x</dc:title><dc:rights>https://example.org/by</dc:rights>"
        '<dc:rights xml:lang="en">Open</dc:rights>'
    )
    assert record.rights == (Right(None, "rights", "https://example.org/by"), Right(Text.of("Open", "en")))


def test_several_languages_in_one_element() -> None:
    record = oai_dc("<dc:title>x</dc:title><dc:language>eng; fre</dc:language><dc:language>en</dc:language>")
    assert record.languages == ("en", "fr")


def test_empty_elements_and_comments_are_nothing() -> None:
    record = oai_dc(
        "<!-- c --><dc:title> </dc:title><dc:title>x</dc:title><dc:creator/><dc:date>\n</dc:date>"
    )
    assert record == Record(title=Text.of("x"))


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ("<dc:description>" + "word " * 60 + "</dc:description>", "word " * 31 + "word …"),
        ("<dc:identifier>box 7</dc:identifier>", "box 7"),
    ],
)
def test_a_record_without_a_title_gets_one_from_what_it_has(content: str, title: str) -> None:
    assert oai_dc(content).title.default == title


def test_a_record_that_says_nothing_is_refused() -> None:
    with pytest.raises(UnreadableRecord) as refusal:
        oai_dc("<dc:date>2004</dc:date><dc:type>Report</dc:type>")
    assert (refusal.value.rule, refusal.value.path) == ("oai_dc.no-title", "title")
