"""What other servers' test suites make of our CSW: the tables in docs/conformance.md.

    .venv/bin/python benchmarks/csw_conformance.py [SUITE ...] [--corpus FOLDER] [--all] [--write]

Sends the requests of GeoNetwork and of the standards, too, and compares what a peer makes of its records.

Harvests the records of each of pycsw's functional suites from a node that serves them, replays the suite's
requests, and compares the answers by what they mean. Every difference without a reason in
tests/conformance/csw/differences.toml is printed, with `--all` those with one, too; the program ends with 1
where there is one, or where a reason is given for what is the same. `--write` writes the tables.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import csw_assertions
from catalogue import namespaces as ns
from csw_client import CswClient
from csw_examples import all_examples, answered, pairs
from csw_suites import BEGIN, END, PAGE, SUITES, Score, explained, harvested, reason, replay, stale, table

CORPUS = Path(
    os.environ.get("CLEARINGHOUSE_CORPUS") or Path(__file__).resolve().parents[2] / "shared" / "corpus"
)
_LONGEST = 300


def examples(corpus: Path) -> list[Score]:
    """What comes of others' requests, and of the peer's records."""
    cite = corpus / "suites" / "pycsw-functional" / "cite"
    with (
        tempfile.TemporaryDirectory() as made,
        harvested(f"sqlite:///{made}/store.sqlite", cite, ns.CSW) as held,
    ):
        client = CswClient(held.store)
        found = [answered(name, those, client) for name, those in all_examples(corpus).items()]
    return [*found, pairs(corpus)]


def scores(folder: Path, wanted: list[str]) -> list[Score]:
    """Every suite that is wanted, replayed."""
    found: dict[str, Score] = {}
    suites = [suite for suite in SUITES if suite.name in wanted or not wanted]
    for records, schema in dict.fromkeys((suite.records, suite.schema) for suite in suites):
        with (
            tempfile.TemporaryDirectory() as made,
            harvested(f"sqlite:///{made}/store.sqlite", folder / records, schema) as held,
        ):
            found |= {one.name: replay(one, folder, held) for one in suites if one.records == records}
    return [found[suite.name] for suite in suites]


def tell(score: Score, *, everything: bool) -> bool:
    """Print what came of a suite; whether something is not explained."""
    told = explained(score.suite)
    print(f"{score.suite}: {score.same} of {score.sent} answers mean the same")
    wrong = False
    for name, unlike in score.unlike.items():
        why = reason(name, told)
        wrong |= not why
        if everything or not why:
            print(f"  {name}: {why or 'NOT EXPLAINED'}")
            for key, (ours, theirs) in unlike.items():
                print(f"    {key}: ours   {str(ours)[:_LONGEST]}")
                print(f"    {' ' * len(key)}  theirs {str(theirs)[:_LONGEST]}")
    for name in stale(score):
        print(f"  {name}: explained, and the same")
        wrong = True
    return wrong


def write(begin: str, end: str, text: str) -> None:
    """Put a text between two marks of the page."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(begin)
    after = rest.partition(end)[2]
    PAGE.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")


def main() -> int:
    """Replay, compare, print, and perhaps write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("suites", nargs="*")
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--all", action="store_true", help="print what is explained, too")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    suites = scores(given.corpus / "suites" / "pycsw-functional", given.suites)
    others = [] if given.suites else examples(given.corpus)
    found = [*suites, *others]
    wrong = [tell(score, everything=given.all) for score in found]
    if given.write and not given.suites:
        write(BEGIN, END, f"{table(suites)}\n\n{table(others)}")
        write(csw_assertions.BEGIN, csw_assertions.END, csw_assertions.table())
    return any(wrong)


if __name__ == "__main__":
    sys.exit(main())
