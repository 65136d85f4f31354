"""What workers find out of records behind the runs: which of it does not hold any more."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalogue.store import dialects, statements
from catalogue.store.index.postings import CHUNK, bits_of, place_in_chunk
from catalogue.store.tables import index_edged, index_paired

_BYTES: Final = CHUNK // 8


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
    for table in (index_paired, index_edged)
]
