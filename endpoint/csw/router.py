"""The address /csw: a request in, an answer out, by GET, HEAD and POST (07-006r1, 10.3; 12-176r7, 6.5).

Every answer of 2.0.2 has HTTP 200, exception reports too (see `exceptions`); only a request that is too long
has not. Those of 3.0.0 have the status that OWS Common 2.0 gives them (see `endpoint.csw30.exceptions`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from anyio import to_thread
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from catalogue import namespaces as ns
from catalogue.errors import InvalidQuery
from catalogue.xml import namespace
from endpoint.csw import kvp, post, reading
from endpoint.csw.about import language_of
from endpoint.csw.exceptions import Code, OwsException, invalid, report, told_as_ows
from endpoint.csw.operations import answer
from endpoint.csw.sent import Sent
from endpoint.csw.service import PATH, Service
from endpoint.csw30 import exceptions as exceptions30
from endpoint.csw30 import names as names30
from endpoint.csw30 import opensearch, versions
from endpoint.csw30 import operations as operations30
from endpoint.csw30 import reading as reading30
from endpoint.deps import services
from endpoint.languages import liked
from endpoint.records_api.service import Api

#: Bytes of a request that is posted.
LONGEST: Final = 1024 * 1024
_XML: Final = "application/xml"
_SOAP: Final = "application/soap+xml"
_FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class _Sent:
    query: str
    #: None where the query is the request.
    body: bytes | None
    accept_language: str


@dataclass(frozen=True, slots=True)
class _Answer:
    document: bytes
    media_type: str = _XML
    status: int = 200


async def csw(request: Request) -> Response:
    """Answer one request."""
    service = _service(request, request.path_params.get("set_spec", ""))
    if service is None:
        message = f"there is no catalogue {request.path_params['set_spec']!r}"
        missing = OwsException(Code.NO_APPLICABLE_CODE, "", message)
        return Response(report(missing), status_code=404, media_type=_XML)
    languages = request.headers.get("accept-language", "")
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
    if body is None:
        accept = request.headers.get("accept", "")
        if versions.asks_for_description(query, accept):
            language = language_of([versions.language(query)]) or liked(languages).tag
            described = opensearch.description(service.about(language))
            return Response(described, media_type=names30.OPENSEARCH)
        query = versions.completed(query, accept)
    # A query may take a while; meanwhile others are answered.
    made = await to_thread.run_sync(_answer, service, _Sent(query, body, languages))
    return Response(made.document, status_code=made.status, media_type=made.media_type)


def _service(request: Request, set_spec: str) -> Service | None:
    """The service of the whole catalogue, or of a set; None where there is no such set."""
    known = services(request)
    if not set_spec:
        return Service.of(known.settings, known.store)
    state = request.app.state
    sets: Api | None = getattr(state, "csw_sets", None)
    if sets is None:
        sets = state.csw_sets = Api(known.settings, known.store)
    found = sets.known(set_spec)
    if found is None or not found.set_spec:
        return None
    return Service.of(known.settings, known.store, found.set_spec, found.labels)


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


def _answer(service: Service, asked: _Sent) -> _Answer:
    query, body = asked.query, asked.body
    now = datetime.now(UTC)
    posted: post.Posted | None = None
    newer = body is None and versions.is_newer(query)
    try:
        if body is None:
            sent = kvp.read(query, address=service.address)
        else:
            posted = post.open_document(body)
            newer = namespace(posted.request) == ns.CSW30
            sent = post.read(posted.request, kvp.beside(query))
        sent = replace(sent, accept_language=asked.accept_language)
        document, media_type = _answered(service, sent, now, newer=newer)
        if posted is not None and posted.soap and media_type == names30.JSON:
            raise invalid("outputFormat", "an envelope of SOAP holds XML, and no JSON")
    except (OwsException, InvalidQuery) as refused:
        error = refused if isinstance(refused, OwsException) else told_as_ows(refused)
        told = exceptions30.report(error) if newer else report(error)
        status = exceptions30.STATUS[error.code] if newer else 200
        if posted is not None and posted.soap:
            return _Answer(_envelope(_fault(told)), _SOAP, status)
        return _Answer(told, _XML, status)
    if posted is not None and posted.soap:
        return _Answer(_envelope(document), _SOAP)
    return _Answer(document, media_type)


def _answered(service: Service, sent: Sent, now: datetime, *, newer: bool) -> tuple[bytes, str]:
    if newer:
        return operations30.answer(
            service, reading30.read(sent, max_records=service.settings.csw_max_records), now
        )
    return answer(service, reading.read(sent, max_records=service.settings.csw_max_records), now)


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


def _fault(told: bytes) -> bytes:
    """A fault that holds the exception report (07-006r1, 10.3.6)."""
    element = told.partition(b"?>")[2].lstrip()
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
router.add_route(f"{PATH}/{{set_spec}}", csw, methods=["GET", "POST"])
