"""The page /dashboard/account: who one is here."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from endpoint.auth.gate import signed_in
from endpoint.auth.pages import own_page

router = APIRouter(include_in_schema=False)


@router.api_route("/dashboard/account", methods=["GET", "HEAD"])
def account_page(request: Request) -> Response:
    """Who one is here."""
    signed_in(request)
    return own_page(request, "account.html")
