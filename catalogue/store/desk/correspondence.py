"""What was written and said with a node beside the letters of the outbox: noted by people, and audited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from catalogue.errors import SettingsError, UnknownSource
from catalogue.store.community.audit import note_on
from catalogue.store.engine import reading, writing
from catalogue.store.tables import correspondence, sources

LONGEST: Final = 10_000
_LONGEST_NAME: Final = 200


class Manner(StrEnum):
    """How something came to us, or went."""

    RECEIVED = "received"
    SENT = "sent"
    SPOKEN = "spoken"
    #: For ourselves.
    REMARK = "remark"


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was written or said, about one source."""

    id: int
    source_id: str
    #: When that was.
    at: datetime
    #: Who noted it: `Reader.who`.
    who: str
    noted_at: datetime
    #: With whom; empty: nobody in particular.
    other: str
    text: str
    manner: Manner


class Correspondence:
    """Notes of what was written and said."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(  # noqa: PLR0913, PLR0917 - one for each column
        self, source_id: str, manner: Manner, other: str, text: str, by: str, at: datetime, now: datetime
    ) -> None:
        """Note something.

        Args:
            source_id: the source that it is about.
            manner: how it came, or went.
            other: with whom.
            text: what it was.
            by: who notes it.
            at: when it was.
            now: the time.

        Raises:
            UnknownSource: there is no such source.
            SettingsError: there is no text, it is too long, or it is to be noted before it was.
        """
        if not text.strip() or len(text) > LONGEST or len(other) > _LONGEST_NAME:
            raise SettingsError(f"a note has a text of 1 to {LONGEST} characters")
        if at > now:
            raise SettingsError("nothing is noted before it was")
        row = {
            "source_id": source_id, "manner": manner, "other": " ".join(other.split()), "text": text.strip(),
            "who": by, "at": at, "noted_at": now,
        }  # fmt: skip
        with writing(self._engine) as connection:
            if connection.execute(sa.select(sources.c.id).where(sources.c.id == source_id)).first() is None:
                raise UnknownSource(f"there is no source {source_id!r}")
            added = sa.insert(correspondence).values(row).returning(correspondence.c.id)
            number = connection.execute(added).scalar_one()
            told = {"note": number, "manner": manner, "with": row["other"]}
            note_on(connection, by, "note", f"source:{source_id}", told, now)

    def remove(self, source_id: str, number: int, by: str, now: datetime) -> bool:
        """Take a note back, and say whether there was one: that stays in the audit."""
        c = correspondence.c
        with writing(self._engine) as connection:
            mine = sa.delete(correspondence).where(c.id == number, c.source_id == source_id)
            if connection.execute(mine).rowcount != 1:
                return False
            note_on(connection, by, "take back", f"source:{source_id}", {"note": number}, now)
        return True

    def of_source(self, source_id: str, *, limit: int = 200) -> list[Note]:
        """The notes about a source, what was last first."""
        c = correspondence.c
        columns = (c.id, c.source_id, c.at, c.who, c.noted_at, c.other, c.text)
        statement = (
            sa.select(*columns, c.manner)
            .where(c.source_id == source_id)
            .order_by(c.at.desc(), c.id.desc())
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return [Note(*row[:-1], Manner(row.manner)) for row in connection.execute(statement)]
