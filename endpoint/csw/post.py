"""Requests by POST: XML (07-006r1, CSW-discovery.xsd), bare or in an envelope of SOAP 1.2."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree

from catalogue import namespaces as ns
from catalogue.errors import XmlError
from catalogue.query import Predicate
from catalogue.xml import local_name, namespace, parse
from endpoint.csw import filters, names, texts
from endpoint.csw.exceptions import Code, OwsException, invalid, missing
from endpoint.csw.filters import Element, prefixes_of
from endpoint.csw.queryables import sorted_by
from endpoint.csw.sent import Sent
from endpoint.filters.properties import Property

_ORDERS: Final = {"ASC": False, "DESC": True}


@dataclass(frozen=True, slots=True)
class Posted:
    """A document that was posted: the request's element, and whether it came in an envelope."""

    request: Element
    soap: bool


def open_document(body: bytes) -> Posted:
    """The request in a posted document.

    Raises:
        OwsException: it is no acceptable XML, or holds no request.
    """
    try:
        root = parse(body)
    except XmlError as error:
        raise OwsException(
            Code.NO_APPLICABLE_CODE, "", f"the request is not acceptable XML: {error}"
        ) from error
    if root.tag != f"{{{ns.SOAP12}}}Envelope":
        return Posted(root, soap=False)
    body_element = root.find(f"{{{ns.SOAP12}}}Body")
    children = [] if body_element is None else _children(body_element)
    if len(children) != 1:
        raise OwsException(Code.NO_APPLICABLE_CODE, "", "the SOAP envelope holds no single request")
    return Posted(children[0], soap=True)


def read(request: Element, beside: Mapping[str, tuple[str, ...]] | None = None) -> Sent:
    """What a request's element says.

    Args:
        request: the element.
        beside: parameters of the address that the elements have no words for: `language`, and
            `constraintlanguage`, which says what a CqlText is written in.

    Raises:
        OwsException: it says what cannot be understood.
    """
    operation = local_name(request)
    if namespace(request) not in {ns.CSW, ns.CSW30}:
        raise invalid(
            "request", f"{operation} is no request of CSW {names.VERSION}: its namespace is another"
        )
    values = dict(beside or {})
    values |= {local_name_of(key): (value.strip(),) for key, value in request.attrib.items()}
    if operation == "GetCapabilities":
        # The schema gives the attribute this default, in this request alone.
        values.setdefault("service", (names.SERVICE,))
    sent = Sent(operation, values, prefixes_of(request), echo=etree.tostring(request, with_tail=False))
    reader = _CHILDREN.get(operation)
    return sent if reader is None else reader(request, sent)


def local_name_of(attribute: str | bytes) -> str:
    """An attribute's name without its namespace, in lower case."""
    return str(attribute).rpartition("}")[2].lower()


def _capabilities(request: Element, sent: Sent) -> Sent:
    values = dict(sent.values)
    for child in _children(request):
        values[local_name(child).lower()] = tuple(map(_text, _children(child)))
    return _with(sent, values)


def _texts(request: Element, sent: Sent) -> Sent:
    """TypeName, Id, ElementSetName, PropertyName, ParameterName: elements that hold text."""
    values = dict(sent.values)
    for child in _children(request):
        name = local_name(child).lower()
        values[name] = (*values.get(name, ()), _text(child))
        if "resultType" in child.attrib:
            values["resulttype"] = (child.get("resultType", ""),)
    # GetDomain has one element for several names (07-006r1, 10.7.4).
    for name in ("propertyname", "valuereference", "parametername"):
        values[name] = tuple(part.strip() for text in values.get(name, ()) for part in text.split(","))
    return _with(sent, values)


def _records(request: Element, sent: Sent) -> Sent:
    parts = {local_name(child): child for child in _children(request)}
    query = parts.get("Query")
    if query is None:
        raise missing("Query")
    values = {**sent.values, "typenames": tuple(query.get("typeNames", "").split())}
    if "ResponseHandler" in parts:
        values["responsehandler"] = (_text(parts["ResponseHandler"]),)
    prefixes = dict(prefixes_of(query))
    where: Predicate | None = None
    sort: tuple[tuple[Property, bool], ...] = ()
    for child in _children(query):
        name = local_name(child)
        if name == "Constraint":
            where = _constraint(child, sent.one("constraintLanguage", texts.CQL))
        elif name == "SortBy":
            sort = tuple(_sort_property(key) for key in _children(child))
        elif name in {"ElementName", "ElementSetName"}:
            prefixes |= prefixes_of(child)
            values[name.lower()] = (*values.get(name.lower(), ()), _text(child))
        else:
            raise invalid(name, f"a Query has no {name}")
    return Sent(sent.operation, values, prefixes, where, sort, sent.echo)


def _constraint(element: Element, language: str) -> Predicate:
    children = _children(element)
    if len(children) != 1:
        raise invalid("Constraint", "a Constraint holds one Filter or one CqlText")
    if local_name(children[0]) == "CqlText":
        return texts.predicate_of(language, _text(children[0]), prefixes_of(children[0]))
    return filters.predicate_of(children[0])


def _sort_property(element: Element) -> tuple[Property, bool]:
    parts = {local_name(child): child for child in _children(element)}
    # Filter 2.0 has another word for it.
    name = parts.get("PropertyName", parts.get("ValueReference"))
    if name is None:
        raise missing("PropertyName")
    order = _text(parts["SortOrder"]) if "SortOrder" in parts else "ASC"
    if order.upper() not in _ORDERS:
        raise invalid("SortOrder", f"SortOrder is {order!r}, and can be ASC or DESC")
    return sorted_by(_text(name), prefixes_of(name)), _ORDERS[order.upper()]


_CHILDREN: Final[Mapping[str, Callable[[Element, Sent], Sent]]] = {
    "GetCapabilities": _capabilities,
    "DescribeRecord": _texts,
    "GetDomain": _texts,
    "GetRecordById": _texts,
    "GetRecords": _records,
}


def _with(sent: Sent, values: Mapping[str, tuple[str, ...]]) -> Sent:
    return Sent(sent.operation, values, sent.prefixes, echo=sent.echo)


def _children(element: Element) -> list[Element]:
    return [child for child in element if isinstance(child.tag, str)]


def _text(element: Element) -> str:
    return (element.text or "").strip()
