"""CSW 3.0.0: versions, operations, parameters and exceptions; every answer is valid."""

# ruff: noqa: E501 - tables with a request a line
from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from owslib import fes2
from owslib.catalogue.csw3 import CatalogueServiceWeb
from requests import HTTPError

import factories
from catalogue.query import And, AnyText, Extent, Identified, Missing, Predicate, Relation
from catalogue.record import Period, Record, Text
from catalogue.rendering.csw_record import write30
from catalogue.store import Store
from csw_client import NAMESPACES, Answer, CswClient, serving
from endpoint.csw30.domains import PARAMETERS
from filter_writers import FilterWriter
from query_truth import DATES, Known, instant, leaves, matching, trees

pytestmark = pytest.mark.corpus

GMD = NAMESPACES["gmd"]
CSW = f'xmlns:csw30="{NAMESPACES["csw30"]}" service="CSW" version="3.0.0"'
GET = (
    "service=CSW&version=3.0.0&request=GetRecords&typeNames=csw30:Record&maxRecords=1000&elementSetName=brief"
)
BY_ID = "service=CSW&version=3.0.0&request=GetRecordById"
DOMAIN = "service=CSW&version=3.0.0&request=GetDomain"
CAPABILITIES = "service=CSW&request=GetCapabilities"
RELAXED = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def check(answer: Answer, known: list[Known], where: Predicate) -> None:
    expected = set(matching(known, where))
    assert answer.identifiers == [one.identifier for one in known if one.number in expected]
    assert answer.counts == (len(expected), len(expected), 0)


@pytest.mark.parametrize(
    ("query", "version"),
    [
        (CAPABILITIES, "2.0.2"),
        (f"{CAPABILITIES}&version=2.0.2", "2.0.2"),
        ("", "3.0.0"),
        ("utm_source=x", "3.0.0"),
        (f"{CAPABILITIES}&version=3.0.0", "3.0.0"),
        (f"{CAPABILITIES}&AcceptVersions=3.0.0", "3.0.0"),
        (f"{CAPABILITIES}&acceptversions=3.0.0,2.0.2", "3.0.0"),
        (f"{CAPABILITIES}&AcceptVersions=2.0.2,3.0.0", "2.0.2"),
        (f"{CAPABILITIES}&AcceptVersions=4.0.0,3.0.0", "3.0.0"),
        (f"{CAPABILITIES}&AcceptVersions=2.0.2&version=3.0.0", "2.0.2"),
    ],
)
def test_the_client_chooses_the_version(csw30: CswClient, query: str, version: str) -> None:
    answer = csw30.get(query, valid=version == "3.0.0")
    assert (answer.kind, answer.root.get("version")) == ("Capabilities", version)


def test_capabilities(csw30: CswClient) -> None:
    answer = csw30.get(f"{CAPABILITIES}&AcceptVersions=3.0.0")
    assert [etree.QName(child).localname for child in answer.root] == [
        "ServiceIdentification",
        "ServiceProvider",
        "OperationsMetadata",
        "Languages",
        "Filter_Capabilities",
    ]
    versions = answer.all("ows20:ServiceIdentification/ows20:ServiceTypeVersion/text()")
    assert versions == ["2.0.2", "3.0.0"]
    for section in ("ServiceProvider", "Filter_Capabilities"):
        some = csw30.get(f"{CAPABILITIES}&AcceptVersions=3.0.0&sections={section}")
        assert [etree.QName(child).localname for child in some.root] == [section]
    nothing = csw30.get(f"{CAPABILITIES}&AcceptVersions=3.0.0&sections=")
    assert len(nothing.root) == 0
    posted = csw30.post(
        f'<csw30:GetCapabilities xmlns:csw30="{NAMESPACES["csw30"]}" xmlns:ows="{NAMESPACES["ows20"]}">'
        "<ows:AcceptVersions><ows:Version>3.0.0</ows:Version></ows:AcceptVersions>"
        "<ows:Sections><ows:Section>All</ows:Section></ows:Sections></csw30:GetCapabilities>"
    )
    assert etree.tostring(posted.root) == etree.tostring(answer.root)


@pytest.mark.parametrize(
    ("query", "status", "code", "locator"),
    [
        ("version=3.0.0&request=GetCapabilities", 400, "MissingParameterValue", "service"),
        ("acceptVersions=3.0.0&request=GetCapabilities", 400, "MissingParameterValue", "service"),
        ("service=CSW&version=3.0.0", 400, "MissingParameterValue", "request"),
        ("service=WMS&version=3.0.0&request=GetCapabilities", 400, "InvalidParameterValue", "service"),
        ("service=CSW&version=3.0.0&request=getCapabilities", 400, "InvalidParameterValue", "request"),
        ("service=CSW&acceptVersions=3.0.0&request=getCapabilities", 400, "InvalidParameterValue", "request"),
        ("service=CSW&version=3.0.0&request=DescribeRecord", 501, "OperationNotSupported", "DescribeRecord"),
        ("service=CSW&version=3.0.0&request=Transaction", 501, "OperationNotSupported", "Transaction"),
        ("service=CSW&version=3.0.0&request=Harvest", 501, "OperationNotSupported", "Harvest"),
        ("service=CSW&version=3.0.0&request=UnHarvest", 501, "OperationNotSupported", "UnHarvest"),
        (f"{CAPABILITIES}&version=3.0.0&acceptFormats=model/x3d", 400, "InvalidParameterValue", "AcceptFormats"),
        (f"{CAPABILITIES}&version=3.0.0&sections=Contents", 400, "InvalidParameterValue", "sections"),
        ("service=CSW&version=3.0.0&request=GetRecords", 400, "MissingParameterValue", "typeNames"),
        (GET.replace("csw30:Record", "Unknown"), 400, "InvalidParameterValue", "typeNames"),
        (f"{GET}&outputFormat=text/example", 400, "InvalidParameterValue", "outputFormat"),
        (f"{GET}&outputSchema=urn:x", 400, "InvalidParameterValue", "outputSchema"),
        (GET.replace("=brief", "=undefined-view"), 400, "InvalidParameterValue", "ElementSetName"),
        (f"{GET}&elementName=dc:title", 400, "InvalidParameterValue", "ElementName"),
        (GET.replace("elementSetName=brief", "elementName=undefined"), 400, "InvalidParameterValue", "ElementName"),
        (f"{GET}&bbox=1,2,3", 400, "InvalidParameterValue", "bbox"),
        (f"{GET}&bbox=1,2,3,x", 400, "InvalidParameterValue", "bbox"),
        (f"{GET}&bbox=1,9,3,4", 400, "InvalidParameterValue", "bbox"),
        (f"{GET}&bbox=1,2,3,4,urn:ogc:def:crs:EPSG::0000", 400, "InvalidParameterValue", "bbox"),
        (f"{GET}&bbox=514432,5429689,529130,5451619", 400, "InvalidParameterValue", "bbox"),
        (f"{GET}&recordIds=nobody", 404, "NotFound", "recordIds"),
        (f"{GET}&time=soon", 400, "InvalidParameterValue", "time"),
        (f"{GET}&time=2004/2003", 400, "InvalidParameterValue", "time"),
        (f"{GET}&recordIds=" + "x," * 1001, 400, "InvalidParameterValue", "recordIds"),
        (f"{GET}&lat=1&lon=2&radius=5", 400, "InvalidParameterValue", "lat"),
        (f"{GET}&startPosition=0", 400, "InvalidParameterValue", "startPosition"),
        (f"{GET}&ResponseHandler=mailto:x@example.org", 400, "InvalidParameterValue", "ResponseHandler"),
        (f"{GET}&constraint=x&constraintLanguage=SQL", 400, "InvalidParameterValue", "CONSTRAINTLANGUAGE"),
        (BY_ID, 400, "MissingParameterValue", "id"),
        (f"{BY_ID}&id=a,b", 400, "InvalidParameterValue", "id"),
        (f"{BY_ID}&id=nobody", 404, "NotFound", "id"),
        (f"{BY_ID}&id=nobody&outputFormat=model/collada", 400, "InvalidParameterValue", "outputFormat"),
        (f"{BY_ID}&id=nobody&outputSchema=http://example.org/", 400, "InvalidParameterValue", "outputSchema"),
        (DOMAIN, 400, "MissingParameterValue", "ParameterName"),
        (f"{DOMAIN}&parameterName=GetRecords.nothing", 400, "InvalidParameterValue", "ParameterName"),
        (f"{DOMAIN}&valueReference=dc:title2", 400, "InvalidParameterValue", "ValueReference"),
        (f"{DOMAIN}&valueReference=dc:title&resultType=all", 400, "InvalidParameterValue", "resultType"),
        (f"{DOMAIN}&valueReference=dc:title&constraintLanguage=CQL_TEXT&constraint=dc:title='x'", 400, "InvalidParameterValue", "Filter"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(csw30: CswClient, query: str, status: int, code: str, locator: str) -> None:
    answer = csw30.get(query)
    assert answer.exception == (code, locator)
    assert (answer.status, answer.content_type) == (status, "application/xml")
    assert answer.root.get("version") == "3.0.0"


@pytest.mark.parametrize("operation", ["Transaction", "Harvest", "UnHarvest"])
def test_operations_that_change_the_catalogue_are_refused(csw30: CswClient, operation: str) -> None:
    answer = csw30.post(f"<csw30:{operation} {CSW}/>")
    assert (answer.status, answer.exception) == (501, ("OperationNotSupported", operation))


@pytest.mark.parametrize("view", ["brief", "summary", "full"])
def test_records_are_valid_in_each_view(csw30: CswClient, known: list[Known], view: str) -> None:
    answer = csw30.get(GET.replace("brief", view))
    assert answer.counts == (len(known), len(known), 0)
    root = {"brief": "BriefRecord", "summary": "SummaryRecord", "full": "Record"}[view]
    assert {record.tag for record in answer.records} == {f"{{{NAMESPACES['csw30']}}}{root}"}
    assert answer.one("csw30:SearchResults/@elementSet") == view
    assert answer.one("csw30:SearchResults/@status") == "complete"
    boxed = answer.all("//ows20:BoundingBox")
    assert {box.get("crs") for box in boxed} == {"http://www.opengis.net/def/crs/EPSG/0/4326"}
    assert bool(answer.all("//csw30:TemporalExtent")) is (view != "brief")


def test_temporal_extents_end_with_the_period_that_is_named() -> None:
    periods = (Period("2003", "2004-02"), Period("", "2005-06-07"), Period("the nineties", ""))
    record = Record(title=Text.of("x"), periods=periods)
    written = etree.fromstring(write30(record, identifier="x"))
    told = written.xpath("//csw30:TemporalExtent", namespaces=NAMESPACES)
    assert ["".join(one.itertext()) for one in told] == [
        "2003-01-01T00:00:00Z2004-02-29T23:59:59Z",
        "2005-06-07T23:59:59Z",
    ]


def test_slices(csw30: CswClient, known: list[Known]) -> None:
    some = csw30.get(GET.replace("1000", "2") + "&startPosition=3")
    assert some.identifiers == [one.identifier for one in known[2:4]]
    assert some.counts == (len(known), 2, 5)
    assert some.one("csw30:SearchResults/@status") == "subset"
    none = csw30.get(GET.replace("1000", "0"))
    assert none.counts == (len(known), 0, 1)
    assert none.one("csw30:SearchResults/@status") == "none"


def test_elements_are_chosen(csw30: CswClient) -> None:
    chosen = GET.replace("elementSetName=brief", "elementName=tns:title,ows:BoundingBox,csw30:TemporalExtent")
    answer = csw30.get(f"{chosen}&namespace=xmlns(tns=http://purl.org/dc/elements/1.1/)")
    names = {etree.QName(child).localname for record in answer.records for child in record}
    assert names == {"title", "BoundingBox", "TemporalExtent"}


def test_words_boxes_and_identifiers(csw30: CswClient, known: list[Known]) -> None:
    check(csw30.get(f"{GET}&q=lead"), known, AnyText(("lead",)))
    check(csw30.get(f"{GET}&q=lead%20MERCURY"), known, And((AnyText(("lead",)), AnyText(("mercury",)))))
    check(csw30.get(f"{GET}&q=%22lead%20mercury%22"), known, AnyText(("lead mercury",)))
    check(csw30.get(f"{GET}&q=nonsense"), known, AnyText(("nonsense",)))
    box = Extent(Relation.INTERSECTS, -10.0, 0.0, 20.0, 90.0)
    check(csw30.get(f"{GET}&bbox=-10,0,20,90"), known, box)
    check(csw30.get(f"{GET}&bbox=0,-10,90,20,urn:ogc:def:crs:EPSG::4326"), known, box)
    over = Extent(Relation.INTERSECTS, 179.0, -10.0, -179.0, 10.0)
    check(csw30.get(f"{GET}&bbox=179,-10,-179,10"), known, over)
    names = (known[4].identifier, known[1].identifier, "oai:nobody")
    check(csw30.get(f"{GET}&recordIds={','.join(names)}"), known, Identified(names))
    both = f"{GET}&bbox=-10,0,20,90&q=lead&time=/&recordIds=&constraintLanguage=CQL_TEXT&constraint="
    text = Missing("format")
    check(csw30.get(f"{both}dc:format is null"), known, And((text, box, AnyText(("lead",)))))


def _hull(record: Record) -> tuple[datetime, datetime, bool] | None:
    """A record's temporal extent, told by plain Python: begin, end, and whether the end is itself inside."""
    if not any(period.begin or period.end for period in record.periods):
        return None
    begins = [instant(period.begin) for period in record.periods if period.begin]
    ends = [_behind(period.end) for period in record.periods if period.end]
    return min(begins, default=_PAST), *max(ends, default=(_FUTURE, True))


_PAST, _FUTURE = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


def _behind(date: str) -> tuple[datetime, bool]:
    """The end of the period that a date names: that instant itself, or the one behind a day, a month, a year."""
    if len(date) > 10:
        return instant(date), True
    first = instant(date)
    if len(date) == 4:
        return first.replace(year=first.year + 1), False
    return (first + timedelta(days=1 if len(date) == 10 else 31)).replace(
        day=(first + timedelta(days=1)).day if len(date) == 10 else 1
    ), False


def _reaches(end: tuple[datetime, bool], at: datetime, *, beyond: bool = False) -> bool:
    """Whether an end is at this instant or behind it; with `beyond`, behind it."""
    behind, itself = end
    return behind > at if beyond or not itself else behind >= at


_ends = st.sampled_from(["", *(date for date in DATES if "+" not in date)])


@RELAXED
@given(begin=_ends, end=_ends)
def test_times(csw30: CswClient, known: list[Known], begin: str, end: str) -> None:
    last = _FUTURE if not end else _behind(end)[0] - timedelta(seconds=0 if len(end) > 10 else 1)
    if begin and instant(begin) > last:
        return
    first = instant(begin) if begin else _PAST
    answer = csw30.get(f"{GET}&time={begin}/{end}")

    def wanted(one: Known) -> bool:
        hull = _hull(one.record)
        return hull is not None and hull[0] <= last and _reaches(hull[1:], first)

    expected = [one.identifier for one in known if not (begin or end) or wanted(one)]
    assert answer.identifiers == expected


def _stands(hull: tuple[datetime, datetime, bool], operator: str, begin: datetime, end: datetime) -> bool:
    first, *behind = hull
    return {
        "After": first > end,
        "Before": not _reaches(behind, begin),
        "AnyInteracts": first <= end and _reaches(behind, begin),
        "TContains": first < begin and _reaches(behind, end, beyond=True),
        "During": first > begin and not _reaches(behind, end),
        "TOverlaps": first < begin and _reaches(behind, begin, beyond=True) and not _reaches(behind, end),
        "OverlappedBy": begin < first < end and _reaches(behind, end, beyond=True),
    }[operator]


_RELATIONS = ["After", "Before", "AnyInteracts", "TContains", "During", "TOverlaps", "OverlappedBy"]
_moments = st.sampled_from([date for date in DATES if "+" not in date])


@RELAXED
@given(
    operator=st.sampled_from(_RELATIONS), begin=_moments, end=_moments, name=st.sampled_from(["csw30:", ""])
)
def test_temporal_extents(
    csw30: CswClient, known: list[Known], operator: str, begin: str, end: str, name: str
) -> None:
    if instant(begin) >= instant(end):
        return
    time = f"<g:TimePeriod><g:beginPosition>{begin}</g:beginPosition><g:endPosition>{end}</g:endPosition></g:TimePeriod>"
    written = (
        f'<fes:Filter xmlns:fes="{NAMESPACES["fes"]}" xmlns:g="http://www.opengis.net/gml/3.2"><fes:{operator}>'
        f"<fes:ValueReference>{name}TemporalExtent</fes:ValueReference>{time}</fes:{operator}></fes:Filter>"
    )
    answer = csw30.get(f"{GET}&constraintLanguage=FILTER&constraint={quote(written)}")
    hulls = [(one, _hull(one.record)) for one in known]
    expected = [
        one.identifier
        for one, hull in hulls
        if hull and _stands(hull, operator, instant(begin), instant(end))
    ]
    assert answer.identifiers == expected
    none = csw30.get(f"{GET}&constraintLanguage=CQL_TEXT&constraint=TemporalExtent is null")
    assert none.identifiers == [one.identifier for one, hull in hulls if hull is None]


@pytest.mark.parametrize(
    ("text", "locator"),
    [
        ("TemporalExtent = '2003'", "TemporalExtent"),
        ("TemporalExtent like '2003%'", "TemporalExtent"),
        ("TemporalExtent during 2003/2003", "During"),
        ("TemporalExtent during 'soon/later'", "TemporalExtent"),
    ],
)
def test_what_cannot_be_told_of_temporal_extents(csw30: CswClient, text: str, locator: str) -> None:
    answer = csw30.get(f"{GET}&constraintLanguage=CQL_TEXT&constraint={quote(text)}")
    assert answer.exception == ("InvalidParameterValue", locator)


def test_temporal_extents_have_no_order_and_no_values(csw30: CswClient) -> None:
    assert csw30.get(f"{DOMAIN}&valueReference=TemporalExtent").all("csw30:DomainValues/*[2]") == []
    assert csw30.get(f"{GET}&sortBy=TemporalExtent").exception == ("InvalidParameterValue", "SortBy")


@RELAXED
@given(where=trees(leaves()), seed=st.integers(0, 1000))
def test_filters(csw30: CswClient, known: list[Known], where: Predicate, seed: int) -> None:
    written = FilterWriter(seed, version="2.0.0").filter(where)
    posted = (
        f'<csw30:GetRecords {CSW} maxRecords="1000"><csw30:Query typeNames="csw30:Record">'
        "<csw30:ElementSetName>brief</csw30:ElementSetName>"
        f'<csw30:Constraint version="2.0.0">{written}</csw30:Constraint></csw30:Query></csw30:GetRecords>'
    )
    answer = csw30.post(posted)
    check(answer, known, where)
    assert csw30.get(
        service="CSW", version="3.0.0", request="GetRecords", typeNames="csw30:Record", maxRecords="1000",
        elementSetName="brief", constraintLanguage="FILTER", constraint=written,
    ).identifiers == answer.identifiers  # fmt: skip


def test_order(csw30: CswClient) -> None:
    by_get = csw30.get(f"{GET}&sortBy=dc:type:D,Title")
    posted = (
        f'<csw30:GetRecords {CSW} xmlns:fes="{NAMESPACES["fes"]}" maxRecords="1000"><csw30:Query typeNames="csw30:Record">'
        "<csw30:ElementSetName>brief</csw30:ElementSetName><fes:SortBy><fes:SortProperty>"
        "<fes:ValueReference>dc:type</fes:ValueReference><fes:SortOrder>DESC</fes:SortOrder></fes:SortProperty>"
        "<fes:SortProperty><fes:ValueReference>Title</fes:ValueReference></fes:SortProperty></fes:SortBy>"
        "</csw30:Query></csw30:GetRecords>"
    )
    assert csw30.post(posted).identifiers == by_get.identifiers
    assert by_get.identifiers != csw30.get(GET).identifiers


def test_a_record_by_its_identifier_is_the_answer(csw30: CswClient, known: list[Known]) -> None:
    name = known[3].identifier
    for view, root in (("", "SummaryRecord"), ("brief", "BriefRecord"), ("full", "Record")):
        answer = csw30.get(f"{BY_ID}&id={name}&elementSetName={view}")
        assert answer.root.tag == f"{{{NAMESPACES['csw30']}}}{root}"
        assert answer.all("dc:identifier/text()")[0] == name
    posted = csw30.post(f"<csw30:GetRecordById {CSW}><csw30:Id>{name}</csw30:Id></csw30:GetRecordById>")
    assert posted.kind == "SummaryRecord"
    native = csw30.get(f"{BY_ID}&id={name}&outputSchema={GMD}", valid=False)
    assert native.one("gmd:fileIdentifier/gco:CharacterString/text()") == name


def test_a_record_as_its_source_sent_it(csw30: CswClient, random_store: Store, known: list[Known]) -> None:
    item = "service=CSW&version=3.0.0&request=GetRepositoryItem"
    answer = csw30.get(f"{item}&id={known[3].identifier}", valid=False)
    assert answer.content == random_store.search.payload(known[3].number)
    assert csw30.get(f"{item}&id=nobody").exception == ("NotFound", "id")
    assert csw30.get(item).exception == ("MissingParameterValue", "id")
    assert random_store.search.payload(10_000) is None
    older = "service=CSW&version=2.0.2&request=GetRepositoryItem"
    answer = csw30.get(f"{older}&id={known[3].identifier}", valid=False)
    assert answer.content == random_store.search.payload(known[3].number)
    assert csw30.get(f"{older}&id=nobody", valid=False).exception == ("NotFound", "id")
    assert csw30.get(f"{older}&id=a,b", valid=False).exception == ("InvalidParameterValue", "id")


def test_what_a_source_sent_as_json_is_json(sqlite_store: Store) -> None:
    payload = b'{"type": "Feature"}'
    record = Record(title=Text.of("Wells"))
    factories.add_source(sqlite_store)
    write = factories.write_of(
        sqlite_store, record, source_identifier="a", prefix="ogc_record", native=payload
    )
    factories.commit(sqlite_store, factories.open_run(sqlite_store), [write])
    (name,) = CswClient(sqlite_store).get(GET).identifiers
    for version in ("2.0.2", "3.0.0"):
        query = f"service=CSW&version={version}&request=GetRepositoryItem&id={name}"
        answer = CswClient(sqlite_store).fetch(query)
        assert (answer.content, answer.content_type) == (payload, "application/json")


def test_an_envelope_of_soap_holds_no_json(csw30: CswClient) -> None:
    asked = (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>'
        f'<csw30:GetRecords {CSW} outputFormat="application/json"><csw30:Query typeNames="csw30:Record"/>'
        "</csw30:GetRecords></s:Body></s:Envelope>"
    )
    answer = csw30.post(asked, valid=False)
    assert answer.status == 400
    assert answer.all("//ows20:Exception/@locator") == ["outputFormat"]


def test_feeds(csw30: CswClient, known: list[Known]) -> None:
    """RFC 4287, 4.1: what a feed and an entry must have."""
    atom = "application/atom+xml"
    answers = [
        csw30.get(GET.replace("1000", "3") + f"&startPosition=2&{more}", valid=False, accept=accept)
        for more, accept in (
            ("outputFormat=application/atom%2Bxml", ""),
            ("outputSchema=http://www.w3.org/2005/Atom", ""),
            ("", f"{atom}, application/xml;q=0.5"),
        )
    ]
    for answer in answers:
        assert (answer.status, answer.content_type, answer.kind) == (200, atom, "feed")
        assert [answer.one(f"os:{name}/text()") for name in ("totalResults", "startIndex", "itemsPerPage")] == [
            str(len(known)), "2", "3",
        ]  # fmt: skip
        assert answer.all("atom:entry/dc:identifier/text()") == [one.identifier for one in known[1:4]]
        for element in (answer.root, *answer.all("atom:entry")):
            for name in ("id", "title", "updated"):
                assert len(element.findall(f"atom:{name}", NAMESPACES)) == 1
            assert element.findtext("atom:author/atom:name", namespaces=NAMESPACES)
    boxes = csw30.get(f"{GET}&outputFormat=application/atom%2Bxml", valid=False).all("//georss:box/text()")
    told = [f"{b.south:g} {b.west:g} {b.north:g} {b.east:g}" for one in known for b in one.record.boxes]
    assert boxes == told
    assert csw30.get(GET, accept="application/xml, application/atom+xml").kind == "GetRecordsResponse"
    inside = csw30.get(
        f"{GET}&outputFormat=application/xml&outputSchema=http://www.w3.org/2005/Atom", valid=False
    )
    assert {record.tag for record in inside.records} == {"{http://www.w3.org/2005/Atom}entry"}
    other = csw30.get(f"{GET}&outputFormat=application/atom%2Bxml&outputSchema={GMD}")
    assert other.exception == ("InvalidParameterValue", "outputSchema")


def test_an_entry_leads_to_its_record(csw30: CswClient, known: list[Known]) -> None:
    entry = csw30.get(f"{BY_ID}&id={known[2].identifier}&outputFormat=application/atom%2Bxml", valid=False)
    assert (entry.kind, entry.content_type) == ("entry", "application/atom+xml")
    address = entry.one("atom:link[@rel='alternate']/@href")
    assert entry.one("atom:id/text()") == address
    assert csw30.get(address.partition("?")[2]).all("dc:identifier/text()")[0] == known[2].identifier


def test_domains(csw30: CswClient, known: list[Known]) -> None:
    answer = csw30.get(
        f"{DOMAIN}&valueReference=dc:format,dct:modified&parameterName=GetRecords.ElementSetName"
    )
    values = answer.all("csw30:DomainValues[1]//csw30:Value")
    counts = {value.text: int(value.get("count")) for value in values}
    formats = [value for one in known for value in one.values("format")]
    assert counts == {value: formats.count(value) for value in formats}
    assert len(answer.all("csw30:DomainValues[2]/csw30:RangeOfValues")) == 1
    assert answer.all("csw30:DomainValues[3]//csw30:Value/text()") == ["brief", "summary", "full"]
    possible = csw30.post(
        f'<csw30:GetDomain {CSW}><csw30:ValueReference resultType="possible">dc:title</csw30:ValueReference></csw30:GetDomain>'
    )
    assert possible.one("csw30:DomainValues/@resultType") == "possible"
    assert possible.all("//csw30:ListOfValues") == []
    for name in PARAMETERS:
        assert csw30.get(f"{DOMAIN}&parameterName={name}").all("//csw30:Value")


def test_soap(csw30: CswClient) -> None:
    envelope = f'<soap:Envelope xmlns:soap="{NAMESPACES["soap"]}"><soap:Body><csw30:GetRecordById {CSW}><csw30:Id>x</csw30:Id></csw30:GetRecordById></soap:Body></soap:Envelope>'
    answer = csw30.post(envelope, valid=False)
    path = (
        "/soap:Envelope/soap:Body/soap:Fault/soap:Detail/ows20:ExceptionReport/ows20:Exception/@exceptionCode"
    )
    assert (answer.status, answer.one(path)) == (404, "NotFound")


def test_distributed_search_is_answered_by_this_catalogue(csw30: CswClient, known: list[Known]) -> None:
    posted = (
        f'<csw30:GetRecords {CSW} requestId="urn:uuid:1"><csw30:DistributedSearch clientId="urn:x:c"'
        ' distributedSearchId="urn:x:d"/><csw30:Query typeNames="csw30:Record"><csw30:ElementSetName>brief'
        "</csw30:ElementSetName></csw30:Query></csw30:GetRecords>"
    )
    answer = csw30.post(posted)
    assert answer.counts[0] == len(known)
    assert answer.all("//csw30:FederatedSearchResult") == []
    assert answer.one("csw30:RequestId/text()") == "urn:uuid:1"


def test_opensearch(csw30: CswClient, known: list[Known]) -> None:
    path = "//ows20:Constraint[@name='OpenSearchDescriptionDocument']//ows20:Value/text()"
    address = csw30.get(f"{CAPABILITIES}&version=3.0.0").one(path)
    answer = csw30.get(address.partition("?")[2], valid=False)
    assert answer.content_type == "application/opensearchdescription+xml"
    accepted = csw30.get("", valid=False, accept="application/opensearchdescription+xml, */*;q=0.1")
    assert accepted.content == answer.content
    (url,) = answer.root.findall("{http://a9.com/-/spec/opensearch/1.1/}Url[@type='application/xml']")
    assert len(answer.root.findtext("{http://a9.com/-/spec/opensearch/1.1/}ShortName")) <= 16
    template = url.get("template").partition("?")[2]
    filled = {"searchTerms": "lead", "geo:box": "-10,0,20,90", "count": "3", "startIndex": "1"}
    query = re.sub(r"\{([\w:]+)\??\}", lambda found: filled.get(found[1], ""), template)
    expected = matching(known, And((AnyText(("lead",)), Extent(Relation.INTERSECTS, -10.0, 0.0, 20.0, 90.0))))
    assert csw30.get(query).counts[0] == len(expected) > 0


@pytest.mark.parametrize("version", ["2.0.2", "3.0.0", "1.0"])
def test_who_speaks_opensearch_is_answered_in_atom(
    csw30: CswClient, known: list[Known], version: str
) -> None:
    asked = f"mode=opensearch&service=CSW&VERSION={version}&request=GetRecords&typeNames=csw:Record"
    answer = csw30.get(f"{asked}&q=lead&maxRecords=3", valid=False)
    expected = matching(known, AnyText(("lead",)))
    assert (answer.kind, answer.content_type) == ("feed", "application/atom+xml")
    assert answer.one("os:totalResults/text()") == str(len(expected))
    # Unless it asks for something else.
    plain = csw30.get(f"{asked}&outputSchema={NAMESPACES['csw30']}")
    assert plain.counts[0] == len(known)
    assert csw30.get(f"{asked}&q=lead", accept="application/xml").counts[0] == len(expected)
    described = csw30.get(
        f"mode=opensearch&service=CSW&version={version}&request=GetCapabilities", valid=False
    )
    assert described.kind == "OpenSearchDescription"


@pytest.mark.parametrize("name", ["eo:cloudCover", "start", "lat", "geometry"])
def test_what_other_servers_can_be_asked_is_not_left_out(csw30: CswClient, name: str) -> None:
    assert csw30.get(f"{GET}&{name}=1").exception == ("InvalidParameterValue", name.lower())
    assert csw30.get(f"{GET}&{name}=").kind == "GetRecordsResponse"


@pytest.fixture(scope="module")
def address(random_store: Store, known: list[Known]) -> Iterator[str]:
    """Where the store is served."""
    with serving(random_store) as address:
        yield address


def test_owslib_reads_it(address: str, known: list[Known]) -> None:
    """OWSLib's own client, over a real socket. Its GetRecordById looks for records below the root alone."""
    client = CatalogueServiceWeb(address)
    assert client.identification.title == "Example Catalogue"
    assert client.constraints["MaxRecordDefault"].values == ["10"]
    names = ["GetCapabilities", "GetDomain", "GetRecords", "GetRecordById", "GetRepositoryItem"]
    assert [operation.name for operation in client.operations] == names
    client.getrecords(constraints=[fes2.PropertyIsLike("csw:AnyText", "%lead%")], esn="full", maxrecords=1000)
    expected = set(matching(known, AnyText(("lead",))))
    assert list(client.records) == [one.identifier for one in known if one.number in expected]
    for one in known:
        if one.number in expected:
            assert client.records[one.identifier].title == one.record.title.default
    client.getrecords(constraints=[fes2.BBox([-10, 0, 20, 90])], maxrecords=1000)
    box = Extent(Relation.INTERSECTS, -10.0, 0.0, 20.0, 90.0)
    assert client.results["matches"] == len(matching(known, box))
    client.getrecords(cql="dc:type = 'Text'", maxrecords=5)
    assert client.results["returned"] == len(client.records) == 5
    assert client.results["nextrecord"] == 6
    client.getrecords(outputschema=GMD, maxrecords=3)
    assert list(client.records) == [one.identifier for one in known[:3]]
    client.getdomain("dc:type", dtype="property")
    assert "Text" in client.results["values"]
    client.getdomain("GetRecords.ElementSetName")
    assert client.results["values"] == ["brief", "summary", "full"]
    client.getrecordbyid([known[0].identifier])
    assert client.exceptionreport is None
    # OWSLib does not read reports that come with the status that the standard gives them.
    with pytest.raises(HTTPError, match="404"):
        client.getrecordbyid(["nobody"])
