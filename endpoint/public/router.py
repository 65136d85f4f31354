"""The front page, the health check and the files that pages need."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from catalogue.errors import SchemaOutOfDate, StoreUnreachable
from endpoint.deps import services
from endpoint.public import wording
from endpoint.public.assets import MEDIA_TYPES, PAGE_HEADERS, asset, asset_path
from endpoint.public.overview import Overviews
from endpoint.templating import render_template

router = APIRouter(include_in_schema=False)


def _overviews(request: Request) -> Overviews:
    found: Overviews | None = getattr(request.app.state, "overviews", None)
    if found is None:
        found = request.app.state.overviews = Overviews(services(request).store)
    return found


@router.api_route("/", methods=["GET", "HEAD"], response_class=HTMLResponse)
def front_page(request: Request) -> Response:
    """What is inside, and where the feeds are."""
    settings = services(request).settings
    root = urlsplit(settings.public_url).path
    page = render_template(
        "front_page.html",
        settings=settings,
        overview=_overviews(request).latest(),
        root=root,
        asset=partial(asset_path, root),
        moment=wording.moment,
    )
    return HTMLResponse(page, headers=PAGE_HEADERS)


@router.api_route("/health", methods=["GET", "HEAD"])
def health(request: Request) -> Response:
    """Whether this process can do its work: 200, or 503 and why not."""
    try:
        services(request).store.check()
    except StoreUnreachable as error:
        status, found = 503, {"status": "unavailable", "reason": str(error)}
    except SchemaOutOfDate as error:
        status, found = 503, {"status": "out-of-date", "reason": str(error)}
    else:
        status, found = 200, {"status": "ok"}
    return JSONResponse(found, status, headers={"Cache-Control": "no-store"})


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
