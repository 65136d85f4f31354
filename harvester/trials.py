"""Does the trial harvests of registrations: a chore of every worker, and no part of a run."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import structlog

from catalogue.errors import CheckupOver, RegistrationClosed, StoreUnreachable
from catalogue.registering import tried
from catalogue.registration import Registration
from catalogue.settings import Settings
from catalogue.store import Store
from catalogue.store.community.registrations import ATTEMPTS, Claim
from catalogue.trial import Trial
from harvester.slices import utc_now

log = structlog.get_logger(__name__)

#: Seconds beyond its budget after which a trial was left by whoever had it.
_SLACK: Final = 60.0


class Trials:
    """The worker's side: does trial harvests that wait, each in a thread of its own, one at a time."""

    def __init__(
        self, store: Store, settings: Settings, *, on_done: Callable[[Registration], None] = lambda _: None
    ) -> None:
        """`on_done` is told of each that is done: the registrant and the approvers are written to."""
        self._store = store
        self._settings = settings
        self._on_done = on_done
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def look(self) -> None:
        """Begin what waits, and do not wait for its end."""
        if self._thread is not None and self._thread.is_alive():
            return
        claim = self._next()
        if claim is not None:
            self._thread = threading.Thread(target=self._do, args=(claim,), name=f"trial-{claim.id}")
            self._thread.start()

    def work(self) -> None:
        """Do what waits, one after the other, to its end."""
        while (claim := self._next()) is not None:
            self._do(claim)

    def stop(self) -> None:
        """Stop before the next question; what is not finished goes back to the queue."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def forget(self) -> None:
        """Forget drafts that have been left as long as they are kept, and what nobody confirmed."""
        self._store.registrations.forget(utc_now() - timedelta(days=self._settings.registration_days))

    def _next(self) -> Claim | None:
        if self._stopping.is_set():
            return None
        stale_after = timedelta(seconds=self._settings.check_seconds + _SLACK)
        return self._store.registrations.claim(utc_now(), stale_after=stale_after)

    def _do(self, claim: Claim) -> None:
        try:
            self._try(claim)
        except StoreUnreachable as away:
            log.warning("trial left", registration=claim.id, why=str(away))
        except RegistrationClosed:
            log.info("trial of no use any more", registration=claim.id)

    def _try(self, claim: Claim) -> None:
        from harvester.trial_harvest import harvest_on_trial  # clients and readers take a while to import

        registration = self._store.registrations.get(claim.id)
        if claim.attempt > ATTEMPTS:
            now = utc_now()
            trial = Trial(now, now, why="the workers that did it ended before it was done")
        else:
            try:
                trial = harvest_on_trial(
                    self._store, self._settings, registration, should_stop=self._stopping.is_set
                )
            except CheckupOver:
                self._store.registrations.release(claim)
                return
        moment = utc_now()
        done = self._store.registrations.change(claim.id, lambda one: tried(one, trial, moment), moment)
        log.info("tried", registration=claim.id, listed=trial.listed, taken=trial.taken, why=trial.why)
        self._on_done(done)
