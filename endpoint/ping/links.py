"""The pages below /dashboard/pings: the ping link of a source is made and ended; the same for programs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from catalogue.people import Action
from catalogue.source import Source
from endpoint.admin_api.problems import RESPONSES
from endpoint.auth import onward
from endpoint.auth.forms import Form
from endpoint.auth.gate import allowed, needs
from endpoint.auth.pages import own_page
from endpoint.deps import services

PINGS: Final = "/dashboard/pings"
router = APIRouter(prefix=PINGS, include_in_schema=False, dependencies=[needs(Action.STEER)])
api = APIRouter(prefix="/api/sources", tags=["sources"], responses=RESPONSES)


class PingLink(BaseModel):
    """The ping link of a source. It is shown here and nowhere else."""

    url: str = Field(description="POST asks for a harvest.")


def _source(request: Request, source_id: str) -> tuple[Source, str]:
    who = allowed(request, Action.STEER, source_id).who
    return services(request).store.sources.get(source_id), who


def _made(request: Request, source_id: str) -> str:
    known = services(request)
    source, who = _source(request, source_id)
    return f"{known.settings.public_url}/ping/{known.store.pings.make(source.id, who, datetime.now(UTC))}"


@router.api_route("/{source_id}", methods=["GET", "HEAD"])
def link_page(request: Request, source_id: str) -> Response:
    """Whether a source has a link, and since when."""
    source, _ = _source(request, source_id)
    return _page(request, source)


def _page(request: Request, source: Source, **told: Any) -> Response:
    known = services(request)
    return own_page(
        request,
        "ping_link.html",
        source=source,
        ping=known.store.pings.of(source.id),
        minutes=known.settings.ping_minutes,
        **({"url": ""} | told),
    )


@router.post("/{source_id}")
def make_link(request: Request, source_id: str, form: Form) -> Response:  # noqa: ARG001 - that it is ours
    """Make a link; this page alone shows it."""
    source, _ = _source(request, source_id)
    return _page(request, source, url=_made(request, source_id))


@router.post("/{source_id}/remove")
def remove_link(request: Request, source_id: str, form: Form) -> Response:  # noqa: ARG001 - as above
    """Let the link be good no more."""
    source, who = _source(request, source_id)
    services(request).store.pings.remove(source.id, who, datetime.now(UTC))
    return RedirectResponse(onward.to(request, f"{PINGS}/{source.id}"), 303, {"Cache-Control": "no-store"})


@api.put("/{source_id}/ping")
def put_ping(request: Request, source_id: str) -> PingLink:
    """Make the ping link of a source; one from before is good no more."""
    return PingLink(url=_made(request, source_id))


@api.delete("/{source_id}/ping", status_code=204)
def delete_ping(request: Request, source_id: str) -> Response:
    """Let the ping link of a source be good no more."""
    source, who = _source(request, source_id)
    services(request).store.pings.remove(source.id, who, datetime.now(UTC))
    return Response(status_code=204)
