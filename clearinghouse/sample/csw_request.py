"""CSW 2.0.2 requests to a sample node: key-value pairs and XML become the same frozen request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from catalogue import namespaces as ns
from catalogue.errors import ForbiddenXml, MalformedXml
from catalogue.xml import local_name, parse
from clearinghouse.sample.csw_errors import OwsError, invalid, missing
from clearinghouse.sample.csw_filter import Predicate, compile_filter

VERSION = "2.0.2"
ELEMENT_SETS = ("brief", "summary", "full")
OUTPUT_SCHEMAS = (ns.CSW, ns.GMD)
TYPE_NAMES = {"csw:Record": ns.CSW, "gmd:MD_Metadata": ns.GMD}
RESULT_TYPES = ("hits", "results", "validate")


def _everything(_record: object) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class CswRequest:
    """Any of the four operations; what an operation does not know keeps its default."""

    operation: str
    accept_versions: tuple[str, ...] = ()
    result_type: str = "hits"
    output_schema: str = ns.CSW
    element_set: str = "summary"
    start: int = 1
    limit: int = 10
    predicate: Predicate = _everything
    #: (property, descending) for each ogc:SortProperty.
    sort: tuple[tuple[str, bool], ...] = ()
    ids: tuple[str, ...] = ()
    type_names: tuple[str, ...] = tuple(TYPE_NAMES)


def from_kvp(pairs: Mapping[str, str]) -> CswRequest:
    """The request in a query string; names of parameters are taken whatever their case (OWS 1.0, 11.5.2).

    Raises:
        OwsError: something is missing, unknown or out of range.
    """
    given = {name.lower(): value for name, value in pairs.items()}
    _check_service(given.get("service"), given.get("version"), given.get("request"))
    operation = given["request"]
    sort = tuple(
        (key.rpartition(":")[0], key.upper().endswith(":D"))
        for key in given.get("sortby", "").split(",")
        if key
    )
    values = {
        "resultType": given.get("resulttype", ""),
        "outputSchema": given.get("outputschema", ""),
        "outputFormat": given.get("outputformat", ""),
        "startPosition": given.get("startposition", ""),
        "maxRecords": given.get("maxrecords", ""),
        "ElementSetName": given.get("elementsetname", ""),
        "typeNames": given.get("typenames", "") or given.get("typename", ""),
        "id": given.get("id", ""),
        "acceptVersions": given.get("acceptversions", ""),
    }
    predicate = _kvp_constraint(given) if operation == "GetRecords" else _everything
    return _request(operation, values, predicate, sort)


def from_xml(document: bytes) -> CswRequest:
    """The request in the body of a POST.

    Raises:
        OwsError: the body is no XML, or asks for something that the node does not have.
    """
    root = _parsed(document)
    operation = local_name(root)
    version = root.get("version") or (VERSION if operation == "GetCapabilities" else None)
    _check_service(root.get("service"), version, operation)
    elements = [element for element in root.iter() if local_name(element)]
    query = next((element for element in elements if local_name(element) == "Query"), None)

    def texts(name: str) -> str:
        return ",".join((e.text or "").strip() for e in elements if local_name(e) == name)

    values = {name: root.get(name, "") for name in ("resultType", "outputSchema", "outputFormat")}
    values |= {name: root.get(name, "") for name in ("startPosition", "maxRecords")}
    values |= {
        "ElementSetName": texts("ElementSetName"),
        "id": texts("Id"),
        "acceptVersions": texts("Version"),
    }
    values["typeNames"] = texts("TypeName")
    if query is not None:
        values["typeNames"] = ",".join(query.get("typeNames", "").split())
    elif operation == "GetRecords":
        raise missing("Query")
    sort = tuple(
        (_text_of(element, "PropertyName"), _text_of(element, "SortOrder").upper().startswith("D"))
        for element in elements
        if local_name(element) == "SortProperty"
    )
    return _request(operation, values, _xml_constraint(elements), sort)


def _text_of(element: etree._Element, name: str) -> str:
    return next(((child.text or "").strip() for child in element.iter() if local_name(child) == name), "")


def _parsed(document: bytes) -> etree._Element:
    try:
        return parse(document)
    except (MalformedXml, ForbiddenXml) as error:
        raise OwsError(
            "NoApplicableCode", "body", f"the body is not XML that is accepted: {error}"
        ) from error


def _check_service(service: str | None, version: str | None, operation: str | None) -> None:
    if not operation:
        raise missing("request")
    if not service:
        raise missing("service")
    if service != "CSW":
        raise invalid("service", f"this is a CSW, not a {service}")
    if operation != "GetCapabilities":
        if not version:
            raise missing("version")
        if version != VERSION:
            raise invalid("version", f"this server speaks version {VERSION}")


def _kvp_constraint(given: Mapping[str, str]) -> Predicate:
    if not (constraint := given.get("constraint")):
        return _everything
    if given.get("constraintlanguage", "").upper() != "FILTER":
        raise invalid("constraintLanguage", "this server takes constraints in FILTER only")
    return compile_filter(_parsed(constraint.encode()))


def _xml_constraint(elements: list[etree._Element]) -> Predicate:
    for element in elements:
        if local_name(element) == "CqlText":
            raise invalid("CqlText", "this server takes constraints in FILTER only")
        if local_name(element) == "Filter":
            return compile_filter(element)
    return _everything


def _request(
    operation: str, values: Mapping[str, str], predicate: Predicate, sort: tuple[tuple[str, bool], ...]
) -> CswRequest:
    if values["outputFormat"] not in {"", "application/xml", "text/xml"}:
        raise invalid("outputFormat", "this server writes application/xml")
    names = tuple(name for name in values["typeNames"].split(",") if name)
    if operation == "GetRecords" and not names:
        raise missing("typeNames")
    for name in names:
        if name not in TYPE_NAMES:
            raise invalid("typeNames", f"{name!r} is not among {', '.join(TYPE_NAMES)}")
    ids = tuple(value for value in values["id"].split(",") if value)
    if operation == "GetRecordById" and not ids:
        raise missing("id")
    return CswRequest(
        operation=operation,
        accept_versions=tuple(version for version in values["acceptVersions"].split(",") if version),
        result_type=_one_of("resultType", values["resultType"], RESULT_TYPES),
        output_schema=_one_of("outputSchema", values["outputSchema"], OUTPUT_SCHEMAS),
        element_set=_one_of("ElementSetName", values["ElementSetName"] or "summary", ELEMENT_SETS),
        start=_number("startPosition", values["startPosition"] or "1", least=1),
        limit=_number("maxRecords", values["maxRecords"] or "10", least=0),
        predicate=predicate,
        sort=sort,
        ids=ids,
        type_names=names or tuple(TYPE_NAMES),
    )


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if not value:
        return allowed[0]
    if value not in allowed:
        raise invalid(name, f"{value!r} is not among {', '.join(allowed)}")
    return value


def _number(name: str, value: str, *, least: int) -> int:
    if not value.isascii() or not value.isdigit() or int(value) < least:
        raise invalid(name, f"{value!r} is not a whole number from {least} on")
    return int(value)
