"""The tree that both encodings of CQL2 are read into; every node knows where it stands in what was sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from catalogue.errors import InvalidQuery
from catalogue.query import MAX_DEPTH

#: Characters of a filter.
LONGEST: Final = 100_000
LOCATOR: Final = "filter"


@dataclass(frozen=True, slots=True)
class Name:
    """A property."""

    text: str
    at: str


@dataclass(frozen=True, slots=True)
class Text:
    """A character string."""

    value: str
    at: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number, as it was written."""

    value: str
    at: str


@dataclass(frozen=True, slots=True)
class Truth:
    """TRUE or FALSE."""

    value: bool
    at: str


@dataclass(frozen=True, slots=True)
class Instant:
    """A date or a timestamp."""

    value: str
    at: str


@dataclass(frozen=True, slots=True)
class Interval:
    """From one instant to another; an end that is empty is open."""

    begin: str
    end: str
    at: str


@dataclass(frozen=True, slots=True)
class Shape:
    """A geometry: `Point`, `Polygon`, `BBox` ...; positions are pairs of numbers as they were written."""

    kind: str
    #: Of each ring or line its positions; of a BBox its two corners.
    rings: tuple[tuple[tuple[str, ...], ...], ...]
    at: str
    #: What one of several consists of.
    members: tuple[Shape, ...] = ()


@dataclass(frozen=True, slots=True)
class Folded:
    """A text without regard to case, or to accents."""

    function: Literal["casei", "accenti"]
    operand: Node
    at: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Node, ...]
    at: str


@dataclass(frozen=True, slots=True)
class Call:
    """An operator or a function, in small letters, and its operands."""

    op: str
    args: tuple[Node, ...]
    at: str


Node = Name | Text | Number | Truth | Instant | Interval | Shape | Folded | Items | Call

FOLDING: Final = frozenset({"casei", "accenti"})
ARITHMETIC: Final = frozenset({"+", "-", "*", "/", "%", "^", "div"})
SEVERAL: Final = ("MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection")


def wrong(at: str, message: str) -> InvalidQuery:
    """The filter cannot be understood, or not be answered."""
    return InvalidQuery(f"{message}, at {at}", LOCATOR)


def text_of(value: str, at: str) -> Text:
    """A character string that can be compared with texts.

    Raises:
        InvalidQuery: it has a NUL, which no text has, and not every database takes.
    """
    if "\x00" in value:
        raise wrong(at, "a text has a character that no text can have")
    return Text(value, at)


def check_depth(depth: int, at: str) -> None:
    """Check that the filter is not nested without end.

    Raises:
        InvalidQuery: it is.
    """
    if depth > MAX_DEPTH:
        raise wrong(at, f"a filter may be at most {MAX_DEPTH} levels deep")


def folded(function: str, operand: Node, at: str) -> Folded:
    """CASEI or ACCENTI of something."""
    return Folded("casei" if function == "casei" else "accenti", operand, at)
