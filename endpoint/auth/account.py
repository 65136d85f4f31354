"""The pages below /dashboard/account: one's own name and language, password, tokens and sessions."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from catalogue.errors import SettingsError, UnknownToken
from catalogue.people import Action, Person, Session, actions_of
from endpoint.alerts.tokens import endings, within
from endpoint.auth import attempts, cookies, onward, passwords, wording
from endpoint.auth.forms import Form
from endpoint.auth.gate import signed_in
from endpoint.auth.pages import language_for, own_page
from endpoint.deps import services
from endpoint.languages import LANGUAGES, N_, words

ACCOUNT: Final = "/dashboard/account"
#: Days that a token may last, as they are offered.
DAYS: Final = (30, 90, 365)
_LONGEST_NAME: Final = 100
_WRONG: Final = N_("The password that you have now is not right.")
_WAIT: Final = N_("Too many attempts failed. Please come back in %(minutes)s minutes.")
_NO_TOKEN: Final = N_("A token needs a name, and something that it may do.")

router = APIRouter(prefix=ACCOUNT, include_in_schema=False, dependencies=[Depends(signed_in)])


@router.api_route("", methods=["GET", "HEAD"])
def account_page(request: Request) -> Response:
    """Who one is here, and how one comes in."""
    return _page(request)


def _myself(request: Request) -> tuple[Person, Session]:
    found = signed_in(request)
    assert found.person is not None  # noqa: S101 - signed_in says so
    assert found.session is not None  # noqa: S101 - pages take nothing else
    return found.person, found.session


def _page(request: Request, *, status: int = 200, **told: Any) -> Response:
    known, now = services(request), datetime.now(UTC)
    person, session = _myself(request)
    return own_page(
        request,
        "account.html",
        status=status,
        person=person,
        session=session,
        sessions=known.store.sessions.of(person.id, now, cookies.lifetime(known.settings)),
        tokens=[
            one
            for one in endings(known.store.tokens.all(person.id), now, within(known.settings))
            if one.token.expires_at > now
        ],
        actions=[action for action in Action if action in actions_of(person)],
        nodes={node.id: node.name for node in known.store.organisations.nodes() if node.id in person.nodes},
        days=DAYS,
        wording=wording,
        **({"error": "", "at": "", "secret": "", "done": ""} | told),
    )


def _back(request: Request) -> Response:
    return RedirectResponse(onward.to(request, ACCOUNT), 303, {"Cache-Control": "no-store"})


@router.post("")
def change_account(request: Request, form: Form) -> Response:
    """Change one's name and language."""
    person, _ = _myself(request)
    language = form.get("language") if form.get("language") in LANGUAGES else ""
    try:
        changed = replace(person, name=form.get("name"), language=language)
        services(request).store.people.change(changed, person.mail, datetime.now(UTC))
    except SettingsError as error:
        said = wording.failure(error, language_for(request))
        return _page(request, status=422, error=said, at="person")
    return RedirectResponse(f"{onward.root(request)}{ACCOUNT}", 303, {"Cache-Control": "no-store"})


@router.post("/password")
def change_password(request: Request, form: Form) -> Response:
    """Set another password; every other session ends."""
    known, now, say = services(request), datetime.now(UTC), words(language_for(request).tag).gettext
    person, session = _myself(request)
    attempt = attempts.begin(request, person.mail, now)
    if not attempt:
        minutes = int(attempts.WINDOW.total_seconds() // 60)
        return _page(request, status=429, error=say(_WAIT) % {"minutes": minutes}, at="password")
    _, hashed = known.store.people.password_of(person.mail)
    if hashed and not passwords.verify(form.get("current"), hashed)[0]:
        return _page(request, status=422, error=say(_WRONG), at="password")
    attempts.was_right(request, attempt)
    password = form.get("password")
    fault = passwords.fault_of(password, form.get("again"), person.name, person.mail)
    if fault:
        return _page(request, status=422, error=say(fault), at="password")
    known.store.people.set_password(person.id, passwords.hashed(password), person.mail, now, but=session.id)
    return _back(request)


@router.post("/tokens")
def make_token(request: Request, form: Form) -> Response:
    """Make a token; this page alone shows it."""
    person, _ = _myself(request)
    say = words(language_for(request).tag).gettext
    name = " ".join(form.get("name").split())[:_LONGEST_NAME]
    scopes = actions_of(person) & {action for action in Action if action in form.all("scope")}
    days = next((days for days in DAYS if form.get("days") == str(days)), DAYS[0])
    if not name or not scopes:
        return _page(request, status=422, error=say(_NO_TOKEN), at="token")
    now = datetime.now(UTC)
    _, secret = services(request).store.tokens.make(
        person, name, scopes, by=person.mail, now=now, expires_at=now + timedelta(days=days)
    )
    return _page(request, secret=secret, at="token")


@router.post("/tokens/{token_id}/end")
def end_token(request: Request, token_id: int, form: Form) -> Response:  # noqa: ARG001 - that it is ours
    """End a token of one's own."""
    person, _ = _myself(request)
    tokens = services(request).store.tokens
    if any(one.id == token_id for one in tokens.all(person.id)):
        with suppress(UnknownToken):  # it was ended in another window
            tokens.end(token_id, person.mail, datetime.now(UTC))
    return _back(request)


@router.post("/sessions/{session_id}/end")
def end_session(request: Request, session_id: int, form: Form) -> Response:  # noqa: ARG001 - as above
    """Sign out elsewhere."""
    person, _ = _myself(request)
    services(request).store.sessions.end_one(person.id, session_id)
    return _back(request)
