"""A payload as text, line by line, with the place marked at which it breaks a rule."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree

from catalogue.run import Fault

_LINE: Final = re.compile(r"\bline (\d+)")
_STEP: Final = re.compile(r"(?:[\w.-]+:)?([\w.-]+)(?:\[(\d+)\])?")
#: Characters that are shown.
LONGEST: Final = 100_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text."""

    number: int
    text: str
    marked: bool = False


def lines_of(payload: bytes, fault: Fault | None = None) -> list[Line]:
    """The lines of a payload; of a fault, its place is marked where it can be found."""
    text = payload.decode("utf-8", "replace")[:LONGEST]
    lines = text.splitlines()
    marked = _places(payload, lines, fault) if fault else set()
    return [Line(number, line, number in marked) for number, line in enumerate(lines, 1)]


def _places(payload: bytes, lines: Sequence[str], fault: Fault) -> set[int]:
    named = _LINE.search(fault.message)
    if named:
        return {int(named[1])}
    by_path = _by_path(payload, fault.path)
    if by_path:
        return {by_path}
    value = fault.value.strip().splitlines()[0][:60] if fault.value.strip() else ""
    return {number for number, line in enumerate(lines, 1) if value and value in line}


def _by_path(payload: bytes, path: str) -> int | None:
    """The line of the first element to which a path leads, whatever prefixes it is written with."""
    steps = [_STEP.fullmatch(step) for step in path.strip("/").split("/") if step]
    if not steps or not all(steps):
        return None
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(payload, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    names = [match[1] for match in steps if match]
    for element in root.iter(etree.Element) if root is not None else ():
        if etree.QName(element).localname == names[-1] and _ends_with(element, names):
            return element.sourceline
    return None


def _ends_with(element: etree._Element, names: Sequence[str]) -> bool:
    """Whether the elements around it, from the inside, have these names."""
    here: etree._Element | None = element
    for name in reversed(names):
        if here is None or etree.QName(here).localname != name:
            return False
        here = here.getparent()
    return True
