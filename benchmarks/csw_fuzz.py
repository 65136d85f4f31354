"""Whether wrong requests hurt our CSW: thousands of real ones, each with something wrong in it.

    .venv/bin/python benchmarks/csw_fuzz.py [REQUESTS] [--seed N] [--database URL] [--corpus FOLDER]

Documents with elements dropped, doubled, renamed, nested and filled with what may hurt; bytes that are cut,
changed and encoded otherwise; parameters with injections, huge numbers, no numbers, and the like. Each has to
be answered within a second of CPU by a document of the service; where it is refused, by an exception report
of the right version. Prints what is not, and ends with 1 where there is such a request.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from catalogue.store import Store
from csw_client import CswClient
from csw_fuzz import bodies, fault, requests
from query_truth import filled

CORPUS = Path(
    os.environ.get("CLEARINGHOUSE_CORPUS") or Path(__file__).resolve().parents[2] / "shared" / "corpus"
)


def main() -> int:
    """Send them all, and tell which are answered wrongly."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("requests", type=int, nargs="?", default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", default="", help="an empty database; SQLite where none is named")
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    given = parser.parse_args()
    wrong, began, slowest = 0, time.process_time(), 0.0
    with (
        tempfile.TemporaryDirectory() as folder,
        Store(given.database or f"sqlite:///{folder}/store.sqlite") as store,
    ):
        store.upgrade()
        filled(store, seed=7)
        client = CswClient(store)
        for sent in islice(requests(bodies(given.corpus), given.seed), given.requests):
            started = time.process_time()
            told = fault(sent, client)
            slowest = max(slowest, time.process_time() - started)
            if told:
                wrong += 1
                print(f"{told}\n  {str(sent)[:1000]}")
    spent = time.process_time() - began
    print(f"{given.requests} wrong requests: {wrong} answered wrongly")
    print(f"{spent:.0f} s, the slowest {slowest:.2f} s")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
