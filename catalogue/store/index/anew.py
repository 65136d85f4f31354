"""The index from nothing: what it has is forgotten, and every record waits to be taken in."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from catalogue.store import dialects
from catalogue.store.engine import writing
from catalogue.store.index import batches
from catalogue.store.parts import parts
from catalogue.store.tables import (
    index_edged,
    index_edges,
    index_entries,
    index_order,
    index_paired,
    index_pairs,
    index_postings,
    index_queue,
    index_ranked,
    index_ranks,
    index_state,
    index_terms,
    records,
)

#: What is known of records; terms keep their numbers, by which processes remember them.
_KNOWN: Final = (
    index_edged, index_edges, index_paired, index_pairs, index_postings, index_order, index_entries,
    index_queue, index_ranked, index_ranks,
)  # fmt: skip


def begin_anew(engine: Engine) -> None:
    """Forget what the index has, in one transaction; searches are answered by the tables until it is back.

    To repair a part of it would be to trust the rest: entries, postings and titles are kept in step by
    differences.
    """
    with writing(engine) as connection:
        dialects.alone(connection, batches.ALONE)
        for table in _KNOWN:
            connection.execute(sa.delete(table))
        connection.execute(sa.update(index_terms).values(count=0))
        connection.execute(sa.update(index_state).values(generation=index_state.c.generation + 1))
        live = sa.select(records.c.id).where(sa.not_(records.c.deleted)).order_by(records.c.id)
        for part in parts(connection.scalars(live).all()):
            batches.enqueue(connection, part)
