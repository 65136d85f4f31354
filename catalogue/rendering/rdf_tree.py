"""RDF/XML as our writer makes it, read into a tree: what Turtle and JSON-LD are made of.

It is the striped form alone (W3C, RDF 1.1 XML Syntax, 2.2): a typed node, its properties, in them references,
literals or typed nodes again. So there is one place where a Record becomes DCAT.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lxml import etree

from catalogue import namespaces as ns
from catalogue.xml import local_name, namespace, parse

_RDF: Final = f"{{{ns.RDF}}}"
_ABOUT, _RESOURCE, _DATATYPE = f"{_RDF}about", f"{_RDF}resource", f"{_RDF}datatype"
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True)
class Iri:
    """A reference to a resource."""

    iri: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A value, and its language or its type."""

    value: str
    language: str = ""
    datatype: str = ""


@dataclass(frozen=True, slots=True)
class Described:
    """A resource, what it is, and what is said of it; one without an IRI is a blank node."""

    iri: str
    kind: str
    properties: tuple[tuple[str, Value], ...]


Value = Iri | Literal | Described


def described(document: bytes) -> list[Described]:
    """The resources that an rdf:RDF element describes, in order."""
    return [_node(element) for element in parse(document)]


def _node(element: etree._Element) -> Described:
    properties = tuple((_iri(child), _value(child)) for child in element)
    return Described(element.get(_ABOUT, ""), _iri(element), properties)


def _value(element: etree._Element) -> Value:
    reference = element.get(_RESOURCE)
    if reference is not None:
        return Iri(reference)
    if len(element):
        return _node(element[0])
    return Literal(element.text or "", element.get(_LANGUAGE, ""), element.get(_DATATYPE, ""))


def _iri(element: etree._Element) -> str:
    return namespace(element) + local_name(element)
