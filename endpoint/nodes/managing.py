"""The address /nodes/{id}/digest: its monthly letter as it would be now, for those who look after it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from catalogue.errors import NotAllowed, SettingsError, UnknownNode
from catalogue.people import Action
from endpoint.auth import onward
from endpoint.auth.forms import Form
from endpoint.auth.gate import Reader, needs, reader
from endpoint.auth.pages import language_for, own_page
from endpoint.deps import services
from endpoint.languages import LANGUAGES
from endpoint.nodes.board import Line, board_of
from endpoint.nodes.month import Month, happened
from endpoint.nodes.monthly import readers_of, written
from endpoint.public.wording import public

router = APIRouter(include_in_schema=False, dependencies=[needs(Action.SEE)])

_MONTH: Final = "month"


def _line(request: Request, node_id: str, asking: Reader) -> Line | None:
    """The node; None where there is none.

    Raises:
        NotAllowed: it is not his.
    """
    try:
        line = board_of(request).line(node_id)
    except UnknownNode:
        return None
    if not all(asking.may(Action.SEE, one.source.id) for one in line.sources):
        raise NotAllowed(f"{asking.who} may not see this node from within")
    return line


@router.api_route("/nodes/{node_id}/digest", methods=["GET", "HEAD"])
def digest_page(request: Request, node_id: str) -> Response:
    """The letter of the month that has passed, or of another, in any of the languages."""
    asking = reader(request)
    line, now = _line(request, node_id, asking), datetime.now(UTC)
    if line is None:
        return own_page(request, "node_gone.html", status=404)
    known = services(request)
    try:
        month = Month.of(request.query_params.get(_MONTH, "")[:10])
    except SettingsError:
        month = Month.before(now)
    told = happened(known.store, line, month, now)
    language = LANGUAGES.get(request.query_params.get("in", ""), language_for(request))
    person = asking.person
    readers = readers_of(known.store, line)
    stopped = known.store.digests.stopped(line.id)
    may_steer = all(asking.may(Action.STEER, one.source.id) for one in line.sources)
    return own_page(
        request,
        "digest.html",
        line=line,
        public=public,
        month=month.key,
        months=[Month(now.date().replace(day=1)).key, Month.before(now).key],
        letter=written(known, told, language),
        letter_in=language,
        worth=told.is_worth_a_letter,
        readers=sorted(readers.items()) if may_steer else [],
        stopped=stopped,
        mine=person.mail if person and person.mail in readers else "",
        sends=known.settings.digests,
    )


@router.post("/nodes/{node_id}/digest")
def want_digest(request: Request, node_id: str, form: Form) -> Response:
    """Want the letters oneself, or none."""
    asking = reader(request)
    line = _line(request, node_id, asking)
    if line is None or asking.person is None:
        return own_page(request, "node_gone.html", status=404)
    wanted = form.get("wanted") == "yes"
    services(request).store.digests.want(line.id, asking.person.mail, datetime.now(UTC), wanted=wanted)
    return RedirectResponse(
        onward.to(request, f"/nodes/{line.id}/digest"), 303, {"Cache-Control": "no-store"}
    )
