"""Alerts in the store: one that is open for each condition of a source, however many look at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row

from catalogue.alerts import Alert, AlertState, Kind, Rule, Verdict, judged
from catalogue.errors import UnknownAlert
from catalogue.store import dialects
from catalogue.store.community.audit import note_on
from catalogue.store.engine import reading, writing
from catalogue.store.tables import ALERTING, alerts, tellings

_A: Final = alerts.c
#: Those that are told of, and those whose end somebody has not been told.
_TOLD: Final = sa.or_(
    ALERTING,
    sa.and_(
        _A.state == AlertState.CLEARED,
        sa.exists().where(tellings.c.alert_id == _A.id, tellings.c.kind != Kind.CLEARED.value),
    ),
)


class Alerts:
    """The alerts of every source."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def judge(self, source_id: str, verdicts: Mapping[Rule, Verdict], now: datetime) -> list[Alert]:
        """Take down what a look has found; rules that are left out stay as they are.

        Gives the alerts that began or ended by it.
        """
        changed: list[Alert] = []
        with writing(self._engine) as connection:
            rows = connection.execute(sa.select(alerts).where(_A.source_id == source_id, ALERTING)).all()
            known = {alert.rule: alert for alert in map(_alert, rows)}
            for rule, verdict in verdicts.items():
                before = known.get(rule)
                if before is None and verdict is not None:
                    made = _open(connection, source_id, rule, verdict, now)
                    changed += [made] if made is not None else []
                elif before is not None:
                    after = judged(before, verdict, now)
                    if _write(connection, after) and after.state is not before.state:
                        changed.append(after)
        return changed

    def drop(self, source_id: str, now: datetime) -> int:
        """Close the alerts of a source of which nobody asks any more; nothing is told of that."""
        mine = sa.and_(_A.source_id == source_id, ALERTING)
        with writing(self._engine) as connection:
            statement = sa.update(alerts).where(mine).values(state=AlertState.DROPPED, closed_at=now)
            return connection.execute(statement).rowcount

    def get(self, alert_id: int) -> Alert:
        """The alert with this number.

        Raises:
            UnknownAlert: there is none.
        """
        with reading(self._engine) as connection:
            return _get(connection, alert_id)

    def open(self, source_ids: Sequence[str] | None = None) -> list[Alert]:
        """Those that are open, of these sources or of all, the newest first."""
        statement = sa.select(alerts).where(ALERTING)
        if source_ids is not None:
            statement = statement.where(_A.source_id.in_(source_ids))
        return self._all(statement.order_by(_A.id.desc()))

    def to_tell_of(self) -> list[Alert]:
        """Those that are open, and those whose end somebody has not been told, the oldest first."""
        return self._all(sa.select(alerts).where(_TOLD).order_by(_A.id))

    def newest(
        self, *, source_ids: Sequence[str] | None = None, before: int | None = None, limit: int = 100
    ) -> list[Alert]:
        """Alerts of these sources or of all, those that are over among them, the newest first."""
        statement = sa.select(alerts).order_by(_A.id.desc()).limit(limit)
        if source_ids is not None:
            statement = statement.where(_A.source_id.in_(source_ids))
        if before is not None:
            statement = statement.where(_A.id < before)
        return self._all(statement)

    def snooze(self, alert_id: int, until: datetime | None, by: str, why: str, now: datetime) -> Alert:  # noqa: PLR0917 - one for each column
        """Tell nobody of an alert until then; with None: tell again.

        Raises:
            UnknownAlert: there is none.
        """
        with writing(self._engine) as connection:
            alert = _get(connection, alert_id)
            values = {"snoozed_until": until, "snoozed_by": by if until else "", "snoozed_why": why}
            connection.execute(sa.update(alerts).where(_A.id == alert_id).values(values))
            told = {"alert": alert_id, "rule": str(alert.rule)}
            told |= {"until": until.isoformat(), "why": why} if until else {}
            act = "snooze" if until else "snooze no more"
            note_on(connection, by, act, f"source:{alert.source_id}", told, now)
            return _get(connection, alert_id)

    def forget(self, before: datetime) -> int:
        """Forget alerts that were over before this; returns how many."""
        with writing(self._engine) as connection:
            return connection.execute(sa.delete(alerts).where(_A.closed_at < before)).rowcount

    def _all(self, statement: sa.Select[Any]) -> list[Alert]:
        with reading(self._engine) as connection:
            return [_alert(row) for row in connection.execute(statement)]


def _open(  # noqa: PLR0917 - one for each column
    connection: Connection, source_id: str, rule: Rule, verdict: Mapping[str, Any], now: datetime
) -> Alert | None:
    """Begin an alert; None where another look was faster."""
    row = {
        "source_id": source_id,
        "rule": rule.value,
        "state": AlertState.OPEN.value,
        "facts": dict(verdict),
        "opened_at": now,
        "seen_at": now,
        "snoozed_by": "",
        "snoozed_why": "",
    }
    made = dialects.insert(connection, alerts).values(row).on_conflict_do_nothing()
    number = connection.execute(made.returning(_A.id)).scalar()
    return _get(connection, number) if number is not None else None


def _write(connection: Connection, alert: Alert) -> bool:
    """Write an alert down; False where another look has closed it."""
    values = {
        "state": alert.state.value,
        "facts": dict(alert.facts),
        "seen_at": alert.seen_at,
        "closed_at": alert.closed_at,
    }
    statement = sa.update(alerts).where(_A.id == alert.id, ALERTING).values(values)
    return connection.execute(statement).rowcount == 1


def _get(connection: Connection, alert_id: int) -> Alert:
    row = connection.execute(sa.select(alerts).where(_A.id == alert_id)).one_or_none()
    if row is None:
        raise UnknownAlert(f"there is no alert {alert_id}")
    return _alert(row)


def _alert(row: Row[Any]) -> Alert:
    return Alert(
        id=row.id,
        source_id=row.source_id,
        rule=Rule(row.rule),
        state=AlertState(row.state),
        facts=row.facts,
        opened_at=row.opened_at,
        seen_at=row.seen_at,
        closed_at=row.closed_at,
        snoozed_until=row.snoozed_until,
        snoozed_by=row.snoozed_by,
        snoozed_why=row.snoozed_why,
    )
