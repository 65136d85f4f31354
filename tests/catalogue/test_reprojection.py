"""Polygons of other reference systems, against PROJ asked about single places."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pyproj import CRS, Transformer

from catalogue import polygons
from catalogue.errors import InvalidQuery
from catalogue.polygons import Point, Ring, triangles
from catalogue.reference_systems import projection, system
from catalogue.reprojection import MOST, Spot, area, box

#: Systems, and envelopes of each that have something of their own.
ENVELOPES = {
    "EPSG:3857": ((-1.1e6, 5.0e6), (2.3e6, 7.0e6)),
    "EPSG:3035": ((2.5e6, 1.5e6), (6.0e6, 5.0e6)),
    "EPSG:25832": ((4.0e5, 5.0e6), (4.1e5, 5.01e6)),
    "EPSG:3832": ((0.0, -1.0e6), (4.0e6, 1.0e6)),  # over the antimeridian
    "EPSG:2193": ((1.0e6, 5.0e6), (3.0e6, 7.0e6)),  # over the antimeridian, curved
    "EPSG:3995": ((-1.0e6, -1.0e6), (2.0e6, 3.0e6)),  # the North Pole inside
    "EPSG:3031": ((-3.0e6, -3.0e6), (3.0e6, 3.0e6)),  # the South Pole inside
    "EPSG:4269": ((170.0, 20.0), (-160.0, 50.0)),  # degrees, over the antimeridian
    "ESRI:54009": ((0.0, 0.0), (4.0e6, 4.0e6)),
}


def has(rings: tuple[Ring, ...], point: Point) -> bool:
    return any(polygons.has(ring, point) for ring in rings)


@pytest.mark.parametrize("name", ENVELOPES)
def test_a_place_is_inside_here_if_it_is_there(name: str) -> None:
    lower, upper = ENVELOPES[name]
    rings = box(lower, upper, system(name))
    assert sum(map(len, rings)) <= MOST + 8
    way = Transformer.from_crs(CRS.from_user_input(name), "OGC:CRS84", always_xy=True)
    width, height = upper[0] - lower[0], upper[1] - lower[1]
    width += 360 if width < 0 else 0
    # Not so near to a side that it makes a difference how finely the side is divided.
    steps = [-0.05, -0.004, 0.004, 0.05, 0.27, 0.51, 0.83, 0.95, 0.996, 1.004, 1.05]
    told = 0
    for across in steps:
        for along in steps:
            x, y = lower[0] + across * width, lower[1] + along * height
            longitude, latitude = way.transform(x, y)
            back = way.transform(longitude, latitude, direction="INVERSE")
            if name != "EPSG:4269" and back != pytest.approx((x, y), rel=1e-6, abs=1):
                continue  # the system has no such place
            longitude -= 360 * round(longitude / 360)
            inside = 0 < across < 1 and 0 < along < 1
            assert has(rings, (longitude, latitude)) is inside, (across, along, longitude, latitude)
            told += inside
    assert told > 40


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["EPSG:3035", "EPSG:3857", "EPSG:3995", "EPSG:25832"]),
    st.tuples(st.floats(1e6, 4e6), st.floats(1e6, 4e6)),
    st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), min_size=3, max_size=3, unique=True),
    st.sampled_from([1e3, 1e4, 1e5]),
)
def test_triangles_hold_what_they_held(name: str, centre: Point, shape: list, scale: float) -> None:
    (ax, ay), (bx, by), (cx, cy) = shape
    # Three corners in one line are a hair's breadth apart from it once they are floats.
    assume((bx - ax) * (cy - ay) != (cx - ax) * (by - ay))
    corners = tuple((centre[0] + x * scale, centre[1] + y * scale) for x, y in shape)
    sent = polygons.polygon(corners)
    rings = area(sent, system(name))
    way = projection(system(name))
    middle = (sum(x for x, _ in corners) / 3, sum(y for _, y in corners) / 3)
    far = (2 * corners[0][0] - middle[0], 2 * corners[0][1] - middle[1])
    (inside, outside) = way.to_degrees([middle, far], 100 * scale)
    assert has(rings, inside)
    assert not has(rings, outside)
    assert all(triangles(ring) for ring in rings)


def test_axes_are_in_the_order_that_the_name_says() -> None:
    short = box((2.5e6, 1.5e6), (6.0e6, 5.0e6), system("EPSG:3035"))
    for name in ("urn:ogc:def:crs:EPSG::3035", "http://www.opengis.net/def/crs/EPSG/0/3035"):
        long = box((1.5e6, 2.5e6), (5.0e6, 6.0e6), system(name))
        assert [polygons.bounds(ring) for ring in long] == [polygons.bounds(ring) for ring in short]


def test_a_point_is_a_place() -> None:
    found = box((111_319.49079327358, 0.0), (111_319.49079327358, 0.0), system("EPSG:3857"))
    assert isinstance(found, Spot)
    assert found.at == pytest.approx((1.0, 0.0), abs=1e-9)


@pytest.mark.parametrize(
    ("name", "corners", "locator"),
    [
        ("EPSG:3995", ((-1e5, 0.0), (2e6, 3e6)), "Polygon"),  # a side goes through the pole
        ("EPSG:25832", ((4e5, 5e6), (3e5, 6e6)), "Envelope"),  # upside down
        ("EPSG:25832", ((4e5, 5e6), (4e5, 6e6)), "Envelope"),  # a line
        ("ESRI:54009", ((1.7e7, 0.0), (1.8e7, 8e6)), "srsName"),  # outside the map
        ("EPSG:4979", ((0.0, 0.0), (1.0, 1.0)), "srsName"),  # three axes
        ("EPSG:5701", ((0.0, 0.0), (1.0, 1.0)), "srsName"),  # heights
        ("IAU_2015:30100", ((0.0, 0.0), (1.0, 1.0)), "srsName"),  # the moon
        ("EPSG:999999", ((0.0, 0.0), (1.0, 1.0)), "srsName"),
    ],
)
def test_what_cannot_be_told_is_refused(name: str, corners: tuple, locator: str) -> None:
    with pytest.raises(InvalidQuery) as refused:
        box(*corners, system(name))
    assert refused.value.locator == locator


def test_many_threads_are_told_the_same() -> None:
    ways = [("EPSG:3035", *ENVELOPES["EPSG:3035"]), ("EPSG:2193", *ENVELOPES["EPSG:2193"])] * 8

    def made(one: tuple) -> tuple[Ring, ...]:
        name, (x, y), (right, top) = one
        return area.__wrapped__(((x, y), (right, y), (right, top), (x, top)), system(name))

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(made, ways))
    assert found[::2] == [found[0]] * 8
    assert found[1::2] == [found[1]] * 8


def test_proj_is_loaded_with_the_first_system_that_needs_it() -> None:
    program = (
        "import sys; from endpoint.filters.geometry import envelope;"
        "import endpoint.csw.router;"
        "envelope(('1', '2'), ('3', '4'), 'urn:ogc:def:crs:EPSG::4326'); assert 'pyproj' not in sys.modules;"
        "envelope(('1', '2'), ('3', '4'), 'EPSG:3857'); from pyproj import network;"
        "assert not network.is_network_enabled()"
    )
    subprocess.run([sys.executable, "-c", program], check=True, env={"PROJ_NETWORK": "ON"})
