"""Geometries in CQL2 text (OGC 21-065r2, annex B, after well-known text), and the walk over its tokens."""

from __future__ import annotations

from typing import Final

from catalogue.errors import InvalidQuery
from endpoint.filters.cql2.tree import Shape, check_depth, wrong
from endpoint.filters.cql2.words import END, Token

#: Keyword -> what GeoJSON calls it.
KINDS: Final = {
    "POINT": "Point",
    "LINESTRING": "LineString",
    "POLYGON": "Polygon",
    "MULTIPOINT": "MultiPoint",
    "MULTILINESTRING": "MultiLineString",
    "MULTIPOLYGON": "MultiPolygon",
    "GEOMETRYCOLLECTION": "GeometryCollection",
    "BBOX": "BBox",
}
_CORNERS: Final = 4

Position = tuple[str, ...]


class Reader:
    """Walks over tokens."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._place = 0

    @property
    def next(self) -> Token:
        """The token that comes."""
        return self._tokens[self._place]

    def step(self) -> None:
        """Leave it behind."""
        if self.next.kind != END:
            self._place += 1

    def expect(self, kind: str, wanted: str, text: str = "") -> Token:
        """The next token, which must be this.

        Raises:
            InvalidQuery: it is another.
        """
        token = self.next
        if token.kind != kind or (text and token.text != text):
            raise wrong(token.at, f"{wanted} is expected where there is {token.shown}")
        self.step()
        return token

    def expect_keyword(self, keyword: str) -> None:
        """The next token must be this word."""
        if not self.take_keyword(keyword):
            raise wrong(self.next.at, f"{keyword} is expected where there is {self.next.shown}")

    def take_keyword(self, keyword: str) -> bool:
        """Whether the next token is this word, which is left behind then."""
        taken = self.next.keyword == keyword
        self._place += taken
        return taken

    def take_mark(self, mark: str) -> bool:
        """Whether the next token is this mark, which is left behind then."""
        taken = self.next.kind == "mark" and self.next.text == mark
        self._place += taken
        return taken

    def geometry(self, name: Token, depth: int) -> Shape:
        """A geometry, behind its keyword."""
        check_depth(depth, name.at)
        kind = KINDS[name.keyword]
        self.take_keyword("Z")
        if self.next.keyword == "EMPTY":
            raise wrong(name.at, "an empty geometry stands nowhere")
        match kind:
            case "Point":
                return Shape(kind, ((self._point(),),), name.at)
            case "LineString":
                return Shape(kind, (self._positions(),), name.at)
            case "Polygon":
                return Shape(kind, self._rings(), name.at)
            case "BBox":
                return Shape(kind, (self._box(name),), name.at)
            case "GeometryCollection":
                return Shape(kind, (), name.at, tuple(self._collected(depth)))
            case _:
                return Shape(kind, (), name.at, tuple(self._members(kind.removeprefix("Multi"), name)))

    def _point(self) -> Position:
        self.expect("mark", "'('", "(")
        found = self._position()
        self.expect("mark", "')'", ")")
        return found

    def _position(self) -> Position:
        at = self.next.at
        numbers = [self._number(), self._number()]
        if self.next.kind == "number":
            raise wrong(at, "heights are not supported: a position has two coordinates")
        return tuple(numbers)

    def _number(self) -> str:
        return self.expect("number", "a number").text

    def _positions(self) -> tuple[Position, ...]:
        self.expect("mark", "'('", "(")
        found = [self._position()]
        while self.take_mark(","):
            found.append(self._position())
        self.expect("mark", "')'", ")")
        return tuple(found)

    def _rings(self) -> tuple[tuple[Position, ...], ...]:
        self.expect("mark", "'('", "(")
        found = [self._positions()]
        while self.take_mark(","):
            found.append(self._positions())
        self.expect("mark", "')'", ")")
        return tuple(found)

    def _box(self, name: Token) -> tuple[Position, ...]:
        self.expect("mark", "'('", "(")
        numbers = [self._number()]
        while self.take_mark(","):
            numbers.append(self._number())
        self.expect("mark", "')'", ")")
        return corners_of(numbers, name.at)

    def _members(self, kind: str, name: Token) -> list[Shape]:
        self.expect("mark", "'('", "(")
        found: list[Shape] = []
        while not found or self.take_mark(","):
            at = self.next.at
            if kind == "Polygon":
                found.append(Shape(kind, self._rings(), at))
            elif kind == "LineString":
                found.append(Shape(kind, (self._positions(),), at))
            else:
                # Brackets about each point may be left out (OGC 06-103r4).
                bracketed = self.next.text == "("
                found.append(Shape(kind, ((self._point() if bracketed else self._position(),),), at))
        self.expect("mark", f"',' or ')' in {name.text}", ")")
        return found

    def _collected(self, depth: int) -> list[Shape]:
        self.expect("mark", "'('", "(")
        found: list[Shape] = []
        while not found or self.take_mark(","):
            name = self.next
            if name.keyword not in KINDS:
                raise wrong(name.at, f"a geometry is expected where there is {name.shown}")
            self.step()
            found.append(self.geometry(name, depth + 1))
        self.expect("mark", "')'", ")")
        return found


def corners_of(numbers: list[str], at: str) -> tuple[Position, ...]:
    """The two corners of a box, from its numbers.

    Raises:
        InvalidQuery: there are not four of them.
    """
    if len(numbers) != _CORNERS:
        message = "a box has four numbers: west, south, east, north"
        if len(numbers) == _CORNERS + 2:
            message = "heights are not supported: a box has four numbers"
        raise wrong(at, message)
    return (numbers[0], numbers[1]), (numbers[2], numbers[3])


def no_geometry(at: str, what: str) -> InvalidQuery:
    """This is no geometry."""
    return wrong(at, f"{what} is no geometry")
