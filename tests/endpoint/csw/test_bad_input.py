"""Whatever is sent, the answer is a valid exception report that names what is wrong; never a 500."""

# ruff: noqa: E501 - tables with a request a line
from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from csw_client import NAMESPACES, CswClient, get_records
from query_truth import Known

pytestmark = pytest.mark.corpus

EQUAL = "<ogc:PropertyIsEqualTo><ogc:PropertyName>dc:title</ogc:PropertyName><ogc:Literal>x</ogc:Literal></ogc:PropertyIsEqualTo>"
NAME = "<ogc:PropertyName>dc:title</ogc:PropertyName>"
BOXED = "<ogc:PropertyName>ows:BoundingBox</ogc:PropertyName>"
LITERAL = "<ogc:Literal>x</ogc:Literal>"


def envelope(lower: str, upper: str, srs: str = "EPSG:4326") -> str:
    return (
        f'<ogc:BBOX>{BOXED}<gml:Envelope srsName="{srs}"><gml:lowerCorner>{lower}</gml:lowerCorner>'
        f"<gml:upperCorner>{upper}</gml:upperCorner></gml:Envelope></ogc:BBOX>"
    )


@pytest.mark.parametrize(
    ("content", "code", "locator"),
    [
        ("", "MissingParameterValue", "Filter"),
        (EQUAL * 2, "InvalidParameterValue", "Filter"),
        ("<ogc:And/>", "InvalidParameterValue", "And"),
        (f"<ogc:Not>{EQUAL}{EQUAL}</ogc:Not>", "InvalidParameterValue", "Not"),
        (f"<ogc:PropertyIsEqualTo>{NAME}</ogc:PropertyIsEqualTo>", "InvalidParameterValue", "PropertyIsEqualTo"),
        (f"<ogc:PropertyIsEqualTo>{NAME}{NAME}</ogc:PropertyIsEqualTo>", "InvalidParameterValue", "PropertyName"),
        (f"<ogc:PropertyIsEqualTo>{LITERAL}{LITERAL}</ogc:PropertyIsEqualTo>", "InvalidParameterValue", "Literal"),
        (EQUAL.replace("dc:title", "dc:nothing"), "InvalidParameterValue", "dc:nothing"),
        (EQUAL.replace("dc:title", ""), "InvalidParameterValue", "PropertyName"),
        (EQUAL.replace("dc:title", "ows:BoundingBox"), "InvalidParameterValue", "ows:BoundingBox"),
        (EQUAL.replace("dc:title", "dc:date"), "InvalidParameterValue", "dc:date"),
        (EQUAL.replace("PropertyIsEqualTo", "PropertyIsLessThan").replace("dc:title", "AnyText"), "InvalidParameterValue", "AnyText"),
        (EQUAL.replace("<ogc:PropertyIsEqualTo>", '<ogc:PropertyIsEqualTo matchCase="maybe">'), "InvalidParameterValue", "matchCase"),
        (EQUAL.replace("<ogc:PropertyIsEqualTo>", '<ogc:PropertyIsEqualTo matchAction="All">'), "InvalidParameterValue", "matchAction"),
        (EQUAL.replace(">x<", "><gml:Point/><"), "InvalidParameterValue", "Literal"),
        (EQUAL.replace("PropertyIsEqualTo", "PropertyIsSimilarTo"), "InvalidParameterValue", "PropertyIsSimilarTo"),
        (f'<ogc:PropertyIsLike singleChar="?" escapeChar="!">{NAME}{LITERAL}</ogc:PropertyIsLike>', "MissingParameterValue", "wildCard"),
        (f'<ogc:PropertyIsLike wildCard="*">{NAME}{LITERAL}</ogc:PropertyIsLike>', "MissingParameterValue", "singleChar"),
        (f'<ogc:PropertyIsLike wildCard="*" singleChar="?">{BOXED}{LITERAL}</ogc:PropertyIsLike>', "InvalidParameterValue", "ows:BoundingBox"),
        (f'<ogc:PropertyIsLike wildCard="*" singleChar="?">{NAME}<ogc:Literal>{"x" * 3000}</ogc:Literal></ogc:PropertyIsLike>', "InvalidParameterValue", "Constraint"),
        (f"<ogc:PropertyIsBetween>{NAME}</ogc:PropertyIsBetween>", "MissingParameterValue", "LowerBoundary"),
        (f"<ogc:PropertyIsNull>{NAME}{NAME}</ogc:PropertyIsNull>", "InvalidParameterValue", "PropertyIsNull"),
        (f"<ogc:BBOX>{NAME}<gml:Envelope/></ogc:BBOX>", "InvalidParameterValue", "Envelope"),
        (f"<ogc:BBOX>{BOXED}</ogc:BBOX>", "InvalidParameterValue", "BBOX"),
        (f"<ogc:Intersects>{BOXED}<gml:Polygon/></ogc:Intersects>", "InvalidParameterValue", "Polygon"),
        (f"<ogc:Crosses>{BOXED}<gml:Envelope/></ogc:Crosses>", "InvalidParameterValue", "Crosses"),
        (envelope("1 2 3", "4 5 6"), "InvalidParameterValue", "Envelope"),
        (envelope("1 5", "4 2"), "InvalidParameterValue", "Envelope"),
        (envelope("NaN 1", "4 2"), "InvalidParameterValue", "Envelope"),
        (envelope("1 -inf", "4 2"), "InvalidParameterValue", "Envelope"),
        (envelope("1,0 2", "4 5"), "InvalidParameterValue", "Envelope"),
        (envelope("1 2", "4 5", "EPSG:4979"), "InvalidParameterValue", "srsName"),
        (envelope("1 2", "4 5", "urn:ogc:def:crs:EPSG::99999"), "InvalidParameterValue", "srsName"),
        ("<ogc:FeatureId/>", "MissingParameterValue", "fid"),
        ("<ogc:Filter/>", "InvalidParameterValue", "Filter"),
        ("<Other/>", "InvalidParameterValue", "Other"),
    ],
)  # fmt: skip
def test_wrong_filters(valid_csw: CswClient, content: str, code: str, locator: str) -> None:
    assert valid_csw.filter(content).exception == (code, locator)


@pytest.mark.parametrize(
    "text",
    [
        "dc:title",
        "dc:title =",
        "= 'x'",
        "dc:title = 'x",
        "dc:title = x",
        "dc:title = 'x' and",
        "dc:title = 'x' dc:title = 'y'",
        "(dc:title = 'x'",
        "dc:title = 'x')",
        "dc:title ~ 'x'",
        "dc:title like",
        "dc:title between 'a' 'b'",
        "dc:title in ()",
        "dc:title in ('a' 'b')",
        "dc:title is 'x'",
        "not",
        "and = 'x'",
        "dc:title = 'x' or or dc:title = 'y'",
        "bbox(ows:BoundingBox, 1, 2, 3)",
        "intersects(ows:BoundingBox, POLYGON((0 0, 1)))",
        "dc:date during '2003'",
        "bbox(ows:BoundingBox, 1, 2, 3, x)",
        ";drop table records",
        "dc:title = 'x'; delete from records",
        "",
    ],
)
def test_wrong_cql(valid_csw: CswClient, text: str) -> None:
    code, locator = valid_csw.cql(text).exception
    assert (code, locator) == ("InvalidParameterValue", "Constraint")


@pytest.mark.parametrize(
    ("text", "locator"),
    [
        ("dc:nothing = 'x'", "dc:nothing"),
        ("upper(dc:title) = 'X'", "upper"),
        ("bbox(dc:title, 1, 2, 3, 4)", "dc:title"),
        ("bbox(ows:BoundingBox, 1, 2, 3, 4, 'EPSG:5701')", "srsName"),
        ("bbox(ows:BoundingBox, 1, 4, 3, 2)", "Envelope"),
        ("intersects(ows:BoundingBox, LINESTRING(0 0, 1 0))", "LINESTRING"),
        ("intersects(ows:BoundingBox, POLYGON((0 0, 1 0, 1 1)))", "Polygon"),
        ("intersects(ows:BoundingBox, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))", "Polygon"),
        ("intersects(ows:BoundingBox, POLYGON((0 0, 9 0, 9 9, 0 0), (5 1, 6 1, 6 2, 5 1)))", "Polygon"),
        ("touches(ows:BoundingBox, POLYGON((0 0, 1 0, 1 1, 0 0)))", "touches"),
        ("touches(ows:BoundingBox, POLYGON((0 0, 9 0, 1 1, 0 9, 0 0)))", "touches"),
        ("dc:date during 2004/2003", "During"),
        ("dc:date during 2004/2004", "During"),
        ("dc:title during 2003/2004", "dc:title"),
        ("dc:date > 'yesterday'", "dc:date"),
        ("dct:modified like '2026%'", "dct:modified"),
        ("crosses(ows:BoundingBox, POINT(1 2))", "crosses"),
        ("dc:title = '" + "x" * 100_001 + "'", "Constraint"),
    ],
)
def test_cql_that_cannot_be_expressed(valid_csw: CswClient, text: str, locator: str) -> None:
    assert valid_csw.cql(text).exception == ("InvalidParameterValue", locator)


def nested(levels: int, name: str = "Or") -> str:
    return f"<ogc:{name}>" * levels + EQUAL + f"</ogc:{name}>" * levels


@pytest.mark.parametrize("levels", [41, 200, 10_000])
@pytest.mark.parametrize("name", ["Or", "Not"])
def test_filters_that_are_too_deep(valid_csw: CswClient, levels: int, name: str) -> None:
    code, _ = valid_csw.filter(nested(levels, name)).exception
    # libxml2 itself refuses documents that are deeper than 256.
    assert code == ("NoApplicableCode" if levels > 256 else "InvalidParameterValue")


def test_filters_that_are_too_wide(valid_csw: CswClient) -> None:
    assert valid_csw.filter(f"<ogc:Or>{EQUAL * 2000}</ogc:Or>").exception[0] == "InvalidParameterValue"
    halves = f"<ogc:Or>{EQUAL * 300}</ogc:Or>" * 2
    assert valid_csw.filter(f"<ogc:And>{halves}</ogc:And>").exception == (
        "InvalidParameterValue",
        "Constraint",
    )
    many = " or ".join(["dc:title = 'x'"] * 600)
    assert valid_csw.cql(many).exception == ("InvalidParameterValue", "Constraint")


@pytest.mark.parametrize("levels", [41, 500, 20_000])
def test_cql_that_is_too_deep(valid_csw: CswClient, levels: int) -> None:
    for text in ("(" * levels + "dc:title = 'x'" + ")" * levels, "not " * levels + "dc:title = 'x'"):
        assert valid_csw.cql(text).exception == ("InvalidParameterValue", "Constraint")


def test_as_deep_as_is_allowed(valid_csw: CswClient) -> None:
    assert valid_csw.filter(nested(39)).kind == "GetRecordsResponse"
    assert valid_csw.filter(nested(39, "Not")).kind == "GetRecordsResponse"
    assert valid_csw.cql("not " * 38 + "dc:title = 'x'").kind == "GetRecordsResponse"


BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
    f'<csw:GetCapabilities xmlns:csw="{NAMESPACES["csw"]}" service="&c;"/>'
)
OUTSIDE = (
    '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    f'<csw:GetCapabilities xmlns:csw="{NAMESPACES["csw"]}" service="CSW">&a;</csw:GetCapabilities>'
)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"hello",
        b"<",
        b"<a>",
        b"\x00",
        b"\xff\xfe",
        b"<a/><b/>",
        BOMB.encode(),
        OUTSIDE.encode(),
        b"{}",
    ],
)
def test_what_is_no_acceptable_xml(valid_csw: CswClient, body: bytes) -> None:
    assert valid_csw.post(body).exception == ("NoApplicableCode", "")


@pytest.mark.parametrize(
    ("body", "code", "locator"),
    [
        ("<GetCapabilities/>", "InvalidParameterValue", "request"),
        ('<GetCapabilities xmlns="http://www.opengis.net/cat/csw/4.0"/>', "InvalidParameterValue", "request"),
        (f'<GetRecords xmlns="{NAMESPACES["csw"]}" service="CSW" version="2.0.2"/>', "MissingParameterValue", "Query"),
        (f'<GetRecords xmlns="{NAMESPACES["csw"]}" version="2.0.2"><Query/></GetRecords>', "MissingParameterValue", "service"),
        (f'<GetRecords xmlns="{NAMESPACES["csw"]}" service="CSW"><Query typeNames="Record"/></GetRecords>', "MissingParameterValue", "version"),
        (f'<Transaction xmlns="{NAMESPACES["csw"]}" service="CSW" version="2.0.2"/>', "OperationNotSupported", "Transaction"),
        (f'<Harvest xmlns="{NAMESPACES["csw"]}" service="CSW" version="2.0.2"/>', "OperationNotSupported", "Harvest"),
        (get_records("<csw:Other/>"), "InvalidParameterValue", "Other"),
        (get_records("<csw:Constraint/>"), "InvalidParameterValue", "Constraint"),
        (get_records("<ogc:SortBy><ogc:SortProperty/></ogc:SortBy>"), "MissingParameterValue", "PropertyName"),
        (get_records(maxRecords="-1"), "InvalidParameterValue", "maxRecords"),
    ],
)  # fmt: skip
def test_wrong_documents(valid_csw: CswClient, body: str, code: str, locator: str) -> None:
    assert valid_csw.post(body).exception == (code, locator)


def test_a_request_that_is_too_long(valid_csw: CswClient) -> None:
    answer = valid_csw.post(b"<a>" + b"x" * (1024 * 1024) + b"</a>")
    assert answer.status == 413
    assert answer.exception == ("NoApplicableCode", "")


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE records; --", "' OR '1'='1", "%", "_", "\\", "{{7*7}}", "<x/>", "&lt;"]
)
def test_injections_are_text(valid_csw: CswClient, known: list[Known], text: str) -> None:
    quoted = text.replace("'", "''")
    assert valid_csw.cql(f"dc:identifier = '{quoted}'").counts == (0, 0, 0)
    by_id = valid_csw.get(service="CSW", version="2.0.2", request="GetRecordById", id=text)
    assert by_id.records == []
    unknown = valid_csw.get(service="CSW", version="2.0.2", request=text)
    assert unknown.exception == ("OperationNotSupported", text)
    assert valid_csw.query().counts[0] == len(known)


_SOUP = st.text(
    alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60
) | st.lists(
    st.sampled_from(
        ["(", ")", ",", "'", '"', "dc:title", "=", "<>", "and", "or", "not", "like", "'x%'", "in", "between",
         "1", "2003-01", "bbox", "ows:BoundingBox", "is", "null", "csw:AnyText", "envelope", "%", "''"]
    ), max_size=14,
).map(" ".join)  # fmt: skip
RELAXED = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@RELAXED
@given(text=_SOUP)
def test_any_cql_at_all_is_answered(random_csw: CswClient, text: str) -> None:
    answer = random_csw.get(
        service="CSW",
        version="2.0.2",
        request="GetRecords",
        typeNames="csw:Record",
        constraintLanguage="CQL_TEXT",
        constraint=text,
    )
    assert answer.kind in {"GetRecordsResponse", "ExceptionReport"}
    assert answer.status == 200


_NAMES = st.sampled_from(
    ["service", "version", "request", "typeNames", "resultType", "maxRecords", "startPosition", "id", "sortBy",
     "constraint", "constraintLanguage", "elementName", "elementSetName", "outputSchema", "namespace", "sections",
     "propertyName", "parameterName", "AcceptVersions", "requestId", "typeName"]
)  # fmt: skip
_VALUES = st.sampled_from(
    ["CSW", "2.0.2", "GetRecords", "GetRecordById", "GetDomain", "DescribeRecord", "GetCapabilities", "csw:Record",
     "results", "hits", "validate", "1", "0", "dc:title", "brief", "FILTER", "CQL_TEXT", "All", ""]
) | st.text(max_size=20, alphabet=st.characters(exclude_categories=["Cs"]))  # fmt: skip


@RELAXED
@given(parameters=st.dictionaries(_NAMES, _VALUES, max_size=8))
def test_any_parameters_at_all_are_answered(random_csw: CswClient, parameters: dict[str, str]) -> None:
    good = {"service": "CSW", "version": "2.0.2", "request": "GetRecords", "typeNames": "csw:Record"}
    assert random_csw.get(**(good | parameters)).status == 200
