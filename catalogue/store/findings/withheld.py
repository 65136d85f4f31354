"""Changes that wait: for the end of their run, or for a person's answer. Until then nobody is told them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from catalogue.question import Reason
from catalogue.run import HarvestRun
from catalogue.store import dialects
from catalogue.store.engine import reading, writing
from catalogue.store.parts import parts
from catalogue.store.tables import records, withheld


@dataclass(frozen=True, slots=True)
class Withheld:
    """A change of one record that is not made yet."""

    record_id: int
    reason: Reason
    #: What would be lost, in words, with commas between them.
    detail: str = ""
    #: What the source lists now, where that is a loss.
    payload_digest: bytes | None = None
    source_datestamp: str = ""
    about_digest: bytes | None = None
    #: The question that it waits for; None where its run is not at its end yet.
    question_id: int | None = None
    #: A person decided to keep the record as it is until then.
    kept_until: datetime | None = None
    #: The run in which the source said so last; 0: the run that writes.
    run_id: int = 0
    #: Names of the repairs that the answer needed in which it came.
    repairs: tuple[str, ...] = ()

    @property
    def deletes(self) -> bool:
        """Whether the record would be deleted."""
        return self.reason is not Reason.LOSS


def withhold(connection: Connection, run: HarvestRun, found: Sequence[Withheld]) -> None:
    """Note changes that wait, inside a transaction, each in the place of what waited for its record."""
    rows = [
        (
            one.record_id,
            run.source_id,
            run.id,
            one.question_id,
            str(one.reason),
            one.detail,
            one.payload_digest,
            one.source_datestamp,
            one.about_digest,
            None,
            " ".join(one.repairs),
        )
        for one in found
    ]
    columns = tuple(column.name for column in withheld.columns)
    dialects.write_rows(connection, withheld, columns, rows, replace=True)


def release(connection: Connection, record_ids: Iterable[int]) -> None:
    """Nothing waits for these records any more, inside a transaction."""
    for part in parts(record_ids):
        connection.execute(sa.delete(withheld).where(withheld.c.record_id.in_(part)))


class WithheldChanges:
    """Every change that waits."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of_records(self, record_ids: Iterable[int]) -> dict[int, Withheld]:
        """What waits for these records."""
        with reading(self._engine) as connection:
            return {
                row.record_id: _from_row(row)
                for part in parts(record_ids)
                for row in connection.execute(sa.select(withheld).where(withheld.c.record_id.in_(part)))
            }

    def any_of(self, source_id: str) -> bool:
        """Whether anything waits for a record of the source."""
        statement = sa.select(withheld.c.record_id).where(withheld.c.source_id == source_id).limit(1)
        with reading(self._engine) as connection:
            return connection.execute(statement).first() is not None

    def forget_left(self, run: HarvestRun, now: datetime) -> None:
        """Forget what runs left that did not come to their end, and decisions that have expired."""
        left = sa.and_(
            withheld.c.question_id.is_(None), withheld.c.kept_until.is_(None), withheld.c.run_id != run.id
        )
        expired = withheld.c.kept_until <= sa.bindparam("now", now, withheld.c.kept_until.type)
        statement = sa.delete(withheld).where(withheld.c.source_id == run.source_id, sa.or_(left, expired))
        with writing(self._engine) as connection:
            connection.execute(statement)

    def page(
        self, source_id: str, question_id: int | None, *, limit: int
    ) -> list[tuple[Withheld, sa.Row[Any]]]:
        """Changes of a source that wait for this question (None: that may be made), with their records."""
        statement = (
            sa.select(withheld, *(column.label(f"ours_{column.name}") for column in records.c))
            .join(records, records.c.id == withheld.c.record_id)
            .where(
                withheld.c.source_id == source_id,
                withheld.c.question_id.is_(None)
                if question_id is None
                else withheld.c.question_id == question_id,
                withheld.c.kept_until.is_(None),
            )
            .order_by(withheld.c.record_id)
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return [(_from_row(row), row) for row in connection.execute(statement)]


def _from_row(row: Any) -> Withheld:
    return Withheld(
        record_id=row.record_id,
        reason=Reason(row.reason),
        detail=row.detail,
        payload_digest=row.payload_digest,
        source_datestamp=row.source_datestamp,
        about_digest=row.about_digest,
        question_id=row.question_id,
        kept_until=row.kept_until,
        run_id=row.run_id,
        repairs=tuple(row.repairs.split()),
    )
