"""The operations of CSW 3.0.0: one function each, from a typed request to the answer's document."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from catalogue import namespaces as ns
from catalogue.errors import InvalidQuery
from catalogue.queryables import QUERYABLES, WITHOUT_VALUES, Kind
from catalogue.store import Store
from catalogue.xml import escape
from endpoint.csw.exceptions import Code, OwsException, invalid
from endpoint.csw.requests import (
    ElementSet,
    GetCapabilities,
    GetDomain,
    GetRecordById,
    GetRecords,
    GetRepositoryItem,
)
from endpoint.csw.responses import chosen
from endpoint.csw.service import Service
from endpoint.csw30 import feed, names
from endpoint.csw30.capabilities import capabilities
from endpoint.csw30.domains import PARAMETERS
from endpoint.csw30.reading import Request
from endpoint.csw30.responses import document, search_results, written

_MOST_VALUES: Final = 1_000


def answer(service: Service, request: Request, now: datetime) -> tuple[bytes, str]:
    """The answer to a request, and its media type.

    Raises:
        OwsException: there is none.
    """
    try:
        match request:
            case GetCapabilities():
                return capabilities(service.sections30, request.sections), names.XML
            case GetDomain():
                return _get_domain(service.store, request), names.XML
            case GetRecords():
                return _get_records(service, request, now), request.output_format
            case GetRecordById():
                return _get_record_by_id(service, request), request.output_format
            case GetRepositoryItem(identifier):
                return _get_repository_item(service.store, identifier), names.XML
    except InvalidQuery as error:
        raise invalid(error.locator or "Constraint", str(error)) from error


def _get_records(service: Service, request: GetRecords, now: datetime) -> bytes:
    matched, ids = service.store.search.page(request.query)
    if request.by_identifier and not matched:
        raise OwsException(Code.NOT_FOUND, "recordIds", "there is no record with these identifiers")
    if request.element_names:
        found = _records(service, ids, request.output_schema, "full")
        records = [chosen(record, request.element_names) for record in found]
    else:
        records = _records(service, ids, request.output_schema, request.element_set)
    if request.output_format == names.ATOM:
        return feed.feed(service, request, matched=matched, written=records, now=now)
    return search_results(request, matched, records, now)


def _get_record_by_id(service: Service, request: GetRecordById) -> bytes:
    """The record itself is the answer (12-176r7, 7.4.5)."""
    ids = service.store.search.identified(request.identifiers)
    found = _records(service, ids[:1], request.output_schema, request.element_set)
    if not found:
        raise OwsException(Code.NOT_FOUND, "id", f"there is no record {request.identifiers[0]!r}")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + found[0]


def _get_repository_item(store: Store, identifier: str) -> bytes:
    ids = store.search.identified((identifier,))
    payload = store.search.payload(ids[0]) if ids else None
    if payload is None:
        raise OwsException(Code.NOT_FOUND, "id", f"there is no record {identifier!r}")
    return payload


def _records(service: Service, ids: list[int], output_schema: str, element_set: ElementSet) -> list[bytes]:
    """The records in this schema; other formats than our own are given out as they are stored."""
    prefix = names.OUTPUT_SCHEMAS[output_schema]
    if prefix is not None:
        return service.store.search.renditions(ids, prefix)
    found = service.store.search.records(ids)
    return feed.entries(service, found) if output_schema == ns.ATOM else written(found, element_set)


def _get_domain(store: Store, request: GetDomain) -> bytes:
    kind = names.RESULT_TYPES[request.possible]
    parts = []
    for sent, queryable in request.properties:
        # No list says what values there could be.
        content = "" if request.possible else _values(store, queryable)
        parts.append(_domain("ValueReference", sent, content, kind))
    for name in request.parameters:
        values = PARAMETERS.get(name.lower())
        if values is None:
            raise invalid("ParameterName", f"there is no parameter {name!r}")
        parts.append(_domain("ParameterName", name, _listed((value, None) for value in values), kind))
    return document("GetDomainResponse", "".join(parts))


def _values(store: Store, queryable: str) -> str:
    """The values that the records have now, or the range that they lie in where they are too many."""
    kind = QUERYABLES[queryable]
    if kind in {Kind.TEXT, Kind.DATE}:
        values = store.search.values(queryable, limit=_MOST_VALUES)
        if values is not None:
            return _listed(values)
    if kind in WITHOUT_VALUES:
        return ""
    span = store.search.span(queryable)
    return _range(*span) if span else ""


def _domain(element: str, name: str, content: str, result_type: str) -> str:
    return (
        f'<csw30:DomainValues type="{names.RECORD}" resultType="{result_type}">'
        f"<csw30:{element}>{escape(name)}</csw30:{element}>{content}</csw30:DomainValues>"
    )


def _listed(values: Iterable[tuple[str, int | None]]) -> str:
    counted = [("" if count is None else f' count="{count}"', escape(value)) for value, count in values]
    listed = "".join(f"<csw30:Value{count}>{value}</csw30:Value>" for count, value in counted)
    return f"<csw30:ListOfValues>{listed}</csw30:ListOfValues>" if listed else ""


def _range(least: str, greatest: str) -> str:
    return (
        f"<csw30:RangeOfValues><csw30:MinValue>{escape(least)}</csw30:MinValue>"
        f"<csw30:MaxValue>{escape(greatest)}</csw30:MaxValue></csw30:RangeOfValues>"
    )
