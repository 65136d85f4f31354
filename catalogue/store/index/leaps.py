"""Pages deep in a list that is in the order of titles: what is before them is passed in one leap.

The database puts the chunks' titles together and tells the numbers of those records alone, which is a
fraction of what it costs to walk past each of them. The walk begins at the title that it has come to.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalogue.query import RecordQuery, SortKey
from catalogue.queryables import KEY_LENGTH
from catalogue.store import dialects, statements
from catalogue.store.index.answers import State
from catalogue.store.index.order import waiting_steps
from catalogue.store.index.postings import CHUNK, bits_of, without
from catalogue.store.index.slices import walked
from catalogue.store.queries.predicates import ordered_by
from catalogue.store.tables import Comparable, index_order, records

#: Records of a front: as many as the slice ends behind, of these.
SIZES: Final = (1_280, 2_560, 3_840, 5_120, 7_680, 10_240, 15_360, 20_480)
#: Titles that are passed in one leap at most, and records that may wait meanwhile.
_MOST: Final = 60_000
_WAITING: Final = 1_000
_TITLE: Final[sa.ColumnElement[str]] = sa.literal_column("'title'")


def can_leap(state: State, query: RecordQuery, rows: int) -> bool:
    """Whether a leap comes near the slice, past about so many titles."""
    return (
        query.sort[0].queryable == "title"
        and state.chunks > 0
        and query.after is None
        and query.offset + query.limit <= SIZES[-1]
        and rows <= _MOST
        and len(state.waiting) <= _WAITING
    )


def front(
    connection: Connection, state: State, bits: int, key: SortKey, *, most: int, rows: int
) -> list[int]:
    """The first records by their titles, so many if there are; what waits is not among them.

    Args:
        connection: where the index is.
        state: what the index has taken in.
        bits: the records that are wanted.
        key: the order of their titles, up or down.
        most: how many.
        rows: among how many titles they probably are.
    """
    statement = _statement(state.chunks, key.descending, connection.dialect.name == "sqlite")
    wanted = without(bits, bits_of(state.waiting)).to_bytes(state.chunks * CHUNK // 8, "little")
    while True:
        found = statements.rows_on(connection, statement, limit=rows)[0][0]
        numbers = list(map(int, found.split(","))) if found else []
        # A record may have several titles: it stands where its first one does.
        chosen = list(dict.fromkeys([n for n in numbers if wanted[n >> 3] >> (n & 7) & 1]))
        if len(chosen) >= most or len(numbers) < rows:
            return chosen[:most]
        rows += rows // 2


def _order(*columns: sa.ColumnElement[Any], descending: bool) -> list[sa.ColumnElement[Any]]:
    return [one.desc() if descending else one for one in columns]


@lru_cache(64)
def _statement(chunks: int, descending: bool, embedded: bool) -> sa.Select[Any]:  # noqa: FBT001 - for the cache
    c = index_order.c
    each = [
        sa.select(c.key, c.record_id).where(c.chunk == sa.literal_column(str(n)), c.name == _TITLE)
        for n in range(chunks)
    ]
    if not embedded and chunks > 1:
        # Put in order for itself, each is read by its index; PostgreSQL would sort all of them together.
        each = [
            one.order_by(*_order(c.key, c.record_id, descending=descending)).offset(sa.literal_column("0"))
            for one in each
        ]
    of_chunks = sa.union_all(*each)
    key, number = of_chunks.selected_columns
    order = _order(key, number, descending=descending)
    titles = of_chunks.order_by(*order).limit(sa.bindparam("limit", type_=sa.Integer())).subquery()
    numbers = sa.cast(titles.c.record_id, sa.Text)
    return sa.select(sa.func.group_concat(numbers, ",") if embedded else sa.func.string_agg(numbers, ","))


def leapt(
    connection: Connection, state: State, bits: int, query: RecordQuery, *, numbers: Sequence[int]
) -> list[int] | None:
    """The slice, from this front on; None where that does not reach so far."""
    waits = bits & bits_of(state.waiting)
    at = query.offset - waits.bit_count()
    if not 0 <= at < len(numbers):
        return None
    key = query.sort[0]
    embedded = connection.dialect.name == "sqlite"
    value = ordered_by(key.queryable, descending=key.descending, embedded=embedded)
    found = connection.execute(sa.select(value).where(records.c.id == numbers[at])).scalar()
    start = (found or "")[:KEY_LENGTH]
    chunks = dialects.listing(range(state.chunks), embedded=embedded)
    same = {row[0] for row in statements.rows_on(connection, _SAME[embedded], key=start, chunks=chunks)}
    while at and numbers[at - 1] in same:
        at -= 1
    steps = waiting_steps(connection, state.waiting, key) if waits else []
    before = (number for title, number in steps if (title > start if key.descending else title < start))
    passed = set(numbers[:at])
    passed.update(number for number in before if waits >> number & 1)
    return walked(connection, state, bits, query, start=start, passed=passed)


_SAME: Final = {
    embedded: sa.select(index_order.c.record_id).where(
        dialects.one_of(index_order.c.chunk, "chunks", embedded=embedded),
        index_order.c.name == _TITLE,
        index_order.c.key == sa.bindparam("key", type_=Comparable),
    )
    for embedded in (True, False)
}
