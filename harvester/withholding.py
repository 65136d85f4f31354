"""What is not done at once: deletions, and changes by which a record loses something.

They wait, in the store, until the list has been read to its end and the guards have looked at them together.
So nothing that a person is asked about has been told to anyone before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import structs

from catalogue.provenance import read_about
from catalogue.question import Reason
from catalogue.record import from_json
from catalogue.run import HarvestRun, RunKind, Tally
from catalogue.sets import load_sets
from catalogue.settings import Settings
from catalogue.store import Store
from catalogue.store.holdings.payloads import digest
from catalogue.store.holdings.records import Known, Withheld, Write
from harvester.changes import Changes
from harvester.differences import losses
from harvester.ingest import Arrival, prepare
from harvester.slices import utc_now

#: Changes that are made in one transaction.
PAGE = 200


def withhold(store: Store, run: HarvestRun, found: Changes, *, waiting: bool) -> None:
    """Take out of a page what has to wait; `waiting` says that something waits for the source already."""
    lost = _lossy(store, found.writes)
    concerned = [known.id for known in found.tombstones] + list(lost)
    before = store.withheld.of_records(concerned) if waiting and concerned else {}
    for known in found.tombstones:
        _withhold_tombstone(found, run, known, before.get(known.id))
    found.tombstones = []
    writes, found.writes = found.writes, []
    for write in writes:
        if write.known and write.known.id in lost:
            _withhold_loss(found, write, lost[write.known.id], before.get(write.known.id))
        else:
            found.writes.append(write)
    if waiting:  # what is listed now counts, not what was said before
        found.released += [known.id for known in found.seen]
        found.released += [write.known.id for write in found.writes if write.known]


def _lossy(store: Store, writes: Iterable[Write]) -> dict[int, list[str]]:
    """What records that are live would lose, by record."""
    changed = {write.known.id: write for write in writes if write.known and not write.known.deleted}
    if not changed:
        return {}
    stored = store.records.neutral(list(changed))
    found = {number: losses(from_json(body), changed[number].record) for number, body in stored.items()}
    return {number: lost for number, lost in found.items() if lost}


def _withhold_tombstone(found: Changes, run: HarvestRun, known: Known, before: Withheld | None) -> None:
    if before is None or not before.deletes:
        found.withheld.append(Withheld(known.id, Reason.TOMBSTONE))
    elif before.kept_until is not None:
        found.tally += Tally(deleted=-1, skipped=1)
    elif before.question_id is not None:
        found.withheld.append(Withheld(known.id, Reason.TOMBSTONE, question_id=before.question_id))
        found.tally += Tally(deleted=-1, skipped=1)
    elif before.run_id == run.id:
        found.tally += Tally(deleted=-1, unchanged=1)


def _withhold_loss(found: Changes, write: Write, lost: list[str], before: Withheld | None) -> None:
    if before and before.reason is Reason.LOSS and before.payload_digest == write.payload_digest:
        if before.question_id is not None and before.kept_until is None:
            found.tally += Tally(changed=-1, skipped=1)
        else:  # kept as it is by a decision, or listed twice in this run
            found.tally += Tally(changed=-1, unchanged=1)
        return
    about = digest(write.about_sent) if write.about_sent else None
    found.set_aside.append((write.payload_digest, write.payload))
    if about:
        found.set_aside.append((about, write.about_sent))
    found.withheld.append(
        Withheld(
            record_id=write.known.id if write.known else 0,
            reason=Reason.LOSS,
            detail=", ".join(lost),
            payload_digest=write.payload_digest,
            source_datestamp=write.source_datestamp,
            about_digest=about,
            repairs=write.repairs,
        )
    )


def release_page(
    store: Store, settings: Settings, run: HarvestRun, question_id: int | None
) -> HarvestRun | None:
    """Make a page of the changes that wait for this question (None: for none); None where there are no more.

    Raises:
        RunLost: the run was cancelled, or another worker holds it now.
    """
    rows = store.withheld.page(run.source_id, question_id, limit=PAGE)
    if not rows:
        return None
    found = Changes(
        settings.repository_identifier, run.source_id, sets=load_sets(settings.sets_path),
        defaults=store.sources.get(run.source_id).defaults,
    )  # fmt: skip
    found.released = [one.record_id for one, _ in rows]
    payloads = store.payloads.get(
        key for one, _ in rows for key in (one.payload_digest, one.about_digest) if key
    )
    for one, row in rows:
        if row.ours_deleted:
            continue  # something else has deleted it since
        known = Known(row.ours_id, row.ours_identifier, row.ours_payload_digest, deleted=False)
        if one.deletes:
            found.tombstones.append(known)
            found.tally += _deleted(run, one)
        else:
            _make(found, run, one, _arrival(one, row, known, payloads))
    checkpoint = run.checkpoint.evolve(pages=run.checkpoint.pages + 1)
    store.records.commit(found.of(run, checkpoint), utc_now())
    return run.evolve(checkpoint=checkpoint, tally=run.tally + found.tally)


def _deleted(run: HarvestRun, one: Withheld) -> Tally:
    """A harvest has counted tombstones when they were listed."""
    if run.kind is RunKind.ANSWER:
        return Tally(listed=1, deleted=1)
    return Tally(absent=1) if one.reason is Reason.ABSENCE else Tally()


def _arrival(one: Withheld, row: Any, known: Known, payloads: Mapping[bytes, bytes]) -> Arrival:
    about = payloads.get(one.about_digest or b"", b"")
    return Arrival(
        source_id=row.source_id,
        identifier=known.identifier,
        source_identifier=row.ours_source_identifier,
        source_datestamp=one.source_datestamp,
        payload=payloads[one.payload_digest or b""],
        payload_digest=one.payload_digest or b"",
        known=known,
        about_sent=about,
        about=read_about(about),
        repairs=one.repairs,
    )


def _make(found: Changes, run: HarvestRun, one: Withheld, arrival: Arrival) -> None:
    result = prepare(arrival, found.sets, found.defaults)
    answering = int(run.kind is RunKind.ANSWER)
    if isinstance(result, Write):
        found.writes.append(structs.replace(result, seen_run=one.run_id))
        found.tally += Tally(listed=answering, changed=answering)
    else:
        found.faults.append(result)
        found.tally += Tally(listed=answering, changed=0 if answering else -1, faulty=1)
