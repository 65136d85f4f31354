"""A harvest in this very process, from the command line: no queue, the same slices."""

from __future__ import annotations

import time
from collections.abc import Callable

from catalogue.errors import RunAlreadyOpen
from catalogue.run import HarvestRun, RunKind, RunState
from catalogue.settings import Settings
from catalogue.source import Source
from catalogue.store import Store
from harvester.pipeline import Pipeline, utc_now
from harvester.worker import Watch, alive, new_worker


def kind_for(source: Source, *, full: bool) -> RunKind:
    """Incremental where there is something to go on from, unless all of it is wanted."""
    return RunKind.INCREMENTAL if source.harvested_until and not full else RunKind.FULL


def harvest_now(
    store: Store,
    settings: Settings,
    source_id: str,
    *,
    full: bool = False,
    on_page: Callable[[HarvestRun], None] = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
) -> HarvestRun:
    """Harvest a source to the end of a run; a run that a dead worker left goes on from its checkpoint.

    Raises:
        RunAlreadyOpen: a living worker is harvesting it.
        RunLost: it was cancelled, or another worker has taken it over.
        UnknownSource: there is no such source.
    """
    worker = new_worker()
    with alive(store, worker, "inline"):
        run = _take_up(store, settings, store.sources.get(source_id), worker, full=full)
        pipeline = Pipeline(store, settings, on_page=on_page, sleep=sleep)
        while True:
            result = pipeline.slice(run)
            run = result.run
            if run.state is RunState.RETRY and run.not_before is not None:
                on_page(run)
                sleep(max(0.0, (run.not_before - utc_now()).total_seconds()) + 0.01)
                run = store.runs.claim(run.id, worker, utc_now())
            elif not result.more:
                return run


def _take_up(store: Store, settings: Settings, source: Source, worker: str, *, full: bool) -> HarvestRun:
    Watch(store, settings.dead_after).release_lapsed()
    left = store.runs.open_run(source.id)
    if left is None:
        return store.runs.open(
            source.id, kind_for(source, full=full), utc_now(), requested_by="command line", worker=worker
        )
    if left.state is RunState.RUNNING:
        raise RunAlreadyOpen(f"run {left.id} of {source.id!r} is being worked on by {left.worker}")
    return store.runs.claim(left.id, worker, utc_now())
