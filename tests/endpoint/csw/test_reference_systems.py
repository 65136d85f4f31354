"""Boxes and polygons in systems that PROJ knows, in each way in which a filter can be written."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pyproj import Transformer

import factories
from catalogue import oai_identifier
from catalogue.record import Box, Record, Text
from catalogue.store import Store
from csw_client import CswClient

#: Places every ten degrees and seven, and one at the North Pole.
PLACES = [(float(x), float(y)) for x in range(-180, 180, 10) for y in range(-84, 90, 14)] + [(0.0, 90.0)]


def name(place: tuple[float, float]) -> str:
    return oai_identifier.mint(factories.NAMESPACE, "nile", f"{place[0]:g}/{place[1]:g}")


@pytest.fixture(scope="module")
def csw(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CswClient]:
    """A client of a catalogue of places."""
    records = {f"{x:g}/{y:g}": Record(title=Text.of("A place"), boxes=(Box(x, y, x, y),)) for x, y in PLACES}
    with Store(f"sqlite:///{tmp_path_factory.mktemp('places')}/store.sqlite") as store:
        store.upgrade()
        factories.fill(store, records)
        yield CswClient(store, csw_max_records=10_000)


def envelope(crs: str, lower: str, upper: str) -> str:
    return (
        f'<gml:Envelope srsName="{crs}"><gml:lowerCorner>{lower}</gml:lowerCorner>'
        f"<gml:upperCorner>{upper}</gml:upperCorner></gml:Envelope>"
    )


def asked(csw: CswClient, operator: str, geometry: str) -> set[str]:
    name = "<ogc:PropertyName>ows:BoundingBox</ogc:PropertyName>"
    answer = csw.filter(f"<ogc:{operator}>{name}{geometry}</ogc:{operator}>", maxRecords="10000")
    return set(answer.identifiers)


@pytest.mark.parametrize(
    ("crs", "lower", "upper"),
    [
        ("EPSG:3035", (2.5e6, 1.5e6), (6.0e6, 5.0e6)),
        ("EPSG:3857", (-1.1e6, -3.0e6), (2.3e6, 7.0e6)),
        ("EPSG:3832", (0.0, -5.0e6), (8.0e6, 1.0e6)),
        ("EPSG:3995", (-1.0e6, -1.5e6), (3.0e6, 4.0e6)),
    ],
)
def test_what_is_inside_there_is_found_here(csw: CswClient, crs: str, lower: tuple, upper: tuple) -> None:
    way = Transformer.from_crs("OGC:CRS84", crs, always_xy=True)
    there = {name(place): way.transform(*place) for place in PLACES}
    within = {one for one, (x, y) in there.items() if lower[0] <= x <= upper[0] and lower[1] <= y <= upper[1]}
    assert 5 < len(within) < len(PLACES) / 2
    shape = envelope(crs, f"{lower[0]} {lower[1]}", f"{upper[0]} {upper[1]}")
    assert asked(csw, "BBOX", shape) == within
    assert asked(csw, "Within", shape) == within
    assert asked(csw, "Disjoint", shape) == set(map(name, PLACES)) - within
    numbers = f"{lower[0]}, {lower[1]}, {upper[0]}, {upper[1]}"
    found = csw.cql(f"BBOX(ows:BoundingBox, {numbers}, '{crs}')", maxRecords="10000")
    assert set(found.identifiers) == within
    query = (
        f"service=CSW&version=3.0.0&request=GetRecords&typeNames=Record&maxRecords=10000&bbox={numbers},{crs}"
    )
    assert set(csw.get(query.replace(" ", "")).identifiers) == within


def test_axes_of_a_polygon_are_in_the_order_of_its_name(csw: CswClient) -> None:
    def polygon(crs: str, *corners: tuple[str, str]) -> str:
        listed = " ".join(f"{a} {b}" for a, b in corners)
        return (
            f'<gml:Polygon srsName="{crs}"><gml:exterior><gml:LinearRing><gml:posList>{listed}</gml:posList>'
            "</gml:LinearRing></gml:exterior></gml:Polygon>"
        )

    corners = [("2600000", "1600000"), ("6000000", "1500000"), ("4000000", "5000000"), ("2600000", "1600000")]
    short = asked(csw, "Intersects", polygon("EPSG:3035", *corners))
    turned = [(north, east) for east, north in corners]
    for crs in ("urn:ogc:def:crs:EPSG::3035", "http://www.opengis.net/def/crs/EPSG/0/3035"):
        assert asked(csw, "Intersects", polygon(crs, *turned)) == short
    assert name((10.0, 42.0)) in short
    assert len(short) > 2


def test_a_point_in_metres(csw: CswClient) -> None:
    x, y = Transformer.from_crs("OGC:CRS84", "EPSG:3857", always_xy=True).transform(9.0, 7.0)
    point = f'<gml:Point srsName="EPSG:3857"><gml:pos>{x} {y}</gml:pos></gml:Point>'
    assert asked(csw, "Intersects", point) == set()
    assert asked(csw, "Disjoint", point) == set(map(name, PLACES))


@pytest.mark.parametrize(
    ("crs", "words"),
    [
        ("EPSG:999999", "is not known"),
        ("urn:ogc:def:crs:EPSG::5701", "is no system of two axes"),
        ("IAU_2015:30100", "stands to WGS 84 is not known"),
        ("EPSG:25832", "is no place"),
    ],
)
def test_what_cannot_be_told_is_a_named_exception(csw: CswClient, crs: str, words: str) -> None:
    shape = envelope(crs, "1e15 1e15", "2e15 2e15")
    answer = csw.filter(f"<ogc:BBOX><ogc:PropertyName>ows:BoundingBox</ogc:PropertyName>{shape}</ogc:BBOX>")
    assert answer.exception == ("InvalidParameterValue", "srsName")
    assert words in answer.one("//ows:ExceptionText/text()")
    query = "service=CSW&version=3.0.0&request=GetRecords&typeNames=Record&bbox=1e15,1e15,2e15,2e15,"
    assert csw.get(query + crs).exception == ("InvalidParameterValue", "bbox")
