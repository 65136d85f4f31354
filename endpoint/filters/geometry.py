"""Envelopes and polygons as they are sent, and what they are in degrees (`catalogue.reference_systems`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Final

from catalogue import polygons, reference_systems, reprojection
from catalogue.errors import InvalidQuery
from endpoint.filters.properties import refused

_CORNERS: Final = 4
_AXES: Final = 2
_ANTIMERIDIAN: Final = 180.0


@dataclass(frozen=True, slots=True)
class Envelope:
    """A box in degrees, WGS 84; west > east crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float


#: Polygons that are one area: over the antimeridian there is one on each side.
Surface = tuple[polygons.Ring, ...]
#: What a record's extent can be compared with.
Shape = Envelope | Surface


def polygon(points: Sequence[Sequence[str]], crs: str) -> Shape:
    """The polygon with these corners, as sent; one whose sides are those of a box is that box.

    Raises:
        InvalidQuery: the corners are no polygon, or it cannot be told what they are in degrees.
    """
    system = reference_systems.system(crs)
    corners: list[polygons.Point] = []
    for point in points:
        if len(point) != _AXES:
            raise refused("Polygon", "a corner of the polygon has two coordinates")
        first, second = (_number(text) for text in point)
        corners.append((second, first) if system.latitude_first else (first, second))
    if len(corners) < _CORNERS or corners[0] != corners[-1]:
        raise refused("Polygon", "a polygon has three corners at least, and ends where it begins")
    ring = polygons.polygon(tuple(corners))
    if system.latitude_first is None:
        return _shape(reprojection.area(ring, system))
    return _shape((ring,))


def _shape(surface: Surface) -> Shape:
    """The box that it is, else the polygons, of which we now know that they can be compared with."""
    for ring in surface:
        polygons.triangles(ring)
    boxes = sorted(map(polygons.bounds, surface))
    if all(map(_is_box, surface)):
        if len(boxes) == 1:
            return Envelope(*boxes[0])
        (west, *eastern), (east, *western) = boxes[0], boxes[-1]
        halves = len(boxes) == 2 and west == -_ANTIMERIDIAN and western[1] == _ANTIMERIDIAN  # noqa: PLR2004
        if halves and (eastern[0], eastern[2]) == (western[0], western[2]) and eastern[1] < east:
            return Envelope(east, eastern[0], eastern[1], eastern[2])
    return surface


def _is_box(ring: polygons.Ring) -> bool:
    west, south, east, north = polygons.bounds(ring)
    return set(ring) == {(west, south), (east, south), (east, north), (west, north)}


def envelope(lower: Sequence[str], upper: Sequence[str], crs: str) -> Shape:
    """The envelope with these corners, as sent, in this coordinate reference system.

    Raises:
        InvalidQuery: the corners are no numbers, or it cannot be told what they are in degrees.
    """
    if len(lower) != _AXES or len(upper) != _AXES:
        raise _no_envelope("a corner has two coordinates")
    first, second, third, fourth = (_number(text) for text in (*lower, *upper))
    system = reference_systems.system(crs)
    if system.latitude_first is None:
        made = reprojection.box((first, second), (third, fourth), system)
        return Envelope(*made.at, *made.at) if isinstance(made, reprojection.Spot) else _shape(made)
    corners = (second, first, fourth, third) if system.latitude_first else (first, second, third, fourth)
    west, south, east, north = corners
    if south > north:
        raise _no_envelope("the south is north of the north")
    return Envelope(west, south, east, north)


def _number(text: str) -> float:
    try:
        found = float(text)
    except ValueError as error:
        raise _no_envelope(f"{text!r} is no number") from error
    if not isfinite(found):
        raise _no_envelope(f"{text!r} is no number")
    return found


def _no_envelope(message: str) -> InvalidQuery:
    return refused("Envelope", f"the envelope cannot be understood: {message}")
