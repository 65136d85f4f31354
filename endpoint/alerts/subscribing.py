"""The pages where it is chosen what is heard: by a person for himself, by who steers a node for the node."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from catalogue.alerts import Channel, Pace, Rule, Subscription, Wish
from catalogue.digest_clock import Clock
from catalogue.errors import NotAllowed, SettingsError, UnknownSubscription
from catalogue.people import Action, Node, Person
from endpoint import zones
from endpoint.alerts import hearing, wording
from endpoint.auth.forms import Fields, Form
from endpoint.auth.gate import needs, signed_in
from endpoint.auth.pages import language_for
from endpoint.dashboard.pages import back, desk_page, unknown
from endpoint.deps import services

account = APIRouter(
    prefix="/dashboard/account/alerts", include_in_schema=False, dependencies=[Depends(signed_in)]
)
of_node = APIRouter(prefix="/dashboard/nodes", include_in_schema=False, dependencies=[needs(Action.STEER)])

#: Days for which a subscription can be quiet, as they are offered.
DAYS: Final = (1, 7, 30)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose subscriptions a page is about."""

    path: str
    who: str
    person: Person | None = None
    node: Node | None = None

    def own(self, request: Request) -> list[Subscription]:
        """His, or its."""
        kept = services(request).store.subscriptions
        if self.person is not None:
            return kept.of_person(self.person.id)
        return kept.of_node(self.node.id if self.node else "")


def _myself(request: Request) -> Owner:
    found = signed_in(request)
    assert found.person is not None  # noqa: S101 - signed_in says so
    return Owner("/dashboard/account/alerts", found.who, person=found.person)


def _node(request: Request, node_id: str) -> Owner:
    """A node, for whoever steers it.

    Raises:
        UnknownNode: there is no such node.
        NotAllowed: he may not steer it.
    """
    node, found = services(request).store.organisations.node(node_id), signed_in(request)
    if not found.may_at(Action.STEER, node_id):
        raise NotAllowed(f"{found.who} may not steer at this node")
    return Owner(f"/dashboard/nodes/{node_id}/alerts", found.who, node=node)


def _besides(request: Request, owner: Owner) -> list[str]:
    """Who has chosen to hear of a node for himself: it is his own to change, and not shown how."""
    if owner.node is None:
        return []
    store = services(request).store
    people = {person.id: person.name for person in store.people.all()}
    found = (one for one in store.subscriptions.all() if one.node_id == owner.node.id and one.person_id)
    return sorted({people[one.person_id] for one in found if one.person_id in people})


def _page(request: Request, owner: Owner, *, status: int = 200, **told: Any) -> Response:
    known = services(request)
    own = owner.own(request)
    shown: dict[str, Any] = {"typed": Fields([]), "error": "", "secret": "", "changed": None} | told
    zone = shown["typed"].get("time_zone") or _zone(own, owner)
    calls = {
        one.id: known.store.calls.newest(one.id, limit=1)
        for one in own
        if one.wish.channel is Channel.WEBHOOK
    }
    return desk_page(
        request,
        "hearing.html",
        status=status,
        owner=owner,
        own=own,
        calls=calls,
        besides=_besides(request, owner),
        nodes=_nodes(request, owner),
        names={node.id: node.name for node in known.store.organisations.nodes()},
        rules=list(Rule),
        paces=list(Pace),
        days=DAYS,
        hour=known.settings.alert_digest_hour,
        weekdays=wording.weekdays(language_for(request)),
        zone=zone,
        zones=[*({zone} - set(zones.names())), *zones.names()],
        alert_words=wording,
        **shown,
    )


def _zone(own: list[Subscription], owner: Owner) -> str:
    """The time zone that is suggested: that of what is heard already, else that of the node's country."""
    chosen = next((one.wish.clock.time_zone for one in reversed(own) if one.wish.clock.time_zone), "")
    of_node = zones.of_country(owner.node.country) if owner.node else ()
    return chosen or next(iter(of_node), "UTC")


def _wish(form: Fields) -> Wish:
    """What a form says.

    Raises:
        SettingsError: something of it will not do.
    """
    every = "every" in form or not form.all("rule")
    zone = form.get("time_zone")
    return hearing.wish_of(
        channel=form.get("channel"),
        address=form.get("address"),
        rules=[] if every else form.all("rule"),
        pace=form.get("pace"),
        language=form.get("language"),
        clock=Clock.of(form.get("hour"), form.get("weekday"), "" if zone == "UTC" else zone),
    )


def _typed(one: Subscription) -> Fields:
    """A subscription as the form would have it typed."""
    wish, clock = one.wish, one.wish.clock
    told = [("pace", wish.pace), ("language", wish.language), ("weekday", clock.weekday)]
    told += [("hour", "" if clock.hour is None else str(clock.hour)), ("time_zone", clock.time_zone or "UTC")]
    return Fields([*told, *(("rule", rule) for rule in sorted(wish.rules))])


def _changing(request: Request, owner: Owner) -> Response:
    """The page; with `?change=N` its form changes that one."""
    number = request.query_params.get("change", "")
    one = next((one for one in owner.own(request) if str(one.id) == number), None)
    return _page(request, owner, changed=one, typed=_typed(one)) if one else _page(request, owner)


def _change(request: Request, owner: Owner, one: Subscription, form: Fields) -> Response:
    """Hear of other things, or at another time."""
    try:
        hearing.change(services(request), one, _wish(form), by=owner.who)
    except SettingsError as error:
        return _page(request, owner, status=422, error=str(error), typed=form, changed=one)
    except UnknownSubscription:
        return unknown(request)  # it was ended in another window
    return back(request, owner.path, done="wish-changed")


def _nodes(request: Request, owner: Owner) -> list[Node]:
    """The nodes among which a person can choose: those that he may see."""
    if owner.person is None:
        return []
    seen = signed_in(request).nodes(Action.SEE)
    nodes = services(request).store.organisations.nodes()
    return [node for node in nodes if seen is None or node.id in seen]


def _subscribe(request: Request, owner: Owner, form: Fields) -> Response:
    """Add a subscription, and show the secret of a webhook this once."""
    node_id = form.get("node") if owner.person else (owner.node.id if owner.node else "")
    if owner.person and node_id and node_id not in {node.id for node in _nodes(request, owner)}:
        return unknown(request)
    try:
        made, secret = hearing.subscribe(
            services(request),
            _wish(form),
            by=owner.who,
            person=owner.person,
            node_id=node_id,
            secret=form.get("secret").strip(),
        )
    except SettingsError as error:
        return _page(request, owner, status=422, error=str(error), typed=form)
    if secret:
        return _page(request, owner, secret=secret)
    return back(request, owner.path, done="subscribed" if made.confirmed_at else "to-confirm")


def _act(  # noqa: PLR0917 - what is to be done to what, by whom
    request: Request, owner: Owner, number: int, act: str, form: Fields
) -> Response:
    """Be quiet, hear again, try it out, or end it."""
    known = services(request)
    one = next((one for one in owner.own(request) if one.id == number), None)
    days = next((days for days in DAYS if form.get("days") == str(days)), DAYS[0])
    acts: dict[str, tuple[Callable[[Subscription], object], str]] = {
        "mute": (lambda one: hearing.mute(known, one, days, by=owner.who), "muted"),
        "hear": (lambda one: hearing.mute(known, one, 0, by=owner.who), "heard"),
        "try": (lambda one: hearing.try_out(known, one), "tried"),
        "remove": (
            lambda one: known.store.subscriptions.remove(one.id, owner.who, hearing.utc_now()),
            "unsubscribed",
        ),
    }
    if one is not None and act == "change":
        return _change(request, owner, one, form)
    if one is None or act not in acts:
        return unknown(request)
    done, said = acts[act]
    try:
        done(one)
    except UnknownSubscription:
        return unknown(request)  # it was ended in another window
    return back(request, owner.path, done=said)


@account.api_route("", methods=["GET", "HEAD"])
def own_page(request: Request) -> Response:
    """What one hears oneself."""
    return _changing(request, _myself(request))


@account.post("")
def subscribe_oneself(request: Request, form: Form) -> Response:
    """Hear of something more."""
    return _subscribe(request, _myself(request), form)


@account.post("/{number}/{act}")
def act_on_own(request: Request, number: int, act: str, form: Form) -> Response:
    """Change something of what one hears."""
    return _act(request, _myself(request), number, act, form)


@of_node.api_route("/{node_id}/alerts", methods=["GET", "HEAD"])
def node_page(request: Request, node_id: str) -> Response:
    """Who hears of a node."""
    return _changing(request, _node(request, node_id))


@of_node.post("/{node_id}/alerts")
def subscribe_node(request: Request, node_id: str, form: Form) -> Response:
    """Let somebody more hear of a node."""
    return _subscribe(request, _node(request, node_id), form)


@of_node.post("/{node_id}/alerts/{number}/{act}")
def act_of_node(  # noqa: PLR0917 - the path has three
    request: Request, node_id: str, number: int, act: str, form: Form
) -> Response:
    """Change something of who hears of a node."""
    return _act(request, _node(request, node_id), number, act, form)
