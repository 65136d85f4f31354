"""APScheduler: when a source is due. It is the only importer of APScheduler.

The sources in the store are the truth; the scheduler's own job list, in memory, follows them, so that any
process may edit a schedule. Any number of schedulers may run: one due time opens one run, by constraint.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger

from catalogue.errors import RunAlreadyOpen, SettingsError, UnknownSource
from catalogue.run import RunKind
from catalogue.source import Source, SourceState
from catalogue.store import Store
from harvester.cron import parse
from harvester.slices import utc_now

log = structlog.get_logger(__name__)

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
#: Seconds between two looks at the sources.
_LOOK = 5


def trigger_of(cron: str) -> BaseTrigger:
    """The trigger of a cron expression of five fields, in UTC.

    APScheduler reads expressions of its own kind: it counts days of the week from Monday, overlooks what
    stands behind a name, and wants both days to be right where cron takes either.

    Raises:
        SettingsError: not a cron expression.
    """
    wanted = parse(cron)
    fields = {
        "minute": _listed(wanted.minutes),
        "hour": _listed(wanted.hours),
        "month": _listed(wanted.months),
    }
    days = _listed(wanted.days)
    weekdays = ",".join(_DAYS[day] for day in sorted(wanted.weekdays))
    if wanted.either_day:
        return OrTrigger(
            [
                CronTrigger(**fields, day=days, timezone=UTC),
                CronTrigger(**fields, day_of_week=weekdays, timezone=UTC),
            ]
        )
    return CronTrigger(**fields, day=days, day_of_week=weekdays, timezone=UTC)


def _listed(values: Iterable[int]) -> str:
    return ",".join(map(str, sorted(values)))


class Schedule:
    """Opens a run for each source when it is due, and calls the chores of this process."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._scheduler = BackgroundScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        )
        self._scheduler.add_jobstore("memory", "sources")

    def every(self, seconds: float, chore: Callable[[], None], name: str) -> None:
        """Call a chore every so many seconds."""
        self._scheduler.add_job(chore, "interval", seconds=seconds, name=name, next_run_time=utc_now())

    def start(self) -> None:
        """Begin to watch the sources."""
        self.every(_LOOK, self.follow_sources, "follow-sources")
        self._scheduler.start()

    def start_chores(self) -> None:
        """Begin with the chores alone."""
        self._scheduler.start()

    def stop(self) -> None:
        """End, after the chores in hand."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def follow_sources(self) -> None:
        """Make the job list what the sources say."""
        wanted = {s.id: s.schedule for s in self._store.sources.all(SourceState.ACTIVE) if s.schedule}
        present = {job.id: job.name for job in self._scheduler.get_jobs("sources")}
        for gone in present.keys() - wanted.keys():
            self._scheduler.remove_job(gone, "sources")
        for source_id, cron in wanted.items():
            if present.get(source_id) != cron:
                self._add(source_id, cron, anew=source_id not in present)

    def due_times(self) -> dict[str, datetime]:
        """When each source is due next."""
        return {job.id: job.next_run_time for job in self._scheduler.get_jobs("sources")}

    def _add(self, source_id: str, cron: str, *, anew: bool) -> None:
        try:
            trigger = trigger_of(cron)
        except SettingsError as error:
            log.warning("schedule not understood", source=source_id, why=str(error))
            return
        # A fire that was missed while no scheduler ran is made up for, once; what a schedule would have
        # fired before it was set has not been missed.
        last = self._store.runs.last_due(source_id) if anew else None
        due = trigger.get_next_fire_time(
            None, utc_now() if last is None else datetime.fromtimestamp(last + 1, UTC)
        )
        self._scheduler.add_job(
            self.fire,
            trigger,
            [source_id],
            id=source_id,
            name=cron,
            jobstore="sources",
            replace_existing=True,
            next_run_time=due,
        )

    def fire(self, source_id: str) -> None:
        """Open a run for a source, unless it has one, or another scheduler was faster."""
        try:
            source = self._store.sources.get(source_id)
        except UnknownSource:
            return
        if source.state is not SourceState.ACTIVE or not self._is_due(source):
            return
        kind = RunKind.INCREMENTAL if source.harvested_until else RunKind.FULL
        due = int(time.time()) // 60 * 60
        try:
            run = self._store.runs.open(source_id, kind, utc_now(), requested_by="schedule", due=due)
        except RunAlreadyOpen as reason:
            log.info("not opened", source=source_id, why=str(reason))
            return
        log.info("run opened", source=source_id, run=run.id, kind=kind)

    def _is_due(self, source: Source) -> bool:
        """Whether no other scheduler has fired this very time already, perhaps a while ago."""
        last = self._store.runs.last_due(source.id)
        if last is None or not source.schedule:
            return bool(source.schedule)
        due = trigger_of(source.schedule).get_next_fire_time(None, datetime.fromtimestamp(last + 1, UTC))
        return due is not None and due <= utc_now()
