"""Edges of boxes, put in order behind the runs: to take a record in does not wait for it.

All edges of a chunk are put in order anew where so many of its records have come or changed since as is worth
it (`behind.due`). They are read and
put in order before the transaction that writes: it does so only if the index is still what it was, and what
has changed meanwhile waits in the queue, of which no edge is believed.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from catalogue.store import dialects, statements
from catalogue.store.engine import reading, writing
from catalogue.store.index import batches, behind, edged, edges
from catalogue.store.index.postings import CHUNK, bits_of, without
from catalogue.store.tables import boxes, index_edged, index_edges

_BYTES: Final = CHUNK // 8


def put_in_order(engine: Engine, *, loose: int, quiet: bool) -> int:
    """Put the edges of a chunk in order in which more than so many records wait; how many did.

    While it is quiet, few are enough.

    It is none where nobody waits, or where the index was changed meanwhile, or where the tables have what the
    index does not have yet.
    """
    with reading(engine) as connection:
        work = behind.due(connection, index_edged, edges.SLICED, loose=loose, quiet=quiet)
        if work is None:
            return 0
        found = _boxes(connection, work)
    rows = [
        (work.chunk, number, *block)
        for place, number in enumerate(edged.EDGES.values(), start=1)
        for block in edged.blocks(sorted((box[place], box[0]) for box in found))
    ]
    known = bits_of([box[0] for box in found])
    if not without(known, work.kept):
        return 0
    with writing(engine) as connection:
        dialects.alone(connection, batches.ALONE)
        if behind.generation(connection) != work.generation:
            return 0
        connection.execute(sa.delete(index_edges).where(index_edges.c.chunk == work.chunk))
        dialects.write_rows(connection, index_edges, ("chunk", "edge", "least", "block", "body"), rows)
        row = (work.chunk, known.to_bytes(_BYTES, "little"), bytes(_BYTES))
        dialects.write_rows(connection, index_edged, ("chunk", "known", "stale"), [row], replace=True)
    return without(known, work.kept).bit_count()


def _boxes(connection: Connection, work: behind.Work) -> list[tuple[int, float, float, float, float]]:
    """The places of the records that are wanted and have one box just now, and where it ends."""
    first = work.chunk * CHUNK
    rows = statements.rows_on(connection, _BOXES, first=first, last=first + CHUNK - 1)
    many = {number for number, count in Counter(row[0] for row in rows).items() if count > 1}
    wanted = work.wanted.to_bytes(_BYTES, "little")
    return [
        (row[0] - first, *row[1:])
        for row in rows
        if row[0] not in many and wanted[row[0] - first >> 3] >> (row[0] & 7) & 1
    ]


_BOXES: Final = sa.select(boxes.c.record_id, *(boxes.c[edge] for edge in edged.EDGES)).where(
    boxes.c.record_id >= sa.bindparam("first", type_=sa.BigInteger()),
    boxes.c.record_id <= sa.bindparam("last", type_=sa.BigInteger()),
)
