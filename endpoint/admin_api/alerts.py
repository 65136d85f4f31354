"""The addresses /api/alerts and /api/subscriptions: what is amiss, and who hears of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from catalogue.alerts import Channel, Subscription, Wish
from catalogue.errors import NotAllowed, UnknownSubscription
from catalogue.people import Action, Person
from endpoint.admin_api.alert_shapes import (
    AlertShown,
    MuteSent,
    NewSubscription,
    SnoozeSent,
    SubscriptionMade,
    SubscriptionShown,
    WishSent,
    alert_shown,
    subscription_shown,
)
from endpoint.admin_api.problems import RESPONSES
from endpoint.admin_api.shapes import Listed
from endpoint.alerts import hearing
from endpoint.alerts.pages import visible
from endpoint.auth.gate import allowed, needs, reader, signed_in
from endpoint.deps import services

alerts = APIRouter(prefix="/api/alerts", tags=["alerts"], responses=RESPONSES)
subscriptions = APIRouter(
    prefix="/api", tags=["alerts"], responses=RESPONSES, dependencies=[Depends(signed_in)]
)
_STEERS = needs(Action.STEER)


@alerts.get("", dependencies=[needs(Action.SEE)])
def list_alerts(
    request: Request,
    *,
    source: str = "",
    over: Annotated[bool, Query(description="Those that are over, too.")] = False,
    before: Annotated[int | None, Query(ge=1)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Listed[AlertShown]:
    """Alerts of the sources that this token may see, the newest first."""
    kept, seen = services(request).store.alerts, visible(request, reader(request))
    wanted = seen if not source else [source] if seen is None or source in seen else []
    if not over:
        return Listed[AlertShown](items=[alert_shown(one) for one in kept.open(wanted)], next=None)
    found = kept.newest(source_ids=wanted, before=before, limit=limit + 1)
    following = None
    if len(found) > limit:
        asked = request.url.include_query_params(before=found[limit - 1].id)
        following = f"{services(request).settings.public_url}/api/alerts?{asked.query}"
    return Listed[AlertShown](items=[alert_shown(one) for one in found[:limit]], next=following)


@alerts.get("/{alert_id}", dependencies=[needs(Action.SEE)])
def show_alert(request: Request, alert_id: int) -> AlertShown:
    """One alert."""
    alert = services(request).store.alerts.get(alert_id)
    allowed(request, Action.SEE, alert.source_id)
    return alert_shown(alert)


@alerts.put("/{alert_id}/snooze", dependencies=[_STEERS])
def snooze(request: Request, alert_id: int, sent: SnoozeSent) -> AlertShown:
    """Tell nobody of it for a while."""
    return _snoozed(request, alert_id, sent.days, sent.why)


@alerts.delete("/{alert_id}/snooze", dependencies=[_STEERS])
def wake(request: Request, alert_id: int) -> AlertShown:
    """Tell of it again."""
    return _snoozed(request, alert_id, 0, "")


def _snoozed(request: Request, alert_id: int, days: float, why: str) -> AlertShown:
    known = services(request)
    who = allowed(request, Action.STEER, known.store.alerts.get(alert_id).source_id).who
    hearing.snooze(known, alert_id, days, by=who, why=why)
    return alert_shown(known.store.alerts.get(alert_id))


def _person(request: Request) -> Person:
    """Whose token it is; who sees nothing hears nothing.

    Raises:
        NotAllowed: the token may not see anything.
    """
    found = signed_in(request)
    if found.person is None or not found.may_somewhere(Action.SEE):
        raise NotAllowed("to hear of something one must be allowed to see it")
    return found.person


def _shown(request: Request, one: Subscription) -> SubscriptionShown:
    calls = services(request).store.calls
    last = calls.newest(one.id, limit=1) if one.wish.channel is Channel.WEBHOOK else []
    return subscription_shown(one, next(iter(last), None))


@subscriptions.get("/subscriptions", dependencies=[needs(Action.SEE)])
def list_own(request: Request) -> Listed[SubscriptionShown]:
    """What one hears oneself."""
    found = services(request).store.subscriptions.of_person(_person(request).id)
    return Listed[SubscriptionShown](items=[_shown(request, one) for one in found], next=None)


@subscriptions.post("/subscriptions", status_code=201, dependencies=[needs(Action.SEE)])
def subscribe(request: Request, sent: NewSubscription) -> SubscriptionMade:
    """Hear of something: by mail to one's own address, or by a webhook."""
    return _made(request, sent, sent.node, _person(request))


@subscriptions.get("/nodes/{node_id}/subscriptions", dependencies=[_STEERS])
def list_of_node(request: Request, node_id: str) -> Listed[SubscriptionShown]:
    """Who hears of a node, beside those who hear of it for themselves."""
    _require_node(request, node_id)
    found = services(request).store.subscriptions.of_node(node_id)
    return Listed[SubscriptionShown](items=[_shown(request, one) for one in found], next=None)


@subscriptions.post("/nodes/{node_id}/subscriptions", status_code=201, dependencies=[_STEERS])
def subscribe_node(request: Request, node_id: str, sent: NewSubscription) -> SubscriptionMade:
    """Let a mail address hear of a node, once it has said yes; or a webhook, at once."""
    _require_node(request, node_id)
    return _made(request, sent, node_id, None)


def _made(request: Request, sent: NewSubscription, node_id: str, person: Person | None) -> SubscriptionMade:
    wish = hearing.wish_of(
        channel=sent.channel,
        address=sent.address,
        rules=[str(rule) for rule in sent.rules],
        pace=sent.pace,
        language=sent.language,
        clock=sent.clock,
    )
    made, secret = hearing.subscribe(
        services(request), wish, by=reader(request).who, person=person, node_id=node_id, secret=sent.secret
    )
    return SubscriptionMade(**subscription_shown(made).model_dump(), secret=secret)


def _require_node(request: Request, node_id: str) -> None:
    """Let those through who steer at a node that there is.

    Raises:
        UnknownNode: there is none.
        NotAllowed: he may not.
    """
    node = services(request).store.organisations.node(node_id)
    if not reader(request).may_at(Action.STEER, node.id):
        raise NotAllowed(f"{reader(request).who} may not steer at {node.id}")


def _own(request: Request, number: int) -> Subscription:
    """One that is one's own, or of a node at which one may steer.

    Raises:
        UnknownSubscription: there is none.
    """
    one, asking = services(request).store.subscriptions.get(number), reader(request)
    if one.person_id is None:
        own = asking.may_at(Action.STEER, one.node_id)
    else:
        own = _person(request).id == one.person_id
    if not own:
        raise UnknownSubscription(f"there is no subscription {number}")
    return one


@subscriptions.patch("/subscriptions/{number}", dependencies=[needs(Action.SEE)])
def change(request: Request, number: int, sent: WishSent) -> SubscriptionShown:
    """Hear of other rules, at another pace or hour, or in another language."""
    wish = Wish(rules=frozenset(sent.rules), pace=sent.pace, language=sent.language, clock=sent.clock)
    one = hearing.change(services(request), _own(request, number), wish, by=reader(request).who)
    return _shown(request, one)


@subscriptions.put("/subscriptions/{number}/mute", dependencies=[needs(Action.SEE)])
def mute(request: Request, number: int, sent: MuteSent) -> SubscriptionShown:
    """Tell nothing there for a while."""
    one = hearing.mute(services(request), _own(request, number), sent.days, by=reader(request).who)
    return _shown(request, one)


@subscriptions.post("/subscriptions/{number}/try", status_code=202, dependencies=[needs(Action.SEE)])
def try_out(request: Request, number: int) -> SubscriptionShown:
    """Send something there that tells of no alert, once a minute at most."""
    one = _own(request, number)
    hearing.try_out(services(request), one)
    return _shown(request, one)


@subscriptions.delete("/subscriptions/{number}", status_code=204, dependencies=[needs(Action.SEE)])
def unsubscribe(request: Request, number: int) -> Response:
    """Tell nothing there any more."""
    one = _own(request, number)
    services(request).store.subscriptions.remove(one.id, reader(request).who, datetime.now(UTC))
    return Response(status_code=204)
