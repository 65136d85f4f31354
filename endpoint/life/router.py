"""The page /where: an identifier, an address or a title in, the life of the record out. It needs no script.

Everybody reads what happened, when, in which run, and by which rule. Where in a record something is wrong and
why, what was mended, what waits for an answer, and the title of a record that its source has deleted are for
those who may see the source from within.
"""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from endpoint import languages
from endpoint.auth.gate import reader
from endpoint.auth.pages import private
from endpoint.dashboard.wording.rules import words_of
from endpoint.life.seeking import found
from endpoint.life.wording import ADDED, HAPPENED, MARKS, STANDINGS
from endpoint.public.pages import page
from endpoint.public.wording import Wording

router = APIRouter(include_in_schema=False)


@router.api_route("/where", methods=["GET", "HEAD"])
def where_page(request: Request, q: str = "", source: str = "") -> Response:
    """Where a record is asked for, and what became of it."""
    sought = found(request, q, source)
    answer = page(
        request,
        "where.html",
        typed=sought.typed,
        found=sought.candidates,
        more=sought.more,
        life=sought.life,
        said=Wording(languages.wanted(request)),
        happened=HAPPENED,
        standings=STANDINGS,
        marks=MARKS,
        added=ADDED,
        words_of=words_of,
        reader=reader(request),
    )
    if sought.typed and not sought.candidates:
        answer.status_code = 404
    return private(answer)
