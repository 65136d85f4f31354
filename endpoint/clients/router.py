"""The addresses /clients and /api/clients: who harvests us, and whether they get what they ask for.

Both are public, so a client is shown by its network and its user agent, not by its address, which
`clearinghouse clients` has.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from catalogue.visit import ClientReport, network_of
from endpoint.admin_api.problems import refusals
from endpoint.deps import services
from endpoint.oai_pmh.address import visits_of
from endpoint.public.pages import page

router = APIRouter()

_DAYS: Final = 30
Days = Annotated[int, Query(ge=1, le=400, description="Days that are looked back.")]


class ClientVisits(BaseModel):
    """What one client did."""

    network: str = Field(description="The /24 or /48 that its address is in.")
    user_agent: str
    first_at: datetime
    last_at: datetime
    requests: int
    records: int
    bytes: int
    begun: int = Field(description="Lists whose first page was sent.")
    ended: int = Field(description="Lists whose last page was sent.")
    incomplete: int = Field(description="Lists that were begun and not read to their end, so far.")
    formats: list[str]
    sets: list[str]
    errors: dict[str, int] = Field(description="OAI-PMH error codes, and how often.")


def _visits(report: ClientReport) -> ClientVisits:
    told: dict[str, Any] = asdict(report.total)
    return ClientVisits(
        network=network_of(report.client.address),
        user_agent=report.client.user_agent,
        first_at=report.first_at,
        last_at=report.last_at,
        incomplete=report.incomplete,
        formats=sorted(report.formats),
        sets=sorted(report.sets),
        errors=report.errors,
        **told,
    )


def _found(request: Request, days: int) -> list[ClientVisits]:
    visits_of(request.app).write()  # what this process has counted since it last did so
    return [_visits(one) for one in services(request).store.clients.reports(datetime.now(UTC), days=days)]


@router.get("/api/clients", responses=refusals(422))
def list_clients(request: Request, days: Days = _DAYS) -> list[ClientVisits]:
    """Who has harvested us over OAI-PMH lately, the latest visitor first."""
    return _found(request, days)


@router.api_route("/clients", methods=["GET", "HEAD"], response_class=HTMLResponse, include_in_schema=False)
def clients_page(request: Request, days: Days = _DAYS) -> Response:
    """The same, for people."""
    return page(request, "clients.html", clients=_found(request, days), days=days)
