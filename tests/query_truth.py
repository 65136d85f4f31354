"""What a query should find, told by plain Python over the records: the truth that SQL is held to.

And strategies that draw queries over the words, dates and boxes that those records are made of.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from hypothesis import strategies as st

import factories
from catalogue import oai_identifier
from catalogue.polygons import polygon
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
    Predicate,
    Relation,
    SortKey,
    Wildcard,
)
from catalogue.queryables import CODES
from catalogue.record import Agent, Box, Date, Period, Record, Subject, Text
from catalogue.store import Store
from catalogue.values import values_of

WORDS = [
    "lead", "Lead", "LEAD", "mercury", "Straße", "STRASSE", "straße", "Éthylène", "éthylène",
    "E\u0301thyle\u0300ne", "100%", "a_b", "aXb", "a*b", "a?b", "[x]", "x", "back\\slash", "it's",
    "ртуть", "Ртуть", "汞", "ﬁlm", "film", "o" * 59 + "x", "o" * 60, "o" * 60 + "y", "O" * 60 + "Y",
    "😀", "i\u0307", "İ", "-", '&<>"',
]  # fmt: skip
DATES = [
    "2003", "2003-01", "2003-01-01", "2003-01-01T00:00:00Z", "2003-05-04", "2003-05-04T10:00:00Z",
    "2003-05-04T12:00:00+02:00", "2002-12-31T23:30:00-01:00", "1998", "1998-07", "2026-11-24",
]  # fmt: skip
DEGREES = [-180.0, -179.5, -90.0, -10.0, -0.5, 0.0, 0.5, 10.0, 20.0, 90.0, 179.5, 180.0]
LATITUDES = [degrees for degrees in DEGREES if -90 <= degrees <= 90]
TEXT_QUERYABLES = [
    "title", "subject", "type", "format", "creator", "identifier", "resource_identifier", "coverage",
]  # fmt: skip
DATE_QUERYABLES = ["date", "created", "issued", "temporal_begin", "specification_date"]
#: Above it, in parts of what is subtracted, no rounding can turn a difference's sign.
_ROUNDING, _TINY = 1e-14, 1e-100
NUMBERS = ["0", "5", "5.0", "25000", "0.5", "30", "2.5e4", "1000000", "-1", "-1.5"]
NUMBER_QUERYABLES = ["denominator", "distance"]


@dataclass(frozen=True)
class Known:
    """A record in the store, with what is known of it beside it."""

    number: int
    identifier: str
    datestamp: int
    record: Record

    @cached_property
    def pairs(self) -> list[tuple[str, str]]:
        """Every queryable and value."""
        return values_of(self.record, identifier=self.identifier)

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, value in self.pairs:
            found.setdefault(name, []).append(value)
        return found

    @cached_property
    def texts(self) -> str:
        """Each text once, on lines of its own: a wildcard may stand for the end of a line."""
        return normal("\n".join({value: None for name, value in self.pairs if name not in CODES}))

    def values(self, queryable: str) -> list[str]:
        """Its values of the queryable."""
        return self._by_name.get(queryable, [])


# The records


def random_records(seed: int, count: int) -> dict[str, Record]:
    """Records of a few words, so that queries find some."""
    draw = random.Random(seed)
    # Apart, so that all else stays as it was drawn.
    end, scale = random.Random(seed + 1), random.Random(seed + 2)

    def some(choices: Sequence, most: int) -> list:
        return [draw.choice(choices) for _ in range(draw.randint(0, most))]

    def text() -> Text:
        return Text.of(" ".join(some(WORDS, 2)) or draw.choice(WORDS))

    def box() -> Box:
        south, north = sorted(draw.choices(LATITUDES, k=2))
        west, east = draw.choice(DEGREES), draw.choice(DEGREES)
        return Box(west, south, east, north)

    return {
        f"item-{number}": Record(
            title=text(),
            descriptions=tuple(text() for _ in range(draw.randint(0, 1))),
            subjects=tuple(Subject(text()) for _ in range(draw.randint(0, 3))),
            types=tuple(Text.of(word) for word in some(["Dataset", "dataset", "Text"], 2)),
            formats=tuple(some(["text/html", "TEXT/HTML", "application/pdf"], 2)),
            agents=tuple(Agent("creator", text()) for _ in range(draw.randint(0, 1))),
            dates=tuple(Date(draw.choice(["created", "issued", "date"]), d) for d in some(DATES, 3)),
            places=tuple(text() for _ in range(draw.randint(0, 1))),
            periods=tuple(Period(begin=d, end=end.choice(["", *DATES])) for d in some(DATES, 1)),
            boxes=tuple(box() for _ in range(draw.randint(0, 2))),
            resolutions=tuple(
                scale.choice(["1:{}", "{} m", "{}"]).format(one)
                for one in scale.choices(NUMBERS, k=scale.randint(0, 2))
            ),
        )
        for number in range(count)
    }


def filled(store: Store, seed: int, count: int = 60) -> list[Known]:
    """Fill a store with random records, delete every tenth, and tell what is left."""
    records = random_records(seed, count)
    run = factories.fill(store, records)
    ours = {oai_identifier.mint(factories.NAMESPACE, "nile", name): name for name in records}
    known = store.records.known(list(ours))
    gone = [known[identifier] for identifier in list(ours)[::10]]
    factories.commit(store, run, [], tombstones=gone)
    left = [found for identifier, found in known.items() if found not in gone]
    stamps = {found.identifier: found.datestamp for found in store.search.records([k.id for k in left])}
    return sorted(
        (Known(f.id, f.identifier, stamps[f.identifier], records[ours[f.identifier]]) for f in left),
        key=lambda one: one.number,
    )


def held_by_name(store: Store, records: dict[str, Record]) -> list[Known]:
    """Put records into a store, and tell what is known of them."""
    factories.fill(store, records)
    ours = {oai_identifier.mint(factories.NAMESPACE, "nile", name): name for name in records}
    rows = store.records.known(list(ours))
    stamps = {
        one.identifier: one.datestamp for one in store.search.records([row.id for row in rows.values()])
    }
    made = (Known(row.id, name, stamps[name], records[ours[name]]) for name, row in rows.items())
    return sorted(made, key=lambda one: one.number)


# The truth


def matching(known: Iterable[Known], where: Predicate) -> list[int]:
    """The numbers of the records of which the predicate is true."""
    return [one.number for one in known if holds(one, where)]


def holds(  # noqa: C901, PLR0911, PLR0912 - one case a kind of predicate
    one: Known, where: Predicate
) -> bool:
    match where:
        case And(parts):
            return all(holds(one, part) for part in parts)
        case Or(parts):
            return any(holds(one, part) for part in parts)
        case Not(part):
            return not holds(one, part)
        case Missing("boundingbox"):
            return not one.record.boxes
        case Missing("modified" | "anytext"):
            return False
        case Missing(queryable):
            return not one.values(queryable)
        case Identified(identifiers):
            return one.identifier in identifiers
        case AnyText(pattern):
            return re.search(_regex(_inner(pattern), normal), one.texts, re.DOTALL) is not None
        case Extent():
            return _extent(one.record.boxes, where)
        case Area():
            return _area(one.record.boxes, where)
        case Compare("modified", operator, literal):
            return _compare(datetime.fromtimestamp(one.datestamp, UTC), operator, instant(literal))
        case Between("modified", lower, upper, _, strict):
            at = datetime.fromtimestamp(one.datestamp, UTC)
            return _lies(instant(lower), at, instant(upper), strict=strict)
        case Compare(queryable, operator, literal, match_case):
            made = comparable(queryable, match_case=match_case)
            return any(_compare(made(value), operator, made(literal)) for value in one.values(queryable))
        case Between(queryable, lower, upper, match_case, strict):
            made = comparable(queryable, match_case=match_case)
            values = one.values(queryable)
            return any(_lies(made(lower), made(value), made(upper), strict=strict) for value in values)
        case Like(queryable, pattern, match_case):
            made = str if match_case else normal
            regex = re.compile(_regex(pattern, made), re.DOTALL)
            return any(regex.fullmatch(made(value)) for value in one.values(queryable))
    raise AssertionError(where)


def normal(text: str) -> str:
    """The text as two that differ only in case or in compatibility forms both are."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def comparable(queryable: str, *, match_case: bool) -> Callable[[str], Any]:
    """What values of the queryable are compared as."""
    if queryable in DATE_QUERYABLES:
        return instant
    if queryable in NUMBER_QUERYABLES:
        return Decimal
    return str if match_case else normal


def instant(date: str) -> datetime:
    """When the period that a W3CDTF date names begins."""
    for form in ("%Y", "%Y-%m", "%Y-%m-%d"):
        try:
            return datetime.strptime(date, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return datetime.fromisoformat(date)


def _compare(value: object, operator: Operator, literal: object) -> bool:
    return {
        Operator.EQUAL: value == literal,
        Operator.NOT_EQUAL: value != literal,
        Operator.LESS: value < literal,
        Operator.LESS_OR_EQUAL: value <= literal,
        Operator.GREATER: value > literal,
        Operator.GREATER_OR_EQUAL: value >= literal,
    }[operator]


def _lies(lower: Any, value: Any, upper: Any, *, strict: bool) -> bool:
    return lower < value < upper if strict else lower <= value <= upper


def _inner(pattern: tuple) -> tuple:
    """The same without the wildcards at its ends that may stand for nothing: they change no search."""
    ends = [at for at, part in enumerate(pattern) if part is not Wildcard.MANY]
    return pattern[ends[0] : ends[-1] + 1] if ends else ()


def _regex(pattern: tuple, made: Callable[[str], str]) -> str:
    wild = {Wildcard.MANY: ".*", Wildcard.ONE: "."}
    return "".join(wild[part] if isinstance(part, Wildcard) else re.escape(made(part)) for part in pattern)


def _parts(box: Box | Extent) -> list[tuple[float, float, float, float]]:
    if box.west <= box.east:
        return [(box.west, box.south, box.east, box.north)]
    return [(box.west, box.south, 180.0, box.north), (-180.0, box.south, box.east, box.north)]


def _extent(boxes: Sequence[Box], wanted: Extent) -> bool:
    have = [part for box in boxes for part in _parts(box)]
    want = _parts(wanted)

    def meet(a: tuple, b: tuple) -> bool:
        return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]

    def inside(a: tuple, b: tuple) -> bool:
        return b[0] <= a[0] and a[2] <= b[2] and b[1] <= a[1] and a[3] <= b[3]

    def interiors(a: tuple, b: tuple) -> bool:
        # Where one is flat, what counts is whether it lies between the other's ends, or both are the same.
        return all(
            max(a[i], b[i]) < min(a[i + 2], b[i + 2])
            or (a[i] == a[i + 2] and b[i] < a[i] < b[i + 2])
            or (b[i] == b[i + 2] and a[i] < b[i] < a[i + 2])
            or (a[i] == a[i + 2] == b[i] == b[i + 2])
            for i in (0, 1)
        )

    match wanted.relation:
        case Relation.INTERSECTS:
            return any(meet(a, b) for a in have for b in want)
        case Relation.SHARES:
            return any(interiors(a, b) for a in have for b in want)
        case Relation.DISJOINT:
            return bool(have) and not any(meet(a, b) for a in have for b in want)
        case Relation.WITHIN:
            return bool(have) and all(any(inside(a, b) for b in want) for a in have)
        case Relation.CONTAINS:
            return all(any(inside(b, a) for a in have) for b in want)


def _area(boxes: Sequence[Box], wanted: Area) -> bool:
    """Told by other means than the store's: points in polygons, and sides that meet."""
    have = [part for box in boxes for part in _parts(box)]
    (ring,) = wanted.rings

    def has(point: tuple[float, float]) -> bool:
        return _in_polygon(point, ring)

    def holds_whole(a: tuple) -> bool:
        west, south, east, north = map(Fraction, a)
        places = [*_corners(a), ((west + east) / 2, (south + north) / 2)]
        return all(map(has, places)) and not any(_enters(side, a) for side in _sides(ring))

    def meets(a: tuple) -> bool:
        corners = _corners(a)
        return (
            any(map(has, corners))
            or any(a[0] <= x <= a[2] and a[1] <= y <= a[3] for x, y in ring)
            or any(_cross(*one, *other) for one in _sides(ring) for other in _sides(corners))
        )

    match wanted.relation:
        case Relation.INTERSECTS:
            return any(map(meets, have))
        case Relation.DISJOINT:
            return bool(have) and not any(map(meets, have))
        case Relation.WITHIN:
            return bool(have) and all(map(holds_whole, have))
        case Relation.CONTAINS:
            return any(all(a[0] <= x <= a[2] and a[1] <= y <= a[3] for x, y in ring) for a in have)
    raise AssertionError(wanted)


def _enters(side: tuple, a: tuple) -> bool:
    """Whether a side has a point inside the box, its edges left out: what is left of it within each edge."""
    (ax, ay), (bx, by) = (tuple(map(Fraction, point)) for point in side)
    first, last = Fraction(0), Fraction(1)
    for begin, step, lower, upper in ((ax, bx - ax, a[0], a[2]), (ay, by - ay, a[1], a[3])):
        if step == 0:
            if not lower < begin < upper:
                return False
            continue
        ends = sorted(((Fraction(lower) - begin) / step, (Fraction(upper) - begin) / step))
        first, last = max(first, ends[0]), min(last, ends[1])
    # A point at an end of a side is that of the next one, too: what counts is what is left between.
    return first < last


def _corners(a: tuple) -> list[tuple[float, float]]:
    return [(a[0], a[1]), (a[2], a[1]), (a[2], a[3]), (a[0], a[3])]


def _sides(ring: Sequence) -> list[tuple]:
    return [(ring[at - 1], ring[at]) for at in range(len(ring))]


def _turn(a: tuple, b: tuple, c: tuple) -> int:
    """On which side of the line from a to b the point is: 1, -1, or 0 where it is on it."""
    left, right = (b[0] - a[0]) * (c[1] - a[1]), (b[1] - a[1]) * (c[0] - a[0])
    found: float | Fraction = left - right
    if abs(found) <= _ROUNDING * (abs(left) + abs(right)) or abs(found) < _TINY:
        (ax, ay), (bx, by), (cx, cy) = (tuple(map(Fraction, point)) for point in (a, b, c))
        found = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    return (found > 0) - (found < 0)


def _on(point: tuple, a: tuple, b: tuple) -> bool:
    inside = all(min(a[i], b[i]) <= point[i] <= max(a[i], b[i]) for i in (0, 1))
    return inside and _turn(a, b, point) == 0


def _in_polygon(point: tuple, ring: Sequence) -> bool:
    """Rays to the east: an odd number of sides is crossed; a point of a side is inside."""
    if any(_on(point, a, b) for a, b in _sides(ring)):
        return True
    odd = False
    for a, b in _sides(ring):
        if (a[1] > point[1]) != (b[1] > point[1]):
            upwards = b[1] > a[1]
            odd ^= (_turn(a, b, point) > 0) is upwards
    return odd


def _cross(a: tuple, b: tuple, c: tuple, d: tuple) -> bool:
    if _turn(a, b, c) * _turn(a, b, d) < 0 and _turn(c, d, a) * _turn(c, d, b) < 0:
        return True
    return _on(c, a, b) or _on(d, a, b) or _on(a, c, d) or _on(b, c, d)


def in_order(known: Sequence[Known], keys: Sequence[SortKey]) -> list[int]:
    """The numbers of all the records in this order."""
    ordered = sorted(known, key=lambda one: one.number)
    for key in reversed(keys):
        made = comparable(key.queryable, match_case=False)
        have = [one for one in ordered if one.values(key.queryable)]
        lack = [one for one in ordered if not one.values(key.queryable)]
        end = max if key.descending else min
        have.sort(
            key=lambda one, key=key, made=made, end=end: end(map(made, one.values(key.queryable))),
            reverse=key.descending,
        )
        ordered = have + lack
    return [one.number for one in ordered]


# The queries

_literals = st.one_of(
    st.sampled_from(WORDS), st.lists(st.sampled_from(WORDS), min_size=2, max_size=2).map(" ".join),
    st.sampled_from(["Dataset", "text/html", "application/pdf", "zzz"]),
)  # fmt: skip
_wildcards = st.sampled_from(list(Wildcard))


@st.composite
def patterns(draw: st.DrawFn) -> tuple:
    """Patterns made of pieces of the words."""
    parts: list = []
    for _ in range(draw(st.integers(1, 4))):
        if draw(st.booleans()):
            wildcard = draw(_wildcards)
            if not (wildcard is Wildcard.MANY and parts and parts[-1] is Wildcard.MANY):
                parts.append(wildcard)
        elif not parts or isinstance(parts[-1], Wildcard):
            word = draw(_literals)
            begin = draw(st.integers(0, len(word) - 1))
            parts.append(word[begin : draw(st.integers(begin + 1, len(word)))].strip() or "x")
    return tuple(parts) or ("x",)


_near = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
_dates = st.sampled_from([*DATES, "2003-02-30"[:7], "1997-12-31T23:59:59.5Z"])
_operators = st.sampled_from(list(Operator))
_texts = st.sampled_from(TEXT_QUERYABLES)
_date_names = st.sampled_from(DATE_QUERYABLES)
_numbers, _number_names = st.sampled_from([*NUMBERS, "7", "1e30"]), st.sampled_from(NUMBER_QUERYABLES)


@st.composite
def extents(draw: st.DrawFn, relations: Sequence[Relation] = tuple(Relation)) -> Extent:
    """Boxes, over the antimeridian too."""
    south, north = sorted((draw(st.sampled_from(LATITUDES)), draw(st.sampled_from(LATITUDES))))
    west, east = draw(st.sampled_from(DEGREES)), draw(st.sampled_from(DEGREES))
    return Extent(draw(st.sampled_from(list(relations))), west, south, east, north)


#: Polygons about the origin: convex and not, with sides in every direction.
SHAPES = [
    ((0, 0), (4, 0), (0, 3)), ((0, 0), (2, 1), (4, 0), (2, 5)), ((0, 0), (5, 1), (7, 5), (1, 6)),
    ((0, 0), (6, 0), (6, 2), (2, 2), (2, 6), (0, 6)), ((1, 0), (3, 0), (4, 2), (2, 4), (0, 2)),
    ((0, 3), (2, 2), (3, 0), (4, 2), (6, 3), (4, 4), (3, 6), (2, 4)),
    ((0, 0), (9, 0), (9, 9), (8, 9), (8, 1), (1, 1), (1, 9), (0, 9)),
]  # fmt: skip


@st.composite
def areas(draw: st.DrawFn) -> Area:
    """Polygons of some size, somewhere, in either direction."""
    shape, scale = draw(st.sampled_from(SHAPES)), draw(st.sampled_from([0.5, 2.5, 10.0, 15.0]))
    west = draw(st.sampled_from([-180.0, -30.0, -5.0, -0.5, 0.0, 45.0]))
    south = draw(st.sampled_from(LATITUDES))
    way = draw(st.sampled_from([1, -1]))
    ring = polygon(tuple((west + x * scale, south + y * scale) for x, y in shape[::way]))
    relations = [Relation.INTERSECTS, Relation.DISJOINT, Relation.CONTAINS, Relation.WITHIN]
    return Area(draw(st.sampled_from(relations)), ring)


def moments() -> st.SearchStrategy[Predicate]:
    """Dates between two, neither of them included."""
    pairs = st.tuples(_dates, _dates).filter(lambda pair: instant(pair[0]) < instant(pair[1]))
    names = _date_names | st.just("modified")
    return st.builds(lambda name, pair: Between(name, *pair, strict=True), names, pairs)


def leaves(*, cases: bool = True, times: bool = True) -> st.SearchStrategy[Predicate]:
    """Single predicates; with `cases`, some that ignore case, with `times`, some that Filter 1.1 has not."""
    case = st.booleans() if cases else st.just(True)
    more = [moments()] if times else []
    return st.one_of(
        *more,
        areas(),
        st.builds(Compare, _texts, _operators, _literals, case),
        st.builds(Compare, _date_names, _operators, _dates),
        st.builds(Compare, st.just("modified"), _operators, st.sampled_from([*DATES, _near])),
        st.builds(Compare, _number_names, _operators, _numbers),
        st.builds(Between, _number_names, _numbers, _numbers),
        st.builds(Between, _texts, _literals, _literals),
        st.builds(Between, _date_names, _dates, _dates),
        st.builds(Between, st.just("modified"), st.sampled_from([*DATES, _near]), st.just("2100")),
        st.builds(Like, _texts, patterns(), case),
        st.builds(Like, _date_names, st.just(("200", Wildcard.ONE, "-0", Wildcard.MANY))),
        st.builds(
            Missing,
            st.sampled_from(
                [*TEXT_QUERYABLES, *DATE_QUERYABLES, *NUMBER_QUERYABLES, "boundingbox", "modified"]
            ),
        ),
        st.builds(AnyText, patterns()),
        extents(),
    )


def trees(leaf: st.SearchStrategy[Predicate]) -> st.SearchStrategy[Predicate]:
    """Predicates nested in one another."""
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: And(tuple(parts))),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts))),
            inner.map(Not),
        ),
        max_leaves=8,
    )
