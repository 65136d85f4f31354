"""What a query costs in the store: CPU of this process, for an answer that is found and one that is known.

    .venv/bin/python benchmarks/search.py [records] [--database URL] [--rounds N]

A store of so many records is built as `csw_provider.py` does, unless it is there already, and taken into the
search index; what that costs a record is told first. With PostgreSQL on this machine the CPU of its backends
is in the figures.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import sqlalchemy as sa
from csw_provider import build, identifier
from oai_provider import on_cpu

from catalogue.query import (
    And,
    AnyText,
    Between,
    Compare,
    Extent,
    Like,
    Not,
    Operator,
    Predicate,
    RecordQuery,
    Relation,
    SortKey,
    Wildcard,
)
from catalogue.store import Store

BOX = Extent(Relation.INTERSECTS, 10, 10, 25, 20)
YEARS = Between("issued", "1995", "2005")
IN_TITLE = Like("title", (Wildcard.MANY, "waste", Wildcard.MANY))
MAP = Compare("type", Operator.EQUAL, "map")


def anywhere(text: str) -> Predicate:
    return AnyText((Wildcard.MANY, text, Wildcard.MANY))


QUERIES = {
    "everything": RecordQuery(),
    "everything, from 10,000": RecordQuery(offset=10_000),
    "AnyText, common": RecordQuery(where=anywhere("mercury")),
    "AnyText, rare": RecordQuery(where=anywhere("lindane")),
    "AnyText, no hit": RecordQuery(where=anywhere("endosulfan")),
    "AnyText, a number": RecordQuery(where=anywhere("12345")),
    "AnyText, a letter": RecordQuery(where=anywhere("e")),
    "AnyText, two common words in a row": RecordQuery(where=anywhere("mercury waste")),
    "AnyText, three common words in a row": RecordQuery(where=anywhere("mercury waste centre")),
    "AnyText, a common word and what begins another": RecordQuery(where=anywhere("waste con")),
    "box": RecordQuery(where=BOX),
    "box, a quarter of the world": RecordQuery(where=Extent(Relation.INTERSECTS, -90, -90, 90, 90)),
    "box, the world": RecordQuery(where=Extent(Relation.INTERSECTS, -180, -90, 180, 90)),
    "dates, a year": RecordQuery(where=Between("issued", "1997", "1997-12-31")),
    "dates, ten years": RecordQuery(where=YEARS),
    "box, dates and AnyText": RecordQuery(where=And((BOX, YEARS, anywhere("mercury")))),
    "type =": RecordQuery(where=MAP),
    "not (type =)": RecordQuery(where=Not(MAP)),
    "identifier =": RecordQuery(where=Compare("identifier", Operator.EQUAL, identifier(5000))),
    "title like prefix*": RecordQuery(where=Like("title", ("Record 777 ", Wildcard.MANY))),
    "title like *word*": RecordQuery(where=IN_TITLE),
    "title like *word*, and dates": RecordQuery(where=And((IN_TITLE, YEARS))),
    "title like *two words in a row*": RecordQuery(
        where=Like("title", (Wildcard.MANY, "mercury waste", Wildcard.MANY))
    ),
    "sorted by title": RecordQuery(sort=(SortKey("title"),)),
    "sorted by title, from 5,000": RecordQuery(sort=(SortKey("title"),), offset=5_000),
    "sorted by title, from 9,990": RecordQuery(sort=(SortKey("title"),), offset=9_990),
    "type = by title, from 5,000": RecordQuery(where=MAP, sort=(SortKey("title"),), offset=5_000),
    "type = by title, from 9,990": RecordQuery(where=MAP, sort=(SortKey("title"),), offset=9_990),
    "sorted by modified": RecordQuery(sort=(SortKey("modified", descending=True),)),
    "AnyText sorted by issued": RecordQuery(
        where=anywhere("mercury"), sort=(SortKey("issued", descending=True),)
    ),
}


def cost(
    store: Store, query: RecordQuery, *, forget: bool, rounds: int, beside: Callable[[], float]
) -> tuple[float, int]:
    """Milliseconds, the best of the rounds; how many records match."""
    took = []
    for _ in range(rounds):
        others = beside()
        began = time.process_time()
        if forget:
            store.index.forget()
        matched, _ = store.search.page(query)
        spent = time.process_time() - began
        took.append((spent + beside() - others) * 1000)
    return min(took), matched


def backends(store: Store) -> Callable[[], float]:
    """What the backends of PostgreSQL that answer us by now have used of the CPU."""
    if store.embedded:
        return float
    asked = sa.text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
    with store.engine.connect() as connection:
        found = [Path(f"/proc/{pid}") for (pid,) in connection.execute(asked)]
    return lambda: sum(on_cpu(one) for one in found if one.exists())


def main() -> None:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("records", nargs="?", type=int, default=100_000)
    parser.add_argument("--database", default="")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    database = given.database or f"sqlite:////tmp/clearinghouse-search-{given.records}.sqlite"
    with Store(database) as store:
        store.upgrade()
        if not store.sources.all():
            build(store, given.records)
        began = time.process_time()
        taken = store.index.take_in()
        if taken:
            print(f"taken in: {taken}, {(time.process_time() - began) / taken * 1e6:.0f} µs of CPU a record")
        behind = {
            "pairs of words": store.index.pair,
            "edges in order": store.index.put_edges_in_order,
            "titles in order": store.index.put_titles_in_order,
        }
        for name, more in behind.items():
            began, done = time.process_time(), sum(iter(more, 0))
            if done:
                print(f"{name}: {done}, {(time.process_time() - began) / done * 1e6:.0f} µs of CPU a record")
        store.search.page(QUERIES["AnyText, rare"])
        beside = backends(store)
        print(f"{'milliseconds of CPU':48}{'matched':>9}{'found':>9}{'again':>9}")
        for name, query in QUERIES.items():
            found, matched = cost(store, query, forget=True, rounds=given.rounds, beside=beside)
            again, _ = cost(store, query, forget=False, rounds=given.rounds, beside=beside)
            print(f"{name:48}{matched:9}{found:9.2f}{again:9.2f}")


if __name__ == "__main__":
    main()
