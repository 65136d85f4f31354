"""What a Record becomes in DataCite 4.6."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lxml import etree

from catalogue import namespaces as ns
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
)  # fmt: skip
from catalogue.rendering import datacite

D = f"{{{ns.DATACITE}}}"
OURS = "oai:clearinghouse.example.org:nile:1"


def resource(**fields: object) -> etree._Element:
    root = etree.fromstring(
        datacite.write(Record(**{"title": Text.of("Wells", "en")} | fields), identifier=OURS)
    )
    return root.find(f".//{D}resource")


def texts(element: etree._Element, name: str) -> list[tuple[str, ...]]:
    """Each element of this name: its text, then the values of its attributes."""
    return [(found.text or "", *found.attrib.values()) for found in element.iter(D + name)]


def test_a_record_of_nothing_but_a_title_says_what_is_not_available() -> None:
    found = resource()
    assert texts(found, "identifier") == [(OURS, "OAI")]
    assert texts(found, "creatorName") == [("(:unav)",)]
    assert texts(found, "publisher") == [("(:unav)",)]
    assert texts(found, "publicationYear") == [("0000",)]
    assert texts(found, "resourceType") == [("(:unav)", "Other")]


def test_the_doi_comes_first_and_the_rest_are_alternates() -> None:
    found = resource(
        identifiers=(
            Identifier("https://example.org/1", "uri"),
            Identifier("https://doi.org/10.1234/AB", "doi"),
        ),
        links=(Link("https://example.org/1"), Link("https://example.org/p.png", function="browseGraphic")),
    )
    assert texts(found, "identifier") == [("10.1234/ab", "DOI")]
    assert texts(found, "alternateIdentifier") == [("https://example.org/1", "URL")]


def test_people_organisations_and_their_roles() -> None:
    found = resource(
        agents=(
            Agent("author", Text.of("Survey", "en"), "Muster, Erika"),
            Agent("publisher", Text.of("Press", "en")),
            Agent("publisher", Text.of("Second Press")),
            Agent("pointOfContact", Text.of("Desk")),
            Agent("metadataContact", Text.of("Nobody")),
        )
    )
    assert texts(found, "creatorName") == [("Muster, Erika", "Personal")]
    assert texts(found, "affiliation") == [("Survey",)]
    assert texts(found, "publisher") == [("Press", "en")]
    kinds = [element.get("contributorType") for element in found.iter(D + "contributor")]
    assert list(zip(kinds, texts(found, "contributorName"), strict=True)) == [
        ("Other", ("Second Press",)),
        ("ContactPerson", ("Desk",)),
    ]


def test_titles_dates_and_subjects() -> None:
    found = resource(
        title=Text((("en", "Wells"), ("fr", "Puits"))),
        alternative_titles=(Text.of("W"),),
        dates=(Date("modified", "2020-01-02"), Date("issued", "2019-05")),
        periods=(Period("1990", "1995", "the nineties"),),
        subjects=(Subject(Text.of("Lead", "en"), "", "Metals", "https://example.org/t/1"),),
        types=(Text.of("Technical Report"),),
    )
    assert texts(found, "title") == [
        ("Wells", "en"),
        ("Puits", "TranslatedTitle", "fr"),
        ("W", "AlternativeTitle"),
    ]
    assert texts(found, "date") == [
        ("2020-01-02", "Updated"), ("2019-05", "Issued"), ("1990/1995", "Coverage", "the nineties"),
    ]  # fmt: skip
    assert texts(found, "publicationYear") == [("2019",)]
    assert texts(found, "subject") == [("Lead", "Metals", "https://example.org/t/1", "en")]
    assert texts(found, "resourceType") == [("Technical Report", "Report")]


def test_relations_that_datacite_has_no_word_for_are_left_out() -> None:
    found = resource(
        relations=(
            Relation("https://doi.org/10.1234/whole", "isPartOf"),
            Relation("Series 4", "isPartOf", Text.of("The Series", "en")),
            Relation("https://example.org/x", "relation"),
        ),
        rights=(
            Right(Text.of("CC BY", "en"), "license", "https://example.org/by"),
            Right(kind="rights", url="x:y"),
        ),
        boxes=(Box(1, 2, 3, 4),),
    )
    assert texts(found, "relatedIdentifier") == [("https://doi.org/10.1234/whole", "DOI", "IsPartOf")]
    [item] = found.iter(D + "relatedItem")
    assert (item.get("relationType"), texts(item, "title")) == ("IsPartOf", [("The Series", "en")])
    assert texts(found, "rights") == [("CC BY", "https://example.org/by", "en"), ("", "x:y")]
    assert texts(found, "southBoundLatitude") == [("2",)]


@pytest.mark.corpus
def test_all_of_it_is_valid(xsd: Callable[[str], etree.XMLSchema]) -> None:
    record = Record(
        title=Text.of("Wells"),
        agents=(Agent("creator", Text.of("\x00"), "\x01"), Agent("contributor", Text.of("\x02"))),
        identifiers=(Identifier("\x03"),),
    )
    xsd("oai_datacite").assertValid(etree.fromstring(datacite.write(record, identifier="\x04")))
