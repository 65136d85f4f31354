"""The address /ping/{secret}: GET shows what it does, POST does it; for people, and for programs at a node.

The secret in the address is all that is asked for: no session, no token of a form. It is told to the node
alone, and asks for a harvest of one source, now and then.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from catalogue.errors import RunAlreadyOpen, SourceInactive, TooManyPings, UnknownLink
from catalogue.source import Source, SourceState
from catalogue.steering import acts
from catalogue.steering.hand import Hand
from endpoint.auth.pages import private
from endpoint.deps import services
from endpoint.languages import N_, wanted, words
from endpoint.public.pages import page

router = APIRouter(include_in_schema=False)

_READY: Final = N_("This asks for a harvest, so that what has changed is taken over soon.")
_ASKED: Final = N_("A harvest is asked for. It begins as soon as its turn comes.")
_ALREADY: Final = N_("It is being harvested already.")
_SOON: Final = N_("A harvest was asked for just before. Please come back in %(minutes)s minutes.")
_PAUSED: Final = N_("It is not harvested at present; whoever runs this catalogue knows why.")
_UNKNOWN: Final = N_("This link is none of ours, or good no more.")


@router.api_route("/ping/{secret}", methods=["GET", "HEAD"])
def ping_page(request: Request, secret: str) -> Response:
    """What the link does, with a button that does it: who only looks asks for nothing."""
    store = services(request).store
    try:
        source = store.sources.get(store.pings.find(secret).source_id)
    except UnknownLink:
        return _told(request, _UNKNOWN, 404)
    if source.state is not SourceState.ACTIVE:
        return _told(request, _PAUSED, 409, source)
    return _told(request, _READY, 200, source, secret=secret)


@router.post("/ping/{secret}")
def ping(request: Request, secret: str) -> Response:
    """Ask for a harvest of the source that the link is of."""
    store, source, wait = services(request).store, None, 0
    try:
        source = store.sources.get(store.pings.find(secret).source_id)
        said, status = _ask(request, source, secret)
    except UnknownLink:
        said, status = _UNKNOWN, 404
    except SourceInactive:
        said, status = _PAUSED, 409
    except RunAlreadyOpen:
        said, status = _ALREADY, 200
    except TooManyPings as error:
        said, status, wait = _SOON, 429, error.retry_after
    found = _told(request, said, status, source, minutes=-(-wait // 60))
    if wait:
        found.headers["Retry-After"] = str(wait)
    return found


def _ask(request: Request, source: Source, secret: str) -> tuple[str, int]:
    """Ask for a harvest, unless there is one already: that costs no use of the link."""
    known = services(request)
    if source.state is not SourceState.ACTIVE:
        return _PAUSED, 409
    if known.store.runs.open_run(source.id) is not None:
        return _ALREADY, 200
    with known.store.together():
        known.store.pings.use(secret, datetime.now(UTC), timedelta(minutes=known.settings.ping_minutes))
        acts.harvest(Hand(known.store, known.settings, f"ping:{source.id}"), source.id)
    return _ASKED, 202


def _told(
    request: Request,
    said: str,
    status: int,
    source: Source | None = None,
    *,
    secret: str = "",
    minutes: int = 0,
) -> Response:
    """A page for a browser, one line for a program."""
    if "text/html" not in request.headers.get("accept", ""):
        line = said % {"minutes": minutes} if minutes else said
        headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        return PlainTextResponse(f"{line}\n", status, headers)
    text = words(wanted(request).tag).gettext(said)
    told = text % {"minutes": minutes} if minutes else text
    found = private(page(request, "ping.html", source=source, secret=secret, told=told, failed=status >= 400))  # noqa: PLR2004 - HTTP
    found.status_code = status
    found.headers["Referrer-Policy"] = "no-referrer"
    return found
