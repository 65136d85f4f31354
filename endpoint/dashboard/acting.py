"""What the forms of the operators' pages do. Each is sent from our own page, by somebody who may."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from catalogue.errors import ClearinghouseError, SettingsError, UnknownQuestion, UnknownRun, UnknownSource
from catalogue.people import Action
from catalogue.question import Answer
from catalogue.steering import acts, pausing, sources
from catalogue.steering.hand import Hand
from endpoint.auth.forms import Fields, Form
from endpoint.auth.gate import Reader, allowed, needs, reader
from endpoint.dashboard.pages import back, refused, unknown
from endpoint.dashboard.sources import node
from endpoint.deps import services

router = APIRouter(prefix="/dashboard", include_in_schema=False, dependencies=[needs(Action.STEER)])

_LONGEST: Final = 2000


def hand_of(request: Request, reader: Reader) -> Hand:
    """The hand of whoever asks."""
    known = services(request)
    return Hand(known.store, known.settings, reader.who)


def _why(form: Fields) -> str:
    return " ".join(form.get("why").split())[:_LONGEST]


@router.post("/sources/{source_id}/{act}")
def act_on_source(request: Request, source_id: str, act: str, form: Form) -> Response:
    """Harvest, try, read again, pause or resume a source."""
    hand = hand_of(request, allowed(request, Action.STEER, source_id))
    page = f"/dashboard/sources/{source_id}"
    try:
        match act:
            case "harvest" | "harvest-all":
                acts.harvest(hand, source_id, full=act == "harvest-all")
            case "trial":
                page = f"/dashboard/runs/{acts.trial(hand, source_id).id}"
            case "check-up":
                return back(request, f"/check/{acts.check_up(hand, source_id)}")
            case "remap":
                acts.remap(hand, source_id)
            case "retry":
                acts.retry_set_aside(hand, source_id)
            case "pause" | "resume":
                turn = sources.pause if act == "pause" else sources.resume
                turn(hand, source_id, _why(form))
                return back(request, page, done=f"{act}d")
            case _:
                return unknown(request)
    except UnknownSource:
        return unknown(request)
    except ClearinghouseError as error:
        return refused(request, page, error)
    return back(request, page, done="queued")


@router.post("/settings/{source_id}")
def save_settings(request: Request, source_id: str, form: Form) -> Response:
    """Change settings of a source; where requests go, and how careful we are, only operators change."""
    asking = allowed(request, Action.STEER, source_id)
    names = sources.SETTINGS if asking.may(Action.ADMINISTER) else sources.PLAIN
    typed = {name: form.get(name) for name in names if name in form}
    hand = hand_of(request, asking)
    try:
        source = hand.store.sources.get(source_id)
    except UnknownSource:
        return unknown(request)
    try:
        sources.change_settings(hand, source_id, typed)
    except SettingsError as error:
        shown = sources.written(source) | typed
        return node(request, asking, source, "settings", status=422, written=shown, error=str(error))
    return back(request, f"/dashboard/sources/{source_id}", done="saved", tab="settings")


@router.post("/settings/{source_id}/undo")
def undo_settings(request: Request, source_id: str, form: Form) -> Response:
    """Set the settings back that a change has changed."""
    asking = allowed(request, Action.STEER, source_id)
    hand, page = hand_of(request, asking), f"/dashboard/sources/{source_id}"
    number = form.get("change")
    if not (number.isascii() and number.isdigit()):
        return unknown(request)
    names = sources.SETTINGS if asking.may(Action.ADMINISTER) else sources.PLAIN
    try:
        sources.undo(hand, source_id, int(number), names)
    except ClearinghouseError as error:
        return refused(request, page, error)
    return back(request, page, done="undone", tab="settings")


@router.post("/retirements/{source_id}", dependencies=[needs(Action.ADMINISTER)])
def retire(request: Request, source_id: str, form: Form) -> Response:
    """Retire a source, where the form says that this is meant; bring it back where it says `back`."""
    hand, page = hand_of(request, reader(request)), f"/dashboard/sources/{source_id}"
    try:
        if "back" in form:
            sources.bring_back(hand, source_id, _why(form))
            return back(request, page, done="back")
        if form.get("meant") != "yes":
            return refused(request, page, SettingsError("not meant"))
        sources.retire(hand, source_id, _why(form))
    except UnknownSource:
        return unknown(request)
    except ClearinghouseError as error:
        return refused(request, page, error)
    return back(request, page, done="retired")


@router.post("/pause", dependencies=[needs(Action.ADMINISTER)])
def pause_everything(request: Request, form: Form) -> Response:
    """Pause all harvesting; let it go on where the form says `resume`."""
    hand = hand_of(request, reader(request))
    if "resume" in form:
        pausing.resume_all(hand, _why(form))
        return back(request, "/dashboard", done="all-resumed")
    pausing.pause_all(hand, _why(form))
    return back(request, "/dashboard", done="all-paused")


@router.post("/runs/{run_id}/{act}")
def act_on_run(request: Request, run_id: int, act: str, form: Form) -> Response:
    """Cancel a run, go on with it, or set its source back to it."""
    try:
        source_id = services(request).store.runs.get(run_id).source_id
    except UnknownRun:
        return unknown(request)
    hand = hand_of(request, allowed(request, Action.STEER, source_id))
    page = f"/dashboard/runs/{run_id}"
    try:
        match act:
            case "cancel":
                acts.cancel(hand, run_id, _why(form))
                return back(request, page, done="cancelled")
            case "go-on":
                acts.go_on(hand, run_id)
            case "roll-back":
                made = acts.roll_back(hand, run_id)
                page = f"/dashboard/runs/{made.id}"
            case _:
                return unknown(request)
    except ClearinghouseError as error:
        return refused(request, page, error)
    return back(request, page, done="queued")


@router.post("/questions/{question_id}")
def answer_question(request: Request, question_id: int, form: Form) -> Response:
    """Answer what a guard asks."""
    try:
        question = services(request).store.questions.get(question_id)
    except UnknownQuestion:
        return unknown(request)
    hand = hand_of(request, allowed(request, Action.STEER, question.source_id))
    page = f"/dashboard/runs/{question.run_id}"
    given = form.get("answer")
    if given not in set(Answer):
        return refused(request, page, SettingsError("no answer"))
    try:
        acts.answer(hand, question_id, Answer(given), why=_why(form))
    except ClearinghouseError as error:
        return refused(request, page, error)
    return back(request, page, done="decided")


@router.post("/problems/{source_id}/{rule}")
def accept_problem(request: Request, source_id: str, rule: str, form: Form) -> Response:
    """Accept a problem for a while, or no more."""
    hand = hand_of(request, allowed(request, Action.STEER, source_id))
    days = form.get("days", "0")
    page = f"/dashboard/sources/{source_id}"
    try:
        count = int(days) if days.isascii() and days.isdigit() and len(days) < len("1000000") else -1
        acts.accept_problem(hand, source_id, rule, why=_why(form), days=count)
    except UnknownSource:
        return unknown(request)
    except ClearinghouseError as error:
        return refused(request, page, error)
    return back(request, page, done="accepted" if count else "reopened", tab="problems")
