"""What Filter Encoding 2.0 adds: times, and relations of areas."""

# ruff: noqa: E501 - tables with an operator a line
from __future__ import annotations

import pytest

from catalogue.query import And, Compare, Extent, Not, Operator, Or, Relation
from csw_client import Answer, CswClient
from query_truth import Known, matching

pytestmark = pytest.mark.corpus

FES = 'xmlns:fes="http://www.opengis.net/fes/2.0" xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:dc="http://purl.org/dc/elements/1.1/"'
DATE = "<fes:ValueReference>dc:date</fes:ValueReference>"
BOXED = "<fes:ValueReference>ows:BoundingBox</fes:ValueReference>"
INSTANT = '<gml:TimeInstant gml:id="a"><gml:timePosition>2003-05-04</gml:timePosition></gml:TimeInstant>'
PERIOD = (
    '<gml:TimePeriod gml:id="a"><gml:beginPosition>2003-01-01</gml:beginPosition>'
    "<gml:endPosition>2003-05-04</gml:endPosition></gml:TimePeriod>"
)
NOW = '<gml:TimeInstant><gml:timePosition indeterminatePosition="now"/></gml:TimeInstant>'
BOX = "<gml:Envelope><gml:lowerCorner>{} {}</gml:lowerCorner><gml:upperCorner>{} {}</gml:upperCorner></gml:Envelope>"


def ask(client: CswClient, content: str) -> Answer:
    constraint = f'<csw:Constraint version="2.0.0"><fes:Filter {FES}>{content}</fes:Filter></csw:Constraint>'
    return client.query(constraint, maxRecords="1000")


@pytest.mark.parametrize(
    ("operator", "time", "comparison", "literal"),
    [
        ("After", INSTANT, Operator.GREATER, "2003-05-04"),
        ("After", PERIOD, Operator.GREATER, "2003-05-04"),
        ("Before", INSTANT, Operator.LESS, "2003-05-04"),
        ("Before", PERIOD, Operator.LESS, "2003-01-01"),
        ("TEquals", INSTANT, Operator.EQUAL, "2003-05-04"),
        ("AnyInteracts", INSTANT, Operator.EQUAL, "2003-05-04"),
        ("Begins", PERIOD, Operator.EQUAL, "2003-01-01"),
        ("Ends", PERIOD, Operator.EQUAL, "2003-05-04"),
    ],
)
def test_a_date_is_an_instant(
    valid_csw: CswClient, known: list[Known], operator: str, time: str, comparison: Operator, literal: str
) -> None:
    answer = ask(valid_csw, f"<fes:{operator}>{DATE}{time}</fes:{operator}>")
    expected = matching(known, Compare("date", comparison, literal))
    assert expected
    assert answer.identifiers == [one.identifier for one in known if one.number in expected]


@pytest.mark.parametrize(
    "box", [(0.0, 0.0, 20.0, 10.0), (-180.0, -90.0, 180.0, 90.0), (170.0, -10.0, -170.0, 10.0)]
)
@pytest.mark.parametrize("operator", ["Equals", "Overlaps", "Touches"])
def test_relations_of_areas(
    valid_csw: CswClient, known: list[Known], operator: str, box: tuple[float, ...]
) -> None:
    def extent(relation: Relation) -> Extent:
        return Extent(relation, *box)

    within, contains = extent(Relation.WITHIN), extent(Relation.CONTAINS)
    meant = {
        "Equals": And((within, contains)),
        "Overlaps": And((extent(Relation.SHARES), Not(Or((within, contains))))),
        "Touches": And((extent(Relation.INTERSECTS), Not(extent(Relation.SHARES)))),
    }[operator]
    answer = ask(valid_csw, f"<fes:{operator}>{BOXED}{BOX.format(*box)}</fes:{operator}>")
    expected = matching(known, meant)
    assert answer.identifiers == [one.identifier for one in known if one.number in expected]


def test_a_polygon_that_is_a_box_is_that_box(valid_csw: CswClient) -> None:
    ring = "<gml:posList>0 0 10 0 10 20 0 20 0 0</gml:posList>"
    polygon = (
        f'<gml:Polygon srsName="urn:ogc:def:crs:EPSG::4326"><gml:exterior><gml:LinearRing>{ring}'
        "</gml:LinearRing></gml:exterior></gml:Polygon>"
    )
    by_polygon = ask(valid_csw, f"<fes:Overlaps>{BOXED}{polygon}</fes:Overlaps>")
    by_box = ask(valid_csw, f"<fes:Overlaps>{BOXED}{BOX.format(0, 0, 20, 10)}</fes:Overlaps>")
    assert by_polygon.identifiers == by_box.identifiers != []


@pytest.mark.parametrize(
    ("content", "locator"),
    [
        (f"<fes:During>{DATE}{INSTANT}</fes:During>", "During"),
        (f"<fes:TEquals>{DATE}{PERIOD}</fes:TEquals>", "TEquals"),
        (f"<fes:TContains>{DATE}{PERIOD}</fes:TContains>", "TContains"),
        (f"<fes:MetBy>{DATE}{PERIOD}</fes:MetBy>", "MetBy"),
        (f"<fes:After>{BOXED}{INSTANT}</fes:After>", "ows:BoundingBox"),
        (f"<fes:After>{DATE}<gml:Point/></fes:After>", "Point"),
        (f"<fes:After>{DATE}<gml:TimePeriod/></fes:After>", "TimePeriod"),
        (f"<fes:After>{DATE}<gml:TimeInstant/></fes:After>", "TimeInstant"),
        (f"<fes:After>{DATE}{INSTANT.replace('2003-05-04', 'soon')}</fes:After>", "dc:date"),
        (f"<fes:Before>{DATE}{NOW}</fes:Before>", "timePosition"),
        (f"<fes:During>{DATE}{PERIOD.replace('2003-01-01', '2004')}</fes:During>", "During"),
        (f"<fes:Crosses>{BOXED}{BOX.format(0, 0, 1, 1)}</fes:Crosses>", "Crosses"),
        (f"<fes:DWithin>{BOXED}{BOX.format(0, 0, 1, 1)}<fes:Distance uom='m'>5</fes:Distance></fes:DWithin>", "DWithin"),
        (f"<fes:Intersects>{BOXED}<gml:Polygon><gml:interior/></gml:Polygon></fes:Intersects>", "Polygon"),
        (f"<fes:PropertyIsEqualTo><fes:Function name='lower'>{DATE}</fes:Function><fes:Literal>x</fes:Literal></fes:PropertyIsEqualTo>", "Function"),
        ("<fes:ResourceId rid='a' version='FIRST'/>", "ResourceId"),
        ("<fes:PropertyIsNil/>", "PropertyIsNil"),
    ],
)  # fmt: skip
def test_what_cannot_be_expressed_is_named(valid_csw: CswClient, content: str, locator: str) -> None:
    assert ask(valid_csw, content).exception == ("InvalidParameterValue", locator)
