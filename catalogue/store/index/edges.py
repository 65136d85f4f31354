"""Where the boxes of records end, as bits: so a box that holds half the world costs no more than a small one.

Each edge of a box is counted in steps of 0.7 degrees, and of that number the index has the binary digits,
each as a term: whoever compares an edge with a number combines nine sets. What lies a step or more from the
number is told by it; what lies within its step has to be looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from catalogue.query import Extent, Relation
from catalogue.store.index.terms import Term, is_in_degrees

#: The record has one box, in degrees, and the digits of its edges.
SLICED: Final = ("@boxed", "sliced")
#: Edge -> the least that it can be, how wide that range is, and how many digits it has.
_RANGES: Final[Mapping[str, tuple[float, float, int]]] = {
    "west": (-180.0, 360.0, 9),
    "south": (-90.0, 180.0, 8),
    "east": (-180.0, 360.0, 9),
    "north": (-90.0, 180.0, 8),
}
#: Edge -> its digits that are there, by their place.
DIGITS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    edge: tuple((f"@{edge}", str(place)) for place in range(length))
    for edge, (_, _, length) in _RANGES.items()
}
#: Relation -> for each edge of a record's box, which edge of the other it is compared with, and whether it
#: has to be less than that.
_MEETS: Final = (
    ("west", "east", True), ("east", "west", False), ("south", "north", True), ("north", "south", False),
)  # fmt: skip
_SIDES: Final[Mapping[Relation, tuple[tuple[str, str, bool], ...]]] = {
    Relation.INTERSECTS: _MEETS,
    Relation.SHARES: _MEETS,
    Relation.CONTAINS: tuple((edge, edge, edge in {"west", "south"}) for edge in _RANGES),
    Relation.WITHIN: tuple((edge, edge, edge in {"east", "north"}) for edge in _RANGES),
}
#: Relations that edges tell.
TOLD: Final = frozenset(_SIDES)


def of_boxes(boxes: Sequence[Sequence[float]]) -> Iterator[Term]:
    """The terms of the edges of a record that has one box, in degrees; of others there are none."""
    if len(boxes) != 1:
        return
    west, south, east, north = boxes[0]
    if not is_in_degrees(west, south, east, north):
        return
    yield SLICED
    for (edge, digits), value in zip(DIGITS.items(), boxes[0], strict=True):
        step = _step(edge, value)
        for place, term in enumerate(digits):
            if step >> place & 1:
                yield term


def _step(edge: str, value: float) -> int:
    least, width, length = _RANGES[edge]
    return min(max(int((value - least) / width * (1 << length)), 0), (1 << length) - 1)


def compared(wanted: Extent, among: int, digits: Mapping[str, Sequence[int]]) -> tuple[int, int]:
    """Which of the records stand so to the box, and which of them may, within a step of its edges.

    Args:
        wanted: a relation that edges tell, to a box that is not over the antimeridian.
        among: records that have one box, in degrees.
        digits: edge -> the records that have each of its digits.
    """
    sure = possible = among
    for edge, other, at_most in _SIDES[wanted.relation]:
        less, equal = _less(digits[edge], among, _step(edge, getattr(wanted, other)))
        clear = less if at_most else among & ~(less | equal)
        sure &= clear
        possible &= clear | equal
    return sure, possible & ~sure


def _less(digits: Sequence[int], among: int, step: int) -> tuple[int, int]:
    """The records whose number is less than the step, and those whose number it is."""
    less, equal = 0, among
    for place in range(len(digits) - 1, -1, -1):
        if step >> place & 1:
            less |= equal & ~digits[place]
            equal &= digits[place]
        else:
            equal &= ~digits[place]
    return less, equal
