"""A catalogue with everything that the operators' pages show: good, bad, held, and hostile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from catalogue.exchange import Exchange
from catalogue.question import Topic
from catalogue.record import Record, Text
from catalogue.run import Ending, Fault, HarvestRun, RunKind
from catalogue.store import Store
from catalogue.store.findings.questions import ask
from catalogue.store.holdings.payloads import compressed, digest
from catalogue.store.tables import payloads
from factories import add_source, commit, now, write_of

HOSTILE = "<script>alert(1)</script> \"'><img src=x onerror=alert(1)> {{ 7*7 }} نفايات"
BROKEN = (
    b"<record>\n<title>Waste &amp; oil</title>\n<creator>Ami</creator> a@nile.example.org\n<bad\n</record>"
)


def run_of(store: Store, source_id: str, kind: RunKind = RunKind.FULL) -> HarvestRun:
    """A claimed run."""
    run = store.runs.open(source_id, kind, now(), requested_by="schedule")
    return store.runs.claim(run.id, "test:1:a", now())


def keep(store: Store, payload: bytes) -> bytes:
    """Keep a payload; its digest."""
    row = {"digest": digest(payload), "size": len(payload), "body": compressed(payload)}
    with store.engine.begin() as connection:
        if not connection.execute(sa.select(payloads).where(payloads.c.digest == row["digest"])).first():
            connection.execute(sa.insert(payloads).values(row))
    return digest(payload)


def count(store: Store, run: HarvestRun, **tally: int) -> None:
    """Set a run's tally."""
    fields = ", ".join(f"{name} = {value}" for name, value in tally.items())
    done = ', checkpoint = \'{"pages": 3, "finished": true, "complete_list_size": 40}\''
    with store.engine.begin() as connection:
        connection.execute(sa.text(f"UPDATE runs SET {fields}{done} WHERE id = {run.id}"))  # noqa: S608 - our own numbers


def fill_desk(store: Store) -> dict[str, Any]:
    """Nodes: one with faults, one held, one failing, one never harvested; the numbers of their runs."""
    made: dict[str, Any] = {}
    add_source(store, "nile", title=HOSTILE, schedule="0 3 * * *", time_zone="Africa/Cairo")
    run = run_of(store, "nile")
    records = {f"r{n}": Record(Text.of(f"Waste {n}")) for n in range(4)} | {"x": Record(Text.of(HOSTILE))}
    commit(store, run, [write_of(store, record, source_identifier=one) for one, record in records.items()])
    count(store, run, listed=5, new=5)
    store.runs.end(run, Ending.COMPLETE, now())
    made["good"] = run.id
    run = run_of(store, "nile", RunKind.INCREMENTAL)
    faults = [
        Fault("xml.malformed", "mismatched tag, line 4, column 2", "r7", payload_digest=keep(store, BROKEN)),
        Fault("oai_dc.no-title", "no title", HOSTILE, "record/creator", HOSTILE, keep(store, BROKEN)),
        Fault("oai_dc.no-title", "no title", "r8", "record/creator", "Amina", keep(store, BROKEN)),
    ]
    gone = store.records.known(["oai:clearinghouse.localdomain:nile:r1"])
    changed = [write_of(store, Record(Text.of("Other waste")), source_identifier="r0")]
    commit(store, run, changed, faults=faults, tombstones=list(gone.values()))
    count(store, run, listed=5, changed=1, deleted=1, faulty=3)
    asked = Exchange(1, now(), "GET", "https://nile.example.org/oai?verb=ListRecords", 200, 999, 50,
                     "cut off", answer=b"<script>alert(1)</script>")  # fmt: skip
    store.exchanges.note(run.id, [asked], kept=10)
    store.runs.log(run.id, now(), "page-failed", level="warning", error=HOSTILE)
    store.runs.end(run, Ending.COMPLETE_WITH_FAULTS, now())
    made["faulty"] = run.id
    add_source(store, "volta", title="Volta Archive")
    run = run_of(store, "volta")
    count(store, run, listed=10, unchanged=10)
    with store.engine.begin() as connection:
        facts = {"gone": 90, "known": 100, "listed": 10, "examples": [f"r1: {HOSTILE}"]}
        made["question"] = ask(connection, run, Topic.DELETIONS, facts=facts, now=now())
    store.runs.end(run, Ending.HELD, now())
    made["held"] = run.id
    add_source(store, "lena", title="Lena Library")
    for _ in range(2):
        run = run_of(store, "lena")
        store.runs.end(run, Ending.FAILED, now(), "no answer from https://user:s3cret@lena.example.org/")
    made["failed"] = run.id
    add_source(store, "plata", title="Plata Data", schedule="0 0 1 1 *")
    soon = f"{now() + timedelta(days=3):%Y-%m-%dT%H:%M:%SZ}"
    store.sources.change("plata", certificate_until=soon)
    made["fault"] = store.faults.page(made["faulty"], limit=1)[0].number
    return made
