"""The page /decisions: the public register of what was accepted and refused, when and why."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from endpoint import languages
from endpoint.deps import services
from endpoint.public.pages import page
from endpoint.public.wording import Wording
from endpoint.registration import wording

router = APIRouter(include_in_schema=False)

#: Decisions on a page.
_PAGE: Final = 50


@router.api_route("/decisions", methods=["GET", "HEAD"])
def decisions_page(request: Request, before: str = "") -> Response:
    """Every decision, the latest first."""
    found = services(request).store.registrations.decided(before=_moment(before), limit=_PAGE + 1)
    shown, more = found[:_PAGE], found[_PAGE:]
    last = shown[-1].decided_at if more else None
    return page(
        request,
        "decisions.html",
        decisions=shown,
        onward=f"{last.timestamp():.6f}" if last else "",
        said=Wording(languages.wanted(request)),
        wording=wording,
    )


def _moment(text: str) -> datetime | None:
    """The moment from which the list goes on; None for what is none."""
    try:
        return datetime.fromtimestamp(float(text), UTC) if text else None
    except (ValueError, OverflowError, OSError):
        return None
