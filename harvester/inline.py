"""Work on a run in this very process, for the command line: no queue, the same slices."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from catalogue.errors import HarvestingPaused, HostBusy, RunAlreadyOpen, RunLost
from catalogue.quiet_hours import quiet_until
from catalogue.run import HarvestRun, RunKind, RunState, Standing
from catalogue.settings import Settings
from catalogue.steering import acts
from catalogue.steering.hand import Hand
from catalogue.store import Store
from harvester.slices import utc_now
from harvester.work import Work
from harvester.worker import Watch, alive, new_worker

#: Seconds that a run waits here at most; one that has to wait longer is left to be taken up later.
PATIENCE = 60.0
#: Runs that go on as one another: what is left of a full harvest is not begun again as an incremental one.
_HARVESTS = frozenset({RunKind.FULL, RunKind.INCREMENTAL})


def work_now(  # noqa: PLR0913 - who asks, and who is told
    store: Store,
    settings: Settings,
    source_id: str,
    kind: RunKind,
    *,
    by: str = "command line",
    on_page: Callable[[HarvestRun], None] = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> HarvestRun:
    """Work on a run of this kind to its end; one that was left goes on from its checkpoint, at once.

    One that has to be opened is noted in the audit as `by`'s.

    Stops after the page in hand once `should_stop` says so; the run is then open still. So it is where
    the source asks for more than a minute's patience: the run then waits for whoever takes it up.

    Raises:
        RunAlreadyOpen: a living worker works on the source, or an open run is of another kind.
        HostBusy: another run harvests the same host, for longer than a minute.
        HarvestingPaused: all harvesting is paused, or the source has its quiet hours.
        RunLost: another worker has taken it over.
        UnknownSource: there is no such source.
    """
    store.sources.get(source_id)
    worker = new_worker()
    with alive(store, worker, "inline"):
        Watch(store, settings).release_lapsed()
        hand = Hand(store, settings, by)
        run = _patiently(lambda: _take_up(hand, source_id, kind=kind, worker=worker), should_stop)
        return _worked(store, settings, run, on_page=on_page, should_stop=should_stop)


def work_on(
    store: Store,
    settings: Settings,
    run: HarvestRun,
    *,
    on_page: Callable[[HarvestRun], None] = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> HarvestRun:
    """Work on this very run to its end: no other is opened, whoever was faster.

    Raises:
        HostBusy: another run harvests the same host, for longer than a minute.
        HarvestingPaused: all harvesting is paused, or the source has its quiet hours.
        RunLost: it has ended, or another worker works on it.
    """
    worker = new_worker()
    with alive(store, worker, "inline"):
        _require_leave(store, run.source_id, run.kind)
        claimed = _patiently(lambda: store.runs.claim(run.id, worker, utc_now(), early=True), should_stop)
        return _worked(store, settings, claimed, on_page=on_page, should_stop=should_stop)


def _worked(
    store: Store,
    settings: Settings,
    run: HarvestRun,
    *,
    on_page: Callable[[HarvestRun], None],
    should_stop: Callable[[], bool],
) -> HarvestRun:
    on_page(run)
    work = Work(store, settings, on_page=on_page, should_stop=should_stop)
    try:
        return _to_its_end(store, work, run, on_page=on_page, should_stop=should_stop)
    except RunLost:
        now = store.runs.get(run.id)
        if now.is_open:
            raise
        return now  # cancelled


def _to_its_end(
    store: Store,
    work: Work,
    run: HarvestRun,
    *,
    on_page: Callable[[HarvestRun], None],
    should_stop: Callable[[], bool],
) -> HarvestRun:
    worker = run.worker
    while True:
        result = work.slice(run)
        run = result.run
        if result.more and (should_stop() or store.runs.standing(run) is Standing.PAUSED):
            store.runs.release(run)
            return store.runs.get(run.id)
        if run.state is RunState.RETRY and run.not_before is not None:
            on_page(run)
            if not _waited(store, run, run.not_before, should_stop):
                return store.runs.get(run.id)
            run = store.runs.claim(run.id, worker, utc_now())
        elif not result.more:
            return run


def _waited(store: Store, run: HarvestRun, moment: datetime, should_stop: Callable[[], bool]) -> bool:
    """Whether the moment has come, and the run has not been cancelled meanwhile."""
    if (moment - utc_now()).total_seconds() > PATIENCE:
        return False
    while utc_now() <= moment:
        if should_stop() or not store.runs.get(run.id).is_open:
            return False
        time.sleep(0.1)
    return True


def _patiently(take_up: Callable[[], HarvestRun], should_stop: Callable[[], bool]) -> HarvestRun:
    """Take a run up; where another run harvests the same host, wait for it, for a minute at most."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return take_up()
        except HostBusy:
            if should_stop() or time.monotonic() >= deadline:
                raise
        time.sleep(0.2)


def _require_leave(store: Store, source_id: str, kind: RunKind) -> None:
    """Check that a source may be asked just now, by a run of this kind.

    Raises:
        HarvestingPaused: all harvesting is paused, or the source has its quiet hours.
    """
    pause = store.pauses.current() if kind.fetches else None
    if pause is not None:
        raise HarvestingPaused(f"all harvesting is paused since {pause.since:%Y-%m-%d %H:%M} UTC")
    source = store.sources.get(source_id)
    waits = quiet_until(source.quiet_hours, source.time_zone, utc_now()) if kind.fetches else None
    if waits is not None:
        zone = source.time_zone or "UTC"
        raise HarvestingPaused(
            f"{source_id!r} is not to be asked between {source.quiet_hours.replace('-', ' and ')} ({zone}):"
            f" not before {waits:%Y-%m-%d %H:%M} UTC"
        )


def _take_up(hand: Hand, source_id: str, *, kind: RunKind, worker: str) -> HarvestRun:
    store = hand.store
    _require_leave(store, source_id, kind)
    left = store.runs.open_run(source_id)
    if left is None:
        return acts.begin(hand, source_id, kind, worker)
    if left.state is RunState.RUNNING:
        raise RunAlreadyOpen(f"run {left.id} of {source_id!r} is being worked on by {left.worker}")
    if left.kind is RunKind.INCREMENTAL and kind is RunKind.FULL:
        with store.together():
            store.runs.cancel(left.id, utc_now(), "a full harvest was asked for instead")
            return acts.begin(hand, source_id, kind, worker)
    if left.kind is not kind and not {left.kind, kind} <= _HARVESTS:
        raise RunAlreadyOpen(f"run {left.id} of {source_id!r}, a {left.kind} run, is open")
    return store.runs.claim(left.id, worker, utc_now(), early=True)
