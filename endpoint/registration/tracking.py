"""The page /registrations/{key}: how a registration stands, its trial harvest, and messages."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from catalogue.errors import RegistrationClosed
from catalogue.registration import RegistrationState, Step
from endpoint.auth.forms import Form
from endpoint.auth.pages import language_for
from endpoint.check import wording as check_wording
from endpoint.deps import services
from endpoint.languages import N_
from endpoint.public.wording import Wording
from endpoint.registration import acts
from endpoint.registration.forms import TypedForm
from endpoint.registration.opened import ByKey, Opened

router = APIRouter(include_in_schema=False)

_NOTHING_WRITTEN: Final = N_("Write something first.")
_WRONG_CODE: Final = N_("This is not the address that stands in our letter. Perhaps a line was broken in it.")
_TOO_LATE: Final = N_("That cannot be done any more: look how it stands now.")


@router.api_route("/registrations/{key}", methods=["GET", "HEAD"])
def tracking_page(of: ByKey) -> Response:
    """How it stands; a draft goes on where it was left."""
    if of.one.state is RegistrationState.DRAFT:
        return of.go(next(iter(of.one.missing), Step.SEND))
    return _tracked(of)


def _tracked(of: Opened, *, problem: str = "", status: int = 200) -> Response:
    language = language_for(of.request)
    trial = of.one.trial
    told = [check_wording.told(one, "", language) for one in trial.findings] if trial else []
    return of.shown(
        "registration.html",
        status=status,
        told=[one for one in told if one.fix],
        problem=of.say(problem),
        said=Wording(language),
    )


@router.post("/registrations/{key}/message/new")
def message(of: ByKey, form: TypedForm) -> Response:
    """Write to those who decide."""
    text = form.text("text")
    if not form.is_ours or not text:
        return _tracked(of, problem=_NOTHING_WRITTEN, status=422 if form.is_ours else 403)
    try:
        acts.write(services(of.request), of.one.id, text)
    except RegistrationClosed:
        return _tracked(of, problem=_TOO_LATE, status=409)
    return of.go()


@router.post("/registrations/{key}/withdraw/now")
def withdraw(of: ByKey, _form: Form) -> Response:
    """Take it back."""
    try:
        acts.withdraw(services(of.request), of.one)
    except RegistrationClosed:
        return _tracked(of, problem=_TOO_LATE, status=409)
    return of.go()


@router.post("/registrations/{key}/confirmation/new")
def confirm_again(of: ByKey, _form: Form) -> Response:
    """Post the letter with the link once more, as often as that is allowed."""
    acts.ask_to_confirm(services(of.request), of.one, key=of.key)
    return of.go()


@router.api_route("/registrations/{key}/confirm/{code}", methods=["GET", "HEAD"])
def confirm_page(of: ByKey, code: str) -> Response:
    """A button: programs that open every link in a letter confirm nothing."""
    return of.shown("registration_confirm.html", code=code, problem="")


@router.post("/registrations/{key}/confirm/{code}")
def confirm(of: ByKey, code: str, _form: Form) -> Response:
    """The mail is the person's."""
    if acts.confirm(services(of.request), of.one, code):
        return of.go()
    return of.shown("registration_confirm.html", status=403, code=code, problem=of.say(_WRONG_CODE))
