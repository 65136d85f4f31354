"""What it would be to set a source back: which of its records become what they were after an earlier run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from catalogue.errors import HistoryGone, UnknownRun
from catalogue.run import TO_THE_END, RunKind
from catalogue.store import Store
from catalogue.store.holdings.history import Target

_PAGE: Final = 100
#: Behind every run that there will be.
_LAST: Final = 2**62


@dataclass(frozen=True, slots=True)
class Plan:
    """What a rollback would do."""

    restored: int = 0
    changed: int = 0
    deleted: int = 0
    unchanged: int = 0
    #: The `from` of the next harvest; empty: everything.
    harvested_until: str = ""


def check(store: Store, source_id: str, to_run: int) -> None:
    """Check that the state after a run is known still.

    Raises:
        UnknownRun: the source has no such run, or it has not ended.
        HistoryGone: what has changed since is no longer known.
    """
    run = store.runs.get(to_run)
    if run.source_id != source_id:
        raise UnknownRun(f"run {to_run} is one of {run.source_id!r}, not of {source_id!r}")
    if run.is_open:
        raise UnknownRun(f"run {to_run} has not ended")
    first = store.sources.get(source_id).history_from
    if to_run < first - 1:
        raise HistoryGone(f"what runs of {source_id!r} changed is known from run {first} on")


def plan(store: Store, source_id: str, to_run: int) -> Plan:
    """What setting back would do; nothing is changed."""
    counts = {"restored": 0, "changed": 0, "deleted": 0, "unchanged": 0}
    after = 0
    while targets := store.history.changed_since(source_id, to_run, _LAST, after=after, limit=_PAGE):
        for target in targets:
            counts[what(target)] += 1
        after = targets[-1].record.id
    return Plan(**counts, harvested_until=harvested_until(store, source_id, to_run))


def what(target: Target) -> str:
    """What becomes of a record."""
    row, before = target.record, target.before
    if before is None or before.deleted:
        return "unchanged" if row.deleted else "deleted"
    if row.deleted:
        return "restored"
    now = (row.payload_digest, row.source_datestamp, row.about_digest)
    return (
        "unchanged"
        if now == (before.payload_digest, before.source_datestamp, before.about_digest)
        else "changed"
    )


def harvested_until(store: Store, source_id: str, to_run: int) -> str:
    """Where harvests stood after a run."""
    before = to_run + 1
    while runs := store.runs.newest(source_id=source_id, before=before):
        for run in runs:
            if run.kind is RunKind.RETIRE:
                return ""
            if run.kind is RunKind.ROLLBACK:
                return harvested_until(store, source_id, int(run.checkpoint.position["to_run"]))
            harvest = run.kind in {RunKind.FULL, RunKind.INCREMENTAL}
            if harvest and run.ending in TO_THE_END and run.checkpoint.response_date:
                return run.checkpoint.response_date
        before = runs[-1].id
    return ""
