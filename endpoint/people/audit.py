"""The page /dashboard/audit: what people did, to what, and when."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from catalogue.people import Action
from endpoint.auth.gate import needs
from endpoint.auth.pages import own_page
from endpoint.deps import services

AUDIT: Final = "/dashboard/audit"
_LINES: Final = 50
_LONGEST: Final = 300
#: Of numbers that a database can count.
_DIGITS: Final = 18

router = APIRouter(prefix=AUDIT, include_in_schema=False, dependencies=[needs(Action.ADMINISTER)])


@router.api_route("", methods=["GET", "HEAD"])
def audit_page(request: Request, about: str = "", who: str = "", before: str = "") -> Response:
    """What people did, the newest first; about one thing or by one person where that is asked for."""
    about, who = about[:_LONGEST], who[:_LONGEST]
    number = int(before) if before.isascii() and before.isdigit() and len(before) <= _DIGITS else None
    found = services(request).store.audit.newest(about=about, who=who, before=number, limit=_LINES + 1)
    older = ""
    if len(found) > _LINES:
        asked = {"about": about, "who": who, "lang": request.query_params.get("lang", "")}
        kept = {name: value for name, value in asked.items() if value}
        older = f"?{urlencode(kept | {'before': found[_LINES - 1].id})}"
    return own_page(
        request, "audit.html", lines=found[:_LINES], about=about, who=who, older=older, query=urlencode
    )
