"""Conformity and security constraints: asked for in every language, and told on the record's page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import factories
from catalogue.record import Agent, Conformance, Identifier, Record, Security, Text
from catalogue.store import Store
from csw_client import CswClient
from records_client import RecordsClient

REGULATION = Conformance(
    Text((("en", "A regulation"), ("fr", "Un règlement"))), "https://law.example.org/1", "2010-12-08",
    "publication", True,
)  # fmt: skip
RECORDS = {
    "meets": Record(
        title=Text.of("Wells", "en"),
        conformance=(REGULATION,),
        identifiers=(Identifier("well-1"),),
        agents=(Agent("metadataContact", Text.of("Example Desk", "en")),),
    ),
    "fails": Record(
        title=Text.of("Springs", "en"),
        conformance=(
            Conformance(Text.of("A guideline", "en"), date="2015-02", date_type="revision", degree=False),
        ),
        security=(Security("restricted"),),
    ),
    "unknown": Record(
        title=Text.of("Lakes", "en"), conformance=(Conformance(Text.of("A regulation", "en")),)
    ),
    "plain": Record(title=Text.of("Rivers", "en"), security=(Security(),)),
}
CASES = [
    ("apiso:Degree", "=", "true", {"meets"}),
    ("apiso:Degree", "=", "1", {"meets"}),
    ("apiso:Degree", "=", "FALSE", {"fails"}),
    ("apiso:Degree", "<>", "true", {"fails"}),
    ("apiso:SpecificationTitle", "=", "A regulation", {"meets", "unknown"}),
    ("apiso:SpecificationTitle", "=", "Un règlement", {"meets"}),
    ("dct:conformsTo", "=", "A regulation", {"meets"}),
    ("apiso:SpecificationDate", ">", "2011-01-01", {"fails"}),
    ("apiso:SpecificationDate", "=", "2010-12-08", {"meets"}),
    ("apiso:SpecificationDateType", "=", "revision", {"fails"}),
    ("apiso:HasSecurityConstraints", "=", "true", {"fails", "plain"}),
    ("apiso:HasSecurityConstraints", "=", "false", {"meets", "unknown"}),
    ("apiso:Classification", "=", "restricted", {"fails"}),
    ("apiso:MetadataPointOfContact", "=", "Example Desk", {"meets"}),
    ("apiso:ResourceIdentifier", "=", "well-1", {"meets"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(f"sqlite:///{tmp_path_factory.mktemp('conformity')}/store.sqlite") as store:
        store.upgrade()
        factories.fill(store, RECORDS)
        yield store


def identifier(name: str) -> str:
    return f"oai:{factories.NAMESPACE}:nile:{name}"


@pytest.mark.parametrize(("name", "operator", "literal", "expected"), CASES)
def test_csw_finds_what_is_asked_for(
    filled: Store, name: str, operator: str, literal: str, expected: set[str]
) -> None:
    client = CswClient(filled)
    answer = client.get(
        service="CSW",
        version="2.0.2",
        request="GetRecords",
        typeNames="csw:Record",
        resultType="results",
        elementSetName="brief",
        constraintLanguage="CQL_TEXT",
        constraint=f"{name} {operator} '{literal}'",
    )
    assert set(answer.identifiers) == {identifier(one) for one in expected}
    mdb = name.replace("apiso:", "mdb:")
    domain = client.get(service="CSW", version="3.0.0", request="GetDomain", valueReference=mdb)
    assert domain.all("//csw30:Value/text()")


def test_what_is_neither_true_nor_false_is_refused(filled: Store) -> None:
    answer = CswClient(filled).get(
        service="CSW",
        version="2.0.2",
        request="GetRecords",
        typeNames="csw:Record",
        resultType="results",
        constraintLanguage="CQL_TEXT",
        constraint="apiso:Degree = 'perhaps'",
    )
    assert answer.exception == ("InvalidParameterValue", "apiso:Degree")
    assert "true or false" in "".join(answer.all("//ows:ExceptionText/text()"))
    asked = RecordsClient(filled).items(degree="perhaps")
    assert asked.status == 400


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"degree": "true"}, {"meets"}),
        ({"filter": "degree = FALSE"}, {"fails"}),
        ({"filter": "hasSecurityConstraints = TRUE AND securityClassification IS NULL"}, {"plain"}),
        ({"filter": "hasSecurityConstraints = 'false'"}, {"meets", "unknown"}),
        ({"filter": "specificationDate < DATE('2011-01-01')"}, {"meets"}),
        ({"filter": '{"op":"=","args":[{"property":"degree"},true]}', "filter_lang": "cql2-json"}, {"meets"}),
        ({"resourceIdentifier": "well-1"}, {"meets"}),
    ],
)
def test_the_api_finds_it(filled: Store, asked: dict[str, str], expected: set[str]) -> None:
    answer = RecordsClient(filled).items(**asked)
    assert set(answer.ids) == {identifier(one) for one in expected}, answer.content


def test_truths_are_booleans_among_the_queryables(filled: Store) -> None:
    told = RecordsClient(filled).get("/collections/records/queryables").json["properties"]
    assert told["degree"]["type"] == told["hasSecurityConstraints"]["type"] == "boolean"


def test_a_record_tells_it_as_json_and_on_its_page(filled: Store) -> None:
    client = RecordsClient(filled)
    path = f"/collections/records/items/{identifier('meets')}"
    assert client.get(path).json["properties"]["conformance"] == [
        {
            "degree": True,
            "specification": "A regulation",
            "url": "https://law.example.org/1",
            "specificationDate": "2010-12-08",
            "specificationDateType": "publication",
        }
    ]
    page = client.get(f"{path}?f=html", language="fr").page
    (row,) = page.xpath("//dt[.='Conformité']/following-sibling::dd")
    assert " ".join(row.text_content().split()) == "Un règlement 2010-12-08: conforme"
    assert row.xpath(".//a/@href") == ["https://law.example.org/1"]
    for name, said in (("fails", "not conformant"), ("unknown", "not evaluated")):
        page = client.get(f"/collections/records/items/{identifier(name)}?f=html", language="en").page
        assert page.xpath("string(//dt[.='Conformity']/following-sibling::dd/strong)") == said
    rows = client.get(f"/collections/records/items/{identifier('fails')}?f=html", language="en").page
    assert (
        rows.xpath("string(//dt[.='Security classification']/following-sibling::dd)").strip() == "restricted"
    )
