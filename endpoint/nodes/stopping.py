"""The address /digests/{link}: GET shows what it ends, POST ends it; for people, and for mail programs.

What stands in the address is all that is asked for (RFC 8058): no session, no token of a form. It is told to
one reader alone, and can do nothing but end his letters about one node, and let them come again.
"""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from catalogue.errors import UnknownLink, UnknownNode
from catalogue.store.desk.digests import DigestReader
from endpoint.auth.forms import AnyForm
from endpoint.auth.pages import private
from endpoint.deps import services
from endpoint.nodes.board import board_of
from endpoint.public.pages import page
from endpoint.public.wording import public

router = APIRouter(include_in_schema=False)


@router.api_route("/digests/{link}", methods=["GET", "HEAD"])
def stop_page(request: Request, link: str) -> Response:
    """What the link ends, with a button: who only looks ends nothing."""
    try:
        return _shown(request, link, services(request).store.digests.find(link))
    except UnknownLink:
        return _shown(request, link, None)


@router.post("/digests/{link}")
def stop(request: Request, link: str, form: AnyForm) -> Response:
    """End the letters, or let them come again."""
    digests = services(request).store.digests
    try:
        reader = digests.find(link)
    except UnknownLink:
        return _shown(request, link, None)
    digests.want(reader.node_id, reader.mail, datetime.now(UTC), wanted=form.get("wanted") == "yes")
    return _shown(request, link, digests.find(link))


def _shown(request: Request, link: str, reader: DigestReader | None) -> Response:
    found = private(
        page(
            request,
            "digest_stop.html",
            link_key=link,
            known=reader is not None,
            wanted=reader is not None and reader.stopped_at is None,
            node=_name(request, reader.node_id) if reader else "",
        )
    )
    found.status_code = 200 if reader else 404
    found.headers["Referrer-Policy"] = "no-referrer"
    return found


def _name(request: Request, node_id: str) -> str:
    try:
        return public(board_of(request).line(node_id).name)
    except UnknownNode:  # it takes part no more
        return node_id
