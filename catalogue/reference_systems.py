"""Coordinate reference systems by their names, and how their coordinates become degrees of WGS 84.

A name of the forms `urn:ogc:def:crs:EPSG::4326` and `http://www.opengis.net/def/crs/EPSG/0/4326` means the
axes in the order of the authority. `EPSG:4326` and `...epsg.xml#4326` are older than that rule and mean
easting or longitude first, as do CRS84 and no name at all: so OWSLib, QGIS and GeoNetwork send them.
EPSG:4258 (ETRS89) and EPSG:4490 (China 2000) differ from 4326 by less than a metre, and are taken for it.

Everything else is PROJ's to say. It is loaded with the first request that names another system, reads
nothing but the database that comes with it, and never asks the network for grids.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import hypot, isfinite, tau
from typing import TYPE_CHECKING, Final

from catalogue.errors import InvalidQuery
from catalogue.polygons import Point

if TYPE_CHECKING:
    from pyproj import CRS, Transformer

_NAME: Final = re.compile(
    r"(?:urn:(?:x-)?ogc:def:crs:(?P<urn>[\w-]+):[\w.]*:(?P<urn_code>\w+)"
    r"|https?://(?:www\.)?opengis\.net/def/crs/(?P<uri>[\w-]+)/[\w.]+/(?P<uri_code>\w+)"
    r"|https?://www\.opengis\.net/gml/srs/(?P<gml>\w+)\.xml#(?P<gml_code>\w+)"
    r"|\[?(?P<short>[A-Za-z][\w-]*):(?P<short_code>\w+)\]?)",
    re.IGNORECASE | re.ASCII,
)
#: Codes of WGS 84 and of what is taken for it: authority -> those with the latitude first, and those without.
_DEGREES: Final = {
    "EPSG": ({"4326", "4258", "4490"}, set()),
    "OGC": (set(), {"CRS84", "84"}),
    "CRS": (set(), {"84"}),
}
_LONGEST: Final = 200
_AXES: Final = 2
#: What a way there and back may lose: of the size of what is asked for, and in units of the system. Where
#: PROJ knows a better way for a part of a country, the way back may be another.
_RELATIVE: Final = 1e-5
_METRES: Final = 5.0


@dataclass(frozen=True, slots=True)
class System:
    """A coordinate reference system as a request names it."""

    sent: str
    authority: str
    code: str
    #: The axes are in the order of the authority, not easting or longitude first.
    as_defined: bool

    @property
    def latitude_first(self) -> bool | None:
        """Of WGS 84 in degrees, whether the latitude comes first; None of every other system."""
        latitude_first, other = _DEGREES.get(self.authority, (set(), set()))
        if self.code in latitude_first:
            return self.as_defined
        return False if self.code in other else None


@lru_cache(256)
def system(name: str) -> System:
    """The system of this name; no name is CRS84.

    Raises:
        InvalidQuery: it is no name of a system.
    """
    sent = name.strip()
    found = _NAME.fullmatch(sent or "OGC:CRS84") if len(sent) <= _LONGEST else None
    if found is None:
        raise _unknown(sent)
    for form, as_defined in (("urn", True), ("uri", True), ("gml", False), ("short", False)):
        if found[form]:
            return System(sent, found[form].upper(), found[f"{form}_code"].upper(), as_defined)
    raise _unknown(sent)


def _unknown(sent: str) -> InvalidQuery:
    return InvalidQuery(f"the coordinate reference system {sent[:_LONGEST]!r} is not known", "srsName")


class Projection:
    """The way from one system to degrees of WGS 84 and back."""

    def __init__(self, named: System) -> None:
        self._named = named
        self._crs, self._transformer = _opened(named)
        axes = self._crs.axis_info
        #: Units in which a full circle is measured along the axis of longitudes; 0 where there is none.
        self.circle = tau / axes[0].unit_conversion_factor if self._crs.is_geographic else 0.0
        #: Which coordinate is the longitude, or the easting.
        self.across = 1 if named.as_defined and axes[0].direction in {"north", "south"} else 0

    def to_degrees(self, points: Sequence[Point], size: float) -> list[Point]:
        """The longitude and the latitude of each of these points.

        Args:
            points: in the system, its axes in the order in which it was named.
            size: of what is asked for, in units of the system.

        Raises:
            InvalidQuery: one of them lies where the system cannot tell places.
        """
        xs, ys = [x for x, _ in points], [y for _, y in points]
        found = self._transform(xs, ys)
        lost = self._lost(points, found, size)
        if lost is not None:
            raise InvalidQuery(f"{lost} is no place that {self._named.sent} could tell", "srsName")
        return found

    def pole(self, latitude: float) -> Point | None:
        """Where a pole lies in the system; None where it cannot tell."""
        xs, ys = self._transformer.transform([0.0], [latitude], direction="INVERSE")
        at = (float(xs[0]), float(ys[0]))
        if not all(map(isfinite, at)):
            return None
        (back,) = self._transform([at[0]], [at[1]])
        return at if abs(back[1] - latitude) < _RELATIVE else None

    def _transform(self, xs: list[float], ys: list[float]) -> list[Point]:
        across, along = self._transformer.transform(xs, ys)
        return [(float(x), float(y)) for x, y in zip(across, along, strict=True)]

    def _lost(self, points: Sequence[Point], found: list[Point], size: float) -> Point | None:
        """A point that does not come back to where it was."""
        xs, ys = self._transformer.transform(
            [x for x, _ in found], [y for _, y in found], direction="INVERSE"
        )
        units = 1.0 if self._crs.is_projected else tau * 6_378_137 / (self.circle or tau)
        slack = _RELATIVE * size + _METRES / units
        for point, degrees, x, y in zip(points, found, xs, ys, strict=True):
            apart = [float(x) - point[0], float(y) - point[1]]
            if self.circle and isfinite(apart[self.across]):
                # Longitudes come back from the other side of the antimeridian.
                apart[self.across] -= self.circle * round(apart[self.across] / self.circle)
            if not (all(map(isfinite, (*degrees, *apart))) and hypot(*apart) <= slack):
                return point
        return None


@lru_cache(64)
def projection(named: System) -> Projection:
    """The way from this system to degrees.

    Raises:
        InvalidQuery: PROJ does not know the system, it is none of places on the earth, or nobody knows how it
            stands to WGS 84.
    """
    return Projection(named)


def _opened(named: System) -> tuple[CRS, Transformer]:
    from pyproj import CRS, Transformer, network
    from pyproj.exceptions import ProjError

    network.set_network_enabled(active=False)  # type: ignore[attr-defined] # imported there without saying so
    try:
        crs = CRS.from_authority(named.authority, named.code)
    except ProjError as error:
        raise _unknown(named.sent) from error
    if len(crs.axis_info) != _AXES or not (crs.is_projected or crs.is_geographic):
        raise InvalidQuery(f"{named.sent} ({crs.name}) is no system of two axes on the earth", "srsName")
    try:
        return crs, Transformer.from_crs(
            crs, "OGC:CRS84", always_xy=not named.as_defined, allow_ballpark=False, force_over=True
        )
    except ProjError as error:
        raise InvalidQuery(
            f"how {named.sent} ({crs.name}) stands to WGS 84 is not known", "srsName"
        ) from error
