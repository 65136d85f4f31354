"""RDF/XML as a graph (W3C, RDF 1.1 XML Syntax): striped, abbreviated, with or without rdf:RDF around it.

All forms that say the same give the same graph, so that a reader of a vocabulary sees only its own words.
Collections are taken for so many values of the property: nothing that we read asks for their order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias
from urllib.parse import urljoin

from lxml import etree

from catalogue import namespaces as ns
from harvester.mapping.texts import XML_LANG, inner_text

RDF: Final = f"{{{ns.RDF}}}"
TYPE: Final = f"{ns.RDF}type"
_BASE: Final = f"{{{ns.XML}}}base"
#: Attributes of the syntax; any other attribute is a property.
_SYNTAX: Final = frozenset(
    RDF + name for name in ("about", "ID", "nodeID", "resource", "datatype", "parseType", "bagID", "RDF")
)
_XML: Final = f"{{{ns.XML}}}"
_XSI: Final = f"{{{ns.XSI}}}"

Element: TypeAlias = "etree._Element"  # noqa: SLF001 - lxml names it so


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that is text: its language as sent, its datatype."""

    value: str
    language: str = ""
    datatype: str = ""


#: A resource by its IRI, or `_:` and a number or name of the document.
Resource: TypeAlias = str
Value: TypeAlias = "Literal | Resource"


@dataclass(frozen=True, slots=True)
class _Scope:
    """What an element inherits."""

    language: str
    base: str

    def within(self, element: Element) -> _Scope:
        language, base = element.get(XML_LANG), element.get(_BASE)
        if language is None and base is None:
            return self
        return _Scope(self.language if language is None else language, self.base if base is None else base)

    def iri(self, reference: str) -> str:
        return urljoin(self.base, reference) if self.base else reference


class Graph:
    """Resources, in the order of the document, and what is said of them."""

    __slots__ = ("_count", "resources")

    def __init__(self, root: Element) -> None:
        self.resources: dict[Resource, list[tuple[str, Value]]] = {}
        self._count = 0
        scope = _Scope("", "").within(root)
        for element in root.iterchildren("*") if root.tag == f"{RDF}RDF" else (root,):
            self._node(element, scope)

    def values(self, subject: Value, *predicates: str) -> Iterator[Value]:
        """The values of these properties, a property after the other."""
        said = self.resources.get(subject, ()) if isinstance(subject, str) else ()
        return (value for wanted in predicates for predicate, value in said if predicate == wanted)

    def types(self, subject: Resource) -> Iterator[str]:
        """The classes of a resource."""
        return (value for value in self.values(subject, TYPE) if isinstance(value, str))

    def _blank(self) -> Resource:
        self._count += 1
        return f"_:{self._count}"

    def _node(self, element: Element, outer: _Scope) -> Resource:
        """A node element (section 2.2): its subject, its type, its properties."""
        scope = outer.within(element)
        about, ident, named = (element.get(RDF + name) for name in ("about", "ID", "nodeID"))
        if about is not None:
            subject = scope.iri(about.strip())
        elif ident is not None:
            subject = scope.iri(f"#{ident}")
        else:
            subject = f"_:{named}" if named is not None else self._blank()
        said = self.resources.setdefault(subject, [])
        if element.tag != f"{RDF}Description":
            said.append((TYPE, _iri_of(element.tag)))
        self._attributes(subject, element, scope)
        self._properties(subject, element, scope)
        return subject

    def _attributes(self, subject: Resource, element: Element, scope: _Scope) -> bool:
        """Property attributes (section 2.5); whether there are any."""
        found = False
        for name, value in element.attrib.items():
            tag = str(name)
            if not tag.startswith("{") or tag in _SYNTAX or tag.startswith((_XML, _XSI)):
                continue
            found = True
            kind = tag == f"{RDF}type"
            self.resources.setdefault(subject, []).append(
                (_iri_of(tag), scope.iri(str(value)) if kind else Literal(str(value), scope.language))
            )
        return found

    def _properties(self, subject: Resource, element: Element, scope: _Scope) -> None:
        for count, part in enumerate(element.iterchildren("*"), 1):
            predicate = f"{ns.RDF}_{count}" if part.tag == f"{RDF}li" else _iri_of(part.tag)
            for value in self._values(part, scope.within(part)):
                self.resources[subject].append((predicate, value))

    def _values(self, element: Element, scope: _Scope) -> Iterator[Value]:
        """What a property element says (sections 2.3 to 2.16)."""
        kind = element.get(f"{RDF}parseType")
        nodes = [] if kind == "Literal" else list(element.iterchildren("*"))
        resource, named = element.get(f"{RDF}resource"), element.get(f"{RDF}nodeID")
        if kind == "Resource":
            blank = self._blank()
            self.resources[blank] = []
            self._properties(blank, element, scope)
            yield blank
        elif nodes:
            yield from [self._node(node, scope) for node in nodes]
        elif resource is not None or named is not None:
            value = scope.iri(resource.strip()) if resource is not None else f"_:{named}"
            self._attributes(value, element, scope)
            yield value
        else:
            blank = self._blank()
            if self._attributes(blank, element, scope):
                yield blank
            else:
                yield Literal(inner_text(element), scope.language, element.get(f"{RDF}datatype") or "")


def _iri_of(tag: object) -> str:
    """`{http://purl.org/dc/terms/}title` as an IRI."""
    return str(tag).replace("{", "", 1).replace("}", "", 1)
