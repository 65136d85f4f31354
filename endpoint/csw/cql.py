r"""CQL text (OGC 07-006r1, 6.2.2 and its BNF) to predicates: a parser by recursive descent.

Keywords are in any case; a literal stands between single quotes, with '' for one of them; a property may
stand between double quotes. From the dialect that GeoServer has made common come ILIKE, IN, BEFORE, AFTER,
TEQUALS and DURING. `%` and `_` are the wildcards of LIKE, and `\` makes them literal. Comparisons are
case-sensitive, as matchCase is by default; ILIKE is not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from catalogue.query import MAX_DEPTH, Not, Operator, Predicate, all_of, any_of, pattern_of
from endpoint.csw.exceptions import OwsException, invalid
from endpoint.csw.names import Prefixes
from endpoint.csw.queryables import named
from endpoint.filters import constraints
from endpoint.filters.geometry import Shape, envelope, polygon
from endpoint.filters.properties import Property

_TOKEN: Final = re.compile(
    r"""\s*(?:
      (?P<text>'(?:[^']|'')*')
    | "(?P<quoted>[^"]+)"
    | (?P<operator><>|!=|<=|>=|=|<|>)
    | (?P<mark>[(),])
    | (?P<number>[-+]?\.?\d[\w.:+-]*(?:/\d[\w.:+-]*)?)
    | (?P<word>/{0,2}[^\W\d][\w.:-]*(?:/[^\W\d][\w.:-]*)*)
    )""",
    re.VERBOSE,
)
_OPERATORS: Final[Mapping[str, Operator]] = {"!=": Operator.NOT_EQUAL, **{str(o): o for o in Operator}}
_TURNED: Final[Mapping[str, str]] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_SPATIAL: Final[Mapping[str, str]] = {
    **{name.upper(): name for name in constraints.SPATIAL if name != "bbox"},
    "INTERSECT": "intersects",
}
_TEMPORAL: Final[Mapping[str, Operator]] = {
    "BEFORE": Operator.LESS,
    "AFTER": Operator.GREATER,
    "TEQUALS": Operator.EQUAL,
}
_KEYWORDS: Final = frozenset(
    {"AND", "OR", "NOT", "LIKE", "ILIKE", "BETWEEN", "IN", "IS", "NULL", "EXISTS", "DURING", *_TEMPORAL}
)
_END: Final = "end"
_BOX_ARGUMENTS: Final = 4
_LONGEST: Final = 100_000


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int

    @property
    def keyword(self) -> str:
        """The word in capitals; empty for everything that is no bare word."""
        return self.text.upper() if self.kind == "word" else ""


def predicate_of(text: str, prefixes: Prefixes) -> Predicate:
    """What the CQL text says.

    Raises:
        OwsException: it is no CQL, or says what cannot be expressed.
    """
    if len(text) > _LONGEST:
        raise invalid("Constraint", f"a CQL text may have at most {_LONGEST} characters")
    parser = _Parser(_tokens(text), prefixes)
    found = parser.alternatives(1)
    parser.expect(_END)
    return found


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            raise _error(at, f"{text[at : at + 20].strip()!r} is not understood")
        kind = match.lastgroup or ""
        found.append(_Token(kind, match[kind], match.start(kind)))
        at = match.end()
    return [*found, _Token(_END, "", end)]


def _error(at: int, message: str) -> OwsException:
    return invalid("Constraint", f"CQL, at character {at + 1}: {message}")


class _Parser:
    """One pass over the tokens; a method for each rule of the grammar."""

    def __init__(self, tokens: list[_Token], prefixes: Prefixes) -> None:
        self._tokens = tokens
        self._at = 0
        self._prefixes = prefixes

    def alternatives(self, depth: int) -> Predicate:
        """`a OR b ...`."""
        parts = [self._conditions(depth)]
        while self._take_keyword("OR"):
            parts.append(self._conditions(depth))
        return any_of(tuple(parts))

    def expect(self, kind: str, text: str = "") -> _Token:
        """The next token, which must be this."""
        token = self._next()
        if token.kind != kind or (text and token.text != text):
            raise self._unexpected(token, text or kind)
        return token

    def _conditions(self, depth: int) -> Predicate:
        parts = [self._condition(depth)]
        while self._take_keyword("AND"):
            parts.append(self._condition(depth))
        return all_of(tuple(parts))

    def _condition(self, depth: int) -> Predicate:
        if depth > MAX_DEPTH:
            raise invalid("Constraint", f"a constraint may be at most {MAX_DEPTH} levels deep")
        if self._take_keyword("NOT"):
            return Not(self._condition(depth + 1))
        if self._take_mark("("):
            found = self.alternatives(depth + 1)
            self.expect("mark", ")")
            return found
        token = self._tokens[self._at]
        followed = self._tokens[self._at + 1].text if token.kind != _END else ""
        if followed == "(" and token.keyword:
            return self._spatial()
        if token.kind in {"text", "number"}:
            return self._turned()
        return self._of_property()

    def _of_property(self) -> Predicate:
        found = self._property()
        operator = self._next()
        if operator.kind == "operator":
            return constraints.compared(found, _OPERATORS[operator.text], self._literal())
        negated = operator.keyword == "NOT"
        if negated:
            operator = self._next()
        predicate = self._keyword_predicate(found, operator)
        return Not(predicate) if negated else predicate

    def _keyword_predicate(  # noqa: PLR0911 - one return a keyword
        self, found: Property, operator: _Token
    ) -> Predicate:
        match operator.keyword:
            case "LIKE" | "ILIKE":
                pattern = pattern_of(self._literal(), many="%", one="_", escape="\\")
                return constraints.like(found, pattern, match_case=operator.keyword == "LIKE")
            case "BETWEEN":
                lower = self._literal()
                self._expect_keyword("AND")
                return constraints.between(found, lower, self._literal())
            case "IN":
                return self._in(found)
            case "IS":
                negated = self._take_keyword("NOT")
                self._expect_keyword("NULL")
                return Not(constraints.is_missing(found)) if negated else constraints.is_missing(found)
            case "EXISTS":
                return Not(constraints.is_missing(found))
            case "DOES-NOT-EXIST":
                return constraints.is_missing(found)
            case "BEFORE" | "AFTER" | "TEQUALS" as name:
                return constraints.compared(found, _TEMPORAL[name], self._literal())
            case "DURING":
                begin, slash, end = self._literal().partition("/")
                if not slash:
                    raise self._unexpected(operator, "a period, as 2003/2004, behind DURING")
                return constraints.in_time(found, "During", begin, end)
            case _:
                raise self._unexpected(operator, "an operator")

    def _turned(self) -> Predicate:
        """`literal < property`."""
        literal = self._literal()
        operator = self.expect("operator").text
        return constraints.compared(self._property(), _OPERATORS[_TURNED.get(operator, operator)], literal)

    def _in(self, found: Property) -> Predicate:
        self.expect("mark", "(")
        parts = [constraints.compared(found, Operator.EQUAL, self._literal())]
        while self._take_mark(","):
            parts.append(constraints.compared(found, Operator.EQUAL, self._literal()))
        self.expect("mark", ")")
        return any_of(tuple(parts))

    def _spatial(self) -> Predicate:
        name = self._next()
        self.expect("mark", "(")
        if name.keyword == "BBOX":
            found = self._property()
            self.expect("mark", ",")
            shape = self._box()
            operator = "bbox"
        elif name.keyword in _SPATIAL:
            operator = _SPATIAL[name.keyword]
            found = self._property()
            self.expect("mark", ",")
            shape = self._geometry()
        else:
            raise invalid(name.text, f"the function {name.text} is not supported")
        self.expect("mark", ")")
        return constraints.extends(found, operator, shape)

    def _box(self) -> Shape:
        """West, south, east, north (or in the axes' order of the system that is named behind them)."""
        numbers = self._numbers()
        crs = self._literal() if self._take_mark(",") else ""
        return envelope(numbers[:2], numbers[2:], crs)

    def _geometry(self) -> Shape:
        name = self._next()
        self.expect("mark", "(")
        if name.keyword == "POLYGON":
            return self._polygon()
        if name.keyword == "ENVELOPE":
            west, east, north, south = self._numbers()
        elif name.keyword == "POINT":
            west, south = (self.expect("number").text for _ in range(2))
            east, north = west, south
        else:
            raise invalid(
                name.text,
                f"{name.text} is not supported: only boxes, points and polygons can be compared with",
            )
        self.expect("mark", ")")
        return envelope((west, south), (east, north), "")

    def _polygon(self) -> Shape:
        """A polygon in well-known text, from its second bracket on."""
        self.expect("mark", "(")
        points = [self._point()]
        while self._take_mark(","):
            points.append(self._point())
        self.expect("mark", ")")
        if self._tokens[self._at].text == ",":
            raise invalid("Polygon", "a polygon has one exterior; holes are not supported")
        self.expect("mark", ")")
        return polygon(points, "")

    def _point(self) -> list[str]:
        return [self.expect("number").text for _ in range(2)]

    def _numbers(self) -> list[str]:
        numbers = [self.expect("number").text]
        while len(numbers) < _BOX_ARGUMENTS:
            self.expect("mark", ",")
            numbers.append(self.expect("number").text)
        return numbers

    def _property(self) -> Property:
        token = self._next()
        if token.kind not in {"word", "quoted"} or token.keyword in _KEYWORDS:
            raise self._unexpected(token, "a property")
        return named(token.text, self._prefixes)

    def _literal(self) -> str:
        token = self._next()
        if token.kind == "text":
            return token.text[1:-1].replace("''", "'")
        # Numbers, dates and booleans stand without quotes.
        if token.kind == "number" or token.keyword in {"TRUE", "FALSE"}:
            return token.text
        raise self._unexpected(token, "a literal")

    def _next(self) -> _Token:
        token = self._tokens[self._at]
        if token.kind != _END:
            self._at += 1
        return token

    def _take_mark(self, mark: str) -> bool:
        token = self._tokens[self._at]
        taken = token.kind == "mark" and token.text == mark
        self._at += taken
        return taken

    def _take_keyword(self, keyword: str) -> bool:
        taken = self._tokens[self._at].keyword == keyword
        self._at += taken
        return taken

    def _expect_keyword(self, keyword: str) -> None:
        if not self._take_keyword(keyword):
            raise self._unexpected(self._tokens[self._at], keyword)

    @staticmethod
    def _unexpected(token: _Token, wanted: str) -> OwsException:
        return _error(token.at, f"{wanted} is expected where there is {token.text or 'the end'!r}")
