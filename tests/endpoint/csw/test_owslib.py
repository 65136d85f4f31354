"""Every call of OWSLib's CatalogueServiceWeb, over a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from owslib import fes, ows
from owslib.catalogue.csw2 import CatalogueServiceWeb
from owslib.iso import MD_Metadata
from owslib.util import ServiceException

import factories
from catalogue import oai_identifier
from catalogue.record import Agent, Box, Date, Record, Subject, Text
from catalogue.store import Store
from csw_client import serving

GMD = "http://www.isotc211.org/2005/gmd"

RECORDS = {
    f"item-{number}": Record(
        title=Text((("en", f"Inventory {number} of stockpiles"), ("fr", f"Inventaire {number}"))),
        descriptions=(Text.of("Obsolete pesticides, kept in the open" if number % 2 else "Used oil"),),
        subjects=(Subject(Text.of("pesticides" if number % 2 else "used oil")),),
        types=(Text.of("dataset"),),
        agents=(Agent("publisher", Text.of("Example Centre")),),
        dates=(Date("issued", f"20{number:02}-01-01"),),
        boxes=(Box(float(number), 0.0, number + 0.5, 1.0),),
    )
    for number in range(1, 26)
}


def name(number: int) -> str:
    """The identifier of a record."""
    return oai_identifier.mint(factories.NAMESPACE, "nile", f"item-{number}")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("owslib")
    with Store(f"sqlite:///{folder}/store.sqlite") as store:
        store.upgrade()
        factories.fill(store, RECORDS)
        with serving(store) as found:
            yield found


@pytest.fixture
def csw(address: str) -> CatalogueServiceWeb:
    """A client that has read the capabilities."""
    return CatalogueServiceWeb(address)


def test_capabilities(csw: CatalogueServiceWeb, address: str) -> None:
    assert csw.identification.title == "Example Catalogue"
    assert csw.identification.type == "CSW"
    assert csw.identification.version == "2.0.2"
    assert "waste" in csw.identification.keywords
    assert csw.provider.name == "Example Catalogue"
    assert csw.provider.contact.email == "operator@localhost.localdomain"
    assert [operation.name for operation in csw.operations] == [
        "GetCapabilities",
        "DescribeRecord",
        "GetDomain",
        "GetRecords",
        "GetRecordById",
        "GetRepositoryItem",
    ]
    get_records = csw.get_operation_by_name("GetRecords")
    assert get_records.parameters["outputSchema"]["values"][:2] == [
        "http://www.opengis.net/cat/csw/2.0.2",
        GMD,
    ]
    assert {method["url"] for method in get_records.methods} == {address}
    constraints = {constraint.name: constraint.values for constraint in get_records.constraints}
    assert "apiso:Title" in constraints["SupportedISOQueryables"]
    assert "dc:title" in constraints["SupportedDublinCoreQueryables"]
    assert csw.constraints["MaxRecordDefault"].values == ["10"]
    assert csw.parameters["version"].values == ["2.0.2"]
    assert "BBOX" in csw.filters.spatial_operators
    assert "gml:Envelope" in csw.filters.spatial_operands
    assert "Like" in csw.filters.scalar_comparison_operators


def test_describe_record(csw: CatalogueServiceWeb) -> None:
    csw.describerecord()
    assert b'name="Record"' in csw.response
    csw.describerecord("gmd:MD_Metadata")
    assert b"metadataEntity.xsd" in csw.response


def test_get_domain(csw: CatalogueServiceWeb) -> None:
    csw.getdomain("GetRecords.resultType")
    assert csw.results["values"] == ["hits", "results", "validate"]
    csw.getdomain("dc:subject", dtype="property")
    assert csw.results["values"] == ["pesticides", "used oil"]
    assert csw.results["type"] == "csw:Record"


def test_everything_by_pages(csw: CatalogueServiceWeb) -> None:
    found, start = [], 1
    while start:
        csw.getrecords2(esn="full", startposition=start, maxrecords=7)
        assert csw.results["matches"] == 25
        assert csw.results["returned"] == len(csw.records)
        found += list(csw.records)
        start = csw.results["nextrecord"]
    assert found == [name(number) for number in range(1, 26)]


@pytest.mark.parametrize(
    ("constraint", "numbers"),
    [
        (fes.PropertyIsEqualTo("dc:title", "Inventory 3 of stockpiles"), [3]),
        (fes.PropertyIsEqualTo("dc:title", "INVENTAIRE 3", matchcase=False), [3]),
        (fes.PropertyIsEqualTo("csw:AnyText", "used oil"), list(range(2, 26, 2))),
        (fes.PropertyIsLike("csw:AnyText", "%pesticides%"), list(range(1, 26, 2))),
        (fes.PropertyIsLike("dc:title", "inventory 1_ %", matchCase=False), list(range(10, 20))),
        (fes.PropertyIsBetween("dct:issued", "2005", "2007"), [5, 6, 7]),
        (fes.PropertyIsGreaterThan("dct:issued", "2023-06"), [24, 25]),
        (fes.PropertyIsNull("dc:rights"), list(range(1, 26))),
        (fes.BBox([4.0, 0.5, 5.2, 0.6]), [4, 5]),
        (fes.BBox([0.5, 4.0, 0.6, 5.2], crs="urn:ogc:def:crs:EPSG::4326"), [4, 5]),
    ],
)
def test_constraints(csw: CatalogueServiceWeb, constraint: fes.OgcExpression, numbers: list[int]) -> None:
    csw.getrecords2(constraints=[constraint], maxrecords=100)
    assert list(csw.records) == [name(number) for number in numbers]


def test_constraints_together(csw: CatalogueServiceWeb) -> None:
    oil = fes.PropertyIsEqualTo("dc:subject", "used oil")
    late = fes.PropertyIsGreaterThanOrEqualTo("dct:issued", "2020")
    csw.getrecords2(
        constraints=[fes.And([fes.Or([oil, late]), fes.Not([fes.And([oil, late])])])], maxrecords=99
    )
    expected = [n for n in range(1, 26) if (n % 2 == 0) != (n >= 20)]
    assert list(csw.records) == [name(number) for number in expected]
    # Lists of OWSLib: [[a, b], [c]] is (a and b) or c.
    csw.getrecords2(constraints=[[oil, late], [fes.PropertyIsEqualTo("dct:issued", "2001")]], maxrecords=99)
    assert list(csw.records) == [name(number) for number in (1, 20, 22, 24)]


def test_cql_and_order(csw: CatalogueServiceWeb) -> None:
    order = fes.SortBy([fes.SortProperty("dct:issued", "DESC")])
    csw.getrecords2(cql="dc:subject = 'used oil' and dct:issued > '2020-06-01'", sortby=order)
    assert list(csw.records) == [name(24), name(22)]


def test_xml_hits_and_key_value_pairs(csw: CatalogueServiceWeb) -> None:
    csw.getrecords2(resulttype="hits")
    assert csw.results == {"matches": 25, "returned": 0, "nextrecord": 1}
    csw.getrecords2(xml=csw.request)
    assert csw.results["matches"] == 25
    query = (
        "service=CSW&version=2.0.2&request=GetRecords&typeNames=csw:Record&resultType=results&maxRecords=3"
    )
    csw.getrecords2(xml=f"{query}&elementSetName=summary")
    assert list(csw.records) == [name(1), name(2), name(3)]


def test_the_ways_to_write_a_record(csw: CatalogueServiceWeb) -> None:
    csw.getrecordbyid([name(5), name(2)], esn="full")
    assert list(csw.records) == [name(5), name(2)]
    record = csw.records[name(5)]
    assert record.title == "Inventory 5 of stockpiles"
    assert record.subjects == ["pesticides"]
    assert record.publisher == "Example Centre"
    assert record.bbox.minx == "5"
    assert record.bbox.maxy == "1"
    csw.getrecordbyid([name(5)], esn="brief")
    assert csw.records[name(5)].type == "dataset"
    csw.getrecordbyid([name(5)], esn="summary")
    assert csw.records[name(5)].modified.endswith("Z")


def test_iso_19139(csw: CatalogueServiceWeb) -> None:
    csw.getrecords2(outputschema=GMD, typenames="gmd:MD_Metadata", esn="full", maxrecords=2)
    assert list(csw.records) == [name(1), name(2)]
    csw.getrecordbyid([name(7)], outputschema=GMD)
    metadata = csw.records[name(7)]
    assert isinstance(metadata, MD_Metadata)
    assert metadata.identification[0].title == "Inventory 7 of stockpiles"


def test_exceptions(csw: CatalogueServiceWeb) -> None:
    with pytest.raises(ows.ExceptionReport) as raised:
        csw.getrecords2(constraints=[fes.PropertyIsEqualTo("dc:nothing", "x")])
    (found,) = raised.value.exceptions
    assert (found["exceptionCode"], found["locator"]) == ("InvalidParameterValue", "dc:nothing")
    with pytest.raises(ServiceException, match="id is missing"):
        csw.getrecordbyid([])
    with pytest.raises(ows.ExceptionReport) as raised:
        csw.harvest("https://nile.example.org/record.xml", GMD)
    assert raised.value.exceptions[0]["exceptionCode"] == "OperationNotSupported"
    with pytest.raises(ows.ExceptionReport) as raised:
        csw.transaction(ttype="delete", typename="csw:Record", identifier=name(1))
    assert raised.value.exceptions[0]["locator"] == "Transaction"


@pytest.mark.filterwarnings("ignore:Please use the updated")
def test_the_older_call(csw: CatalogueServiceWeb) -> None:
    csw.getrecords(
        keywords=["used oil"], propertyname="dc:subject", bbox=[4.0, 0.0, 8.2, 1.0], sortby="dc:title"
    )
    assert list(csw.records) == [name(4), name(6), name(8)]
    csw.getrecords(qtype="dataset", maxrecords=1)
    assert csw.results["matches"] == 25
