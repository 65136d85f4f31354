"""The addresses below /nodes: who takes part, for everybody, as pages, as JSON and as badges.

Nothing here is for some alone: no address of a node's people, no fault of a single record, no state of a run.
"""

from __future__ import annotations

from typing import Any, Final

from babel.dates import format_date, format_timedelta
from fastapi import APIRouter
from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from catalogue.errors import UnknownNode
from catalogue.xml import escape
from endpoint import languages
from endpoint.admin_api.problems import refusals
from endpoint.dashboard.wording.rules import words_of
from endpoint.deps import services
from endpoint.languages import LANGUAGES, Language
from endpoint.nodes import wording
from endpoint.nodes.badge import badge
from endpoint.nodes.board import board_of
from endpoint.nodes.charts import BOX
from endpoint.nodes.choosing import PAGE, Wish, options
from endpoint.nodes.detail import detail_of
from endpoint.nodes.shapes import NodesTold, WholeNodeTold, node_told, whole_node_told
from endpoint.public.assets import PAGE_HEADERS
from endpoint.public.pages import page
from endpoint.public.wording import Wording, public
from endpoint.records_api.problems import MEDIA_TYPE, not_found

router = APIRouter()

#: A form to choose by may be sent.
_POLICY: Final = PAGE_HEADERS["Content-Security-Policy"].replace("form-action 'none'", "form-action 'self'")
#: Other pages may show a badge.
_BADGE_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "public, max-age=600",
    "Vary": "Accept-Language",
}
_JSON_HEADERS: Final = {"Access-Control-Allow-Origin": "*"}
_NAMESPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"


def _said(language: Language, now: Any) -> dict[str, Any]:
    """What the templates say of nodes in the reader's language."""
    locale = wording.locale_of(language)
    return {
        "said": Wording(language),
        "words": wording,
        "public": public,
        "in_words": lambda tag: wording.language_name(tag, language),
        "term": lambda name, one: wording.term(name, one, language),
        "ago": lambda at: format_timedelta(at - now, add_direction=True, locale=language.tag),
        "month": lambda at: format_date(at, "LLLL yyyy", locale=locale),
        "day": lambda at: format_date(at, "long", locale=locale),
    }


@router.get("/nodes.json")
def list_nodes(request: Request, q: str = "", region: str = "", language: str = "") -> NodesTold:
    """Who takes part: every node, or those that are wanted."""
    lines = Wish(text=q, region=region, language=language).chosen(board_of(request).lines)
    root = services(request).settings.public_url
    return NodesTold(nodes=[node_told(line, root) for line in lines])


@router.get("/nodes/{node_id}.json", response_model=WholeNodeTold, responses=refusals(404))
def show_node(request: Request, node_id: str) -> Any:
    """A node, in all that everybody may see of it."""
    try:
        found = detail_of(request, node_id)
    except UnknownNode as error:
        problem = not_found(str(error))
        return Response(problem.document(), problem.status, _JSON_HEADERS, MEDIA_TYPE)
    return whole_node_told(found, services(request).settings.public_url)


@router.api_route("/nodes", methods=["GET", "HEAD"], include_in_schema=False)
def nodes_page(request: Request) -> Response:
    """Who takes part, by organisation."""
    board, wish, language = board_of(request), Wish.of(request.query_params), languages.wanted(request)
    chosen = wish.chosen(board.lines)
    last = max(1, -(-len(chosen) // PAGE))
    number = min(wish.page, last)
    shown = chosen[(number - 1) * PAGE : number * PAGE]
    groups: dict[str, list[Any]] = {}
    for line in shown:
        owner = line.participant.organisation
        groups.setdefault(owner.id if owner else "", []).append(line)
    kept = {**wish.query, **({"lang": language.tag} if "lang" in request.query_params else {})}
    return _page(
        request,
        "nodes.html",
        groups=list(groups.values()),
        count=len(chosen),
        records=sum(line.records for line in chosen),
        wish=wish,
        options=options(board.lines, wish, language),
        number=number,
        last=last,
        turned=lambda to: f"?{URL('').include_query_params(**kept, page=to).query}",
        **_said(language, board.at),
    )


@router.api_route("/nodes/{node_id}", methods=["GET", "HEAD"], include_in_schema=False)
def node_page(request: Request, node_id: str) -> Response:
    """What a node holds, how fresh it is, how much it was over time, and what was mended."""
    language = languages.wanted(request)
    try:
        found = detail_of(request, node_id)
    except UnknownNode:
        answer = _page(request, "node_unknown.html")
        answer.status_code = 404
        return answer
    if found.line.id != node_id:
        return _moved(request, found.line.id)
    return _page(
        request,
        "node.html",
        found=found,
        line=found.line,
        words_of=words_of,
        box=BOX,
        own_words=language.tag,
        **_said(language, board_of(request).at),
    )


def _moved(request: Request, node_id: str) -> Response:
    """A source is shown with its node."""
    query = f"?{request.url.query}" if request.url.query else ""
    target = f"{services(request).settings.public_url}/nodes/{node_id}{query}"
    return RedirectResponse(target, 302, {"Cache-Control": "public, max-age=60"})


@router.api_route("/nodes/{node_id}/badge.svg", methods=["GET", "HEAD"], include_in_schema=False)
def node_badge(request: Request, node_id: str) -> Response:
    """A badge for the node's own web page, in the language that is asked for."""
    try:
        line = board_of(request).line(node_id)
    except UnknownNode as error:
        return Response(f"{error}\n", 404, _BADGE_HEADERS, "text/plain")
    made = badge(line, languages.wanted(request))
    return Response(made, 200, _BADGE_HEADERS, "image/svg+xml")


@router.api_route("/sitemaps/nodes.xml", methods=["GET", "HEAD"], include_in_schema=False)
def sitemap(request: Request) -> Response:
    """The pages of the nodes, each in every language."""
    root = services(request).settings.public_url
    places = ["/nodes", *(f"/nodes/{line.id}" for line in board_of(request).lines)]
    parts = "".join(f"<url><loc>{escape(root + place)}</loc></url>" for place in places)
    made = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{_NAMESPACE}">{parts}</urlset>'
    return Response(made, media_type="application/xml")


def _page(request: Request, template: str, **context: Any) -> Response:
    answer = page(request, template, tags=list(LANGUAGES), **context)
    answer.headers["Content-Security-Policy"] = _POLICY
    return answer
