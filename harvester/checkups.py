"""Does the check-ups that were asked for: a chore of every worker, and no part of a run.

Each is done in a thread of its own, for it lasts longer than a chore may. What no server should be able to
cause, and causes all the same, ends that thread and no other: the check-up is then begun anew, and in the
end given up.
"""

from __future__ import annotations

import threading
from datetime import timedelta

import structlog

from catalogue.checkup import Checkup, Outcome, Stage
from catalogue.errors import CheckupOver, StoreUnreachable
from catalogue.settings import Settings
from catalogue.store import Store
from catalogue.store.desk.checkups import ATTEMPTS, Claim
from harvester.slices import utc_now

log = structlog.get_logger(__name__)

#: Check-ups at the same time in one worker.
AT_ONCE = 2
#: Seconds beyond its budget after which a check-up was left by whoever had it.
_SLACK = 60.0


class Checkups:
    """The worker's side of the queue. Any number of workers and threads may look at the same time."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def look(self) -> None:
        """Begin what waits, as far as there is room for it, and do not wait for its end."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        while len(self._threads) < AT_ONCE:
            claim = self._next()
            if claim is None:
                return
            thread = threading.Thread(target=self._do, args=(claim,), name=f"checkup-{claim.id}")
            self._threads.append(thread)
            thread.start()

    def work(self) -> None:
        """Do what waits, one after the other, to its end."""
        while (claim := self._next()) is not None:
            self._do(claim)

    def stop(self) -> None:
        """Stop before the next question; what is not finished goes back to the queue."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _next(self) -> Claim | None:
        if self._stopping.is_set():
            return None
        stale_after = timedelta(seconds=self._settings.check_seconds + _SLACK)
        return self._store.checkups.claim(utc_now(), stale_after=stale_after)

    def forget(self) -> None:
        """Forget reports that have been kept as long as they are to be."""
        self._store.checkups.forget(utc_now() - timedelta(days=self._settings.check_days))

    def _do(self, claim: Claim) -> None:
        try:
            self._examine(claim)
        except StoreUnreachable as away:
            log.warning("check-up left", checkup=claim.id, why=str(away))

    def _examine(self, claim: Claim) -> None:
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
