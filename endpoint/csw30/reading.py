"""From what was sent to a typed request of CSW 3.0.0: one function for each operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from catalogue import namespaces as ns
from catalogue.errors import InvalidQuery
from catalogue.query import RecordQuery
from endpoint.csw import names as older
from endpoint.csw.exceptions import Code, OwsException, invalid, missing
from endpoint.csw.queryables import named
from endpoint.csw.reading import (
    DEFAULT_MAX_RECORDS,
    document_language,
    element_names,
    element_set,
    identifier_of,
    record_language,
    request_id,
    sections_of,
    sort_keys,
)
from endpoint.csw.requests import GetCapabilities, GetDomain, GetRecordById, GetRecords, GetRepositoryItem
from endpoint.csw.sent import Sent
from endpoint.csw30 import names, search

Request = GetCapabilities | GetRecords | GetRecordById | GetRepositoryItem | GetDomain


def read(sent: Sent, *, max_records: int) -> Request:
    """The request that was sent.

    Raises:
        OwsException: it is none that we could answer.
    """
    if not sent.operation:
        raise missing("request")
    service = sent.required("service")
    if service != older.SERVICE:
        raise invalid("service", f"this is the service {older.SERVICE}, not {service!r}")
    if sent.operation in names.REFUSED:
        message = f"the operation {sent.operation} is not supported"
        raise OwsException(Code.OPERATION_NOT_SUPPORTED, sent.operation, message)
    reader = _READERS.get(sent.operation)
    if reader is None:
        raise invalid("request", f"there is no operation {sent.operation!r}")
    if sent.operation != "GetCapabilities" and sent.required("version") != names.VERSION:
        raise invalid("version", f"the version has to be {names.VERSION}")
    return reader(sent, max_records)


def _get_capabilities(sent: Sent, _max_records: int) -> GetCapabilities:
    accepted = sent.all("AcceptVersions")
    if accepted and names.VERSION not in accepted:
        message = f"the version here is {names.VERSION}"
        raise OwsException(Code.VERSION_NEGOTIATION_FAILED, "AcceptVersions", message)
    formats = sent.all("AcceptFormats")
    if formats and not set(formats) & set(names.ACCEPT_FORMATS):
        raise invalid("AcceptFormats", f"none of the formats is {' or '.join(names.ACCEPT_FORMATS)}")
    # The first of the client's that we have (06-121r9, 7.3.2).
    output_format = next((one for one in formats if one in names.ACCEPT_FORMATS), names.XML)
    return GetCapabilities(
        sections_of(sent, names.SECTIONS), sent.one("updateSequence"), document_language(sent), output_format
    )


def _get_records(sent: Sent, max_records: int) -> GetRecords:
    _check_types(sent)
    output_format, output_schema = _output(sent)
    if sent.all("ResponseHandler"):
        raise invalid("ResponseHandler", "answers are given at once, not sent to a handler later")
    chosen = _element_names(sent, output_schema)
    limit = sent.number("maxRecords", default=DEFAULT_MAX_RECORDS, least=0)
    try:
        query = RecordQuery(
            where=search.predicate_of(sent),
            sort=sort_keys(sent),
            offset=sent.number("startPosition", default=1, least=1) - 1,
            limit=min(limit, max_records),
        )
    except InvalidQuery as error:
        raise invalid(error.locator or "Constraint", str(error)) from error
    return GetRecords(
        query=query,
        output_schema=output_schema,
        result_type="results",
        element_set=element_set(sent),
        element_names=chosen,
        request_id=request_id(sent),
        by_identifier=bool(sent.all("recordIds")),
        output_format=output_format,
        language=record_language(sent),
    )


def _get_record_by_id(sent: Sent, _max_records: int) -> GetRecordById:
    identifier = identifier_of(sent)
    output_format, output_schema = _output(sent)
    return GetRecordById(
        (identifier,), output_schema, element_set(sent), output_format, record_language(sent)
    )


def _get_repository_item(sent: Sent, _max_records: int) -> GetRepositoryItem:
    return GetRepositoryItem(identifier_of(sent))


def _get_domain(sent: Sent, _max_records: int) -> GetDomain:
    # Clients of 2.0.2 say PropertyName.
    properties = sent.all("ValueReference") + sent.all("PropertyName")
    parameters = sent.all("ParameterName")
    if not properties and not parameters:
        raise missing("ParameterName")
    if sent.where is not None or sent.has("Filter"):
        raise invalid("Filter", "the values of some records alone cannot be told")
    sent.choice("resultType", *names.RESULT_TYPES, default="available")
    named_ = tuple((name, _reference(name, sent)) for name in properties)
    return GetDomain(
        named_,
        parameters,
        possible=sent.one("resultType") == "possible",
        output_format=sent.choice("outputFormat", names.XML, names.JSON, default=names.XML),
    )


def _reference(name: str, sent: Sent) -> str:
    try:
        return named(name, sent.prefixes).queryable
    except OwsException as error:
        raise invalid("ValueReference", str(error)) from error


_READERS: Final[Mapping[str, Callable[[Sent, int], Request]]] = {
    "GetCapabilities": _get_capabilities,
    "GetDomain": _get_domain,
    "GetRecords": _get_records,
    "GetRecordById": _get_record_by_id,
    "GetRepositoryItem": _get_repository_item,
}


def _check_types(sent: Sent) -> None:
    wanted = sent.all("typeNames")
    if not wanted:
        raise missing("typeNames")
    for name in wanted:
        if older.qualified(name, sent.prefixes) not in names.TYPES:
            raise invalid("typeNames", f"there is no record type {name!r} that could be asked for")


def _output(sent: Sent) -> tuple[str, str]:
    """The format and the schema; who asks for one of Atom's gets the other."""
    schema = sent.choice("outputSchema", "", *names.OUTPUT_SCHEMAS, default="")
    default = names.ATOM if schema == ns.ATOM else names.XML
    output_format = sent.choice("outputFormat", *names.OUTPUT_FORMATS, default=default)
    if output_format == names.ATOM:
        if schema not in {"", ns.ATOM, ns.CSW30}:
            raise invalid("outputSchema", f"{schema} is not Atom")
        return output_format, ns.ATOM
    return output_format, schema or ns.CSW30


def _element_names(sent: Sent, output_schema: str) -> tuple[tuple[str, str], ...]:
    def of_record(name: str) -> tuple[str, str] | None:
        uri, local = older.qualified(name, sent.prefixes)
        element = (ns.OWS if uri == ns.OWS20 else uri, local)
        if element in older.RECORD_ELEMENTS:
            return (ns.OWS20 if element[0] == ns.OWS else element[0]), local
        if element in {(ns.CSW30, "TemporalExtent"), (ns.CSW, "TemporalExtent")}:
            return ns.CSW30, local
        return None

    return element_names(sent, output_schema, ns.CSW30, of_record)
