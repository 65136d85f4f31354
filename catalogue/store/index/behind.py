"""What workers put in order behind the runs: what is to be done, and what of it does not hold any more.

All of a chunk is put in order anew where more than an eighth of its records have come or changed since, and a
thousand at least; where nothing changes just now, where more than a few have.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalogue.store import dialects, statements
from catalogue.store.index.postings import CHUNK, Union, bits_of, place_in_chunk, without
from catalogue.store.tables import (
    index_edged,
    index_paired,
    index_postings,
    index_ranked,
    index_state,
    index_terms,
)

_BYTES: Final = CHUNK // 8
#: Records of a chunk that may wait, beside an eighth of those that are in order.
LOOSE: Final = 1024
_ONE_OF: Final = 8
#: Those that may while nothing changes.
_FEW: Final = 16


class Work(NamedTuple):
    """A chunk of which something is to be put in order."""

    generation: int
    chunk: int
    #: The records that have it, and those of them that are in order already.
    wanted: int
    kept: int


def due(
    connection: Connection, table: sa.Table, mark: tuple[str, str], *, loose: int, quiet: bool
) -> Work | None:
    """A chunk in which more than so many records wait; while it is quiet, few are enough.

    Args:
        connection: where the index is.
        table: which records of a chunk are in order.
        mark: what those have that could be.
        loose: how many may wait.
        quiet: whether nothing changes just now.
    """
    found = generation(connection)
    known = {row.chunk: row for row in connection.execute(sa.select(table))}
    name, value = mark
    having = sa.select(index_postings.c.chunk, index_postings.c.body).join(
        index_terms, index_terms.c.id == index_postings.c.term_id
    )
    marked = having.where(index_terms.c.name == name, index_terms.c.value == value)
    for chunk, body in connection.execute(marked.order_by(index_postings.c.chunk)):
        records = Union()
        records.add(0, body)
        bits, kept = records.bits(), 0
        if chunk in known:
            row = known[chunk]
            kept = without(int.from_bytes(row.known, "little"), int.from_bytes(row.stale, "little"))
        most = min(loose, _FEW) if quiet else max(loose, kept.bit_count() // _ONE_OF)
        if without(bits, kept).bit_count() > most:
            return Work(found, chunk, bits, kept)
    return None


def generation(connection: Connection) -> int:
    """How often the index has changed."""
    found: int = connection.execute(sa.select(index_state.c.generation)).scalar_one()
    return found


def outdate(connection: Connection, changed: Mapping[int, Collection[int]]) -> None:
    """Note, inside the transaction that takes them in, which records of a chunk are not as they were."""
    embedded = connection.dialect.name == "sqlite"
    listed = dialects.listing([chunk for chunk, numbers in changed.items() if numbers], embedded=embedded)
    for read, write in _OF_TABLES:
        for chunk, stale in statements.rows_on(connection, read[embedded], chunks=listed):
            bits = int.from_bytes(stale, "little") | bits_of([place_in_chunk(one) for one in changed[chunk]])
            statements.run(connection, write, at=chunk, bits=bits.to_bytes(_BYTES, "little"))


def _stale(table: sa.Table, *, embedded: bool) -> sa.Select[tuple[int, bytes]]:
    return sa.select(table.c.chunk, table.c.stale).where(
        dialects.one_of(table.c.chunk, "chunks", embedded=embedded)
    )


def _outdate(table: sa.Table) -> sa.Update:
    at, bits = sa.bindparam("at", type_=sa.Integer()), sa.bindparam("bits", type_=sa.LargeBinary())
    return sa.update(table).where(table.c.chunk == at).values(stale=bits)


_OF_TABLES: Final = [
    ({embedded: _stale(table, embedded=embedded) for embedded in (True, False)}, _outdate(table))
    for table in (index_paired, index_edged, index_ranked)
]
