"""What needs a person: each with one thing to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from catalogue.alerts import Alert, Rule
from catalogue.question import Question
from catalogue.run import Ending
from catalogue.store import Store
from endpoint.dashboard.nodes import Desk, NodeLine

#: Days before a certificate ends from which on it needs somebody.
CERTIFICATE_DAYS: Final = 21
#: How many of a kind are named; the table has the others.
MOST: Final = 20
#: Alerts of these rules are in the list without being looked up.
_SAID: Final = frozenset({Rule.HELD, Rule.FAILING, Rule.CERTIFICATE})
_BROKEN: Final = frozenset({Ending.FAILED, Ending.INTERRUPTED})


@dataclass(frozen=True, slots=True)
class Needs:
    """Everything that waits for somebody, the most pressing first."""

    questions: Sequence[tuple[NodeLine, Question]] = ()
    failing: Sequence[NodeLine] = ()
    #: With the day on which the certificate ends.
    certificates: Sequence[tuple[NodeLine, datetime]] = ()
    #: Open alerts about anything else, of which nobody said to be quiet.
    alerts: Sequence[tuple[NodeLine, Alert]] = ()
    #: Nodes of which any of this is so.
    count: int = 0


def needs_of(store: Store, desk: Desk) -> Needs:
    """What needs a person among the nodes of a desk."""
    lines = {line.id: line for line in desk.lines}
    asked = [(lines[one.source_id], one) for one in _questions(store, desk) if one.source_id in lines]
    broken = [line for line in desk.lines if line.glance.last in _BROKEN and line.glance.state == "active"]
    twice = set(store.overview.failures([line.id for line in broken]))
    failing = [line for line in broken if line.id in twice and line.glance.current is None]
    ending = sorted(
        ((line, until) for line in desk.lines if (until := certificate_end(line, desk.now)) is not None),
        key=lambda one: one[1],
    )
    concerned = {line.id for line, _ in asked} | {line.id for line in failing}
    concerned |= {line.id for line, _ in ending}
    alerts = _alerts(store, lines, desk.now)
    concerned |= {line.id for line, _ in alerts}
    return Needs(asked[:MOST], failing[:MOST], ending[:MOST], alerts[:MOST], len(concerned))


def _alerts(store: Store, lines: Mapping[str, NodeLine], now: datetime) -> list[tuple[NodeLine, Alert]]:
    """Those that say what nothing above says."""
    return [
        (lines[alert.source_id], alert)
        for alert in store.alerts.open()
        if alert.source_id in lines and alert.rule not in _SAID and not alert.is_snoozed(now)
    ]


def _questions(store: Store, desk: Desk) -> list[Question]:
    if not any(line.glance.questions for line in desk.lines):
        return []
    return store.questions.newest(limit=500)


def certificate_end(line: NodeLine, now: datetime) -> datetime | None:
    """When a node's certificate ends, where that is soon."""
    told = line.glance.certificate_until
    if not told or line.glance.state != "active":
        return None
    try:
        until = datetime.fromisoformat(told).astimezone(UTC)
    except ValueError:
        return None
    return until if until - now < timedelta(days=CERTIFICATE_DAYS) else None
