"""Places and times that a resource is about, as Dublin Core and OWS write them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

from lxml import etree

from catalogue.record import Box, Period
from catalogue.xml import local_name
from harvester.mapping import dates
from harvester.mapping.texts import inner_text

#: `North 90, South -90, East 180, West -180. (Global)`: how GeoNetwork writes a box in Dublin Core.
_COMPASS: Final = re.compile(
    r"\b(north|south|east|west)\s*:?\s*(-?\d{1,3}(?:\.\d{1,20})?)(?=[\s,.;)]|$)", re.IGNORECASE
)
#: `name=value;` of the DCMI Box, Point and Period encoding schemes (DCSV).
_DCSV: Final = re.compile(r"\s*([A-Za-z]+)\s*=\s*([^;]*)")
_DIGIT: Final = re.compile(r"\d")
_CORNERS: Final = 2


@dataclass(frozen=True, slots=True)
class Coverage:
    """What one dc:coverage, dct:spatial or dct:temporal turned out to be."""

    box: Box | None = None
    period: Period | None = None
    place: str = ""


def decimal(text: str | None) -> float:
    """A number in decimal degrees, with a comma or a point; NaN where it is none."""
    try:
        return float((text or "").strip().replace(",", "."))
    except ValueError:
        return math.nan


def box(west: float, south: float, east: float, north: float) -> Box | None:
    """The box, or None where an edge is missing, out of range, or the south is above the north."""
    if -180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90:  # noqa: PLR2004 - degrees
        return Box(west, south, east, north)
    return None


def coverage(text: str) -> Coverage:
    """What a text says: a DCMI Box, Point or Period, a box in words, a period, or else a place."""
    if "=" in text:
        pairs = {name.lower(): value.strip() for name, value in map(_pair, text.split(";")) if name}
        found = _dcsv(pairs)
        if found:
            return found
    if len(text) >= len("1990"):
        named = _in_words(text[:500])
        if named:
            return Coverage(box=named)
        if _DIGIT.search(text):
            time = dates.period_of(text)
            if time:
                return Coverage(period=time)
    return Coverage(place=text)


def _in_words(text: str) -> Box | None:
    if "orth" not in text and "ORTH" not in text:
        return None
    return _box_of({name.lower(): decimal(value) for name, value in _COMPASS.findall(text)})


def temporal(text: str) -> Coverage:
    """dct:temporal: a period; where it is not understood, its text is all there is."""
    found = coverage(text)
    return found if found.period else Coverage(period=Period(text=text))


def _pair(piece: str) -> tuple[str, str]:
    found = _DCSV.fullmatch(piece)
    return (found[1], found[2]) if found else ("", "")


def _dcsv(pairs: dict[str, str]) -> Coverage | None:
    """DCMI Box, Point (https://www.dublincore.org/specifications/dublin-core/dcmi-box/) or Period."""
    name = pairs.get("name", "")
    edges = {key.removesuffix("limit"): decimal(value) for key, value in pairs.items()}
    whole = _box_of(edges)
    if whole is None and {"east", "north"} <= edges.keys():
        whole = box(edges["east"], edges["north"], edges["east"], edges["north"])
    if whole:
        return Coverage(box=whole, place=name)
    if "start" in pairs or "end" in pairs:
        begin, end = dates.w3cdtf(pairs.get("start", "")), dates.w3cdtf(pairs.get("end", ""))
        return Coverage(period=Period(begin, end, name))
    return None


def _box_of(edges: dict[str, float]) -> Box | None:
    if not {"west", "south", "east", "north"} <= edges.keys():
        return None
    return box(edges["west"], edges["south"], edges["east"], edges["north"])


def ows_box(element: etree._Element) -> Box | None:
    """An ows:BoundingBox or ows:WGS84BoundingBox (OGC 05-008, 10.2).

    The order of the axes is that of the `crs`: latitude first for a URN of EPSG 4326, longitude first for
    WGS84BoundingBox, for `EPSG:4326` and where there is none. A box that is impossible in the one order
    is read in the other.
    """
    corners = [_position(child) for child in element if local_name(child).endswith("Corner")]
    if len(corners) != _CORNERS or corners[0] is None or corners[1] is None:
        return None
    (a, b), (c, d) = corners[0], corners[1]
    longitude_first = _longitudes_first(a, b, c, d)
    if local_name(element) == "WGS84BoundingBox":
        return box(a, b, c, d)
    crs = element.get("crs", "")
    if crs.startswith(("urn:x-ogc:def:crs:EPSG:", "urn:ogc:def:crs:EPSG:")) and crs.endswith(":4326"):
        return box(b, a, d, c) or longitude_first
    return longitude_first or box(b, a, d, c)


def _longitudes_first(a: float, b: float, c: float, d: float) -> Box | None:
    """Longitude before latitude. GeoNetwork before 3.10 writes the eastern edge into the lower corner."""
    return box(min(a, c), b, max(a, c), d)


def _position(corner: etree._Element) -> tuple[float, float] | None:
    """The first two coordinates of a corner."""
    numbers = [decimal(part) for part in inner_text(corner).split()]
    return (numbers[0], numbers[1]) if len(numbers) >= _CORNERS else None
