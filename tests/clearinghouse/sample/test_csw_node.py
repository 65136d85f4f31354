from __future__ import annotations

from collections.abc import Callable

import pytest
import requests
from lxml import etree
from owslib import fes
from owslib.csw import CatalogueServiceWeb

from catalogue.namespaces import CSW, GCO, GMD, OGC, OWS
from clearinghouse.sample.federation import Federation, expected

NS = {"csw": CSW, "gmd": GMD, "gco": GCO, "ows": OWS}
ITEMS = {item.identifier: item for item in expected()["andes"]}
Catalogue = CatalogueServiceWeb


@pytest.fixture
def url(federation: Federation) -> str:
    return f"{federation.base_url}/andes/csw"


@pytest.fixture
def catalogue(url: str) -> Catalogue:
    return Catalogue(url, timeout=10)


def records(catalogue: Catalogue, constraints: list[fes.OgcExpression], **arguments: object) -> set[str]:
    catalogue.getrecords2(constraints=constraints, maxrecords=100, **arguments)
    first = set(catalogue.records)
    if catalogue.results["nextrecord"]:
        catalogue.getrecords2(constraints=constraints, maxrecords=100, startposition=101, **arguments)
    return first | set(catalogue.records)


def test_owslib_reads_back_exactly_what_the_node_holds(catalogue: Catalogue) -> None:
    found: dict[str, etree._Element] = {}
    start = 1
    while start:
        catalogue.getrecords2(outputschema=GMD, esn="full", startposition=start, maxrecords=40)
        assert catalogue.results["matches"] == len(ITEMS)
        for element in etree.fromstring(catalogue.response).iter(f"{{{GMD}}}MD_Metadata"):
            identifier = element.findtext("gmd:fileIdentifier/gco:CharacterString", "", NS)
            assert identifier not in found
            found[identifier] = element
        start = catalogue.results["nextrecord"]
    assert found.keys() == ITEMS.keys()
    for identifier, element in found.items():
        served = etree.tostring(element, method="c14n2", strip_text=True)
        sent = etree.fromstring(ITEMS[identifier].payload)
        assert served == etree.tostring(sent, method="c14n2", strip_text=True)


def test_payloads_stand_in_the_answer_byte_for_byte(url: str) -> None:
    item = next(iter(ITEMS.values()))
    answer = requests.get(
        url,
        {
            "service": "CSW",
            "version": "2.0.2",
            "request": "GetRecordById",
            "id": item.identifier,
            "outputSchema": GMD,
        },
        timeout=10,
    )
    assert item.payload in answer.content


def test_capabilities_name_the_operations_and_the_schemas(catalogue: Catalogue, url: str) -> None:
    assert catalogue.identification.version == "2.0.2"
    assert {operation.name for operation in catalogue.operations} == {
        "GetCapabilities",
        "DescribeRecord",
        "GetRecords",
        "GetRecordById",
    }
    get_records = catalogue.get_operation_by_name("GetRecords")
    assert get_records.methods[0]["url"] == url
    assert GMD in get_records.parameters["outputSchema"]["values"]


def test_owslib_describes_and_gets_by_id(catalogue: Catalogue) -> None:
    catalogue.describerecord()
    assert b"SchemaComponent" in catalogue.response
    wanted = sorted(ITEMS)[:3]
    catalogue.getrecordbyid(wanted, esn="full", outputschema=GMD)
    assert sorted(catalogue.records) == wanted
    catalogue.getrecordbyid(wanted, esn="summary")
    assert catalogue.records[wanted[0]].title == next(iter(ITEMS[wanted[0]].record.title.values()))


@pytest.mark.parametrize("name", ["dct:modified", "apiso:Modified"])
def test_modified_since(catalogue: Catalogue, name: str) -> None:
    since = sorted(item.datestamp for item in ITEMS.values())[60]
    found = records(catalogue, [fes.PropertyIsGreaterThanOrEqualTo(name, since)])
    assert found == {identifier for identifier, item in ITEMS.items() if item.datestamp >= since}


def test_any_text_in_any_language(catalogue: Catalogue) -> None:
    found = records(catalogue, [fes.PropertyIsLike("csw:AnyText", "%plomo%")])
    texts = {key: " ".join(item.record.abstract.values()).lower() for key, item in ITEMS.items()}
    assert found >= {identifier for identifier, text in texts.items() if "plomo" in text}
    assert 0 < len(found) < len(ITEMS)


def test_boxes_that_meet(catalogue: Catalogue) -> None:
    found = records(catalogue, [fes.BBox([-62.0, 9.9, -60.4, 11.5])])
    assert found
    for identifier in found:
        box = ITEMS[identifier].record.box
        assert box is not None
        assert box[0] <= -60.4
        assert box[2] >= -62.0


def logic() -> list[tuple[fes.OgcExpression, Callable[[str, str], bool]]]:
    text = fes.PropertyIsEqualTo("dc:language", "es")
    since = fes.PropertyIsGreaterThan("dct:modified", "2025")
    return [
        (fes.And([text, since]), lambda language, stamp: language == "es" and stamp > "2025"),
        (fes.Or([text, since]), lambda language, stamp: language == "es" or stamp > "2025"),
        (fes.Not([text]), lambda language, _: language != "es"),
        (
            fes.And([fes.Not([since]), fes.Or([text, fes.PropertyIsEqualTo("dc:language", "en")])]),
            lambda language, stamp: stamp <= "2025" and language in {"es", "en"},
        ),
    ]


@pytest.mark.parametrize("case", range(4))
def test_logic_nests(case: int, catalogue: Catalogue) -> None:
    expression, holds = logic()[case]
    wanted = {
        identifier
        for identifier, item in ITEMS.items()
        if any(holds(language, item.datestamp) for language in item.record.languages)
    }
    if case in {0, 1, 3}:
        assert records(catalogue, [expression]) == wanted
    else:
        alone = {key for key, item in ITEMS.items() if "es" not in item.record.languages}
        assert records(catalogue, [expression]) == alone


def test_between(catalogue: Catalogue) -> None:
    found = records(catalogue, [fes.PropertyIsBetween("dct:modified", "2024-01-01", "2024-12-31")])
    assert found == {key for key, item in ITEMS.items() if "2024-01-01" <= item.datestamp <= "2024-12-31"}


def test_sorting(catalogue: Catalogue) -> None:
    by = fes.SortBy([fes.SortProperty("dct:modified", "DESC")])
    catalogue.getrecords2(sortby=by, maxrecords=100)
    stamps = [ITEMS[identifier].datestamp for identifier in catalogue.records]
    assert stamps == sorted(stamps, reverse=True)


def test_hits_and_pages_by_get(url: str) -> None:
    base = {"service": "CSW", "version": "2.0.2", "request": "GetRecords", "typeNames": "csw:Record"}
    hits = etree.fromstring(requests.get(url, base, timeout=10).content).find(".//csw:SearchResults", NS)
    assert hits is not None
    assert (hits.get("numberOfRecordsMatched"), len(hits)) == (str(len(ITEMS)), 0)
    last = base | {"resultType": "results", "startPosition": str(len(ITEMS) - 4)}
    page = etree.fromstring(requests.get(url, last, timeout=10).content).find(".//csw:SearchResults", NS)
    assert page is not None
    assert (len(page), page.get("nextRecord")) == (5, "0")


def test_a_filter_by_get(url: str) -> None:
    constraint = (
        f'<ogc:Filter xmlns:ogc="{OGC}"><ogc:PropertyIsLike wildCard="*" singleChar="?" escapeChar="\\">'
        "<ogc:PropertyName>dc:title</ogc:PropertyName><ogc:Literal>*PCB*</ogc:Literal>"
        "</ogc:PropertyIsLike></ogc:Filter>"
    )
    asked = {
        "service": "CSW",
        "version": "2.0.2",
        "request": "GetRecords",
        "typeNames": "csw:Record",
        "constraintLanguage": "FILTER",
        "constraint_language_version": "1.1.0",
        "constraint": constraint,
    }
    hits = etree.fromstring(requests.get(url, asked, timeout=10).content).find(".//csw:SearchResults", NS)
    wanted = [item for item in ITEMS.values() if any("pcb" in t.lower() for t in item.record.title.values())]
    assert hits is not None
    assert hits.get("numberOfRecordsMatched") == str(len(wanted))


@pytest.mark.corpus
@pytest.mark.parametrize(
    "arguments",
    [
        {"request": "GetCapabilities"},
        {"request": "DescribeRecord"},
        {"request": "GetRecords", "typeNames": "csw:Record", "resultType": "hits"},
        *(
            {"request": "GetRecords", "typeNames": "csw:Record", "resultType": "results"}
            | {"ElementSetName": name, "maxRecords": "100"}
            for name in ("brief", "summary", "full")
        ),
        {
            "request": "GetRecords",
            "typeNames": "gmd:MD_Metadata",
            "resultType": "results",
            "outputSchema": GMD,
        },
        {"request": "GetRecordById", "id": min(ITEMS)},
        {"request": "GetRecordById", "id": "none"},
    ],
    ids=lambda arguments: "-".join(value.rpartition("/")[2] for value in arguments.values()),
)
def test_answers_are_schema_valid(arguments: dict[str, str], url: str, csw_schema: etree.XMLSchema) -> None:
    answer = requests.get(url, {"service": "CSW", "version": "2.0.2"} | arguments, timeout=10)
    assert answer.status_code == 200
    assert csw_schema.validate(etree.fromstring(answer.content)), csw_schema.error_log


OK = {"service": "CSW", "version": "2.0.2", "request": "GetRecords", "typeNames": "csw:Record"}


@pytest.mark.parametrize(
    ("change", "code", "locator"),
    [
        ({"service": ""}, "MissingParameterValue", "service"),
        ({"service": "WMS"}, "InvalidParameterValue", "service"),
        ({"version": "9.9.9"}, "InvalidParameterValue", "version"),
        ({"request": "GetNothing"}, "InvalidParameterValue", "request"),
        ({"typeNames": ""}, "MissingParameterValue", "typeNames"),
        ({"typeNames": "x:Y"}, "InvalidParameterValue", "typeNames"),
        ({"outputSchema": "http://none.example.org"}, "InvalidParameterValue", "outputSchema"),
        ({"startPosition": "0"}, "InvalidParameterValue", "startPosition"),
        ({"maxRecords": "-1"}, "InvalidParameterValue", "maxRecords"),
        ({"ElementSetName": "huge"}, "InvalidParameterValue", "ElementSetName"),
        ({"resultType": "all"}, "InvalidParameterValue", "resultType"),
        ({"outputFormat": "text/html"}, "InvalidParameterValue", "outputFormat"),
        (
            {"constraint": "title = 'x'", "constraintLanguage": "CQL_TEXT"},
            "InvalidParameterValue",
            "constraintLanguage",
        ),
        ({"constraint": "<x", "constraintLanguage": "FILTER"}, "NoApplicableCode", "body"),
        ({"request": "GetRecordById"}, "MissingParameterValue", "id"),
    ],
)
def test_what_cannot_be_answered_is_an_exception_report(
    change: dict[str, str], code: str, locator: str, url: str
) -> None:
    answer = requests.get(url, OK | change, timeout=10)
    exception = etree.fromstring(answer.content).find("ows:Exception", NS)
    assert answer.status_code == 400
    assert exception is not None
    assert (exception.get("exceptionCode"), exception.get("locator")) == (code, locator)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "NoApplicableCode"),
        (b"<html>", "NoApplicableCode"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "NoApplicableCode"),
        (
            f'<csw:GetRecords xmlns:csw="{CSW}" service="CSW" version="2.0.2"/>'.encode(),
            "MissingParameterValue",
        ),
    ],
)
def test_bodies_that_are_no_requests_are_refused(body: bytes, code: str, url: str) -> None:
    answer = requests.post(url, body, headers={"Content-Type": "application/xml"}, timeout=10)
    assert answer.status_code == 400
    assert f'exceptionCode="{code}"'.encode() in answer.content
