"""How a record's boxes stand to a box or a polygon, as SQL conditions on rows of `boxes`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import sqlalchemy as sa

from catalogue import polygons
from catalogue.errors import InvalidQuery
from catalogue.query import Area, Extent, Relation
from catalogue.store.tables import boxes

Condition = sa.ColumnElement[bool]
#: The record has a row that is so.
Among = Callable[..., Condition]


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


def covers(wanted: Area, among: Among) -> Condition:
    """The condition under which the record's extent stands so to the polygon.

    Raises:
        InvalidQuery: that cannot be told of this polygon.
    """
    match wanted.relation:
        case Relation.INTERSECTS:
            return among(*_touched(wanted.corners))
        case Relation.DISJOINT:
            return _never(sa.and_(*_touched(wanted.corners)), among)
        case Relation.WITHIN if polygons.is_convex(wanted.corners):
            return _always(sa.and_(*_held(wanted.corners)), among)
        case Relation.CONTAINS:
            return among(_around(*polygons.bounds(wanted.corners)))
        case Relation.WITHIN:
            raise InvalidQuery("what lies within a polygon that is not convex cannot be told", "Within")
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


def _touched(corners: polygons.Ring) -> list[Condition]:
    """A box and a convex polygon have a point in common unless a side of one of them parts them."""
    found = (
        sa.and_(_meets(*polygons.bounds(triangle)), *_sides(triangle, nearest=True))
        for triangle in polygons.triangles(corners)
    )
    # The first is for the index.
    return [_meets(*polygons.bounds(corners)), _any(found)]


def _held(corners: polygons.Ring) -> list[Condition]:
    return [_inside(*polygons.bounds(corners)), *_sides(corners, nearest=False)]


def _sides(convex: polygons.Ring, *, nearest: bool) -> Iterator[Condition]:
    """The corner of the box that lies nearest to the polygon, or farthest, is on its side of each side."""
    b = boxes.c
    for across, along, most in polygons.edges(convex):
        x = b.west if (across >= 0) is nearest else b.east
        y = b.south if (along >= 0) is nearest else b.north
        yield x * across + y * along <= most
