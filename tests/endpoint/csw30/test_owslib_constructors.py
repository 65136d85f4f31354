"""Every constructor and call of OWSLib's client of CSW 3.0.0, over a real socket."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from owslib import csw as any_version
from owslib import fes2
from owslib.catalogue.csw3 import CatalogueServiceWeb
from owslib.ows import ExceptionReport
from owslib.util import Authentication

from catalogue.query import (
    And,
    AnyText,
    Between,
    Compare,
    Extent,
    Like,
    Missing,
    Not,
    Operator,
    Or,
    Predicate,
    Relation,
    SortKey,
    Wildcard,
)
from catalogue.store import Store
from csw_client import serving
from query_truth import Known, in_order, matching

EQUAL = Compare("type", Operator.EQUAL, "Text")
PARTS = (EQUAL, Like("title", ("l", Wildcard.MANY)))
BOX = (-10.0, 0.0, 20.0, 90.0)
URN = "urn:ogc:def:crs:EPSG::4326"
text, title = fes2.PropertyIsEqualTo("dc:type", "Text"), fes2.PropertyIsLike("dc:title", "l%")


@pytest.fixture(scope="module")
def address(random_store: Store, known: list[Known]) -> Iterator[str]:
    """Where the store is served."""
    with serving(random_store) as address:
        yield address


@pytest.fixture(scope="module")
def client(address: str) -> CatalogueServiceWeb:
    return CatalogueServiceWeb(address)


@pytest.mark.parametrize(
    ("constraint", "where"),
    [
        (text, EQUAL),
        (
            fes2.PropertyIsEqualTo("dc:type", "TEXT", matchcase=False),
            Compare("type", Operator.EQUAL, "TEXT", match_case=False),
        ),
        (fes2.PropertyIsNotEqualTo("dc:type", "Text"), Compare("type", Operator.NOT_EQUAL, "Text")),
        (fes2.PropertyIsLessThan("dc:date", "2003-05"), Compare("date", Operator.LESS, "2003-05")),
        (fes2.PropertyIsGreaterThan("dc:date", "2003"), Compare("date", Operator.GREATER, "2003")),
        (
            fes2.PropertyIsLessThanOrEqualTo("dc:date", "2003"),
            Compare("date", Operator.LESS_OR_EQUAL, "2003"),
        ),
        (
            fes2.PropertyIsGreaterThanOrEqualTo("dc:title", "m"),
            Compare("title", Operator.GREATER_OR_EQUAL, "m"),
        ),
        (
            fes2.PropertyIsLike("dc:title", "*le?d*", wildCard="*", singleChar="?", matchCase=False),
            Like("title", (Wildcard.MANY, "le", Wildcard.ONE, "d", Wildcard.MANY), match_case=False),
        ),
        (fes2.PropertyIsLike("csw30:AnyText", "%lead%"), AnyText(("lead",))),
        (fes2.PropertyIsNull("dc:subject"), Missing("subject")),
        (fes2.PropertyIsBetween("dc:date", "2003", "2004"), Between("date", "2003", "2004")),
        (fes2.BBox(list(BOX)), Extent(Relation.INTERSECTS, *BOX)),
        (fes2.BBox([0.0, -10.0, 90.0, 20.0], crs=URN), Extent(Relation.INTERSECTS, *BOX)),
        (fes2.And([text, title]), And(PARTS)),
        (fes2.Or([text, title]), Or(PARTS)),
        (fes2.Not([text]), Not(EQUAL)),
        (fes2.Not([fes2.And([text, fes2.Or([title, text])])]), Not(And((EQUAL, Or(PARTS))))),
    ],
)
def test_constraints(
    client: CatalogueServiceWeb,
    known: list[Known],
    constraint: fes2.OgcExpression,
    where: Predicate,
) -> None:
    client.getrecords(constraints=[constraint], esn="brief", maxrecords=1000)
    wanted = set(matching(known, where))
    assert client.exceptionreport is None
    assert list(client.records) == [one.identifier for one in known if one.number in wanted]
    assert client.results["matches"] == len(wanted)


def test_constraints_in_a_list_are_alternatives_and_in_a_list_of_lists_too(
    client: CatalogueServiceWeb, known: list[Known]
) -> None:
    client.getrecords(constraints=[text, title], maxrecords=1000)
    assert client.results["matches"] == len(matching(known, Or(PARTS)))
    client.getrecords(constraints=[[text, title]], maxrecords=1000)
    assert client.results["matches"] == len(matching(known, And(PARTS)))


def test_orders_and_pages(client: CatalogueServiceWeb, known: list[Known]) -> None:
    order = fes2.SortBy([fes2.SortProperty("dc:type", "DESC"), fes2.SortProperty("dc:title")])
    names = {one.number: one.identifier for one in known}
    expected = [names[n] for n in in_order(known, [SortKey("type", descending=True), SortKey("title")])]
    found: list[str] = []
    at = 1
    while at:
        client.getrecords(sortby=order, esn="brief", startposition=at, maxrecords=7)
        found += client.records
        at = client.results["nextrecord"]
    assert found == expected


def test_cql_xml_and_hits(client: CatalogueServiceWeb, known: list[Known]) -> None:
    client.getrecords(cql="dc:type = 'Text' and dc:title like 'l%'", maxrecords=1000)
    assert client.results["matches"] == len(matching(known, And(PARTS)))
    client.getrecords(maxrecords=0)
    assert (client.results["matches"], client.results["returned"]) == (len(known), 0)
    sent = client.request if isinstance(client.request, bytes) else client.request.encode()
    client.getrecords(xml=sent)
    assert client.results["matches"] == len(known)


def test_elements_of_the_capabilities(client: CatalogueServiceWeb) -> None:
    assert client.get_operation_by_name("GetRecords").name == "GetRecords"
    assert client.filters is None or client.filters
    assert client.provider.name == "Example Catalogue"
    assert "typeNames" in client.get_operation_by_name("GetRecords").parameters


def test_nobody_writes(client: CatalogueServiceWeb) -> None:
    with pytest.raises(ExceptionReport, match="Transaction is not supported"):
        client.transaction(ttype="insert", typename="csw30:Record", record="<x/>")
    with pytest.raises(ExceptionReport, match="Harvest is not supported"):
        client.harvest("http://nile.example.org/", "http://www.isotc211.org/2005/gmd")


def test_ways_to_begin(address: str, known: list[Known]) -> None:
    for made in (
        CatalogueServiceWeb(address, skip_caps=True),
        CatalogueServiceWeb(f"{address}?service=CSW&request=GetCapabilities", lang="fr-FR", timeout=20),
        CatalogueServiceWeb(address, auth=Authentication("a", "b"), headers={"User-Agent": "x"}),
        any_version.CatalogueServiceWeb(address, version="3.0.0"),
        any_version.CatalogueServiceWeb(address, version="2.0.2"),
        any_version.CatalogueServiceWeb(address),
    ):
        getrecords = made.getrecords if made.version == "3.0.0" else made.getrecords2
        getrecords(maxrecords=2)
        assert list(made.records) == [one.identifier for one in known[:2]]
