"""Facets: what most of the records that match have, be it a value of a queryable or a set that they are in.

Exact, from the index: what a term's postings have in common with the bits of the answer. Terms are taken in
the order of how many records have them at all, until none that is left can be among those that are wanted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from functools import partial
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalogue.store import dialects
from catalogue.store.index import terms
from catalogue.store.index.answers import State
from catalogue.store.index.postings import CHUNK, Flags, bits_of, numbers_of
from catalogue.store.index.rows import postings
from catalogue.store.queries.packed import values_of
from catalogue.store.tables import index_terms, record_sets, sets

#: Values whose postings are read at once.
_AT_ONCE: Final = 200
#: Records up to which their own values are read rather than the postings of all values.
_FEW: Final = 2_000

#: Of a list of record numbers, what counts how many of them have each value.
_Counting = Callable[[sa.Select[tuple[int]]], sa.Select[str, int]]


def most_frequent(
    connection: Connection, state: State, bits: int, queryable: str, *, most: int
) -> list[tuple[str, int]]:
    """At most so many values of a queryable that the index lists, those of most records first."""
    of_it = [index_terms.c.name == queryable]
    embedded = connection.dialect.name == "sqlite"
    counting = partial(counted, queryable, embedded=embedded)
    return _Facet(connection, state, counting).best(bits, of_it, most)


def counted(queryable: str, numbers: sa.Select[tuple[int]], *, embedded: bool) -> sa.Select[str, int]:
    """How many of the records have each value of a queryable, as the tables have it."""
    values = values_of(queryable, embedded=embedded)
    of_them = values.select(values.value.label("value"), sa.func.count())
    return of_them.where(values.record_id.in_(numbers)).group_by(values.value)


def sets_of(
    connection: Connection, state: State, bits: int, branch: str, *, most: int
) -> list[tuple[str, int]]:
    """At most so many sets of a branch, those that most of the records are in first."""
    name, first = terms.in_set(f"{branch}:")
    of_it = [index_terms.c.name == name, index_terms.c.value.startswith(first, autoescape=True)]
    return _Facet(connection, state, lambda numbers: sets_counted(branch, numbers)).best(bits, of_it, most)


def sets_counted(branch: str, numbers: sa.Select[tuple[int]]) -> sa.Select[str, int]:
    """How many of the records are in each set of a branch, as the tables have it."""
    return (
        sa.select(sets.c.set_spec, sa.func.count())
        .join(record_sets, record_sets.c.set_id == sets.c.id)
        .where(
            record_sets.c.record_id.in_(numbers),
            record_sets.c.member,
            sets.c.set_spec.startswith(f"{branch}:", autoescape=True),
        )
        .group_by(sets.c.set_spec)
    )


class _Facet:
    """Counts the values of one kind."""

    def __init__(self, connection: Connection, state: State, counting: _Counting) -> None:
        self._connection = connection
        self._state = state
        self._counting = counting

    def best(self, bits: int, of_it: list[sa.ColumnElement[bool]], most: int) -> list[tuple[str, int]]:
        """At most so many of the values whose terms are so, of those records."""
        waiting = bits & bits_of(self._state.waiting)
        taken = bits ^ waiting
        c = index_terms.c
        # What the index has of records that wait may be more than there is, and is never less.
        listed = sa.select(c.id, c.value, c.count).where(*of_it, c.count > 0)
        values = self._connection.execute(listed.order_by(c.count.desc(), c.value)).all()
        if not values and not waiting:
            return []
        if taken.bit_count() <= min(_FEW, len(values) * self._state.chunks):
            return _best(self._of_records(taken | waiting), most)
        found = self._of_records(waiting) if waiting else Counter[str]()
        flags = {
            chunk: Flags(taken >> chunk * CHUNK & (1 << CHUNK) - 1) for chunk in range(self._state.chunks)
        }
        for first in range(0, len(values), _AT_ONCE):
            some = values[first : first + _AT_ONCE]
            if len(found) >= most and some[0][2] < _best(found, most)[-1][1] - len(self._state.waiting):
                break
            counts = self._counts([row[0] for row in some], flags)
            found.update({value: counts[number] for number, value, _ in some if counts[number]})
        return _best(found, most)

    def _counts(self, numbers: list[int], flags: dict[int, Flags]) -> dict[int, int]:
        """How many of the records have each of these terms."""
        counts: dict[int, int] = defaultdict(int)
        for term_id, chunk, body in postings(self._connection, self._state.chunks, numbers):
            counts[term_id] += flags[chunk].common(body)
        return counts

    def _of_records(self, bits: int) -> Counter[str]:
        """The values of these records alone, as the tables have them."""
        if not bits:
            return Counter()
        listed = sa.select(dialects.listed(self._connection, numbers_of(bits)).c.value)
        return Counter({row[0]: row[1] for row in self._connection.execute(self._counting(listed))})


def _best(counts: Counter[str], most: int) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:most]
