"""Polygons of any reference system, made polygons in degrees.

A side that is straight in one system is a curve in another. It is divided until no piece is farther from the
curve than a hundred-thousandth of what is asked for, or a tenth of a metre; or until there are as many
corners as a query can have. What reaches over the antimeridian becomes a polygon on each side of it, and what
has a pole inside gets the pole as its edge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import dist, hypot
from typing import Final

from catalogue import polygons
from catalogue.errors import InvalidQuery
from catalogue.polygons import Point, Ring
from catalogue.reference_systems import Projection, System, projection

#: Corners of one polygon in degrees.
MOST: Final = 96
_FINEST: Final = 1e-6
_FINE: Final = 1e-5
#: Digits of a degree that are kept: a tenth of a millimetre.
_DIGITS: Final = 9
_QUARTERS: Final = (0.25, 0.5, 0.75)
_DEEPEST: Final = 16
_FULL: Final = 360.0
_HALF: Final = 180.0
#: Degrees of longitude that a piece of a side may span once it is divided: more is a pole passed by.
_WIDEST: Final = 120.0


@dataclass(frozen=True, slots=True)
class Spot:
    """One place, in degrees."""

    at: Point


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of a side: where it begins and ends there, where here, and how far from straight it is."""

    begin: Point
    end: Point
    #: In degrees: begin, a quarter of the way, half, three quarters, end; longitudes run on.
    path: tuple[Point, ...]
    off: float


def box(lower: Point, upper: Point, named: System) -> tuple[Ring, ...] | Spot:
    """The polygons in degrees that an envelope of this system is; a spot where its corners are one.

    Raises:
        InvalidQuery: they cannot be told.
    """
    way = projection(named)
    ends = [list(lower), list(upper)]
    if way.circle and ends[0][way.across] > ends[1][way.across]:
        # West of the antimeridian to east of it.
        ends[1][way.across] += way.circle
    (x, y), (right, top) = ends
    if x > right or y > top:
        raise InvalidQuery("the lower corner of the envelope is above the upper one", "Envelope")
    if (x, y) == (right, top):
        return Spot(way.to_degrees([lower], 0.0)[0])
    if x == right or y == top:
        raise InvalidQuery("the envelope is a line: only in degrees can that be compared with", "Envelope")
    return area(((x, y), (right, y), (right, top), (x, top)), named)


@lru_cache(256)
def area(corners: tuple[Point, ...], named: System) -> tuple[Ring, ...]:
    """The polygons in degrees that one with these corners is; its sides are straight in its own system.

    Raises:
        InvalidQuery: they cannot be told.
    """
    way = projection(named)
    path = _path(corners, way)
    turned = path[-1][0] - path[0][0]
    ring = path[:-1]
    if abs(turned) > _HALF:
        ring = _with_pole(ring, turned, corners, way)
    rings = [part for turn in (-1, 0, 1) for part in _window(ring, turn * _FULL)]
    if not rings:
        raise InvalidQuery("the polygon is none in degrees", "Polygon")
    return tuple(polygons.polygon(part, most=2 * MOST) for part in rings)


def _path(corners: Sequence[Point], way: Projection) -> list[Point]:
    """The way about the polygon in degrees, ending where it began, or a full turn from there."""
    closed = [*corners, corners[0]]
    size = max(dist(corners[0], corner) for corner in corners)
    (start,) = way.to_degrees([closed[0]], size)
    pieces = _divided(_pieces(list(pairwise(closed)), start, way, size), way, size)
    path, at = [start], start
    for piece in pieces:
        step = piece.path[-1][0] - piece.path[0][0]
        if abs(step) > _WIDEST and piece.off > _FINE:
            raise InvalidQuery("a side of the polygon passes too near to a pole", "Polygon")
        at = (at[0] + step, piece.path[-1][1])
        path.append(at)
    rounded = [(round(x, _DIGITS), round(y, _DIGITS)) for x, y in path]
    return [a for a, b in pairwise(rounded) if a != b] + rounded[-1:]


def _divided(pieces: list[_Piece], way: Projection, size: float) -> list[_Piece]:
    every = [point for piece in pieces for point in piece.path]
    across, along = [x for x, _ in every], [y for _, y in every]
    allowed = max(_FINEST, _FINE * hypot(max(across) - min(across), max(along) - min(along)))
    for _ in range(_DEEPEST):
        crooked = sorted((piece.off for piece in pieces if piece.off > allowed), reverse=True)
        room = MOST - len(pieces)
        if not crooked or room <= 0:
            break
        if len(crooked) > room:
            # The most crooked ones first.
            allowed = max(allowed, crooked[room])
        parts: list[tuple[Point, Point] | _Piece] = []
        for piece in pieces:
            if piece.off > allowed:
                middle = _between(piece.begin, piece.end, 0.5)
                parts += [(piece.begin, middle), (middle, piece.end)]
            else:
                parts.append(piece)
        fresh = iter(
            _pieces([part for part in parts if not isinstance(part, _Piece)], pieces[0].path[0], way, size)
        )
        pieces = [part if isinstance(part, _Piece) else next(fresh) for part in parts]
    return pieces


def _pieces(sides: Sequence[tuple[Point, Point]], near: Point, way: Projection, size: float) -> list[_Piece]:
    asked = [_between(a, b, part) for a, b in sides for part in (0.0, *_QUARTERS, 1.0)]
    found = way.to_degrees(asked, size)
    width = len(_QUARTERS) + 2
    pieces = []
    for at, (begin, end) in enumerate(sides):
        path: list[Point] = []
        last = near[0]
        for x, y in found[at * width : (at + 1) * width]:
            last = _near(x, last)
            path.append((last, y))
        pieces.append(_Piece(begin, end, tuple(path), _off(path)))
    return pieces


def _off(path: Sequence[Point]) -> float:
    """How far the points between lie from the straight way, at most."""
    (x, y), (right, top) = path[0], path[-1]
    length = hypot(right - x, top - y)
    return max(
        abs((right - x) * (q - y) - (top - y) * (p - x)) / length if length else hypot(p - x, q - y)
        for p, q in path[1:-1]
    )


def _near(longitude: float, other: float) -> float:
    """The longitude, full turns added, that lies within half a turn of the other."""
    if abs(longitude - other) <= _HALF:
        return longitude
    return longitude - _FULL * round((longitude - other) / _FULL)


def _between(a: Point, b: Point, part: float) -> Point:
    return a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part


def _with_pole(ring: list[Point], turned: float, corners: Sequence[Point], way: Projection) -> list[Point]:
    """The ring about a pole as what it is in degrees: a band that ends at the pole."""
    inside = [
        latitude
        for latitude in (90.0, -90.0)
        if (at := way.pole(latitude)) is not None and polygons.has(tuple(corners), at)
    ]
    if len(inside) != 1:
        raise InvalidQuery("the polygon goes about the earth, and has no pole inside", "Polygon")
    around = ring if turned > 0 else [(ring[0][0] - _FULL, ring[0][1]), *ring[:0:-1]]
    seam = _seam(around)
    return [*seam, (seam[-1][0], inside[0]), (seam[0][0], inside[0])]


def _seam(around: list[Point]) -> list[Point]:
    """A turn about the earth, cut at the antimeridian: from -180 to 180."""
    closed = [*around, (around[0][0] + _FULL, around[0][1])]
    for at, (a, b) in enumerate(pairwise(closed)):
        edge = next((e for e in (-_HALF, _HALF, 3 * _HALF) if a[0] <= e < b[0]), None)
        if edge is not None:
            y = round(a[1] + (b[1] - a[1]) * (edge - a[0]) / (b[0] - a[0]), _DIGITS)
            behind = [(x - edge - _HALF, y_) for x, y_ in closed[at + 1 : -1]]
            before = [(x - edge + _HALF, y_) for x, y_ in closed[: at + 1] if x != edge]
            return [(-_HALF, y), *behind, *before, (_HALF, y)]
    raise InvalidQuery("the polygon goes about the earth in no way that could be told", "Polygon")


def _window(ring: Sequence[Point], shift: float) -> list[tuple[Point, ...]]:
    """What of the ring, moved so many degrees to the east, lies between the antimeridian and itself."""
    moved: list[Point] = [(round(x + shift, _DIGITS), y) for x, y in ring]
    if max(x for x, _ in moved) <= -_HALF or min(x for x, _ in moved) >= _HALF:
        return []
    for edge, side in ((-_HALF, 1), (_HALF, -1)):
        moved = _clipped(moved, edge, side)
    return [tuple(moved)] if len(moved) > 2 else []  # noqa: PLR2004 - a line is no polygon


def _clipped(ring: Sequence[Point], edge: float, side: int) -> list[Point]:
    kept: list[Point] = []
    for a, b in zip((ring[-1], *ring[:-1]), ring, strict=True):
        inside, was = (b[0] - edge) * side >= 0, (a[0] - edge) * side >= 0
        if inside != was and edge not in {a[0], b[0]}:
            y = a[1] + (b[1] - a[1]) * (edge - a[0]) / (b[0] - a[0])
            kept.append((edge, round(y, _DIGITS)))
        if inside:
            kept.append(b)
    return kept
