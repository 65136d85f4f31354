"""Titles of each chunk in order, in blocks: a page deep in the order of titles is come to past whole blocks.

The titles of a chunk are put in order behind the runs, and cut into blocks of some hundred records, of which
each is known by the title that it begins with. Past the blocks that begin first it is counted, block by
block, until the page is near; only of those that are open there, one a chunk, the titles are looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import groupby
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalogue.query import RecordQuery
from catalogue.store import statements
from catalogue.store.index.answers import State
from catalogue.store.index.order import waiting_steps
from catalogue.store.index.postings import CHUNK, Union, bits_of, low_of, numbers_of, without
from catalogue.store.index.ranking import LENGTH, Block, Near
from catalogue.store.index.slices import walked
from catalogue.store.tables import Comparable, index_order, index_ranked, index_ranks

#: Titles that are passed at most, and records whose titles are not in order.
_MOST: Final = 200_000
_WAITING: Final = 500
#: Times that a title is looked for which the page is behind.
_TRIES: Final = 4
#: Titles that are rather passed than walked past, and the part of them that is surely before the page.
_WORTH_IT: Final = 300
_SURELY: Final = 0.85


def near(connection: Connection, state: State, bits: int, query: RecordQuery, *, titled: int) -> Near | None:
    """A little before the slice, in the order of titles upwards; None where blocks do not lead to it.

    Args:
        connection: where the index is.
        state: what the index has taken in.
        bits: what matches.
        query: which slice.
        titled: the records that have a title.
    """
    count = bits.bit_count()
    rows = query.offset * state.chunks * CHUNK // count if count else _MOST
    known = without(_known(connection), bits_of(state.waiting)) if rows < _MOST else 0
    if not known:
        return None
    unknown = without(bits & titled, known) | bits & bits_of(state.waiting)
    if unknown.bit_count() > _WAITING:
        return None
    waiting = frozenset(numbers_of(unknown))
    steps = waiting_steps(connection, waiting, query.sort[0]) if waiting else []
    for start, passed in _Blocks(connection, state, known, wanted=bits & known, offset=query.offset).titles():
        passed.update(number for title, number in steps if title < start)
        if len(passed) <= query.offset:
            return Near(start, frozenset(passed), waiting)
    return None


def walked_from(
    connection: Connection, state: State, bits: int, query: RecordQuery, *, near: Near
) -> list[int]:
    """The slice, by a walk from there on."""
    later = replace(state, waiting=state.waiting | near.waiting)
    return walked(connection, later, bits, query, start=near.start, passed=near.passed)


def _known(connection: Connection) -> int:
    known, stale = Union(), Union()
    for chunk, bits, outdated in statements.rows_on(connection, _KNOWN):
        known.add(chunk, bits)
        stale.add(chunk, outdated)
    return without(known.bits(), stale.bits())


class _Blocks:
    """Finds titles that so many of some records are before, or a few less."""

    def __init__(self, connection: Connection, state: State, known: int, *, wanted: int, offset: int) -> None:
        self._connection = connection
        self._wanted = wanted.to_bytes(state.chunks * CHUNK // 8, "little")
        self._chunks = state.chunks
        #: Titles that are passed for each record.
        self._rows = known.bit_count() / max(wanted.bit_count(), 1)
        self._known = known
        limit = min(int(offset * self._rows), _MOST) // LENGTH + 2 * state.chunks + 2
        blocks = map(Block._make, statements.rows_on(connection, _BLOCKS, limit=limit))
        # A chunk may have come since the state was read.
        self._blocks = [block for block in blocks if block.chunk < state.chunks]
        self._records = [self._of(block.chunk, low_of(block.body)) for block in self._blocks]
        self._offset = offset

    def _of(self, chunk: int, places: Collection[int]) -> list[int]:
        """Those of the records of a chunk that are wanted."""
        wanted, first = self._wanted, chunk * CHUNK
        return [n for place in places if wanted[(n := first + place) >> 3] >> (n & 7) & 1]

    def titles(self) -> Iterator[tuple[str, set[int]]]:
        """Titles that about so many are before, with those; then such as fewer are before."""
        at = self._about()
        for _ in range(_TRIES):
            if at <= 0:
                return
            key = self._blocks[at].key
            passed = self._before(at, key)
            yield from self._nearer(at, key, passed)
            yield key, passed
            at -= max(2, at // 8)

    def _about(self) -> int:
        """The last block that begins where no more than so many are likely to be before it."""
        passed, begun, at = 0, dict[int, int](), 0
        for _, group in groupby(enumerate(self._blocks), lambda one: one[1].key):
            some = list(group)
            # Of a block that is open, half is before; what ends here is before as a whole.
            still_open = sum(begun.values()) - sum(begun.get(block.chunk, 0) for _, block in some)
            if passed - still_open // 2 > self._offset:
                break
            at = some[0][0]
            for place, block in some:
                begun[block.chunk] = len(self._records[place])
                passed += begun[block.chunk]
        return at

    def _nearer(self, at: int, key: str, passed: set[int]) -> Iterator[tuple[str, set[int]]]:
        """A title farther on, in the middle of blocks, if that is worth it."""
        rows = (self._offset - len(passed)) * self._rows
        if rows < _WORTH_IT:
            return
        chunk = self._blocks[at].chunk
        of_chunk = (self._known >> chunk * CHUNK & (1 << CHUNK) - 1).bit_count()
        ahead = int(rows * of_chunk / self._known.bit_count() * _SURELY)
        for (end,) in statements.rows_on(self._connection, _AHEAD, chunk=chunk, begin=key, ahead=ahead):
            more = [self._between(one, key, end) for one in range(self._chunks)]
            yield end, passed.union(*more)

    def _between(self, chunk: int, begin: str, end: str) -> list[int]:
        rows = statements.rows_on(self._connection, _BETWEEN, chunk=chunk, begin=begin, end=end)
        return self._of(chunk, [row[0] - chunk * CHUNK for row in rows])

    def _before(self, at: int, key: str) -> set[int]:
        """The records that have a title before this one."""
        last = {block.chunk: place for place, block in enumerate(self._blocks[:at]) if block.key < key}
        found: set[int] = set()
        for place, block in enumerate(self._blocks[:at]):
            if place < last.get(block.chunk, -1):
                found.update(self._records[place])
        for chunk, place in last.items():
            found.update(self._between(chunk, self._blocks[place].key, key))
        return found


_KNOWN: Final = sa.select(index_ranked.c.chunk, index_ranked.c.known, index_ranked.c.stale)
_BLOCKS: Final = (
    sa.select(index_ranks.c.key, index_ranks.c.chunk, index_ranks.c.block, index_ranks.c.body)
    .order_by(index_ranks.c.key, index_ranks.c.chunk, index_ranks.c.block)
    .limit(sa.bindparam("limit", type_=sa.Integer()))
)
_AHEAD: Final = (
    sa.select(index_order.c.key)
    .where(
        index_order.c.chunk == sa.bindparam("chunk", type_=sa.Integer()),
        index_order.c.name == sa.literal_column("'title'"),
        index_order.c.key >= sa.bindparam("begin", type_=Comparable),
    )
    .order_by(index_order.c.key)
    .limit(sa.literal_column("1"))
    .offset(sa.bindparam("ahead", type_=sa.Integer()))
)
_BETWEEN: Final = sa.select(index_order.c.record_id).where(
    index_order.c.chunk == sa.bindparam("chunk", type_=sa.Integer()),
    index_order.c.name == sa.literal_column("'title'"),
    index_order.c.key >= sa.bindparam("begin", type_=Comparable),
    index_order.c.key < sa.bindparam("end", type_=Comparable),
)
