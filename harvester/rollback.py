"""Set a source back: its records become what they were after an earlier run.

The payloads of then are read and rendered anew, by the readers of today. What becomes different by it is told
by the feed as any other change. Where the harvest stood is set back with it: the next one asks for what has
changed since that run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from catalogue.provenance import read_about
from catalogue.run import HarvestRun
from catalogue.sets import load_sets
from catalogue.setting_back import harvested_until, what
from catalogue.settings import Settings
from catalogue.store import Store
from catalogue.store.holdings.history import Target, Version
from catalogue.store.holdings.records import Known
from harvester.changes import Changes
from harvester.ingest import Arrival
from harvester.slices import Slice, ending_of, utc_now

_PAGE = 100


def rollback_slice(
    store: Store,
    settings: Settings,
    run: HarvestRun,
    *,
    over: Callable[[], bool],
    on_page: Callable[[HarvestRun], None],
) -> Slice:
    """Work on a claimed rollback until `over`, or to its end.

    Raises:
        RunLost: it was cancelled, or another worker holds it now.
    """
    to_run = int(run.checkpoint.position["to_run"])
    while not run.checkpoint.finished:
        if over():
            return Slice(run, more=True)
        after = int(run.checkpoint.position.get("record", 0))
        targets = store.history.changed_since(run.source_id, to_run, run.id, after=after, limit=_PAGE)
        checkpoint = run.checkpoint.evolve(finished=not targets)
        if targets:
            position = {"to_run": to_run, "record": targets[-1].record.id}
            checkpoint = run.checkpoint.evolve(position=position, pages=run.checkpoint.pages + 1)
        found = _set_back(store, settings, run, targets)
        store.records.commit(found.of(run, checkpoint), utc_now())
        run = run.evolve(checkpoint=checkpoint, tally=run.tally + found.tally)
        on_page(run)
    store.renamings.take_back(run.source_id, to_run)
    store.validators.forget(run.source_id)  # what had not changed since then has to come again
    store.sources.change(run.source_id, harvested_until=harvested_until(store, run.source_id, to_run))
    ending, message = ending_of(run.tally)
    store.runs.end(run, ending, utc_now(), message)
    return Slice(store.runs.get(run.id), more=False)


def _set_back(store: Store, settings: Settings, run: HarvestRun, targets: Sequence[Target]) -> Changes:
    found = Changes(
        settings.repository_identifier, run.source_id, sets=load_sets(settings.sets_path),
        defaults=store.sources.get(run.source_id).defaults,
    )  # fmt: skip
    versions = [target.before for target in targets if target.before]
    payloads = store.payloads.get(
        key for one in versions for key in (one.payload_digest, one.about_digest) if key
    )
    for target in targets:
        row = target.record
        known = Known(row.id, row.identifier, row.payload_digest, row.deleted, row.seen_run)
        becomes = what(target)
        if becomes == "unchanged":
            found.count(unchanged=1)
        elif becomes == "deleted" or target.before is None:
            found.tombstones.append(known)
            found.count(deleted=1)
        else:
            _restore(found, _arrival(row, target.before, known, payloads), row.seen_run)
    # What waited to be done to these records is of another time.
    found.released = [target.record.id for target in targets]
    return found


def _arrival(row: Any, before: Version, known: Known, payloads: Mapping[bytes, bytes]) -> Arrival:
    about = payloads.get(before.about_digest or b"", b"")
    return Arrival(
        source_id=row.source_id,
        identifier=row.identifier,
        source_identifier=row.source_identifier,
        source_datestamp=before.source_datestamp,
        payload=payloads[before.payload_digest or b""],
        payload_digest=before.payload_digest or b"",
        known=known,
        about_sent=about,
        about=read_about(about),
        repairs=before.repairs,
    )


def _restore(found: Changes, arrival: Arrival, seen_run: int) -> None:
    before = len(found.writes)
    found.take([arrival])
    if len(found.writes) > before:
        found.writes[-1] = replace(found.writes[-1], seen_run=seen_run)
