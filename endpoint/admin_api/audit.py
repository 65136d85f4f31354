"""The address /api/audit: who did what."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request

from catalogue.errors import NotAllowed
from catalogue.people import Action
from endpoint.admin_api.problems import RESPONSES
from endpoint.admin_api.shapes import Listed, NotedShown, noted_shown
from endpoint.auth.gate import reader, signed_in
from endpoint.deps import services

router = APIRouter(prefix="/api", tags=["audit"], responses=RESPONSES)

_OF_SOURCES = "source:"


@router.get("/audit", dependencies=[Depends(signed_in)])
def audit(
    request: Request,
    *,
    about: Annotated[str, Query(description="`kind:id`, as `source:nile`.")] = "",
    who: str = "",
    before: Annotated[int | None, Query(description="From a `next` link.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Listed[NotedShown]:
    """What was done, the newest first: to one source for those who see it, all else for operators."""
    known, asking = services(request), reader(request)
    source_id = about.removeprefix(_OF_SOURCES) if about.startswith(_OF_SOURCES) else ""
    sees = bool(source_id) and asking.may(Action.SEE, source_id)
    if not sees and not asking.may(Action.ADMINISTER):
        raise NotAllowed(
            f"{asking.who} may see what was done to sources that are open to him, as about=source:ID"
        )
    found = known.store.audit.newest(about=about, who=who, before=before, limit=limit + 1)
    onward = None
    if len(found) > limit:
        query = {"about": about, "who": who, "before": found[limit - 1].id, "limit": limit}
        kept = {name: value for name, value in query.items() if value}
        onward = f"{known.settings.public_url}/api/audit?{urlencode(kept)}"
    return Listed[NotedShown](items=[noted_shown(one) for one in found[:limit]], next=onward)
