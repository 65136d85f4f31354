"""The figures of the harvests for Prometheus: read from the store, so that every process tells the same.

Counting all runs and records takes time in proportion to them, and is done again only when it is worth it
(`Fresh`); how things stand just now is asked each time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any, Final

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from catalogue.dues import Dues
from catalogue.errors import SchemaOutOfDate, StoreUnreachable
from catalogue.exchange import BOUNDS
from catalogue.node_state import NodeState, state_of
from catalogue.run import OPEN_STATES
from catalogue.store import Store
from catalogue.store.work.figures import Times
from endpoint.observing.pulse import Pulse
from endpoint.public.fresh import Fresh

#: Seconds: runs last from one to a day.
RUN_BOUNDS: Final = (1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 14400.0, 86400.0)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class HarvestFigures(Collector):
    """Asked by Prometheus's registry at each request."""

    def __init__(self, store: Store, pulse: Pulse, jitter: float) -> None:
        self._store = store
        self._dues = Dues(jitter)
        self._pulse = pulse
        self._runs = Fresh(store.figures.runs)
        self._durations = Fresh(lambda: store.figures.durations(RUN_BOUNDS))
        self._records = Fresh(store.sets.source_counts)

    def describe(self) -> Iterable[Metric]:
        """Nothing: the registry need not ask the store when it is told of this."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Every figure; where the store is away, only that."""
        try:
            self._store.check()
            found = [*self._standing(), *self._sources(), *self._alerts(), *self._counts(), *self._requests()]
        except (StoreUnreachable, SchemaOutOfDate):
            found, up = [], 0
        else:
            up = 1
        yield _gauge("store_up", "Whether the store answers and has this release's schema.", up)
        yield from found

    def _standing(self) -> Iterator[Metric]:
        """What waits, and who works."""
        open_runs = self._store.overview.open_runs()
        family = GaugeMetricFamily("clearinghouse_open_runs", "Runs that are open.", labels=["state"])
        for state in OPEN_STATES:
            family.add_metric([state], sum(run.state is state for run in open_runs))
        yield family
        yield _gauge("workers", "Workers that live.", self._pulse.living())
        paused = self._store.pauses.current() is not None
        yield _gauge("harvesting_paused", "Whether all harvesting is paused.", int(paused))
        letters = GaugeMetricFamily("clearinghouse_letters", "Letters in the outbox.", labels=["state"])
        for letter_state, count in self._store.outbox.counts().items():
            letters.add_metric([letter_state], count)
        yield letters
        calls = GaugeMetricFamily("clearinghouse_webhook_calls", "Calls of webhooks.", labels=["state"])
        for call_state, count in self._store.calls.counts().items():
            calls.add_metric([call_state], count)
        yield calls

    def _sources(self) -> Iterator[Metric]:
        now, glances = datetime.now(UTC), self._store.overview.glances()
        states = GaugeMetricFamily(
            "clearinghouse_source_state", "The word for how a source stands.", labels=["source", "state"]
        )
        owed = _by_source("source_owed", "Whether its schedule has asked for a harvest in vain.")
        good = _by_source("source_last_good_run_timestamp_seconds", "When its last good harvest ended.")
        age = _by_source("source_last_good_run_age_seconds", "Seconds since its last good harvest ended.")
        asked = _by_source("source_questions", "Questions of guards about it that are open.")
        problems = _by_source("source_problems", "Records of it that have a problem.")
        until = _by_source("source_certificate_end_timestamp_seconds", "When its certificate ends.")
        found = self._store.problems.counts([glance.id for glance in glances], now)
        for glance in glances:
            facts = self._dues.facts(glance, now)
            word = state_of(facts)
            for state in NodeState:
                states.add_metric([glance.id, state.key], int(state is word))
            owed.add_metric([glance.id], int(facts.owed))
            if glance.good_at is not None:
                good.add_metric([glance.id], glance.good_at.timestamp())
                age.add_metric([glance.id], (now - glance.good_at).total_seconds())
            asked.add_metric([glance.id], glance.questions)
            problems.add_metric([glance.id], found.get(glance.id, 0))
            if _DATE.fullmatch(glance.certificate_until):
                ends = datetime.fromisoformat(glance.certificate_until)
                until.add_metric([glance.id], ends.timestamp())
        yield from (states, owed, good, age, asked, problems, until)

    def _alerts(self) -> Iterator[Metric]:
        family = GaugeMetricFamily(
            "clearinghouse_alert", "1 for each alert that is open.", labels=["source", "rule"]
        )
        for alert in self._store.alerts.open():
            family.add_metric([alert.source_id, alert.rule], 1)
        yield family

    def _counts(self) -> Iterator[Metric]:
        """What takes a while to count."""
        records = GaugeMetricFamily(
            "clearinghouse_source_records", "Records of a source that are held.", labels=["source"]
        )
        gone = GaugeMetricFamily(
            "clearinghouse_source_tombstones", "Records of a source told as deleted.", labels=["source"]
        )
        for source_id, count in self._records.latest().items():
            records.add_metric([source_id], count.members)
            gone.add_metric([source_id], count.gone)
        ended = CounterMetricFamily(
            "clearinghouse_runs", "Runs that have ended, by how.", labels=["source", "kind", "ending"]
        )
        for run in self._runs.latest():
            ended.add_metric([run.source_id, run.kind, run.ending], run.count)
        lasted = HistogramMetricFamily(
            "clearinghouse_run_duration_seconds",
            "Seconds from a run's first page to its end.",
            labels=["kind"],
        )
        for kind, times in sorted(self._durations.latest().items()):
            lasted.add_metric([kind], _buckets(times, RUN_BOUNDS), times.seconds)
        yield from (records, gone, ended, lasted)

    def _requests(self) -> Iterator[Metric]:
        family = HistogramMetricFamily(
            "clearinghouse_source_request_duration_seconds",
            "Seconds that requests to a source took, by what came of them.",
            labels=["source", "outcome"],
        )
        for (source_id, outcome), times in sorted(self._store.figures.requests().items()):
            family.add_metric([source_id, outcome], _buckets(times, BOUNDS), times.seconds)
        yield family


def _buckets(times: Times, bounds: Iterable[float]) -> list[Any]:
    """As Prometheus has them: each holds those of the ones before."""
    names = [*map(floatToGoString, bounds), "+Inf"]
    return [list(one) for one in zip(names, accumulate(times.counts), strict=True)]


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(f"clearinghouse_{name}", what, value=value)


def _by_source(name: str, what: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"clearinghouse_{name}", what, labels=["source"])
