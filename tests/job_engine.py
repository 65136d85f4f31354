"""The job engine in the tests' own process, with the chore that it lives by."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from catalogue.run import HarvestRun, RunKind
from catalogue.settings import Settings
from catalogue.store import Store
from factories import now
from harvester.jobs import Jobs
from harvester.worker import alive, new_worker


@contextmanager
def engine(store: Store, settings: Settings, *, tick: float = 0.2) -> Iterator[Jobs]:
    """A worker, with its chore."""
    worker = new_worker()
    jobs = Jobs(store, settings, worker)
    ended = threading.Event()

    def ticking() -> None:
        while not ended.wait(tick):
            jobs.tick()

    chore = threading.Thread(target=ticking)
    with alive(store, worker, "worker"):
        jobs.start()
        chore.start()
        try:
            yield jobs
        finally:
            ended.set()
            chore.join()
            jobs.stop()


def wait_for(holds: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def opened(store: Store, source_id: str = "nile") -> HarvestRun:
    return store.runs.open(source_id, RunKind.FULL, now())


def ended(store: Store, *runs: HarvestRun) -> bool:
    return all(not store.runs.get(run.id).is_open for run in runs)
