"""From what was sent to a typed request: one function for each operation, and one table of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final, Literal, cast

from catalogue import namespaces as ns
from catalogue.errors import InvalidQuery
from catalogue.languages import bcp47
from catalogue.query import MAX_IDENTIFIERS, RecordQuery, SortKey
from catalogue.queryables import WITHOUT_VALUES
from endpoint.csw import names
from endpoint.csw.about import language_of
from endpoint.csw.exceptions import Code, OwsException, invalid, missing
from endpoint.csw.queryables import named
from endpoint.csw.requests import (
    DescribeRecord,
    ElementSet,
    GetCapabilities,
    GetDomain,
    GetRecordById,
    GetRecords,
    GetRepositoryItem,
    Request,
)
from endpoint.csw.sent import Sent
from endpoint.languages import liked

SECTIONS: Final = ("ServiceIdentification", "ServiceProvider", "OperationsMetadata", "Filter_Capabilities")
#: Operations of the standard that this service does not have (07-006r1, 10.11 and 10.12).
_REFUSED: Final = frozenset({"Transaction", "Harvest"})
DEFAULT_MAX_RECORDS: Final = 10
#: What makes a text no xs:anyURI.
_NO_URI: Final = re.compile(r"[^!#$&-;=?-\[\]_a-z~%]|%(?![0-9A-Fa-f]{2})|#.*#")


def read(sent: Sent, *, max_records: int) -> Request:
    """The request that was sent.

    Raises:
        OwsException: it is none that we could answer.
    """
    if not sent.operation:
        raise missing("request")
    service = sent.required("service")
    if service != names.SERVICE:
        raise invalid("service", f"this is the service {names.SERVICE}, not {service!r}")
    reader = _READERS.get(sent.operation)
    if reader is None:
        known = "is not supported" if sent.operation in _REFUSED else "is unknown"
        raise OwsException(
            Code.OPERATION_NOT_SUPPORTED, sent.operation, f"the operation {sent.operation!r} {known}"
        )
    if sent.operation != "GetCapabilities" and sent.required("version") != names.VERSION:
        raise invalid("version", f"the version has to be {names.VERSION}")
    return reader(sent, max_records)


def _get_capabilities(sent: Sent, _max_records: int) -> GetCapabilities:
    accepted = sent.all("AcceptVersions")
    if accepted and names.VERSION not in accepted:
        raise OwsException(
            Code.VERSION_NEGOTIATION_FAILED, "AcceptVersions", f"the version here is {names.VERSION}"
        )
    return GetCapabilities(sections_of(sent, SECTIONS), sent.one("updateSequence"), document_language(sent))


def _describe_record(sent: Sent, _max_records: int) -> DescribeRecord:
    sent.choice("outputFormat", *names.OUTPUT_FORMATS, default=names.OUTPUT_FORMATS[0])
    sent.choice("schemaLanguage", *names.SCHEMA_LANGUAGES, default=names.XML_SCHEMA)
    wanted = sent.all("TypeName")
    known = [names.TYPES.get(names.qualified(name, sent.prefixes)) for name in wanted]
    for name, found in zip(wanted, known, strict=True):
        if found is None and ":" not in name:
            raise invalid("TypeName", f"the record type {name!r} is not qualified")
    return DescribeRecord(tuple(dict.fromkeys(name for name in known if name)) if wanted else None)


def _get_records(sent: Sent, max_records: int) -> GetRecords:
    _check_types(sent)
    sent.choice("outputFormat", *names.OUTPUT_FORMATS, default=names.OUTPUT_FORMATS[0])
    if sent.has("ResponseHandler"):
        raise invalid("ResponseHandler", "answers are given at once, not sent to a handler later")
    output_schema = sent.choice("outputSchema", *names.OUTPUT_SCHEMAS, default=ns.CSW)
    chosen = _element_names(sent, output_schema)
    limit = sent.number("maxRecords", default=DEFAULT_MAX_RECORDS, least=0)
    try:
        query = RecordQuery(
            where=sent.where,
            sort=sort_keys(sent),
            offset=sent.number("startPosition", default=1, least=1) - 1,
            limit=min(limit, max_records),
        )
    except InvalidQuery as error:
        raise invalid(error.locator or "Constraint", str(error)) from error
    return GetRecords(
        query=query,
        output_schema=output_schema,
        result_type=cast(
            'Literal["hits", "results", "validate"]',
            sent.choice("resultType", *names.RESULT_TYPES, default="hits"),
        ),
        element_set=element_set(sent),
        element_names=chosen,
        request_id=request_id(sent),
        language=record_language(sent),
        echo=sent.echo,
    )


def _get_record_by_id(sent: Sent, _max_records: int) -> GetRecordById:
    identifiers = sent.all("id")
    if not identifiers:
        raise missing("id")
    if len(identifiers) > MAX_IDENTIFIERS:
        raise invalid("id", f"at most {MAX_IDENTIFIERS} identifiers may be asked for at once")
    sent.choice("outputFormat", *names.OUTPUT_FORMATS, default=names.OUTPUT_FORMATS[0])
    return GetRecordById(
        identifiers,
        sent.choice("outputSchema", *names.OUTPUT_SCHEMAS, default=ns.CSW),
        element_set(sent),
        language=record_language(sent),
    )


def _get_repository_item(sent: Sent, _max_records: int) -> GetRepositoryItem:
    return GetRepositoryItem(identifier_of(sent))


def identifier_of(sent: Sent) -> str:
    """The one record that is asked for.

    Raises:
        OwsException: none is, or several.
    """
    identifiers = sent.all("id")
    if not identifiers:
        raise missing("id")
    if len(identifiers) > 1:
        raise invalid("id", "one record can be asked for at once")
    return identifiers[0]


def _get_domain(sent: Sent, _max_records: int) -> GetDomain:
    properties, parameters = sent.all("PropertyName"), sent.all("ParameterName")
    if not properties and not parameters:
        raise missing("PropertyName")
    return GetDomain(tuple((name, named(name, sent.prefixes).queryable) for name in properties), parameters)


_READERS: Final[Mapping[str, Callable[[Sent, int], Request]]] = {
    "GetCapabilities": _get_capabilities,
    "DescribeRecord": _describe_record,
    "GetDomain": _get_domain,
    "GetRecords": _get_records,
    "GetRecordById": _get_record_by_id,
    "GetRepositoryItem": _get_repository_item,
}


def sections_of(sent: Sent, known: Iterable[str]) -> frozenset[str] | None:
    """The sections of the capabilities that are wanted (05-008c1, 7.3.3); None where all are.

    Raises:
        OwsException: there is no such section.
    """
    if not sent.has("sections"):
        return None
    wanted = sent.all("sections")
    for section in wanted:
        if section not in {*known, "All"}:
            raise invalid("sections", f"there is no section {section!r}")
    return None if "All" in wanted else frozenset(wanted)


def document_language(sent: Sent) -> str:
    """The language for what the service says of itself: the first of the client's that we have, else English.

    `AcceptLanguages` is OWS Common 2.0's, `language` INSPIRE's.
    """
    asked = language_of((*sent.all("AcceptLanguages"), *sent.all("language")))
    return asked or liked(sent.accept_language).tag


def record_language(sent: Sent) -> str:
    """The language in which texts of records are wanted (BCP 47); empty: as many as they are in.

    Only a parameter asks for it: what a browser or a library sends in a header is no wish to lose the others.
    """
    return bcp47(sent.one("language"))


def request_id(sent: Sent) -> str:
    """The URI by which the client knows its request.

    Raises:
        OwsException: it is none.
    """
    found = sent.one("requestId")
    if _NO_URI.search(found):
        raise invalid("requestId", "requestId is no URI")
    return found


def _check_types(sent: Sent) -> None:
    """Every record is of each type, so it makes no difference which is asked for."""
    wanted = sent.all("typeNames")
    if not wanted:
        raise missing("typeNames")
    for name in wanted:
        if names.qualified(name, sent.prefixes) not in names.TYPES:
            raise invalid("typeNames", f"there is no record type {name!r} that could be asked for")


def element_set(sent: Sent) -> ElementSet:
    """How much of each record is wanted.

    Raises:
        OwsException: there is no such set.
    """
    return cast("ElementSet", sent.choice("ElementSetName", *names.ELEMENT_SETS, default="summary"))


def element_names(
    sent: Sent, output_schema: str, record: str, of_record: Callable[[str], tuple[str, str] | None]
) -> tuple[tuple[str, str], ...]:
    """The elements that are chosen, which stand at the top of a record of this schema.

    Args:
        sent: the request.
        output_schema: what records are written in.
        record: the namespace of the common record format.
        of_record: an element of that by its name; None where it has none.

    Raises:
        OwsException: there is no such element, or an element set is asked for as well.
    """
    wanted = sent.all("ElementName")
    if wanted and sent.has("ElementSetName"):
        raise invalid("ElementName", "ElementName and ElementSetName exclude each other")
    if wanted and output_schema != record and output_schema not in names.ISO_ELEMENTS:
        raise invalid("ElementName", f"elements cannot be chosen of {output_schema}")
    known = names.ISO_ELEMENTS.get(output_schema)
    found = []
    for name in wanted:
        # A path names the element at its end.
        last = name.rpartition("/")[2]
        element = of_record(last) if known is None else names.qualified(last, sent.prefixes)
        if element is None or (known is not None and element not in known):
            raise invalid("ElementName", f"there is no element {name!r} at the top of a record")
        found.append(element)
    return (*found, *names.ISO_REQUIRED.get(output_schema, ())) if found else ()


def _element_names(sent: Sent, output_schema: str) -> tuple[tuple[str, str], ...]:
    def of_record(name: str) -> tuple[str, str] | None:
        element = names.qualified(name, sent.prefixes)
        return element if element in names.RECORD_ELEMENTS else None

    return element_names(sent, output_schema, ns.CSW, of_record)


def sort_keys(sent: Sent) -> tuple[SortKey, ...]:
    """The order that is wanted.

    Raises:
        OwsException: records have no such order.
    """
    for found, _ in sent.sort:
        if found.kind in WITHOUT_VALUES:
            raise invalid("SortBy", f"records cannot be ordered by {found.sent}")
    return tuple(SortKey(found.queryable, descending) for found, descending in sent.sort)
