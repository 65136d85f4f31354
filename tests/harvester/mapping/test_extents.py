# ruff: noqa: E501 - samples of XML are read best on one line
"""Boxes, periods and places, as Dublin Core and OWS write them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from catalogue.record import Box, Period
from harvester.mapping import extents
from harvester.mapping.extents import Coverage

CITE = "urn:x-ogc:def:crs:EPSG:6.11:4326"


def ows(lower: str, upper: str, crs: str = "", name: str = "BoundingBox") -> Box | None:
    attribute = f' crs="{crs}"' if crs else ""
    return extents.ows_box(
        etree.fromstring(
            f'<{name} xmlns="http://www.opengis.net/ows"{attribute}><LowerCorner>{lower}</LowerCorner>'
            f"<!-- c --><UpperCorner>{upper}</UpperCorner></{name}>"
        )
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("North 90, South -90, East 180, West -180. (Global)", Coverage(box=Box(-180, -90, 180, 90))),
        ("northlimit=5; southlimit=-5; westlimit=1,5; eastlimit=2; name=Lake", Coverage(box=Box(1.5, -5, 2, 5), place="Lake")),
        ("east=148.26218; north=-36.45746; name=Mt. Kosciusko", Coverage(box=Box(148.26218, -36.45746, 148.26218, -36.45746), place="Mt. Kosciusko")),
        ("name=The Great Depression; start=1929; end=1939;", Coverage(period=Period("1929", "1939", "The Great Depression"))),
        ("start=1929-10; scheme=W3C-DTF", Coverage(period=Period("1929-10", ""))),
        ("1990/1995", Coverage(period=Period("1990", "1995"))),
        ("1993", Coverage(period=Period("1993", "1993"))),
        ("Lake Example, northern shore", Coverage(place="Lake Example, northern shore")),
        ("northlimit=95; southlimit=-5; westlimit=1; eastlimit=2", Coverage(place="northlimit=95; southlimit=-5; westlimit=1; eastlimit=2")),
        ("a=b", Coverage(place="a=b")),
    ],
)  # fmt: skip
def test_coverage(text: str, found: object) -> None:
    assert extents.coverage(text) == found


def test_temporal_keeps_what_it_does_not_understand() -> None:
    assert extents.temporal("20020816") == Coverage(period=Period("2002-08-16", "2002-08-16"))
    assert extents.temporal("Holocene") == Coverage(period=Period(text="Holocene"))


@pytest.mark.parametrize(
    ("lower", "upper", "crs", "found"),
    [
        ("60.042 13.754", "68.410 17.920", CITE, Box(13.754, 60.042, 17.92, 68.41)),
        ("-1 179", "1 -179", CITE, Box(179, -1, -179, 1)),
        ("32.5 -117.6", "33.5 -116.2", "urn:ogc:def:crs:EPSG::4326", Box(-117.6, 32.5, -116.2, 33.5)),
        ("-108.44 28.229", "-96.223 34.353", "", Box(-108.44, 28.229, -96.223, 34.353)),
        ("-90 -180", "90 180", "EPSG:4326", Box(-180, -90, 180, 90)),
        ("180 -90", "-180 90", "urn:ogc:def:crs:EPSG:6.6:4326", Box(-180, -90, 180, 90)),
        ("6.62 -0.0026", "-83.0149 68.6387", "urn:ogc:def:crs:EPSG:6.6:4326", Box(-83.0149, -0.0026, 6.62, 68.6387)),
        ("472944 5363287", "494983 5428601", "urn:ogc:def:crs:EPSG::32610", None),
        ("1", "2", "", None),
        ("a b", "c d", "", None),
    ],
)  # fmt: skip
def test_the_axes_of_an_ows_box_are_those_of_its_crs(lower: str, upper: str, crs: str, found: object) -> None:
    assert ows(lower, upper, crs) == found


def test_wgs84_bounding_box_has_longitude_first() -> None:
    assert ows("179 -1", "-179 1", name="WGS84BoundingBox") == Box(179, -1, -179, 1)


@given(*[st.floats() | st.integers(-200, 200).map(float)] * 4)
def test_a_box_is_within_degrees_or_none(west: float, south: float, east: float, north: float) -> None:
    found = extents.box(west, south, east, north)
    if found:
        assert all(map(math.isfinite, (found.west, found.south, found.east, found.north)))
        assert found.south <= found.north


@given(st.text(max_size=60))
def test_any_text_covers_something(text: str) -> None:
    assert extents.coverage(text) != Coverage() or text == ""
