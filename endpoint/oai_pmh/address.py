"""The address of the feed: arguments in, an answer out, by GET, HEAD and POST (OAI-PMH 2.0, section 3.1).

Every error of the protocol is answered with HTTP 200 (section 3.1.2.2). An ASGI application of its own: a
page of a list is read in less time than objects for its request and its answer take to be made.
"""

from __future__ import annotations

from asyncio import get_running_loop
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, NamedTuple
from urllib.parse import parse_qsl

from anyio import to_thread
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from catalogue.errors import StoreUnreachable
from catalogue.store.engine import WouldWait, at_once
from catalogue.store.statements import MOST_KEPT
from endpoint.deps import Services
from endpoint.oai_pmh import arguments, envelope, verbs
from endpoint.oai_pmh.errors import BadArgument, OaiError
from endpoint.oai_pmh.provider import Provider
from endpoint.oai_pmh.visits import Visits, client_of
from endpoint.transport import answers, deflated, validators
from endpoint.transport.deflated import Part
from endpoint.transport.limits import BUSY_FOR, patience

#: Bytes of a POST request; the longest that makes sense, a list resumed, has some 300.
_LONGEST_FORM: Final = 16 * 1024
_MOST_ARGUMENTS: Final = 32
_FORM_TYPE: Final = "application/x-www-form-urlencoded"
_METHODS: Final = ("GET", "HEAD", "POST")
_RESPONSE_DATE: Final = b"<responseDate>"
_CONTENT_TYPE: Final = b"text/xml; charset=utf-8"


class Answered(NamedTuple):
    """An answer, and what of it is counted."""

    #: Of the document, in a row; one that is compressed already only for an answer in gzip.
    parts: Sequence[Part]
    verb: str
    told: verbs.Told
    error: str

    @property
    def document(self) -> bytes:
        """The whole of it, where nothing is compressed."""
        return b"".join(part for part in self.parts if isinstance(part, bytes))


class OaiPmh:
    """The application."""

    def __init__(self) -> None:
        #: As many as there are connections kept for them: to make one takes several times as long as to find
        #: a page. To wake one of these takes half of what it takes by AnyIO.
        self._threads = ThreadPoolExecutor(MOST_KEPT, "oai-pmh")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        method = scope["method"]
        if method not in _METHODS:
            refusal = PlainTextResponse("Method Not Allowed", 405, {"Allow": ", ".join(_METHODS)})
            await refusal(scope, receive, send)
            return
        provider = provider_of(scope["app"])
        sent = [scope["query_string"]]
        if method == "POST":
            sent.append(await _form(scope, receive))
        packed = answers.coding_for(scope) == "gzip"
        try:
            found = await self._soonest(provider, partial(answered, provider, sent, packed=packed))
        except StoreUnreachable:
            busy = patience(503, BUSY_FOR, "The database does not answer just now.")
            await busy(scope, receive, send)
            return
        size = deflated.length(found.parts)
        await _send(scope, send, found, "" if size > validators.LONGEST else _etag(found))
        visits = visits_of(scope["app"])
        visits.note(client_of(scope), found.verb, found.told, error=found.error, size=size)
        if visits.due:
            await to_thread.run_sync(visits.write)

    async def _soonest(self, provider: Provider, work: Callable[[], Answered]) -> Answered:
        """An answer from here, where nothing has to wait for it; otherwise out of a thread.

        A page of an embedded database is read in less time than a thread takes to be woken.
        """
        if provider.store.embedded:
            return work()
        try:
            return at_once(work)
        except WouldWait:
            return await get_running_loop().run_in_executor(self._threads, work)


async def _send(scope: Scope, send: Send, found: Answered, etag: str) -> None:
    """Send a document, unless the client has it; coded as the client likes it."""
    status, headers, (*parts, last) = answers.whole(scope, found.parts, _CONTENT_TYPE, etag)
    await send({"type": "http.response.start", "status": status, "headers": headers})
    # To put a long document together costs as much as to read a third of it out of the database.
    for part in parts:
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": last})


def _etag(found: Answered) -> str:
    """The entity tag of a short answer: the same as long as it says the same, whatever its responseDate.

    None of the first page of a list that goes on, which has another token each time.
    """
    if found.told.begun and not found.told.ended:
        return ""
    before, _, rest = found.document.partition(_RESPONSE_DATE)
    return validators.etag_of(before, rest[rest.index(b"<") :])


def visits_of(app: Starlette) -> Visits:
    """The record of who harvests an application."""
    found: Visits | None = getattr(app.state, "visits", None)
    if found is None:
        known: Services = app.state.services
        found = app.state.visits = Visits(known.store)
    return found


def provider_of(app: Starlette) -> Provider:
    """The repository that an application gives back."""
    found: Provider | None = getattr(app.state, "oai_provider", None)
    if found is None:
        known: Services = app.state.services
        codings = getattr(app.state, "codings", ())
        found = app.state.oai_provider = Provider(known.settings, known.store, compression=codings)
    return found


async def _form(scope: Scope, receive: Receive) -> bytes | None:
    """The body of a POST request; None where it is no form, or too long for one."""
    content_type, body, more = answers.header(scope, b"content-type"), b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > _LONGEST_FORM:
            return None
    return body if content_type.partition(";")[0].strip().lower() == _FORM_TYPE or not body else None


def answered(provider: Provider, sent: Sequence[bytes | None], *, packed: bool = False) -> Answered:
    """The answer to these encoded arguments: of the query, and of the body of a POST request.

    Args:
        provider: of the lists.
        sent: the arguments.
        packed: whether it is for an answer in gzip, some of which may be compressed already.

    Raises:
        StoreUnreachable: the database does not answer just now.
    """
    pairs: list[tuple[str, str]] = []
    try:
        for part in sent:
            pairs += _decoded(part)
        found = verbs.answer(provider, arguments.parse(pairs), packed=packed)
    except OaiError as error:
        response_date = error.response_date
        if response_date is None:
            response_date = provider.state().response_date
        document = envelope.error_answer(
            error, response_date=response_date, pairs=pairs, base_url=provider.base_url
        )
        return Answered((document,), _verb(pairs), verbs.Told(), error.code)
    parts = envelope.answer(
        found.verb,
        found.content,
        response_date=found.response_date,
        pairs=pairs,
        base_url=provider.base_url,
    )
    return Answered(parts, found.verb, found.told, "")


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
