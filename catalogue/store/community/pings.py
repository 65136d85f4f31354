"""Ping links in the store: a secret for each source that has one, of which the store has the SHA-256."""

from __future__ import annotations

import math
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from catalogue.errors import TooManyPings, UnknownLink
from catalogue.store.community.audit import note_on
from catalogue.store.engine import reading, writing
from catalogue.store.tables import pings


@dataclass(frozen=True, slots=True)
class Ping:
    """That a source has a ping link; not the link."""

    source_id: str
    made_at: datetime
    made_by: str
    used_at: datetime | None = None


def _digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


class Pings:
    """The ping links of all sources: one each at most."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def make(self, source_id: str, by: str, now: datetime) -> str:
        """Make the secret of a source's link; one from before is good no more. The source must be there."""
        secret = secrets.token_urlsafe(24)
        row = {"source_id": source_id, "digest": _digest(secret), "made_at": now, "made_by": by}
        with writing(self._engine) as connection:
            connection.execute(sa.delete(pings).where(pings.c.source_id == source_id))
            connection.execute(sa.insert(pings).values(row))
            note_on(connection, by, "make-ping", f"source:{source_id}", {}, now)
        return secret

    def remove(self, source_id: str, by: str, now: datetime) -> bool:
        """Let the link of a source be good no more; returns whether there was one."""
        with writing(self._engine) as connection:
            found = connection.execute(sa.delete(pings).where(pings.c.source_id == source_id)).rowcount == 1
            if found:
                note_on(connection, by, "remove-ping", f"source:{source_id}", {}, now)
        return found

    def of(self, source_id: str) -> Ping | None:
        """Whether a source has a link, and since when."""
        c = pings.c
        wanted = sa.select(c.source_id, c.made_at, c.made_by, c.used_at).where(c.source_id == source_id)
        with reading(self._engine) as connection:
            row = connection.execute(wanted).one_or_none()
        return Ping(*row) if row is not None else None

    def find(self, secret: str) -> Ping:
        """Whose link it is.

        Raises:
            UnknownLink: it is none of ours, or no more.
        """
        c = pings.c
        wanted = sa.select(c.source_id, c.made_at, c.made_by, c.used_at).where(c.digest == _digest(secret))
        with reading(self._engine) as connection:
            row = connection.execute(wanted).one_or_none()
        if row is None:
            raise UnknownLink("this link is none of ours, or good no more")
        return Ping(*row)

    def use(self, secret: str, now: datetime, every: timedelta) -> Ping:
        """Use a link, where it was not used within this time; of two who come together one does.

        Raises:
            UnknownLink: it is none of ours, or no more.
            TooManyPings: it was used just before.
        """
        c = pings.c
        free = sa.or_(c.used_at.is_(None), c.used_at <= now - every)
        with writing(self._engine) as connection:
            statement = sa.update(pings).where(c.digest == _digest(secret), free).values(used_at=now)
            used = connection.execute(statement).rowcount == 1
        found = self.find(secret)
        if not used:
            waits = found.used_at + every - now if found.used_at else every
            raise TooManyPings(max(1, math.ceil(waits.total_seconds())))
        return found
