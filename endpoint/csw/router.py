"""The address /csw: a request in, an answer out, by GET, HEAD and POST (07-006r1, 10.3).

Every answer has HTTP 200, exception reports too (see `exceptions`); only a request that is too long has not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from anyio import to_thread
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from catalogue import namespaces as ns
from endpoint.csw import kvp, post, reading
from endpoint.csw.exceptions import Code, OwsException, report
from endpoint.csw.operations import answer
from endpoint.csw.service import PATH, Service
from endpoint.deps import services

#: Bytes of a request that is posted.
LONGEST: Final = 1024 * 1024
_XML: Final = "application/xml"
_SOAP: Final = "application/soap+xml"
_FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class _Answer:
    document: bytes
    media_type: str = _XML


async def csw(request: Request) -> Response:
    """Answer one request."""
    service = _service(request)
    query = request.scope["query_string"].decode("latin-1")
    body: bytes | None = None
    if request.method == "POST":
        body = await _body(request)
        if body is None:
            message = f"a request may have at most {LONGEST} bytes"
            error = OwsException(Code.NO_APPLICABLE_CODE, "", message)
            return Response(report(error), status_code=413, media_type=_XML)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() == _FORM:
            query, body = body.decode("latin-1"), None
    # A query may take a while; meanwhile others are answered.
    made = await to_thread.run_sync(_answer, service, query, body)
    return Response(made.document, media_type=made.media_type)


def _service(request: Request) -> Service:
    state = request.app.state
    found: Service | None = getattr(state, "csw_service", None)
    if found is None:
        known = services(request)
        found = state.csw_service = Service.of(known.settings, known.store)
    return found


async def _body(request: Request) -> bytes | None:
    """The body; None where it is too long."""
    parts: list[bytes] = []
    length = 0
    async for part in request.stream():
        length += len(part)
        if length > LONGEST:
            return None
        parts.append(part)
    return b"".join(parts)


def _answer(service: Service, query: str, body: bytes | None) -> _Answer:
    now = datetime.now(UTC)
    posted: post.Posted | None = None
    try:
        if body is None:
            sent = kvp.read(query, address=service.address)
        else:
            posted = post.open_document(body)
            sent = post.read(posted.request)
        document = answer(service, reading.read(sent, max_records=service.max_records), now)
    except OwsException as error:
        if posted is not None and posted.soap:
            return _Answer(_envelope(_fault(error)), _SOAP)
        return _Answer(report(error))
    if posted is not None and posted.soap:
        return _Answer(_envelope(document), _SOAP)
    return _Answer(document)


def _envelope(document: bytes) -> bytes:
    element = document.partition(b"?>")[2].lstrip() if document.startswith(b"<?xml") else document
    return b"".join(
        (
            b'<?xml version="1.0" encoding="UTF-8"?>\n',
            f'<soap:Envelope xmlns:soap="{ns.SOAP12}"><soap:Body>'.encode(),
            element,
            b"</soap:Body></soap:Envelope>",
        )
    )


def _fault(error: OwsException) -> bytes:
    """A fault that holds the exception report (07-006r1, 10.3.6)."""
    element = report(error).partition(b"?>")[2].lstrip()
    return b"".join(
        (
            b"<soap:Fault><soap:Code><soap:Value>soap:Sender</soap:Value></soap:Code><soap:Reason>",
            b'<soap:Text xml:lang="en">The request cannot be answered</soap:Text></soap:Reason><soap:Detail>',
            element,
            b"</soap:Detail></soap:Fault>",
        )
    )


router = APIRouter()
router.add_route(PATH, csw, methods=["GET", "POST"])
