"""The record of requests in the store: bounded for each run, and kept for a while."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row

from catalogue.exchange import Exchange, Outcome
from catalogue.store import dialects
from catalogue.store.engine import reading, writing
from catalogue.store.holdings.payloads import compressed, decompressed
from catalogue.store.tables import exchanges, runs, source_requests

#: (Outcome, bound) -> how many, and the milliseconds that they took.
Times: TypeAlias = Mapping[tuple[Outcome, int], tuple[int, int]]


class Told(NamedTuple):
    """A request, and whether its answer is kept."""

    exchange: Exchange
    kept: bool


def write(connection: Connection, run_id: int, found: Sequence[Exchange]) -> None:
    """Write down requests of a run, inside a transaction.

    A worker that was overtaken numbers its last requests as its successor does: the first to write wins. What
    is written again has turned out to be odd since.
    """
    if not found:
        return
    # Field by field: `dataclasses.asdict` copies what is in them, and takes as long as the request did.
    rows = [
        {
            "run_id": run_id,
            **{name: getattr(one, name) for name in Exchange.__slots__},
            "answer": _packed(one.answer),
        }
        for one in found
    ]
    made = dialects.insert(connection, exchanges)
    new, c = made.excluded, exchanges.c
    late = sa.and_(c.at == new.at, c.url == new.url, c.error == "", new.error != "")
    changes = {"error": new.error, "answer": sa.func.coalesce(new.answer, c.answer)}
    connection.execute(
        made.on_conflict_do_update(index_elements=["run_id", "number"], set_=changes, where=late), rows
    )


class Exchanges:
    """The requests of every run."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def count(self, run_id: int) -> int:
        """How many requests a run has made so far."""
        statement = sa.select(sa.func.max(exchanges.c.number)).where(exchanges.c.run_id == run_id)
        with reading(self._engine) as connection:
            return connection.execute(statement).scalar() or 0

    def note(self, run_id: int, found: Sequence[Exchange], *, kept: int) -> None:
        """Write down requests of a run; of those that went well, the first and the last `kept` stay."""
        last = max(self.count(run_id), *(one.number for one in found), 0)
        c = exchanges.c
        middle = sa.and_(c.number > kept, c.number <= last - kept)
        well = sa.and_(c.error == "", c.answer.is_(None))
        if last:
            with writing(self._engine) as connection:
                write(connection, run_id, found)
                connection.execute(sa.delete(exchanges).where(c.run_id == run_id, middle, well))

    def add_times(self, source_id: str, times: Times) -> None:
        """Add requests to a source to the count of all: (outcome, bound) -> (how many, milliseconds)."""
        rows = [
            {
                "source_id": source_id,
                "outcome": outcome,
                "bound": bound,
                "requests": count,
                "milliseconds": milliseconds,
            }
            for (outcome, bound), (count, milliseconds) in sorted(times.items())
        ]
        if rows:
            with writing(self._engine) as connection:
                dialects.add_up(connection, source_requests, rows, ["requests", "milliseconds"])

    def add_answers(self, run_id: int, times: Times) -> None:
        """Add answers that went well to those of a run, and how long they took."""
        good = [told for (outcome, _), told in times.items() if outcome is Outcome.GOOD]
        if not good:
            return
        answers, spent = (sum(column) for column in zip(*good, strict=True))
        r = runs.c
        more = {"answers": r.answers + answers, "answer_milliseconds": r.answer_milliseconds + spent}
        with writing(self._engine) as connection:
            connection.execute(sa.update(runs).where(r.id == run_id).values(more))

    def of(self, run_id: int) -> list[Exchange]:
        """The requests of a run, in their order, answers included."""
        statement = sa.select(exchanges).where(exchanges.c.run_id == run_id).order_by(exchanges.c.number)
        with reading(self._engine) as connection:
            return [_from_row(row) for row in connection.execute(statement)]

    def told(self, run_id: int, *, limit: int) -> list[Told]:
        """The newest requests of a run, in their order, without the answers."""
        columns = [column for column in exchanges.c if column.name not in {"run_id", "answer"}]
        statement = (
            sa.select(*columns, exchanges.c.answer.is_not(None).label("kept"))
            .where(exchanges.c.run_id == run_id)
            .order_by(exchanges.c.number.desc())
            .limit(limit)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(statement).all()
        return [Told(_without_answer(row), row.kept) for row in reversed(rows)]

    def answer(self, run_id: int, number: int) -> bytes | None:
        """The answer to one request of a run, where it is kept."""
        statement = sa.select(exchanges.c.answer).where(
            exchanges.c.run_id == run_id, exchanges.c.number == number
        )
        with reading(self._engine) as connection:
            found = connection.execute(statement).scalar_one_or_none()
        return None if found is None else decompressed(found)

    def forget(self, before: datetime) -> int:
        """Forget requests made before a moment; returns how many."""
        with writing(self._engine) as connection:
            return connection.execute(sa.delete(exchanges).where(exchanges.c.at < before)).rowcount


def _packed(answer: bytes | None) -> bytes | None:
    return None if answer is None else compressed(answer)


def _from_row(row: Row[Any]) -> Exchange:
    answer = None if row.answer is None else decompressed(row.answer)
    return replace(_without_answer(row), answer=answer)


def _without_answer(row: Row[Any]) -> Exchange:
    return Exchange(
        number=row.number,
        at=row.at,
        method=row.method,
        url=row.url,
        status=row.status,
        size=row.size,
        milliseconds=row.milliseconds,
        error=row.error,
        headers=row.headers,
        question=row.question,
    )
