"""The 60 assertions of the OGC test suite for CSW 2.0.2 (ets-csw202), each under its number.

Request bodies, reference records and Schematron rules are the suite's own, read in place.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from csw_client import NAMESPACES, Answer, CswClient
from schematron import failures

pytestmark = pytest.mark.corpus

BASE = "service=CSW&request=GetCapabilities&AcceptVersions=2.0.2"
Body = Callable[[str], bytes]
Records = Callable[[str], Answer]
Rules = Callable[[str, str, Answer], None]


@pytest.fixture
def body(suite: Path) -> Callable[[str], bytes]:
    """A request body of the suite: `body("GetRecords-tc5.1")`."""
    return lambda name: (suite / "ctl-bodies" / f"csw-2.0.2-{name}_0.xml").read_bytes()


@pytest.fixture
def rules(suite: Path) -> Callable[[str, str, Answer], None]:
    """Check an answer against a phase of the suite's Schematron."""

    def check(name: str, phase: str, answer: Answer) -> None:
        folder = "ows/1.0.0" if name == "ExceptionReport" else "csw/2.0.2"
        assert failures(suite / "sch" / folder / f"{name}.sch", phase, answer.root) == []

    return check


@pytest.fixture
def records(csw: CswClient, body: Body) -> Callable[[str], Answer]:
    """The answer to a GetRecords body of the suite."""
    return lambda number: csw.post(body(f"GetRecords-tc{number}"))


def texts(answer: Answer, path: str) -> list[str]:
    return [str(found) for found in answer.all(path)]


def box(record: etree._Element) -> tuple[float, float, float, float] | None:
    """South, west, north, east, as the suite reads them."""
    found = record.find("ows:BoundingBox", NAMESPACES)
    if found is None:
        return None
    assert found.get("crs") == "urn:x-ogc:def:crs:EPSG:6.11:4326"
    return tuple(float(part) for corner in found for part in corner.text.split())


def meets(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def dates(answer: Answer) -> list[date]:
    return [date.fromisoformat(text) for text in texts(answer, "//dc:date/text()")]


# GetCapabilities, KVP


def test_getcapabilities_1_1_valid_capabilities_of_2_0_2(csw: CswClient, rules: Rules) -> None:
    answer = csw.get(BASE)
    rules("Capabilities", "DefaultPhase", answer)
    assert answer.root.get("version") == "2.0.2"


def test_getcapabilities_1_2_the_first_supported_version_wins(csw: CswClient, rules: Rules) -> None:
    rules(
        "Capabilities",
        "DefaultPhase",
        csw.get("SERVICE=CSW&REQUEST=GetCapabilities&ACCEPTVERSIONS=2.0.2,2.0.0"),
    )
    rules(
        "Capabilities",
        "DefaultPhase",
        csw.get("SERVICE=CSW&REQUEST=GetCapabilities&ACCEPTVERSIONS=2.0.0,2.0.2"),
    )


def test_getcapabilities_1_3_no_supported_version(csw: CswClient, rules: Rules) -> None:
    answer = csw.get("SERVICE=CSW&REQUEST=GetCapabilities&ACCEPTVERSIONS=2006.10.29")
    rules("ExceptionReport", "VersionNegotiationFailedPhase", answer)


def test_getcapabilities_2_1_a_missing_parameter(csw: CswClient, rules: Rules) -> None:
    answer = csw.get("request=GetCapabilities&AcceptVersions=2.0.2")
    rules("ExceptionReport", "MissingParameterValuePhase", answer)
    assert answer.exception == ("MissingParameterValue", "service")


def test_getcapabilities_3_1_an_invalid_value(csw: CswClient, rules: Rules) -> None:
    answer = csw.get("service=FOO&request=GetCapabilities&AcceptVersions=2.0.2")
    rules("ExceptionReport", "InvalidParameterValuePhase", answer)
    assert answer.exception == ("InvalidParameterValue", "service")


def test_getcapabilities_4_1_names_have_no_case(csw: CswClient, rules: Rules) -> None:
    rules("Capabilities", "DefaultPhase", csw.get("sErViCe=CSW&REQUEST=GetCapabilities&AcceptVersions=2.0.2"))


def test_getcapabilities_5_1_unknown_parameters_are_ignored(csw: CswClient, rules: Rules) -> None:
    rules("Capabilities", "DefaultPhase", csw.get(f"{BASE}&date=2006-10-20"))


def test_getcapabilities_5_2_unsupported_formats_give_xml(csw: CswClient, rules: Rules) -> None:
    answer = csw.get(f"{BASE}&acceptformats=message/example")
    rules("Capabilities", "DefaultPhase", answer)
    assert answer.content_type == "application/xml"


def test_getcapabilities_6_1_content_type(csw: CswClient) -> None:
    assert csw.get(BASE).content_type == "application/xml"


def test_getcapabilities_7_1_empty_sections(csw: CswClient, rules: Rules) -> None:
    answer = csw.get(f"{BASE}&sections=")
    rules("Capabilities", "AbbreviatedContentPhase", answer)
    assert [etree.QName(child).localname for child in answer.root] == ["Filter_Capabilities"]


def test_getcapabilities_7_2_listed_sections_only(csw: CswClient) -> None:
    answer = csw.get(f"{BASE}&sections=OperationsMetadata,ServiceIdentification")
    found = [etree.QName(child).localname for child in answer.root]
    assert found == ["ServiceIdentification", "OperationsMetadata", "Filter_Capabilities"]


def test_getcapabilities_8_1_supported_formats_are_honoured(csw: CswClient) -> None:
    path = "//ows:Operation[@name='GetCapabilities']/ows:Parameter[@name='acceptFormats']/ows:Value/text()"
    formats = texts(csw.get(BASE), path)
    assert formats
    for name in formats:
        assert csw.get(f"{BASE}&acceptformats={name}").content_type.startswith(name)


# DescribeRecord, POST


def test_describerecord_1_1_all_types(csw: CswClient, body: Body, rules: Rules) -> None:
    answer = csw.post(body("DescribeRecord-tc1.1"))
    rules("DescribeRecord", "DefaultPhase", answer)
    assert texts(answer, "//csw:SchemaComponent/@targetNamespace") == [
        NAMESPACES["csw"],
        NAMESPACES["gmd"],
        "http://standards.iso.org/iso/19115/-3/mdb/2.0",
    ]
    assert set(texts(answer, "//csw:SchemaComponent/@schemaLanguage")) == {"http://www.w3.org/XML/Schema"}


def test_describerecord_2_1_named_types(csw: CswClient, body: Body, rules: Rules) -> None:
    answer = csw.post(body("DescribeRecord-tc2.1"))
    rules("DescribeRecord", "DefaultPhase", answer)
    assert "Record" in texts(answer, "//csw:SchemaComponent/xsd:schema/xsd:element/@name")
    assert len(answer.all("//csw:SchemaComponent")) == 1


def test_describerecord_4_1_content_type(csw: CswClient, body: Body) -> None:
    assert csw.post(body("DescribeRecord-tc4.1")).content_type == "application/xml"


def test_describerecord_5_1_bad_output_format(csw: CswClient, body: Body, rules: Rules) -> None:
    answer = csw.post(body("DescribeRecord-tc5.1"))
    rules("ExceptionReport", "DefaultPhase", answer)
    assert answer.exception == ("InvalidParameterValue", "outputFormat")


def test_describerecord_6_1_bad_schema_language(csw: CswClient, body: Body, rules: Rules) -> None:
    answer = csw.post(body("DescribeRecord-tc6.1"))
    rules("ExceptionReport", "DefaultPhase", answer)
    assert answer.exception == ("InvalidParameterValue", "schemaLanguage")


def test_describerecord_7_1_unqualified_type(csw: CswClient, body: Body, rules: Rules) -> None:
    answer = csw.post(body("DescribeRecord-tc7.1"))
    rules("ExceptionReport", "DefaultPhase", answer)
    assert answer.exception == ("InvalidParameterValue", "TypeName")


# GetRecords, POST


def test_getrecords_1_1_hits_by_default(records: Records, rules: Rules) -> None:
    answer = records("1.1")
    rules("GetRecords", "DefaultPhase", answer)
    assert answer.counts[:2] == (12, 0)


@pytest.mark.parametrize(("number", "element"), [("2.1", "SummaryRecord"), ("2.2", "BriefRecord")])
def test_getrecords_2_1_and_2_2_a_view_of_ten_records(
    records: Records, rules: Rules, number: str, element: str
) -> None:
    answer = records(number)
    rules("GetRecords", "TenRecordsPhase", answer)
    assert len(answer.all(f"//csw:SearchResults/csw:{element}")) == 10


def test_getrecords_3_1_element_names(records: Records) -> None:
    answer = records("3.1")
    assert len(answer.all("//csw:Record")) == 10
    assert {etree.QName(element).localname for element in answer.all("//csw:Record/*")} <= {
        "identifier",
        "type",
        "date",
    }


def test_getrecords_4_1_sort_by(records: Records, rules: Rules) -> None:
    answer = records("4.1")
    rules("GetRecords", "TenRecordsPhase", answer)
    assert len(answer.all("//csw:BriefRecord")) == 10
    assert answer.identifiers == sorted(answer.identifiers)


def test_getrecords_4_2_element_names_and_sort_by(records: Records) -> None:
    answer = records("4.2")
    assert {etree.QName(element).localname for element in answer.all("//csw:Record/*")} <= {
        "identifier",
        "type",
        "date",
    }
    assert answer.records[0].find("dc:date", NAMESPACES) is not None
    assert len(dates(answer)) == 4
    assert dates(answer) == sorted(dates(answer), reverse=True)


def test_getrecords_5_1_bbox(records: Records, rules: Rules) -> None:
    answer = records("5.1")
    rules("GetRecords", "OneToTenRecordsPhase", answer)
    assert len(answer.all("//csw:Record")) == len(answer.records) == 2
    assert all(meets(box(record), (47.0, -4.5, 52.0, 1.0)) for record in answer.records)


def test_getrecords_5_2_bbox_of_what_is_no_geometry(records: Records, rules: Rules) -> None:
    answer = records("5.2")
    rules("ExceptionReport", "InvalidParameterValuePhase", answer)
    assert answer.exception == ("InvalidParameterValue", "dct:spatial")


def test_getrecords_6_1_equal_case_sensitive(records: Records) -> None:
    answer = records("6.1")
    assert answer.identifiers == ["urn:uuid:e9330592-0932-474b-be34-c3a3bb67c7db"]
    assert answer.counts[2] == 0


def test_getrecords_6_2_equal_case_insensitive(records: Records) -> None:
    assert records("6.2").identifiers == ["urn:uuid:ab42a8c4-95e8-4630-bf79-33e59241605a"]


def test_getrecords_7_1_function(records: Records, rules: Rules) -> None:
    answer = records("7.1")
    rules("ExceptionReport", "InvalidParameterValuePhase", answer)
    assert answer.exception == ("InvalidParameterValue", "Function")


def test_getrecords_8_1_not_equal_case_sensitive(records: Records) -> None:
    answer = records("8.1")
    assert len(answer.identifiers) > 5
    assert "urn:uuid:e9330592-0932-474b-be34-c3a3bb67c7db" not in answer.identifiers


def test_getrecords_8_2_not_equal_case_insensitive(records: Records) -> None:
    answer = records("8.2")
    assert 0 < len(answer.all("//csw:BriefRecord")) <= 20
    assert "urn:uuid:ab42a8c4-95e8-4630-bf79-33e59241605a" not in answer.identifiers


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("9.1", lambda found: found > date(2004, 1, 1)),
        ("10.1", lambda found: found < date(2006, 5, 1)),
    ],
)
def test_getrecords_9_1_and_10_1_greater_and_less(
    records: Records, rules: Rules, number: str, expected: Callable[[date], bool]
) -> None:
    answer = records(number)
    rules("GetRecords", "OneToTenAdHocRecordsPhase", answer)
    assert all(map(expected, dates(answer)))
    assert len(dates(answer)) == 3


def test_getrecords_11_1_like(records: Records) -> None:
    answer = records("11.1")
    titles = texts(answer, "//csw:SummaryRecord/dc:title/text()")
    assert len(titles) == 2
    assert all(title.startswith("Lorem ipsum") for title in titles)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("12.1", lambda found: found <= date(2005, 10, 24)),
        ("13.1", lambda found: found >= date(2006, 3, 26)),
    ],
)
def test_getrecords_12_1_and_13_1_or_equal(
    records: Records, number: str, expected: Callable[[date], bool]
) -> None:
    answer = records(number)
    assert len(answer.all("//csw:Record")) == 2
    assert all(map(expected, dates(answer)))


def test_getrecords_14_1_not_like(records: Records) -> None:
    answer = records("14.1")
    assert len(answer.all("//csw:SummaryRecord")) == 10
    assert not any(t.startswith("Lorem ipsum") for t in texts(answer, "//dc:title/text()"))


def test_getrecords_14_2_not_bbox(records: Records) -> None:
    answer = records("14.2")
    assert 11 <= len(answer.all("//csw:Record")) <= 20
    boxes = [box(record) for record in answer.records]
    assert any(boxes)
    assert not any(found and meets(found, (60.0, 12.0, 70.0, 20.0)) for found in boxes)


def test_getrecords_15_1_invalid_filter(records: Records, rules: Rules) -> None:
    rules("ExceptionReport", "DefaultPhase", records("15.1"))


def test_getrecords_16_1_or(records: Records, rules: Rules) -> None:
    answer = records("16.1")
    rules("GetRecords", "OneToTenRecordsPhase", answer)
    for record in answer.records:
        kind = record.findtext("dc:type", "", NAMESPACES)
        form = record.findtext("dc:format", "", NAMESPACES)
        assert kind == "http://purl.org/dc/dcmitype/Image" or (
            form.startswith("application/") and form.endswith("xml")
        )
    assert answer.counts[0] == 4


def test_getrecords_16_2_or_bbox(records: Records) -> None:
    answer = records("16.2")
    for record in answer.records:
        found, when = box(record), record.findtext("dc:date", "", NAMESPACES)
        assert (found and meets(found, (47.0, -4.5, 52.0, 1.0))) or when > "2006-01-01"
    assert answer.counts[0] == 3


def test_getrecords_17_1_and(records: Records) -> None:
    answer = records("17.1")
    assert 1 <= len(answer.all("//csw:SummaryRecord")) <= 10
    assert set(texts(answer, "//dc:relation/text()")) == {"urn:uuid:9a669547-b69b-469f-a11f-2d875366bbdc"}
    assert all(form.startswith("image/") for form in texts(answer, "//dc:format/text()"))


def test_getrecords_17_2_and_bbox(records: Records) -> None:
    answer = records("17.2")
    assert answer.identifiers == ["urn:uuid:94bc9c83-97f6-4b40-9eb8-a8e8787a5c63"]
    assert dates(answer) == [date(2006, 3, 26)]
    assert meets(box(answer.records[0]), (47.0, -4.5, 52.0, 1.0))


def test_getrecords_18_1_all_constraints_with_a_view(records: Records) -> None:
    answer = records("18.1")
    assert 1 <= len(answer.all("//csw:Record")) <= 10
    for record in answer.records:
        assert record.findtext("dc:type", "", NAMESPACES).lower() == "http://purl.org/dc/dcmitype/dataset"
        found = box(record)
        assert found is None or not meets(found, (40.0, -9.0, 50.0, -5.0))


def test_getrecords_19_1_any_text(records: Records) -> None:
    answer = records("19.1")
    assert len(answer.all("//csw:Record")) == 5
    for record in answer.records:
        assert "lorem" in "".join(record.itertext()).lower()


@pytest.mark.parametrize("number", ["20.1", "21.1"])
def test_getrecords_20_1_and_21_1_views_are_no_types(records: Records, rules: Rules, number: str) -> None:
    answer = records(number)
    rules("ExceptionReport", "InvalidParameterValuePhase", answer)
    assert answer.exception == ("InvalidParameterValue", "typeNames")


def test_getrecords_22_1_start_position(records: Records) -> None:
    answer = records("22.1")
    assert len(answer.all("//csw:SummaryRecord")) == 5
    assert answer.counts == (12, 5, 8)


def test_getrecords_23_1_no_records(records: Records) -> None:
    answer = records("23.1")
    assert answer.records == []
    assert answer.counts == (11, 0, 1)


def test_getrecords_24_1_validate(records: Records) -> None:
    answer = records("24.1")
    assert answer.kind == "Acknowledgement"
    assert len(answer.all("/csw:Acknowledgement/csw:EchoedRequest/csw:GetRecords")) == 1


@pytest.mark.parametrize(("number", "locator"), [("25.1", "outputFormat"), ("26.1", "outputSchema")])
def test_getrecords_25_1_and_26_1_bad_output(
    records: Records, rules: Rules, number: str, locator: str
) -> None:
    answer = records(number)
    rules("ExceptionReport", "InvalidParameterValuePhase", answer)
    assert answer.exception == ("InvalidParameterValue", locator)


# GetRecordById, KVP

BY_ID = "service=CSW&version=2.0.2&request=GetRecordById"
IDS = (
    "urn:uuid:a06af396-3105-442d-8b40-22b57a90d2f2,urn:uuid:19887a8a-f6b0-4a63-ae56-7fba0e17801f,"
    "urn:uuid:ab42a8c4-95e8-4630-bf79-33e59241605a"
)


@pytest.mark.parametrize(("test", "position"), [("1.1", 0), ("1.2", 1)])
def test_getrecordbyid_1_1_and_1_2_summary_by_default(
    csw: CswClient, body: Body, test: str, position: int
) -> None:
    wanted = csw.post(body(f"GetRecordById-tc{test}")).identifiers[position]
    answer = csw.get(f"{BY_ID}&id={wanted}")
    assert len(answer.all("/csw:GetRecordByIdResponse/csw:SummaryRecord")) == 1
    assert answer.identifiers == [wanted]


@pytest.mark.parametrize(
    ("test", "position", "view", "element"),
    [("2.1", 2, "brief", "BriefRecord"), ("2.2", 3, "full", "Record")],
)
def test_getrecordbyid_2_1_and_2_2_the_view_asked_for(
    csw: CswClient, body: Body, test: str, position: int, view: str, element: str
) -> None:
    wanted = csw.post(body(f"GetRecordById-tc{test}")).identifiers[position]
    answer = csw.get(f"Service=CSW&Version=2.0.2&Request=GetRecordById&ElementSetName={view}&ID={wanted}")
    assert [etree.QName(record).localname for record in answer.records] == [element]
    assert answer.identifiers == [wanted]


def test_getrecordbyid_3_1_no_match(csw: CswClient) -> None:
    answer = csw.get(f"{BY_ID}&id=urn:uuid:ce8627a0-685c-11db-bd13-0800200c9a66")
    assert answer.kind == "GetRecordByIdResponse"
    assert answer.records == []


def test_getrecordbyid_4_1_missing_id(csw: CswClient, rules: Rules) -> None:
    answer = csw.get(BY_ID)
    rules("ExceptionReport", "MissingParameterValuePhase", answer)
    assert answer.exception == ("MissingParameterValue", "id")


def test_getrecordbyid_5_1_bad_output_format(csw: CswClient, rules: Rules) -> None:
    answer = csw.get(f"{BY_ID}&OutputFormat=application/bogus%2Bxml&id={IDS}")
    rules("ExceptionReport", "InvalidParameterValuePhase", answer)
    assert answer.exception == ("InvalidParameterValue", "outputFormat")


def test_getrecordbyid_6_1_bad_output_schema(csw: CswClient, rules: Rules) -> None:
    answer = csw.get(f"{BY_ID}&OutputSchema=http://example.org/unsupported&Id={IDS.split(',')[1]}")
    rules("ExceptionReport", "InvalidParameterValuePhase", answer)
    assert answer.exception == ("InvalidParameterValue", "outputSchema")


# Preconditions


def test_preconditions_capabilities(csw: CswClient, suite: Path, rules: Rules) -> None:
    answer = csw.get("service=CSW&version=2.0.2&request=GetCapabilities")
    document = etree.parse(suite / "sch" / "csw" / "2.0.2" / "Capabilities.sch")
    for phase in document.getroot().findall("{http://www.ascc.net/xml/schematron}phase"):
        if phase.get("id") != "AbbreviatedContentPhase":
            rules("Capabilities", phase.get("id"), answer)
    loaded = csw.get(f"{BY_ID}&id=urn:uuid:94bc9c83-97f6-4b40-9eb8-a8e8787a5c63")
    assert loaded.identifiers == ["urn:uuid:94bc9c83-97f6-4b40-9eb8-a8e8787a5c63"]
