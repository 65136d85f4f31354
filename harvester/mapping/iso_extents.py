"""Extents of ISO 19115:2003, B.3.1: boxes, places and times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, Protocol

from lxml import etree

from catalogue.record import Box, Period, Text
from catalogue.xml import local_name
from harvester.mapping import dates
from harvester.mapping.extents import box, decimal
from harvester.mapping.gmd import (
    GMD,
    Locales,
    characters,
    child_object,
    down,
    free_text,
    free_text_of,
    objects,
)
from harvester.mapping.texts import inner_text, line


class ExtentDraft(Protocol):
    """What an extent is read into."""

    locales: Locales
    boxes: list[Box]
    places: list[Text]
    periods: list[Period]


def read_extent(draft: ExtentDraft, element: etree._Element) -> None:
    """gmd:extent or srv:extent: EX_Extent."""
    extent = child_object(element)
    if extent is not None:
        for part in extent:
            reader = _PARTS.get(part.tag)
            if reader:
                reader(draft, part)


def _description(draft: ExtentDraft, element: etree._Element) -> None:
    _place(draft, free_text(element, draft.locales))


def _place(draft: ExtentDraft, text: Text | None) -> None:
    if text:
        draft.places.append(text)


def _geographic(draft: ExtentDraft, element: etree._Element) -> None:
    """EX_GeographicBoundingBox or EX_GeographicDescription; a polygon has no place in the record."""
    extent = child_object(element)
    if extent is not None:
        name = local_name(extent)
        if name == "EX_GeographicBoundingBox":
            found = _bounding_box(extent)
            if found:
                draft.boxes.append(found)
        elif name == "EX_GeographicDescription":
            identifier = down(extent, GMD + "geographicIdentifier")
            if identifier is not None:
                _place(draft, free_text_of(identifier, GMD + "code", draft.locales))


def _bounding_box(extent: etree._Element) -> Box | None:
    """The box; None where it is broken, out of range, or excludes what it surrounds (extentTypeCode)."""
    edges = {}
    for edge in extent:
        if edge.tag == _TYPE_CODE and characters(edge).lower() in {"0", "false"}:
            return None
        edges[edge.tag] = edge
    values = [decimal(inner_text(edges[tag])) if tag in edges else float("nan") for tag in _EDGES]
    return box(*values)


_TYPE_CODE: Final = GMD + "extentTypeCode"
_EDGES: Final = tuple(
    GMD + name
    for name in ("westBoundLongitude", "southBoundLatitude", "eastBoundLongitude", "northBoundLatitude")
)


def _temporal(draft: ExtentDraft, element: etree._Element) -> None:
    """EX_TemporalExtent: a gml:TimePeriod or gml:TimeInstant, in any GML namespace."""
    extent = child_object(element)
    if extent is not None:
        for time in objects(extent, GMD + "extent"):
            found = time_of(time)
            if found:
                draft.periods.append(found)


def time_of(time: etree._Element) -> Period | None:
    """A gml:TimePeriod or gml:TimeInstant; None where it says nothing."""
    positions = {name: line(inner_text(part)) for name, part in _positions(time)}
    if local_name(time) == "TimeInstant":
        sent = positions.get("timePosition", "")
        begin = end = dates.w3cdtf(sent)
        understood = bool(begin)
    else:
        first_sent = positions.get("beginPosition") or positions.get("begin", "")
        last_sent = positions.get("endPosition") or positions.get("end", "")
        sent = f"{first_sent}/{last_sent}"
        begin, end = dates.w3cdtf(first_sent), dates.w3cdtf(last_sent)
        understood = (bool(begin) or not first_sent) and (bool(end) or not last_sent)
    text = "" if understood else sent.strip("/")
    if not begin and not end and not text:
        text = positions.get("description") or positions.get("name", "")
    return Period(begin, end, text) if begin or end or text else None


def _positions(time: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    for part in time:
        yield local_name(part), part


_PARTS: Final[dict[object, Callable[[ExtentDraft, etree._Element], None]]] = {
    GMD + "description": _description,
    GMD + "geographicElement": _geographic,
    GMD + "temporalElement": _temporal,
}
