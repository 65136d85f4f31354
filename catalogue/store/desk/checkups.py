"""Check-ups that were asked for: a queue, the reports as they grow, and how often who may ask."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row

from catalogue.checkup import AskedCheckup, Checkup
from catalogue.errors import TooManyCheckups, UnknownCheckup
from catalogue.store.engine import reading, writing
from catalogue.store.tables import checkups

#: Who asks for the same address again within this gets the check-up that he has.
_AGAIN: Final = timedelta(seconds=60)
_HOUR: Final = timedelta(hours=1)
#: Check-ups that wait, at most; beyond, nobody would wait for his.
MOST_WAITING: Final = 200
#: Workers that may die over one check-up before it is given up.
ATTEMPTS: Final = 2


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many check-ups an hour has for one client and for one host."""

    per_client: int
    per_host: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A check-up that a worker has taken."""

    id: str
    address: str
    claimed_at: datetime
    #: How often it was taken, this time among them.
    attempt: int


class Checkups:
    """The check-ups of addresses."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def ask(self, address: str, host: str, *, client: str, now: datetime, allowance: Allowance) -> str:
        """Put a check-up into the queue; returns its id, which nobody can guess.

        Args:
            address: to be looked at.
            host: of the address.
            client: who asks, in a form that tells clients apart and says nothing of them.
            now: the time.
            allowance: of one hour.

        Raises:
            TooManyCheckups: the client, the host or the queue has had enough for now.
        """
        c = checkups.c
        with writing(self._engine) as connection:
            same = sa.select(c.id).where(c.address == address, c.asked_at > now - _AGAIN).limit(1)
            known = connection.execute(same).scalar()
            if known is not None:
                return str(known)
            _require(connection, "client", c.client == client, now=now, most=allowance.per_client)
            _require(connection, "host", c.host == host, now=now, most=allowance.per_host)
            if _count(connection, c.ended_at.is_(None)) >= MOST_WAITING:
                raise TooManyCheckups("queue", 600)
            made = secrets.token_urlsafe(12)
            connection.execute(
                sa.insert(checkups).values(
                    id=made, address=address, host=host, client=client, asked_at=now, attempts=0
                )
            )
        return made

    def get(self, checkup_id: str) -> AskedCheckup:
        """One check-up, with its report as far as it is.

        Raises:
            UnknownCheckup: there is none of this id, or no more.
        """
        c = checkups.c
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(checkups).where(c.id == checkup_id)).one_or_none()
            if row is None:
                raise UnknownCheckup("there is no check-up of this id, or no more")
            before = 0
            if row.claimed_at is None and row.ended_at is None:
                before = _count(connection, c.ended_at.is_(None), c.asked_at < row.asked_at)
        return _from_row(row, before)

    def latest_of(self, host: str) -> str:
        """The id of the newest check-up of a host; empty where there is none."""
        c = checkups.c
        statement = sa.select(c.id).where(c.host == host).order_by(c.asked_at.desc()).limit(1)
        with reading(self._engine) as connection:
            return connection.execute(statement).scalar() or ""

    def claim(self, now: datetime, *, stale_after: timedelta) -> Claim | None:
        """Take the next check-up that waits, or that a worker left so long ago; None where there is none."""
        c = checkups.c
        free = sa.or_(c.claimed_at.is_(None), c.claimed_at < now - stale_after)
        waiting = sa.select(c.id, c.address, c.attempts).where(c.ended_at.is_(None), free)
        with writing(self._engine) as connection:
            row = connection.execute(waiting.order_by(c.asked_at).limit(1)).one_or_none()
            if row is None:
                return None
            taken = (
                sa.update(checkups)
                .where(c.id == row.id, c.attempts == row.attempts, c.ended_at.is_(None))
                .values(claimed_at=now, attempts=row.attempts + 1)
            )
            if connection.execute(taken).rowcount != 1:
                return None
        return Claim(row.id, row.address, now, row.attempts + 1)

    def note(self, claim: Claim, report: Checkup) -> None:
        """Write down a report that is not finished."""
        self._write(claim, {"report": report.to_json()})

    def finish(self, claim: Claim, report: Checkup, now: datetime) -> None:
        """Write down the report in the end."""
        self._write(claim, {"report": report.to_json(), "ended_at": now})

    def release(self, claim: Claim) -> None:
        """Give it back: another worker begins it anew."""
        self._write(claim, {"claimed_at": None, "attempts": claim.attempt - 1, "report": None})

    def _write(self, claim: Claim, values: Mapping[str, Any]) -> None:
        """Where it has not been taken by another worker meanwhile."""
        c = checkups.c
        ours = sa.and_(c.id == claim.id, c.attempts == claim.attempt, c.ended_at.is_(None))
        with writing(self._engine) as connection:
            connection.execute(sa.update(checkups).where(ours).values(**values))

    def forget(self, before: datetime) -> int:
        """Forget check-ups that were asked for before this; returns how many."""
        with writing(self._engine) as connection:
            return connection.execute(sa.delete(checkups).where(checkups.c.asked_at < before)).rowcount


def _require(
    connection: Connection, name: str, whose: sa.ColumnElement[bool], *, now: datetime, most: int
) -> None:
    """Refuse where the last hour has had enough of them."""
    c = checkups.c
    lately = sa.select(sa.func.count(), sa.func.min(c.asked_at)).where(whose, c.asked_at > now - _HOUR)
    count, first = connection.execute(lately).one()
    if count >= most:
        wait = int((first + _HOUR - now).total_seconds()) + 1 if first else int(_HOUR.total_seconds())
        raise TooManyCheckups(name, wait)


def _count(connection: Connection, *which: sa.ColumnElement[bool]) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(checkups).where(*which)).scalar_one()


def _from_row(row: Row[Any], before: int) -> AskedCheckup:
    return AskedCheckup(
        id=row.id,
        address=row.address,
        asked_at=row.asked_at,
        begun=row.claimed_at is not None,
        ended_at=row.ended_at,
        before=before,
        report=Checkup.from_json(row.report) if row.report else None,
    )
