"""The addresses of the provider: the feed itself, and what shows it to people."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from anyio import to_thread
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from endpoint.oai_pmh import browsing
from endpoint.oai_pmh.address import OaiPmh, answered, provider_of

#: Of the feed.
ADDRESS: Final = "/oai"


async def browse(request: Request) -> Response:
    """The same answer as a page for people."""
    asked = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    provider = provider_of(request.app)
    sent: list[bytes | None] = [urlencode(asked).encode()]
    found = await to_thread.run_sync(answered, provider, sent)
    return await to_thread.run_sync(browsing.page, request, found.document)


router = APIRouter()
router.add_route(ADDRESS, OaiPmh())  # type: ignore[arg-type] # Starlette takes ASGI applications, too
router.add_route(f"{ADDRESS}/browse", browse, methods=["GET"])
router.add_route(f"{ADDRESS}/stylesheet.xsl", browsing.stylesheet, methods=["GET"])
