# ruff: noqa: E501 - samples are read best on one line
"""What the readers of ISO 19115-3, DataCite, MODS, MARC and DCAT make of a payload: the whole Record."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

import metadata_samples as samples
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
)  # fmt: skip
from harvester.mapping.registry import read

BILINGUAL = Text((("en", "Soil"), ("fr", "Sol")))
RUSSIAN = (("ru-Latn", "Pochva : atlas"), ("ru", "Почва : атлас"))


def test_iso_19115_3() -> None:
    known, record = read(samples.ISO19115_3.encode())
    assert known.prefix == "iso19115-3"
    assert record == Record(
        title=BILINGUAL,
        descriptions=(Text.of("What it is.", "en"),),
        agents=(
            Agent("metadataContact", Text.of("Desk", "en")),
            Agent("author", Text.of("Example Survey", "en"), "Erika Muster", "Head", "a@example.org", "+1 2", "", "", "Capital"),
            Agent("author", Text.of("Juan Tester", "en")),
        ),
        dates=(Date("issued", "2004-02"),),
        subjects=(
            Subject(Text.of("environment"), "topicCategory"),
            Subject(Text.of("Lead", "en"), "theme", "Metals", "https://example.org/t/1"),
        ),
        types=(Text.of("dataset"),),
        formats=("GeoPackage",),
        identifiers=(Identifier("10.1234/soil", "doi"),),
        relations=(Relation("md-9", "isPartOf"),),
        languages=("fr",),
        rights=(Right(Text.of("CC BY", "en"), "license", "https://example.org/by"), Right(kind="accessConstraints:unrestricted")),
        links=(Link("https://example.org/f", Text.of("f.csv", "en"), None, "WWW:DOWNLOAD", "download", "text/csv"),),
        boxes=(Box(1, 2, 3, 4),),
        places=(Text.of("Lowland", "en"),),
        periods=(Period("1990", "1995"),),
        lineage=Text.of("Counted.", "en"),
        reference_systems=("EPSG:4326",),
        resolutions=("30 m",),
        metadata_identifier="md-1",
        metadata_language="en",
        metadata_date="2021-02-03",
        parent_identifier="md-0",
    )  # fmt: skip


def test_the_first_version_of_iso_19115_3_is_a_format_of_its_own_and_reads_alike() -> None:
    first = samples.ISO19115_3.replace("/mdb/2.0", "/mdb/1.0").replace("/cit/2.0", "/cit/1.0")
    known, record = read(first.encode())
    assert known.prefix == "iso19115-3.2014"
    assert record == read(samples.ISO19115_3.encode())[1]


def test_what_iso_19115_3_says_by_a_reference_or_without_its_object() -> None:
    keyword = '<mri:keyword xlink:href="https://example.org/t/2" xlink:title="Mercury"/>'
    bare = "<cit:date><gco:Date>2005-01-02</gco:Date></cit:date>"
    sent = samples.ISO19115_3.replace("<mri:keyword>", f"{keyword}<mri:keyword>", 1)
    sent = sent.replace("<cit:date><cit:CI_Date>", f"{bare}<cit:date><cit:CI_Date>")
    _, record = read(sent.encode())
    assert Subject(Text.of("Mercury"), "theme", "Metals", "https://example.org/t/2") in record.subjects
    assert Date("date", "2005-01-02") in record.dates


def test_datacite() -> None:
    known, record = read(samples.DATACITE.encode())
    assert known.prefix == "datacite"
    assert record == Record(
        title=BILINGUAL,
        alternative_titles=(Text.of("A study"),),
        descriptions=(Text.of("One.\nTwo.", "en"),),
        agents=(
            Agent("creator", Text.of("Example Survey"), "Muster, Erika", url="https://orcid.org/0000-0000-0000-0000"),
            Agent("publisher", Text.of("Example Press", "en")),
            Agent("pointOfContact", Text.of("Desk")),
            Agent("funder", Text.of("Example Fund")),
        ),
        dates=(Date("issued", "2019"), Date("modified", "2020-01-02")),
        subjects=(Subject(Text.of("Lead", "en"), "", "Metals", "https://example.org/t/1"),),
        types=(Text.of("Survey"), Text.of("Dataset")),
        formats=("3 MB", "text/csv"),
        identifiers=(Identifier("10.1234/AB", "doi"), Identifier("https://example.org/1", "uri")),
        relations=(Relation("10.1234/whole", "isPartOf"), Relation("The Journal", "isPartOf", Text.of("The Journal"))),
        languages=("en",),
        rights=(
            Right(None, "accessRights", "info:eu-repo/semantics/openAccess"),
            Right(Text.of("CC BY", "en"), "license", "https://example.org/by"),
        ),
        links=(Link("https://example.org/1"),),
        boxes=(Box(1, 2, 3, 4),),
        places=(Text.of("Lowland"),),
        periods=(Period("1990", "1995", "the nineties"),),
        lineage=Text.of("Counted."),
    )  # fmt: skip


@pytest.mark.parametrize("version", ["oai-1.0", "oai-1.1"])
def test_datacite_in_its_wrapper(version: str) -> None:
    wrapped = (
        f'<oai_datacite xmlns="http://schema.datacite.org/oai/{version}/"><schemaVersion>4</schemaVersion>'
        f"<payload>{samples.DATACITE}</payload></oai_datacite>"
    )
    known, record = read(wrapped.encode())
    assert known.prefix == "oai_datacite"
    assert record == read(samples.DATACITE.encode())[1]


def test_datacite_of_older_kernels() -> None:
    old = (
        '<resource xmlns="http://datacite.org/schema/kernel-3"><titles><title>Soil</title></titles><geoLocations>'
        "<geoLocation><geoLocationPoint>2 1</geoLocationPoint></geoLocation><geoLocation><geoLocationBox>2 1 4 3"
        "</geoLocationBox></geoLocation></geoLocations><publicationYear>0000</publicationYear></resource>"
    )
    record = read(old.encode())[1]
    assert record.boxes == (Box(1, 2, 1, 2), Box(1, 2, 3, 4))
    assert record.dates == ()
    assert read(old.replace("kernel-3", "kernel-2.2").encode())[1] == record


def test_mods() -> None:
    known, record = read(samples.MODS.encode())
    assert known.prefix == "mods"
    assert record == Record(
        title=Text((("ru-Latn", "The Pochva: atlas"), ("ru", "Почва"))),
        alternative_titles=(Text.of("Soil"),),
        descriptions=(Text.of("What it is.", "en"), Text.of("With maps.")),
        agents=(
            Agent("author", Text.of("Example Survey"), "Muster, Erika"),
            Agent("contributor", Text.of("Juan Tester")),
            Agent("publisher", Text.of("Example Press"), city="Capital"),
        ),
        dates=(Date("issued", "2019"), Date("created", "2017", "2017/2018")),
        subjects=(
            Subject(Text.of("Lowland -- History"), "", "LCSH"),
            Subject(Text.of("Lowland"), "place"),
        ),
        types=(Text.of("text"), Text.of("atlas")),
        formats=("application/pdf", "40 p."),
        identifiers=(Identifier("10.1234/AB", "doi"), Identifier("17")),
        relations=(Relation("Atlases", "isPartOf", Text.of("Atlases")),),
        languages=("ru",),
        rights=(
            Right(Text.of("Open"), "accessRights"),
            Right(Text.of("CC BY"), "rights", "https://example.org/by"),
        ),
        links=(
            Link("https://example.org/1", Text.of("Text")),
            Link("https://example.org/p.png", function="browseGraphic"),
        ),
        periods=(Period("1990", "1995"),),
        lineage=Text.of("Found."),
        metadata_identifier="md-1",
        metadata_language="en",
        metadata_date="2020-01-02",
    )


def test_marc() -> None:
    known, record = read(samples.MARCXML.encode())
    assert known.prefix == "marcxml"
    assert record == Record(
        title=Text(RUSSIAN),
        alternative_titles=(Text.of("Soil"),),
        descriptions=(Text.of("What it is"), Text.of("With maps")),
        agents=(
            Agent("author", Text((("ru-Latn", "Primerov, Ivan"), ("ru", "Примеров, Иван")))),
            Agent("contributor", Text.of("Example Survey. Desk")),
            Agent("publisher", Text.of("Example Press"), city="Capital"),
        ),
        dates=(Date("issued", "2019"), Date("copyrighted", "2018")),
        subjects=(
            Subject(Text.of("Soils -- Maps"), "theme", "LCSH"),
            Subject(Text.of("Lowland"), "place", "geo"),
        ),
        types=(Text.of("Text"),),
        formats=("40 p. ; 20 cm",),
        identifiers=(Identifier("978-3-16-148410-0", "isbn"), Identifier("10.1234/AB", "doi")),
        relations=(Relation("Atlases", "isPartOf", Text.of("Atlases")),),
        languages=("ru", "en"),
        rights=(Right(Text.of("CC BY"), "license", "https://example.org/by"),),
        links=(
            Link("https://example.org/1", Text.of("Text"), media_type="application/pdf"),
            Link("https://example.org/about", function="information"),
        ),
        boxes=(Box(-1.5, -2, 3, 4),),
        metadata_identifier="17",
        metadata_date="2020-01-02",
    )


def test_dcat() -> None:
    known, record = read(samples.DCAT.encode())
    assert known.prefix == "dcat"
    assert record == Record(
        title=BILINGUAL,
        descriptions=(Text.of("What it is.", "en"),),
        agents=(
            Agent("publisher", Text.of("Example Press"), email="a@example.org"),
            Agent("creator", Text.of("Example Survey")),
            Agent("pointOfContact", Text.of("Desk"), email="d@example.org"),
            Agent("custodian", Text.of("Archive")),
        ),
        dates=(Date("issued", "2019-05-14"),),
        subjects=(
            Subject(Text.of("lead", "en")),
            Subject(Text.of("Metals", "en"), uri="https://example.org/t/1"),
            Subject(Text.of("environment"), "topicCategory"),
        ),
        formats=("text/csv",),
        identifiers=(Identifier("10.1234/AB", "doi"), Identifier("https://example.org/1", "uri")),
        relations=(Relation("https://example.org/0", "isPartOf"),),
        languages=("fr",),
        rights=(Right(Text.of("CC BY"), "license", "https://example.org/by"),),
        links=(
            Link("https://example.org/f.csv", Text.of("File"), function="download", media_type="text/csv"),
            Link("https://example.org/f", Text.of("File")),
        ),
        boxes=(Box(170, -1, -170, 1),),
        periods=(Period("1990", "1995"),),
        reference_systems=("EPSG:4326",),
        metadata_identifier="md-1",
        metadata_date="2021-02-03",
    )


DATASET = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dcat="http://www.w3.org/ns/dcat#"'
    ' xmlns:dct="http://purl.org/dc/terms/" xmlns:foaf="http://xmlns.com/foaf/0.1/">{}</rdf:RDF>'
)


def test_a_dataset_without_rdf_around_it_and_one_typed_by_a_property() -> None:
    inside = '<dct:title xml:lang="en">Soil</dct:title>'
    typed = f'<rdf:Description rdf:about="urn:x:1"><rdf:type rdf:resource="http://www.w3.org/ns/dcat#Dataset"/>{inside}</rdf:Description>'
    bare = DATASET.format("").replace("rdf:RDF ", "dcat:Dataset rdf:about='urn:x:1' ").replace("</rdf:RDF>", f"{inside}</dcat:Dataset>")  # fmt: skip
    assert read(bare.encode())[1] == read(DATASET.format(typed).encode())[1]
    assert read(bare.encode())[1].title == Text.of("Soil", "en")


@pytest.mark.parametrize(
    ("inside", "rule"),
    [
        ("<dcat:Dataset><dct:title>A</dct:title></dcat:Dataset><dcat:Dataset><dct:title>B</dct:title></dcat:Dataset>", "dcat.several-datasets"),
        ("<dcat:Catalog><dct:title>A</dct:title></dcat:Catalog>", "dcat.no-dataset"),
        ("<dcat:Dataset><dct:issued>2004</dct:issued></dcat:Dataset>", "dcat.no-title"),
    ],
)  # fmt: skip
def test_what_is_no_record_of_one_dataset(inside: str, rule: str) -> None:
    with pytest.raises(UnreadableRecord) as refusal:
        read(DATASET.format(inside).encode())
    assert refusal.value.rule == rule


def test_a_dataset_that_another_only_refers_to_is_not_the_record() -> None:
    inside = (
        '<dcat:Dataset rdf:about="urn:x:1"><dct:title>A</dct:title><dct:isVersionOf><dcat:Dataset rdf:about="urn:x:0">'
        "<dct:title>B</dct:title></dcat:Dataset></dct:isVersionOf></dcat:Dataset>"
    )
    record = read(DATASET.format(inside).encode())[1]
    assert record.title == Text.of("A")
    assert record.relations == (Relation("urn:x:0", "isVersionOf", Text.of("B")),)


def test_a_record_keeps_no_trace_of_its_form() -> None:
    striped = samples.DCAT
    flat = striped.replace(
        "<dct:publisher><foaf:Agent><foaf:name>Example Press</foaf:name>"
        '<foaf:mbox rdf:resource="mailto:a@example.org"/></foaf:Agent></dct:publisher>',
        '<dct:publisher rdf:resource="#press"/>',
    ).replace(
        "</rdf:RDF>",
        '<rdf:Description rdf:ID="press" foaf:name="Example Press"><foaf:mbox rdf:resource="mailto:a@example.org"/>'
        "</rdf:Description></rdf:RDF>",
    )
    assert flat != striped
    assert read(flat.encode())[1] == replace(read(striped.encode())[1])
