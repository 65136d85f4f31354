"""What the index and the packed rows say of the values of queryables.

What the index lists is found by its terms; titles and identifiers by how they begin; what else there is by
the words that it must have. Where that does not tell all, the packed rows of the records that are left do.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeGuard

import sqlalchemy as sa

from catalogue.query import Between, Compare, Like, Operator, Pattern, Wildcard
from catalogue.queryables import CODES, KEY_LENGTH, Kind, instant, normalise
from catalogue.store import dialects, statements
from catalogue.store.index import terms, titled
from catalogue.store.index.asking import MANY, Asking
from catalogue.store.index.postings import bits_of, numbers_of
from catalogue.store.queries.comparisons import (
    ENDS,
    Comparing,
    Condition,
    Row,
    beginning,
    comparable,
    normalised,
)
from catalogue.store.queries.packed import pairs_of, values_of
from catalogue.store.queries.predicates import on_values
from catalogue.store.tables import index_order, index_terms, record_queryables

#: Terms whose postings are read for one predicate: beyond, the values are looked at.
_MOST: Final = 4_000
#: Records that are looked at one by one, whatever the index knows.
FEW: Final = 500
#: How the instant ends with which a year begins.
_NEW_YEAR: Final = "-01-01T00:00:00"
#: What stands behind all digits.
_BEHIND: Final = ":"

OfValues = Compare | Between | Like


class Valued:
    """Finds the records that have such a value of a queryable."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._connection = asking.connection
        self._embedded = asking.embedded
        self._on_terms = Comparing(_TERM_ROW, embedded=asking.embedded)

    def bits(self, predicate: OfValues, among: int) -> int:
        """Those of the records of which the predicate is true, and others that are none of them.

        Raises:
            InvalidQuery: it names a queryable that there is not, or compares it as it cannot be.
        """
        kind = comparable(predicate.queryable)
        if terms.is_listed(predicate.queryable) and (_is_equality(predicate) or among.bit_count() > FEW):
            if kind is Kind.DATE and _is_range(predicate):
                return self._dates(predicate, among)
            known = self._terms(predicate.queryable, self._on_terms.of(predicate))
            if known is not None:
                return self._asking.any_of(known, among)
        told, near = self._near(predicate, among)
        if kind is Kind.TEXT and _is_equality(predicate) and near.bit_count() <= FEW:
            return self._equal(predicate, near)
        return told | self._looked_at(predicate, near)

    def _near(self, predicate: OfValues, among: int) -> tuple[int, int]:
        """Those of the records that have such a value, as far as the index tells; those that may have one."""
        if among.bit_count() <= FEW or predicate.queryable in CODES:
            return 0, among
        if predicate.queryable in terms.ORDERED:
            begins = beginning(predicate, index_order.c.key)
            if begins:
                return 0, among & self._begun(predicate, begins)
        pattern = _contained(predicate)
        if pattern is None:
            return 0, among
        if predicate.queryable == "title" and isinstance(predicate, Like):
            return titled.narrowed(self._asking, predicate, pattern, among)
        return 0, self._asking.with_words(pattern, among)[0]

    def _begun(self, predicate: OfValues, begins: Iterable[Condition]) -> int:
        """The records that have a value which begins so."""
        c = index_order.c
        if _is_equality(predicate):
            key = normalise(predicate.literal)[:KEY_LENGTH]
            chunks = dialects.listing(range(self._asking.chunks), embedded=self._embedded)
            given = {"chunks": chunks, "name": predicate.queryable, "key": key}
            rows = statements.rows_on(self._connection, _BEGUN[self._embedded], **given)
            return bits_of([row[0] for row in rows])
        of_it = (c.chunk.in_(range(self._asking.chunks)), c.name == predicate.queryable)
        return self._asking.asked(("begins", predicate), sa.select(c.record_id).where(*of_it, *begins))

    def _equal(self, predicate: Compare, among: int) -> int:
        """What a few packed rows say to an equality."""
        name, literal = predicate.queryable, predicate.literal
        normal = normalise(literal)
        numbers = dialects.listing(numbers_of(among), embedded=self._embedded)
        rows = statements.rows_on(self._connection, _ROWS[self._embedded], numbers=numbers)
        return bits_of(
            [
                number
                for number, *columns in rows
                if any(
                    value == literal if predicate.match_case else normalise(value) == normal
                    for of, value in pairs_of(*columns)
                    if of == name
                )
            ]
        )

    def _looked_at(self, predicate: OfValues, among: int) -> int:
        """What the values of these records say."""
        values = values_of(predicate.queryable, embedded=self._embedded)
        of_it = on_values(values, embedded=self._embedded).of(predicate)
        select = values.select(values.record_id).where(*of_it)
        if among.bit_count() > MANY:
            return among & self._asking.asked(predicate, select)
        return self._asking.looked_up(select, values.record_id, among)

    def _terms(self, queryable: str, conditions: Iterable[Condition]) -> list[int] | None:
        """The terms of a queryable that are so; None where they are too many."""
        of_it = index_terms.c.name == queryable
        select = sa.select(index_terms.c.id).where(of_it, *conditions).limit(_MOST + 1)
        known = [row[0] for row in self._connection.execute(select)]
        return known if len(known) <= _MOST else None

    def _dates(self, predicate: Compare | Between, among: int) -> int:
        """Whole years by their marks, and by their terms the dates of the first and the last."""
        name, key = predicate.queryable, index_terms.c.key
        of = self._on_terms.of
        below, above = _ends(predicate)
        first, begins = _first_year(above)
        last = instant(below.literal)[:4] if below else _BEHIND
        if first >= last:
            parts = [of(predicate)]
        else:
            ends = ((None if begins else above, key < first), (below, key >= last))
            parts = [[*of(end), rest] for end, rest in ends if end]
        dates = [self._terms(name, part) for part in parts]
        known = [one for part in dates if part is not None for one in part]
        if None in dates:
            return self._looked_at(predicate, among)
        if first < last:
            years = statements.rows_on(
                self._connection, _YEARS, name=terms.in_year(name, "")[0], first=first, last=last
            )
            known += [row[0] for row in years]
        return self._asking.any_of(known, among)


def _is_range(predicate: OfValues) -> TypeGuard[Compare | Between]:
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


def _first_year(above: Compare | None) -> tuple[str, bool]:
    """The first whole year of the dates that are above of something; whether they begin with it."""
    if above is None:
        return "", True
    begin = instant(above.literal)
    if above.operator is Operator.GREATER_OR_EQUAL and begin.endswith(_NEW_YEAR):
        return begin[:4], True
    return f"{int(begin[:4]) + 1:04}", False


def _is_equality(predicate: OfValues) -> TypeGuard[Compare]:
    return isinstance(predicate, Compare) and predicate.operator is Operator.EQUAL


def _contained(predicate: OfValues) -> Pattern | None:
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


_c = index_terms.c
_TERM_ROW: Final = Row(_c.value, sa.func.coalesce(_c.folded, _c.value), _c.key, _c.key)
_BEGUN = {
    embedded: sa.select(index_order.c.record_id).where(
        dialects.one_of(index_order.c.chunk, "chunks", embedded=embedded),
        index_order.c.name == sa.bindparam("name", type_=sa.Text()),
        index_order.c.key == sa.bindparam("key", type_=sa.Text()),
    )
    for embedded in (True, False)
}
_ROWS = {
    embedded: sa.select(record_queryables).where(
        dialects.one_of(record_queryables.c.record_id, "numbers", embedded=embedded)
    )
    for embedded in (True, False)
}
_YEARS = sa.select(index_terms.c.id).where(
    index_terms.c.name == sa.bindparam("name", type_=sa.Text()),
    index_terms.c.key >= sa.bindparam("first", type_=sa.Text()),
    index_terms.c.key < sa.bindparam("last", type_=sa.Text()),
)
