"""Who works, and who of them lives.

A worker is a process: `host:pid:nonce`, never used twice. It shows that it lives by counting in the
store; another worker that sees its counter stand still for `dead_after` seconds of its own monotonic
clock takes it for dead; time in which that one did not look itself does not count. No two machines' clocks
are compared. A worker of this very host whose process
is gone is dead at once.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog

from catalogue.errors import RunLost, StoreUnreachable
from catalogue.run import HarvestRun
from catalogue.settings import Settings
from catalogue.store import Store
from harvester.retry import lapse_pause
from harvester.slices import utc_now

log = structlog.get_logger(__name__)

#: Seconds between two signs of life.
BEAT = 5.0
#: Seconds between two looks that need no excuse, at least.
_BLINK = 2.5

#: The names that this process has given itself.
_OURS: set[str] = set()


def new_worker() -> str:
    """A name for this process as a worker."""
    name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
    _OURS.add(name)
    return name


def is_gone(worker: str) -> bool:
    """Whether a worker of this host has certainly ended; False where that cannot be told from here."""
    host, _, rest = worker.rpartition(":")[0].rpartition(":")
    if host != socket.gethostname() or not rest.isdigit():
        return False
    if int(rest) == os.getpid():
        # In a container that was started again, both have the same host and the same number.
        return worker not in _OURS
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


class Watch:
    """Tells dead workers from living ones, and gives back the runs that they held."""

    def __init__(
        self, store: Store, settings: Settings, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._settings = settings
        self._monotonic = monotonic
        self._looked = monotonic()
        self._seen: dict[str, tuple[int, float]] = {}

    def living(self) -> set[str]:
        """The workers that live, as far as can be told; the dead are removed from the store."""
        counters = self._store.workers.beats()
        moment = self._monotonic()
        self._excuse(moment)
        for worker, beats in counters.items():
            if self._seen.get(worker, (None, 0.0))[0] != beats:
                self._seen[worker] = (beats, moment)
        dead = {
            worker
            for worker in counters
            if is_gone(worker) or moment - self._seen[worker][1] > self._settings.dead_after
        }
        for worker in dead:
            self._store.workers.remove(worker)
        self._seen = {worker: self._seen[worker] for worker in counters if worker not in dead}
        return set(counters) - dead

    def _excuse(self, moment: float) -> None:
        """Time in which we did not look counts for nobody: we stood still, or the database was away."""
        blind = moment - self._looked - max(_BLINK, self._settings.dead_after / 4)
        if blind > 0:
            self._seen = {worker: (beats, seen + blind) for worker, (beats, seen) in self._seen.items()}
        self._looked = moment

    def release_lapsed(self) -> set[str]:
        """Put the runs of dead workers back, to be taken up from their checkpoints; returns who lives."""
        # In this order: whoever holds a run has shown a sign of life before it took it.
        held = self._store.runs.running()
        living = self.living()
        for run in held:
            if run.worker not in living:
                self._lapse(run)
        return living

    def _lapse(self, run: HarvestRun) -> None:
        now = utc_now()
        wait = lapse_pause(run.lapses)
        try:
            is_open = self._store.runs.lapse(
                run,
                now,
                limit=self._settings.crash_limit,
                not_before=now + timedelta(seconds=wait) if wait else None,
            )
        except RunLost:
            return  # it has ended, or somebody else was faster
        log.warning("run lapsed", run=run.id, source=run.source_id, worker=run.worker, open=is_open)


@contextmanager
def alive(store: Store, worker: str, role: str) -> Iterator[None]:
    """Show signs of life, from a thread of its own, as long as the context lasts."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(BEAT):
            try:
                store.workers.beat(worker, role, utc_now())
            except StoreUnreachable as error:
                log.warning("no sign of life could be given", worker=worker, why=str(error))

    store.workers.beat(worker, role, utc_now())
    thread = threading.Thread(target=beat, name="beat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        store.workers.remove(worker)
