"""Facets: the values of a queryable that most of the records that match have, and how many have each.

Exact, from the index: what a value's postings have in common with the bits of the answer. Values are taken in
the order of how many records have them at all, until none that is left can be among those that are wanted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalogue.store import dialects
from catalogue.store.index.answers import State
from catalogue.store.index.postings import CHUNK, bits_of, common, numbers_of
from catalogue.store.tables import index_postings, index_terms, record_values

#: Values whose postings are read at once.
_AT_ONCE: Final = 200
#: Records up to which their own values are read rather than the postings of all values.
_FEW: Final = 2_000


def most_frequent(
    connection: Connection, state: State, bits: int, queryable: str, *, most: int
) -> list[tuple[str, int]]:
    """At most so many values of a queryable that the index lists, those of most records first."""
    waiting = bits & bits_of(state.waiting)
    taken = bits & ~waiting
    if taken.bit_count() <= _FEW:
        return _best(_of_records(connection, taken | waiting, queryable), most)
    found = _of_records(connection, waiting, queryable) if waiting else Counter[str]()
    by_chunk = {chunk: taken >> chunk * CHUNK & (1 << CHUNK) - 1 for chunk in range(state.chunks)}
    c = index_terms.c
    # What the index has of records that wait may be more than there is, and is never less.
    listed = sa.select(c.id, c.value, c.count).where(c.name == queryable, c.count > 0)
    values = connection.execute(listed.order_by(c.count.desc(), c.value)).all()
    for first in range(0, len(values), _AT_ONCE):
        some = values[first : first + _AT_ONCE]
        if len(found) >= most and some[0][2] < _best(found, most)[-1][1] - len(state.waiting):
            break
        counts = _counts(connection, [row[0] for row in some], by_chunk)
        found.update({value: counts[number] for number, value, _ in some if counts[number]})
    return _best(found, most)


def _best(counts: Counter[str], most: int) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:most]


def _counts(connection: Connection, numbers: list[int], by_chunk: dict[int, int]) -> dict[int, int]:
    """How many of the records have each of these terms."""
    c = index_postings.c
    terms = sa.select(dialects.listed(connection, numbers).c.value)
    select = sa.select(c.term_id, c.chunk, c.body).where(c.chunk.in_(by_chunk), c.term_id.in_(terms))
    counts: dict[int, int] = defaultdict(int)
    for term_id, chunk, body in connection.execute(select):
        counts[term_id] += common(body, by_chunk[chunk])
    return counts


def _of_records(connection: Connection, bits: int, queryable: str) -> Counter[str]:
    """The values of these records alone, as the tables have them."""
    if not bits:
        return Counter()
    c = record_values.c
    listed = sa.select(dialects.listed(connection, numbers_of(bits)).c.value)
    select = sa.select(c.value, sa.func.count()).where(c.record_id.in_(listed), c.name == queryable)
    return Counter({row[0]: row[1] for row in connection.execute(select.group_by(c.value))})
