"""DBOS: who runs a harvest, on which machine, and only one at a time for each host.

The run table says what is to be done; this module carries each open run that is due to a durable queue,
partitioned by host, from which the workers of all machines draw. It is the only importer of DBOS. In one
process on SQLite and in many on PostgreSQL the same code runs.

A run is worked on in slices. Each slice claims the run anew, so a worker that was taken for dead and
wakes up again finds its claim outdated at its next page (RunLost), and stops.
"""

from __future__ import annotations

import logging
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import timedelta

import structlog
from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer, EnqueueOptions, WorkflowStatus

from catalogue.errors import RunLost, SettingsError, StoreUnreachable
from catalogue.run import BY_SCHEDULE, Ending, HarvestRun, Standing
from catalogue.settings import Settings
from catalogue.store import Store
from harvester.retry import run_pause
from harvester.slices import utc_now
from harvester.work import Work
from harvester.worker import Watch

log = structlog.get_logger(__name__)

QUEUE = "harvest"
WORKFLOW = "harvest"
#: Constant: workers of another release may take over what this one began.
APPLICATION_VERSION = "1"
#: Where a workflow is that has not ended, and that has, in DBOS's words.
_LIVE = ("ENQUEUED", "PENDING", "DELAYED")
_ENDED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
#: Workflows that ended so many seconds ago are of no further use.
KEPT_FOR = 7 * 24 * 3600
_PURGED_AT_ONCE = 1000
#: Runs that lie in the queue at most, for each that a process works on. What is more waits in the run table,
#: so that what is more urgent can come before it, and looking at the queue stays cheap.
_QUEUE_OF_EACH, _SHORTEST_QUEUE = 8, 32
#: Seconds that a workflow may take from the queue into our hands, and from them to its end.
_LEFT_FOR = 3.0
#: DBOS counts the other way round.
_MOST_URGENT = 10


def _run_of(workflow_id: str) -> int:
    """The number of the run that a workflow is for."""
    return int(workflow_id.split("-")[1])


def _try_of(workflow_id: str) -> int:
    """How many workflows of the same run and attempt came before."""
    return int(workflow_id.split("-")[3])


def require_sqlite(python: tuple[int, int], sqlite: tuple[int, int, int]) -> None:
    """Check that DBOS can keep its queue in SQLite: from Python 3.12 on it takes milliseconds from it.

    Raises:
        SettingsError: this SQLite does not give any.
    """
    if python >= (3, 12) and sqlite < (3, 42):
        raise SettingsError(
            "on Python 3.12 and newer the job engine needs SQLite 3.42 or newer, and this is"
            f" {'.'.join(map(str, sqlite))}: use PostgreSQL, or Python 3.11"
        )


class Jobs:
    """The job engine of one process. DBOS allows one of them at a time in each."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        worker: str,
        *,
        on_end: Callable[[HarvestRun], None] = lambda _: None,
    ) -> None:
        self._store = store
        self._settings = settings
        self._worker = worker
        self._on_end = on_end
        self._watch = Watch(store, settings)
        self._stopping = threading.Event()
        self._work = Work(store, settings, should_stop=self._stopping.is_set)
        #: Runs whose workflow is in this process just now.
        self._in_hand: set[int] = set()
        #: Workflows that this process had drawn and does not work on -> when that was seen first.
        self._left: dict[str, float] = {}
        self._client: DBOSClient | None = None

    def start(self) -> None:
        """Begin to draw runs from the queue.

        Raises:
            SettingsError: this Python's SQLite is too old for the queue to be kept in it.
        """
        if self._store.embedded:
            require_sqlite(sys.version_info[:2], sqlite3.sqlite_version_info)
        DBOS(config=self._config())
        # It prints a traceback for every run that is cancelled.
        logging.getLogger("dbos").setLevel(logging.CRITICAL)

        def work_slice(run_id: int) -> bool:
            return self._slice(run_id)

        step = DBOS.step(name="slice")(work_slice)

        def harvest(run_id: int) -> None:
            self._in_hand.add(run_id)
            try:
                while step(run_id):
                    pass
            finally:
                self._in_hand.discard(run_id)

        DBOS.workflow(name=WORKFLOW, max_recovery_attempts=100)(harvest)
        DBOS.listen_queues([QUEUE])
        DBOS.launch()
        DBOS.register_queue(
            QUEUE,
            worker_concurrency=self._settings.workers,
            partition_concurrency=1,
            polling_interval_sec=1.0,
            # All processes share one number: that of the one which began last.
            on_conflict="always_update",
        )
        self._client = DBOSClient(
            system_database_url=self._store.queue_url,
            serializer=DBOSPortableJSONSerializer(),
            application_name="clearinghouse",
        )

    def _config(self) -> DBOSConfig:
        return {
            "name": "clearinghouse",
            "system_database_url": self._store.queue_url,
            "executor_id": self._worker,
            "application_version": APPLICATION_VERSION,
            "log_level": "ERROR",
            "serializer": DBOSPortableJSONSerializer(),
            # DBOS has schedules of its own, which we do not use.
            "scheduler_polling_interval_sec": 3600,
        }

    def stop(self) -> None:
        """Stop after the pages in hand; runs that are not finished go back to the queue."""
        self._stopping.set()
        if self._client is not None:
            self._client.destroy()
            self._client = None
        DBOS.destroy(workflow_completion_timeout_sec=30, destroy_registry=True)

    def tick(self) -> None:
        """Take back what dead workers held, and hand over to the queue every open run that is due."""
        waiting = self._workflows(*_LIVE)
        living = self._watch.release_lapsed()
        self._revive(waiting, living)
        self._release_dropped()
        queued = {_run_of(workflow.workflow_id) for workflow in waiting}
        room = max(_SHORTEST_QUEUE, _QUEUE_OF_EACH * self._settings.workers) - len(queued)
        for run in self._store.runs.due(utc_now()):
            if run.id not in queued and (room > 0 or run.priority > BY_SCHEDULE):
                room -= 1
                self._hand_over(run)

    def tidy(self) -> None:
        """End what was left for long, and forget workflows that ended long ago."""
        now = utc_now()
        left = self._store.runs.interrupt(now, before=now - timedelta(days=self._settings.resume_days))
        if left:
            log.warning("runs interrupted", runs=left)
        self.purge()

    def purge(self) -> None:
        """Forget workflows that ended long ago."""
        client = self._require_client()
        before = (utc_now() - timedelta(seconds=KEPT_FOR)).isoformat()
        while old := client.list_workflows(
            queue_name=QUEUE,
            status=list(_ENDED),
            completed_before=before,
            limit=_PURGED_AT_ONCE,
            load_input=False,
            load_output=False,
        ):
            client.delete_workflows([workflow.workflow_id for workflow in old])

    def _workflows(self, *states: str) -> list[WorkflowStatus]:
        return self._require_client().list_workflows(
            queue_name=QUEUE, status=list(states), load_input=False, load_output=False
        )

    def _require_client(self) -> DBOSClient:
        if self._client is None:
            raise RuntimeError("the job engine has not been started")
        return self._client

    def _hand_over(self, run: HarvestRun) -> None:
        # However many processes hand a run over at the same time, the queue takes it once. The id is new
        # where the run was claimed since, or where an earlier workflow ended without getting so far.
        stem = f"run-{run.id}-{run.attempt}-"
        client = self._require_client()
        tries = client.list_workflows(workflow_id_prefix=stem, load_input=False, load_output=False)
        if any(workflow.status in _LIVE for workflow in tries):
            return
        number = 1 + max((_try_of(workflow.workflow_id) for workflow in tries), default=-1)
        options: EnqueueOptions = {
            "workflow_name": WORKFLOW,
            "queue_name": QUEUE,
            "workflow_id": f"{stem}{number}",
            "app_version": APPLICATION_VERSION,
            "queue_partition_key": run.host or f"source {run.source_id}",
            "priority": _MOST_URGENT - run.priority,
        }
        client.enqueue(options, run.id)

    def _revive(self, waiting: Iterable[WorkflowStatus], living: set[str]) -> None:
        """What was drawn from the queue by a process that is dead, or that has lost it, goes back to it.

        Level-triggered, so none is lost.
        """
        drawn = [workflow for workflow in waiting if workflow.status == "PENDING"]
        lost = [one.workflow_id for one in drawn if one.executor_id not in living | {self._worker}]
        lost += self._unended(one for one in drawn if one.executor_id == self._worker)
        if lost:
            log.warning("workflows taken back", workflows=lost)
            self._require_client().resume_workflows(lost, queue_name=QUEUE)

    def _unended(self, drawn: Iterable[WorkflowStatus]) -> list[str]:
        """What this process had drawn and has left for a while: its end could not be written down."""
        now = time.monotonic()
        left = [one.workflow_id for one in drawn if _run_of(one.workflow_id) not in self._in_hand]
        self._left = {workflow: self._left.get(workflow, now) for workflow in left}
        return [workflow for workflow, since in self._left.items() if now - since >= _LEFT_FOR]

    def _release_dropped(self) -> None:
        """A run that the store says is ours and that no workflow here works on goes back to the queue."""
        for run in self._store.runs.running():
            if run.worker == self._worker and run.id not in self._in_hand:
                with suppress(RunLost):  # it has ended this very moment
                    self._store.runs.release(run)
                    log.warning("run dropped by its workflow", run=run.id)

    def _slice(self, run_id: int) -> bool:
        """One slice of one run; whether there is more to do at once."""
        try:
            return self._slice_of(run_id)
        except StoreUnreachable as away:
            # No fault of the run: it stays ours until a tick finds that no workflow works on it.
            log.warning("run broken off", run=run_id, why=str(away))
            return False

    def _slice_of(self, run_id: int) -> bool:
        try:
            run = self._store.runs.claim(run_id, self._worker, utc_now())
        except RunLost as lost:
            log.info("run left", run=run_id, why=str(lost))
            return False
        try:
            result = self._work.slice(run)
        except RunLost as lost:
            log.info("run left", run=run_id, why=str(lost))
            return False
        except StoreUnreachable:
            raise
        except Exception as error:  # the worker loop: a fault of ours must not leave a run "running"
            log.exception("run broken off", run=run_id)
            self._break_off(run, error)
            return False
        if result.more and (self._stopping.is_set() or self._is_paused(result.run)):
            return self._give_back(result.run)
        if not result.more:
            ended = result.run
            log.info(
                "run",
                run=ended.id,
                source=ended.source_id,
                state=ended.state,
                ending=ended.ending,
                why=ended.message,
            )
            self._on_end(ended)
        return result.more

    def _is_paused(self, run: HarvestRun) -> bool:
        return self._store.runs.standing(run) is Standing.PAUSED

    def _give_back(self, run: HarvestRun) -> bool:
        """The run goes back to the queue, unless it was cancelled meanwhile; there is no more to do now."""
        with suppress(RunLost):
            self._store.runs.release(run)
        return False

    def _break_off(self, run: HarvestRun, error: Exception) -> None:
        """Something of ours failed, not the source: try again later, from the checkpoint, or end."""
        now = utc_now()
        message = f"internal error: {type(error).__name__}: {error}"[:500]
        if run.failures >= self._settings.run_retries:
            self._store.runs.end(run, Ending.FAILED, now, message)
        else:
            wait = timedelta(seconds=run_pause(run.failures, None))
            self._store.runs.retry_later(run, message, now + wait)
