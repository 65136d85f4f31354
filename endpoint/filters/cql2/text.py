"""CQL2 text (OGC 21-065r2, 8.2 and annex B) to the tree: a parser by recursive descent, a method a rule."""

from __future__ import annotations

from typing import Final

from catalogue.errors import InvalidQuery
from endpoint.filters.cql2 import wkt
from endpoint.filters.cql2.tree import (
    ARITHMETIC,
    FOLDING,
    Call,
    Instant,
    Interval,
    Items,
    Name,
    Node,
    Number,
    Truth,
    check_depth,
    folded,
    text_of,
    wrong,
)
from endpoint.filters.cql2.words import END, Token, tokens

_KEYWORDS: Final = frozenset({"AND", "OR", "NOT", "LIKE", "BETWEEN", "IN", "IS", "NULL"})
_OPEN: Final = ".."


def parse(text: str) -> Node:
    """The tree of a filter in CQL2 text.

    Raises:
        InvalidQuery: it is none; the message says at which character.
    """
    parser = _Parser(tokens(text))
    found = parser.alternatives(1)
    parser.expect(END, "an operator or the end")
    return found


class _Parser(wkt.Reader):
    """One pass over the tokens."""

    def alternatives(self, depth: int) -> Node:
        """`a OR b ...`: booleanExpression."""
        at = self.next.at
        parts = [self._conditions(depth)]
        while self.take_keyword("OR"):
            parts.append(self._conditions(depth))
        return parts[0] if len(parts) == 1 else Call("or", tuple(parts), at)

    def _conditions(self, depth: int) -> Node:
        at = self.next.at
        parts = [self._condition(depth)]
        while self.take_keyword("AND"):
            parts.append(self._condition(depth))
        return parts[0] if len(parts) == 1 else Call("and", tuple(parts), at)

    def _condition(self, depth: int) -> Node:
        first = self.next
        check_depth(depth, first.at)
        if self.take_keyword("NOT"):
            return Call("not", (self._condition(depth + 1),), first.at)
        if self.take_mark("("):
            found = self.alternatives(depth + 1)
            self.expect("mark", "')'", ")")
            self._refuse_arithmetic()
            return found
        return self._predicate(self.scalar(depth), first)

    def _predicate(self, operand: Node, first: Token) -> Node:
        token = self.next
        if token.kind == "operator":
            self.step()
            return Call(token.text, (operand, self.scalar(1)), first.at)
        if token.keyword == "IS":
            self.step()
            negated = self.take_keyword("NOT")
            self.expect_keyword("NULL")
            return _maybe_not(Call("isnull", (operand,), first.at), negated=negated)
        negated = self.take_keyword("NOT")
        match self.next.keyword:
            case "LIKE":
                self.step()
                found = Call("like", (operand, self.scalar(1)), first.at)
            case "BETWEEN":
                self.step()
                lower = self.scalar(1)
                self.expect_keyword("AND")
                found = Call("between", (operand, lower, self.scalar(1)), first.at)
            case "IN":
                self.step()
                found = Call("in", (operand, self._list()), first.at)
            case _ if not negated and isinstance(operand, Call | Truth):
                return operand
            case _:
                raise wrong(self.next.at, f"an operator is expected where there is {self.next.shown}")
        return _maybe_not(found, negated=negated)

    def scalar(self, depth: int) -> Node:
        """A literal, a property, or a function."""
        found = self._operand(depth)
        self._refuse_arithmetic()
        return found

    def _operand(self, depth: int) -> Node:  # noqa: PLR0911 - one return a kind of token
        token = self.next
        check_depth(depth, token.at)
        self.step()
        match token.kind:
            case "text":
                return text_of(token.literal, token.at)
            case "number":
                return Number(token.text, token.at)
            case "quoted":
                return Name(token.text, token.at)
            case "word" if self.next.kind == "mark" and self.next.text == "(":
                return self._function(token, depth)
            case "word" if token.keyword in wkt.KINDS:
                return self.geometry(token, depth)
            case "word" if token.keyword in {"TRUE", "FALSE"}:
                return Truth(token.keyword == "TRUE", token.at)
            case "word" if token.keyword not in _KEYWORDS:
                return Name(token.text, token.at)
            case "arithmetic":
                raise _no_arithmetic(token)
            case _:
                raise wrong(token.at, f"a property or a literal is expected where there is {token.shown}")

    def _function(self, token: Token, depth: int) -> Node:
        name = token.keyword
        if name in wkt.KINDS:
            return self.geometry(token, depth)
        if name in {"DATE", "TIMESTAMP"}:
            (value,) = self._texts(1)
            return Instant(value, token.at)
        if name == "INTERVAL":
            begin, end = ("" if value == _OPEN else value for value in self._texts(2))
            return Interval(begin, end, token.at)
        self.expect("mark", "'('", "(")
        args: list[Node] = []
        while not self.take_mark(")"):
            if args:
                self.expect("mark", "',' or ')'", ",")
            args.append(self._argument(depth + 1))
        if name.lower() in FOLDING:
            if len(args) != 1:
                raise wrong(token.at, f"{name} has one operand")
            return folded(name.lower(), args[0], token.at)
        return Call(name.lower(), tuple(args), token.at)

    def _argument(self, depth: int) -> Node:
        if self.next.kind == "mark" and self.next.text == "(":
            return self._list()
        return self.scalar(depth)

    def _list(self) -> Items:
        at = self.next.at
        self.expect("mark", "'('", "(")
        items: list[Node] = []
        while not self.take_mark(")"):
            if items:
                self.expect("mark", "',' or ')'", ",")
            items.append(self.scalar(1))
        return Items(tuple(items), at)

    def _texts(self, count: int) -> list[str]:
        """`('...', '...')`: the strings inside DATE, TIMESTAMP and INTERVAL."""
        self.expect("mark", "'('", "(")
        found = []
        for number in range(count):
            if number:
                self.expect("mark", "','", ",")
            if self.next.kind in {"word", "quoted"}:
                raise wrong(self.next.at, "properties in an interval are not supported")
            found.append(self.expect("text", "a date between single quotes").literal)
        self.expect("mark", "')'", ")")
        return found

    def _refuse_arithmetic(self) -> None:
        token = self.next
        # A sign in front of digits is read as theirs: `a -1`.
        if token.kind in {"arithmetic", "number"} or token.keyword == "DIV":
            raise _no_arithmetic(token)


def _no_arithmetic(token: Token) -> InvalidQuery:
    if token.text in ARITHMETIC or token.keyword == "DIV" or token.text[:1] in ARITHMETIC:
        return wrong(token.at, "arithmetic is not supported")
    return wrong(token.at, f"an operator is expected where there is {token.shown}")


def _maybe_not(node: Call, *, negated: bool) -> Call:
    return Call("not", (node,), node.at) if negated else node
