"""RDF/XML, written: literals, references and nodes (W3C, RDF 1.1 XML Syntax). What `dcat` is made of."""

from __future__ import annotations

from typing import Final

from catalogue import namespaces as ns
from catalogue.record import Text
from catalogue.rendering.markup import any_uri, escape, is_date, is_uri, language_attribute, values

#: Length of a W3CDTF date -> XML Schema type; longer ones are moments.
_TYPES: Final = {4: "gYear", 7: "gYearMonth", 10: "date"}
#: Classes whose instances are labelled as SKOS does.
_SKOS: Final = frozenset({"skos:Concept", "dct:Location"})


def literals(name: str, text: Text | None) -> str:
    """A property with each value of a text, by language."""
    return "".join(
        f"<{name}{language_attribute(language)}>{escape(value)}</{name}>" for language, value in values(text)
    )


def literal(name: str, value: str) -> str:
    """A property with a plain value; nothing for an empty one."""
    return f"<{name}>{escape(value)}</{name}>" if value else ""


def dated(name: str, value: str) -> str:
    """A property with a date, typed where it is one of XML Schema's."""
    if not is_date(value):
        return literal(name, value)
    return f'<{name} rdf:datatype="{ns.XSD}#{_TYPES.get(len(value), "dateTime")}">{value}</{name}>'


def typed(name: str, datatype: str, value: str) -> str:
    """A property with a value of this type, which must need no escaping."""
    return f'<{name} rdf:datatype="{datatype}">{value}</{name}>'


def resource(name: str, uri: str) -> str:
    """A property that refers to a resource; nothing for no address."""
    return f'<{name} rdf:resource="{any_uri(uri)}"/>' if uri else ""


def node(name: str, kind: str, content: str, uri: str = "") -> str:
    """A property with a described resource of this class; nothing where nothing is said of it."""
    about = ""
    if uri and is_uri(uri):
        address = uri.replace("&", "&amp;")
        about = f' rdf:about="{address}"'
    if content:
        return f"<{name}><{kind}{about}>{content}</{kind}></{name}>"
    return resource(name, uri) if about else ""


def labelled(name: str, kind: str, text: Text | None, uri: str = "") -> str:
    """A property with a resource of which the address, the label or both are known."""
    label = "skos:prefLabel" if kind in _SKOS else "rdfs:label"
    return node(name, kind, literals(label, text), uri)
