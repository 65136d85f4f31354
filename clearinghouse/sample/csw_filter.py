"""OGC Filter Encoding 1.1 over sample records: logic, comparisons and bounding boxes, evaluated in memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from lxml import etree

from catalogue.xml import local_name
from clearinghouse.sample.csw_errors import invalid
from clearinghouse.sample.records import SampleRecord, Texts

Predicate = Callable[[SampleRecord], bool]


def _values(texts: Iterable[Texts]) -> list[str]:
    return [value for text in texts for value in text.values()]


def _any_text(record: SampleRecord) -> list[str]:
    texts = _values((record.title, record.abstract, *(subject.label for subject in record.subjects)))
    links = [link.url for link in record.links]
    return [" ".join((record.id, *texts, *record.creators, *record.identifiers, *record.coverage, *links))]


#: Queryables by local name, in small letters: those of csw:Record, and their names in the ISO profile.
QUERYABLES: Final[dict[str, Callable[[SampleRecord], list[str]]]] = {
    "anytext": _any_text,
    "identifier": lambda record: [record.id],
    "title": lambda record: _values((record.title,)),
    "abstract": lambda record: _values((record.abstract,)),
    "subject": lambda record: _values(subject.label for subject in record.subjects),
    "creator": lambda record: list(record.creators),
    "type": lambda record: [record.type],
    "format": lambda record: [record.format],
    "language": lambda record: list(record.languages),
    "date": lambda record: [record.date],
    "modified": lambda record: [record.datestamp],
}

_COMPARISONS: Final[dict[str, Callable[[str, str], bool]]] = {
    "PropertyIsEqualTo": lambda found, wanted: found == wanted,
    "PropertyIsNotEqualTo": lambda found, wanted: found != wanted,
    "PropertyIsLessThan": lambda found, wanted: found < wanted,
    "PropertyIsGreaterThan": lambda found, wanted: found > wanted,
    "PropertyIsLessThanOrEqualTo": lambda found, wanted: found <= wanted,
    "PropertyIsGreaterThanOrEqualTo": lambda found, wanted: found >= wanted,
}
COMPARISONS: Final = (*_COMPARISONS, "PropertyIsLike", "PropertyIsBetween")
_COORDINATES: Final = 4


def compile_filter(element: etree._Element) -> Predicate:
    """The predicate that an ogc:Filter, or one expression inside it, stands for.

    Raises:
        OwsError: an operator or a property that the node does not know.
    """
    name = local_name(element)
    if name in _LOGIC:
        return _LOGIC[name]([compile_filter(part) for part in element if local_name(part)])
    if name in _COMPARISONS:
        return _comparison(element, _COMPARISONS[name])
    if name in _OTHERS:
        return _OTHERS[name](element)
    raise invalid("Filter", f"this server does not know the operator {name!r}")


def queryable(name: str) -> Callable[[SampleRecord], list[str]]:
    """What reads the property of this name, whatever its prefix.

    Raises:
        OwsError: there is no such queryable.
    """
    read = QUERYABLES.get(name.rpartition("}")[2].rpartition(":")[2].strip().lower())
    if read is None:
        raise invalid("PropertyName", f"{name!r} is not a queryable of this server")
    return read


def _all(predicates: list[Predicate]) -> Predicate:
    return lambda record: all(predicate(record) for predicate in predicates)


def _any(predicates: list[Predicate]) -> Predicate:
    return lambda record: any(predicate(record) for predicate in predicates)


def _none(predicates: list[Predicate]) -> Predicate:
    return lambda record: not any(predicate(record) for predicate in predicates)


def _child(element: etree._Element, *names: str) -> str:
    """The text of the first descendant with one of these local names."""
    for child in element.iter():
        if local_name(child) in names:
            return (child.text or "").strip()
    raise invalid("Filter", f"{local_name(element)} has no {' or '.join(names)}")


def _comparison(element: etree._Element, compare: Callable[[str, str], bool]) -> Predicate:
    read, wanted = queryable(_child(element, "PropertyName")), _child(element, "Literal")
    if element.get("matchCase", "true") == "false":
        wanted = wanted.casefold()
        return lambda record: any(compare(found.casefold(), wanted) for found in read(record))
    return lambda record: any(compare(found, wanted) for found in read(record))


def _between(element: etree._Element) -> Predicate:
    read = queryable(_child(element, "PropertyName"))
    bounds = {local_name(child): _literal(child) for child in element}
    if not {"LowerBoundary", "UpperBoundary"} <= bounds.keys():
        raise invalid("Filter", "PropertyIsBetween wants a LowerBoundary and an UpperBoundary")
    low, high = bounds["LowerBoundary"], bounds["UpperBoundary"]
    return lambda record: any(low <= found <= high for found in read(record))


def _literal(boundary: etree._Element) -> str:
    return "".join(str(text) for text in boundary.itertext()).strip()


def _like(element: etree._Element) -> Predicate:
    """PropertyIsLike; letters match whatever their case, as AnyText is for people."""
    read, wanted = queryable(_child(element, "PropertyName")), _child(element, "Literal")
    wild, single = element.get("wildCard", "%"), element.get("singleChar", "_")
    escape_char = element.get("escapeChar") or element.get("escape") or "\\"
    pattern, escaped = "", False
    for char in wanted:
        if escaped or char not in {wild, single, escape_char}:
            pattern, escaped = pattern + re.escape(char), False
        elif char == escape_char:
            escaped = True
        else:
            pattern += ".*" if char == wild else "."
    match = re.compile(pattern, re.IGNORECASE | re.DOTALL).fullmatch
    return lambda record: any(match(found) for found in read(record))


def _bbox(element: etree._Element) -> Predicate:
    """Boxes that meet; corners are longitude first unless the CRS is a URN (then latitude first)."""
    numbers = " ".join(
        (child.text or "").replace(",", " ")
        for child in element.iter()
        if local_name(child) in {"lowerCorner", "upperCorner", "coordinates"}
    ).split()
    try:
        values = [float(number) for number in numbers]
    except ValueError:
        values = []
    if len(values) != _COORDINATES:
        raise invalid("BBOX", "a bounding box has two corners of two numbers")
    if any((child.get("srsName") or "").lower().startswith("urn:") for child in element.iter()):
        values = [values[1], values[0], values[3], values[2]]
    west, south, east, north = values

    def meets(record: SampleRecord) -> bool:
        if record.box is None:
            return False
        left, bottom, right, top = record.box
        return left <= east and right >= west and bottom <= north and top >= south

    return meets


_LOGIC: Final[dict[str, Callable[[list[Predicate]], Predicate]]] = {
    "Filter": _all,
    "And": _all,
    "Or": _any,
    "Not": _none,
}
_OTHERS: Final[dict[str, Callable[[etree._Element], Predicate]]] = {
    "PropertyIsLike": _like,
    "PropertyIsBetween": _between,
    "BBOX": _bbox,
}
