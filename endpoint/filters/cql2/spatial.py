"""The spatial functions of CQL2 (OGC 21-065r2, 7.5 and 7.6), as far as extents of records can tell them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from catalogue.query import Predicate, all_of, any_of
from endpoint.filters import constraints
from endpoint.filters.cql2.tree import SEVERAL, Call, Name, Node, Shape, wrong
from endpoint.filters.geometry import Shape as Area
from endpoint.filters.geometry import envelope, polygon
from endpoint.filters.properties import Property

#: Function -> what the constraints call it. Extents are taken for areas, so none crosses another.
FUNCTIONS: Final[Mapping[str, str]] = {
    "s_intersects": "intersects",
    "s_disjoint": "disjoint",
    "s_within": "within",
    "s_contains": "contains",
    "s_equals": "equals",
    "s_touches": "touches",
    "s_overlaps": "overlaps",
    "s_crosses": "",
}
_TURNED: Final = {"within": "contains", "contains": "within"}


def operands(call: Call, property_of: Callable[[Node], Property]) -> tuple[Property, Shape, bool]:
    """The property, the geometry, and whether they stand the other way round."""
    if len(call.args) != 2:  # noqa: PLR2004 - two operands
        raise wrong(call.at, f"{call.op.upper()} has two operands")
    first, second = call.args
    turned = isinstance(second, Name) and not isinstance(first, Name)
    if turned:
        first, second = second, first
    if not isinstance(second, Shape):
        raise wrong(second.at, f"{call.op.upper()} compares a property with a geometry")
    return property_of(first), second, turned


def predicate(op: str, found: Property, shape: Shape, *, turned: bool, crs: str) -> Predicate:
    """The record's extent stands so to the geometry.

    Raises:
        InvalidQuery: that cannot be told.
    """
    operator = FUNCTIONS[op]
    if turned:
        operator = _TURNED.get(operator, operator)
    if not operator:
        raise wrong(shape.at, f"{op.upper()} cannot be told: extents are areas, and areas do not cross")
    if shape.kind in SEVERAL:
        # To be apart from all is not to meet one; the record has an extent in either case.
        if operator not in {"intersects", "disjoint"}:
            raise wrong(
                shape.at, f"{op.upper()} cannot be told of a {shape.kind}, only S_INTERSECTS and S_DISJOINT"
            )
        parts = tuple(predicate(op, found, one, turned=False, crs=crs) for one in shape.members)
        return any_of(parts) if operator == "intersects" else all_of(parts)
    return constraints.extends(found, operator, _area(shape, crs))


def _area(shape: Shape, crs: str) -> Area:
    match shape:
        case Shape("Point", ((position,),)):
            return envelope(position, position, crs)
        case Shape("BBox", ((lower, upper),)):
            return envelope(lower, upper, crs)
        case Shape("Polygon", (ring,)):
            return polygon(ring, crs)
        case Shape("Polygon"):
            raise wrong(shape.at, "a polygon has one exterior; holes are not supported")
        case _:
            raise wrong(shape.at, f"a {shape.kind} cannot be compared with, only points, boxes and polygons")
