"""The operations of CSW 3.0.0: one function each, from a typed request to the answer's document."""

from __future__ import annotations

from datetime import datetime

from catalogue.errors import InvalidQuery
from endpoint.csw.domain_values import get_domain
from endpoint.csw.exceptions import Code, OwsException, invalid
from endpoint.csw.operations import page, repository_item
from endpoint.csw.requests import (
    GetCapabilities,
    GetDomain,
    GetRecordById,
    GetRecords,
    GetRepositoryItem,
)
from endpoint.csw.responses import V300
from endpoint.csw.service import Service
from endpoint.csw30 import feed, names
from endpoint.csw30.as_json import as_json
from endpoint.csw30.capabilities import sections
from endpoint.csw30.domains import PARAMETERS
from endpoint.csw30.reading import Request


def answer(service: Service, request: Request, now: datetime) -> tuple[bytes, str]:
    """The answer to a request, and its media type.

    Raises:
        OwsException: there is none.
    """
    try:
        document, media_type = _answer(service, request, now)
    except InvalidQuery as error:
        raise invalid(error.locator or "Constraint", str(error)) from error
    # What a source sent as JSON is no document of ours.
    ours = media_type == names.JSON and not isinstance(request, GetRepositoryItem)
    return (as_json(document) if ours else document), media_type


def _answer(service: Service, request: Request, now: datetime) -> tuple[bytes, str]:
    match request:
        case GetCapabilities():
            told = sections(service.about(request.language))
            return V300.capabilities(told, request, service.changed()), request.output_format
        case GetDomain():
            kind = names.RESULT_TYPES[request.possible]
            made = get_domain(service, request, V300, PARAMETERS, resultType=kind)
            return made, request.output_format
        case GetRecords():
            return _get_records(service, request, now), request.output_format
        case GetRecordById():
            return _get_record_by_id(service, request), request.output_format
        case GetRepositoryItem(identifier):
            return repository_item(service, identifier)


def _get_records(service: Service, request: GetRecords, now: datetime) -> bytes:
    matched, records = page(service, request)
    if request.by_identifier and not matched:
        raise OwsException(Code.NOT_FOUND, "recordIds", "there is no record with these identifiers")
    if request.output_format == names.ATOM:
        return feed.feed(service, request, matched=matched, written=records, now=now)
    return V300.search_results(request, matched, records, now)


def _get_record_by_id(service: Service, request: GetRecordById) -> bytes:
    """The record itself is the answer (12-176r7, 7.4.5)."""
    ids = service.identified(request.identifiers)
    found = service.written(ids[:1], request.output_schema, request.element_set, request.language)
    if not found:
        raise OwsException(Code.NOT_FOUND, "id", f"there is no record {request.identifiers[0]!r}")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + found[0]
