"""Envelopes and polygons, and the order of their axes.

A name of the forms `urn:ogc:def:crs:EPSG::4326` and `http://www.opengis.net/def/crs/EPSG/0/4326` means the
axes in EPSG's order: latitude, longitude. `EPSG:4326` and `...epsg.xml#4326` are older than that rule and
mean longitude, latitude, as do CRS84 and no name at all: so OWSLib, QGIS and GeoNetwork send them.
EPSG:4258 (ETRS89) differs from 4326 by less than a metre, and is taken for it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Final

from catalogue import polygons
from catalogue.errors import InvalidQuery
from endpoint.filters.properties import refused

_LATITUDE_FIRST: Final = re.compile(
    r"urn:(?:x-)?ogc:def:crs:EPSG:[\d.]*:(?:4326|4258)"
    r"|https?://www\.opengis\.net/def/crs/EPSG/[\d.]+/(?:4326|4258)",
    re.IGNORECASE,
)
_LONGITUDE_FIRST: Final = re.compile(
    r"|EPSG:(?:4326|4258)|https?://www\.opengis\.net/gml/srs/epsg\.xml#(?:4326|4258)"
    r"|(?:urn:(?:x-)?ogc:def:crs:OGC:[\d.]*:|https?://www\.opengis\.net/def/crs/OGC/[\d.]+/|CRS:|OGC:)(?:CRS)?84",
    re.IGNORECASE,
)
_CORNERS: Final = 4
_AXES: Final = 2


@dataclass(frozen=True, slots=True)
class Envelope:
    """A box in degrees, WGS 84; west > east crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float


#: What a record's extent can be compared with.
Shape = Envelope | polygons.Ring


def polygon(points: Sequence[Sequence[str]], crs: str) -> Shape:
    """The polygon with these corners, as sent; one whose sides are those of a box is that box.

    Raises:
        InvalidQuery: the corners are no polygon, or we do not know the system.
    """
    swapped = latitude_first(crs)
    corners: list[polygons.Point] = []
    for point in points:
        if len(point) != _AXES:
            raise refused("Polygon", "a corner of the polygon has two coordinates")
        first, second = (_number(text) for text in point)
        corners.append((second, first) if swapped else (first, second))
    if len(corners) < _CORNERS or corners[0] != corners[-1]:
        raise refused("Polygon", "a polygon has three corners at least, and ends where it begins")
    try:
        ring = polygons.polygon(tuple(corners))
        polygons.triangles(ring)
    except InvalidQuery as error:
        raise refused(error.locator, str(error)) from error
    west, south, east, north = polygons.bounds(ring)
    if set(ring) == {(west, south), (east, south), (east, north), (west, north)}:
        return Envelope(west, south, east, north)
    return ring


def envelope(lower: Sequence[str], upper: Sequence[str], crs: str) -> Envelope:
    """The envelope with these corners, as sent, in this coordinate reference system.

    Raises:
        InvalidQuery: the corners are no numbers, or we do not know the system.
    """
    corners = [_number(text) for text in (*lower, *upper)]
    if len(lower) != _AXES or len(upper) != _AXES:
        raise _no_envelope("a corner has two coordinates")
    if latitude_first(crs):
        south, west, north, east = corners
    else:
        west, south, east, north = corners
    if south > north:
        raise _no_envelope("the south is north of the north")
    return Envelope(west, south, east, north)


def latitude_first(crs: str) -> bool:
    """Whether the latitude is the first axis of the system of this name.

    Raises:
        InvalidQuery: we do not know it.
    """
    name = crs.strip()
    if _LATITUDE_FIRST.fullmatch(name):
        return True
    if _LONGITUDE_FIRST.fullmatch(name):
        return False
    raise refused(
        "srsName", f"the coordinate reference system {crs!r} is not supported: use EPSG 4326 or CRS84"
    )


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
