"""How a record's boxes stand to a box or a polygon, as SQL conditions on rows of `boxes`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any, Final

import sqlalchemy as sa

from catalogue import polygons
from catalogue.errors import InvalidQuery
from catalogue.query import Area, Extent, Relation
from catalogue.store.tables import boxes

Condition = sa.ColumnElement[bool]
#: Widths of boxes, by scale: what a box has something in common with begins no farther than this before it.
#: With a little more, for a difference of two numbers is rounded.
SCALES: Final = (*(2.0**power + 1e-6 for power in range(9)), None)
#: The record has a row that is so.
Among = Callable[..., Condition]


def scale_of(west: float, east: float) -> int:
    """The scale of a box of this width."""
    width = east - west
    return sum(width > 2.0**power for power in range(len(SCALES) - 1))


def extends(wanted: Extent, among: Among) -> Condition:
    """The condition under which the record's extent stands so to the box."""
    halves = [(wanted.west, wanted.east)]
    if wanted.west > wanted.east:
        halves = [(wanted.west, 180.0), (-180.0, wanted.east)]
    south, north = wanted.south, wanted.north
    match wanted.relation:
        case Relation.INTERSECTS:
            return among(_any(_meets(w, south, e, north) for w, e in halves))
        case Relation.SHARES:
            return among(_any(_shares(w, south, e, north) for w, e in halves))
        case Relation.DISJOINT:
            return _never(_any(_meets(w, south, e, north) for w, e in halves), among)
        case Relation.WITHIN:
            return _always(_any(_inside(w, south, e, north) for w, e in halves), among)
        case Relation.CONTAINS:
            return sa.and_(*(among(_around(w, south, e, north)) for w, e in halves))


def row_of(wanted: Extent) -> Condition:
    """The condition under which one box stands so to the box, which is not over the antimeridian."""
    ends = wanted.west, wanted.south, wanted.east, wanted.north
    return _ROWS[wanted.relation](*ends)


def covers(wanted: Area, among: Among) -> Condition:
    """The condition under which the record's extent stands so to the polygon.

    Raises:
        InvalidQuery: that cannot be told of a polygon.
    """
    match wanted.relation:
        case Relation.INTERSECTS:
            return among(_any(_touched(ring) for ring in wanted.rings))
        case Relation.DISJOINT:
            return _never(_any(_touched(ring) for ring in wanted.rings), among)
        case Relation.WITHIN:
            return _always(_any(_held(ring) for ring in wanted.rings), among)
        case Relation.CONTAINS:
            return sa.and_(*(among(_around(*polygons.bounds(ring))) for ring in wanted.rings))
        case _:
            raise InvalidQuery(f"{wanted.relation} cannot be told of a polygon", "Polygon")


def _never(row: Condition, among: Among) -> Condition:
    return sa.and_(among(), sa.not_(among(row)))


def _always(row: Condition, among: Among) -> Condition:
    return sa.and_(among(), sa.not_(among(sa.not_(row))))


def _any(conditions: Iterable[Condition]) -> Condition:
    return sa.or_(sa.false(), *conditions)


def _meets(west: float, south: float, east: float, north: float) -> Condition:
    b = boxes.c
    return sa.and_(b.west <= east, b.east >= west, b.south <= north, b.north >= south)


def _shares(west: float, south: float, east: float, north: float) -> Condition:
    """Their interiors meet; that of a line or a point is what it is without its ends."""
    b = boxes.c
    return sa.and_(_overlap(b.west, b.east, west, east), _overlap(b.south, b.north, south, north))


def _overlap(
    least: sa.ColumnElement[float], greatest: sa.ColumnElement[float], lower: float, upper: float
) -> Condition:
    inner = sa.and_(least < upper, greatest > lower)
    return sa.or_(inner, sa.and_(least == lower, greatest == lower)) if lower == upper else inner


def _inside(west: float, south: float, east: float, north: float) -> Condition:
    b = boxes.c
    return sa.and_(b.west >= west, b.east <= east, b.south >= south, b.north <= north)


def _around(west: float, south: float, east: float, north: float) -> Condition:
    b = boxes.c
    return sa.and_(b.west <= west, b.east >= east, b.south <= south, b.north >= north)


#: Relation -> what a box is that stands so to another.
_ROWS: Final = {
    Relation.INTERSECTS: _meets,
    Relation.SHARES: _shares,
    Relation.WITHIN: _inside,
    Relation.CONTAINS: _around,
}


def _touched(corners: polygons.Ring) -> Condition:
    """A box and a convex polygon have a point in common unless a side of one of them parts them."""
    found = (
        sa.and_(_meets(*polygons.bounds(triangle)), *_sides(triangle, nearest=True))
        for triangle in polygons.triangles(corners)
    )
    # The first is for the index.
    return sa.and_(_meets(*polygons.bounds(corners)), _any(found))


def _held(corners: polygons.Ring) -> Condition:
    """The box lies inside: its corners do and, where the polygon is not convex, no side cuts it."""
    inside = _inside(*polygons.bounds(corners))
    if polygons.is_convex(corners):
        return sa.and_(inside, *_sides(corners, nearest=False))
    b = boxes.c
    cut = (_cut(*side) for side in pairwise((*corners, corners[0])))
    solid = sa.and_(b.west < b.east, b.south < b.north)
    middle = (b.west + b.east) / 2, (b.south + b.north) / 2
    ends = sa.and_(_has(corners, b.west, b.south), _has(corners, b.east, b.north))
    return sa.and_(inside, sa.not_(_any(cut)), _has(corners, *middle), sa.or_(solid, ends))


def _has(corners: polygons.Ring, x: sa.ColumnElement[Any], y: sa.ColumnElement[Any]) -> Condition:
    """The place is inside, which a ray to the east tells; or on an edge, which the triangles tell."""
    held = (
        sa.and_(*(x * across + y * along <= most for across, along, most in polygons.edges(triangle)))
        for triangle in polygons.triangles(corners)
    )
    crossed = (
        sa.and_(
            sa.or_(sa.and_(y < a[1], y >= b[1]), sa.and_(y >= a[1], y < b[1])),
            x < (y - a[1]) * ((b[0] - a[0]) / (b[1] - a[1])) + a[0],
        )
        for a, b in pairwise((*corners, corners[0]))
        if a[1] != b[1]
    )
    count = sum((sa.case((one, 1), else_=0) for one in crossed), start=sa.literal(0))
    return sa.or_(count % 2 == 1, *held)


def _cut(one: polygons.Point, other: polygons.Point) -> Condition:
    """The side passes through the box, not only along its edge."""
    b = boxes.c
    (west, east), (south, north) = sorted((one[0], other[0])), sorted((one[1], other[1]))
    across, along = other[1] - one[1], one[0] - other[0]
    at = across * one[0] + along * one[1]
    least = (b.west if across >= 0 else b.east) * across + (b.south if along >= 0 else b.north) * along
    most = (b.east if across >= 0 else b.west) * across + (b.north if along >= 0 else b.south) * along
    return sa.and_(b.west < east, b.east > west, b.south < north, b.north > south, least < at, most > at)


def _sides(convex: polygons.Ring, *, nearest: bool) -> Iterator[Condition]:
    """The corner of the box that lies nearest to the polygon, or farthest, is on its side of each side."""
    b = boxes.c
    for across, along, most in polygons.edges(convex):
        x = b.west if (across >= 0) is nearest else b.east
        y = b.south if (along >= 0) is nearest else b.north
        yield x * across + y * along <= most
