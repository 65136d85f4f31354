"""What a CQL2 tree means: the predicate that is true of exactly the records for which the filter is TRUE.

CQL2 has a third truth value (OGC 21-065r2, 6.2): a comparison with a property that a record has no value of
is NULL, and so is its negation. A `Predicate` is true or false. So an expression is made into the predicate
that it is TRUE, or into the one that it is FALSE: NOT turns one into the other, and the FALSE of a comparison
asks for a value, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from catalogue.errors import InvalidQuery
from catalogue.query import And, Identified, Not, Operator, Or, Predicate, all_of, any_of, pattern_of
from catalogue.queryables import TRUTHS, Kind
from endpoint.filters import constraints
from endpoint.filters.cql2 import spatial, temporal
from endpoint.filters.cql2.tree import (
    ARITHMETIC,
    LOCATOR,
    Call,
    Folded,
    Instant,
    Items,
    Name,
    Node,
    Number,
    Text,
    Truth,
    wrong,
)
from endpoint.filters.properties import Property

TRUE: Final[Predicate] = And(())
FALSE: Final[Predicate] = Or(())

_OPERATORS: Final[Mapping[str, Operator]] = {str(operator): operator for operator in Operator}
_TURNED: Final[Mapping[str, str]] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
#: Kinds that every record has a value of.
_NEVER_MISSING: Final = frozenset({Kind.ANY_TEXT, Kind.DATESTAMP})


@dataclass(frozen=True, slots=True)
class Names:
    """What properties a filter may name."""

    #: The queryable of a name.
    #:
    #: Raises:
    #:     InvalidQuery: there is none.
    named: Callable[[str], Property]
    #: Names of the record's own identifier.
    identity: frozenset[str] = frozenset()
    #: The coordinate reference system of geometries; empty: longitude and latitude, WGS 84.
    crs: str = ""


def predicate_of(tree: Node, names: Names) -> Predicate:
    """The predicate that is true of the records that the filter selects.

    Raises:
        InvalidQuery: the filter says what cannot be expressed; the message says where.
    """
    return _Meaning(names).where(tree, wanted=True)


@dataclass(frozen=True, slots=True)
class _Known:
    """A predicate, and the one under which it has a truth value at all."""

    predicate: Predicate
    present: Predicate = TRUE


class _Meaning:
    def __init__(self, names: Names) -> None:
        self._names = names

    def where(self, node: Node, *, wanted: bool) -> Predicate:
        """Under which the node is TRUE, or FALSE."""
        match node:
            case Truth(value):
                return TRUE if value is wanted else FALSE
            case Call("not", (part,)):
                return self.where(part, wanted=not wanted)
            case Call("and" | "or" as op, args) if args:
                parts = tuple(self.where(part, wanted=wanted) for part in args)
                return all_of(parts) if (op == "and") is wanted else any_of(parts)
            case Call():
                known = self._leaf(node)
                if wanted:
                    return known.predicate
                no = Not(known.predicate)
                return no if known.present == TRUE else all_of((no, known.present))
            case _:
                raise wrong(node.at, "a condition is expected")

    def _leaf(self, call: Call) -> _Known:
        try:
            return self._of(call)
        except InvalidQuery as error:
            if ", at " in str(error):
                raise
            # What the property, the text or the polygon is refused for: it does not know where it stands.
            raise InvalidQuery(f"{error}, at {call.at}", LOCATOR) from error

    def _of(self, call: Call) -> _Known:
        op, args = call.op, call.args
        if op in _OPERATORS:
            return self._compared(call)
        if op in _SEVERAL_OPERANDS:
            return _SEVERAL_OPERANDS[op](self, call)
        if op in spatial.FUNCTIONS:
            found, shape, turned = spatial.operands(call, self._property)
            made = spatial.predicate(op, found, shape, turned=turned, crs=self._names.crs)
            return self._known(found, made)
        if op in temporal.FUNCTIONS:
            named, time, turned = temporal.operands(call, self._property)
            return self._known(named, temporal.predicate(op, named, time, turned=turned))
        if op in {"and", "or", "not"}:
            raise wrong(call.at, f"{op.upper()} has {len(args)} operands")
        if op in ARITHMETIC:
            raise wrong(call.at, "arithmetic is not supported")
        raise wrong(call.at, f"the function {call.op.upper()} is not supported")

    def _known(self, found: Property, predicate: Predicate) -> _Known:
        if found.kind in _NEVER_MISSING:
            return _Known(predicate)
        return _Known(predicate, Not(constraints.is_missing(found)))

    def _property(self, node: Node) -> Property:
        if isinstance(node, Folded):
            raise wrong(
                node.at, f"{node.function.upper()} has to stand on both sides of a comparison of texts"
            )
        if not isinstance(node, Name):
            raise wrong(node.at, "a property is expected")
        return self._names.named(node.text)

    def _compared(self, call: Call) -> _Known:
        first, second = _operands(call, 2)
        op = call.op
        if not _is_property(first) and _is_property(second):
            first, second, op = second, first, _TURNED.get(op, op)
        if _is_property(second):
            raise wrong(second.at, "a property can be compared with a literal, not with another property")
        if self._is_identity(first):
            return _Known(self._identified(op, (second,), call))
        found, (literal,), match_case = self._sides(first, (second,))
        if found.kind is Kind.ANY_TEXT:
            raise wrong(call.at, f"{found.sent} is all texts together: ask for it with LIKE")
        return self._known(found, constraints.compared(found, _OPERATORS[op], literal, match_case=match_case))

    def _sides(self, first: Node, literals: tuple[Node, ...]) -> tuple[Property, list[str], bool]:
        """A property, the literals that it is compared with, and whether case matters."""
        folding = {_folding(node) for node in (first, *literals)}
        if "accenti" in folding:
            raise wrong(first.at, "comparisons without regard to accents (ACCENTI) are not supported")
        if len(folding) > 1:
            raise wrong(first.at, "CASEI has to stand on both sides of a comparison")
        found = self._property(_inside(first))
        if folding == {"casei"} and found.kind not in {Kind.TEXT, Kind.ANY_TEXT}:
            raise wrong(first.at, f"{found.sent} is no text: it has no case")
        return found, [_literal(found, _inside(node)) for node in literals], folding != {"casei"}

    def _like(self, call: Call) -> _Known:
        first, second = _operands(call, 2)
        found, (text,), match_case = self._sides(first, (second,))
        pattern = pattern_of(text, many="%", one="_", escape="\\")
        return self._known(found, constraints.like(found, pattern, match_case=match_case))

    def _between(self, call: Call) -> _Known:
        first, *ends = _operands(call, 3)
        found, (lower, upper), match_case = self._sides(first, tuple(ends))
        if not match_case:
            raise wrong(call.at, "BETWEEN without regard to case is not supported")
        return self._known(found, constraints.between(found, lower, upper))

    def _in(self, call: Call) -> _Known:
        first, listed = _operands(call, 2)
        if not isinstance(listed, Items) or not listed.items:
            raise wrong(listed.at, "IN asks for a list of literals")
        if self._is_identity(first):
            return _Known(self._identified("=", listed.items, call))
        found, literals, match_case = self._sides(first, listed.items)
        parts = tuple(
            constraints.compared(found, Operator.EQUAL, literal, match_case=match_case)
            for literal in literals
        )
        return self._known(found, any_of(parts))

    def _is_null(self, call: Call) -> _Known:
        (operand,) = _operands(call, 1)
        if self._is_identity(operand):
            return _Known(FALSE)
        return _Known(constraints.is_missing(self._property(operand)))

    def _is_identity(self, node: Node) -> bool:
        return isinstance(node, Name) and node.text in self._names.identity

    def _identified(self, op: str, literals: tuple[Node, ...], call: Call) -> Predicate:
        wanted = tuple(node.value for node in literals if isinstance(node, Text))
        if op not in {"=", "<>"} or len(wanted) != len(literals):
            raise wrong(call.at, "a record's identifier is compared with texts, by =, <> or IN")
        return Identified(wanted) if op == "=" else Not(Identified(wanted))


_SEVERAL_OPERANDS: Final[Mapping[str, Callable[[_Meaning, Call], _Known]]] = {
    "like": _Meaning._like,  # noqa: SLF001 - of the class itself
    "between": _Meaning._between,  # noqa: SLF001
    "in": _Meaning._in,  # noqa: SLF001
    "isnull": _Meaning._is_null,  # noqa: SLF001
}


def _operands(call: Call, count: int) -> tuple[Node, ...]:
    if len(call.args) != count:
        raise wrong(call.at, f"{call.op.upper()} has {count} operand{'s' if count > 1 else ''}")
    return call.args


def _inside(node: Node) -> Node:
    return node.operand if isinstance(node, Folded) else node


def _folding(node: Node) -> str:
    return node.function if isinstance(node, Folded) else ""


def _is_property(node: Node) -> bool:
    return isinstance(_inside(node), Name)


def _literal(found: Property, node: Node) -> str:
    """What the property is compared with, as the store takes it."""
    match node:
        case Text(value):
            return value
        case Instant(value) if found.kind not in {Kind.TEXT, Kind.NUMBER}:
            return value
        case Number(value) if found.kind is Kind.NUMBER:
            return value
        case Truth(value) if found.queryable in TRUTHS:
            return str(value).lower()
        case Number(value) | Instant(value):
            raise wrong(node.at, f"{found.sent} is a {found.kind}, and {value} is none")
        case Call(op) if op not in ARITHMETIC:
            raise wrong(node.at, f"the function {op.upper()} is not supported")
        case _:
            raise wrong(node.at, f"a literal is expected, that {found.sent} can be compared with")
