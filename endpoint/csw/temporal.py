"""Temporal operators of Filter Encoding 2.0 (OGC 09-026r2, 7.9), and the times that GML 3.2 can write."""

from __future__ import annotations

from typing import Final

from lxml import etree

from catalogue import namespaces as ns
from catalogue.xml import local_name, namespace
from endpoint.csw.exceptions import invalid

_NAMESPACES: Final = frozenset({ns.GML, ns.GML32})
#: Those that can be told of a date, which is an instant, or of a temporal extent.
OPERATORS: Final = (
    "After", "Before", "During", "TEquals", "AnyInteracts", "Begins", "Ends", "TContains", "TOverlaps",
    "OverlappedBy",
)  # fmt: skip
#: What the capabilities list as operands.
OPERANDS: Final = ("gml:TimeInstant", "gml:TimePeriod")


def period_of(element: etree._Element) -> tuple[str, str]:
    """When a time begins and ends; an instant does both at once.

    Raises:
        OwsException: it is another object, or has no position.
    """
    name = local_name(element)
    if name == "Literal":
        text = "".join(element.itertext()).strip()
        begin, slash, end = text.partition("/")
        return begin.strip(), (end if slash else begin).strip()
    if namespace(element) not in _NAMESPACES or name not in {"TimeInstant", "TimePeriod"}:
        raise invalid(name, f"{name} is no time that a date could be compared with")
    if name == "TimeInstant":
        at = _position(element, "timePosition")
        return at, at
    return _end(element, "begin"), _end(element, "end")


def _end(period: etree._Element, side: str) -> str:
    for child in period:
        name = local_name(child)
        if name == f"{side}Position":
            return _text(child)
        if name == side:
            instant = next((inner for inner in child if local_name(inner) == "TimeInstant"), None)
            if instant is not None:
                return _position(instant, "timePosition")
    raise invalid("TimePeriod", f"the {side} of the period is missing")


def _position(element: etree._Element, name: str) -> str:
    found = next((child for child in element if local_name(child) == name), None)
    if found is None:
        raise invalid(local_name(element), f"{local_name(element)} has no {name}")
    return _text(found)


def _text(element: etree._Element) -> str:
    if element.get("indeterminatePosition"):
        raise invalid(local_name(element), "a position that is not determined is not supported")
    return (element.text or "").strip()
