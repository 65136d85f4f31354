"""The boxes that GML can write: Envelope and Point of GML 3, Box of GML 2."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from lxml import etree

from catalogue import namespaces as ns
from catalogue.xml import local_name, namespace
from endpoint.csw.exceptions import invalid
from endpoint.csw.geometry import Envelope, envelope

_NAMESPACES: Final = frozenset({ns.GML, ns.GML32})
#: What the capabilities list as operands.
OPERANDS: Final = ("gml:Envelope", "gml:Point")
_CORNERS: Final = 2


def box_of(element: etree._Element) -> Envelope:
    """The box that a geometry is.

    Raises:
        OwsException: it is another geometry, or no geometry at all.
    """
    name = local_name(element)
    if namespace(element) not in _NAMESPACES or name not in {"Envelope", "Point", "Box"}:
        raise invalid(name, f"{name} is not supported: only boxes and points can be compared with")
    corners = _corners(element)
    if name == "Point":
        corners = corners * 2
    if len(corners) != _CORNERS:
        raise invalid(name, f"the corners of {name} are missing")
    return envelope(corners[0], corners[1], element.get("srsName", ""))


def _corners(element: etree._Element) -> list[Sequence[str]]:
    """Its positions, as sent: lowerCorner and upperCorner, pos, coord, or coordinates."""
    found: list[Sequence[str]] = []
    for child in element:
        name, text = local_name(child), (child.text or "") if isinstance(child.tag, str) else ""
        if name in {"lowerCorner", "upperCorner", "pos"}:
            found.append(text.split())
        elif name == "coord":
            found.append([(part.text or "").strip() for part in child])
        elif name == "coordinates":
            found += [pair.split(child.get("cs", ",")) for pair in text.split(child.get("ts", None))]
    return found
