"""What the index says of a query: the numbers of the records that it is true of, as bits.

A predicate becomes a set of bits, and logic becomes logic. What the index does not know, the tables are asked
for; what a pattern may be in, is looked at.
"""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from operator import or_
from typing import Final

import sqlalchemy as sa

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
    Or,
    Pattern,
    Predicate,
    Relation,
)
from catalogue.queryables import OF_RECORDS, Kind
from catalogue.store.index import edged, edges, terms
from catalogue.store.index.asking import MANY, Asking
from catalogue.store.index.pairs import in_a_row
from catalogue.store.index.postings import without
from catalogue.store.index.valued import FEW, Valued
from catalogue.store.queries import extents
from catalogue.store.queries.comparisons import (
    Condition,
    kind_of,
)
from catalogue.store.queries.predicates import Conditions, anywhere, of_datestamp
from catalogue.store.tables import (
    boxes,
    records,
    renditions,
)

#: Relations that one box of a record has or has not, whatever its others are.
_ROWS: Final = frozenset({Relation.INTERSECTS, Relation.SHARES, Relation.CONTAINS})
#: A pattern that is in every text: two wildcards.
_EMPTY: Final = 2
#: The order in which the parts of an And are taken: what is found by others first, what looks at texts last.
_LAST: Final[dict[type[Predicate], int]] = {And: 1, Or: 1, Not: 2, AnyText: 3}


class Finding:
    """Finds what one query is true of, on one connection."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._conditions = Conditions(embedded=asking.embedded, many=True)
        self._valued = Valued(asking)

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
                return without(among, self.bits(part, among))
            case AnyText(pattern):
                return self._any_text(anywhere(pattern), among)
        if not among:
            # There is nothing to be found; but what cannot be asked is still refused.
            self._conditions.of(predicate)
            return 0
        return among & self._leaf(predicate, among)

    def live(self) -> int:
        """All records that the index has."""
        return self._asking.all_with([terms.LIVE])

    def _leaf(self, predicate: Predicate, among: int) -> int:
        match predicate:
            case Missing(queryable):
                return self._missing(predicate, queryable)
            case Member(set_spec):
                return self._asking.all_with([terms.in_set(set_spec)])
            case Extent():
                return self._extent(predicate, among)
            case Area():
                return self._area(predicate)
            case Compare() | Between() | Like():
                return self._of_values(predicate, among)
        return self._asking.asked(predicate, sa.select(records.c.id).where(self._conditions.of(predicate)))

    def _missing(self, predicate: Missing, queryable: str) -> int:
        kind = kind_of(queryable)
        if kind is Kind.EXTENT:
            return ~self._asking.marked(terms.BOXED)
        if kind in OF_RECORDS:
            return ~self._asking.all_with([terms.has(queryable)])
        self._conditions.of(predicate)
        return 0

    # Boxes

    def _extent(self, wanted: Extent, among: int) -> int:
        if wanted.relation is Relation.INTERSECTS and terms.is_world(wanted):
            # A box in degrees has nowhere else to be.
            inside = self._asking.marked(terms.IN_DEGREES)
            others = without(among & self._asking.marked(terms.BOXED), inside)
            return inside | self._looked_up_boxes(wanted, others)
        if wanted.relation is Relation.DISJOINT:
            meets = self._extent(replace(wanted, relation=Relation.INTERSECTS), among)
            return without(self._asking.marked(terms.BOXED), meets)
        if wanted.west <= wanted.east and wanted.relation in edges.TOLD:
            found = self._by_edges(wanted, among)
            if found is not None:
                return found
        if wanted.west <= wanted.east and wanted.relation in _ROWS:
            return self._boxes(wanted, wanted.west, wanted.east, extents.extends(wanted, sa.and_))
        if wanted.relation in {Relation.INTERSECTS, Relation.SHARES}:
            halves = (replace(wanted, east=180.0), replace(wanted, west=-180.0))
            return reduce(or_, (self._extent(half, among) for half in halves))
        return self._asking.asked(wanted, sa.select(records.c.id).where(self._conditions.of(wanted)))

    def _by_edges(self, wanted: Extent, among: int) -> int | None:
        """What edges say, and the table of those boxes that they do not tell; None where they are many."""
        boxed, told = among & self._asking.marked(terms.BOXED), self._asking.marked(edges.SLICED)
        others = without(boxed, told)
        sure, maybe = self._by_order(wanted, boxed & told)
        if maybe.bit_count() > FEW:
            digits = edges.digits(self._asking.connection, self._asking.chunks, self._asking.remembered)
            more, maybe = edges.compared(wanted, maybe, digits)
            sure |= more
        if (maybe | others).bit_count() > MANY or (others and wanted.relation is Relation.WITHIN):
            return None
        return sure | self._looked_up_boxes(wanted, maybe | others)

    def _by_order(self, wanted: Extent, among: int) -> tuple[int, int]:
        """What edges in order say of these records: those of which it is true, and those not known."""
        if among.bit_count() <= FEW or not edged.can_tell(wanted):
            return 0, among
        sure, known = edged.compared(self._asking.connection, wanted)
        return sure & among, without(among, known)

    def _looked_up_boxes(self, wanted: Extent, among: int) -> int:
        """Those of the records that have such a box."""
        row = extents.row_of(wanted)
        return self._asking.looked_up(sa.select(boxes.c.record_id).where(row), boxes.c.record_id, among)

    def _area(self, wanted: Area) -> int:
        if wanted.relation in _ROWS:
            west, _, east, _ = polygons.bounds(wanted.corners)
            return self._boxes(wanted, west, east, extents.covers(wanted, sa.and_))
        return self._asking.asked(wanted, sa.select(records.c.id).where(self._conditions.of(wanted)))

    def _boxes(self, predicate: Predicate, west: float, east: float, found: Condition) -> int:
        """The records with such a box, which has something in common with what lies between the two."""
        rows = (
            sa.select(boxes.c.record_id).where(boxes.c.scale == scale, boxes.c.west <= east, *least, found)
            for scale, width in enumerate(extents.SCALES)
            for least in [[] if width is None else [boxes.c.west >= west - width]]
        )
        return self._asking.asked(predicate, sa.union_all(*rows))

    def _of_values(self, predicate: Compare | Between | Like, among: int) -> int:
        if kind_of(predicate.queryable) is Kind.DATESTAMP:
            select = sa.select(renditions.c.record_id).where(*of_datestamp(predicate))
            return self._asking.asked(predicate, select)
        return self._valued.bits(predicate, among)

    def _any_text(self, pattern: Pattern, among: int) -> int:
        if len(pattern) == _EMPTY:
            return among
        asking = self._asking
        near, exact = asking.with_words(pattern, among)
        if exact or not near:
            return near
        told = 0
        if near.bit_count() > FEW:
            told, near = in_a_row(asking.connection, asking.vocabulary, pattern, near, chunks=asking.chunks)
        return told | asking.looked_at(pattern, near)
