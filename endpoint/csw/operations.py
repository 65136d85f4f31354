"""The operations: one function each, from a typed request to the answer's document."""

from __future__ import annotations

from datetime import datetime

from catalogue.errors import InvalidQuery
from endpoint.csw.capabilities import sections
from endpoint.csw.describe import components
from endpoint.csw.domain_values import get_domain
from endpoint.csw.domains import PARAMETERS
from endpoint.csw.exceptions import Code, OwsException, invalid
from endpoint.csw.outputs import chosen
from endpoint.csw.requests import (
    DescribeRecord,
    GetCapabilities,
    GetDomain,
    GetRecordById,
    GetRecords,
    GetRepositoryItem,
    Request,
)
from endpoint.csw.responses import V202
from endpoint.csw.service import Service

_XML, _JSON = "application/xml", "application/json"


def answer(service: Service, request: Request, now: datetime) -> tuple[bytes, str]:
    """The answer to a request, and its media type.

    Raises:
        OwsException: there is none.
    """
    try:
        if isinstance(request, GetRepositoryItem):
            return repository_item(service, request.identifier)
        return _answer(service, request, now), _XML
    except InvalidQuery as error:
        raise invalid(error.locator or "Constraint", str(error)) from error


def _answer(
    service: Service,
    request: GetCapabilities | DescribeRecord | GetDomain | GetRecords | GetRecordById,
    now: datetime,
) -> bytes:
    match request:
        case GetCapabilities():
            changed = service.changed()
            made = sections(service.about(request.language), changed[:10])
            return V202.capabilities(made, request, changed)
        case DescribeRecord():
            return V202.document("DescribeRecordResponse", components(request.type_names))
        case GetDomain():
            return get_domain(service, request, V202, PARAMETERS)
        case GetRecords():
            return _get_records(service, request, now)
        case GetRecordById():
            return _get_record_by_id(service, request)


def _get_records(service: Service, request: GetRecords, now: datetime) -> bytes:
    if request.result_type == "validate":
        return V202.acknowledgement(request, now)
    if request.result_type == "hits":
        return V202.search_results(request, service.count(request.query), [], now)
    matched, records = page(service, request)
    return V202.search_results(request, matched, records, now)


def page(service: Service, request: GetRecords) -> tuple[int, list[bytes]]:
    """How many records match, and those that are asked for, as they are asked for."""
    matched, ids = service.page(request.query)
    if request.element_names:
        records = service.written(ids, request.output_schema, "full", request.language)
        return matched, [chosen(record, request.element_names) for record in records]
    return matched, service.written(ids, request.output_schema, request.element_set, request.language)


def _get_record_by_id(service: Service, request: GetRecordById) -> bytes:
    ids = service.identified(request.identifiers)
    records = service.written(ids, request.output_schema, request.element_set, request.language)
    return V202.document("GetRecordByIdResponse", b"".join(records))


def repository_item(service: Service, identifier: str) -> tuple[bytes, str]:
    """The record as its source sent it, and the media type of that.

    Raises:
        OwsException: there is no such record.
    """
    for number in service.identified((identifier,))[:1]:
        payload = service.store.search.payload(number)
        if payload is not None:
            return payload, _JSON if payload.lstrip()[:1] in (b"{", b"[") else _XML
    raise OwsException(Code.NOT_FOUND, "id", f"there is no record {identifier!r}")
