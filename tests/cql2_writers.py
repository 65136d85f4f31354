"""Predicates written as CQL2, text and JSON, and what three-valued logic makes of them."""

from __future__ import annotations

import json
import random
from typing import Any

from catalogue.query import (
    And,
    AnyText,
    Area,
    Between,
    Compare,
    Extent,
    Like,
    Missing,
    Not,
    Operator,
    Or,
    Predicate,
    Relation,
)
from endpoint.records_api.properties import PROPERTIES
from filter_writers import pattern_text, quoted
from query_truth import DATE_QUERYABLES, NUMBER_QUERYABLES, Known, holds

_NAMES = {queryable: name for name, queryable in PROPERTIES.items()}
_DATES = {*DATE_QUERYABLES, "modified"}
_RELATIONS = {
    Relation.INTERSECTS: "s_intersects", Relation.DISJOINT: "s_disjoint", Relation.WITHIN: "s_within",
    Relation.CONTAINS: "s_contains",
}  # fmt: skip
_TURNED = {"s_within": "s_contains", "s_contains": "s_within", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


def kleene(one: Known, where: Predicate) -> bool | None:
    """Whether a filter is TRUE, FALSE or NULL of a record (OGC 21-065r2, 6.2)."""
    match where:
        case Not(part):
            found = kleene(one, part)
            return None if found is None else not found
        case And(parts) | Or(parts):
            values = [kleene(one, part) for part in parts]
            decisive = isinstance(where, Or)
            if decisive in values:
                return decisive
            return None if None in values else not decisive
        case Missing() | AnyText():
            return holds(one, where)
        case Extent() | Area():
            return holds(one, where) if one.record.boxes else None
        case Compare(name) | Between(name) | Like(name):
            return None if holds(one, Missing(name)) else holds(one, where)
    raise AssertionError(where)


class Cql2Writer:
    """Writes one filter in both encodings, with the spellings that mean the same drawn from a seed."""

    def __init__(self, seed: int) -> None:
        self._choice = random.Random(seed).choice

    def json(self, where: Predicate) -> str:
        """CQL2 JSON."""
        return json.dumps(self._tree(where), ensure_ascii=self._choice([True, False]))

    def text(self, where: Predicate) -> str:
        """CQL2 text."""
        return self._text(self._tree(where))

    def _tree(self, where: Predicate) -> Any:  # noqa: C901, PLR0911 - a kind a line
        match where:
            case And(parts) | Or(parts):
                return _op(type(where).__name__.lower(), *map(self._tree, parts))
            case Not(part):
                return _op("not", self._tree(part))
            case Compare(name, operator, literal, match_case):
                return self._compared(name, operator, literal, match_case=match_case)
            case Between(name, lower, upper, _, True):
                return _op("t_during", _property(name), {"interval": [_stamp(lower), _stamp(upper)]})
            case Between(name, lower, upper):
                return _op("between", _property(name), self._literal(name, lower), self._literal(name, upper))
            case Like(name, pattern, match_case):
                return self._like(name, pattern_text(pattern, many="%", one="_"), match_case=match_case)
            case AnyText(pattern):
                return self._like("anytext", f"%{pattern_text(pattern, many='%', one='_')}%", match_case=True)
            case Missing(name):
                return _op("isNull", _property(name))
            case Extent(relation=Relation.SHARES):
                box = self._box(where)
                return _op(
                    "and", self._spatial("s_intersects", box), _op("not", self._spatial("s_touches", box))
                )
            case Extent(relation):
                return self._spatial(_RELATIONS[relation], self._box(where))
            case Area(relation, corners):
                ring = [[x, y] for x, y in (*corners, corners[0])]
                return self._spatial(_RELATIONS[relation], {"type": "Polygon", "coordinates": [ring]})
        raise AssertionError(where)

    def _compared(self, name: str, operator: Operator, literal: str, *, match_case: bool) -> Any:
        left, right = _property(name), self._literal(name, literal)
        op = operator.value
        if name in _DATES and op in {"<", ">"} and self._choice([True, False]):
            return _op({"<": "t_before", ">": "t_after"}[op], left, {"timestamp": _stamp(literal)})
        if not match_case:
            left, right = _op("casei", left), _op("casei", right)
        if self._choice([True, False]):
            return _op(_TURNED.get(op, op), right, left)
        if op == "=" and self._choice([True, False]):
            return _op("in", left, [right])
        return _op(op, left, right)

    def _literal(self, name: str, literal: str) -> Any:
        if name in NUMBER_QUERYABLES and self._choice([True, False]):
            return float(literal)
        return {"timestamp": _stamp(literal)} if name in _DATES and self._choice([True, False]) else literal

    def _like(self, name: str, text: str, *, match_case: bool) -> Any:
        if match_case:
            return _op("like", _property(name), text)
        return _op("like", _op("casei", _property(name)), _op("casei", text))

    def _box(self, where: Extent) -> Any:
        if (where.west, where.south) == (where.east, where.north) and self._choice([True, False]):
            return {"type": "Point", "coordinates": [where.west, where.south]}
        return {"bbox": [where.west, where.south, where.east, where.north]}

    def _spatial(self, op: str, shape: Any) -> Any:
        if self._choice([True, False]):
            return _op(_TURNED.get(op, op), shape, _property("boundingbox"))
        return _op(op, _property("boundingbox"), shape)

    def _text(self, tree: Any) -> str:  # noqa: C901, PLR0911 - a kind a line
        match tree:
            case str():
                return quoted(tree)
            case float():
                return str(tree)
            case list():
                return f"({', '.join(map(self._text, tree))})"
            case {"property": name}:
                return self._choice([name, f'"{name}"'])
            case {"timestamp": value}:
                return f"{self._word('timestamp')}('{value}')"
            case {"interval": [begin, end]}:
                return f"{self._word('interval')}('{begin}', '{end}')"
            case {"bbox": numbers}:
                return f"{self._word('bbox')}({', '.join(map(str, numbers))})"
            case {"type": "Point", "coordinates": [x, y]}:
                return f"POINT({x} {y})"
            case {"type": "Polygon", "coordinates": [ring]}:
                return f"POLYGON(({', '.join(f'{x} {y}' for x, y in ring)}))"
            case {"op": "and" | "or" as op, "args": args}:
                return f"({f' {self._word(op)} '.join(map(self._text, args))})"
            case {"op": "not", "args": [part]}:
                return f"{self._word('not')} ({self._text(part)})"
            case {"op": op, "args": args}:
                return self._operation(op, [self._text(one) for one in args])
        raise AssertionError(tree)

    def _operation(self, op: str, args: list[str]) -> str:
        if op in {"like", "in"}:
            return f"{args[0]} {self._word(op)} {args[1]}"
        if op == "between":
            return f"{args[0]} {self._word(op)} {args[1]} {self._word('and')} {args[2]}"
        if op == "isNull":
            return f"{args[0]} {self._word('is null')}"
        if op[0] in "<>=":
            space = self._choice(["", " "])
            return f"{args[0]}{space}{op}{space}{args[1]}"
        return f"{self._word(op)}({', '.join(args)})"

    def _word(self, word: str) -> str:
        return self._choice([word.upper(), word.lower()])


def _op(op: str, *args: Any) -> dict[str, Any]:
    return {"op": op, "args": list(args)}


def _property(queryable: str) -> dict[str, str]:
    return {"property": _NAMES[queryable]}


def _stamp(date: str) -> str:
    """The instant at which the period begins: what the literal means."""
    from catalogue.queryables import instant

    return f"{instant(date)}Z"
