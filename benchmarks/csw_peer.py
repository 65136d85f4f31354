"""Whether pycsw finds the same: thousands of queries to it and to us, over the same records.

    make peers
    .venv/bin/python benchmarks/csw_peer.py [QUERIES] [--seed N] [--seconds N] [--all]

Three hundred records of one title, one subject, one date and at most one box each are written as csw:Record,
loaded into pycsw 2.6.2 (in `.peers`, by its own loader) and into a store of ours. Each query is a tree of
comparisons, patterns, boxes and dates; the number of records that match and their identifiers are compared,
and both with plain Python. Where we differ, it is told whether pycsw errs in a way that is known of it.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from lxml import etree

from catalogue.query import (
    And,
    AnyText,
    Between,
    Compare,
    Extent,
    Like,
    Missing,
    Not,
    Operator,
    Or,
    Predicate,
    Relation,
    Wildcard,
)
from catalogue.record import Box, Date, Record, Subject, Text
from catalogue.rendering import csw_record
from catalogue.store import Store
from csw_client import Answer, CswClient, get_records
from filter_writers import FilterWriter
from query_truth import Known, holds
from query_truth import held_by_name as held

PYTHON = Path(__file__).resolve().parent.parent / ".peers" / "bin" / "python"
WORDS = [
    "waste", "Waste", "mercury", "Mercury", "pesticide", "transboundary", "movement", "inventory", "disposal",
    "persistent", "organic", "pollutant", "consent", "annex", "obsolete", "Stockpile",
]  # fmt: skip
TYPES = ["dataset", "document", "service", "map"]
RECORDS = 300
#: Loads a folder of records, and answers one request a line.
PEER = """
import json, os, sys, warnings
warnings.simplefilter("ignore")
from pycsw.core import admin, config
from pycsw import server
folder, database = sys.argv[1], "sqlite:///" + sys.argv[1] + "/pycsw.db"
admin.setup_db(database, "records", folder)
admin.load_records(config.StaticContext(), database, "records", folder)
settings = {
    "server": {"home": folder, "url": "http://localhost/", "maxrecords": "1000", "language": "en-US",
               "encoding": "UTF-8", "mimetype": "application/xml", "pretty_print": "false"},
    "manager": {"transactions": "false"}, "metadata:main": {}, "metadata:inspire": {"enabled": "false"},
    "repository": {"database": database, "table": "records"},
}
import configparser
made = configparser.ConfigParser()
made.read_dict(settings)
print("ready", flush=True)
from io import BytesIO
for line in sys.stdin:
    body = json.loads(line).encode()
    environ = {"REQUEST_METHOD": "POST", "QUERY_STRING": "", "CONTENT_LENGTH": str(len(body)),
               "wsgi.input": BytesIO(body), "wsgi.url_scheme": "http", "HTTP_HOST": "localhost",
               "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SCRIPT_NAME": "", "REQUEST_URI": "/"}
    answered = server.Csw(made, environ)
    content = answered.dispatch_wsgi()[1]
    print(json.dumps(content.decode() if isinstance(content, bytes) else content), flush=True)
"""


def record(number: int) -> Record:
    """A record in which every property has at most one value."""
    draw = random.Random(number)
    west, south = round(draw.uniform(-170, 150), 2), round(draw.uniform(-80, 70), 2)
    boxes = (Box(west, south, west + 10.5, south + 5.25),) if draw.random() < 0.8 else ()
    dates = (Date("date", f"{draw.randint(1990, 2024)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"),)
    return Record(
        title=Text.of(" ".join(draw.choices(WORDS, k=3)), "en"),
        descriptions=(Text.of(" ".join(draw.choices(WORDS, k=12)), "en"),),
        subjects=(Subject(Text.of(draw.choice(WORDS))),) if draw.random() < 0.9 else (),
        types=(Text.of(draw.choice(TYPES)),),
        formats=("application/pdf",) if draw.random() < 0.5 else (),
        dates=dates if draw.random() < 0.9 else (),
        boxes=boxes,
    )


class Peer:
    """pycsw, in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [str(PYTHON), "-c", PEER, str(folder)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        while (line := self._process.stdout.readline()) != "ready\n":
            if not line:
                raise SystemExit("pycsw does not start: make peers")

    def ask(self, body: str) -> Answer:
        """Its answer to a request that is posted."""
        self._process.stdin.write(json.dumps(body) + "\n")
        self._process.stdin.flush()
        content = json.loads(self._process.stdout.readline()).encode()
        return Answer(etree.fromstring(content), content, "application/xml", 200)

    def close(self) -> None:
        """End it."""
        self._process.stdin.close()
        self._process.wait()


def queries(seed: int) -> Iterator[Predicate]:
    """Trees of predicates, the deeper the rarer."""
    draw = random.Random(seed)
    while True:
        yield _tree(draw, draw.choice([0, 0, 1, 1, 1, 2, 2, 3]))


def _tree(draw: random.Random, depth: int) -> Predicate:
    if depth == 0:
        return _leaf(draw)
    kind = draw.choice(["and", "and", "or", "or", "not"])
    if kind == "not":
        return Not(_tree(draw, depth - 1))
    parts = tuple(_tree(draw, draw.randint(0, depth - 1)) for _ in range(draw.randint(2, 3)))
    return And(parts) if kind == "and" else Or(parts)


def _leaf(draw: random.Random) -> Predicate:
    word, operators = draw.choice(WORDS), list(Operator)
    date = f"{draw.randint(1990, 2024)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
    west, south = round(draw.uniform(-170, 120), 2), round(draw.uniform(-80, 40), 2)
    many = Wildcard.MANY
    return draw.choice(
        [
            Compare("subject", draw.choice(operators), word),
            Compare("type", draw.choice(operators), draw.choice(TYPES)),
            Compare("title", draw.choice(operators), word),
            Compare("date", draw.choice(operators), date),
            Between("date", "1995-01-01", date),
            Like("title", (many, word, many)),
            Like("abstract", (many, word, many)),
            Like("subject", (word[:3], many)),
            AnyText((many, word, many)),
            Missing(draw.choice(["subject", "format", "date"])),
            Extent(Relation.INTERSECTS, west, south, west + draw.uniform(1, 50), south + draw.uniform(1, 40)),
        ]
    )


def features(where: Predicate, above: int = 0) -> set[str]:
    """What of a query pycsw is known to get wrong."""
    found: set[str] = set()
    if isinstance(where, And | Or):
        parts = where.parts
        if above or any(isinstance(part, And | Or | Not) for part in parts):
            found.add("nested logic")
    elif isinstance(where, Not):
        parts = (where.part,)
        if above or isinstance(where.part, And | Or | Not):
            found.add("nested logic")
        found.add("Not")
    else:
        parts = ()
    for part in parts:
        found |= features(part, above + 1)
    match where:
        case Missing():
            found.add("PropertyIsNull")
        case Like() | AnyText():
            found.add("LIKE without regard to capitals")
        case Extent():
            found.add("boxes")
    return found


def explanation(where: Predicate, theirs: Answer, known: dict[str, Known]) -> str:
    """Why the peer's answer is another; empty where nothing known says so."""
    wrong = features(where)
    if theirs.kind == "ExceptionReport":
        refused = wrong & {"PropertyIsNull", "nested logic", "Not"}
        return f"it refuses: {', '.join(sorted(refused))}" if refused else ""
    if "nested logic" in wrong:
        return "nested logic"
    if _loosely(where, known) == set(theirs.identifiers):
        return "it compares patterns without regard to capitals"
    if "Not" in wrong or _is_null(where):
        return "it takes what has no value for unknown: neither a comparison nor its opposite is true"
    return ""


def _loosely(where: Predicate, known: dict[str, Known]) -> set[str]:
    """What matches where patterns have no case."""
    return {name for name, one in known.items() if holds(one, _without_case(where))}


def _without_case(where: Predicate) -> Predicate:
    match where:
        case And(parts) | Or(parts):
            return type(where)(tuple(map(_without_case, parts)))
        case Not(part):
            return Not(_without_case(part))
        case Like(queryable, pattern):
            return Like(queryable, pattern, match_case=False)
    return where


def _is_null(where: Predicate) -> bool:
    return isinstance(where, Compare) and where.operator is Operator.NOT_EQUAL


def posted(where: Predicate) -> str:
    """The query, with names and a reference system that both know."""
    writer = FilterWriter(0)
    # Of names that mean the same the first, which is that of Dublin Core; of axes the latitude first.
    writer._choice = lambda options: options[0]  # noqa: SLF001
    constraint = f'<csw:Constraint version="1.1.0">{writer.filter(where)}</csw:Constraint>'
    return get_records(constraint, maxRecords="1000")


def compare(given: argparse.Namespace, peer: Peer, client: CswClient, known: dict[str, Known]) -> int:
    """Ask both, and tell how often they agree; 1 where a difference has no reason, or where we are wrong."""
    told: Counter[str] = Counter()
    wrong = asked = 0
    until = time.monotonic() + given.seconds
    for where in islice(queries(given.seed), given.queries):
        if given.seconds and time.monotonic() > until:
            break
        asked += 1
        body = posted(where)
        ours, theirs = client.post(body), peer.ask(body)
        truth = {name for name, one in known.items() if holds(one, where)}
        if ours.kind != "GetRecordsResponse" or set(ours.identifiers) != truth:
            wrong += 1
            print(f"WE ARE WRONG: {where}")
        if theirs.kind == "GetRecordsResponse" and set(theirs.identifiers) == set(ours.identifiers):
            told["the same"] += 1
            continue
        why = explanation(where, theirs, known)
        told[f"explained: {why}" if why else "UNEXPLAINED"] += 1
        if given.all or not why:
            print(f"{why or 'UNEXPLAINED'}\n  {where}\n  {_said(theirs)}; the truth is {len(truth)}")
    print(f"{asked} queries; ours are wrong in {wrong}")
    for what, times in told.most_common():
        print(f"{times:6} {what}")
    return bool(wrong or told["UNEXPLAINED"])


def _said(answer: Answer) -> str:
    if answer.kind == "GetRecordsResponse":
        return f"{answer.counts[0]} records"
    return " ".join(" ".join(answer.root.itertext()).split())[:200]


def main() -> int:
    """Build both, and compare them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("queries", type=int, nargs="?", default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=0, help="stop after so many, however many are left")
    parser.add_argument("--all", action="store_true", help="print every difference")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Store(f"sqlite:///{folder}/ours.sqlite") as store:
        store.upgrade()
        known = {
            one.identifier: one for one in held(store, {f"record-{n}": record(n) for n in range(RECORDS)})
        }
        for name, one in known.items():
            written = csw_record.write(one.record, identifier=name, element_set="full")
            (Path(folder) / f"{name.rpartition('-')[2]:0>4}.xml").write_bytes(written)
        peer = Peer(Path(folder))
        try:
            return compare(given, peer, CswClient(store), known)
        finally:
            peer.close()


if __name__ == "__main__":
    sys.exit(main())
