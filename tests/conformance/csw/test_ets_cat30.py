"""The 52 assertions of the OGC test suite for CSW 3.0.0 (ets-cat30), each under its name.

The suite takes its samples from what it finds in the service; here they are taken from the reference records.
"""

# ruff: noqa: N802 - the names are the suite's
from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from lxml import etree

from catalogue.store import Store
from csw_client import NAMESPACES, Answer, CswClient

pytestmark = pytest.mark.corpus

CSW30 = NAMESPACES["csw30"]
ATOM = "application/atom+xml"
DESCRIPTION = "application/opensearchdescription+xml"
CAPABILITIES = "service=CSW&request=GetCapabilities"
RECORDS = "service=CSW&version=3.0.0&request=GetRecords&typeNames=Record"
BY_ID = "service=CSW&version=3.0.0&request=GetRecordById"
#: One of the reference records, with its extent: south, west, north, east.
BOXED = "urn:uuid:9a669547-b69b-469f-a11f-2d875366bbdc"
FIRST = "urn:uuid:19887a8a-f6b0-4a63-ae56-7fba0e17801f"
SECOND = "urn:uuid:e9330592-0932-474b-be34-c3a3bb67c7db"
BOX = "-6.17,44.79,17.92,68.41"


@pytest.fixture
def csw(reference_store: Store, xsd: Callable[[str], etree.XMLSchema]) -> CswClient:
    """A client that validates each answer against the schemas of 3.0.0."""
    return CswClient(reference_store, xsd("csw30"))


def refused(answer: Answer, code: str, locator: str, status: int = 400) -> None:
    assert (answer.status, answer.exception) == (status, (code, locator))
    assert answer.root.tag == f"{{{NAMESPACES['ows20']}}}ExceptionReport"
    assert answer.root.get("version") == "3.0.0"


def views(answer: Answer) -> set[str]:
    assert answer.root.tag == f"{{{CSW30}}}GetRecordsResponse"
    return {etree.QName(record).localname for record in answer.records}


def meets(box: str, other: str) -> bool:
    """Whether two boxes meet: "south west" and "north east" corners, and west, south, east, north."""
    south, west, north, east = map(float, box.split())
    w, s, e, n = map(float, other.split(","))
    return west <= e and w <= east and south <= n and s <= north


def boxes(answer: Answer) -> list[str]:
    return [" ".join(box.itertext()) for box in answer.all("//ows20:BoundingBox")]


# GetCapabilitiesTests


def test_getFullCapabilitiesAcceptVersion3(csw: CswClient) -> None:
    answer = csw.get(f"{CAPABILITIES}&acceptVersions=3.0.0")
    assert answer.root.get("version") == "3.0.0"
    for section in (
        "ows20:ServiceIdentification",
        "ows20:ServiceProvider",
        "ows20:OperationsMetadata",
        "ows20:Languages",
        "fes:Filter_Capabilities",
    ):
        assert len(answer.all(section)) == 1
    # csw-capabilities-3.0.sch, R48 and the patterns beside it
    for name in (
        "OpenSearch", "GetCapabilities-XML", "GetRecordById-XML", "GetRecords-Basic-XML",
        "GetRecords-Distributed-XML", "GetRecords-Distributed-KVP", "GetRecords-Async-XML",
        "GetRecords-Async-KVP", "GetDomain-XML", "GetDomain-KVP", "Transaction", "Harvest-Basic-XML",
        "Harvest-Basic-KVP", "Harvest-Async-XML", "Harvest-Async-KVP", "Harvest-Periodic-XML",
        "Harvest-Periodic-KVP", "Filter-CQL", "Filter-FES-XML", "Filter-FES-KVP-Advanced",
    ):  # fmt: skip
        assert answer.all(f"ows20:OperationsMetadata/ows20:Constraint[@name='{name}']//ows20:Value/text()")
    schemas = answer.all("//ows20:Parameter[@name='outputSchema']//ows20:Value/text()")
    assert {CSW30, NAMESPACES["atom"]} <= set(schemas)
    formats = answer.all("//ows20:Parameter[@name='outputFormat']//ows20:Value/text()")
    assert {"application/xml", ATOM} <= set(formats)
    for name in ("ImplementsMinSpatialFilter", "ImplementsMinimumXPath"):
        assert answer.one(f"//fes:Constraint[@name='{name}']/ows11:DefaultValue/text()") == "TRUE"
    for name, value in (("acceptVersions", "3.0.0"), ("acceptFormats", "text/xml"), ("sections", "All")):
        path = (
            f"//ows20:Operation[@name='GetCapabilities']/ows20:Parameter[@name='{name}']//ows20:Value/text()"
        )
        assert value in answer.all(path)


def test_getCapabilitiesFromBaseURL(csw: CswClient) -> None:
    assert csw.get("").root.tag == f"{{{CSW30}}}Capabilities"


def test_getCapabilitiesFromBaseURLAsXML(csw: CswClient) -> None:
    answer = csw.get("", accept="application/xml")
    assert (answer.root.tag, answer.content_type) == (f"{{{CSW30}}}Capabilities", "application/xml")


def test_getCapabilitiesWithMixedCaseParamNames(csw: CswClient) -> None:
    answer = csw.get("SERVICE=CSW&Request=GetCapabilities&acceptversions=3.0.0")
    assert answer.root.tag == f"{{{CSW30}}}Capabilities"


def test_getCapabilitiesWithInvalidParamValue(csw: CswClient) -> None:
    answer = csw.get("service=CSW&acceptVersions=3.0.0&request=getCapabilities")
    refused(answer, "InvalidParameterValue", "request")


def test_getCapabilitiesIsMissingServiceParam(csw: CswClient) -> None:
    refused(csw.get("request=GetCapabilities&acceptVersions=3.0.0"), "MissingParameterValue", "service")


def test_getCapabilitiesWithUnsupportedVersion(csw: CswClient) -> None:
    # Who names no version that we have is told in the words of 2.0.2.
    answer = csw.get(f"{CAPABILITIES}&acceptVersions=9999.12.31", valid=False)
    assert answer.exception == ("VersionNegotiationFailed", "AcceptVersions")


def test_getCapabilitiesInUnsupportedFormat(csw: CswClient) -> None:
    answer = csw.get(f"{CAPABILITIES}&acceptVersions=3.0.0&acceptFormats=model/x3d%2Bxml")
    refused(answer, "InvalidParameterValue", "AcceptFormats")


def test_getCapabilitiesInSupportedFormat(csw: CswClient) -> None:
    for name in ("application/xml", "text/xml"):
        assert csw.get(f"{CAPABILITIES}&acceptVersions=3.0.0&acceptFormats={name}").kind == "Capabilities"


def test_getCapabilitiesBySection(csw: CswClient) -> None:
    sections = ("ServiceIdentification", "ServiceProvider", "OperationsMetadata", "Languages")
    for name in (*sections, "Filter_Capabilities"):
        answer = csw.get(f"{CAPABILITIES}&acceptVersions=3.0.0&sections={name}")
        assert [etree.QName(child).localname for child in answer.root] == [name]
    everything = csw.get(f"{CAPABILITIES}&acceptVersions=3.0.0&sections=All")
    assert len(everything.root) == 5


# GetRecordByIdTests


def test_getRecordById_noMatch(csw: CswClient) -> None:
    refused(csw.get(f"{BY_ID}&id=urn:example:1"), "NotFound", "id", 404)


def test_getSummaryRecordById(csw: CswClient) -> None:
    assert csw.get(f"{BY_ID}&id={FIRST}").root.tag == f"{{{CSW30}}}SummaryRecord"


def test_getBriefRecordById(csw: CswClient) -> None:
    answer = csw.get(f"{BY_ID}&id={FIRST}&elementSetName=brief")
    assert answer.root.tag == f"{{{CSW30}}}BriefRecord"


def test_getFullRecordById(csw: CswClient) -> None:
    assert csw.get(f"{BY_ID}&id={FIRST}&elementSetName=full").root.tag == f"{{{CSW30}}}Record"


def test_getRecordByIdAsAtomEntryUsingAcceptHeader(csw: CswClient) -> None:
    answer = csw.get(f"{BY_ID}&id={FIRST}", valid=False, accept=ATOM)
    assert (answer.content_type, answer.root.tag) == (ATOM, f"{{{NAMESPACES['atom']}}}entry")
    assert answer.all("dc:identifier/text()") == [FIRST]


def test_getRecordByIdAsAtomEntryUsingOutputFormat(csw: CswClient) -> None:
    answer = csw.get(f"{BY_ID}&id={FIRST}&outputFormat={quote(ATOM)}", valid=False)
    assert (answer.content_type, answer.root.tag) == (ATOM, f"{{{NAMESPACES['atom']}}}entry")


def test_getRecordByIdWithUnsupportedFormat(csw: CswClient) -> None:
    answer = csw.get(f"{BY_ID}&id={FIRST}&outputFormat=model/vnd.collada%2Bxml")
    refused(answer, "InvalidParameterValue", "outputFormat")


def test_getRecordByIdWithUnsupportedSchema(csw: CswClient) -> None:
    answer = csw.get(f"{BY_ID}&id={FIRST}&outputSchema=http://www.example.org/ns/alpha")
    refused(answer, "InvalidParameterValue", "outputSchema")


def test_getRecordByIdWithMissingId(csw: CswClient) -> None:
    refused(csw.get(BY_ID), "MissingParameterValue", "id")


# BasicGetRecordsTests


def test_getBriefRecordsWithNamespaceBinding(csw: CswClient) -> None:
    query = RECORDS.replace("=Record", "=tns:Record") + f"&namespace=xmlns(tns={CSW30})&elementSetName=brief"
    assert views(csw.get(query)) == {"BriefRecord"}


def test_getSummaryRecordsInDefaultRepresentation(csw: CswClient) -> None:
    assert views(csw.get(f"{RECORDS}&elementSetName=summary")) == {"SummaryRecord"}


def test_getSummaryRecordsInAtomFeed(csw: CswClient) -> None:
    for more, accept in ((f"&outputFormat={quote(ATOM)}", ""), ("", ATOM)):
        answer = csw.get(f"{RECORDS}&elementSetName=summary{more}", valid=False, accept=accept)
        assert (answer.content_type, answer.root.tag) == (ATOM, f"{{{NAMESPACES['atom']}}}feed")
        # atom-feed.sch
        assert answer.all("atom:author")
        assert answer.all(f"atom:link[@rel='search' and @type='{DESCRIPTION}']")
        for name in ("totalResults", "startIndex", "itemsPerPage", "Query[@role='request']"):
            assert answer.all(f"os:{name}")


def test_getRecordsInUnsupportedOutputFormat(csw: CswClient) -> None:
    refused(csw.get(f"{RECORDS}&outputFormat=text/example"), "InvalidParameterValue", "outputFormat")


def test_getRecordsWithUnknownTypeName(csw: CswClient) -> None:
    answer = csw.get(RECORDS.replace("=Record", "=UnknownType"))
    refused(answer, "InvalidParameterValue", "typeNames")


def test_unknownElementSetName(csw: CswClient) -> None:
    refused(csw.get(f"{RECORDS}&elementSetName=undefined-view"), "InvalidParameterValue", "ElementSetName")


def test_getRecordsWithUnsupportedSchema(csw: CswClient) -> None:
    refused(csw.get(f"{RECORDS}&outputSchema=urn:uuid:6a29"), "InvalidParameterValue", "outputSchema")


def test_presentTitleProperty(csw: CswClient) -> None:
    names = "elementName=tns:title&namespace=xmlns(tns=http://purl.org/dc/elements/1.1/)"
    answer = csw.get(f"{RECORDS}&{names}")
    assert all(record.findall("dc:title", NAMESPACES) for record in answer.records)


def test_presentUnknownRecordProperty(csw: CswClient) -> None:
    refused(csw.get(f"{RECORDS}&elementName=undefined"), "InvalidParameterValue", "ElementName")


def test_elementSetAndElementName(csw: CswClient) -> None:
    answer = csw.get(f"{RECORDS}&elementName=dc:subject&elementSetName=brief")
    refused(answer, "InvalidParameterValue", "ElementName")


def test_getPartialResults(csw: CswClient) -> None:
    answer = csw.get(f"{RECORDS}&maxRecords=2&startPosition=3")
    assert answer.counts == (12, 2, 5)


def test_getPartialResultsAsAtomFeed(csw: CswClient) -> None:
    answer = csw.get(f"{RECORDS}&maxRecords=2&startPosition=3&outputFormat={quote(ATOM)}", valid=False)
    assert len(answer.all("atom:entry")) == 2
    assert answer.one("os:startIndex/text()") == "3"


# BasicSearchTests


def test_getRecordsByBBOXWithUnsupportedCRS(csw: CswClient) -> None:
    answer = csw.get(f"{RECORDS}&bbox=472944,5363287,492722,5455253,urn:ogc:def:crs:EPSG::0000")
    refused(answer, "InvalidParameterValue", "bbox")


def test_getBriefRecordsByBBOX(csw: CswClient) -> None:
    named = "44.79,-6.17,68.41,17.92,urn:ogc:def:crs:EPSG::4326"
    answer = csw.get(f"{RECORDS}&elementSetName=brief&bbox={named}")
    assert BOXED in answer.identifiers
    assert all(meets(box, BOX) for box in boxes(answer))


def test_getSummaryRecordsByWGS84BBOX(csw: CswClient) -> None:
    answer = csw.get(f"{RECORDS}&elementSetName=summary&bbox={BOX}")
    assert views(answer) == {"SummaryRecord"}
    assert len(boxes(answer)) == 3
    assert all(meets(box, BOX) for box in boxes(answer))


def test_getMultipleRecordsById(csw: CswClient) -> None:
    assert set(csw.get(f"{RECORDS}&recordIds={FIRST},{SECOND}").identifiers) == {FIRST, SECOND}


def test_singleTermTextSearch(csw: CswClient) -> None:
    answer = csw.get(f"{RECORDS}&elementSetName=full&q=amet")
    assert answer.records
    assert all("amet" in "".join(record.itertext()).lower() for record in answer.records)


def test_getRecordsBySubjectWithoutResults(csw: CswClient) -> None:
    assert csw.get(f"{RECORDS}&maxRecords=0&q=titles").counts == (1, 0, 1)


def test_textSearchProducesEmptyResultSet(csw: CswClient) -> None:
    assert csw.get(f"{RECORDS}&elementSetName=full&q=atkovxqmf").counts == (0, 0, 0)


def test_multipleTermTextSearch(csw: CswClient) -> None:
    assert csw.get(f"{RECORDS}&q=Fusc%C3%A9%20Land").identifiers == [SECOND]


def test_getRecordsByBBOXAndTitle(csw: CswClient) -> None:
    answer = csw.get(f"{RECORDS}&q=Mauris&bbox={BOX}")
    assert len(answer.records) == 1
    assert all(meets(box, BOX) for box in boxes(answer))


# OpenSearchDescriptionTests


@pytest.fixture
def description(csw: CswClient) -> Answer:
    """The description, as who prefers it gets it."""
    return csw.get("", valid=False, accept=f"{DESCRIPTION}, application/xml;q=0.5")


@pytest.fixture
def ask(csw: CswClient, description: Answer) -> Callable[..., Answer]:
    """Fill in the template of the feeds."""
    template = description.one(f"os:Url[@type='{ATOM}']/@template").partition("?")[2]

    def filled(**values: str) -> Answer:
        sent = {name.replace("_", ":"): value for name, value in values.items()}
        query = re.sub(r"\{([\w:]+)\?\}", lambda found: quote(sent.get(found[1], "")), template)
        return csw.get(query, valid=False)

    return filled


def found(answer: Answer) -> list[str]:
    return [str(name) for name in answer.all("atom:entry/dc:identifier/text()")]


def test_preferOpenSearchDescription(description: Answer) -> None:
    assert description.content_type == DESCRIPTION
    assert description.root.tag == f"{{{NAMESPACES['os']}}}OpenSearchDescription"


def test_validOpenSearchDescription(description: Answer) -> None:
    for name, length in (("ShortName", 16), ("LongName", 48), ("Description", 1024)):
        assert 0 < len(description.one(f"os:{name}/text()")) <= length
    # opensearch-1.1.sch
    template = description.one("os:Url[@type='application/xml']/@template")
    assert f"outputschema={CSW30}" in template


def test_getOpenSearchDescriptionFromCapabilities(csw: CswClient, description: Answer) -> None:
    path = "//ows20:Constraint[@name='OpenSearchDescriptionDocument']//ows20:Value/text()"
    address = csw.get(f"{CAPABILITIES}&acceptVersions=3.0.0").one(path)
    assert csw.get(address.partition("?")[2], valid=False).content == description.content


# OpenSearchCoreTests


def test_keywordSearch_emptyResultSet(ask: Callable[..., Answer]) -> None:
    answer = ask(searchTerms="lpppclq")
    assert (answer.one("os:totalResults/text()"), found(answer)) == ("0", [])


def test_singleKeywordSearch(csw: CswClient, ask: Callable[..., Answer]) -> None:
    assert found(ask(searchTerms="ipsum")) == csw.get(f"{RECORDS}&q=ipsum").identifiers != []


def test_multipleKeywordSearch(ask: Callable[..., Answer]) -> None:
    assert found(ask(searchTerms="Fuscé Land")) == [SECOND]


def test_sliceResults(ask: Callable[..., Answer]) -> None:
    answer = ask(startIndex="3", count="4")
    assert answer.one("os:itemsPerPage/text()") == "4"
    assert answer.one("os:startIndex/text()") == "3"
    assert found(answer) == found(ask(count="12"))[2:6]


def test_executeExampleQueries(description: Answer, ask: Callable[..., Answer]) -> None:
    (example,) = description.all("os:Query[@role='example']")
    assert ask(searchTerms=example.get("searchTerms")).root.tag == f"{{{NAMESPACES['atom']}}}feed"


# OpenSearchGeoTests


def test_getResourceById_notFound(ask: Callable[..., Answer]) -> None:
    refused(ask(geo_uid="uid-bc5017e6"), "NotFound", "recordIds", 404)


def test_getResourceById(ask: Callable[..., Answer]) -> None:
    assert found(ask(geo_uid=BOXED)) == [BOXED]


def test_invalidBoundingBoxCoords(ask: Callable[..., Answer]) -> None:
    refused(ask(geo_box="514432,5429689,529130,5451619"), "InvalidParameterValue", "bbox")


def test_boundingBoxQuery(ask: Callable[..., Answer]) -> None:
    answer = ask(geo_box=BOX)
    assert BOXED in found(answer)
    assert all(meets(str(box), BOX) for box in answer.all("//georss:box/text()"))


def test_every_assertion_of_the_suite_is_here(corpus: Path) -> None:
    lines = (corpus / "suites" / "ets-cat30" / "assertions.tsv").read_text().splitlines()[1:]
    assertions = [line.split("\t")[1] for line in lines]
    assert len(assertions) == 52
    assert [name for name in assertions if not hasattr(sys.modules[__name__], f"test_{name}")] == []
