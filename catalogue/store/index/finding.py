"""What the index says of a query: the numbers of the records that it is true of, as bits.

A predicate becomes a set of bits, and logic becomes logic. What the index does not know, the tables are asked
for; what a pattern may be in, is looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import replace
from functools import reduce
from operator import and_, or_
from typing import Any, Final, TypeGuard

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalogue import polygons
from catalogue.query import (
    And,
    AnyText,
    Area,
    Between,
    Compare,
    Extent,
    Like,
    Member,
    Missing,
    Not,
    Operator,
    Or,
    Pattern,
    Predicate,
    Relation,
    Wildcard,
)
from catalogue.queryables import OF_RECORDS, Kind, instant, is_keyed, normalise
from catalogue.store import dialects, extents, statements
from catalogue.store.comparisons import ENDS, Condition, Values, kind_of, matches, normalised
from catalogue.store.index import edges, terms
from catalogue.store.index.dictionary import Vocabulary
from catalogue.store.index.pairs import in_a_row
from catalogue.store.index.postings import Union, bits_of, numbers_of
from catalogue.store.index.rows import postings
from catalogue.store.index.terms import Term
from catalogue.store.index.words import wanted
from catalogue.store.predicates import Conditions, anywhere, of_datestamp
from catalogue.store.tables import (
    boxes,
    index_terms,
    neutral_records,
    record_values,
    records,
    renditions,
)

#: Terms whose postings are read at once, and at most for one predicate: beyond, the values are read.
_AT_ONCE: Final = 500
_MOST: Final = 4_000
#: Records that are looked at one by one rather than with all others.
_FEW: Final = 2_000
#: Records whose texts are read one by one, rather than all texts.
_MANY: Final = 50_000
#: Relations that one box of a record has or has not, whatever its others are.
_ROWS: Final = frozenset({Relation.INTERSECTS, Relation.SHARES, Relation.CONTAINS})
#: A pattern that is in every text: two wildcards.
_EMPTY: Final = 2
#: What stands behind all digits.
_BEHIND: Final = ":"
#: The order in which the parts of an And are taken: what is found by others first, what looks at texts last.
_LAST: Final[dict[type[Predicate], int]] = {And: 1, Or: 1, Not: 2, AnyText: 3}


class Finding:
    """Finds what one query is true of, on one connection."""

    def __init__(
        self,
        connection: Connection,
        vocabulary: Vocabulary,
        *,
        chunks: int,
        remembered: Callable[[Hashable, Callable[[], int]], int],
    ) -> None:
        self._connection = connection
        self._vocabulary = vocabulary
        self._chunks = chunks
        self._remembered = remembered
        self._embedded = connection.dialect.name == "sqlite"
        self._conditions = Conditions(embedded=self._embedded, many=True)

    def bits(self, predicate: Predicate, among: int) -> int:
        """Those of the records of which the predicate is true.

        Raises:
            InvalidQuery: it names a queryable that there is not, or compares it as it cannot be.
        """
        match predicate:
            case And(parts):
                for part in sorted(parts, key=lambda part: _LAST.get(type(part), 0)):
                    among = self.bits(part, among)
                return among
            case Or(parts):
                return reduce(or_, (self.bits(part, among) for part in parts), 0)
            case Not(part):
                return among & ~self.bits(part, among)
            case AnyText(pattern):
                return self._any_text(anywhere(pattern), among)
        if not among:
            # There is nothing to be found; but what cannot be asked is still refused.
            self._conditions.of(predicate)
            return 0
        return among & self._leaf(predicate, among)

    def live(self) -> int:
        """All records that the index has."""
        return self._all_with([terms.LIVE])

    def _leaf(self, predicate: Predicate, among: int) -> int:
        match predicate:
            case Missing(queryable):
                return self._missing(predicate, queryable)
            case Member(set_spec):
                return self._all_with([terms.in_set(set_spec)])
            case Extent():
                return self._extent(predicate, among)
            case Area():
                return self._area(predicate)
            case Compare() | Between() | Like():
                return self._of_values(predicate, among)
        return self._asked(predicate, sa.select(records.c.id).where(self._conditions.of(predicate)))

    def _asked(self, key: Hashable, select: sa.Select[Any] | sa.CompoundSelect[Any]) -> int:
        """What the tables say; it is remembered as long as the index stays as it is."""

        def ask() -> int:
            return bits_of(statements.numbers(self._connection, select))

        return self._remembered(key, ask)

    def _missing(self, predicate: Missing, queryable: str) -> int:
        kind = kind_of(queryable)
        if kind is Kind.EXTENT:
            return ~self._marked(terms.BOXED)
        if kind in OF_RECORDS:
            return ~self._all_with([terms.has(queryable)])
        self._conditions.of(predicate)
        return 0

    # Boxes

    def _extent(self, wanted: Extent, among: int) -> int:
        if wanted.relation is Relation.INTERSECTS and terms.is_world(wanted):
            # A box in degrees has nowhere else to be.
            inside = self._marked(terms.IN_DEGREES)
            others = among & self._marked(terms.BOXED) & ~inside
            return inside | self._looked_up_boxes(wanted, others)
        if wanted.relation is Relation.DISJOINT:
            meets = self._extent(replace(wanted, relation=Relation.INTERSECTS), among)
            return self._marked(terms.BOXED) & ~meets
        if wanted.west <= wanted.east and wanted.relation in edges.TOLD:
            found = self._by_edges(wanted, among)
            if found is not None:
                return found
        if wanted.west <= wanted.east and wanted.relation in _ROWS:
            return self._boxes(wanted, wanted.west, wanted.east, extents.extends(wanted, sa.and_))
        if wanted.relation in {Relation.INTERSECTS, Relation.SHARES}:
            halves = (replace(wanted, east=180.0), replace(wanted, west=-180.0))
            return reduce(or_, (self._extent(half, among) for half in halves))
        return self._asked(wanted, sa.select(records.c.id).where(self._conditions.of(wanted)))

    def _by_edges(self, wanted: Extent, among: int) -> int | None:
        """What edges say, and the table of those boxes that they do not tell; None where they are many."""
        boxed, told = among & self._marked(terms.BOXED), self._marked(edges.SLICED)
        sure, maybe = edges.compared(
            wanted, boxed & told, edges.digits(self._connection, self._chunks, self._remembered)
        )
        others = boxed & ~told
        if (maybe | others).bit_count() > _MANY or (others and wanted.relation is Relation.WITHIN):
            return None
        return sure | self._looked_up_boxes(wanted, maybe | others)

    def _looked_up_boxes(self, wanted: Extent, among: int) -> int:
        """Those of the records that have such a box."""
        row = extents.row_of(wanted)
        return self._looked_up(sa.select(boxes.c.record_id).where(row), boxes.c.record_id, among)

    def _area(self, wanted: Area) -> int:
        if wanted.relation in _ROWS:
            west, _, east, _ = polygons.bounds(wanted.corners)
            return self._boxes(wanted, west, east, extents.covers(wanted, sa.and_))
        return self._asked(wanted, sa.select(records.c.id).where(self._conditions.of(wanted)))

    def _boxes(self, predicate: Predicate, west: float, east: float, found: Condition) -> int:
        """The records with such a box, which has something in common with what lies between the two."""
        rows = (
            sa.select(boxes.c.record_id).where(boxes.c.scale == scale, boxes.c.west <= east, *least, found)
            for scale, width in enumerate(extents.SCALES)
            for least in [[] if width is None else [boxes.c.west >= west - width]]
        )
        return self._asked(predicate, sa.union_all(*rows))

    # Values

    def _of_values(self, predicate: Compare | Between | Like, among: int) -> int:
        kind = kind_of(predicate.queryable)
        if kind is Kind.DATESTAMP:
            select = sa.select(renditions.c.record_id).where(*of_datestamp(predicate))
            return self._asked(predicate, select)
        values = Values(record_values, embedded=self._embedded).of(predicate)
        if among.bit_count() <= _FEW:
            return self._values_of(predicate, among)
        if terms.is_listed(predicate.queryable):
            if kind is Kind.DATE and _is_range(predicate):
                return self._dates(predicate)
            known = self._terms(Values(index_terms, embedded=self._embedded).of(predicate))
            if known is not None:
                return self._any_of(known, among)
        pattern = None if _is_sought(predicate) else _contained(predicate)
        if pattern is not None:
            near, _ = self._with_words(pattern, among)
            if near.bit_count() * 2 < among.bit_count():
                return self._values_of(predicate, near)
        return self._asked(predicate, sa.select(record_values.c.record_id).where(*values))

    def _values_of(self, predicate: Compare | Between | Like, among: int) -> int:
        """What the values of these records alone say."""
        conditions = Values(record_values, embedded=self._embedded, by_key=False).of(predicate)
        select = sa.select(record_values.c.record_id).where(*conditions)
        return self._looked_up(select, record_values.c.record_id, among)

    def _terms(self, conditions: Iterable[Condition]) -> list[int] | None:
        """The terms that are so; None where they are too many."""
        select = sa.select(index_terms.c.id).where(*conditions).limit(_MOST + 1)
        known = [row[0] for row in self._connection.execute(select)]
        return known if len(known) <= _MOST else None

    def _dates(self, predicate: Compare | Between) -> int:
        """Whole years from the index, and what is left of the first and the last from the table."""
        name, key = predicate.queryable, record_values.c.key
        of = Values(record_values, embedded=self._embedded).of
        below, above = _ends(predicate)
        first = f"{int(instant(above.literal)[:4]) + 1:04}" if above else ""
        last = instant(below.literal)[:4] if below else _BEHIND
        if first >= last:
            return self._asked(predicate, sa.select(record_values.c.record_id).where(*of(predicate)))
        whole = statements.rows_on(
            self._connection, _YEARS, name=terms.in_year(name, "")[0], first=first, last=last
        )
        found = self._any_of([row[0] for row in whole], -1)
        for end, rest in ((above, key < first), (below, key >= last)):
            if end:
                left = sa.select(record_values.c.record_id).where(*of(end), rest)
                found |= self._asked((end, first, last), left)
        return found

    # Words

    def _any_text(self, pattern: Pattern, among: int) -> int:
        if len(pattern) == _EMPTY:
            return among
        near, exact = self._with_words(pattern, among)
        if exact or not near:
            return near
        told = 0
        if near.bit_count() > _FEW:
            told, near = in_a_row(self._connection, self._vocabulary, pattern, near, chunks=self._chunks)
        return told | self._looked_at(pattern, near)

    def _with_words(self, pattern: Pattern, among: int) -> tuple[int, bool]:
        """The records whose words let the pattern be in their texts; whether it is in all of them."""
        asked = wanted(pattern)
        if asked is None or not among:
            return among, False
        if asked.whole:
            among &= self._all_with(asked.whole)
        for part in asked.within:
            if among:
                among &= self._any_of(self._vocabulary.containing(self._connection, part), among)
        return among, asked.exact

    def _looked_at(self, pattern: Pattern, among: int) -> int:
        """Those of the records in whose texts the pattern is."""
        has_it = matches(neutral_records.c.search_text, pattern, embedded=self._embedded)
        select = sa.select(neutral_records.c.record_id).where(has_it)
        if among.bit_count() > _MANY:
            return among & self._asked(AnyText(pattern), select)
        return self._looked_up(select, neutral_records.c.record_id, among)

    def _looked_up(self, select: sa.Select[Any], number: sa.ColumnElement[int], among: int) -> int:
        """What a table says of these records alone."""
        if not among:
            return 0
        listed = dialects.listed(self._connection, numbers_of(among))
        few = select.where(number.in_(sa.select(listed.c.value)))
        return bits_of(statements.numbers(self._connection, few))

    # Postings

    def _all_with(self, wanted: Collection[Term]) -> int:
        """The records that have all of these terms."""
        numbers = [self._number(term) for term in wanted]
        if None in numbers:
            return 0
        return reduce(and_, (self._any_of([number], -1) for number in numbers if number is not None))

    def _marked(self, mark: Term) -> int:
        """The records that have this mark; many queries ask for it."""
        return self._remembered(mark, lambda: self._all_with([mark]))

    def _number(self, term: Term) -> int | None:
        name, value = ("", term) if isinstance(term, str) else term
        key = terms.key_of(name, value)
        rows = statements.rows_on(self._connection, _TERM, name=name, key=key, value=value)
        return rows[0][0] if rows else None

    def _any_of(self, numbers: list[int], among: int) -> int:
        """The records that have one of these terms, or as good as all of `among`."""
        union = 0
        for first in range(0, len(numbers), _AT_ONCE):
            some = Union()
            for _, chunk, body in postings(self._connection, self._chunks, numbers[first : first + _AT_ONCE]):
                some.add(chunk, body)
            union |= some.bits()
            if among >= 0 and not among & ~union:
                break
        return union


def _is_range(predicate: Compare | Between | Like) -> TypeGuard[Compare | Between]:
    if isinstance(predicate, Compare):
        return predicate.operator not in {Operator.EQUAL, Operator.NOT_EQUAL}
    return isinstance(predicate, Between)


def _ends(predicate: Compare | Between) -> tuple[Compare | None, Compare | None]:
    """What a range of dates is below of, and what it is above of."""
    match predicate:
        case Between(name, lower, upper, _, strict):
            above, below = ENDS[strict]
            return Compare(name, below, upper), Compare(name, above, lower)
        case Compare(_, Operator.LESS | Operator.LESS_OR_EQUAL):
            return predicate, None
        case _:
            return None, predicate


def _is_sought(predicate: Compare | Between | Like) -> bool:
    """Whether few values begin as it says, and the table's index knows how they begin."""
    if not is_keyed(predicate.queryable):
        return False
    if isinstance(predicate, Like):
        return bool(predicate.pattern) and isinstance(predicate.pattern[0], str)
    return isinstance(predicate, Compare) and predicate.operator is Operator.EQUAL


def _contained(predicate: Compare | Between | Like) -> Pattern | None:
    """What a text must contain, normalised, of which the predicate is true; None where that is not known."""
    match predicate:
        case Compare(_, Operator.EQUAL, literal, match_case):
            pattern: Pattern = (literal,)
        case Like(_, pattern, match_case):
            pass
        case _:
            return None
    if not match_case:
        return normalised(pattern)
    # In a normal form, what follows may melt into the last character; ASCII melts into nothing.
    return tuple(
        part if isinstance(part, Wildcard) else normalise(part[:-1])
        for part in pattern
        if isinstance(part, Wildcard) or part.isascii()
    )


_TERM = sa.select(index_terms.c.id).where(
    index_terms.c.name == sa.bindparam("name", type_=sa.Text()),
    index_terms.c.key == sa.bindparam("key", type_=sa.Text()),
    index_terms.c.value == sa.bindparam("value", type_=sa.Text()),
)
_YEARS = sa.select(index_terms.c.id).where(
    index_terms.c.name == sa.bindparam("name", type_=sa.Text()),
    index_terms.c.key >= sa.bindparam("first", type_=sa.Text()),
    index_terms.c.key < sa.bindparam("last", type_=sa.Text()),
)
