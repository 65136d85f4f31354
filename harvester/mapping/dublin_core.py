"""Dublin Core elements and DCMI terms, in whatever wrapper: one small function a term.

DCMI Metadata Terms (https://www.dublincore.org/specifications/dublin-core/dcmi-terms/). A refinement is
read as what it refines where the neutral record makes no difference ("dumb-down").
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeAlias

from lxml import etree

from catalogue import identifiers
from catalogue import namespaces as ns
from catalogue.languages import bcp47
from catalogue.record import (
    UNDETERMINED,
    Agent,
    Date,
    DateKind,
    Identifier,
    Link,
    Relation,
    Right,
    Subject,
    Text,
)
from harvester.mapping import dates, extents
from harvester.mapping.draft import Draft
from harvester.mapping.texts import XML_LANG, inner_text, line, paragraphs

_XSI_TYPE: Final = f"{{{ns.XSI}}}type"
#: Attributes in which the value of an empty element may stand.
_REFERENCES: Final = (
    "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource",
    f"{{{ns.XLINK}}}href",
    "href",
    "resource",
)
#: Encoding schemes that name no thesaurus.
_SYNTAX_SCHEMES: Final = frozenset({"URI", "W3CDTF", "string", "Box", "Point", "Period"})
#: Of a kind, values that are remembered with what was read of them. Of 2,928 real records nine tenths of the
#: types, formats, languages, rights and publishers had come before, half of the subjects and dates, and a
#: fifth of the creators.
_REMEMBERED: Final = 2048


def read_terms(draft: Draft, parent: etree._Element) -> bool:
    """Read every child that is a Dublin Core term into the draft; whether there was any."""
    found = False
    for element in parent:
        term = TERMS.get(element.tag)
        if term is None:
            continue
        found = True
        value = element.text if not len(element) else inner_text(element)
        if not value or value.isspace():
            value = _referenced(element)
        if value:
            term(draft, value, element)
    return found


def _referenced(element: etree._Element) -> str:
    for attribute in _REFERENCES:
        reference = element.get(attribute)
        if reference:
            return reference.strip()
    return ""


def _text(draft: Draft, value: str, element: etree._Element) -> Text:
    return Text(((_language(draft, element), line(value)),))


def _language(draft: Draft, element: etree._Element) -> str:
    """xml:lang of the element (or a bare lang), else that of the record, as BCP 47."""
    if not element.attrib:
        return draft.language
    sent = element.get(XML_LANG) or element.get("lang")
    return bcp47(sent) or UNDETERMINED if sent else draft.language


def _scheme(element: etree._Element) -> str:
    """The encoding scheme that an element names: xsi:type (`dcterms:LCSH` is LCSH), scheme or type."""
    sent = element.get(_XSI_TYPE) or element.get("scheme") or element.get("type") or ""
    name = sent if "://" in sent else sent.rpartition(":")[2]
    return "" if name in _SYNTAX_SCHEMES else name


Term: TypeAlias = "Callable[[Draft, str, etree._Element], None]"  # noqa: SLF001 - lxml names it so


def _title(draft: Draft, value: str, element: etree._Element) -> None:
    draft.titles.append(_text(draft, value, element))


def _alternative(draft: Draft, value: str, element: etree._Element) -> None:
    draft.alternative_titles.append(_text(draft, value, element))


def _abstract(draft: Draft, value: str, element: etree._Element) -> None:
    draft.abstracts.append(Text.of(paragraphs(value), _language(draft, element)))


def _description(draft: Draft, value: str, element: etree._Element) -> None:
    draft.descriptions.append(Text(((_language(draft, element), paragraphs(value)),)))


def _agent(role: str) -> Term:
    @lru_cache(_REMEMBERED)
    def agent(value: str, language: str) -> Agent:
        return Agent(role, Text(((language, line(value)),)))

    def read(draft: Draft, value: str, element: etree._Element) -> None:
        draft.agents.append(agent(value, _language(draft, element)))

    return read


def _date(kind: DateKind) -> Term:
    @lru_cache(_REMEMBERED)
    def date(value: str) -> Date:
        return dates.date_of(kind, line(value))

    def read(draft: Draft, value: str, element: etree._Element) -> None:  # noqa: ARG001 - a Term
        draft.dates.append(date(value))

    return read


def _subject(draft: Draft, value: str, element: etree._Element) -> None:
    if not element.attrib:
        draft.subjects.append(_plain_subject(value, draft.language))
        return
    label = _text(draft, value, element)
    uri = identifiers.web_address(value) if "://" in value else ""
    scheme = ""
    if _says_more(element):
        uri = _referenced(element) or element.get("valueURI") or uri
        scheme = _scheme(element)
    draft.subjects.append(Subject(label, "", scheme, uri))


@lru_cache(_REMEMBERED)
def _plain_subject(value: str, language: str) -> Subject:
    uri = identifiers.web_address(value) if "://" in value else ""
    return Subject(Text(((language, line(value)),)), "", "", uri)


def _says_more(element: etree._Element) -> bool:
    """Whether there are attributes beside xml:lang, which is nearly never the case."""
    attributes = element.attrib
    return bool(attributes) and (len(attributes) > 1 or XML_LANG not in attributes)


def _type(draft: Draft, value: str, element: etree._Element) -> None:
    draft.types.append(_text(draft, value, element))


def _format(draft: Draft, value: str, element: etree._Element) -> None:  # noqa: ARG001 - a Term
    draft.formats.append(line(value))


def _identifier(draft: Draft, value: str, element: etree._Element) -> None:
    name = line(value)
    scheme = identifiers.scheme(name)
    if not scheme and _says_more(element):
        sent = _scheme(element).lower()
        scheme = sent if sent in {"doi", "isbn", "issn", "handle", "uuid"} else ""
    draft.identifiers.append(Identifier(name, scheme))
    if "://" in name and identifiers.web_address(name):
        draft.links.append(Link(name))


def _uri(draft: Draft, value: str, element: etree._Element) -> None:
    """dc:URI, with which GeoNetwork says in csw:Record what it knows of an online resource."""
    name, description = element.get("name"), element.get("description")
    draft.links.append(
        Link(
            line(value),
            Text.of(line(name), draft.language) if name and not name.isspace() else None,
            Text.of(line(description), draft.language) if description and not description.isspace() else None,
            element.get("protocol", ""),
        )
    )


def _relation(kind: str) -> Term:
    def read(draft: Draft, value: str, element: etree._Element) -> None:  # noqa: ARG001 - a Term
        draft.relations.append(Relation(line(value), kind))

    return read


def _references(draft: Draft, value: str, element: etree._Element) -> None:
    """dct:references; in csw:Record, where it has a `scheme`, it is the address of the resource itself."""
    url, scheme = identifiers.web_address(value), element.get("scheme")
    if url and scheme:
        draft.links.append(Link(url, protocol=scheme))
    else:
        draft.relations.append(Relation(line(value), "references"))


def _languages(draft: Draft, value: str, element: etree._Element) -> None:  # noqa: ARG001 - a Term
    draft.languages.extend(tag for tag in _tags(value) if tag not in draft.languages)


@lru_cache(_REMEMBERED)
def _tags(value: str) -> list[str]:
    sent = line(value)
    parts = [bcp47(part) for part in re.split(r"[;,/]", sent) if part.strip()] if len(sent) > 3 else []  # noqa: PLR2004
    return parts if len(parts) > 1 and all(len(part) == 2 for part in parts) else [bcp47(sent)]  # noqa: PLR2004


def _right(kind: str) -> Term:
    @lru_cache(_REMEMBERED)
    def right(value: str, language: str, reference: str) -> Right:
        url = (identifiers.web_address(value) if "://" in value else "") or reference
        text = None if url == value.strip() else Text.of(paragraphs(value), language)
        return Right(text, kind, url)

    def read(draft: Draft, value: str, element: etree._Element) -> None:
        reference = _referenced(element) if _says_more(element) else ""
        draft.rights.append(right(value, _language(draft, element), reference))

    return read


def _coverage(draft: Draft, value: str, element: etree._Element) -> None:
    _covered(draft, _place(value), element)


@lru_cache(_REMEMBERED)
def _place(value: str) -> extents.Coverage:
    return extents.coverage(line(value))


def _temporal(draft: Draft, value: str, element: etree._Element) -> None:
    _covered(draft, extents.temporal(line(value)), element)


def _covered(draft: Draft, found: extents.Coverage, element: etree._Element) -> None:
    if found.box:
        draft.boxes.append(found.box)
    if found.period:
        draft.periods.append(found.period)
    if found.place:
        draft.places.append(_text(draft, found.place, element))


def _provenance(draft: Draft, value: str, element: etree._Element) -> None:
    draft.lineage.append(Text.of(paragraphs(value), _language(draft, element)))


def _ows_box(draft: Draft, value: str, element: etree._Element) -> None:  # noqa: ARG001 - a Term
    found = extents.ows_box(element)
    if found:
        draft.boxes.append(found)


_ELEMENTS: Final[dict[str, Term]] = {
    "title": _title,
    "creator": _agent("creator"),
    "subject": _subject,
    "description": _description,
    "publisher": _agent("publisher"),
    "contributor": _agent("contributor"),
    "date": _date("date"),
    "type": _type,
    "format": _format,
    "identifier": _identifier,
    "source": _relation("source"),
    "language": _languages,
    "relation": _relation("relation"),
    "coverage": _coverage,
    "rights": _right("rights"),
    "URI": _uri,
}
_REFINEMENTS: Final[dict[str, Term]] = {
    "abstract": _abstract,
    "accessRights": _right("accessRights"),
    "alternative": _alternative,
    "available": _date("available"),
    "bibliographicCitation": _identifier,
    "created": _date("created"),
    "dateAccepted": _date("accepted"),
    "dateCopyrighted": _date("copyrighted"),
    "dateSubmitted": _date("submitted"),
    "extent": _format,
    "issued": _date("issued"),
    "license": _right("license"),
    "medium": _format,
    "modified": _date("modified"),
    "provenance": _provenance,
    "references": _references,
    "rightsHolder": _right("rightsHolder"),
    "spatial": _coverage,
    "tableOfContents": _description,
    "temporal": _temporal,
    "valid": _date("valid"),
} | {
    kind: _relation(kind)
    for kind in (
        "conformsTo", "hasFormat", "hasPart", "hasVersion", "isFormatOf", "isPartOf", "isReferencedBy",
        "isReplacedBy", "isRequiredBy", "isVersionOf", "replaces", "requires",
    )
}  # fmt: skip
_BOXES: Final[dict[str, Term]] = {"BoundingBox": _ows_box, "WGS84BoundingBox": _ows_box}
#: What stands in which namespace. Elements 1.0 is still sent by some; so are terms without any namespace.
_NAMESPACES: Final = (
    (f"{{{ns.DC}}}", _ELEMENTS | _REFINEMENTS),
    (f"{{{ns.DCT}}}", _ELEMENTS | _REFINEMENTS),
    ("{http://purl.org/dc/elements/1.0/}", _ELEMENTS),
    ("", _ELEMENTS | _REFINEMENTS),
    (f"{{{ns.OWS}}}", _BOXES),
    ("{http://www.opengis.net/ows/1.1}", _BOXES),
    ("{http://www.opengis.net/ows/2.0}", _BOXES),
)
#: Tag of an element -> what reads it.
TERMS: Final[dict[object, Term]] = {
    uri + name: term for uri, table in _NAMESPACES for name, term in table.items()
}
