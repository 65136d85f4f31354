"""All rooms of the API, and what its description says of tokens. Each room is a router of its own."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Depends, Security
from fastapi.security import HTTPBearer
from starlette.responses import Response

from endpoint.admin_api.alerts import alerts, subscriptions
from endpoint.admin_api.audit import router as audit
from endpoint.admin_api.organisations import router as organisations
from endpoint.admin_api.people import router as people
from endpoint.admin_api.questions import router as questions
from endpoint.admin_api.registrations import router as registrations
from endpoint.admin_api.registry import router as registry
from endpoint.admin_api.runs import router as runs
from endpoint.admin_api.source_settings import router as source_settings
from endpoint.admin_api.sources import router as sources
from endpoint.ping.links import api as pings

#: Where the description is.
DESCRIPTION: Final = "/api/openapi.json"
#: For the description alone: the gate reads the header itself.
_BEARER: Final = HTTPBearer(
    auto_error=False, description="A token of /dashboard/account. What changes nothing may use a session."
)


def _keep_nothing(response: Response) -> None:
    """What is behind the gate is kept by nobody on the way."""
    response.headers["Cache-Control"] = "no-store"


router = APIRouter(dependencies=[Security(_BEARER), Depends(_keep_nothing)])
for room in (
    people,
    organisations,
    sources,
    registry,
    source_settings,
    runs,
    questions,
    pings,
    registrations,
    alerts,
    subscriptions,
    audit,
):
    router.include_router(room)
