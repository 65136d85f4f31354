"""Polygons, and what they are taken apart into."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.errors import InvalidQuery
from catalogue.polygons import MAX_CORNERS, is_convex, polygon, triangles
from query_truth import SHAPES


def area(ring: tuple) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, (*ring[1:], ring[0]), strict=True)) / 2


@pytest.mark.parametrize("shape", SHAPES)
def test_triangles_cover_a_polygon_once(shape: tuple) -> None:
    for points in (shape, shape[::-1]):
        ring = polygon(points)
        assert area(ring) == abs(area(shape))
        assert sum(map(area, triangles(ring))) == area(ring)
        assert all(area(triangle) > 0 for triangle in triangles(ring))


def test_corners_that_are_none_are_left_out() -> None:
    ring = polygon(((0, 0), (1, 0), (2, 0), (2, 2), (1, 2), (0, 2), (0, 1), (0, 0)))
    assert set(ring) == {(0, 0), (2, 0), (2, 2), (0, 2)}
    assert is_convex(ring)


@pytest.mark.parametrize(
    "points",
    [
        (),
        ((0, 0),),
        ((0, 0), (1, 1), (2, 2)),
        ((0, 0), (2, 2), (2, 0), (0, 2)),
        ((0, 0), (4, 0), (4, 4), (2, 0), (0, 4)),
        ((0, 0), (4, 0), (2, 0), (2, 3)),
        tuple((float(x), float(x * x)) for x in range(MAX_CORNERS + 1)),
    ],
)
def test_what_is_no_polygon(points: tuple) -> None:
    with pytest.raises(InvalidQuery) as refused:
        polygon(points)
    assert refused.value.locator == "Polygon"


numbers = st.integers(-4, 4) | st.floats(-180, 180)


@settings(max_examples=300, deadline=None)
@given(points=st.lists(st.tuples(numbers, numbers), min_size=3, max_size=9))
def test_any_points_are_a_polygon_or_are_refused(points: list) -> None:
    try:
        ring = polygon(tuple(points))
        parts = triangles(ring)
    except InvalidQuery:
        return
    assert sum(map(area, parts)) == pytest.approx(area(ring), rel=1e-6, abs=1e-6)
