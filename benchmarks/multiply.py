"""A store with many more records than one that is there: each chunk's worth of copies is written by SQL.

    nice -n 19 .venv/bin/python benchmarks/multiply.py DATABASE_URL TIMES

The records of the first chunk of the search index (the first 65,535) are copied so many times, into chunks
of their own behind all others, with identifiers of their own; with them goes whatever any table has of them
or of their chunk. To harvest a million takes hours: this takes minutes, and what a query has to go through
is as much. Copies share their payloads, titles and words with what they are copies of.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalogue.store import Store
from catalogue.store.engine import writing
from catalogue.store.index.postings import CHUNK, Union
from catalogue.store.tables import index_postings, index_state, index_terms, metadata, records

#: Columns of `records` that are no other record's.
OWN = ("identifier", "source_identifier", "file_identifier")


def copied(table: sa.Table, chunks: int) -> sa.Insert | None:
    """The statement that copies what a table has of the first chunk, so many chunks on; None for others."""
    columns = {column.name: column for column in table.columns}
    of_record = columns.get("id") if table is records else columns.get("record_id")
    if of_record is None and "chunk" not in columns:
        return None
    made: dict[str, Any] = dict(columns)
    if of_record is not None:
        made[of_record.name] = of_record + chunks * CHUNK
    if "chunk" in columns:
        made["chunk"] = columns["chunk"] + chunks
    if table is records:
        for name in OWN:
            made[name] = sa.case((columns[name] == "", ""), else_=columns[name] + f"/{chunks}")
    elif "id" in made:
        del made["id"]
    first = columns["chunk"] == 0 if "chunk" in columns else of_record < CHUNK
    return sa.insert(table).from_select(list(made), sa.select(*made.values()).where(first))


def counts(connection: Connection) -> Iterator[dict[str, int]]:
    """How many records of the first chunk have each term that is counted."""
    c = index_postings.c
    counted = sa.select(c.term_id, c.body).join(index_terms, index_terms.c.id == c.term_id)
    for term, body in connection.execute(counted.where(c.chunk == 0, index_terms.c.name != "")):
        found = Union()
        found.add(0, body)
        yield {"term": term, "more": found.bits().bit_count()}


def multiply(store: Store, times: int) -> None:
    with store.engine.connect() as connection:
        last = connection.execute(sa.select(sa.func.max(index_postings.c.chunk))).scalar_one()
    for chunks in range(last + 1, last + 1 + times):
        began = time.monotonic()
        with writing(store.engine) as connection:
            for table in metadata.sorted_tables:
                statement = copied(table, chunks)
                if statement is not None:
                    connection.execute(statement)
            more = list(counts(connection))
            c = index_terms.c
            change = sa.update(index_terms).where(c.id == sa.bindparam("term"))
            connection.execute(change.values(count=c.count + sa.bindparam("more")), more)
            connection.execute(sa.update(index_state).values(generation=index_state.c.generation + 1))
            if not store.embedded:
                connection.execute(sa.text("SELECT setval('records_id_seq', max(id)) FROM records"))
        print(f"chunk {chunks}: {time.monotonic() - began:.0f} s", flush=True)
    if not store.embedded:
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("ANALYZE"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("database")
    parser.add_argument("times", type=int)
    given = parser.parse_args()
    with Store(given.database) as store:
        store.upgrade()
        multiply(store, given.times)


if __name__ == "__main__":
    main()
