"""The run that does what a person answered to a guard's question."""

from __future__ import annotations

from collections.abc import Callable

from catalogue.errors import RunLost
from catalogue.question import Answer
from catalogue.run import HarvestRun
from catalogue.settings import Settings
from catalogue.store import Store
from harvester.renaming import unite_page
from harvester.slices import Slice, ending_of, utc_now
from harvester.withholding import release_page


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
    answers = {decision.answer for decision in question.decisions}
    if answers.isdisjoint({Answer.APPLY, Answer.SAME}):
        # Whoever asked for this run was killed before the decision was written down.
        store.runs.cancel(run.id, utc_now(), f"question {question.id} has not been answered so")
        raise RunLost(f"run {run.id} has nothing to do")
    while done := _page(store, settings, run, question.id, same=Answer.SAME in answers):
        run = done
        on_page(run)
        if over():
            return Slice(run, more=True)
    ending, message = ending_of(run.tally)
    store.runs.end(run, ending, utc_now(), message)
    return Slice(store.runs.get(run.id), more=False)


def _page(
    store: Store, settings: Settings, run: HarvestRun, question_id: int, *, same: bool
) -> HarvestRun | None:
    """Do a page of what was answered; None where nothing is left to do."""
    if not same:
        return release_page(store, settings, run, question_id)
    if done := unite_page(store, settings, run, question_id):
        return done
    store.renamings.leave_rest(run, question_id)
    return release_page(store, settings, run, None)
