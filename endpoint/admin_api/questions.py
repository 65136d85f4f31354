"""The addresses /api/questions: what guards ask, and what is decided."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request

from catalogue.people import Action
from catalogue.question import Question
from catalogue.steering import acts
from endpoint.admin_api.harvest_shapes import AnswerSent, QuestionShown, question_shown
from endpoint.admin_api.problems import RESPONSES
from endpoint.admin_api.shapes import Listed
from endpoint.admin_api.sources import hand_of
from endpoint.auth.gate import allowed, needs, reader
from endpoint.deps import services

router = APIRouter(prefix="/api/questions", tags=["questions"], responses=RESPONSES)


def _shown(request: Request, question: Question) -> QuestionShown:
    return question_shown(question, services(request).store.sources.get(question.source_id).label)


@router.get("", dependencies=[needs(Action.SEE)])
def list_questions(
    request: Request,
    *,
    source: str = "",
    closed: Annotated[bool, Query(description="Those that are answered or settled, too.")] = False,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Listed[QuestionShown]:
    """What guards ask about the sources that this token may see, the newest first."""
    store, asking = services(request).store, reader(request)
    found = store.questions.newest(source_id=source, open_only=not closed, limit=limit)
    seen = [one for one in found if asking.may(Action.SEE, one.source_id)]
    return Listed[QuestionShown](items=[_shown(request, one) for one in seen], next=None)


@router.get("/{question_id}", dependencies=[needs(Action.SEE)])
def show_question(request: Request, question_id: int) -> QuestionShown:
    """One question, and what has been decided."""
    question = services(request).store.questions.get(question_id)
    allowed(request, Action.SEE, question.source_id)
    return _shown(request, question)


@router.post("/{question_id}/answer", dependencies=[needs(Action.STEER)])
def answer(request: Request, question_id: int, sent: AnswerSent) -> QuestionShown:
    """Answer it: keep everything, apply what was withheld, say that it is the same, or ask the node."""
    question = services(request).store.questions.get(question_id)
    allowed(request, Action.STEER, question.source_id)
    decided, _ = acts.answer(hand_of(request), question_id, sent.answer, why=sent.why)
    return _shown(request, decided)
