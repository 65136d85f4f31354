"""Where the boxes of records end, as bits: so a box that holds half the world costs no more than a small one.

Each edge of a box is counted in steps of 0.7 degrees, and of that number the index has the binary digits,
each as a term: whoever compares an edge with a number combines nine sets. What lies a step or more from the
number is told by it; what lies within its step has to be looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalogue.query import Extent, Relation
from catalogue.store import statements
from catalogue.store.index.postings import Union, without
from catalogue.store.index.rows import postings
from catalogue.store.index.terms import Term, is_in_degrees
from catalogue.store.tables import index_terms

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
SIDES: Final[Mapping[Relation, tuple[tuple[str, str, bool], ...]]] = {
    Relation.INTERSECTS: _MEETS,
    Relation.SHARES: _MEETS,
    Relation.CONTAINS: tuple((edge, edge, edge in {"west", "south"}) for edge in _RANGES),
    Relation.WITHIN: tuple((edge, edge, edge in {"east", "north"}) for edge in _RANGES),
}
#: Relations that edges tell.
TOLD: Final = frozenset(SIDES)


#: Edge -> for each number of steps its digits that are there.
_OF_STEPS: Final[Mapping[str, Sequence[tuple[Term, ...]]]] = {
    edge: [
        tuple(term for place, term in enumerate(known) if step >> place & 1)
        for step in range(1 << len(known))
    ]
    for edge, known in DIGITS.items()
}


def of_boxes(boxes: Sequence[Sequence[float]]) -> tuple[Term, ...]:
    """The terms of the edges of a record that has one box, in degrees; of others there are none."""
    if len(boxes) != 1:
        return ()
    west, south, east, north = boxes[0]
    if not is_in_degrees(west, south, east, north):
        return ()
    return (
        SLICED,
        *_OF_STEPS["west"][_step("west", west)],
        *_OF_STEPS["south"][_step("south", south)],
        *_OF_STEPS["east"][_step("east", east)],
        *_OF_STEPS["north"][_step("north", north)],
    )


def _step(edge: str, value: float) -> int:
    least, width, length = _RANGES[edge]
    steps = 1 << length
    step = int((value - least) / width * steps)
    return 0 if step < 0 else steps - 1 if step >= steps else step


def digits(
    connection: Connection, chunks: int, remembered: Callable[[Hashable, Callable[[], int]], int]
) -> dict[str, list[int]]:
    """Edge -> the records that have each of its digits; all are read at once where one is not remembered."""
    read: dict[Term, Union] = {}

    def find(one: Term) -> int:
        if not read:
            # What is asked for has an entry, though no record may have it.
            read[one] = Union()
            # In two steps: asked for both at once, SQLite walks through all rows of a chunk.
            terms = {row[0]: (row[1], row[2]) for row in statements.rows_on(connection, _DIGITS)}
            for number, chunk, body in postings(connection, chunks, terms):
                read.setdefault(terms[number], Union()).add(chunk, body)
        return read[one].bits() if one in read else 0

    return {edge: [remembered(one, partial(find, one)) for one in known] for edge, known in DIGITS.items()}


_DIGITS: Final = sa.select(index_terms.c.id, index_terms.c.name, index_terms.c.value).where(
    sa.or_(*(index_terms.c.name == sa.literal_column(f"'@{edge}'") for edge in DIGITS))
)


def compared(wanted: Extent, among: int, having: Mapping[str, Sequence[int]]) -> tuple[int, int]:
    """Which of the records stand so to the box, and which of them may, within a step of its edges.

    Args:
        wanted: a relation that edges tell, to a box that is not over the antimeridian.
        among: records that have one box, in degrees.
        having: edge -> the records that have each of its digits.
    """
    sure = possible = among
    for edge, other, at_most in SIDES[wanted.relation]:
        less, equal = _less(having[edge], among, _step(edge, getattr(wanted, other)))
        clear = less if at_most else without(among, less | equal)
        sure &= clear
        possible &= clear | equal
    return sure, without(possible, sure)


def _less(having: Sequence[int], among: int, step: int) -> tuple[int, int]:
    """The records whose number is less than the step, and those whose number it is."""
    less, equal = 0, among
    for place in range(len(having) - 1, -1, -1):
        if step >> place & 1:
            both = equal & having[place]
            less |= equal ^ both
            equal = both
        else:
            equal = without(equal, having[place])
    return less, equal
