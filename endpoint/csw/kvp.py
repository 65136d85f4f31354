"""Requests by GET: keyword-value pairs (07-006r1, 10.3.2; 05-008c1, 11.5)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from catalogue import namespaces as ns
from catalogue.errors import XmlError
from catalogue.query import Predicate
from catalogue.xml import clean, escape_attribute, parse
from endpoint.csw import filters, names, texts
from endpoint.csw.exceptions import invalid, missing
from endpoint.csw.names import Prefixes
from endpoint.csw.queryables import sorted_by
from endpoint.csw.sent import Sent
from endpoint.filters.properties import Property

_MOST_PARAMETERS: Final = 100
#: Parameters whose value is a list with commas between.
_LISTS: Final = frozenset(
    {
        "acceptversions",
        "acceptformats",
        "acceptlanguages",
        "sections",
        "typename",
        "typenames",
        "elementname",
        "id",
        "propertyname",
        "parametername",
        "sortby",
        "recordids",
        "valuereference",
    }
)
#: Parameters that the documents of the standard leave out.
_BESIDE: Final = frozenset({"constraintlanguage", "language"})
_BINDING: Final = re.compile(r"xmlns\((?:(?P<prefix>[^=,()]*)[=,])?(?P<uri>[^()]+)\)")
_ORDERS: Final = {"A": False, "ASC": False, "D": True, "DESC": True}


def read(query: str, *, address: str) -> Sent:
    """What a query string says; `address` is the service's, for an Acknowledgement.

    Raises:
        OwsException: it says what cannot be understood.
    """
    values = _values(query)
    prefixes = _prefixes(values.get("namespace", ()))
    return Sent(
        operation=next(iter(values.get("request", ())), ""),
        values=values,
        prefixes=prefixes,
        where=_constraint(values, prefixes),
        sort=tuple(_sort_property(key, prefixes) for key in values.get("sortby", ()) if key),
        echo=_echo(f"{address}?{query}"),
    )


def beside(query: str) -> Mapping[str, tuple[str, ...]]:
    """What the address of a posted request says that XML has no words for.

    Raises:
        OwsException: it says what cannot be understood.
    """
    return {name: sent for name, sent in _values(query).items() if name in _BESIDE}


def _values(query: str) -> dict[str, tuple[str, ...]]:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="replace", max_num_fields=_MOST_PARAMETERS)
    except ValueError as error:
        raise invalid("request", "there are too many parameters") from error
    values: dict[str, tuple[str, ...]] = {}
    for sent, value in pairs:
        name = sent.lower()
        if clean(value) != value:
            raise invalid(name, f"{name} has characters that XML does not allow")
        listed = tuple(part.strip() for part in value.split(",")) if name in _LISTS else (value.strip(),)
        values[name] = values.get(name, ()) + listed
    return values


def _prefixes(sent: tuple[str, ...]) -> Prefixes:
    bound: dict[str, str] = {}
    for value in sent:
        for found in _BINDING.finditer(value):
            bound[found["prefix"] or ""] = found["uri"]
    return bound


def _constraint(values: Mapping[str, tuple[str, ...]], prefixes: Prefixes) -> Predicate | None:
    text = "".join(values.get("constraint", ()))
    if not text:
        return None
    language = "".join(values.get("constraintlanguage", ()))
    if not language:
        raise missing("CONSTRAINTLANGUAGE")
    if language not in names.CONSTRAINT_LANGUAGES:
        raise invalid("CONSTRAINTLANGUAGE", f"{language!r} is not supported")
    if language != "FILTER":
        return texts.predicate_of(language, text, prefixes)
    try:
        return filters.predicate_of(parse(text.encode()))
    except XmlError as error:
        raise invalid("CONSTRAINT", f"the filter is not acceptable XML: {error}") from error


def _sort_property(key: str, prefixes: Prefixes) -> tuple[Property, bool]:
    name, _, order = key.rpartition(":")
    if not name:
        name, order = key, "A"
    elif order.upper() not in _ORDERS:
        # The order may be left out, and names have colons too.
        name, order = key, "A"
    return sorted_by(name, prefixes), _ORDERS[order.upper()]


def _echo(url: str) -> bytes:
    href = escape_attribute(url)
    return (
        f'<ows:Get xmlns:ows="{ns.OWS}" xmlns:xlink="{ns.XLINK}" xlink:type="simple" xlink:href="{href}"/>'
    ).encode()
