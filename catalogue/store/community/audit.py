"""The audit: who did what to what, and when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from catalogue.people import Noted
from catalogue.store.engine import reading, writing
from catalogue.store.tables import audit


class Audit:
    """Everything that people did, the newest first."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def note(  # noqa: PLR0917 - one for each column
        self, who: str, act: str, about: str, detail: Mapping[str, Any], at: datetime
    ) -> None:
        """Note something that was done.

        Args:
            who: `Reader.who`, or `user@host` of the command line.
            act: a verb, as `pause`.
            about: `kind:id`, as `source:nile`.
            detail: plain values; never a secret.
            at: when.
        """
        with writing(self._engine) as connection:
            note_on(connection, who, act, about, detail, at)

    def newest(
        self, *, about: str = "", who: str = "", before: int | None = None, limit: int = 100
    ) -> list[Noted]:
        """What was done to something, or by somebody, before that line."""
        c = audit.c
        statement = sa.select(audit).order_by(c.id.desc()).limit(limit)
        for column, wanted in ((c.about, about), (c.who, who)):
            if wanted:
                statement = statement.where(column == wanted)
        if before is not None:
            statement = statement.where(c.id < before)
        with reading(self._engine) as connection:
            return [Noted(*row) for row in connection.execute(statement)]


def note_on(  # noqa: PLR0917 - one for each column
    connection: Connection, who: str, act: str, about: str, detail: Mapping[str, Any], at: datetime
) -> None:
    """The same, in the transaction of what is done."""
    row = {"who": who, "act": act, "about": about, "detail": dict(detail), "at": at}
    connection.execute(sa.insert(audit).values(row))
