"""Looks whether anything is amiss with the sources, and takes it down as alerts: a chore of every worker.

All sources are looked at every few minutes, and one at once when a run of it has ended. What can be told by
the clock alone is told at each look; what follows from past harvests only when there is a new one.
"""

from __future__ import annotations

import queue
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from catalogue.alert_rules import Past, Standing, Terms, may_have_shrunk, verdicts
from catalogue.alerts import Alert, Rule, Verdict
from catalogue.credentials import SecretKind
from catalogue.dues import Dues
from catalogue.errors import UnknownRun
from catalogue.scrubbing import shown_text
from catalogue.sets import source_set
from catalogue.settings import Settings
from catalogue.source import SourceState
from catalogue.store import Store
from catalogue.store.registry.overview import Glance
from harvester.slices import utc_now

log = structlog.get_logger(__name__)

#: The past of a source is looked at again after so long, also where it was not harvested: time passes.
_STALE: Final = timedelta(hours=6)
#: When an alert was last found to be so is written down as often as this.
_SEEN_EVERY: Final = timedelta(hours=1)
#: Sources whose past is read together.
_TOGETHER: Final = 100
_LONGEST_WHY: Final = 300


@dataclass(frozen=True, slots=True)
class _Round:
    """What holds for all sources of one look."""

    now: datetime
    paused: bool
    ends: dict[str, tuple[SecretKind, datetime]]
    #: Source -> its open alerts.
    open: dict[str, dict[Rule, Alert]]


class Lookout:
    """The worker's side of alerts. Any number of workers may look at the same time."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._terms = Terms.of(settings)
        self._kept = timedelta(days=settings.history_days)
        self._dues = Dues(settings.schedule_jitter)
        #: Sources of which a run has ended since the last look at those.
        self._ended: queue.SimpleQueue[str] = queue.SimpleQueue()
        #: Source -> its newest harvest when its past was looked at, and when that was.
        self._seen: dict[str, tuple[int | None, datetime]] = {}

    def run_ended(self, source_id: str) -> None:
        """A run of this source has ended in this process: it is looked at soon."""
        self._ended.put(source_id)

    def look_at_ended(self) -> list[Alert]:
        """Look at the sources of which a run has ended."""
        ids = set[str]()
        with suppress(queue.Empty):
            while True:
                ids.add(self._ended.get_nowait())
        return self.look(sorted(ids)) if ids else []

    def look(self, source_ids: Sequence[str] | None = None) -> list[Alert]:
        """Look at these sources, or at all; gives the alerts that began or ended by it."""
        now = utc_now()
        glances = self._store.overview.glances(source_ids)
        known: dict[str, dict[Rule, Alert]] = {}
        for alert in self._store.alerts.open(source_ids):
            known.setdefault(alert.source_id, {})[alert.rule] = alert
        around = _Round(
            now,
            self._store.pauses.current() is not None,
            self._store.secrets.next_ends(),
            known,
        )
        changed: list[Alert] = []
        for part in (glances[at : at + _TOGETHER] for at in range(0, len(glances), _TOGETHER)):
            changed += self._judge(part, around, every=source_ids is not None)
        for alert in changed:
            log.info("alert", source=alert.source_id, rule=alert.rule, state=alert.state, alert=alert.id)
        return changed

    def forget(self) -> None:
        """Forget alerts that have been over as long as they are to be known, and calls."""
        before = utc_now() - self._kept
        self._store.alerts.forget(before)
        self._store.calls.forget(before)

    def _judge(self, glances: Iterable[Glance], around: _Round, *, every: bool) -> list[Alert]:
        changed: list[Alert] = []
        active = []
        for glance in glances:
            if glance.state is SourceState.ACTIVE:
                active.append(glance)
            elif glance.id in around.open:
                self._store.alerts.drop(glance.id, around.now)
        pasts = self._pasts(
            [glance for glance in active if every or self._is_new(glance, around.now)], around
        )
        for glance in active:
            known = around.open.get(glance.id, {})
            standing = Standing(
                glance,
                around.now,
                self._owed_since(glance, around.now),
                around.paused,
                around.ends.get(glance.id),
                pasts.get(glance.id),
                frozenset(known),
            )
            found = verdicts(standing, self._terms).items()
            told = {rule: how for rule, how in found if _is_news(known.get(rule), how, around.now)}
            if told:
                changed += self._store.alerts.judge(glance.id, told, around.now)
            if glance.id in pasts:
                self._seen[glance.id] = (glance.last_run, around.now)
        return changed

    def _is_new(self, glance: Glance, now: datetime) -> bool:
        """Whether its past can say anything that it did not say at the last look."""
        last, at = self._seen.get(glance.id, (None, now - _STALE))
        return glance.current is not None or last != glance.last_run or now - at >= _STALE

    def _owed_since(self, glance: Glance, now: datetime) -> datetime | None:
        facts = self._dues.facts(glance, now)
        return self._dues.of(glance, now).last if facts.owed else None

    def _pasts(self, glances: Sequence[Glance], around: _Round) -> dict[str, Past]:
        ids = [glance.id for glance in glances]
        if not ids:
            return {}
        runs, failed = self._store.overview.sparks(ids), set(self._store.overview.failures(ids))
        found: dict[str, Past] = {}
        for glance in glances:
            past = Past(
                self._store.overview.timed(runs.get(glance.id, ())),
                glance.id in failed,
                self._why(glance) if glance.id in failed else "",
                changes=self._store.overview.changes(glance.id),
            )
            if may_have_shrunk(past, around.now, self._terms):
                spec = source_set(glance.id)
                count = self._store.sets.counts(spec).get(spec)
                past = replace(past, records=count.members if count else 0)
            found[glance.id] = past
        return found

    def _why(self, glance: Glance) -> str:
        """What its newest harvest failed by; a server may have said a secret back to us."""
        try:
            run = self._store.runs.get(glance.last_run or 0)
        except UnknownRun:
            return ""
        return shown_text(run.message)[:_LONGEST_WHY]


def _is_news(known: Alert | None, verdict: Verdict, now: datetime) -> bool:
    """Whether something has to be written down: what was so and is so still, now and then only."""
    if known is None or verdict is None:
        return known is not None or verdict is not None
    return known.facts != verdict or now - known.seen_at >= _SEEN_EVERY
