"""The front page, the feed page and the files that pages need."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from catalogue.formats import FORMATS
from endpoint.deps import services
from endpoint.languages import wanted
from endpoint.public import overview
from endpoint.public.assets import MEDIA_TYPES, asset
from endpoint.public.fresh import Fresh
from endpoint.public.overview import Overview
from endpoint.public.pages import page
from endpoint.public.set_lines import SetLine, set_lines
from endpoint.public.wording import Wording

router = APIRouter(include_in_schema=False)


def _overviews(request: Request) -> Fresh[Overview]:
    found: Fresh[Overview] | None = getattr(request.app.state, "overviews", None)
    if found is None:
        find_out = partial(overview.find_out, services(request).store)
        found = request.app.state.overviews = Fresh(find_out)
    return found


@router.api_route("/", methods=["GET", "HEAD"], response_class=HTMLResponse)
def front_page(request: Request) -> Response:
    """What is inside, and where the feeds are."""
    said = Wording(wanted(request))
    return page(request, "front_page.html", overview=_overviews(request).latest(), said=said)


def _set_lines(request: Request) -> Fresh[tuple[SetLine, ...]]:
    found: Fresh[tuple[SetLine, ...]] | None = getattr(request.app.state, "set_lines", None)
    if found is None:
        known = services(request)
        find_out = partial(set_lines, known.store, known.settings)
        found = request.app.state.set_lines = Fresh(find_out)
    return found


@router.api_route("/feed", methods=["GET", "HEAD"], response_class=HTMLResponse)
def feed_page(request: Request) -> Response:
    """For those who run another catalogue: addresses, formats, sets, terms."""
    known = services(request)
    held = set(known.store.feed.prefixes())
    return page(
        request,
        "feed.html",
        formats=[form for form in FORMATS if form.written or form.prefix in held],
        sets=_set_lines(request).latest(),
        today=f"{datetime.now(UTC):%Y-%m-%d}",
        token_days=round(known.settings.token_hours / 24, 1),
    )


@router.api_route("/static/{name}", methods=["GET", "HEAD"])
def static_file(name: str) -> Response:
    """One of our own static files."""
    try:
        body, _ = asset(name)
    except KeyError:
        return Response("There is no such file.\n", 404, media_type="text/plain")
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(body, headers=headers, media_type=MEDIA_TYPES[Path(name).suffix])
