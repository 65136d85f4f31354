"""The operations: one function each, from a typed request to the answer's document."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from catalogue.errors import InvalidQuery
from catalogue.queryables import QUERYABLES, WITHOUT_VALUES, Kind
from catalogue.store import Store
from catalogue.xml import escape
from endpoint.csw import names
from endpoint.csw.capabilities import capabilities
from endpoint.csw.describe import components
from endpoint.csw.domains import PARAMETERS
from endpoint.csw.exceptions import invalid
from endpoint.csw.requests import (
    DescribeRecord,
    ElementSet,
    GetCapabilities,
    GetDomain,
    GetRecordById,
    GetRecords,
    Request,
)
from endpoint.csw.responses import acknowledgement, chosen, document, search_results, written
from endpoint.csw.service import Service

#: Values that a domain lists; one that has more is told as a range.
_MOST_VALUES: Final = 1_000


def answer(service: Service, request: Request, now: datetime) -> bytes:
    """The answer to a request.

    Raises:
        OwsException: there is none.
    """
    try:
        match request:
            case GetCapabilities():
                return capabilities(service.sections, request.sections)
            case DescribeRecord():
                return document("DescribeRecordResponse", components(request.type_names))
            case GetDomain():
                return _get_domain(service.store, request)
            case GetRecords():
                return _get_records(service.store, request, now)
            case GetRecordById():
                return _get_record_by_id(service.store, request)
    except InvalidQuery as error:
        raise invalid(error.locator or "Constraint", str(error)) from error


def _get_records(store: Store, request: GetRecords, now: datetime) -> bytes:
    if request.result_type == "validate":
        return acknowledgement(request, now)
    if request.result_type == "hits":
        return search_results(request, store.search.count(request.query), [], now)
    matched, ids = store.search.page(request.query)
    if request.element_names:
        found = _records(store, ids, request.output_schema, "full")
        records = [chosen(record, request.element_names) for record in found]
    else:
        records = _records(store, ids, request.output_schema, request.element_set)
    return search_results(request, matched, records, now)


def _get_record_by_id(store: Store, request: GetRecordById) -> bytes:
    ids = store.search.identified(request.identifiers)
    records = _records(store, ids, request.output_schema, request.element_set)
    return document("GetRecordByIdResponse", b"".join(records))


def _records(store: Store, ids: list[int], output_schema: str, element_set: ElementSet) -> list[bytes]:
    """The records in this schema.

    Other schemas than the common one are given out as they are stored, whatever the element set. The ISO
    profile's brief and summary sets (07-045, 7.4.1 and 7.4.2) say which elements an answer holds at least;
    what they leave out, gmd.xsd requires (gmd:contact, gmd:dateStamp), so only the full record has all that
    they ask for and is valid. The answer says in its elementSet that it is the full one.
    """
    prefix = names.OUTPUT_SCHEMAS[output_schema]
    if prefix is None:
        return written(store.search.records(ids), element_set)
    return store.search.renditions(ids, prefix)


def _get_domain(store: Store, request: GetDomain) -> bytes:
    parts = [_of_property(store, sent, queryable) for sent, queryable in request.properties]
    for name in request.parameters:
        values = PARAMETERS.get(name.lower())
        if values is None:
            raise invalid("ParameterName", f"there is no parameter {name!r}")
        parts.append(_domain("ParameterName", name, _listed(values)))
    return document("GetDomainResponse", "".join(parts))


def _of_property(store: Store, sent: str, queryable: str) -> str:
    """The values that the records have now, or the range that they lie in where they are too many.

    Of a domain of which neither can be told the answer has the name alone (07-006r1, 10.7.4.3).
    """
    kind = QUERYABLES[queryable]
    if kind in {Kind.TEXT, Kind.DATE}:
        values = store.search.values(queryable, limit=_MOST_VALUES)
        if values is not None:
            return _domain("PropertyName", sent, _listed(value for value, _ in values))
    if kind in WITHOUT_VALUES:
        return _domain("PropertyName", sent, "")
    span = store.search.span(queryable)
    return _domain("PropertyName", sent, _range(*span) if span else "")


def _domain(element: str, name: str, content: str) -> str:
    return (
        f'<csw:DomainValues type="{names.RECORD}"><csw:{element}>{escape(name)}</csw:{element}>{content}'
        "</csw:DomainValues>"
    )


def _listed(values: Iterable[str]) -> str:
    listed = "".join(f"<csw:Value>{escape(value)}</csw:Value>" for value in values)
    return f"<csw:ListOfValues>{listed}</csw:ListOfValues>" if listed else ""


def _range(least: str, greatest: str) -> str:
    return (
        f"<csw:RangeOfValues><csw:MinValue>{escape(least)}</csw:MinValue>"
        f"<csw:MaxValue>{escape(greatest)}</csw:MaxValue></csw:RangeOfValues>"
    )
