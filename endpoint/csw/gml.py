"""The boxes and polygons that GML can write: Envelope, Point and Polygon of GML 3, Box of GML 2."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from lxml import etree

from catalogue import namespaces as ns
from catalogue.xml import local_name, namespace
from endpoint.csw.exceptions import invalid
from endpoint.filters.geometry import Shape, envelope, polygon

_NAMESPACES: Final = frozenset({ns.GML, ns.GML32})
#: What the capabilities list as operands.
OPERANDS: Final = ("gml:Envelope", "gml:Point", "gml:Polygon")
_CORNERS: Final = 2


def shape_of(element: etree._Element) -> Shape:
    """The box or the polygon that a geometry is.

    Raises:
        OwsException: it is another geometry, or no geometry at all.
    """
    if namespace(element) in _NAMESPACES and local_name(element) == "Polygon":
        return _polygon(element)
    return _box(element)


def _box(element: etree._Element) -> Shape:
    name = local_name(element)
    if namespace(element) not in _NAMESPACES or name not in {"Envelope", "Point", "Box"}:
        raise invalid(name, f"{name} is not supported: only boxes, points and polygons can be compared with")
    corners = _positions(element)
    if name == "Point":
        corners = corners * 2
    if len(corners) != _CORNERS:
        raise invalid(name, f"the corners of {name} are missing")
    return envelope(corners[0], corners[1], element.get("srsName", ""))


def _polygon(element: etree._Element) -> Shape:
    rings = [child for child in element if isinstance(child.tag, str)]
    if len(rings) != 1 or local_name(rings[0]) not in {"exterior", "outerBoundaryIs"}:
        raise invalid("Polygon", "a polygon has one exterior; holes are not supported")
    ring = next((child for child in rings[0] if isinstance(child.tag, str)), None)
    if ring is None or local_name(ring) != "LinearRing":
        raise invalid("Polygon", "the exterior of a polygon is a LinearRing")
    return polygon(_positions(ring), element.get("srsName", "") or ring.get("srsName", ""))


def _positions(element: etree._Element) -> list[Sequence[str]]:
    """Its positions, as sent: lowerCorner and upperCorner, pos, posList, coord, or coordinates."""
    found: list[Sequence[str]] = []
    for child in element:
        name, text = local_name(child), (child.text or "") if isinstance(child.tag, str) else ""
        if name in {"lowerCorner", "upperCorner", "pos"}:
            found.append(text.split())
        elif name == "posList":
            numbers = text.split()
            found += [numbers[at : at + 2] for at in range(0, len(numbers), 2)]
        elif name == "coord":
            found.append([(part.text or "").strip() for part in child])
        elif name == "coordinates":
            found += _coordinates(child, text)
    return found


def _coordinates(element: etree._Element, text: str) -> list[Sequence[str]]:
    """Positions with signs of the sender's own between them, and for the decimal point; space is layout."""
    between = element.get("ts", "").strip() or None
    positions = [position.split(element.get("cs", ",")) for position in text.split(between)]
    point = element.get("decimal", ".")
    made = [[number.strip().replace(point, ".") for number in position] for position in positions]
    return [position for position in made if any(position)]
