"""Records that their source has given new identifiers become one again with what they were.

The record that is known stays: its identifier of ours, its history, its place in clusters. It takes over
the new identifier in the source, and what the source lists under it; what had been taken as new is told as
deleted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from catalogue.provenance import read_about
from catalogue.renaming import Renamed, renamed
from catalogue.run import HarvestRun
from catalogue.sets import load_sets
from catalogue.settings import Settings
from catalogue.store import Store
from catalogue.store.holdings.records import Known, Renaming
from harvester.changes import Changes
from harvester.ingest import Arrival
from harvester.slices import utc_now
from harvester.withholding import PAGE


def unite_page(store: Store, settings: Settings, run: HarvestRun, question_id: int) -> HarvestRun | None:
    """Unite a page of the records that a question would delete with what has come in their place.

    Returns None where there are no more pairs.

    Raises:
        RunLost: the run was cancelled, or another worker holds it now.
    """
    pairs = renamed(*store.renamings.candidates(run.source_id, question_id))[:PAGE]
    if not pairs:
        return None
    found = _united(store, settings, run, pairs)
    checkpoint = run.checkpoint.evolve(pages=run.checkpoint.pages + 1)
    store.records.commit(found.of(run, checkpoint), utc_now())
    return run.evolve(checkpoint=checkpoint, tally=run.tally + found.tally)


def _united(store: Store, settings: Settings, run: HarvestRun, pairs: Sequence[Renamed]) -> Changes:
    found = Changes(settings.repository_identifier, run.source_id, sets=load_sets(settings.sets_path))
    numbers = [number for pair in pairs for number in (pair.known.id, pair.listed.id)]
    rows = {row.id: row for row in store.history.numbered(numbers)}
    listed = [rows[pair.listed.id] for pair in pairs]
    payloads = store.payloads.get(
        key for row in listed for key in (row.payload_digest, row.about_digest) if key
    )
    for pair, now in zip(pairs, listed, strict=True):
        before = rows[pair.known.id]
        written = len(found.writes)
        found.take([_arrival(before, now, payloads)])
        if len(found.writes) > written:
            found.writes[-1] = replace(found.writes[-1], seen_run=now.seen_run)
            found.tombstones.append(_known(now))
            found.count(deleted=1)
        found.renamings.append(Renaming(before.id, now.source_identifier, before.source_identifier))
        found.released.append(before.id)
    return found


def _known(row: Any) -> Known:
    return Known(row.id, row.identifier, row.payload_digest, row.deleted, row.seen_run)


def _arrival(before: Any, now: Any, payloads: Mapping[bytes, bytes]) -> Arrival:
    """What is listed now, as a change of the record that is known."""
    about = payloads.get(now.about_digest or b"", b"")
    return Arrival(
        source_id=now.source_id,
        identifier=before.identifier,
        source_identifier=now.source_identifier,
        source_datestamp=now.source_datestamp,
        payload=payloads[now.payload_digest],
        payload_digest=now.payload_digest,
        known=_known(before),
        about_sent=about,
        about=read_about(about),
        repairs=tuple(now.repairs.split()),
    )
