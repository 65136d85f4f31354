"""The pause of all harvesting: a row that every process sees."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from catalogue.run import Pause
from catalogue.store import dialects
from catalogue.store.engine import reading, writing
from catalogue.store.tables import pauses

_ALL = "all"
_CURRENT = sa.select(pauses).where(pauses.c.name == _ALL)


class Pauses:
    """Whether all harvesting is paused."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, now: datetime, *, requested_by: str = "", reason: str = "") -> Pause:
        """Pause all harvesting; a pause that is there already stays as it is."""
        row = {"name": _ALL, "since": now, "requested_by": requested_by, "reason": reason}
        with writing(self._engine) as connection:
            dialects.insert_missing(connection, pauses, [row])
            return pause_in(connection) or Pause(now, requested_by, reason)

    def lift(self) -> bool:
        """Resume all harvesting; whether it was paused."""
        with writing(self._engine) as connection:
            return bool(connection.execute(sa.delete(pauses).where(pauses.c.name == _ALL)).rowcount)

    def current(self) -> Pause | None:
        """The pause, if there is one."""
        with reading(self._engine) as connection:
            return pause_in(connection)


def pause_in(connection: Connection) -> Pause | None:
    """The pause as this connection sees it."""
    row = connection.execute(_CURRENT).one_or_none()
    return Pause(row.since, row.requested_by, row.reason) if row else None
