"""APScheduler: when a source is due. It is the only importer of APScheduler.

The sources in the store are the truth; the scheduler's own job list, in memory, follows them, so that any
process may edit a schedule. Any number of schedulers may run: one due time opens one run, by constraint.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from catalogue.errors import RunAlreadyOpen, SettingsError, StoreUnreachable, UnknownSource
from catalogue.quiet_hours import quiet_until
from catalogue.run import RunKind
from catalogue.settings import Settings
from catalogue.source import Missed, Source
from catalogue.store import Store
from catalogue.timing import Timing
from harvester.slices import utc_now

log = structlog.get_logger(__name__)

#: Seconds between two looks at the sources.
_LOOK = 5
#: A run that is opened within this of its due time is punctual: what lies longer ago has been missed.
PUNCTUAL = timedelta(minutes=15)
#: Seconds between two looks at the clock, and by how many it has been set back that is seen to have been.
_TICK, _SET_BACK = 2.0, 1.0
#: What is further ahead than this was written down while the clock was wrong.
_AHEAD = timedelta(days=1)


class _Due(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Fires when a source is due; what it missed meanwhile it fires for once."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """The first due moment after both."""
        return self._timing.next_after(max(previous_fire_time or now, now))


class _Every(BaseTrigger):  # type: ignore[misc]  # as above
    """Fires every so many seconds; what it missed, however much that is, it fires for once.

    APScheduler's own would list every moment that has passed where the clock is put forward by years.
    """

    def __init__(self, seconds: float) -> None:
        self._length = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """At once the first time."""
        due = previous_fire_time + self._length if previous_fire_time else now
        return due if previous_fire_time is None or due > now else now + self._length


class Schedule:
    """Opens a run for each source when it is due, and calls the chores of this process."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._jitter = settings.schedule_jitter
        self._scheduler = BackgroundScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        )
        self._scheduler.add_jobstore("memory", "sources")
        #: Schedules that are not understood, as they were when that was said.
        self._refused: dict[str, str] = {}
        self._ended = threading.Event()

    def every(self, seconds: float, chore: Callable[[], None], name: str) -> None:
        """Call a chore every so many seconds, also where the database was away the last time."""

        def called() -> None:
            try:
                chore()
            except StoreUnreachable as away:
                log.warning("chore left", chore=name, why=str(away))

        self._scheduler.add_job(called, _Every(seconds), name=name, next_run_time=utc_now())

    def start(self) -> None:
        """Begin to watch the sources."""
        self.every(_LOOK, self.follow_sources, "follow-sources")
        self.start_chores()

    def start_chores(self) -> None:
        """Begin with the chores alone."""
        self._scheduler.start()
        threading.Thread(target=self._watch_the_clock, name="clock", daemon=True).start()

    def stop(self) -> None:
        """End, after the chores in hand."""
        self._ended.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def _watch_the_clock(self) -> None:
        """Begin anew where the clock has been set back: APScheduler would wait until it is as late again."""
        ahead = time.time() - time.monotonic()
        while not self._ended.wait(_TICK):
            before, ahead = ahead, time.time() - time.monotonic()
            if before - ahead > _SET_BACK:
                log.warning("the clock was set back", seconds=round(before - ahead))
                self._begin_anew()

    def _begin_anew(self) -> None:
        """Call every chore now; when sources are due is computed once more."""
        self._scheduler.remove_all_jobs("sources")
        for job in self._scheduler.get_jobs("default"):
            self._scheduler.modify_job(job.id, next_run_time=utc_now())

    def follow_sources(self) -> None:
        """Make the job list what the sources say."""
        wanted = self._store.sources.schedules()
        present = {job.id: job.name for job in self._scheduler.get_jobs("sources")}
        for gone in present.keys() - wanted.keys():
            self._scheduler.remove_job(gone, "sources")
        for source_id, rule in wanted.items():
            if rule not in {present.get(source_id), self._refused.get(source_id)}:
                self._add(self._store.sources.get(source_id), rule)

    def due_times(self) -> dict[str, datetime]:
        """When each source is due next."""
        return {job.id: job.next_run_time for job in self._scheduler.get_jobs("sources")}

    def _add(self, source: Source, rule: str) -> None:
        try:
            timing = Timing.of(source, self._jitter)
        except SettingsError as error:
            log.warning("schedule not understood", source=source.id, why=str(error))
            self._refused[source.id] = rule
            return
        since = self._fired_until(source)
        if source.missed is Missed.SKIP:
            since = max(since, utc_now() - timing.jitter - PUNCTUAL)
        self._scheduler.add_job(
            self._fire_or_look_again,
            _Due(timing),
            [source.id],
            id=source.id,
            name=rule,
            jobstore="sources",
            replace_existing=True,
            next_run_time=timing.next_after(since + timing.jitter),
        )

    def _fired_until(self, source: Source) -> datetime:
        """Up to this moment nothing is owed: the schedule has fired, or was not set yet.

        A fire that was missed while no scheduler ran is made up for, once; what a schedule would have
        fired before it was set has not been missed. What lies ahead was written down while the clock was
        wrong, and would let nothing be due until then.
        """
        possible = utc_now() + _AHEAD
        last = self._store.runs.last_due(source.id, until=int(possible.timestamp()))
        fired = datetime.fromtimestamp(last or 0, UTC)
        if source.scheduled_at is None or source.scheduled_at > possible:
            return fired
        # What is due in the very minute in which a schedule is set still counts.
        return max(fired, source.scheduled_at.replace(second=0, microsecond=0) - timedelta(seconds=1))

    def _fire_or_look_again(self, source_id: str) -> None:
        try:
            self.fire(source_id)
        except StoreUnreachable as away:
            log.warning("not opened", source=source_id, why=str(away))
            # The next look at the sources finds that it is owed still.
            with suppress(JobLookupError):
                self._scheduler.remove_job(source_id, "sources")

    def fire(self, source_id: str) -> None:
        """Open a run for a source, unless it has one, or another scheduler was faster.

        Raises:
            StoreUnreachable: the database does not answer just now.
        """
        try:
            source = self._store.sources.get(source_id)
        except UnknownSource:
            return
        due = self._due(source) if source.is_scheduled else None
        if due is None:
            return
        kind = RunKind.INCREMENTAL if source.harvested_until else RunKind.FULL
        try:
            run = self._store.runs.open(
                source_id, kind, utc_now(), requested_by="schedule", due=int(due.timestamp())
            )
        except RunAlreadyOpen as reason:
            log.info("not opened", source=source_id, why=str(reason))
            return
        log.info("run opened", source=source_id, run=run.id, kind=kind)

    def _due(self, source: Source) -> datetime | None:
        """The due time to fire for, if no scheduler has fired it already, perhaps a while ago."""
        now = utc_now()
        timing = Timing.of(source, self._jitter)
        due = timing.due_at(now)
        if due is None or due <= self._fired_until(source):
            return None
        late = now - due - timing.jitter > PUNCTUAL
        waits = quiet_until(source.quiet_hours, source.time_zone, now) is not None
        if source.missed is Missed.SKIP and (late or waits or self._store.pauses.current()):
            log.info("missed", source=source.id, due=due.isoformat())
            return None
        return due
