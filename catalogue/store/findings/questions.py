"""Questions that guards ask, and what people decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row

from catalogue.errors import QuestionClosed, UnknownQuestion
from catalogue.question import Answer, Decision, Question, QuestionState, Topic
from catalogue.run import HarvestRun
from catalogue.store.engine import reading, writing
from catalogue.store.tables import decisions, questions, withheld


class Questions:
    """Every question, open and closed."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, question_id: int) -> Question:
        """The question with this number.

        Raises:
            UnknownQuestion: there is none.
        """
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(questions).where(questions.c.id == question_id)).one_or_none()
            if row is None:
                raise UnknownQuestion(f"there is no question {question_id}")
            return _from_row(row, _decisions(connection, [row.id]))

    def newest(self, *, source_id: str = "", open_only: bool = True, limit: int = 100) -> list[Question]:
        """Questions, the newest first."""
        statement = sa.select(questions).order_by(questions.c.id.desc()).limit(limit)
        if source_id:
            statement = statement.where(questions.c.source_id == source_id)
        if open_only:
            statement = statement.where(questions.c.state == QuestionState.OPEN)
        with reading(self._engine) as connection:
            rows = list(connection.execute(statement))
            made = _decisions(connection, [row.id for row in rows])
        return [_from_row(row, made) for row in rows]

    def answer(self, question_id: int, decision: Decision) -> None:
        """Write down what a person decided; only a letter to the node leaves the question open.

        Where everything is kept, what waits is marked so until the decision expires. What is to be done
        is done by a run of its own.

        Raises:
            QuestionClosed: somebody else has answered it, or the source has settled it.
        """
        with writing(self._engine) as connection:
            if decision.answer is Answer.ASK:
                state, closed_at = QuestionState.OPEN, None
            else:
                state, closed_at = QuestionState.ANSWERED, decision.decided_at
            found = connection.execute(
                sa.update(questions)
                .where(questions.c.id == question_id, questions.c.state == QuestionState.OPEN)
                .values(state=state, closed_at=closed_at)
            )
            if found.rowcount != 1:
                raise QuestionClosed(f"question {question_id} is not open any more")
            connection.execute(sa.insert(decisions).values(question_id=question_id, **asdict(decision)))
            if decision.answer is Answer.KEEP:
                connection.execute(
                    sa.update(withheld)
                    .where(withheld.c.question_id == question_id)
                    .values(kept_until=decision.expires_at)
                )

    def settle(self, source_id: str, now: datetime) -> None:
        """Nobody needs to answer any question about the source any more."""
        with writing(self._engine) as connection:
            for topic in Topic:
                number = open_question(connection, source_id, topic)
                if number is not None:
                    settle(connection, number, now)

    def accepted(self, source_id: str, topic: Topic, now: datetime) -> list[dict[str, Any]]:
        """The facts of questions about this whose answers hold still."""
        statement = (
            sa.select(questions.c.facts)
            .join(decisions, decisions.c.question_id == questions.c.id)
            .where(
                questions.c.source_id == source_id,
                questions.c.topic == topic,
                decisions.c.expires_at > sa.bindparam("now", now, decisions.c.expires_at.type),
            )
        )
        with reading(self._engine) as connection:
            return [row.facts for row in connection.execute(statement)]


def open_question(connection: Connection, source_id: str, topic: Topic) -> int | None:
    """The number of the source's open question about this."""
    statement = sa.select(questions.c.id).where(
        questions.c.source_id == source_id,
        questions.c.topic == topic,
        questions.c.state == QuestionState.OPEN,
    )
    return connection.execute(statement).scalar_one_or_none()


def ask(
    connection: Connection, run: HarvestRun, topic: Topic, *, facts: dict[str, Any], now: datetime
) -> int:
    """Ask a person, inside a transaction; a question that is open already is put anew. Its number."""
    number = open_question(connection, run.source_id, topic)
    if number is not None:
        connection.execute(
            sa.update(questions).where(questions.c.id == number).values(facts=facts, run_id=run.id)
        )
        return number
    row = {
        "source_id": run.source_id,
        "run_id": run.id,
        "topic": topic,
        "state": QuestionState.OPEN,
        "facts": facts,
        "asked_at": now,
    }
    return int(connection.execute(sa.insert(questions).values(row).returning(questions.c.id)).scalar_one())


def settle(connection: Connection, question_id: int, now: datetime) -> None:
    """Nobody needs to answer any more, inside a transaction."""
    connection.execute(
        sa.update(questions)
        .where(questions.c.id == question_id, questions.c.state == QuestionState.OPEN)
        .values(state=QuestionState.SETTLED, closed_at=now)
    )


def _decisions(connection: Connection, question_ids: Iterable[int]) -> dict[int, list[Decision]]:
    statement = sa.select(decisions).where(decisions.c.question_id.in_(list(question_ids)))
    found: dict[int, list[Decision]] = {}
    for row in connection.execute(statement.order_by(decisions.c.id)):
        decision = Decision(
            Answer(row.answer), row.decided_by, row.why, row.decided_at, row.expires_at, row.letter
        )
        found.setdefault(row.question_id, []).append(decision)
    return found


def _from_row(row: Row[Any], made: dict[int, list[Decision]]) -> Question:
    return Question(
        id=row.id,
        source_id=row.source_id,
        run_id=row.run_id,
        topic=Topic(row.topic),
        state=QuestionState(row.state),
        facts=row.facts,
        asked_at=row.asked_at,
        closed_at=row.closed_at,
        decisions=tuple(made.get(row.id, ())),
    )
