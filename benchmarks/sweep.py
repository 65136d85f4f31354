"""What the end of a whole list costs: which records of a source it lacks, and what the guards say.

    python benchmarks/sweep.py [--records 100000] [--missing 1000] [--database URL]

A source with so many records, all but some of which the newest run has listed; other sources hold as many
again. Measured in CPU seconds of this process (on SQLite the database is in it) and in wall time.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import sqlalchemy as sa

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from catalogue.run import Checkpoint, RunKind, Tally  # noqa: E402 - after the path is set
from catalogue.settings import Settings, load_settings  # noqa: E402
from catalogue.source import Protocol, Source  # noqa: E402
from catalogue.store import Store  # noqa: E402
from catalogue.store.tables import records  # noqa: E402
from harvester.deletions import Deletions  # noqa: E402
from harvester.slices import utc_now  # noqa: E402


def fill(store: Store, source_id: str, *, count: int, seen: int, missing: int) -> None:
    """Records of a source, of which the run `seen` has listed all but the first `missing`."""
    rows = [
        {
            "source_id": source_id,
            "identifier": f"oai:example.org:{source_id}:{number}",
            "source_identifier": f"oai:{source_id}.example.org:{number}",
            "source_datestamp": "2026-01-01",
            "metadata_prefix": "oai_dc",
            "payload_digest": number.to_bytes(20),
            "deleted": False,
            "datestamp": 1,
            "first_datestamp": 1,
            "set_specs": f"source:{source_id}",
            "changed_run": 1,
            "seen_run": seen if number >= missing else 1,
            "file_identifier": f"oai:example.org:{source_id}:{number}",
            "title": f"A record about waste, number {number}",
            "type": "text",
            "language": "en",
            "modified": "2026-01-01",
        }
        for number in range(count)
    ]
    with store.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(sa.insert(records), rows)


def main() -> None:
    """Measure."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--records", type=int, default=100_000)
    arguments.add_argument("--missing", type=int, default=1_000)
    arguments.add_argument("--database", default="")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(
            database_url=options.database or f"sqlite:///{folder}/store.sqlite", guard_deletions_most=10**6
        )
        with Store(settings.database_url) as store:
            store.upgrade()
            measure(store, settings, options)


def measure(store: Store, settings: Settings, options: argparse.Namespace) -> None:
    """One run that has read its list to the end; what is left to do."""
    for name in ("bench", "other"):
        store.sources.add(Source(name, Protocol.OAI_PMH, f"https://{name}.example.org/"), utc_now())
    old = store.runs.open("bench", RunKind.FULL, utc_now(), worker="bench:1:a")
    store.runs.cancel(old.id, utc_now())
    run = store.runs.open("bench", RunKind.FULL, utc_now(), worker="bench:1:a")
    fill(store, "other", count=options.records, seen=run.id, missing=0)
    fill(store, "bench", count=options.records, seen=run.id, missing=options.missing)
    listed = options.records - options.missing
    run = run.evolve(
        tally=Tally(listed=listed, unchanged=listed),
        checkpoint=Checkpoint(pages=1, complete_list_size=listed, finished=True, known=options.records),
    )
    before, began = os.times(), time.monotonic()
    end = Deletions(store, settings, store.sources.get("bench")).finish(run, lambda: False, lambda _: None)
    after = os.times()
    if end.run.ending is None:
        raise SystemExit(f"the run did not end: {end}")
    spent = after.user + after.system - before.user - before.system
    row = {
        "what": "the end of a whole list",
        "records": options.records,
        "missing": options.missing,
        "cpu_seconds": round(spent, 3),
        "wall_seconds": round(time.monotonic() - began, 3),
    }
    print(json.dumps(row))


if __name__ == "__main__":
    main()
