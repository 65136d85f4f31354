"""Whether our CSW says the truth: queries over the corpus's records, answered by us and by plain Python.

    .venv/bin/python benchmarks/csw_truth.py [--examples N] [--seed N] [--seconds N] [--records N]
        [--ways N] [--database URL] [--corpus FOLDER]

Each query has a tree of predicates, an order and a page, made of the words, dates and boxes that the records
have. It is sent in every way that can say it: Filter Encoding 1.1 and 2.0 and CQL, by GET, POST and SOAP, in
2.0.2 and 3.0.0 (with `--ways`, in so many of those, drawn anew for each query); and in CQL2, as text and as
JSON, to OGC API - Records. The number of records that match and the identifiers of the page have to be those
that plain Python finds. Ends with 1 at the first that are not, and prints the smallest query that shows it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from catalogue.store import Store
from csw_client import CswClient
from query_truth import held_by_name as held
from real_queries import Drawn, Query, real_records, wrong, wrong_by_cql2
from records_client import RecordsClient

CORPUS = Path(
    os.environ.get("CLEARINGHOUSE_CORPUS") or Path(__file__).resolve().parents[2] / "shared" / "corpus"
)
#: Queries that are drawn together.
_BATCH = 25


def ask(store: Store, given_: argparse.Namespace) -> int:
    """Fill the store and ask, a batch after another; how many queries were asked."""
    known = held(store, real_records(given_.corpus, most=given_.records))
    client, other, asked = CswClient(store), RecordsClient(store), [0]
    queries, until = Drawn(known).queries(), time.monotonic() + given_.seconds

    def batch(number: int) -> None:
        @seed(number)
        @settings(
            max_examples=min(_BATCH, given_.examples - asked[0]),
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
            print_blob=False,
        )
        @given(query=queries, spelling=st.integers(0, 1000))
        def check(query: Query, spelling: int) -> None:
            asked[0] += 1
            found = wrong(query, spelling, client, known, most=given_.ways) + wrong_by_cql2(
                query, spelling, other, known
            )
            if found:
                raise AssertionError("\n".join([repr(query), *found]))

        check()

    number = given_.seed
    while asked[0] < given_.examples and not (given_.seconds and time.monotonic() > until):
        batch(number)
        number += 1
    ways = given_.ways + 2
    print(f"{asked[0]} queries over {len(known)} records, each by up to {ways} ways: all say the truth")
    return asked[0]


def main() -> int:
    """Ask, over SQLite or the database that is named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--examples", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=0, help="stop after so many, however many are left")
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--ways", type=int, default=18, help="of CSW, of 18; CQL2 has two more")
    parser.add_argument("--database", default="", help="an empty database; SQLite where none is named")
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    given_ = parser.parse_args()
    warnings.simplefilter("ignore")
    with (
        tempfile.TemporaryDirectory() as folder,
        Store(given_.database or f"sqlite:///{folder}/store.sqlite") as store,
    ):
        store.upgrade()
        ask(store, given_)
    return 0


if __name__ == "__main__":
    sys.exit(main())
