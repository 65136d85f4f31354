"""Does the check-ups that were asked for: a chore of every worker, and no part of a run."""

from __future__ import annotations

import threading
from datetime import timedelta

import structlog

from catalogue.checkup import Checkup, Outcome, Stage
from catalogue.errors import CheckupOver
from catalogue.settings import Settings
from catalogue.store import Store
from catalogue.store.checkups import ATTEMPTS, Claim
from harvester.slices import utc_now

log = structlog.get_logger(__name__)

#: Seconds beyond its budget after which a check-up was left by whoever had it.
_SLACK = 60.0


class Checkups:
    """The worker's side of the queue. Any number of workers and threads may look at the same time."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._stopping = threading.Event()

    def look(self) -> None:
        """Do what waits, one after the other."""
        stale_after = timedelta(seconds=self._settings.check_seconds + _SLACK)
        while not self._stopping.is_set():
            claim = self._store.checkups.claim(utc_now(), stale_after=stale_after)
            if claim is None:
                return
            self._do(claim)

    def stop(self) -> None:
        """Stop before the next question; what is not finished goes back to the queue."""
        self._stopping.set()

    def forget(self) -> None:
        """Forget reports that have been kept as long as they are to be."""
        self._store.checkups.forget(utc_now() - timedelta(days=self._settings.check_days))

    def _do(self, claim: Claim) -> None:
        from harvester.doctor import examine  # the clients and the readers take a while to import

        if claim.attempt > ATTEMPTS:
            log.warning("check-up given up", checkup=claim.id, attempts=claim.attempt - 1)
            ended = Checkup(claim.address, utc_now(), utc_now(), Stage.ENDED, Outcome.FAILED)
            self._store.checkups.finish(claim, ended, utc_now())
            return
        try:
            report = examine(
                claim.address,
                self._settings,
                on_progress=lambda so_far: self._store.checkups.note(claim, so_far),
                should_stop=self._stopping.is_set,
            )
        except CheckupOver:
            self._store.checkups.release(claim)
            return
        self._store.checkups.finish(claim, report, utc_now())
        log.info("checked", checkup=claim.id, outcome=report.outcome, requests=report.requests)
