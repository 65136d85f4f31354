"""The pages /register and /registrations/{key}/{step}: a repository is registered, one question a page."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from catalogue.checkup import AskedCheckup, Grade
from catalogue.errors import (
    InvalidQuery,
    RegistrationClosed,
    TooManyCheckups,
    TooManyRegistrations,
    UnknownCheckup,
)
from catalogue.registration import Step, Who
from catalogue.source import Source
from endpoint import zones
from endpoint.auth.forms import Fields
from endpoint.auth.gate import reader
from endpoint.auth.pages import language_for, own_page
from endpoint.check import wording as check_wording
from endpoint.check.queue import ask, client_of
from endpoint.deps import services
from endpoint.languages import N_
from endpoint.public.wording import Wording, public
from endpoint.registration import acts, prefill, steps, wording
from endpoint.registration.forms import Typed, TypedForm
from endpoint.registration.opened import ByKey, Opened, go

router = APIRouter(include_in_schema=False)

#: Seconds between two looks of a page at a check-up that goes on.
REFRESH: Final = 3
#: Findings that are shown on the page of the first step.
_WORST: Final = 3
_LONGEST_URL: Final = 2000
_AGAIN: Final = N_("The form was too old, or was not sent from this page. Please send it once more.")
_NO_ADDRESS: Final = N_(
    "This is not an address of the form https://repository.example.org/oai; a user name or a password must not be in it."
)
_MANY: Final = N_("You have begun many registrations. Please come back in %(minutes)s minutes.")
_BUSY: Final = N_("Many check-ups were asked for. Please come back in %(minutes)s minutes.")


def _starting(request: Request, *, typed: str = "", error: str = "", status: int = 200) -> Response:
    allowed = services(request).settings.registrations_per_client > 0
    told = wording.say(error, language_for(request))
    return own_page(request, "register.html", typed=typed, error=told, allowed=allowed, status=status)


@router.api_route("/register", methods=["GET", "HEAD"])
def start_page(request: Request, url: str = "") -> Response:
    """Where an address is typed."""
    return _starting(request, typed=url[:_LONGEST_URL])


@router.post("/register")
def start(request: Request, form: TypedForm) -> Response:
    """Begin a registration: of an address, or of a check-up that is there already."""
    typed = form.line("url", _LONGEST_URL)
    if not form.is_ours:
        return _starting(request, typed=typed, error=_AGAIN, status=403)
    try:
        key = _begun(request, form.line("check"), typed)
    except (InvalidQuery, UnknownCheckup):
        return _starting(request, typed=typed, error=_NO_ADDRESS, status=422)
    except (TooManyCheckups, TooManyRegistrations) as error:
        return _refused(request, typed, error)
    return go(request, f"/registrations/{key}/{Step.CHECK}")


def _begun(request: Request, checkup_id: str, typed: str) -> str:
    known = services(request)
    made = checkup_id or ask(request, typed)
    return acts.begin(
        known,
        address=known.store.checkups.get(made).address,
        checkup_id=made,
        language=language_for(request).tag,
        client=client_of(request),
    )


def _refused(request: Request, typed: str, error: TooManyCheckups | TooManyRegistrations) -> Response:
    found = _starting(request, typed=typed, error=_too_many(request, error), status=429)
    found.headers["Retry-After"] = str(error.retry_after)
    return found


def _too_many(request: Request, error: TooManyCheckups | TooManyRegistrations) -> str:
    text = _BUSY if isinstance(error, TooManyCheckups) else _MANY
    return wording.say(text, language_for(request)) % {"minutes": -(-error.retry_after // 60)}


@router.api_route("/registrations/{key}/{step}", methods=["GET", "HEAD"])
def step_page(of: ByKey, step: Step) -> Response:
    """A question, with what has been answered or what we would suggest."""
    if not of.one.is_editable:
        return of.go()
    if step is Step.CHECK:
        return _check_page(of)
    if step is Step.SEND:
        return _send_page(of)
    if step in of.one.answers.unfinished:
        kept = Typed(Fields(of.one.answers.unfinished[step]))
        return _asked(of, step, steps.QUESTIONS[step].read(kept, of.one))
    answer = steps.answer_to(step, of.one)
    return _asked(of, step, steps.Read(_of_reader(of, answer) if of.one.answers.who is None else answer))


def _of_reader(of: Opened, answer: Any) -> Any:
    """Who has signed in is not asked who he is."""
    person = reader(of.request).person
    if person is None or not isinstance(answer, Who):
        return answer
    return replace(answer, person=person.name, mail=person.mail, confirmed=person.mail)


def _asked(of: Opened, step: Step, read: steps.Read, *, problem: str = "", status: int = 200) -> Response:
    return of.shown(
        f"register_{step}.html",
        status=status,
        step=step,
        steps=steps,
        answer=read.answer,
        errors=dict(read.errors),
        problem=of.say(problem),
        **_beside(of, step),
    )


def _beside(of: Opened, step: Step) -> Mapping[str, Any]:
    """What a step shows beside its question."""
    language, report = language_for(of.request), of.one.report
    match step:
        case Step.WHO:
            return {name: wording.terms(name, language) for name in ("countries", "regions")}
        case Step.WHAT:
            offered = prefill.offers(report) if report else []
            return {"offers": offered, "sets": prefill.sets_of(report) if report else []}
        case Step.SEE:
            told = check_wording.all_told(report, language) if report else []
            worse = [one for one in told if one.grade is not Grade.GOOD and one.examples]
            samples = report.samples if report else ()
            beside = {n.identifier: [one for one in worse if n.identifier in one.examples] for n in samples}
            return {
                "report": report,
                "told": worse,
                "beside": beside,
                "countries": wording.terms("countries", language),
                "tongues": wording.tongues(language),
            }
        case Step.WHEN:
            who = of.one.answers.who
            country = (who.country if who else "") or prefill.country_of(of.one.address)
            return {
                "own_zones": zones.of_country(country),
                "zones": zones.names(),
                "days": wording.days(language),
                "now": acts.utc_now(),
            }
    return {}


def _check_page(of: Opened, *, problem: str = "", status: int = 200) -> Response:
    language, asked = language_for(of.request), None
    with suppress(UnknownCheckup):
        asked = services(of.request).store.checkups.get(of.one.checkup_id)
    pending = of.one.report is None and asked is not None
    still = "still" in of.request.query_params
    report = _report(of, asked)
    told = check_wording.all_told(report, language) if report else []
    return of.shown(
        "register_check.html",
        status=status,
        step=Step.CHECK,
        steps=steps,
        errors={},
        problem=of.say(problem),
        report=report,
        known=_known(of),
        public=public,
        pending=pending,
        refresh=REFRESH if pending and not still else 0,
        doing=check_wording.doing(report, language),
        worst=[one for one in told if one.grade is not Grade.GOOD][:_WORST],
    )


def _known(of: Opened) -> list[Source]:
    """What is harvested already at the address that was examined."""
    report = of.one.report
    examined = report.examined if report else None
    return services(of.request).store.sources.at(examined.base_url) if examined else []


def _report(of: Opened, asked: AskedCheckup | None) -> Any:
    return of.one.report or (asked.report if asked else None)


def _send_page(of: Opened, *, problem: str = "", status: int = 200, **errors: str) -> Response:
    return of.shown(
        "register_send.html",
        status=status,
        step=Step.SEND,
        steps=steps,
        errors=errors,
        problem=of.say(problem),
        said=Wording(language_for(of.request)),
    )


@router.post("/registrations/{key}/check")
def checked_again(of: ByKey, form: TypedForm) -> Response:
    """Another check-up: of another address, or of the same once more."""
    if not of.one.is_editable:
        return of.go()
    if not form.is_ours:
        return _check_page(of, problem=_AGAIN, status=403)
    known = services(of.request)
    try:
        made = ask(of.request, form.line("url", _LONGEST_URL) or of.one.address)
    except InvalidQuery:
        return _check_page(of, problem=_NO_ADDRESS, status=422)
    except TooManyCheckups as error:
        return _check_page(of, problem=_too_many(of.request, error), status=429)
    with suppress(RegistrationClosed):
        acts.recheck(known, of.one, known.store.checkups.get(made).address, made)
    return of.go(Step.CHECK)


@router.post("/registrations/{key}/send")
def send(of: ByKey, form: TypedForm) -> Response:
    """Send it."""
    if not of.one.is_editable:
        return of.go()
    if not form.is_ours:
        return _send_page(of, problem=_AGAIN, status=403)
    if of.one.missing:
        return _send_page(of, status=422)
    if not form.has("consent"):
        return _send_page(of, status=422, consent=steps.NO_CONSENT)
    with suppress(RegistrationClosed):  # sent in another window
        acts.send(services(of.request), of.one, key=of.key)
    return of.go()


@router.post("/registrations/{key}/{step}")
def answered(of: ByKey, step: Step, form: TypedForm) -> Response:
    """Keep an answer, and go on, or back."""
    if not of.one.is_editable:
        return of.go()
    read = steps.QUESTIONS[step].read(form, of.one)
    person = reader(of.request).person
    if person is not None and isinstance(read.answer, Who) and read.answer.mail.lower() == person.mail:
        read = replace(read, answer=replace(read.answer, confirmed=read.answer.mail))
    if not form.is_ours:
        return _asked(of, step, read, problem=_AGAIN, status=403)
    if read.errors and form.has("back"):
        with suppress(RegistrationClosed):
            acts.keep_typed(services(of.request), of.one, step, form.kept())
        return of.go(steps.before(step))
    if read.errors or form.has("look"):
        return _asked(of, step, read, status=422 if read.errors else 200)
    with suppress(RegistrationClosed):  # sent in another window
        acts.answer(services(of.request), of.one, step, read.answer, key=of.key)
    return of.go(steps.before(step) if form.has("back") else steps.after(step))
