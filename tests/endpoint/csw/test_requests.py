"""Parameters: the same by GET, POST and SOAP, each with its exception."""

# ruff: noqa: E501 - tables with a request a line
from __future__ import annotations

import pytest
from lxml import etree
from lxml.etree import XMLSchema

from catalogue import namespaces as ns
from catalogue.query import Extent, Relation
from catalogue.store import Store
from csw_client import NAMESPACES, CswClient, get_records
from endpoint.csw import outputs
from query_truth import Known, matching

GMD = NAMESPACES["gmd"]
MDB = ns.MDB
ATOM = ns.ATOM
GET = "service=CSW&version=2.0.2&request=GetRecords&typeNames=csw:Record&resultType=results"
CSW = f'xmlns:csw="{NAMESPACES["csw"]}" xmlns:ows="{NAMESPACES["ows"]}" service="CSW"'

pytestmark = pytest.mark.corpus


@pytest.mark.parametrize(
    ("query", "code", "locator"),
    [
        ("request=GetCapabilities", "MissingParameterValue", "service"),
        ("service=CSW", "MissingParameterValue", "request"),
        ("service=WMS&request=GetCapabilities", "InvalidParameterValue", "service"),
        ("service=CSW&request=getcapabilities", "OperationNotSupported", "getcapabilities"),
        ("service=CSW&version=2.0.2&request=Transaction", "OperationNotSupported", "Transaction"),
        ("service=CSW&version=2.0.2&request=Harvest", "OperationNotSupported", "Harvest"),
        ("service=CSW&request=GetRecords&typeNames=csw:Record", "MissingParameterValue", "version"),
        ("service=CSW&version=4.0.0&request=GetRecords", "InvalidParameterValue", "version"),
        ("service=CSW&request=GetCapabilities&sections=Everything", "InvalidParameterValue", "sections"),
        ("service=CSW&request=GetCapabilities&AcceptVersions=4.0.0", "VersionNegotiationFailed", "AcceptVersions"),
        ("service=CSW&version=2.0.2&request=GetRecords", "MissingParameterValue", "typeNames"),
        (GET.replace("csw:Record", "csw:BriefRecord"), "InvalidParameterValue", "typeNames"),
        (GET.replace("csw:Record", "Record"), "InvalidParameterValue", "typeNames"),
        (f"{GET}&resultType=hits", "InvalidParameterValue", "resultType"),
        (GET.replace("=results", "=all"), "InvalidParameterValue", "resultType"),
        (f"{GET}&startPosition=0", "InvalidParameterValue", "startPosition"),
        (f"{GET}&startPosition=-1", "InvalidParameterValue", "startPosition"),
        (f"{GET}&startPosition=1.5", "InvalidParameterValue", "startPosition"),
        (f"{GET}&startPosition=9999999999999999999999", "InvalidParameterValue", "startPosition"),
        (f"{GET}&maxRecords=many", "InvalidParameterValue", "maxRecords"),
        (f"{GET}&maxRecords=%D9%A3", "InvalidParameterValue", "maxRecords"),
        (f"{GET}&outputFormat=text/html", "InvalidParameterValue", "outputFormat"),
        (f"{GET}&outputSchema=gmd", "InvalidParameterValue", "outputSchema"),
        (f"{GET}&elementSetName=all", "InvalidParameterValue", "ElementSetName"),
        (f"{GET}&elementName=dc:nothing", "InvalidParameterValue", "ElementName"),
        (f"{GET}&elementName=dc:title&elementSetName=brief", "InvalidParameterValue", "ElementName"),
        (f"{GET}&elementName=dc:title&outputSchema={GMD}", "InvalidParameterValue", "ElementName"),
        (f"{GET}&elementName=gmd:contact&outputSchema={MDB}", "InvalidParameterValue", "ElementName"),
        (f"{GET}&elementName=gmd:contact", "InvalidParameterValue", "ElementName"),
        (f"{GET}&elementName=dc:title&outputSchema={ATOM}", "InvalidParameterValue", "ElementName"),
        (f"{GET}&requestId=%20x%20y", "InvalidParameterValue", "requestId"),
        (f"{GET}&ResponseHandler=mailto:x@example.org", "InvalidParameterValue", "ResponseHandler"),
        (f"{GET}&sortBy=dc:nothing:A", "InvalidParameterValue", "SortBy"),
        (f"{GET}&sortBy=dc:title:UP", "InvalidParameterValue", "SortBy"),
        (f"{GET}&sortBy=csw:AnyText:A", "InvalidParameterValue", "SortBy"),
        (f"{GET}&constraint=dc:title='x'", "MissingParameterValue", "CONSTRAINTLANGUAGE"),
        (f"{GET}&constraint=x&constraintLanguage=SQL", "InvalidParameterValue", "CONSTRAINTLANGUAGE"),
        (f"{GET}&constraint=x&constraintLanguage=FILTER", "InvalidParameterValue", "CONSTRAINT"),
        (f"{GET}&constraint=%3Cx/%3E&constraintLanguage=FILTER", "InvalidParameterValue", "Constraint"),
        (f"{GET}&constraint=dc:title%3D'a%00b'&constraintLanguage=CQL_TEXT", "InvalidParameterValue", "constraint"),
        (f"{GET}&" + "&".join(f"p{number}=x" for number in range(200)), "InvalidParameterValue", "request"),
        ("service=CSW&version=2.0.2&request=GetRecordById", "MissingParameterValue", "id"),
        ("service=CSW&version=2.0.2&request=GetRecordById&id=,,", "MissingParameterValue", "id"),
        ("service=CSW&version=2.0.2&request=GetRecordById&id=" + "x," * 1001, "InvalidParameterValue", "id"),
        ("service=CSW&version=2.0.2&request=GetDomain", "MissingParameterValue", "PropertyName"),
        ("service=CSW&version=2.0.2&request=GetDomain&propertyName=x", "InvalidParameterValue", "x"),
        ("service=CSW&version=2.0.2&request=GetDomain&parameterName=x", "InvalidParameterValue", "ParameterName"),
        ("service=CSW&version=2.0.2&request=DescribeRecord&typeName=Record", "InvalidParameterValue", "TypeName"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(valid_csw: CswClient, query: str, code: str, locator: str) -> None:
    answer = valid_csw.get(query)
    assert answer.exception == (code, locator)
    assert (answer.status, answer.content_type) == (200, "application/xml")


def test_numbers_are_as_asked_for(valid_csw: CswClient, known: list[Known]) -> None:
    count = len(known)
    assert valid_csw.get(GET).counts == (count, 10, 11)
    assert valid_csw.get(f"{GET}&maxRecords=0").counts == (count, 0, 1)
    assert valid_csw.get(f"{GET}&maxRecords=0&startPosition=5").counts == (count, 0, 5)
    assert valid_csw.get(f"{GET}&maxRecords={count}").counts == (count, count, 0)
    assert valid_csw.get(f"{GET}&maxRecords={count - 1}").counts == (count, count - 1, count)
    assert valid_csw.get(f"{GET}&startPosition={count}").counts == (count, 1, 0)
    assert valid_csw.get(f"{GET}&startPosition={count + 1}").counts == (count, 0, 0)
    assert valid_csw.get(GET.replace("=results", "=hits")).counts == (count, 0, 1)


def test_no_answer_is_longer_than_the_limit(random_store: Store, known: list[Known]) -> None:
    limited = CswClient(random_store, csw_max_records=3)
    assert limited.get(f"{GET}&maxRecords=100").counts == (len(known), 3, 4)
    constraints = "//ows:Constraint[@name='MaxRecordLimit']/ows:Value/text()"
    assert limited.get("service=CSW&request=GetCapabilities").one(constraints) == "3"


def test_request_id_comes_back(valid_csw: CswClient) -> None:
    name = "urn:uuid:0c2f6d5e-5a33-4d6f-9a3d-3f1c6f8f0f10"
    assert valid_csw.get(f"{GET}&requestId={name}").one("csw:RequestId/text()") == name
    validated = valid_csw.get(GET.replace("=results", "=validate") + f"&requestId={name}")
    assert validated.kind == "Acknowledgement"
    assert validated.one("csw:RequestId/text()") == name
    assert validated.one("csw:EchoedRequest/ows:Get/@xlink:href").startswith(
        "https://catalogue.example.org/csw?"
    )


def test_namespaces_bind_prefixes(valid_csw: CswClient, known: list[Known]) -> None:
    bound = f"{GET.replace('csw:Record', 'x:Record')}&namespace=xmlns(x={NAMESPACES['csw']})"
    assert valid_csw.get(bound).counts[0] == len(known)
    default = f"{GET.replace('csw:Record', 'Record')}&namespace=xmlns({NAMESPACES['csw']})"
    assert valid_csw.get(default).counts[0] == len(known)
    other = f"{GET}&namespace=xmlns(csw=http://example.org/other)"
    assert valid_csw.get(other).exception == ("InvalidParameterValue", "typeNames")
    terms = f"{GET}&namespace=xmlns(t,{NAMESPACES['dct']})&constraintLanguage=CQL_TEXT&constraint=t:abstract is null"
    assert valid_csw.get(terms).kind == "GetRecordsResponse"


def test_order_by_get_and_by_post(valid_csw: CswClient) -> None:
    by_get = valid_csw.get(f"{GET}&elementSetName=brief&sortBy=dc:type:D,Title&maxRecords=100")
    keys = "".join(
        f"<ogc:SortProperty><ogc:PropertyName>{name}</ogc:PropertyName>{order}</ogc:SortProperty>"
        for name, order in (("dc:type", "<ogc:SortOrder>DESC</ogc:SortOrder>"), ("Title", ""))
    )
    by_post = valid_csw.query(f"<ogc:SortBy>{keys}</ogc:SortBy>", maxRecords="100")
    assert by_get.identifiers == by_post.identifiers
    assert by_get.identifiers != valid_csw.query(maxRecords="100").identifiers


def test_element_names_choose(valid_csw: CswClient) -> None:
    answer = valid_csw.get(f"{GET}&elementName=dc:identifier,csw:Record/dc:title,ows:BoundingBox")
    names = {etree.QName(element).localname for element in answer.all("//csw:Record/*")}
    assert names == {"identifier", "title", "BoundingBox"}
    assert answer.root.find("csw:SearchResults", NAMESPACES).get("elementSet") is None


@pytest.mark.parametrize(
    ("schema", "asked", "given"),
    [
        (
            GMD,
            "gmd:fileIdentifier,gmd:MD_Metadata/gmd:contact",
            ["fileIdentifier", "contact", "dateStamp", "identificationInfo"],
        ),
        (
            MDB,
            "mdb:metadataScope,/mdb:MD_Metadata/mdb:contact",
            ["metadataScope", "contact", "dateInfo", "identificationInfo"],
        ),
    ],
)
def test_element_names_choose_of_iso_records(
    valid_csw: CswClient, schema: str, asked: str, given: list[str]
) -> None:
    answer = valid_csw.get(f"{GET}&outputSchema={schema}&elementName={asked}")
    assert answer.records
    for record in answer.records:
        assert record.tag == f"{{{schema}}}MD_Metadata"
        assert list(dict.fromkeys(child.tag for child in record)) == [f"{{{schema}}}{name}" for name in given]
    assert answer.root.find("csw:SearchResults", NAMESPACES).get("elementSet") is None


@pytest.mark.parametrize("view", ["brief", "summary", "full"])
def test_iso_records_are_those_that_are_stored(
    random_csw: CswClient, random_store: Store, known: list[Known], iso19139_schema: XMLSchema, view: str
) -> None:
    answer = random_csw.query(esn=view, outputSchema=GMD, typeNames="gmd:MD_Metadata", maxRecords="3")
    ids = [one.number for one in known[:3]]
    stored = random_store.search.renditions(ids, "iso19139")
    assert (b"".join(stored) in answer.content) is (view == "full")
    results = answer.root.find("csw:SearchResults", NAMESPACES)
    assert results.get("elementSet") == view
    assert results.get("recordSchema") == GMD
    for record in answer.records:
        iso19139_schema.assertValid(etree.fromstring(etree.tostring(record)))


def test_records_by_identifier(valid_csw: CswClient, known: list[Known]) -> None:
    wanted = [known[4].identifier, known[0].identifier]
    url = "service=CSW&version=2.0.2&request=GetRecordById&elementSetName=brief&id="
    answer = valid_csw.get(url + ",".join([*wanted, "oai:nobody", wanted[0]]))
    assert answer.identifiers == wanted
    ids = "".join(f"<csw:Id>{name}</csw:Id>" for name in wanted)
    posted = f'<csw:GetRecordById {CSW} version="2.0.2">{ids}</csw:GetRecordById>'
    assert valid_csw.post(posted).identifiers == wanted
    single = valid_csw.get(f"{url}{wanted[0]}&outputSchema={GMD}")
    assert single.identifiers == wanted[:1]


def test_domains(valid_csw: CswClient, known: list[Known]) -> None:
    url = "service=CSW&version=2.0.2&request=GetDomain"
    answer = valid_csw.get(f"{url}&propertyName=dc:format,csw:AnyText,dct:modified")
    values = [str(found) for found in answer.all("csw:DomainValues[1]//csw:Value/text()")]
    assert values == sorted({value for one in known for value in one.values("format")})
    assert len(answer.all("csw:DomainValues[2]/*")) == 1
    assert len(answer.all("csw:DomainValues[3]/csw:RangeOfValues")) == 1
    posted = (
        f'<csw:GetDomain {CSW} version="2.0.2"><csw:ParameterName>GetRecords.outputSchema,'
        "DescribeRecord.version</csw:ParameterName></csw:GetDomain>"
    )
    found = [str(value) for value in valid_csw.post(posted).all("//csw:Value/text()")]
    assert found == [NAMESPACES["csw"], *outputs.SCHEMAS, "2.0.2"]


def test_every_parameter_that_is_told_of_is_taken(random_csw: CswClient) -> None:
    capabilities = random_csw.get("service=CSW&request=GetCapabilities")
    for value in capabilities.all("//ows:Operation[@name='GetRecords']/ows:Parameter/ows:Value"):
        name = value.getparent().get("name")
        others = "&".join(part for part in GET.split("&") if not part.lower().startswith(name.lower()))
        query = f"{others}&{name}={value.text}"
        assert random_csw.get(query).kind in {"GetRecordsResponse", "Acknowledgement"}, query


def test_every_queryable_that_is_told_of_is_one(valid_csw: CswClient) -> None:
    capabilities = valid_csw.get("service=CSW&request=GetCapabilities")
    path = "//ows:Constraint[contains(@name, 'Queryables')]/ows:Value/text()"
    names = [str(found) for found in capabilities.all(path)]
    assert len(names) > 50
    for name in names:
        answer = valid_csw.cql(f"{name} is null")
        assert answer.kind == "GetRecordsResponse", name


@pytest.mark.parametrize(
    "box",
    [
        '<gml:coordinates decimal="." cs="," ts=" ">-10.5,0\n      20,90\n  </gml:coordinates>',
        '<gml:coordinates decimal="," cs="|" ts=";">-10,5|0;20|90;</gml:coordinates>',
        "<gml:coord><gml:X>-10.5</gml:X><gml:Y>0</gml:Y></gml:coord><gml:coord><gml:X>20</gml:X><gml:Y>90</gml:Y></gml:coord>",
    ],
)
def test_boxes_of_gml_2(valid_csw: CswClient, known: list[Known], box: str) -> None:
    wanted = Extent(Relation.INTERSECTS, -10.5, 0.0, 20.0, 90.0)
    name = "<ogc:PropertyName>ows:BoundingBox</ogc:PropertyName>"
    found = valid_csw.filter(f"<ogc:BBOX>{name}<gml:Box>{box}</gml:Box></ogc:BBOX>")
    assert found.counts[0] == len(matching(known, wanted)) > 0


@pytest.mark.parametrize("language", ["http://www.w3.org/XML/Schema", "http://www.w3.org/2001/XMLSchema"])
def test_schemas_have_two_names(valid_csw: CswClient, language: str) -> None:
    asked = "service=CSW&version=2.0.2&request=DescribeRecord&schemaLanguage="
    assert valid_csw.get(f"{asked}{language}").kind == "DescribeRecordResponse"


def test_capabilities_by_post(valid_csw: CswClient) -> None:
    posted = (
        f"<csw:GetCapabilities {CSW.replace(' service=' + chr(34) + 'CSW' + chr(34), '')}>"
        "<ows:AcceptVersions><ows:Version>2.0.2</ows:Version></ows:AcceptVersions>"
        "<ows:Sections><ows:Section>ServiceProvider</ows:Section></ows:Sections></csw:GetCapabilities>"
    )
    answer = valid_csw.post(posted)
    assert [etree.QName(child).localname for child in answer.root] == [
        "ServiceProvider",
        "Filter_Capabilities",
    ]


def test_a_form_is_read_like_a_query(valid_csw: CswClient, known: list[Known]) -> None:
    answer = valid_csw.post(GET, content_type="application/x-www-form-urlencoded; charset=utf-8")
    assert answer.counts[0] == len(known)


def test_soap(valid_csw: CswClient, known: list[Known]) -> None:
    envelope = '<soap:Envelope xmlns:soap="{}"><soap:Body>{}</soap:Body></soap:Envelope>'
    answer = valid_csw.post(envelope.format(NAMESPACES["soap"], get_records()), valid=False)
    assert answer.content_type == "application/soap+xml"
    results = answer.one(
        "/soap:Envelope/soap:Body/csw:GetRecordsResponse/csw:SearchResults/@numberOfRecordsMatched"
    )
    assert int(results) == len(known)
    wrong = valid_csw.post(envelope.format(NAMESPACES["soap"], get_records(esn="all")), valid=False)
    path = "/soap:Envelope/soap:Body/soap:Fault/soap:Detail/ows:ExceptionReport/ows:Exception/@exceptionCode"
    assert wrong.one(path) == "InvalidParameterValue"
    empty = valid_csw.post(envelope.format(NAMESPACES["soap"], ""))
    assert empty.exception == ("NoApplicableCode", "")


def test_distributed_search_is_answered_by_this_catalogue(valid_csw: CswClient, known: list[Known]) -> None:
    body = get_records().replace("<csw:Query", '<csw:DistributedSearch hopCount="2"/><csw:Query', 1)
    assert valid_csw.post(body).counts[0] == len(known)
