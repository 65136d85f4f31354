"""What the index knows a record by: its words, the values of its queryables, and a few marks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeAlias

from catalogue.query import Extent
from catalogue.queryables import KEY_LENGTH, OF_RECORDS, ORDINALS, QUERYABLES, Kind, instant, normalise

#: A word, or (name, value): a queryable's name and its value, or one of the marks below.
Term: TypeAlias = "str | tuple[str, str]"

#: The record is not deleted.
LIVE: Final = ("@live", "")
#: The record has an extent; one whose boxes are degrees.
BOXED: Final = ("@boxed", "")
IN_DEGREES: Final = ("@boxed", "degrees")

#: Queryables of which nearly each record has a value of its own: that they have one is all that is kept.
UNLISTED: Final = frozenset(
    {"identifier", "resource_identifier", "title", "abstract", "alternative", "lineage", "relation", "source"}
)


#: Those of them that are kept in order, by how they begin.
ORDERED: Final = frozenset({"identifier", "title"})


_WORLD: Final = (-180.0, -90.0, 180.0, 90.0)


def of_box(west: float, south: float, east: float, north: float) -> tuple[Term, ...]:
    """The terms of a record that has this box."""
    return (BOXED, IN_DEGREES) if is_in_degrees(west, south, east, north) else (BOXED,)


def is_in_degrees(west: float, south: float, east: float, north: float) -> bool:
    """Whether the box lies within the world."""
    return west >= _WORLD[0] and south >= _WORLD[1] and east <= _WORLD[2] and north <= _WORLD[3]


def is_world(wanted: Extent) -> bool:
    """Whether the box holds the whole world."""
    west, south, east, north = _WORLD
    return wanted.west <= west and wanted.south <= south and wanted.east >= east and wanted.north >= north


def in_order(values: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """How those of a record's values begin that are kept in order, with the names of their queryables."""
    return tuple({(pair[0], normalise(pair[1])[:KEY_LENGTH]) for pair in values if pair[0] in ORDERED})


def in_set(set_spec: str) -> tuple[str, str]:
    """The record is in the set."""
    return "@set", set_spec


def is_listed(queryable: str) -> bool:
    """Whether the index knows the values of the queryable."""
    return queryable not in UNLISTED and QUERYABLES.get(queryable) in OF_RECORDS


def has(queryable: str) -> tuple[str, str]:
    """The record has a value of the queryable."""
    return "@has", queryable


def in_year(queryable: str, year: str) -> tuple[str, str]:
    """The record has a date that begins in this year."""
    return f"@year {queryable}", year


#: Of queryables that are not listed: all that the index knows of a value.
MARKS: Final = {name: has(name) for name in UNLISTED}


def of_values(values: Iterable[tuple[str, str]]) -> set[Term]:
    """The terms of a record with these values."""
    return {term for pair in values for term in of_value(*MARKS.get(pair[0], pair))}


def of_value(name: str, value: str) -> tuple[Term, ...]:
    """The terms of a value; those of a mark are itself."""
    if name.startswith("@"):
        return ((name, value),)
    if not is_listed(name):
        return (has(name),)
    if QUERYABLES[name] is Kind.DATE and (begin := instant(value)):
        return has(name), (name, value), in_year(name, begin[:4])
    return has(name), (name, value)


def key_of(name: str, value: str) -> str:
    """What the index finds a value by: how it begins, or the instant or number that it is."""
    told = ORDINALS.get(QUERYABLES.get(name, Kind.TEXT))
    return told(value) if told else normalise(value)[:KEY_LENGTH]
