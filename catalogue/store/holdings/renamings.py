"""Identifiers that a source has given its records anew: which record is meant by each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from catalogue.question import DELETIONS, Reason
from catalogue.renaming import Named
from catalogue.run import HarvestRun
from catalogue.store import dialects
from catalogue.store.engine import reading, writing
from catalogue.store.parts import parts
from catalogue.store.tables import records, renamings, withheld


@dataclass(frozen=True, slots=True)
class Renaming:
    """A record that has a new identifier in its source."""

    record_id: int
    source_identifier: str
    #: Its identifier before.
    before: str


@dataclass(frozen=True, slots=True)
class Names:
    """What a source calls its records by now."""

    #: A new name -> our identifier of the record.
    ours: Mapping[str, str] = field(default_factory=dict)
    #: Names by which a record went before: that one is told as deleted says nothing of the record.
    retired: Collection[str] = ()


def write(connection: Connection, run: HarvestRun, found: Sequence[Renaming]) -> None:
    """Note new identifiers, inside a transaction."""
    rows = [(run.source_id, one.source_identifier, one.record_id, one.before, run.id) for one in found]
    columns = tuple(column.name for column in renamings.columns)
    dialects.write_rows(connection, renamings, columns, rows, replace=True)


class Renamings:
    """Every new identifier of every source."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def any_of(self, source_id: str) -> bool:
        """Whether a source has ever given its records new identifiers."""
        statement = sa.select(renamings.c.record_id).where(renamings.c.source_id == source_id).limit(1)
        with reading(self._engine) as connection:
            return connection.execute(statement).first() is not None

    def names(self, source_id: str, names: Sequence[str]) -> Names:
        """What these names of a source are of now."""
        ours: dict[str, str] = {}
        retired: set[str] = set()
        c = renamings.c
        joined = sa.select(c.source_identifier, c.before, records.c.identifier).join(
            records, records.c.id == c.record_id
        )
        with reading(self._engine) as connection:
            for part in parts(names):
                new = joined.where(c.source_id == source_id, c.source_identifier.in_(part))
                ours |= {row.source_identifier: row.identifier for row in connection.execute(new)}
                old = joined.where(c.source_id == source_id, c.before.in_(part))
                told = connection.execute(old.where(records.c.source_identifier != c.before))
                retired |= {row.before for row in told}
        return Names(ours, retired)

    def candidates(self, source_id: str, question_id: int) -> tuple[list[Named], list[Named]]:
        """Records that a question would delete, and those that have come since they were last listed."""
        of_question = sa.and_(
            withheld.c.question_id == question_id,
            withheld.c.reason.in_(DELETIONS),
            withheld.c.kept_until.is_(None),
        )
        gone = sa.select(withheld.c.record_id).where(of_question)
        waits = sa.select(withheld.c.record_id).where(withheld.c.source_id == source_id)
        with reading(self._engine) as connection:
            old = connection.execute(_named().where(records.c.id.in_(gone))).all()
            since = min((row.seen_run for row in old), default=0)
            new = connection.execute(
                _named().where(
                    records.c.source_id == source_id,
                    sa.not_(records.c.deleted),
                    records.c.first_run > since,
                    dialects.not_among(connection, records.c.id, waits),
                )
            ).all()
        return list(map(_from_row, old)), list(map(_from_row, new))

    def leave_rest(self, run: HarvestRun, question_id: int) -> None:
        """What waits for a question and has no new identifier: tombstones count, what is missing does not.

        The source itself has told the ones as deleted; the others are found missing again by the next
        complete list, and are judged then.
        """
        of_question = sa.and_(withheld.c.question_id == question_id, withheld.c.kept_until.is_(None))
        with writing(self._engine) as connection:
            connection.execute(sa.delete(withheld).where(of_question, withheld.c.reason == Reason.ABSENCE))
            connection.execute(sa.update(withheld).where(of_question).values(question_id=None, run_id=run.id))

    def take_back(self, source_id: str, to_run: int) -> None:
        """Forget new identifiers that were found after a run: records have their names of then again."""
        later = sa.and_(renamings.c.source_id == source_id, renamings.c.run_id > to_run)
        with writing(self._engine) as connection:
            newest_first = sa.select(renamings).where(later).order_by(renamings.c.run_id.desc())
            for row in connection.execute(newest_first).all():
                connection.execute(
                    sa.update(records)
                    .where(records.c.id == row.record_id)
                    .values(source_identifier=row.before)
                )
            connection.execute(sa.delete(renamings).where(later))


def _named() -> sa.Select[Any]:
    c = records.c
    return sa.select(c.id, c.source_identifier, c.title, c.type, c.language, c.seen_run).order_by(c.id)


def _from_row(row: Any) -> Named:
    return Named(row.id, row.source_identifier, (row.title, row.type, row.language))
