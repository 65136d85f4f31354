"""CQL2 JSON (OGC 21-065r2, 8.3) to the tree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from catalogue.errors import InvalidQuery
from endpoint.filters.cql2.tree import (
    FOLDING,
    LOCATOR,
    LONGEST,
    SEVERAL,
    Call,
    Instant,
    Interval,
    Items,
    Name,
    Node,
    Number,
    Shape,
    Truth,
    check_depth,
    folded,
    text_of,
    wrong,
)
from endpoint.filters.cql2.wkt import corners_of, no_geometry

_OPEN: Final = ".."
_ENDS: Final = 2
_AXES: Final = 2


def parse(document: str | bytes) -> Node:
    """The tree of a filter in CQL2 JSON.

    Raises:
        InvalidQuery: it is none; the message says at which path.
    """
    if len(document) > LONGEST:
        raise InvalidQuery(f"a filter may have at most {LONGEST} characters", LOCATOR)
    try:
        value = msgspec.json.decode(document)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise InvalidQuery(f"the filter is no JSON: {error}", LOCATOR) from error
    return _node(value, "$", 1)


def _node(value: Any, at: str, depth: int) -> Node:  # noqa: C901, PLR0911 - one return a kind of value
    check_depth(depth, at)
    match value:
        case bool():
            return Truth(value, at)
        case str():
            return text_of(value, at)
        case int() | float():
            return Number(repr(value), at)
        case list():
            return Items(tuple(_node(one, f"{at}[{n}]", depth + 1) for n, one in enumerate(value)), at)
        case {"op": op}:
            return _call(op, value.get("args"), at, depth)
        case {"property": str(name)}:
            return Name(name, at)
        case {"date": str(sent)} | {"timestamp": str(sent)}:
            return Instant(sent, at)
        case {"interval": ends}:
            return _interval(ends, at)
        case {"bbox": list(numbers)} if "type" not in value:
            return Shape("BBox", (corners_of([_number(one, at) for one in numbers], at),), at)
        case {"type": str()}:
            return _shape(value, at, depth)
        case {"function": _}:
            raise wrong(at, "functions are not supported")
        case _:
            raise wrong(at, f"{type(value).__name__} is no part of CQL2 here")


def _call(op: Any, args: Any, at: str, depth: int) -> Node:
    if not isinstance(op, str) or not isinstance(args, list):
        raise wrong(at, "an operation has the members op, a text, and args, a list")
    operands = tuple(_node(one, f"{at}.args[{n}]", depth + 1) for n, one in enumerate(args))
    name = op.lower()
    if name in FOLDING:
        if len(operands) != 1:
            raise wrong(at, f"{op} has one operand")
        return folded(name, operands[0], at)
    return Call(name, operands, at)


def _interval(ends: Any, at: str) -> Interval:
    if not isinstance(ends, list) or len(ends) != _ENDS:
        raise wrong(at, "an interval has two ends")
    found = []
    for end in ends:
        sent = next(iter(end.values()), None) if isinstance(end, dict) and "property" not in end else end
        if not isinstance(sent, str):
            raise wrong(at, "the ends of an interval are dates; properties in an interval are not supported")
        found.append("" if sent == _OPEN else sent)
    return Interval(found[0], found[1], at)


def _number(value: Any, at: str) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong(at, f"{value!r} is no number")
    return repr(value)


def _shape(value: Mapping[str, Any], at: str, depth: int) -> Shape:
    """A GeoJSON geometry (RFC 7946, section 3.1)."""
    check_depth(depth, at)
    kind, coordinates = value["type"], value.get("coordinates")
    if kind == "GeometryCollection":
        members = value.get("geometries")
        if not isinstance(members, list) or not all(
            isinstance(one, dict) and "type" in one for one in members
        ):
            raise no_geometry(at, "a collection without geometries")
        inner = (_shape(one, f"{at}.geometries[{n}]", depth + 1) for n, one in enumerate(members))
        return Shape(kind, (), at, tuple(inner))
    if kind in SEVERAL:
        one = kind.removeprefix("Multi")
        listed = _list(coordinates, at)
        members = tuple(_shape({"type": one, "coordinates": part}, at, depth) for part in listed)
        return Shape(kind, (), at, members)
    match kind:
        case "Point":
            return Shape(kind, ((_position(coordinates, at),),), at)
        case "LineString":
            return Shape(kind, (_positions(coordinates, at),), at)
        case "Polygon":
            rings = tuple(_positions(ring, at) for ring in _list(coordinates, at))
            return Shape(kind, rings, at)
        case _:
            raise no_geometry(at, repr(kind))


def _list(value: Any, at: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise no_geometry(at, "what has no coordinates")
    return value


def _positions(value: Any, at: str) -> tuple[tuple[str, ...], ...]:
    return tuple(_position(one, at) for one in _list(value, at))


def _position(value: Any, at: str) -> tuple[str, ...]:
    numbers = tuple(_number(one, at) for one in _list(value, at))
    if len(numbers) != _AXES:
        raise wrong(at, "a position has two coordinates; heights are not supported")
    return numbers
