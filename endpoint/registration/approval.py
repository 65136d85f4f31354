"""The pages /dashboard/registrations: what waits for a decision, each with its trial, and the decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from catalogue.errors import (
    RegistrationClosed,
    SettingsError,
    SourceExists,
    UnknownNode,
    UnknownOrganisation,
)
from catalogue.people import Action
from catalogue.registration import WAITING, Event, EventKind, Registration, RegistrationState
from endpoint.auth.gate import needs, reader
from endpoint.auth.pages import language_for, own_page
from endpoint.check import wording as check_wording
from endpoint.deps import services
from endpoint.languages import N_
from endpoint.public.wording import Wording
from endpoint.registration import acts, letters, places, wording
from endpoint.registration.forms import Typed, TypedForm, tells_a_mail
from endpoint.registration.letters import Stationery
from endpoint.registration.opened import go
from endpoint.registration.places import Wish

router = APIRouter(
    prefix="/dashboard/registrations", include_in_schema=False, dependencies=[needs(Action.DECIDE)]
)

_AGAIN: Final = N_("The form was too old, or was not sent from this page. Please send it once more.")
_NO_REASON: Final = N_("Choose a reason, or write one.")
_NO_MAILS: Final = N_("The reason is public: leave mail addresses out of it.")
_NOTHING_WRITTEN: Final = N_("Write something first.")
_NO_ID: Final = N_("An id has 1 to 64 small letters, digits and inner hyphens.")
_TAKEN: Final = N_("There is a source of this id already.")
_NOWHERE: Final = N_("This node is not there any more.")
_CLOSED: Final = N_("That cannot be done as it stands now: perhaps somebody was faster.")
_WAITS: Final = N_("You have said yes. It waits for a second person.")
#: Decision -> the state that follows, and the event that is written down.
_LETTERS: Final = {
    "accept": (RegistrationState.ACCEPTED, EventKind.ACCEPTED),
    "ask": (RegistrationState.CHANGES_ASKED, EventKind.CHANGES_ASKED),
    "refuse": (RegistrationState.REFUSED, EventKind.REFUSED),
}


@router.api_route("", methods=["GET", "HEAD"])
def queue_page(request: Request) -> Response:
    """What waits, the oldest first; and what was decided of late."""
    kept, language = services(request).store.registrations, language_for(request)
    return own_page(
        request,
        "registrations.html",
        waiting=kept.waiting(),
        asked=kept.waiting(RegistrationState.CHANGES_ASKED),
        decided=kept.newest(*_CLOSED_STATES, limit=20),
        now=acts.utc_now(),
        said=Wording(language),
        wording=wording,
    )


_CLOSED_STATES: Final = (
    RegistrationState.ACCEPTED, RegistrationState.REFUSED, RegistrationState.WITHDRAWN,
)  # fmt: skip


@router.api_route("/{number}", methods=["GET", "HEAD"])
def registration_page(request: Request, number: int) -> Response:
    """One of them."""
    return _shown(request, services(request).store.registrations.get(number))


def _shown(
    request: Request,
    one: Registration,
    *,
    form: Typed | None = None,
    errors: Mapping[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> Response:
    language, known = language_for(request), services(request)
    told = [check_wording.told(n, "", language) for n in one.trial.findings] if one.trial else []
    return own_page(
        request,
        "registration_decide.html",
        status=status,
        one=one,
        told=[n for n in told if n.fix],
        form=form,
        errors=errors or {},
        problem=wording.say(problem, language),
        suggested=places.suggested_id(known, one),
        organisations=known.store.organisations.all(),
        nodes=known.store.organisations.nodes(),
        letters={name: _draft(request, one, *state) for name, state in _LETTERS.items()},
        its_language=letters.tongue(one),
        is_open=one.state in {*WAITING, RegistrationState.CHANGES_ASKED},
        me=_me(request),
        said=Wording(language),
        wording=wording,
    )


def _draft(request: Request, one: Registration, state: RegistrationState, kind: EventKind) -> str:
    """The letter that a decision would cause, with dots where its reason will stand."""
    decided = replace(one, state=state, events=(Event(acts.utc_now(), kind, "", "…"),))
    on = Stationery(services(request).settings.repository_name, "…")
    letter = letters.of_state(decided, on)
    return letter.text if letter else ""


def _me(request: Request) -> str:
    """Who decides: the person, whatever lets him in; so nobody is two."""
    person = reader(request).person
    return person.mail if person else ""


@router.post("/{number}/answer")
def answer(request: Request, number: int, form: TypedForm) -> Response:
    """Write to the registrant."""
    text = form.text("text")
    if not form.is_ours or not text:
        one = services(request).store.registrations.get(number)
        problem, status = (_NOTHING_WRITTEN, 422) if form.is_ours else (_AGAIN, 403)
        return _shown(request, one, problem=problem, status=status)
    return _done(request, number, form, lambda: acts.write(services(request), number, text, by=_me(request)))


@router.post("/{number}/{decision}")
def decide(request: Request, number: int, decision: str, form: TypedForm) -> Response:
    """Accept, ask for changes, or refuse: with a reason, always."""
    known, me = services(request), _me(request)
    one = known.store.registrations.get(number)
    if decision not in _LETTERS:
        return _shown(request, one, status=404)
    reason = reason_of(form, decision)
    if not form.is_ours:
        return _shown(request, one, form=form, problem=_AGAIN, status=403)
    fault = "" if reason else _NO_REASON
    if decision != "ask" and tells_a_mail(reason):
        fault = _NO_MAILS
    if fault:
        return _shown(request, one, form=form, errors={f"{decision}-reason": fault}, status=422)
    wish = Wish(form.line("source_id"), form.line("title"), form.line("where"), form.has("manager"))
    decided: Mapping[str, Callable[[], Registration]] = {
        "accept": lambda: acts.accept(known, number, wish, by=me, reason=reason),
        "ask": lambda: acts.ask_for_changes(known, number, by=me, reason=reason),
        "refuse": lambda: acts.refuse(known, number, by=me, reason=reason),
    }
    return _done(request, number, form, decided[decision])


def reason_of(form: Typed, decision: str) -> str:
    """The reasons that were chosen, as they stand in our code, and below them what was written."""
    ready = wording.READY[decision]
    chosen = [
        ready[int(n)] for n in form.every("ready") if n.isascii() and n.isdigit() and int(n) < len(ready)
    ]
    return "\n".join([*chosen, *filter(None, [form.text("reason")])])


def _done(request: Request, number: int, form: Typed, act: Callable[[], Any]) -> Response:
    """Do it, or say on the page why it cannot be done."""
    problem, errors = "", {}
    try:
        done = act()
    except RegistrationClosed:
        problem = _CLOSED
    except SourceExists:
        errors = {"source_id": _TAKEN}
    except (UnknownNode, UnknownOrganisation):
        errors = {"where": _NOWHERE}
    except SettingsError:
        errors = {"source_id": _NO_ID}
    else:
        if done.events[-1].kind is EventKind.SECONDED:
            return _shown(request, done, problem=_WAITS)
        return go(request, f"/dashboard/registrations/{number}")
    one = services(request).store.registrations.get(number)
    return _shown(request, one, form=form, errors=errors, problem=problem, status=409 if problem else 422)
