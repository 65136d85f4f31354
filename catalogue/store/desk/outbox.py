"""The outbox: letters that are to be sent, and what became of them.

A letter is put in by whoever writes it, and taken out by a worker. One that a worker has taken and not
reported of is taken by another after a while: it may then be sent twice, always under one Message-ID.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row

from catalogue.mail import Mail
from catalogue.store import dialects
from catalogue.store.engine import reading, writing
from catalogue.store.tables import outbox

#: A worker that has a letter for longer than this has died.
_LEFT_AFTER: Final = timedelta(minutes=10)
_LONGEST_ERROR: Final = 300


class MailState(StrEnum):
    """How a letter stands."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given-up"


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter in the outbox."""

    id: int
    mail: Mail
    #: What it is about, as its writer says: `source:lagoon`.
    about: str
    #: By which its Message-ID is made: the same for every attempt.
    message_key: str
    state: MailState
    put_at: datetime
    #: How often it was taken to be sent.
    attempts: int
    not_before: datetime
    ended_at: datetime | None
    #: Why the last attempt failed.
    error: str


class Outbox:
    """Letters that are to be sent."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def put(self, mail: Mail, now: datetime, *, about: str = "", once: str = "") -> int | None:
        """Put a letter in; returns its number.

        Args:
            mail: the letter.
            now: the time.
            about: what it is about, such as `source:lagoon`: by this it is found again.
            once: a name under which one letter is sent only once, however many processes put it in; None is
                returned where there is such a one.
        """
        with writing(self._engine) as connection:
            return put_in(connection, mail, now, about=about, once=once)

    def take(self, now: datetime) -> Posted | None:
        """Take the letter that has waited longest; None where none is due."""
        o = outbox.c
        free = sa.or_(o.taken_at.is_(None), o.taken_at < now - _LEFT_AFTER)
        due = sa.select(outbox).where(o.state == MailState.WAITING, o.not_before <= now, free)
        with writing(self._engine) as connection:
            row = connection.execute(due.order_by(o.not_before, o.id).limit(1)).one_or_none()
            if row is None:
                return None
            mine = sa.and_(o.id == row.id, o.attempts == row.attempts, o.state == MailState.WAITING)
            taken = sa.update(outbox).where(mine).values(taken_at=now, attempts=row.attempts + 1)
            if connection.execute(taken).rowcount != 1:
                return None
        return _from_row(row, attempts=row.attempts + 1)

    def sent(self, posted: Posted, now: datetime) -> None:
        """It has been delivered."""
        self._end(posted, MailState.SENT, now, "")

    def give_up(self, posted: Posted, now: datetime, error: str) -> None:
        """It cannot be delivered."""
        self._end(posted, MailState.GIVEN_UP, now, error)

    def postpone(self, posted: Posted, until: datetime, error: str) -> None:
        """It could not be delivered now."""
        self._write(posted, {"taken_at": None, "not_before": until, "error": error[:_LONGEST_ERROR]})

    def release(self, posted: Posted) -> None:
        """It was not tried."""
        self._write(posted, {"taken_at": None, "attempts": posted.attempts - 1})

    def _end(self, posted: Posted, state: MailState, now: datetime, error: str) -> None:
        values = {"state": state, "ended_at": now, "taken_at": None, "error": error[:_LONGEST_ERROR]}
        self._write(posted, values | ({"text": ""} if posted.mail.confidential else {}))

    def _write(self, posted: Posted, values: dict[str, Any]) -> None:
        """Where it has not been taken by another worker meanwhile."""
        o = outbox.c
        mine = sa.and_(o.id == posted.id, o.attempts == posted.attempts, o.state == MailState.WAITING)
        with writing(self._engine) as connection:
            connection.execute(sa.update(outbox).where(mine).values(**values))

    def newest(self, *, about: str = "", state: MailState | None = None, limit: int = 100) -> list[Posted]:
        """Letters, the newest first."""
        o = outbox.c
        statement = sa.select(outbox).order_by(o.id.desc()).limit(limit)
        if about:
            statement = statement.where(o.about == about)
        if state is not None:
            statement = statement.where(o.state == state)
        with reading(self._engine) as connection:
            return [_from_row(row) for row in connection.execute(statement)]

    def counts(self) -> dict[MailState, int]:
        """How many letters there are of each state."""
        statement = sa.select(outbox.c.state, sa.func.count()).group_by(outbox.c.state)
        with reading(self._engine) as connection:
            found = {MailState(state): int(count) for state, count in connection.execute(statement)}
        return {state: found.get(state, 0) for state in MailState}

    def forget(self, before: datetime) -> int:
        """Forget letters that were done with before this; returns how many."""
        with writing(self._engine) as connection:
            return connection.execute(sa.delete(outbox).where(outbox.c.ended_at < before)).rowcount


def put_in(
    connection: Connection, mail: Mail, now: datetime, *, about: str = "", once: str = ""
) -> int | None:
    """`Outbox.put`, inside the transaction of what it tells: the letter goes out if that is committed."""
    made = dialects.insert(connection, outbox).values(
        recipient=mail.to,
        subject=mail.subject,
        text=mail.text,
        language=mail.language,
        unsubscribe=mail.unsubscribe,
        confidential=mail.confidential,
        about=about,
        once=once or None,
        message_key=secrets.token_hex(16),
        state=MailState.WAITING,
        put_at=now,
        not_before=now,
        attempts=0,
        error="",
    )
    number = connection.execute(made.on_conflict_do_nothing(index_elements=["once"]).returning(outbox.c.id))
    return number.scalar()


def _from_row(row: Row[Any], *, attempts: int | None = None) -> Posted:
    return Posted(
        id=row.id,
        mail=Mail(row.recipient, row.subject, row.text, row.language, row.unsubscribe, row.confidential),
        about=row.about,
        message_key=row.message_key,
        state=MailState(row.state),
        put_at=row.put_at,
        attempts=row.attempts if attempts is None else attempts,
        not_before=row.not_before,
        ended_at=row.ended_at,
        error=row.error,
    )
