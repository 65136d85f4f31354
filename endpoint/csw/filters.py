"""Filter Encoding (OGC 04-095, version 1.1.0; 09-026r2, version 2.0) to predicates.

What cannot be expressed is an exception that names it: functions, arithmetic, lines, polygons with holes,
versions of a record, operators that compare periods.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from lxml import etree

from catalogue import namespaces as ns
from catalogue.query import (
    MAX_DEPTH,
    MAX_PREDICATES,
    Identified,
    Not,
    Operator,
    Predicate,
    all_of,
    any_of,
    pattern_of,
)
from catalogue.xml import local_name, namespace
from endpoint.csw import temporal
from endpoint.csw.exceptions import invalid, missing
from endpoint.csw.gml import shape_of
from endpoint.csw.names import Prefixes
from endpoint.csw.queryables import named
from endpoint.filters import constraints
from endpoint.filters.properties import Property

Element = etree._Element  # noqa: SLF001 - lxml gives the class no other name

_NAMESPACES: Final = frozenset({ns.OGC, ns.FES})
_COMPARISONS: Final[Mapping[str, Operator]] = {
    "PropertyIsEqualTo": Operator.EQUAL,
    "PropertyIsNotEqualTo": Operator.NOT_EQUAL,
    "PropertyIsLessThan": Operator.LESS,
    "PropertyIsLessThanOrEqualTo": Operator.LESS_OR_EQUAL,
    "PropertyIsGreaterThan": Operator.GREATER,
    "PropertyIsGreaterThanOrEqualTo": Operator.GREATER_OR_EQUAL,
}
#: `literal < property` is `property > literal`.
_TURNED: Final[Mapping[Operator, Operator]] = {
    Operator.LESS: Operator.GREATER,
    Operator.LESS_OR_EQUAL: Operator.GREATER_OR_EQUAL,
    Operator.GREATER: Operator.LESS,
    Operator.GREATER_OR_EQUAL: Operator.LESS_OR_EQUAL,
}
#: Spatial operators, by their names in Filter Encoding.
SPATIAL_OPERATORS: Final = (
    "BBOX", "Intersects", "Disjoint", "Within", "Contains", "Equals", "Touches", "Overlaps",
)  # fmt: skip
#: Elements that name identifiers, and the attributes that hold them.
_IDENTIFIERS: Final[Mapping[str, str]] = {
    "FeatureId": "fid",
    "GmlObjectId": f"{{{ns.GML}}}id",
    "ResourceId": "rid",
}
_PROPERTY_NAMES: Final = ("PropertyName", "ValueReference")
#: The operators, as the capabilities list them.
COMPARISON_OPERATORS: Final = tuple(_COMPARISONS)


def predicate_of(filter_: Element) -> Predicate:
    """What an ogc:Filter says.

    Raises:
        OwsException: it is invalid, or says what cannot be expressed.
    """
    if local_name(filter_) != "Filter" or namespace(filter_) not in _NAMESPACES:
        raise invalid("Constraint", f"{local_name(filter_)} is no ogc:Filter")
    parts = _children(filter_)
    if not parts:
        raise missing("Filter")
    if all(local_name(part) in _IDENTIFIERS for part in parts):
        return Identified(tuple(map(_identifier, parts)))
    if len(parts) > 1:
        raise invalid("Filter", "a filter holds one operator, or identifiers")
    return _operator(parts[0], 1)


def _operator(element: Element, depth: int) -> Predicate:
    if depth > MAX_DEPTH:
        raise invalid("Filter", f"a filter may be at most {MAX_DEPTH} levels deep")
    name = local_name(element)
    if namespace(element) in _NAMESPACES:
        if name in _LOGICAL:
            return _LOGICAL[name](element, depth)
        if name in _COMPARISONS:
            return _comparison(element, _COMPARISONS[name])
        if name in _OTHER:
            return _OTHER[name](element)
        if name in SPATIAL_OPERATORS:
            return _spatial(element, name)
        if name in _IDENTIFIERS:
            return Identified((_identifier(element),))
    raise invalid(name, f"the operator {name} is not supported")


def _parts(element: Element, depth: int) -> tuple[Predicate, ...]:
    children = _children(element)
    if not 0 < len(children) <= MAX_PREDICATES:
        raise invalid(local_name(element), f"{local_name(element)} holds 1 to {MAX_PREDICATES} operators")
    return tuple(_operator(child, depth + 1) for child in children)


def _and(element: Element, depth: int) -> Predicate:
    return all_of(_parts(element, depth))


def _or(element: Element, depth: int) -> Predicate:
    return any_of(_parts(element, depth))


def _not(element: Element, depth: int) -> Predicate:
    parts = _parts(element, depth)
    if len(parts) != 1:
        raise invalid("Not", "Not stands before one operator")
    return Not(parts[0])


def _comparison(element: Element, operator: Operator) -> Predicate:
    first, second = _operands(element)
    if local_name(first) == "Literal":
        first, second, operator = second, first, _TURNED.get(operator, operator)
    return constraints.compared(_property(first), operator, _literal(second), match_case=_match_case(element))


def _like(element: Element) -> Predicate:
    first, second = _operands(element)
    many, one = element.get("wildCard"), element.get("singleChar")
    # Filter 1.0 calls it `escape`.
    escape = element.get("escapeChar") or element.get("escape") or ""
    if many is None or one is None:
        raise missing("wildCard" if many is None else "singleChar")
    pattern = pattern_of(_literal(second), many=many, one=one, escape=escape)
    return constraints.like(_property(first), pattern, match_case=_match_case(element))


def _between(element: Element) -> Predicate:
    parts = {local_name(child): child for child in _children(element)}
    lower, upper = parts.get("LowerBoundary"), parts.get("UpperBoundary")
    if lower is None or upper is None:
        raise missing("LowerBoundary" if lower is None else "UpperBoundary")
    first = _children(element)[0]
    return constraints.between(_property(first), _boundary(lower), _boundary(upper))


def _boundary(element: Element) -> str:
    children = _children(element)
    # The schema wants a Literal inside; many clients leave it out.
    return _literal(children[0]) if children else (element.text or "").strip()


def _null(element: Element) -> Predicate:
    children = _children(element)
    if len(children) != 1:
        raise invalid(local_name(element), f"{local_name(element)} asks for one property")
    return constraints.is_missing(_property(children[0]))


def _spatial(element: Element, operator: str) -> Predicate:
    children = _children(element)
    found: Property | None = None
    if children and local_name(children[0]) in _PROPERTY_NAMES:
        found = _property(children[0])
        children = children[1:]
    if len(children) != 1:
        raise invalid(local_name(element), f"{local_name(element)} asks for one geometry")
    return constraints.extends(found, operator, shape_of(children[0]))


def _temporal(element: Element) -> Predicate:
    first, second = _operands(element)
    return constraints.in_time(_property(first), local_name(element), *temporal.period_of(second))


_LOGICAL: Final[Mapping[str, Callable[[Element, int], Predicate]]] = {"And": _and, "Or": _or, "Not": _not}
_OTHER: Final[Mapping[str, Callable[[Element], Predicate]]] = {
    "PropertyIsLike": _like,
    "PropertyIsBetween": _between,
    "PropertyIsNull": _null,
    **dict.fromkeys(temporal.OPERATORS, _temporal),
}


def _children(element: Element) -> list[Element]:
    return [child for child in element if isinstance(child.tag, str)]


def _operands(element: Element) -> tuple[Element, Element]:
    children = _children(element)
    if len(children) != 2:  # noqa: PLR2004 - two operands
        raise invalid(local_name(element), f"{local_name(element)} has two operands")
    return children[0], children[1]


def _property(element: Element) -> Property:
    if local_name(element) not in _PROPERTY_NAMES:
        raise invalid(local_name(element), f"{local_name(element)} cannot stand where a property is compared")
    return named((element.text or "").strip(), prefixes_of(element))


def _literal(element: Element) -> str:
    if local_name(element) != "Literal":
        raise invalid(
            local_name(element), f"a property can be compared with a literal, not with {local_name(element)}"
        )
    if _children(element):
        raise invalid("Literal", "a literal with elements inside is not supported")
    # Values have no space at their ends; what XML has there is layout.
    return "".join(element.itertext()).strip()


def _match_case(element: Element) -> bool:
    sent = element.get("matchCase", "true").strip()
    if sent not in {"true", "false", "1", "0"}:
        raise invalid("matchCase", f"{sent!r} is no boolean")
    if element.get("matchAction", "Any") != "Any":
        raise invalid("matchAction", "matchAction other than Any is not supported")
    return sent in {"true", "1"}


def _identifier(element: Element) -> str:
    name = local_name(element)
    attribute = _IDENTIFIERS[name]
    if name == "ResourceId" and set(element.attrib) - {attribute}:
        raise invalid(name, "versions of a record are not kept: only its rid can be asked for")
    found = element.get(attribute) or element.get(attribute.replace(ns.GML, ns.GML32))
    if not found:
        raise missing(attribute.rpartition("}")[2])
    return found


def prefixes_of(element: Element) -> Prefixes:
    """The prefixes that are bound where the element stands."""
    return {prefix or "": uri for prefix, uri in element.nsmap.items()}
