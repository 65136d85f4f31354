"""Writes down what a person decided about a guard's question, and opens the run that does it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from catalogue.errors import QuestionClosed, SettingsError
from catalogue.question import Answer, Decision, Question, QuestionState, Topic, letter
from catalogue.run import HarvestRun, RunKind
from catalogue.settings import Settings
from catalogue.store import Store


def decide(
    store: Store, settings: Settings, question_id: int, answer: Answer, *, decided_by: str, why: str
) -> tuple[Question, HarvestRun | None]:
    """Write an answer down; where something is to be done, a run for it is opened, and returned.

    Raises:
        UnknownQuestion: there is no such question.
        QuestionClosed: it has been answered, or the source has settled it.
        RunAlreadyOpen: the source is being worked on; nothing has been decided.
        SettingsError: the answer is none to this question.
    """
    question, now = store.questions.get(question_id), datetime.now(UTC)
    if question.state is not QuestionState.OPEN:
        raise QuestionClosed(f"question {question_id} is {question.state}")
    if answer is Answer.SAME and not question.may_be_renamed:
        raise SettingsError(f"question {question_id} is not about records with new identifiers")
    source = store.sources.get(question.source_id)
    # What was applied is done; that many faults are accepted is remembered, as is what is kept.
    lasts = answer is Answer.KEEP or (answer is Answer.APPLY and question.topic is Topic.FAULTS)
    decision = Decision(
        answer,
        decided_by,
        why,
        now,
        expires_at=now + timedelta(days=settings.decision_days) if lasts else None,
        letter=letter(question, source.label, source.base_url) if answer is Answer.ASK else "",
    )
    run = None
    with store.together():
        if answer is Answer.SAME or (answer is Answer.APPLY and question.topic is not Topic.FAULTS):
            run = store.runs.open(
                question.source_id,
                RunKind.ANSWER,
                now,
                requested_by=decided_by,
                position={"question": question_id},
            )
        store.questions.answer(question_id, decision)
        return store.questions.get(question_id), run
