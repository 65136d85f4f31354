"""The pages /sign-in and /sign-out, and links that let somebody in once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from catalogue.errors import UnknownLink
from endpoint.auth import attempts, cookies, forgery, onward, passwords
from endpoint.auth.forms import AnyForm, Form
from endpoint.auth.gate import reader
from endpoint.auth.pages import language_for, own_page
from endpoint.deps import services
from endpoint.languages import N_, words

router = APIRouter(include_in_schema=False)

_LONGEST: Final = 254
_WRONG: Final = N_("The address or the password is not right.")
_WAIT: Final = N_("Too many attempts failed. Please come back in %(minutes)s minutes.")
AGAIN: Final = N_("The form was too old, or was not sent from this page. Please send it once more.")
_NO_LINK: Final = N_("This link was used, or is too old. Ask for a new one.")


@router.api_route("/sign-in", methods=["GET", "HEAD"])
def sign_in_page(request: Request) -> Response:
    """Where one signs in; who has done so goes on."""
    wanted = request.query_params.get("next", "")
    if reader(request).person is not None:
        return RedirectResponse(onward.to(request, wanted), 303, {"Cache-Control": "no-store"})
    return asking(request, wanted)


def asking(request: Request, wanted: str, *, mail: str = "", error: str = "", status: int = 200) -> Response:
    """The page where one signs in, here or at an issuer."""
    return own_page(
        request,
        "sign_in.html",
        status=status,
        wanted=onward.safe(wanted),
        mail=mail,
        error=error,
        issuers=services(request).settings.issuers,
    )


@router.post("/sign-in")
def sign_in(request: Request, form: AnyForm) -> Response:
    """Sign in by mail address and password."""
    known, now, say = services(request), datetime.now(UTC), words(language_for(request).tag).gettext
    wanted, mail, password = form.get("next"), form.get("mail")[:_LONGEST], form.get("password")
    if not forgery.is_ours(request, form.get(forgery.FIELD)):
        return asking(request, wanted, mail=mail, error=say(AGAIN), status=403)
    attempt = attempts.begin(request, mail, now)
    if not attempt:
        minutes = int(attempts.WINDOW.total_seconds() // 60)
        found = asking(request, wanted, mail=mail, error=say(_WAIT) % {"minutes": minutes}, status=429)
        found.headers["Retry-After"] = str(minutes * 60)
        return found
    person_id, hashed = known.store.people.password_of(mail)
    right, newer = passwords.verify(password, hashed)
    if not right:
        # The same for a name that there is not, which is not written down: it may be a password.
        about, who = (f"person:{person_id}", mail) if person_id else ("person:unknown", "")
        known.store.audit.note(who, "sign-in-failed", about, {"by": "password"}, now)
        return asking(request, wanted, mail=mail, error=say(_WRONG), status=422)
    attempts.was_right(request, attempt)
    if newer:
        known.store.people.rehash(person_id, newer)
    agent = request.headers.get("user-agent", "")
    secret = known.store.sessions.begin(person_id, now, by="password", user_agent=agent)
    return entered(request, secret, wanted)


def entered(request: Request, secret: str, wanted: str) -> Response:
    """Somebody has signed in: the session from before ends, and he goes on."""
    before = cookies.secret_of(request)
    if before:
        services(request).store.sessions.end(before)
    found = RedirectResponse(onward.to(request, wanted), 303, {"Cache-Control": "no-store"})
    cookies.give(request, found, secret)
    return found


@router.post("/sign-out")
def sign_out(request: Request, form: Form) -> Response:  # noqa: ARG001 - that it is ours is all
    """End the session."""
    services(request).store.sessions.end(cookies.secret_of(request))
    found = RedirectResponse(f"{onward.root(request)}/", 303, {"Cache-Control": "no-store"})
    cookies.take(request, found)
    return found


@router.api_route("/sign-in/link/{secret}", methods=["GET", "HEAD"])
def link_page(request: Request, secret: str) -> Response:
    """What a link leads to: programs that look at links before people do must not use it up."""
    return _linked(request, secret)


def _linked(request: Request, secret: str, *, error: str = "", status: int = 200) -> Response:
    try:
        person = services(request).store.sessions.whose_link(secret, datetime.now(UTC))
    except UnknownLink:
        say = words(language_for(request).tag).gettext
        return asking(request, "", error=say(_NO_LINK), status=404)
    found = own_page(request, "link.html", status=status, secret=secret, person=person, error=error)
    found.headers["Referrer-Policy"] = "no-referrer"
    return found


@router.post("/sign-in/link/{secret}")
def use_link(request: Request, secret: str, form: AnyForm) -> Response:
    """Sign in by a link, and set a password where one is given."""
    known, now, say = services(request), datetime.now(UTC), words(language_for(request).tag).gettext
    if not forgery.is_ours(request, form.get(forgery.FIELD)):
        return _linked(request, secret, error=say(AGAIN), status=403)
    password, again = form.get("password"), form.get("again")
    try:
        person = known.store.sessions.whose_link(secret, now)
        fault = passwords.fault_of(password, again, person.name, person.mail) if password or again else ""
        if fault:
            return _linked(request, secret, error=say(fault), status=422)
        agent = request.headers.get("user-agent", "")
        person, session = known.store.sessions.use_link(secret, now, user_agent=agent)
    except UnknownLink:
        return asking(request, "", error=say(_NO_LINK), status=404)
    if password:
        begun = known.store.sessions.find(session, now, cookies.lifetime(known.settings))
        but = begun[1].id if begun else None
        known.store.people.set_password(person.id, passwords.hashed(password), person.mail, now, but=but)
    return entered(request, session, "")
