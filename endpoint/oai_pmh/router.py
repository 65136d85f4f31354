"""The address /oai: arguments in, an answer out, by GET, HEAD and POST (OAI-PMH 2.0, section 3.1).

Every error of the protocol is answered with HTTP 200 (section 3.1.2.2).
"""

from __future__ import annotations

from typing import Final, NamedTuple
from urllib.parse import parse_qsl, urlencode

from anyio import to_thread
from fastapi import APIRouter
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from endpoint.deps import Services, services
from endpoint.oai_pmh import arguments, browsing, envelope, verbs
from endpoint.oai_pmh.errors import BadArgument, OaiError
from endpoint.oai_pmh.provider import Provider
from endpoint.oai_pmh.visits import Visits, client_of
from endpoint.transport import validators

#: Bytes of a POST request; the longest that makes sense, a list resumed, has some 300.
_LONGEST_FORM: Final = 16 * 1024
_MOST_ARGUMENTS: Final = 32
_RESPONSE_DATE: Final = b"<responseDate>"
_FORM_TYPE: Final = "application/x-www-form-urlencoded"


async def oai_pmh(request: Request) -> Response:
    """Answer one request."""
    provider = _provider(request)
    sent = [request.scope["query_string"]]
    if request.method == "POST":
        sent.append(await _form(request))
    if provider.store.embedded:
        # A page of an embedded database is read in less time than a thread takes to be woken.
        answered = _answer(provider, sent)
    else:
        answered = await to_thread.run_sync(_answer, provider, sent)
    document, visits = answered.document, visits_of(request.app)
    visits.note(client_of(request), answered.verb, answered.told, error=answered.error, size=len(document))
    later = BackgroundTask(visits.write) if visits.due else None
    return Response(document, media_type="text/xml", headers=_validator(document), background=later)


async def browse(request: Request) -> Response:
    """The same answer as a page for people."""
    asked = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    provider = _provider(request)
    sent: list[bytes | None] = [urlencode(asked).encode()]
    answered = await to_thread.run_sync(_answer, provider, sent)
    return await to_thread.run_sync(browsing.page, request, answered.document)


class _Answered(NamedTuple):
    document: bytes
    verb: str
    told: verbs.Told
    error: str


def visits_of(app: Starlette) -> Visits:
    """The record of who harvests an application."""
    found: Visits | None = getattr(app.state, "visits", None)
    if found is None:
        known: Services = app.state.services
        found = app.state.visits = Visits(known.store)
    return found


def _validator(document: bytes) -> dict[str, str]:
    """The entity tag of a short answer: the same as long as it says the same, whatever its responseDate."""
    if len(document) > validators.LONGEST:
        return {}
    before, _, rest = document.partition(_RESPONSE_DATE)
    return {"ETag": validators.etag_of(before, rest[rest.index(b"<") :])}


def _provider(request: Request) -> Provider:
    state = request.app.state
    found: Provider | None = getattr(state, "oai_provider", None)
    if found is None:
        known = services(request)
        found = state.oai_provider = Provider(
            known.settings, known.store, compression=getattr(state, "codings", ())
        )
    return found


async def _form(request: Request) -> bytes | None:
    """The body of a POST request; None where it is no form, or too long for one."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST_FORM:
            return None
    return body if content_type == _FORM_TYPE or not body else None


def _answer(provider: Provider, sent: list[bytes | None]) -> _Answered:
    """The answer to these encoded arguments: of the query, and of the body of a POST request."""
    pairs: list[tuple[str, str]] = []
    try:
        for part in sent:
            pairs += _decoded(part)
        found = verbs.answer(provider, arguments.parse(pairs))
    except OaiError as error:
        response_date = error.response_date
        if response_date is None:
            response_date = provider.store.feed.response_date()
        document = envelope.error_answer(
            error, response_date=response_date, pairs=pairs, base_url=provider.base_url
        )
        return _Answered(document, _verb(pairs), verbs.Told(), error.code)
    document = envelope.answer(
        found.verb,
        found.content,
        response_date=found.response_date,
        pairs=pairs,
        base_url=provider.base_url,
    )
    return _Answered(document, found.verb, found.told, "")


def _verb(pairs: arguments.Pairs) -> str:
    """The verb that was asked for; empty where it was none of the six."""
    asked = next((value for name, value in pairs if name == "verb"), "")
    return asked if asked in arguments.VERBS else ""


def _decoded(part: bytes | None) -> list[tuple[str, str]]:
    if part is None:
        raise BadArgument(f"The body of a POST request must be of the type {_FORM_TYPE}, and short")
    try:
        return parse_qsl(
            part.decode("latin-1"), keep_blank_values=True, errors="replace", max_num_fields=_MOST_ARGUMENTS
        )
    except ValueError as error:
        raise BadArgument("There are too many arguments") from error


router = APIRouter()
router.add_route("/oai", oai_pmh, methods=["GET", "POST"])
router.add_route("/oai/browse", browse, methods=["GET"])
router.add_route("/oai/stylesheet.xsl", browsing.stylesheet, methods=["GET"])
