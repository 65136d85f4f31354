"""Predicates written as clients write them: Filter Encoding 1.1 and 2.0, and CQL text."""

from __future__ import annotations

import random
from xml.sax.saxutils import escape

from catalogue.query import (
    And,
    AnyText,
    Area,
    Between,
    Compare,
    Extent,
    Identified,
    Like,
    Missing,
    Not,
    Operator,
    Or,
    Pattern,
    Predicate,
    Relation,
    Wildcard,
)
from catalogue.queryables import QUERYABLES, Kind, instant
from endpoint.csw.queryables import NAMES

_ELEMENTS = {
    Operator.EQUAL: "PropertyIsEqualTo",
    Operator.NOT_EQUAL: "PropertyIsNotEqualTo",
    Operator.LESS: "PropertyIsLessThan",
    Operator.LESS_OR_EQUAL: "PropertyIsLessThanOrEqualTo",
    Operator.GREATER: "PropertyIsGreaterThan",
    Operator.GREATER_OR_EQUAL: "PropertyIsGreaterThanOrEqualTo",
}
#: Temporal operators of Filter 2.0 that say the same as comparisons.
_MOMENTS = {Operator.EQUAL: "TEquals", Operator.LESS: "Before", Operator.GREATER: "After"}
_DATES = {name for name, kind in QUERYABLES.items() if kind in {Kind.DATE, Kind.DATESTAMP}}
_LATITUDE_FIRST = [
    "urn:ogc:def:crs:EPSG::4326",
    "urn:x-ogc:def:crs:EPSG:6.11:4326",
    "http://www.opengis.net/def/crs/EPSG/0/4326",
]
_LONGITUDE_FIRST = ["", "EPSG:4326", "urn:ogc:def:crs:OGC:1.3:CRS84", "CRS:84"]


class FilterWriter:
    """Writes ogc:Filter; picks among the names that mean the same."""

    def __init__(self, seed: int, *, version: str = "1.1.0") -> None:
        self._choice = random.Random(seed).choice
        self._two = two = version == "2.0.0"
        self._prefix = "fes" if two else "ogc"
        self._property = "fes:ValueReference" if two else "ogc:PropertyName"
        self._gml = "http://www.opengis.net/gml/3.2" if two else "http://www.opengis.net/gml"

    def filter(self, where: Predicate) -> str:
        """The whole filter."""
        declared = (
            'xmlns:ogc="http://www.opengis.net/ogc" xmlns:fes="http://www.opengis.net/fes/2.0"'
            f' xmlns:g="{self._gml}" xmlns:dc="http://purl.org/dc/elements/1.1/"'
            ' xmlns:dct="http://purl.org/dc/terms/" xmlns:ows="http://www.opengis.net/ows"'
            ' xmlns:apiso="http://www.opengis.net/cat/csw/apiso/1.0"'
            ' xmlns:csw="http://www.opengis.net/cat/csw/2.0.2"'
        )
        return f"<{self._prefix}:Filter {declared}>{self.write(where)}</{self._prefix}:Filter>"

    def write(self, where: Predicate) -> str:  # noqa: C901, PLR0911, PLR0912 - a kind a line
        """One operator."""
        match where:
            case And(parts) | Or(parts):
                return self._element(type(where).__name__, "".join(map(self.write, parts)))
            case Not(part):
                return self._element("Not", self.write(part))
            case Compare(queryable, operator, literal) if self._timely(queryable) and operator in _MOMENTS:
                return self._element(_MOMENTS[operator], self._name(queryable) + self._instant(literal))
            case Between(queryable, lower, upper, _, True):
                return self._element("During", self._name(queryable) + self._period(lower, upper))
            case Compare(queryable, operator, literal, match_case):
                inner = self._name(queryable) + self._literal(literal)
                return self._element(_ELEMENTS[operator], inner, self._case(match_case=match_case))
            case Between(queryable, lower, upper) if self._timely(queryable, lower, upper):
                return self._element("AnyInteracts", self._name(queryable) + self._period(lower, upper))
            case Between(queryable, lower, upper):
                inner = self._name(queryable) + "".join(
                    self._element(name, self._literal(at))
                    for name, at in (("LowerBoundary", lower), ("UpperBoundary", upper))
                )
                return self._element("PropertyIsBetween", inner)
            case Like(queryable, pattern, match_case):
                return self._like(queryable, pattern, self._case(match_case=match_case))
            case AnyText(pattern):
                return self._like("anytext", pattern, "")
            case Missing(queryable):
                return self._element("PropertyIsNull", self._name(queryable))
            case Extent():
                return self._extent(where)
            case Area(relation, corners):
                return self._element(
                    relation.capitalize(), self._name("boundingbox") + self._polygon(corners)
                )
            case Identified(identifiers):
                ids = [self._element("ResourceId", "", f' rid="{escape(name)}"') for name in identifiers]
                return ids[0] if len(ids) == 1 else self._element("Or", "".join(ids))
        raise AssertionError(where)

    def _like(self, queryable: str, pattern: Pattern, attributes: str) -> str:
        text = pattern_text(pattern, many="*", one="?")
        inner = self._name(queryable) + self._literal(text)
        return self._element(
            "PropertyIsLike", inner, f' wildCard="*" singleChar="?" escapeChar="\\"{attributes}'
        )

    def _extent(self, where: Extent) -> str:
        latitude_first = self._choice([True, False])
        srs = self._choice(_LATITUDE_FIRST if latitude_first else _LONGITUDE_FIRST)
        lower, upper = (where.west, where.south), (where.east, where.north)
        if latitude_first:
            lower, upper = lower[::-1], upper[::-1]
        attribute = f' srsName="{srs}"' if srs else ""
        box = (
            f"<g:Envelope{attribute}><g:lowerCorner>{lower[0]} {lower[1]}</g:lowerCorner>"
            f"<g:upperCorner>{upper[0]} {upper[1]}</g:upperCorner></g:Envelope>"
        )
        if where.relation is Relation.SHARES:
            return self._shares(box)
        names = {Relation.INTERSECTS: ["BBOX", "Intersects"]}
        name = self._choice(names.get(where.relation, [where.relation.capitalize()]))
        return self._element(name, self._name("boundingbox") + box)

    def _shares(self, box: str) -> str:
        """What intersects and does not touch: no operator of its own says it."""
        inner = self._name("boundingbox") + box
        no = self._element("Not", self._element("Touches", inner))
        return self._element("And", self._element("Intersects", inner) + no)

    def _polygon(self, corners: tuple) -> str:
        swapped = self._choice([True, False])
        srs = self._choice(_LATITUDE_FIRST if swapped else _LONGITUDE_FIRST)
        points = [point[::-1] if swapped else point for point in (*corners, corners[0])]
        listed = " ".join(f"{x} {y}" for x, y in points)
        apart = "".join(f"<g:pos>{x} {y}</g:pos>" for x, y in points)
        ring = self._choice([f"<g:posList>{listed}</g:posList>", apart])
        attribute = f' srsName="{srs}"' if srs else ""
        return (
            f"<g:Polygon{attribute}><g:exterior><g:LinearRing>{ring}</g:LinearRing></g:exterior></g:Polygon>"
        )

    def _timely(self, queryable: str, *dates: str) -> bool:
        """Whether to write a temporal operator; a period cannot end before it begins."""
        ordered = [*map(instant, dates)] == sorted(map(instant, dates))
        return self._two and queryable in _DATES and ordered and self._choice([True, False])

    def _instant(self, date: str) -> str:
        return self._choice(
            [
                f'<g:TimeInstant g:id="t"><g:timePosition>{date}</g:timePosition></g:TimeInstant>',
                self._literal(date),
            ]
        )

    def _period(self, begin: str, end: str) -> str:
        positions = f"<g:beginPosition>{begin}</g:beginPosition><g:endPosition>{end}</g:endPosition>"
        instants = "".join(
            f"<g:{side}><g:TimeInstant><g:timePosition>{at}</g:timePosition></g:TimeInstant></g:{side}>"
            for side, at in (("begin", begin), ("end", end))
        )
        return f'<g:TimePeriod g:id="p">{self._choice([positions, instants])}</g:TimePeriod>'

    def _name(self, queryable: str) -> str:
        return f"<{self._property}>{self._choice(NAMES[queryable])}</{self._property}>"

    def _literal(self, text: str) -> str:
        return f"<{self._prefix}:Literal>{escape(text)}</{self._prefix}:Literal>"

    def _element(self, name: str, inner: str, attributes: str = "") -> str:
        return f"<{self._prefix}:{name}{attributes}>{inner}</{self._prefix}:{name}>"

    def _case(self, *, match_case: bool) -> str:
        # What is the default may be left out.
        return self._choice(["", ' matchCase="true"']) if match_case else ' matchCase="false"'


class CqlWriter:
    """Writes CQL text."""

    def __init__(self, seed: int) -> None:
        self._choice = random.Random(seed).choice

    def write(self, where: Predicate) -> str:  # noqa: C901, PLR0911 - a kind a line
        """One operator, in brackets where it has parts."""
        match where:
            case And(parts) | Or(parts):
                word = self._word(type(where).__name__)
                return "(" + f" {word} ".join(map(self.write, parts)) + ")"
            case Not(part):
                return f"{self._word('NOT')} ({self.write(part)})"
            case Compare(queryable, operator, literal, True):
                return f"{self._name(queryable)} {operator} {quoted(literal)}"
            case Between(queryable, lower, upper, _, True):
                return f"{self._name(queryable)} {self._word('DURING')} {lower}/{upper}"
            case Between(queryable, lower, upper):
                word = self._word("BETWEEN")
                return f"{self._name(queryable)} {word} {quoted(lower)} AND {quoted(upper)}"
            case Like(queryable, pattern, match_case):
                return self._like(queryable, pattern, "LIKE" if match_case else "ILIKE")
            case AnyText(pattern):
                return self._like("anytext", pattern, "LIKE")
            case Missing(queryable):
                return f"{self._name(queryable)} {self._word('IS')} {self._word('NULL')}"
            case Extent(Relation.INTERSECTS, west, south, east, north):
                name = self._name("boundingbox")
                return f"{self._word('BBOX')}({name},{west}, {south},{east}, {north})"
            case Area(relation, corners):
                points = ", ".join(f"{x} {y}" for x, y in (*corners, corners[0]))
                return f"{self._word(relation)}({self._name('boundingbox')}, POLYGON(({points})))"
            case Extent(relation, west, south, east, north):
                name = self._name("boundingbox")
                box = f"ENVELOPE({west},{east},{north},{south})"
                if relation is Relation.SHARES:
                    inner = f"({name}, {box})"
                    return f"(INTERSECTS{inner} AND NOT {self._word('TOUCHES')}{inner})"
                return f"{self._word(relation)}({name}, {box})"
        raise AssertionError(where)

    def _like(self, queryable: str, pattern: Pattern, word: str) -> str:
        text = pattern_text(pattern, many="%", one="_")
        return f"{self._name(queryable)} {self._word(word)} {quoted(text)}"

    def _name(self, queryable: str) -> str:
        name = self._choice(NAMES[queryable])
        return self._choice([name, f'"{name}"'])

    def _word(self, word: str) -> str:
        return self._choice([word.upper(), word.lower()])


def quoted(text: str) -> str:
    """A literal of CQL."""
    return "'" + text.replace("'", "''") + "'"


def pattern_text(pattern: Pattern, *, many: str, one: str) -> str:
    """A pattern as text, what is literal escaped."""
    wild = {Wildcard.MANY: many, Wildcard.ONE: one}
    parts = []
    for part in pattern:
        if isinstance(part, Wildcard):
            parts.append(wild[part])
            continue
        parts += [("\\" if character in {many, one, "\\"} else "") + character for character in part]
    return "".join(parts)
