"""Work on a run in this very process, for the command line: no queue, the same slices."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from catalogue.errors import RunAlreadyOpen
from catalogue.run import HarvestRun, RunKind, RunState
from catalogue.settings import Settings
from catalogue.source import Source
from catalogue.store import Store
from harvester.slices import utc_now
from harvester.work import Work
from harvester.worker import Watch, alive, new_worker

#: Runs that go on as one another: what is left of a full harvest is not begun again as an incremental one.
_HARVESTS = frozenset({RunKind.FULL, RunKind.INCREMENTAL})


def harvest_kind(source: Source, *, full: bool) -> RunKind:
    """Incremental where there is something to go on from, unless all of it is wanted."""
    return RunKind.INCREMENTAL if source.harvested_until and not full else RunKind.FULL


def work_now(
    store: Store,
    settings: Settings,
    source_id: str,
    kind: RunKind,
    *,
    on_page: Callable[[HarvestRun], None] = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> HarvestRun:
    """Work on a run of this kind to its end; one that a dead worker left goes on from its checkpoint.

    Stops after the page in hand once `should_stop` says so; the run is then open still.

    Raises:
        RunAlreadyOpen: a living worker works on the source, or an open run is of another kind.
        RunLost: it was cancelled, or another worker has taken it over.
        UnknownSource: there is no such source.
    """
    store.sources.get(source_id)
    worker = new_worker()
    with alive(store, worker, "inline"):
        run = _take_up(store, settings, source_id, kind=kind, worker=worker)
        on_page(run)
        work = Work(store, settings, on_page=on_page, should_stop=should_stop)
        while True:
            result = work.slice(run)
            run = result.run
            if should_stop() and run.state is RunState.RUNNING:
                store.runs.release(run)
                return store.runs.get(run.id)
            if run.state is RunState.RETRY and run.not_before is not None:
                on_page(run)
                _wait_until(run.not_before, should_stop)
                if should_stop():
                    return run
                run = store.runs.claim(run.id, worker, utc_now())
            elif not result.more:
                return run


def _wait_until(moment: datetime, should_stop: Callable[[], bool]) -> None:
    while utc_now() <= moment and not should_stop():
        time.sleep(0.1)


def _take_up(store: Store, settings: Settings, source_id: str, *, kind: RunKind, worker: str) -> HarvestRun:
    Watch(store, settings.dead_after).release_lapsed()
    left = store.runs.open_run(source_id)
    if left is None:
        return store.runs.open(source_id, kind, utc_now(), requested_by="command line", worker=worker)
    if left.kind is not kind and not {left.kind, kind} <= _HARVESTS:
        raise RunAlreadyOpen(f"run {left.id} of {source_id!r}, a {left.kind} run, is open")
    if left.state is RunState.RUNNING:
        raise RunAlreadyOpen(f"run {left.id} of {source_id!r} is being worked on by {left.worker}")
    return store.runs.claim(left.id, worker, utc_now())
