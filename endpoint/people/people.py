"""The pages below /dashboard/people: who may sign in, and to do what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from catalogue.errors import (
    ClearinghouseError,
    LastOperator,
    PersonExists,
    SettingsError,
    UnknownNode,
)
from catalogue.people import Action, Person, Role
from endpoint.alerts.beginning import begin_to_hear
from endpoint.auth import onward, wording
from endpoint.auth.forms import Fields, Form
from endpoint.auth.gate import needs, reader
from endpoint.auth.pages import language_for, own_page
from endpoint.deps import services
from endpoint.languages import LANGUAGES

PEOPLE: Final = "/dashboard/people"
#: What a form may ask for in vain.
_FAILURES: Final = (LastOperator, PersonExists, SettingsError, UnknownNode)

router = APIRouter(prefix=PEOPLE, include_in_schema=False, dependencies=[needs(Action.ADMINISTER)])


@router.api_route("", methods=["GET", "HEAD"])
def people_page(request: Request) -> Response:
    """Everybody who may sign in."""
    return _everybody(request)


def _everybody(request: Request, *, status: int = 200, **told: Any) -> Response:
    store = services(request).store
    return own_page(
        request,
        "people.html",
        status=status,
        people=store.people.all(),
        nodes=store.organisations.nodes(),
        roles=list(Role),
        wording=wording,
        **({"error": "", "typed": Fields([])} | told),
    )


@router.post("")
def add_person(request: Request, form: Form) -> Response:
    """Add somebody, and show the link to sign in with."""
    store, by, now = services(request).store, reader(request).who, datetime.now(UTC)
    role = next((role for role in Role if role == form.get("role")), None)
    node = form.get("node") if role is Role.NODE_MANAGER else ""
    language = form.get("language") if form.get("language") in LANGUAGES else ""
    try:
        with store.together():
            made = store.people.add(form.get("name"), form.get("mail"), by, now, language=language)
            if role is not None:
                made = store.people.give(made.id, role, by, now, node_id=node)
                begin_to_hear(services(request), made, by=by)
            link = _new_link(request, made)
    except _FAILURES as error:
        said = wording.failure(error, language_for(request))
        return _everybody(request, status=422, error=said, typed=form)
    return _person(request, made, link=link)


@router.api_route("/{person_id}", methods=["GET", "HEAD"])
def person_page(request: Request, person_id: int) -> Response:
    """One person."""
    return _person(request, services(request).store.people.get(person_id))


def _person(request: Request, person: Person, *, status: int = 200, **told: Any) -> Response:
    known = services(request)
    return own_page(
        request,
        "person.html",
        status=status,
        person=person,
        nodes={node.id: node.name for node in known.store.organisations.nodes()},
        roles=list(Role),
        done=known.store.audit.newest(about=f"person:{person.id}", limit=20),
        hours=known.settings.link_hours,
        wording=wording,
        **({"error": "", "link_once": told.pop("link", "")} | told),
    )


def _new_link(request: Request, person: Person) -> str:
    known, now = services(request), datetime.now(UTC)
    lasts = timedelta(hours=known.settings.link_hours)
    secret = known.store.sessions.make_link(person.id, reader(request).who, now, lasts)
    return f"{known.settings.public_url}/sign-in/link/{secret}"


def _done(request: Request, person_id: int, act: Callable[[], object]) -> Response:
    """Do something to somebody, and show what became of it."""
    try:
        act()
    except _FAILURES as error:
        return _failed(request, person_id, error)
    return RedirectResponse(onward.to(request, f"{PEOPLE}/{person_id}"), 303, {"Cache-Control": "no-store"})


def _failed(request: Request, person_id: int, error: ClearinghouseError) -> Response:
    said = wording.failure(error, language_for(request))
    return _person(request, services(request).store.people.get(person_id), status=422, error=said)


@router.post("/{person_id}")
def change_person(request: Request, person_id: int, form: Form) -> Response:
    """Change name, mail address and language."""
    people, by = services(request).store.people, reader(request).who
    language = form.get("language") if form.get("language") in LANGUAGES else ""
    changed = replace(people.get(person_id), name=form.get("name"), mail=form.get("mail"), language=language)
    return _done(request, person_id, lambda: people.change(changed, by, datetime.now(UTC)))


@router.post("/{person_id}/roles")
def give_role(request: Request, person_id: int, form: Form) -> Response:
    """Give a role, or take it where the form says `take`."""
    people, by, now = services(request).store.people, reader(request).who, datetime.now(UTC)
    role = next((role for role in Role if role == form.get("role")), Role.VIEWER)
    node = form.get("node") if role is Role.NODE_MANAGER else ""
    if "take" in form:
        return _done(request, person_id, lambda: people.take(person_id, role, by, now, node_id=node))

    def give() -> None:
        with services(request).store.together():
            begin_to_hear(services(request), people.give(person_id, role, by, now, node_id=node), by=by)

    return _done(request, person_id, give)


@router.post("/{person_id}/link")
def make_link(request: Request, person_id: int, form: Form) -> Response:  # noqa: ARG001 - that it is ours
    """A link to sign in with; this page alone shows it."""
    person = services(request).store.people.get(person_id)
    return _person(request, person, link=_new_link(request, person))


@router.post("/{person_id}/remove")
def remove_person(request: Request, person_id: int, form: Form) -> Response:  # noqa: ARG001 - as above
    """Let somebody sign in no more."""
    try:
        services(request).store.people.remove(person_id, reader(request).who, datetime.now(UTC))
    except LastOperator as error:
        return _failed(request, person_id, error)
    return RedirectResponse(onward.to(request, PEOPLE), 303, {"Cache-Control": "no-store"})
