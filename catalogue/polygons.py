"""Polygons: corners in order, each (longitude, latitude), the first not repeated at the end.

A polygon is taken apart into triangles, each of which is compared with a box by lines that would part them:
so a database can say what meets a polygon without knowing geometry.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Final

from catalogue.errors import InvalidQuery

Point = tuple[float, float]
Ring = tuple[Point, ...]
#: A line, as what it says of a point: x * a + y * b <= c holds on the polygon's side of it.
Edge = tuple[float, float, float]

MAX_CORNERS: Final = 50
_FEWEST: Final = 3


def polygon(points: tuple[Point, ...], *, most: int = MAX_CORNERS) -> Ring:
    """The polygon with these corners, counter-clockwise, without corners that are none.

    Args:
        points: its corners in order; the first may stand at the end again.
        most: corners that it may have.

    Raises:
        InvalidQuery: they are no polygon, or one that crosses itself.
    """
    ring = points[:-1] if len(points) > 1 and points[0] == points[-1] else points
    if len(ring) > most:
        raise InvalidQuery(f"a polygon may have at most {most} corners", "Polygon")
    ring = _without_straight(ring)
    if len(ring) < _FEWEST:
        raise InvalidQuery("a polygon has three corners that are not in one line", "Polygon")
    if _crosses_itself(ring):
        raise InvalidQuery("the polygon crosses itself", "Polygon")
    return ring if _area(ring) > 0 else ring[::-1]


def has(ring: Ring, point: Point) -> bool:
    """Whether a point that lies on none of the polygon's sides is inside."""
    x, y = point
    return bool(
        sum(
            (a[1] > y) != (b[1] > y) and x < a[0] + (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1])
            for a, b in _sides(ring)
        )
        % 2
    )


def is_convex(ring: Ring) -> bool:
    """Whether no corner of the polygon points inwards."""
    return all(_turn(*corner) > 0 for corner in _corners(ring))


@lru_cache(64)
def triangles(ring: Ring) -> tuple[Ring, ...]:
    """The polygon in triangles that cover it exactly: ears, cut off one by one.

    Raises:
        InvalidQuery: no number is fine enough for its corners.
    """
    left = list(ring)
    found: list[Ring] = []
    while len(left) > _FEWEST:
        at = next((at for at in range(len(left)) if _is_ear(left, at)), None)
        if at is None:
            # Simple polygons have ears; corners that lie too near to one another for numbers may hide them.
            raise InvalidQuery("the corners of the polygon lie too near to one another", "Polygon")
        found.append((left[at - 1], left[at], left[(at + 1) % len(left)]))
        del left[at]
        left = list(_without_straight(tuple(left)))
        if len(left) < _FEWEST:
            return tuple(found)
    return (*found, tuple(left))


def edges(ring: Ring) -> list[Edge]:
    """The lines on which the sides of a convex polygon lie."""
    return [(b[1] - a[1], a[0] - b[0], (b[1] - a[1]) * a[0] + (a[0] - b[0]) * a[1]) for a, b in _sides(ring)]


def bounds(ring: Ring) -> tuple[float, float, float, float]:
    """West, south, east, north."""
    across, along = [x for x, _ in ring], [y for _, y in ring]
    return min(across), min(along), max(across), max(along)


def _sides(ring: Ring) -> list[tuple[Point, Point]]:
    return list(pairwise((*ring, ring[0])))


def _corners(ring: Ring) -> list[tuple[Point, Point, Point]]:
    return [(ring[at - 1], ring[at], ring[(at + 1) % len(ring)]) for at in range(len(ring))]


def _turn(a: Point, b: Point, c: Point) -> float:
    """Above 0 where the way from a over b to c turns left, below 0 where it turns right."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _area(ring: Ring) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in _sides(ring))


def _without_straight(ring: Ring) -> Ring:
    left = list(ring)
    at = 0
    while at < len(left) and len(left) >= _FEWEST:
        before, after = left[at - 1], left[(at + 1) % len(left)]
        if _turn(before, left[at], after) == 0 and _between(left[at], before, after):
            del left[at]
            at = max(at - 2, 0)
        else:
            at += 1
    return tuple(left)


def _between(point: Point, a: Point, b: Point) -> bool:
    """Whether a point of the line through a and b lies between them."""
    return min(a[0], b[0]) <= point[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= point[1] <= max(a[1], b[1])


def _crosses_itself(ring: Ring) -> bool:
    sides = _sides(ring)
    count = len(sides)
    return any(
        _meet(*sides[one], *sides[other])
        for one in range(count)
        for other in range(one + 2, count)
        if (other + 1) % count != one
    ) or any(_turn(*corner) == 0 for corner in _corners(ring))


def _meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    of_c, of_d, of_a, of_b = _turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b)
    if of_c * of_d < 0 and of_a * of_b < 0:
        return True
    touching = ((of_c, c, a, b), (of_d, d, a, b), (of_a, a, c, d), (of_b, b, c, d))
    return any(turn == 0 and _between(point, one, other) for turn, point, one, other in touching)


def _is_ear(left: list[Point], at: int) -> bool:
    ear = left[at - 1], left[at], left[(at + 1) % len(left)]
    if _turn(*ear) <= 0:
        return False
    lines = edges(ear)
    return not any(all(x * a + y * b <= c for a, b, c in lines) for x, y in left if (x, y) not in ear)
