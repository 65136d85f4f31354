"""Edges of boxes, put in order behind the runs: to take a record in does not wait for it.

All edges of a chunk are put in order anew where more than an eighth of its records have come or changed
since, and a thousand at least; where nothing changes just now, where more than a few have. They are read and
put in order before the transaction that writes: it does so only if the index is still what it was, and what
has changed meanwhile waits in the queue, of which no edge is believed.
"""

from __future__ import annotations

from collections import Counter
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from catalogue.store import dialects, statements
from catalogue.store.engine import reading, writing
from catalogue.store.index import batches, edged, edges
from catalogue.store.index.postings import CHUNK, Union, bits_of, without
from catalogue.store.tables import boxes, index_edged, index_edges, index_postings, index_state, index_terms

#: Records of a chunk that may wait, beside an eighth of those whose edges are in order.
LOOSE: Final = 1024
_ONE_OF: Final = 8
#: Records of a chunk that may wait while nothing changes.
_FEW: Final = 16
_BYTES: Final = CHUNK // 8


class _Work(NamedTuple):
    """A chunk whose edges are to be put in order."""

    generation: int
    chunk: int
    #: Its records that have one box, in degrees.
    wanted: int
    #: Those whose edges are in order already.
    kept: int


def put_in_order(engine: Engine, *, loose: int, quiet: bool) -> int:
    """Put the edges of a chunk in order in which more than so many records wait; how many did.

    While it is quiet, few are enough.

    It is none where nobody waits, or where the index was changed meanwhile, or where the tables have what the
    index does not have yet.
    """
    with reading(engine) as connection:
        work = _due(connection, loose, quiet=quiet)
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
        if _generation(connection) != work.generation:
            return 0
        connection.execute(sa.delete(index_edges).where(index_edges.c.chunk == work.chunk))
        dialects.write_rows(connection, index_edges, ("chunk", "edge", "least", "block", "body"), rows)
        row = (work.chunk, known.to_bytes(_BYTES, "little"), bytes(_BYTES))
        dialects.write_rows(connection, index_edged, ("chunk", "known", "stale"), [row], replace=True)
    return without(known, work.kept).bit_count()


def _generation(connection: Connection) -> int:
    found: int = connection.execute(sa.select(index_state.c.generation)).scalar_one()
    return found


def _due(connection: Connection, loose: int, *, quiet: bool) -> _Work | None:
    generation = _generation(connection)
    known = {row.chunk: row for row in connection.execute(sa.select(index_edged))}
    name, value = edges.SLICED
    having = sa.select(index_postings.c.chunk, index_postings.c.body).join(
        index_terms, index_terms.c.id == index_postings.c.term_id
    )
    sliced = having.where(index_terms.c.name == name, index_terms.c.value == value)
    for chunk, body in connection.execute(sliced.order_by(index_postings.c.chunk)):
        records = Union()
        records.add(0, body)
        bits, kept = records.bits(), 0
        if chunk in known:
            row = known[chunk]
            kept = without(int.from_bytes(row.known, "little"), int.from_bytes(row.stale, "little"))
        most = min(loose, _FEW) if quiet else max(loose, kept.bit_count() // _ONE_OF)
        if without(bits, kept).bit_count() > most:
            return _Work(generation, chunk, bits, kept)
    return None


def _boxes(connection: Connection, work: _Work) -> list[tuple[int, float, float, float, float]]:
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
