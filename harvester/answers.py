"""What a person answered to a guard's question, and the run that does it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from catalogue.errors import QuestionClosed, RunLost
from catalogue.question import Answer, Decision, Question, QuestionState, Topic, letter
from catalogue.run import HarvestRun, RunKind
from catalogue.settings import Settings
from catalogue.store import Store
from harvester.slices import Slice, ending_of, utc_now
from harvester.withholding import release_page


def decide(
    store: Store, settings: Settings, question_id: int, answer: Answer, *, decided_by: str, why: str
) -> tuple[Question, HarvestRun | None]:
    """Write an answer down; where something is to be done, a run for it is opened, and returned.

    Raises:
        UnknownQuestion: there is no such question.
        QuestionClosed: it has been answered, or the source has settled it.
        RunAlreadyOpen: the source is being worked on; nothing has been decided.
    """
    question, now = store.questions.get(question_id), utc_now()
    if question.state is not QuestionState.OPEN:
        raise QuestionClosed(f"question {question_id} is {question.state}")
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
    if answer is Answer.APPLY and question.topic is not Topic.FAULTS:
        run = store.runs.open(
            question.source_id,
            RunKind.ANSWER,
            now,
            requested_by=decided_by,
            position={"question": question_id},
        )
    try:
        store.questions.answer(question_id, decision)
    except QuestionClosed:
        if run is not None:
            store.runs.cancel(run.id, now, "the question was closed meanwhile")
        raise
    return store.questions.get(question_id), run


def answer_slice(
    store: Store,
    settings: Settings,
    run: HarvestRun,
    *,
    over: Callable[[], bool],
    on_page: Callable[[HarvestRun], None],
) -> Slice:
    """Work on a claimed run that does what was withheld, until `over`, or to its end.

    Raises:
        RunLost: it was cancelled, or another worker holds it now.
    """
    question = store.questions.get(int(run.checkpoint.position["question"]))
    if not any(decision.answer is Answer.APPLY for decision in question.decisions):
        # Whoever asked for this run was killed before the decision was written down.
        store.runs.cancel(run.id, utc_now(), f"question {question.id} has not been answered so")
        raise RunLost(f"run {run.id} has nothing to do")
    while done := release_page(store, settings, run, question.id):
        run = done
        on_page(run)
        if over():
            return Slice(run, more=True)
    ending, message = ending_of(run.tally)
    store.runs.end(run, ending, utc_now(), message)
    return Slice(store.runs.get(run.id), more=False)
