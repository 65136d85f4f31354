"""Rows of postings: those of some terms, in every chunk that there is."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalogue.store import dialects, statements
from catalogue.store.tables import index_postings

_ROWS: Final = {
    embedded: sa.select(index_postings.c.term_id, index_postings.c.chunk, index_postings.c.body).where(
        dialects.one_of(index_postings.c.chunk, "chunks", embedded=embedded),
        dialects.one_of(index_postings.c.term_id, "numbers", embedded=embedded),
    )
    for embedded in (True, False)
}


def postings(connection: Connection, chunks: int, numbers: Collection[int]) -> list[tuple[int, int, bytes]]:
    """Of each of these terms its number, and chunk and body of each of its rows."""
    embedded = connection.dialect.name == "sqlite"
    listing = partial(dialects.listing, embedded=embedded)
    return statements.rows_on(
        connection, _ROWS[embedded], chunks=listing(range(chunks)), numbers=listing(numbers)
    )
