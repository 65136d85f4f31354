"""What webhooks are to be sent, and what became of it: the outbox of programs.

A call is put in with what it tells, and taken out by a worker. One that a worker has taken and not reported
of is taken by another after a while: it may then be sent twice, always under one message id.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row

from catalogue.store.engine import reading, writing
from catalogue.store.tables import calls

_C: Final = calls.c
#: A worker that has a call for longer than this has died.
_LEFT_AFTER: Final = timedelta(minutes=5)
_LONGEST_ERROR: Final = 300


class CallState(StrEnum):
    """How a call stands."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given-up"


@dataclass(frozen=True, slots=True)
class Call:
    """What a webhook is to be sent."""

    id: int
    subscription_id: int
    message_id: str
    body: str
    state: CallState
    put_at: datetime
    #: How often it was taken to be sent.
    attempts: int
    not_before: datetime
    ended_at: datetime | None
    #: Why the last attempt failed.
    error: str


class Calls:
    """What webhooks are to be sent."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def take(self, now: datetime) -> Call | None:
        """Take the call that has waited longest; None where none is due."""
        free = sa.or_(_C.taken_at.is_(None), _C.taken_at < now - _LEFT_AFTER)
        due = sa.select(calls).where(_C.state == CallState.WAITING, _C.not_before <= now, free)
        with writing(self._engine) as connection:
            row = connection.execute(due.order_by(_C.not_before, _C.id).limit(1)).one_or_none()
            if row is None:
                return None
            taken = sa.update(calls).where(_mine(row.id, row.attempts))
            made = connection.execute(taken.values(taken_at=now, attempts=row.attempts + 1))
            return _call(row, row.attempts + 1) if made.rowcount == 1 else None

    def sent(self, call: Call, now: datetime) -> None:
        """Its receiver has it."""
        self._write(call, {"state": CallState.SENT.value, "ended_at": now, "taken_at": None, "error": ""})

    def postpone(self, call: Call, until: datetime, error: str) -> None:
        """It could not be delivered now."""
        self._write(call, {"not_before": until, "taken_at": None, "error": error[:_LONGEST_ERROR]})

    def give_up(self, call: Call, now: datetime, error: str) -> None:
        """It cannot be delivered."""
        values = {"state": CallState.GIVEN_UP.value, "ended_at": now, "taken_at": None}
        self._write(call, values | {"error": error[:_LONGEST_ERROR]})

    def _write(self, call: Call, values: dict[str, Any]) -> None:
        """Where it has not been taken by another worker meanwhile."""
        with writing(self._engine) as connection:
            connection.execute(sa.update(calls).where(_mine(call.id, call.attempts)).values(values))

    def newest(self, subscription_id: int | None = None, *, limit: int = 100) -> list[Call]:
        """Calls of one webhook or of all, the newest first."""
        statement = sa.select(calls).order_by(_C.id.desc()).limit(limit)
        if subscription_id is not None:
            statement = statement.where(_C.subscription_id == subscription_id)
        with reading(self._engine) as connection:
            return [_call(row, row.attempts) for row in connection.execute(statement)]

    def counts(self) -> dict[CallState, int]:
        """How many calls there are of each state."""
        statement = sa.select(_C.state, sa.func.count()).group_by(_C.state)
        with reading(self._engine) as connection:
            found = {CallState(state): int(count) for state, count in connection.execute(statement)}
        return {state: found.get(state, 0) for state in CallState}

    def forget(self, before: datetime) -> int:
        """Forget calls that were done with before this; returns how many."""
        with writing(self._engine) as connection:
            return connection.execute(sa.delete(calls).where(_C.ended_at < before)).rowcount


def put_call(connection: Connection, subscription_id: int, body: str, now: datetime) -> None:
    """Put a call in, inside the transaction of what it tells."""
    row = {
        "subscription_id": subscription_id,
        "message_id": f"msg_{secrets.token_hex(16)}",
        "body": body,
        "state": CallState.WAITING.value,
        "put_at": now,
        "not_before": now,
        "attempts": 0,
        "error": "",
    }
    connection.execute(sa.insert(calls).values(row))


def _mine(number: int, attempts: int) -> sa.ColumnElement[bool]:
    return sa.and_(_C.id == number, _C.attempts == attempts, _C.state == CallState.WAITING)


def _call(row: Row[Any], attempts: int) -> Call:
    return Call(
        id=row.id,
        subscription_id=row.subscription_id,
        message_id=row.message_id,
        body=row.body,
        state=CallState(row.state),
        put_at=row.put_at,
        attempts=attempts,
        not_before=row.not_before,
        ended_at=row.ended_at,
        error=row.error,
    )
