"""Titles, put in order behind the runs: to take a record in does not wait for it.

All titles of a chunk are put in order anew where so many of its records have come or changed since as is
worth it (`behind.due`). It is done as with edges of boxes: before the transaction that writes, which does so
only if the index is still what it was.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from catalogue.store import dialects, statements
from catalogue.store.engine import reading, writing
from catalogue.store.index import batches, behind, terms
from catalogue.store.index.postings import CHUNK, bits_of, row_of, without
from catalogue.store.tables import index_order, index_ranked, index_ranks

_BYTES: Final = CHUNK // 8
#: Records of a block.
LENGTH: Final = 256


class Block(NamedTuple):
    """A block: the title that it begins with, its chunk and place, and the places of its records."""

    key: str
    chunk: int
    number: int
    body: bytes


class Near(NamedTuple):
    """Where a walk to some page begins."""

    #: At this title.
    start: str
    #: The records that match and have one before it.
    passed: frozenset[int]
    #: What is not in order, and walked past as what waits is.
    waiting: frozenset[int]


def put_in_order(engine: Engine, *, loose: int, quiet: bool) -> int:
    """Put the titles of a chunk in order in which more than so many records wait; how many did.

    It is none where nobody waits, or where the index was changed meanwhile.
    """
    with reading(engine) as connection:
        work = behind.due(connection, index_ranked, terms.has("title"), loose=loose, quiet=quiet)
        if work is None:
            return 0
        titles = _titles(connection, work.chunk)
    rows = list(_blocks(work.chunk, titles))
    known = bits_of([place for _, place in titles])
    if not without(known, work.kept):
        return 0
    with writing(engine) as connection:
        dialects.alone(connection, batches.ALONE)
        if behind.generation(connection) != work.generation:
            return 0
        connection.execute(sa.delete(index_ranks).where(index_ranks.c.chunk == work.chunk))
        dialects.write_rows(connection, index_ranks, ("key", "chunk", "block", "body"), rows)
        row = (work.chunk, known.to_bytes(_BYTES, "little"), bytes(_BYTES))
        dialects.write_rows(connection, index_ranked, ("chunk", "known", "stale"), [row], replace=True)
    return without(known, work.kept).bit_count()


def _titles(connection: Connection, chunk: int) -> list[tuple[str, int]]:
    """How the first title of each record begins, in order, with the record's place in the chunk."""
    first: dict[int, str] = {}
    for key, number in statements.rows_on(connection, _TITLES, chunk=chunk):
        first.setdefault(number - chunk * CHUNK, key)
    return [(key, place) for place, key in first.items()]


def _blocks(chunk: int, titles: Sequence[tuple[str, int]]) -> Iterator[Block]:
    for number, first in enumerate(range(0, len(titles), LENGTH)):
        some = titles[first : first + LENGTH]
        yield Block(some[0][0], chunk, number, row_of(array("H", [place for _, place in some])))


_TITLES: Final = (
    sa.select(index_order.c.key, index_order.c.record_id)
    .where(
        index_order.c.chunk == sa.bindparam("chunk", type_=sa.Integer()),
        index_order.c.name == sa.literal_column("'title'"),
    )
    .order_by(index_order.c.key, index_order.c.record_id)
)
