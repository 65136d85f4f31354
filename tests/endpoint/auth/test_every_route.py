"""Who may ask for what: every route of the application, in a table, and asked for by everybody.

A route without an entry fails, and so does an entry without a route. Requests name things that there are not
(but the source `nile` of the node `delta`), so that those who are let through change nothing.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import pytest
import requests

from catalogue.alerts import Rule
from catalogue.people import Action, Person, Role, may, may_somewhere
from catalogue.settings import load_settings
from catalogue.store import Store
from endpoint.app import create_app
from endpoint.dashboard import live
from factories import add_source
from signing_in import COOKIE, add_node, add_person, serving, token_of


@dataclass(frozen=True)
class Access:
    """Who may: everybody; whoever has signed in; who may do this somewhere, or to the source in the path."""

    everybody: bool = False
    action: Action | None = None
    #: The source in the path, or the source that the number in the path is about, is `nile`.
    at_source: bool = False
    #: Only where it concerns everything: no node manager, wherever he manages.
    everywhere: bool = False


PUBLIC: Final = Access(everybody=True)
SIGNED_IN: Final = Access()
SEES: Final = Access(action=Action.SEE)
SEES_SOURCE: Final = Access(action=Action.SEE, at_source=True)
SEES_EVERYTHING: Final = Access(action=Action.SEE, everywhere=True)
STEERS: Final = Access(action=Action.STEER)
STEERS_SOURCE: Final = Access(action=Action.STEER, at_source=True)
#: The alert in the path is about `nile`; the node in the path is its node.
SEES_ALERT, STEERS_ALERT, STEERS_NODE = SEES_SOURCE, STEERS_SOURCE, STEERS_SOURCE
DECIDES: Final = Access(action=Action.DECIDE)
ADMINISTERS: Final = Access(action=Action.ADMINISTER)

ROUTES: Final = {
    # For everybody.
    "GET /": PUBLIC,
    "GET /feed": PUBLIC,
    "GET /where": PUBLIC,
    "GET /nodes": PUBLIC,
    "GET /nodes.json": PUBLIC,
    "GET /nodes/{node_id}": PUBLIC,
    "GET /nodes/{node_id}.json": PUBLIC,
    "GET /nodes/{node_id}/badge.svg": PUBLIC,
    "GET /sitemaps/nodes.xml": PUBLIC,
    "GET /nodes/{node_id}/digest": SEES,
    "POST /nodes/{node_id}/digest": SEES,
    # Who holds the link ends his letters.
    "GET /digests/{link}": PUBLIC,
    "POST /digests/{link}": PUBLIC,
    "GET /api/where": PUBLIC,
    "GET /health": PUBLIC,
    "GET /ready": PUBLIC,
    # From this machine, or with its own token.
    "GET /metrics": PUBLIC,
    "GET /static/{name}": PUBLIC,
    "GET /dump/": PUBLIC,
    "GET /dump/index.json": PUBLIC,
    "GET /dump/{name}/{file}": PUBLIC,
    "GET /clients": PUBLIC,
    "GET /api/clients": PUBLIC,
    "GET /sitemap.xml": PUBLIC,
    "GET /sitemaps/{number}.xml": PUBLIC,
    "GET /robots.txt": PUBLIC,
    "GET /check": PUBLIC,
    "POST /check": PUBLIC,
    "GET /check/{checkup_id}": PUBLIC,
    "GET /check/{checkup_id}/letter": PUBLIC,
    "POST /api/checks": PUBLIC,
    "GET /api/checks/{checkup_id}": PUBLIC,
    "GET /api/openapi.json": PUBLIC,
    # Signing in; what one sees of oneself.
    "GET /ping/{secret}": PUBLIC,
    "POST /ping/{secret}": PUBLIC,
    "GET /dashboard/pings/{source_id}": STEERS_SOURCE,
    "POST /dashboard/pings/{source_id}": STEERS_SOURCE,
    "POST /dashboard/pings/{source_id}/remove": STEERS_SOURCE,
    # Sources, runs, questions.
    "GET /api/sources": SEES,
    "GET /api/sources/{source_id}": SEES_SOURCE,
    "POST /api/sources": ADMINISTERS,
    "POST /api/sources/{source_id}/retire": ADMINISTERS,
    "POST /api/sources/{source_id}/bring-back": ADMINISTERS,
    "GET /api/pause": ADMINISTERS,
    "PUT /api/pause": ADMINISTERS,
    "DELETE /api/pause": ADMINISTERS,
    "POST /dashboard/retirements/{source_id}": ADMINISTERS,
    "POST /dashboard/pause": ADMINISTERS,
    "POST /dashboard/views": SEES,
    "POST /api/sources/{source_id}/harvest": STEERS_SOURCE,
    "POST /api/sources/{source_id}/remap": STEERS_SOURCE,
    "POST /api/sources/{source_id}/trial": STEERS_SOURCE,
    "POST /api/sources/{source_id}/check-up": STEERS_SOURCE,
    "POST /api/sources/{source_id}/pause": STEERS_SOURCE,
    "POST /api/sources/{source_id}/resume": STEERS_SOURCE,
    "GET /api/sources/{source_id}/problems": SEES_SOURCE,
    "PUT /api/sources/{source_id}/problems/{rule}/acceptance": STEERS_SOURCE,
    "DELETE /api/sources/{source_id}/problems/{rule}/acceptance": STEERS_SOURCE,
    "GET /api/runs": SEES_EVERYTHING,
    "GET /api/runs/{run_id}": SEES,
    "GET /api/runs/{run_id}/trial": SEES,
    "GET /api/runs/{run_id}/faults": SEES,
    "GET /api/runs/{run_id}/requests": SEES,
    "POST /api/runs/{run_id}/cancel": STEERS,
    "POST /api/runs/{run_id}/go-on": STEERS,
    "POST /api/runs/{run_id}/roll-back": STEERS,
    "GET /api/questions": SEES,
    "GET /api/questions/{question_id}": SEES,
    "POST /api/questions/{question_id}/answer": STEERS,
    "GET /api/sources/{source_id}/settings": SEES_SOURCE,
    "PATCH /api/sources/{source_id}/settings": STEERS_SOURCE,
    "POST /api/sources/{source_id}/settings/undo": STEERS_SOURCE,
    "PUT /api/sources/{source_id}/ping": STEERS_SOURCE,
    "DELETE /api/sources/{source_id}/ping": STEERS_SOURCE,
    "GET /sign-in": PUBLIC,
    "POST /sign-in": PUBLIC,
    "POST /sign-out": PUBLIC,
    "GET /sign-in/link/{secret}": PUBLIC,
    "GET /sign-in/with/{name}": PUBLIC,
    "GET /sign-in/with/{name}/back": PUBLIC,
    "POST /sign-in/link/{secret}": PUBLIC,
    "GET /dashboard/account": SIGNED_IN,
    "POST /dashboard/account": SIGNED_IN,
    "POST /dashboard/account/password": SIGNED_IN,
    "POST /dashboard/account/tokens": SIGNED_IN,
    "POST /dashboard/account/tokens/{token_id}/end": SIGNED_IN,
    "POST /dashboard/account/sessions/{session_id}/end": SIGNED_IN,
    "GET /api/me": SIGNED_IN,
    # The operators' pages.
    "GET /dashboard": SEES,
    "GET /dashboard/nodes.csv": SEES,
    "GET /dashboard/live": SEES,
    "GET /dashboard/sources/{source_id}": SEES_SOURCE,
    "GET /dashboard/runs/{run_id}": SEES,
    "GET /dashboard/runs/{run_id}/records/{record_id}": SEES,
    "GET /dashboard/runs/{run_id}/requests/{number}": SEES,
    "GET /dashboard/runs/{run_id}/bundle.zip": SEES,
    "GET /dashboard/faults/{number}": SEES,
    "GET /dashboard/problems/{source_id}/{rule}": SEES_SOURCE,
    "GET /dashboard/problems.csv": SEES,
    "POST /dashboard/sources/{source_id}/{act}": STEERS_SOURCE,
    "POST /dashboard/settings/{source_id}": STEERS_SOURCE,
    "POST /dashboard/settings/{source_id}/undo": STEERS_SOURCE,
    "POST /dashboard/problems/{source_id}/{rule}": STEERS_SOURCE,
    "POST /dashboard/runs/{run_id}/{act}": STEERS,
    "POST /dashboard/questions/{question_id}": STEERS,
    "POST /dashboard/correspondence/{source_id}": ADMINISTERS,
    # People, organisations, nodes, audit.
    "GET /dashboard/people": ADMINISTERS,
    "POST /dashboard/people": ADMINISTERS,
    "GET /dashboard/people/{person_id}": ADMINISTERS,
    "POST /dashboard/people/{person_id}": ADMINISTERS,
    "POST /dashboard/people/{person_id}/roles": ADMINISTERS,
    "POST /dashboard/people/{person_id}/link": ADMINISTERS,
    "POST /dashboard/people/{person_id}/remove": ADMINISTERS,
    "GET /dashboard/organisations": ADMINISTERS,
    "POST /dashboard/organisations": ADMINISTERS,
    "POST /dashboard/organisations/{organisation_id}/remove": ADMINISTERS,
    "POST /dashboard/organisations/{organisation_id}/nodes": ADMINISTERS,
    "POST /dashboard/organisations/{organisation_id}/nodes/{node_id}/remove": ADMINISTERS,
    "POST /dashboard/organisations/{organisation_id}/nodes/{node_id}/sources": ADMINISTERS,
    "GET /dashboard/audit": ADMINISTERS,
    "GET /api/people": ADMINISTERS,
    "POST /api/people": ADMINISTERS,
    "GET /api/people/{person_id}": ADMINISTERS,
    "PATCH /api/people/{person_id}": ADMINISTERS,
    "DELETE /api/people/{person_id}": ADMINISTERS,
    "PUT /api/people/{person_id}/roles/{role}": ADMINISTERS,
    "DELETE /api/people/{person_id}/roles/{role}": ADMINISTERS,
    "POST /api/people/{person_id}/link": ADMINISTERS,
    "GET /api/tokens": ADMINISTERS,
    "POST /api/tokens": ADMINISTERS,
    "DELETE /api/tokens/{token_id}": ADMINISTERS,
    "GET /api/organisations": SEES,
    "POST /api/organisations": ADMINISTERS,
    "GET /api/organisations/{organisation_id}": SEES,
    "PUT /api/organisations/{organisation_id}": ADMINISTERS,
    "DELETE /api/organisations/{organisation_id}": ADMINISTERS,
    "GET /api/nodes": SEES,
    "POST /api/nodes": ADMINISTERS,
    "GET /api/nodes/{node_id}": SEES,
    "PUT /api/nodes/{node_id}": ADMINISTERS,
    "DELETE /api/nodes/{node_id}": ADMINISTERS,
    "PUT /api/nodes/{node_id}/sources/{source_id}": ADMINISTERS,
    "DELETE /api/nodes/{node_id}/sources/{source_id}": ADMINISTERS,
    # Alerts, and who hears of them; a key in the address opens one subscription.
    "GET /alerts/on/{key}": PUBLIC,
    "POST /alerts/on/{key}": PUBLIC,
    "GET /alerts/off/{key}": PUBLIC,
    "POST /alerts/off/{key}": PUBLIC,
    "GET /dashboard/alerts": SEES,
    "POST /dashboard/alerts/{alert_id}/{act}": STEERS_ALERT,
    "GET /dashboard/account/alerts": SIGNED_IN,
    "POST /dashboard/account/alerts": SIGNED_IN,
    "POST /dashboard/account/alerts/{number}/{act}": SIGNED_IN,
    "GET /dashboard/nodes/{node_id}/alerts": STEERS_NODE,
    "POST /dashboard/nodes/{node_id}/alerts": STEERS_NODE,
    "POST /dashboard/nodes/{node_id}/alerts/{number}/{act}": STEERS_NODE,
    "GET /api/alerts": SEES,
    "GET /api/alerts/{alert_id}": SEES_ALERT,
    "PUT /api/alerts/{alert_id}/snooze": STEERS_ALERT,
    "DELETE /api/alerts/{alert_id}/snooze": STEERS_ALERT,
    "GET /api/subscriptions": SEES,
    "POST /api/subscriptions": SEES,
    "PATCH /api/subscriptions/{number}": SEES,
    "PUT /api/subscriptions/{number}/mute": SEES,
    "POST /api/subscriptions/{number}/try": SEES,
    "DELETE /api/subscriptions/{number}": SEES,
    "GET /api/nodes/{node_id}/subscriptions": STEERS_NODE,
    "POST /api/nodes/{node_id}/subscriptions": STEERS_NODE,
    # Registrations: a key in the address opens one.
    "GET /register": PUBLIC,
    "POST /register": PUBLIC,
    "GET /registrations/{key}": PUBLIC,
    "GET /registrations/{key}/{step}": PUBLIC,
    "POST /registrations/{key}/{step}": PUBLIC,
    "POST /registrations/{key}/check": PUBLIC,
    "POST /registrations/{key}/send": PUBLIC,
    "POST /registrations/{key}/message/new": PUBLIC,
    "POST /registrations/{key}/withdraw/now": PUBLIC,
    "POST /registrations/{key}/confirmation/new": PUBLIC,
    "GET /registrations/{key}/confirm/{code}": PUBLIC,
    "POST /registrations/{key}/confirm/{code}": PUBLIC,
    "GET /decisions": PUBLIC,
    "GET /dashboard/registrations": DECIDES,
    "GET /dashboard/registrations/{number}": DECIDES,
    "POST /dashboard/registrations/{number}/answer": DECIDES,
    "POST /dashboard/registrations/{number}/{decision}": DECIDES,
    "GET /api/registrations": DECIDES,
    "GET /api/registrations/{number}": DECIDES,
    "POST /api/registrations/{number}/accept": DECIDES,
    "POST /api/registrations/{number}/ask": DECIDES,
    "POST /api/registrations/{number}/refuse": DECIDES,
    "POST /api/registrations/{number}/answer": DECIDES,
    # Without `about` it is of everything.
    "GET /api/audit": ADMINISTERS,
}
#: What the catalogue gives to the world: everybody may ask for everything below these.
FEEDS: Final = ("/oai", "/csw", "/ogc")
#: Values of parameters in paths; of all others: `none`.
VALUES: Final = {"source_id": "nile", "number": "1", "role": "viewer", "run_id": "99999", "alert_id": "1"}
#: Of paths that end so: the node is that of `nile`.
OF_DELTA: Final = ("/alerts", "/subscriptions", "/alerts/{number}/{act}")
#: Methods that a session does not open the API for.
UNSAFE: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def routes_of(routes: Iterable[Any], prefix: str = "") -> Iterator[str]:
    """Every route there is, as `METHOD path`."""
    for route in routes:
        inside = getattr(route, "original_router", None)
        if inside is not None:
            yield from routes_of(inside.routes, prefix + route.include_context.prefix)
        elif getattr(route, "methods", None):
            yield from (f"{method} {prefix}{route.path}" for method in route.methods if method != "HEAD")
        else:
            yield f"ANY {prefix}{route.path}"


def test_every_route_has_an_entry_and_every_entry_a_route(sqlite_store: Store) -> None:
    routes = routes_of(create_app(load_settings(), sqlite_store).routes)
    found = {route for route in routes if not route.partition(" ")[2].startswith(FEEDS)}
    assert found - ROUTES.keys() == set(), "routes without an entry"
    assert ROUTES.keys() - found == set(), "entries without a route"


@dataclass(frozen=True)
class Asking:
    """Somebody who asks, by session or by token."""

    label: str
    person: Person | None = None
    token: str = ""
    scopes: frozenset[Action] = frozenset(Action)

    def may(self, access: Access, method: str, *, api: bool) -> bool:
        """Whether he is let through."""
        if access.everybody:
            return True
        if self.person is None or (self.token and not api) or (api and not self.token and method in UNSAFE):
            return False
        return access.action is None or (access.action in self.scopes and self._has_role(access))

    def _has_role(self, access: Access) -> bool:
        assert access.action is not None
        if access.at_source:
            return may(self.person, access.action, "delta")
        if access.everywhere:
            return may(self.person, access.action)
        return may_somewhere(self.person, access.action)


@pytest.fixture(scope="module")
def everybody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Store, list[Asking]]]:
    with Store(f"sqlite:///{tmp_path_factory.mktemp('auth')}/store.sqlite") as store:
        store.upgrade()
        add_source(store, "nile")
        add_source(store, "lagoon")
        add_node(store, "delta", "nile")
        add_node(store, "coast", "lagoon")
        store.alerts.judge("nile", {Rule.HELD: {"questions": 1}}, datetime.now(UTC))
        operator = add_person(store, Role.OPERATOR)
        manager = add_person(store, nodes=("delta",))
        asking = [
            Asking("nobody"),
            Asking("without a role", add_person(store)),
            Asking("viewer", add_person(store, Role.VIEWER)),
            Asking("its node manager", manager),
            Asking("another's node manager", add_person(store, nodes=("coast",))),
            Asking("approver", add_person(store, Role.APPROVER)),
            Asking("operator", operator),
            Asking("a token of nobody", None, "clearinghouse_made-up"),
            Asking("a manager's token", manager, token_of(store, manager, *Action)),
        ]
        for action in Action:
            token = token_of(store, operator, action)
            asking.append(Asking(f"a token to {action}", operator, token, frozenset({action})))
        with serving(store, requests_per_minute=0, checks_per_client=1000) as at:
            yield at, store, asking


@pytest.fixture(autouse=True)
def short_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes as it happens ends at once."""
    monkeypatch.setattr(live, "LASTS", 0.0)


def _ask(at: str, store: Store, who: Asking, method: str, path: str) -> requests.Response:
    """One request, as this one makes it; a form is sent with what our pages put into it."""
    cookies, headers, fields, body = {}, {}, None, None
    if who.token:
        headers["Authorization"] = f"Bearer {who.token}"
    elif who.person is not None:
        cookies[COOKIE] = store.sessions.begin(who.person.id, datetime.now(UTC), by="test")
    if path.startswith("/api/"):
        body = {} if method in UNSAFE else None
    elif method in UNSAFE:
        cookies["clearinghouse-form"] = "nonce"
        signed = f"nonce\n{cookies.get(COOKIE, '')}".encode()
        fields = {"token": hmac.new(store.keys.secret("forms"), signed, "sha256").hexdigest()}
    return requests.request(
        method, at + path, headers=headers, cookies=cookies, data=fields, json=body,
        allow_redirects=False, timeout=20,
    )  # fmt: skip


@pytest.mark.parametrize("route", ROUTES)
def test_who_is_let_through(everybody: tuple[str, Store, list[Asking]], route: str) -> None:
    at, store, asking = everybody
    method, _, template = route.partition(" ")
    api = template.startswith("/api/")
    values = VALUES | ({"node_id": "delta"} if template.endswith(OF_DELTA) else {})
    path = re.sub(r"{(\w+)[^}]*}", lambda found: values.get(found[1], _made_up(found[1])), template)
    wrong = []
    for who in asking if api else asking[:7]:
        if ROUTES[route].everybody and who.person is not None and not who.token and who.label != "operator":
            continue  # what everybody may, two show
        answer = _ask(at, store, who, method, path)
        signs_in = answer.status_code == 303 and answer.headers["Location"].startswith("/sign-in")
        through = not signs_in and answer.status_code not in {401, 403}
        if through is not who.may(ROUTES[route], method, api=api) or answer.status_code >= 500:
            wrong.append(f"{who.label}: {answer.status_code}")
        elif through and method == "GET" and not ROUTES[route].everybody:
            assert answer.headers["Cache-Control"] in {"no-store", "no-cache"}  # the latter of a stream
        elif not through:
            assert answer.headers["Cache-Control"] == "no-store"
            known = who.person is not None and (bool(who.token) or not api or method not in UNSAFE)
            assert answer.status_code == (403 if known else 401 if api else 303), who.label
            if api:
                assert answer.headers["Content-Type"] == "application/problem+json"
    assert wrong == []


def _made_up(name: str) -> str:
    """Numbers where a route has a number, which no thing has."""
    return "99999" if name in {"person_id", "token_id", "session_id", "question_id"} else "none"
