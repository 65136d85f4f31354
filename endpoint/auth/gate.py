"""The gate: who asks, and whether he may. Every room that is not for everybody stands behind it.

A whole room::

    router = APIRouter(prefix="/dashboard", dependencies=[needs(Action.SEE)])

and what happens to one source, inside it::

    allowed(request, Action.STEER, source_id)

or, before what was sent is looked at, `dependencies=[needs_at_source(Action.STEER)]` of a route.

Pages take sessions, the API takes tokens, and sessions for what changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from fastapi import Depends
from starlette.requests import Request

from catalogue.errors import NotAllowed, NotSignedIn, UnknownSource
from catalogue.people import Action, Person, Session, Token, may, may_somewhere, nodes_where
from endpoint.auth import cookies
from endpoint.deps import services

#: Addresses below this are for programs.
API: Final = "/api/"
_SAFE: Final = frozenset({"GET", "HEAD"})
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks."""

    #: None: nobody in particular.
    person: Person | None = None
    #: By which session, or by which token.
    session: Session | None = None
    token: Token | None = None
    _node_of: Callable[[str], str] = field(default=lambda _: "", repr=False)

    @property
    def who(self) -> str:
        """What the audit calls him."""
        if self.person is None:
            return ""
        return f"{self.person.mail} (token {self.token.name})" if self.token else self.person.mail

    def may(self, action: Action, source_id: str = "") -> bool:
        """Whether he may do this to a source; without one: to everything."""
        if not self._in_scope(action):
            return False
        try:
            node_id = self._node_of(source_id) if source_id else ""
        except UnknownSource:
            node_id = ""
        return may(self.person, action, node_id)

    def may_at(self, action: Action, node_id: str) -> bool:
        """Whether he may do this at a node."""
        return self._in_scope(action) and may(self.person, action, node_id)

    def may_somewhere(self, action: Action) -> bool:
        """Whether there can be anything to which he may do this."""
        return self._in_scope(action) and may_somewhere(self.person, action)

    def nodes(self, action: Action) -> frozenset[str] | None:
        """The nodes to whose sources he may do this; None: to all sources there are."""
        return nodes_where(self.person, action) if self._in_scope(action) else frozenset()

    def _in_scope(self, action: Action) -> bool:
        return self.token is None or action in self.token.scopes


def reader(request: Request) -> Reader:
    """Who makes this request.

    Raises:
        NotSignedIn: by a token that is none, or has ended.
    """
    found: Reader | None = getattr(request.state, "reader", None)
    if found is None:
        found = request.state.reader = _find_out(request)
    return found


def _find_out(request: Request) -> Reader:
    known, now = services(request), datetime.now(UTC)
    node_of = known.store.organisations.node_of
    if is_api(request):
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            by_token = known.store.tokens.find(secret.strip()[:_LONGEST], now)
            if by_token is None:
                raise NotSignedIn("this token is none of ours, or has ended")
            return Reader(by_token[0], None, by_token[1], node_of)
        if request.method not in _SAFE:
            return Reader()
    secret = cookies.secret_of(request)
    by_session = known.store.sessions.find(secret, now, cookies.lifetime(known.settings)) if secret else None
    return Reader(by_session[0], by_session[1], None, node_of) if by_session else Reader()


def is_api(request: Request) -> bool:
    """Whether a program asks, as far as the address tells."""
    return request.url.path.startswith(API)


def allowed(request: Request, action: Action, source_id: str = "") -> Reader:
    """Let those through who may do this to a source; without one: to everything.

    Raises:
        NotSignedIn: nobody in particular asks.
        NotAllowed: he may not.
    """
    found = signed_in(request)
    if not found.may(action, source_id):
        raise NotAllowed(_refusal(found, action))
    return found


def signed_in(request: Request) -> Reader:
    """Let those through of whom it is known who they are.

    Raises:
        NotSignedIn: nobody in particular asks.
    """
    found = reader(request)
    if found.person is None:
        raise NotSignedIn("this needs somebody who has signed in")
    return found


def needs(action: Action) -> Any:
    """A dependency: those may enter who may do this to anything at all."""

    def enter(request: Request) -> Reader:
        found = signed_in(request)
        if not found.may_somewhere(action):
            raise NotAllowed(_refusal(found, action))
        return found

    return Depends(enter)


def needs_at_source(action: Action) -> Any:
    """A dependency: those may enter who may do this to the source that the path names as `source_id`."""

    def enter(request: Request) -> Reader:
        return allowed(request, action, request.path_params["source_id"])

    return Depends(enter)


def _refusal(found: Reader, action: Action) -> str:
    if found.token is not None and action not in found.token.scopes:
        return f"the token {found.token.name!r} has not the scope {action}"
    return f"{found.who} may not {action} here"
