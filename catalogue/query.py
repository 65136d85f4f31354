"""RecordQuery: what to look for in the catalogue, in no protocol's words. Frozen, no I/O.

A query holds a tree of predicates over queryables (`catalogue.queryables`). The trees of Filter Encoding,
CQL and every other language are this tree; the store makes it SQL.

A predicate is true or false of a record, never unknown: a comparison with a queryable that the record has
no value of is false, and `Not` is the exact complement of what it stands before. A queryable may have
several values; a comparison is true when at least one value satisfies it (OGC 09-026r2, section 7.7.3.3,
matchAction "Any", which is its default).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final

from catalogue.errors import InvalidQuery
from catalogue.polygons import Ring

#: Predicates that one query may have, and how deep they may stand in one another: what every database
#: that we use can parse with room to spare.
MAX_PREDICATES: Final = 500
MAX_DEPTH: Final = 40
#: Characters that a pattern may have, and identifiers that may be asked for at once.
MAX_PATTERN: Final = 2_000
MAX_IDENTIFIERS: Final = 1_000


class Operator(StrEnum):
    """A comparison of a value with a literal."""

    EQUAL = "="
    NOT_EQUAL = "<>"
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="


class Wildcard(Enum):
    """What stands in a pattern for characters that do not matter."""

    #: Any number of characters, none included.
    MANY = "*"
    #: One character.
    ONE = "?"


#: Literal text and wildcards, in order.
Pattern = tuple[str | Wildcard, ...]


class Relation(StrEnum):
    """How a record's extent stands to a box. Boxes are closed: what touches, intersects."""

    #: They have a point in common.
    INTERSECTS = "intersects"
    #: They have more in common than their edges.
    SHARES = "shares"
    #: The record has an extent, and they have no point in common.
    DISJOINT = "disjoint"
    #: The whole extent lies inside the box.
    WITHIN = "within"
    #: One of the record's boxes holds the whole box (over the antimeridian: each half of it).
    CONTAINS = "contains"


@dataclass(frozen=True, slots=True)
class Compare:
    """Some value of the queryable stands so to the literal.

    Text is compared by code points, dates as the instants at which the periods that they name begin.
    """

    queryable: str
    operator: Operator
    literal: str
    match_case: bool = True


@dataclass(frozen=True, slots=True)
class Between:
    """Some value of the queryable lies between the two, both included unless it is `strict`."""

    queryable: str
    lower: str
    upper: str
    match_case: bool = True
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Like:
    """Some value of the queryable, from its first character to its last, has this pattern."""

    queryable: str
    pattern: Pattern
    match_case: bool = True


@dataclass(frozen=True, slots=True)
class Missing:
    """The record has no value of the queryable."""

    queryable: str


@dataclass(frozen=True, slots=True)
class AnyText:
    """The pattern occurs in the record's texts, in whatever case."""

    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Extent:
    """The record's geographic extent stands so to the box; west > east crosses the antimeridian."""

    relation: Relation
    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class Area:
    """The record's geographic extent stands so to the polygon (`catalogue.polygons.polygon` makes one)."""

    relation: Relation
    corners: Ring
    #: Further polygons: the area is all of them together. They may touch the first nowhere but at the
    #: antimeridian, over which no box of a record reaches (it is two).
    others: tuple[Ring, ...] = ()

    @property
    def rings(self) -> tuple[Ring, ...]:
        """Every polygon of it."""
        return (self.corners, *self.others)


@dataclass(frozen=True, slots=True)
class Identified:
    """The record has one of these identifiers."""

    identifiers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """The record is in the set of this setSpec, now."""

    set_spec: str


@dataclass(frozen=True, slots=True)
class And:
    """All of them are true."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of them is true."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """It is false."""

    part: Predicate


Predicate = (
    Compare | Between | Like | Missing | AnyText | Extent | Area | Identified | Member | And | Or | Not
)


@dataclass(frozen=True, slots=True)
class SortKey:
    """Order by a queryable's smallest value, or descending by its greatest; records without come last."""

    queryable: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands in an order: what the order compares of it, and its number."""

    #: One for each key of the sort; None where the record has no value.
    values: tuple[str | int | None, ...]
    number: int


@dataclass(frozen=True, slots=True)
class RecordQuery:
    """Which records, in which order, and which slice of them. Deleted records never match."""

    where: Predicate | None = None
    #: What these leave equal is ordered by age in the catalogue, oldest first.
    sort: tuple[SortKey, ...] = ()
    offset: int = 0
    limit: int = 10
    #: Only what stands behind this place; how many records match does not depend on it.
    after: Place | None = None

    def __post_init__(self) -> None:
        if self.where is not None:
            check_size(self.where)
        if self.after is not None and len(self.after.values) != len(self.sort):
            raise InvalidQuery("the place is one in another order")


def check_size(predicate: Predicate) -> None:
    """Check that no database will choke on the tree.

    Raises:
        InvalidQuery: it has too many predicates, is too deep, or one of them is too long.
    """
    count = 0
    for found, depth in _walk(predicate):
        count += _weight(found)
        if count > MAX_PREDICATES:
            raise InvalidQuery(f"a filter may have at most {MAX_PREDICATES} predicates")
        if depth > MAX_DEPTH:
            raise InvalidQuery(f"a filter may be at most {MAX_DEPTH} levels deep")
        if isinstance(found, (Like, AnyText)) and _length(found.pattern) > MAX_PATTERN:
            raise InvalidQuery(f"a pattern may have at most {MAX_PATTERN} characters")
        if isinstance(found, Identified) and len(found.identifiers) > MAX_IDENTIFIERS:
            raise InvalidQuery(f"at most {MAX_IDENTIFIERS} identifiers may be asked for at once")


def size(predicate: Predicate) -> int:
    """How many predicates the tree has, those that hold others included; polygons count by their corners."""
    return sum(_weight(found) for found, _ in _walk(predicate))


def _weight(predicate: Predicate) -> int:
    return sum(map(len, predicate.rings)) if isinstance(predicate, Area) else 1


def _length(pattern: Pattern) -> int:
    return sum(1 if isinstance(part, Wildcard) else len(part) for part in pattern)


def _walk(predicate: Predicate) -> Iterator[tuple[Predicate, int]]:
    left: list[tuple[Predicate, int]] = [(predicate, 1)]
    while left:
        found, depth = left.pop()
        yield found, depth
        if isinstance(found, (And, Or)):
            left.extend((part, depth + 1) for part in found.parts)
        elif isinstance(found, Not):
            left.append((found.part, depth + 1))


def all_of(parts: tuple[Predicate, ...]) -> Predicate:
    """`And`, or the one part alone; an And inside is taken apart."""
    flat = tuple(inner for part in parts for inner in (part.parts if isinstance(part, And) else (part,)))
    return flat[0] if len(flat) == 1 else And(flat)


def any_of(parts: tuple[Predicate, ...]) -> Predicate:
    """`Or`, or the one part alone; an Or inside is taken apart."""
    flat = tuple(inner for part in parts for inner in (part.parts if isinstance(part, Or) else (part,)))
    return flat[0] if len(flat) == 1 else Or(flat)


def pattern_of(text: str, *, many: str, one: str, escape: str) -> Pattern:
    """The pattern that a text with wildcards means.

    Args:
        text: literal text with wildcards in it.
        many: what stands for any number of characters; empty where nothing does.
        one: what stands for one character; empty where nothing does.
        escape: what makes a wildcard behind it literal; at the end of the text it stands for itself.
    """
    parts: list[str | Wildcard] = []
    literal: list[str] = []

    def add(wildcard: Wildcard) -> None:
        if literal:
            parts.append("".join(literal))
            literal.clear()
        if not (wildcard is Wildcard.MANY and parts and parts[-1] is Wildcard.MANY):
            parts.append(wildcard)

    at = 0
    while at < len(text):
        if escape and text.startswith(escape, at) and at + len(escape) < len(text):
            at += len(escape)
            taken = next((w for w in (escape, many, one) if w and text.startswith(w, at)), text[at])
            literal.append(taken)
            at += len(taken)
        elif many and text.startswith(many, at):
            add(Wildcard.MANY)
            at += len(many)
        elif one and text.startswith(one, at):
            add(Wildcard.ONE)
            at += len(one)
        else:
            literal.append(text[at])
            at += 1
    if literal:
        parts.append("".join(literal))
    return tuple(parts)
