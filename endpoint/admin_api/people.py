"""The addresses /api/me, /api/people and /api/tokens."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from catalogue.errors import NotAllowed, SettingsError
from catalogue.people import Action, Role, actions_of
from endpoint.admin_api.problems import RESPONSES
from endpoint.admin_api.shapes import (
    ChangedPerson,
    Listed,
    Myself,
    NewPerson,
    NewToken,
    PersonShown,
    SignInLink,
    TokenMade,
    TokenShown,
    person_shown,
    scopes_of,
    token_shown,
)
from endpoint.alerts.beginning import begin_to_hear
from endpoint.alerts.tokens import endings, within
from endpoint.auth.gate import needs, reader, signed_in
from endpoint.deps import services
from endpoint.languages import LANGUAGES

router = APIRouter(prefix="/api", tags=["people"], responses=RESPONSES)
_ADMINISTERS = [needs(Action.ADMINISTER)]


@router.get("/me", dependencies=[Depends(signed_in)])
def who_i_am(request: Request) -> Myself:
    """Whose token this is, and what it may do."""
    found = signed_in(request)
    assert found.person is not None  # noqa: S101 - signed_in says so
    may = scopes_of(found.person, found.token)
    return Myself(**person_shown(found.person), may=may, token=found.token.id if found.token else None)


@router.get("/people", dependencies=_ADMINISTERS)
def list_people(request: Request) -> Listed[PersonShown]:
    """Everybody who may sign in, by name."""
    found = services(request).store.people.all()
    return Listed[PersonShown](items=[PersonShown(**person_shown(one)) for one in found], next=None)


@router.post("/people", status_code=201, dependencies=_ADMINISTERS)
def add_person(request: Request, sent: NewPerson) -> PersonShown:
    """Add somebody; a link to sign in with is asked for on its own."""
    store, by, now = services(request).store, reader(request).who, datetime.now(UTC)
    if (sent.role is Role.NODE_MANAGER) is not bool(sent.node):
        raise SettingsError("a node goes with the role node-manager, and with no other")
    if sent.node:
        store.organisations.node(sent.node)
    with store.together():
        made = store.people.add(sent.name, sent.mail, by, now, language=_language(sent.language))
        if sent.role is not None:
            made = store.people.give(made.id, sent.role, by, now, node_id=sent.node)
            begin_to_hear(services(request), made, by=by)
    return PersonShown(**person_shown(made))


@router.get("/people/{person_id}", dependencies=_ADMINISTERS)
def show_person(request: Request, person_id: int) -> PersonShown:
    """One person."""
    return PersonShown(**person_shown(services(request).store.people.get(person_id)))


@router.patch("/people/{person_id}", dependencies=_ADMINISTERS)
def change_person(request: Request, person_id: int, sent: ChangedPerson) -> PersonShown:
    """Change name, mail address or language."""
    people = services(request).store.people
    changes = sent.model_dump(exclude_none=True)
    if sent.language is not None:
        _language(sent.language)
    changed = people.change(replace(people.get(person_id), **changes), reader(request).who, datetime.now(UTC))
    return PersonShown(**person_shown(changed))


@router.delete("/people/{person_id}", status_code=204, dependencies=_ADMINISTERS)
def remove_person(request: Request, person_id: int) -> Response:
    """Let somebody sign in no more; what was done stays noted."""
    services(request).store.people.remove(person_id, reader(request).who, datetime.now(UTC))
    return Response(status_code=204)


@router.put("/people/{person_id}/roles/{role}", dependencies=_ADMINISTERS)
def give_role(request: Request, person_id: int, role: Role, node: str = "") -> PersonShown:
    """Give somebody a role; that of a node manager at a node."""
    known, by = services(request), reader(request).who
    with known.store.together():
        given = known.store.people.give(person_id, role, by, datetime.now(UTC), node_id=node)
        begin_to_hear(known, given, by=by)
    return PersonShown(**person_shown(given))


@router.delete("/people/{person_id}/roles/{role}", dependencies=_ADMINISTERS)
def take_role(request: Request, person_id: int, role: Role, node: str = "") -> PersonShown:
    """Take a role from somebody; that of a node manager at one node, or everywhere."""
    people, by = services(request).store.people, reader(request).who
    return PersonShown(**person_shown(people.take(person_id, role, by, datetime.now(UTC), node_id=node)))


@router.post("/people/{person_id}/link", status_code=201, dependencies=_ADMINISTERS)
def make_link(request: Request, person_id: int) -> SignInLink:
    """A link by which somebody signs in, once; one from before is good no more."""
    known, now = services(request), datetime.now(UTC)
    lasts = timedelta(hours=known.settings.link_hours)
    secret = known.store.sessions.make_link(person_id, reader(request).who, now, lasts)
    return SignInLink(url=f"{known.settings.public_url}/sign-in/link/{secret}", expires_at=now + lasts)


@router.get("/tokens", dependencies=_ADMINISTERS)
def list_tokens(request: Request) -> Listed[TokenShown]:
    """Every token of everybody, the newest first, without what makes it one."""
    known = services(request)
    found = endings(known.store.tokens.all(), datetime.now(UTC), within(known.settings))
    shown = [TokenShown(**token_shown(one.token, ends_soon=one.soon)) for one in found]
    return Listed[TokenShown](items=shown, next=None)


@router.post("/tokens", status_code=201, dependencies=_ADMINISTERS)
def make_token(request: Request, sent: NewToken) -> TokenMade:
    """Make another token of one's own, that can do no more and lasts no longer than the one that asks."""
    found, now = signed_in(request), datetime.now(UTC)
    assert found.person is not None  # noqa: S101 - signed_in says so
    wanted, expires = frozenset(sent.scopes), now + timedelta(days=sent.days)
    allowed = actions_of(found.person)
    if found.token is not None:
        allowed, expires = allowed & found.token.scopes, min(expires, found.token.expires_at)
    if not wanted <= allowed:
        raise NotAllowed(f"this token cannot give the scopes {', '.join(sorted(wanted - allowed))}")
    made, secret = services(request).store.tokens.make(
        found.person, sent.name, wanted, by=found.who, now=now, expires_at=expires
    )
    return TokenMade(**token_shown(made), secret=secret)


@router.delete("/tokens/{token_id}", status_code=204, dependencies=_ADMINISTERS)
def end_token(request: Request, token_id: int) -> Response:
    """End a token."""
    services(request).store.tokens.end(token_id, reader(request).who, datetime.now(UTC))
    return Response(status_code=204)


def _language(tag: str) -> str:
    if tag and tag not in LANGUAGES:
        raise SettingsError(f"{tag!r} is none of {', '.join(LANGUAGES)}")
    return tag
