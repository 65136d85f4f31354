"""What a Record becomes in ISO/TS 19139."""

from __future__ import annotations

import pytest
from lxml import etree

from catalogue import namespaces as ns
from catalogue.errors import UnknownFormat
from catalogue.formats import RENDERED
from catalogue.record import Agent, Date, Link, Period, Record, Relation, Right, Subject, Text
from catalogue.rendering import iso19139, render

NAMESPACES = {p: u for p, u in ns.PREFIXES.items() if p in {"gmd", "gco", "gmx", "srv", "gml", "xlink"}}
CODE = "@codeListValue"


def written(record: Record, datestamp: str = "2026-01-02T03:04:05Z") -> etree._Element:
    return etree.fromstring(iso19139.write(record, identifier="oai:example.org:1", datestamp=datestamp))


def of(**fields: object) -> etree._Element:
    return written(Record(title=Text.of("x"), **fields))


def at(root: etree._Element, path: str) -> list[str]:
    """The texts or attribute values at a path."""
    found = root.xpath(path, namespaces=NAMESPACES)
    return [item if isinstance(item, str) else (item.text or "") for item in found]


def test_identifier_datestamp_language_and_scope() -> None:
    root = written(Record(title=Text.of("Wells", "en"), types=(Text.of("Dataset"),)))
    assert at(root, "gmd:fileIdentifier/*") == ["oai:example.org:1"]
    assert at(root, "gmd:dateStamp/gco:DateTime") == ["2026-01-02T03:04:05Z"]
    assert at(root, f"gmd:language/*/{CODE}") == ["eng"]
    assert at(root, f"gmd:hierarchyLevel/*/{CODE}") == ["dataset"]
    assert at(root, "gmd:hierarchyLevelName/*") == ["Dataset"]


def test_a_day_is_a_date_and_nonsense_is_nil() -> None:
    record = Record(title=Text.of("x"))
    assert at(written(record, "2026-01-02"), "gmd:dateStamp/gco:Date") == ["2026-01-02"]
    assert at(written(record, "yesterday"), "gmd:dateStamp/@gco:nilReason") == ["missing"]


def test_what_is_asked_for_and_not_known_is_nil() -> None:
    root = of()
    for path in (
        "gmd:contact",
        "gmd:identificationInfo/*/gmd:abstract",
        "gmd:identificationInfo/*/gmd:language",
    ):
        assert at(root, f"{path}/@gco:nilReason") == ["missing"]
    assert at(root, "gmd:language/@gco:nilReason") == ["unknown"]


def test_other_languages_are_locales() -> None:
    root = written(Record(title=Text((("en", "Wells"), ("zh-Hant", "井"))), types=(Text.of("Puits", "fr"),)))
    locales = at(root, "gmd:locale/*/@id")
    assert at(root, "//gmd:title/gco:CharacterString") == ["Wells"]
    assert at(root, "//gmd:title//gmd:LocalisedCharacterString/@locale") == [f"#{locales[1]}"]
    assert [name.rpartition("-")[0] for name in locales] == ["locale-fr", "locale-zh-Hant"]
    assert at(root, f"gmd:locale/*/gmd:languageCode/*/{CODE}") == ["fre", "chi"]
    # In the plain text too, for a reader that knows no locales.
    assert at(root, "gmd:hierarchyLevelName/gco:CharacterString") == ["Puits"]


def test_keywords_by_thesaurus_and_kind() -> None:
    root = of(
        subjects=(
            Subject(Text.of("Lead"), "theme", "Metals", "https://example.org/t/1"),
            Subject(Text.of("Lake"), "place"),
            Subject(Text.of("Zinc"), "theme", "Metals"),
            Subject(Text.of("environment"), "topicCategory"),
            Subject(Text.of("invented"), "topicCategory"),
        )
    )
    groups = root.findall(".//gmd:MD_Keywords", NAMESPACES)
    assert [at(group, "gmd:keyword/*") for group in groups] == [["Lead", "Zinc"], ["Lake"], ["invented"]]
    assert at(groups[0], "gmd:keyword/gmx:Anchor/@xlink:href") == ["https://example.org/t/1"]
    assert at(groups[0], "gmd:thesaurusName//gmd:title/*") == ["Metals"]
    assert at(groups[1], f"gmd:type/*/{CODE}") == ["place"]
    assert at(root, "//gmd:topicCategory/*") == ["environment"]


def test_agents_stand_where_their_role_belongs() -> None:
    root = of(
        agents=(
            Agent("creator", Text.of("Muster, Erika")),
            Agent(
                "pointOfContact",
                Text.of("Survey"),
                "Juan Tester",
                "Head",
                "a@example.org",
                "+1",
                "https://example.org",
                "XX",
                "Capital",
            ),
            Agent("distributor", Text.of("Shop")),
            Agent("metadataContact", Text.of("Desk")),
        )
    )
    name = "*/gmd:organisationName/*"
    assert at(root, f"gmd:contact/{name}") == ["Desk"]
    assert at(root, f"gmd:contact/*/gmd:role/*/{CODE}") == ["pointOfContact"]
    assert at(root, f"//gmd:citedResponsibleParty/{name}") == ["Muster, Erika"]
    assert at(root, f"//gmd:citedResponsibleParty/*/gmd:role/*/{CODE}") == ["author"]
    assert at(root, f"//gmd:pointOfContact/{name}") == ["Survey"]
    assert at(root, "//gmd:pointOfContact//gmd:CI_Address/*/*") == ["Capital", "XX", "a@example.org"]
    assert at(root, f"//gmd:distributorContact/{name}") == ["Shop"]


@pytest.mark.parametrize("role", ["pointOfContact", "publisher"])
def test_who_answers_for_the_resource_answers_for_the_metadata_where_nobody_else_does(role: str) -> None:
    assert at(of(agents=(Agent(role, Text.of("Survey")),)), "gmd:contact/*/gmd:organisationName/*") == [
        "Survey"
    ]


def test_dates_that_are_none_are_left_out() -> None:
    root = of(dates=(Date("issued", "2005-02"), Date("created", "", "n.d."), Date("available", "2006")))
    assert at(root, "//gmd:CI_Date/gmd:date/gco:Date") == ["2005-02", "2006"]
    assert at(root, f"//gmd:CI_Date/gmd:dateType/*/{CODE}") == ["publication", "released"]
    assert at(of(dates=(Date("issued", "2019-02-29"),)), "//gmd:CI_Citation/gmd:date/@gco:nilReason") == [
        "missing"
    ]


def test_rights() -> None:
    root = of(
        rights=(
            Right(Text.of("Not for navigation"), "useLimitation"),
            Right(None, "accessConstraints:copyright"),
            Right(Text.of("CC BY"), "license", "https://example.org/by"),
            Right(None, "rights"),
        )
    )
    assert at(root, "//gmd:MD_Constraints/gmd:useLimitation/*") == ["Not for navigation"]
    assert at(root, f"//gmd:accessConstraints/*/{CODE}") == ["copyright"]
    assert at(root, f"//gmd:useConstraints/*/{CODE}") == ["license"]
    assert at(root, "//gmd:otherConstraints/gmx:Anchor/@xlink:href") == ["https://example.org/by"]


def test_links_are_online_resources_and_pictures() -> None:
    root = of(
        links=(Link("https://example.org/a b", protocol="OGC:WMS"), Link("x.png", function="browseGraphic"))
    )
    assert at(root, "//gmd:onLine/*/gmd:linkage/gmd:URL") == ["https://example.org/a%20b"]
    assert at(root, "//gmd:graphicOverview/*/gmd:fileName/*") == ["x.png"]


def test_times_and_relations() -> None:
    root = of(
        periods=(Period("1990", ""), Period(text="Holocene")),
        relations=(Relation("id-7", "isPartOf", Text.of("Series")),),
    )
    assert at(root, "//gml:TimePeriod/gml:beginPosition") == ["1990", ""]
    assert at(root, "//gml:endPosition/@indeterminatePosition") == ["unknown", "unknown"]
    assert at(root, "//gml:TimePeriod/gml:description") == ["Holocene"]
    assert at(root, "//gmd:aggregateDataSetIdentifier/*/gmd:code/*") == ["id-7"]
    assert at(root, f"//gmd:associationType/*/{CODE}") == ["largerWorkCitation"]


def test_a_service() -> None:
    root = of(service_type="view")
    assert at(root, "//srv:SV_ServiceIdentification/srv:serviceType/*") == ["view"]


def test_further_descriptions_are_one_text() -> None:
    root = of(descriptions=(Text.of("A"), Text.of("B"), Text.of("C")))
    assert at(root, "//gmd:abstract/*") == ["A"]
    assert at(root, "//gmd:supplementalInformation/*") == ["B\n\nC"]


@pytest.mark.parametrize("prefix", [known.prefix for known in RENDERED])
def test_every_format_that_is_said_to_be_written_is(prefix: str) -> None:
    rendition = render(Record(title=Text.of("x")), prefix, identifier="i", datestamp="2026-01-02T03:04:05Z")
    known = next(known for known in RENDERED if known.prefix == prefix)
    assert etree.QName(etree.fromstring(rendition)).namespace == known.namespace


def test_no_other_format_is_written() -> None:
    with pytest.raises(UnknownFormat):
        render(Record(title=Text.of("x")), "marc21", identifier="i", datestamp="")


def test_no_two_records_of_a_list_share_an_id() -> None:
    record = Record(title=Text((("en", "Wells"), ("fr", "Puits"))), periods=(Period("1990"), Period("2000")))
    ids = [
        str(found)
        for identifier in ("oai:a:1", "oai:a:2")
        for found in etree.fromstring(
            iso19139.write(record, identifier=identifier, datestamp="2026-01-01")
        ).xpath("//@id | //@*[local-name() = 'id']")
    ]
    assert len(ids) == len(set(ids)) == 6
