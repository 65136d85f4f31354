"""A slice of any run, whatever its kind: what the queue and the command line both call."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

import structlog

from catalogue.errors import RunLost
from catalogue.run import HarvestRun, RunKind, Standing
from catalogue.settings import Settings
from catalogue.store import Store
from harvester.answers import answer_slice
from harvester.pipeline import Pipeline
from harvester.remap import remap_slice
from harvester.retire import retire_slice
from harvester.rollback import rollback_slice
from harvester.settling import settle, settling, tell_copies
from harvester.slices import Slice
from harvester.trial_run import trial_slice

#: Objects made before the collector looks for cycles (Python's own default is 700). A page makes tens of
#: thousands of small objects, none of them in a cycle: looking through them takes a sixth of the time that
#: reading and rendering take.
_COLLECTION = 100_000
#: Seconds between two looks at whether a run has been paused or cancelled.
_LOOK = 1.0


class Leash:
    """Says when whoever works on a run has to stop: this process ends, or somebody paused or cancelled it."""

    def __init__(self, store: Store, run: HarvestRun, should_stop: Callable[[], bool]) -> None:
        self._store = store
        self._run = run
        self._should_stop = should_stop
        self._looked = time.monotonic()
        self._paused = False

    def pulls(self) -> bool:
        """Whether it is time to stop; the store is asked once a second at most.

        Raises:
            RunLost: the run was cancelled, or another worker holds it now.
        """
        if time.monotonic() - self._looked >= _LOOK:
            self._looked = time.monotonic()
            standing = self._store.runs.standing(self._run)
            if standing is Standing.LOST:
                raise RunLost(f"run {self._run.id} was cancelled, or another worker holds it")
            self._paused = standing is Standing.PAUSED
        return self._paused or self._should_stop()


class Work:
    """Works on runs, a slice at a time."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        *,
        on_page: Callable[[HarvestRun], None] = lambda _: None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self._store = store
        self._settings = settings
        self._on_page = on_page
        self._should_stop = should_stop
        if gc.get_threshold()[0] < _COLLECTION:
            gc.set_threshold(_COLLECTION, 20, 50)
            gc.freeze()  # what is there by now stays, and need not be looked through again

    def slice(self, run: HarvestRun) -> Slice:
        """Work on a claimed run for `slice_seconds`, or to its end; whatever is logged meanwhile names it.

        Raises:
            RunLost: it was cancelled, or another worker holds it now.
        """
        with structlog.contextvars.bound_contextvars(run=run.id, source=run.source_id):
            return self._slice(run)

    def _slice(self, run: HarvestRun) -> Slice:
        leash = Leash(self._store, run, self._should_stop)
        until = time.monotonic() + self._settings.slice_seconds

        def over() -> bool:
            return leash.pulls() or time.monotonic() >= until

        on_page = settling(self._store, self._on_page)
        slices = {
            RunKind.REMAP: remap_slice,
            RunKind.ANSWER: answer_slice,
            RunKind.ROLLBACK: rollback_slice,
        }
        if run.kind in slices:
            found = slices[run.kind](self._store, self._settings, run, over=over, on_page=on_page)
        elif run.kind is RunKind.TRIAL:
            found = trial_slice(self._store, self._settings, run, stopping=leash.pulls, on_page=on_page)
        elif run.kind is RunKind.RETIRE:
            found = retire_slice(self._store, run, over=over, on_page=on_page)
        else:
            pipeline = Pipeline(self._store, self._settings, over=over, on_page=on_page, stopping=leash.pulls)
            found = pipeline.slice(run)
        settle(self._store)
        tell_copies(self._store, found.run)
        return found
