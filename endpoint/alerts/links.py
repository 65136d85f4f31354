"""The pages /alerts/on and /alerts/off: links in letters, by which somebody wishes to hear, or no more.

Whoever has the link may do just that. Programs that open every link change nothing: there is a button. Mail
programs that offer to end such letters send what RFC 8058 says, and need no button.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from catalogue.alerts import Subscription
from catalogue.errors import UnknownSubscription
from endpoint.alerts.telling import all_of_key, of_key
from endpoint.auth.pages import own_page
from endpoint.deps import services

router = APIRouter(prefix="/alerts", include_in_schema=False)


def _page(request: Request, key: str, one: Subscription | None, **told: Any) -> Response:
    known = services(request)
    names = {node.id: node.name for node in known.store.organisations.nodes()}
    found = own_page(
        request,
        "hearing_link.html",
        status=200 if one or told.get("done") else 404,
        key=key,
        one=one,
        label=names.get(one.node_id, "") if one else "",
        **({"done": "", "on": False} | told),
    )
    found.headers["Referrer-Policy"] = "no-referrer"
    return found


@router.api_route("/on/{key}", methods=["GET", "HEAD"])
def asking_page(request: Request, key: str) -> Response:
    """Asks whether somebody wishes to hear."""
    return _page(request, key, of_key(services(request), key), on=True)


@router.post("/on/{key}")
def turn_on(request: Request, key: str) -> Response:
    """He does."""
    known = services(request)
    one = of_key(known, key)
    if one is None:
        return _page(request, key, None, on=True)
    with suppress(UnknownSubscription):  # it was ended this very moment
        known.store.subscriptions.confirm(one.id, datetime.now(UTC))
    return _page(request, key, one, on=True, done="on")


@router.api_route("/off/{key}", methods=["GET", "HEAD"])
def ending_page(request: Request, key: str) -> Response:
    """Asks whether somebody wishes to hear no more."""
    return _page(request, key, next(iter(all_of_key(services(request), key)), None))


@router.post("/off/{key}")
def turn_off(request: Request, key: str) -> Response:
    """He wishes to hear no more; to say so twice is no mistake."""
    known = services(request)
    found = all_of_key(known, key)
    for one in found:
        with suppress(UnknownSubscription):  # it was ended this very moment
            known.store.subscriptions.remove(one.id, "its reader", datetime.now(UTC))
    return _page(request, key, next(iter(found), None), done="off")
