"""Whether our APIs answer as they are described: thousands of requests that schemathesis makes of that.

    .venv/bin/python benchmarks/api_proof.py [EXAMPLES] [--seed N] [--only TEXT] [--database URL]

So many requests of each operation that are as the description says, and as many that are not. Prints each
answer that fails, or that the description does not have, and ends with 1 where there is one.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from api_proof import DESCRIPTIONS, Proof, World
from catalogue.store import Store


def main() -> int:
    """Ask for everything, and tell what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("examples", type=int, nargs="?", default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="operations in whose names this is")
    parser.add_argument("--database", default="", help="an empty database; SQLite where none is named")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    wrong, began = 0, time.process_time()
    with (
        tempfile.TemporaryDirectory() as folder,
        Store(given.database or f"sqlite:///{folder}/store.sqlite") as store,
    ):
        store.upgrade()
        world = World(store)
        for description in DESCRIPTIONS:
            proof = Proof(world, description)
            for fault in proof.faults(examples=given.examples, begin=given.seed, only=given.only):
                wrong += 1
                print(fault, flush=True)
            told = ", ".join(f"{times} of {status}" for status, times in sorted(proof.statuses.items()))
            print(f"{description}: {proof.statuses.total()} requests; {told}")
    print(f"{wrong} faults; {time.process_time() - began:.0f} s of CPU")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
