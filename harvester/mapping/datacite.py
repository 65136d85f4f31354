"""Reader of DataCite: kernels 2 to 4, bare or in the wrapper of its OAI-PMH provider (oai_datacite).

The kernels differ in their namespaces and in what they have, not in what a name means, so local names decide.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from lxml import etree

from catalogue import identifiers
from catalogue import namespaces as ns
from catalogue.languages import bcp47
from catalogue.record import (
    UNDETERMINED,
    Agent,
    DateKind,
    Identifier,
    Link,
    Period,
    Record,
    Relation,
    Right,
    Subject,
    Text,
)
from catalogue.xml import local_name, namespace
from harvester.mapping import dates
from harvester.mapping.draft import Draft
from harvester.mapping.extents import box, decimal
from harvester.mapping.texts import XML_LANG, inner_text, line, paragraphs

_RULE: Final = "datacite.no-title"
_KERNELS: Final = "http://datacite.org/schema/kernel-"
_WRAPPERS: Final = "http://schema.datacite.org/oai/"
#: Appendix 3 of the documentation: codes for values that are not there, with and without brackets.
_ABSENT: Final = frozenset({":unac", ":unal", ":unap", ":unas", ":unav", ":unkn", ":none", ":null", ":tba"})


def read(root: etree._Element) -> Record:
    """The record in a resource element, or in the payload of an oai_datacite one.

    Raises:
        UnreadableRecord: nothing in it says what the resource is about.
    """
    draft = Draft(bcp47(root.get(XML_LANG, "")) or UNDETERMINED)
    resource = (
        root if is_resource(root) else next(filter(is_resource, root.iterdescendants("{*}resource")), root)
    )
    for part in resource:
        reader = PROPERTIES.get(local_name(part))
        if reader:
            reader(draft, part)
    return draft.record(_RULE)


def is_resource(root: etree._Element) -> bool:
    """Whether an element is a resource of DataCite, in whichever kernel, or in none by oversight."""
    if local_name(root) != "resource":
        return False
    uri = namespace(root)
    return uri.startswith(_KERNELS) or (uri in ("", ns.OAI) and _child(root, "titles") is not None)


def is_wrapper(root: etree._Element) -> bool:
    """Whether an element is the wrapper of DataCite's OAI-PMH provider."""
    return local_name(root) == "oai_datacite" and namespace(root).startswith(_WRAPPERS)


Property: TypeAlias = "Callable[[Draft, etree._Element], None]"  # noqa: SLF001 - lxml names it so


def _said(element: etree._Element | None) -> str:
    """The text of an element on one line; empty for a code that says that there is none."""
    value = line(inner_text(element)) if element is not None else ""
    return "" if value.strip("()").lower() in _ABSENT else value


def _text(draft: Draft, element: etree._Element, value: str) -> Text:
    sent = element.get(XML_LANG)
    return Text.of(value, (bcp47(sent) if sent else "") or draft.language)


def _child(element: etree._Element, name: str) -> etree._Element | None:
    return next(element.iterchildren(f"{{*}}{name}"), None)


def _each(name: str, read_one: Property) -> Property:
    """What reads every element of this name in a wrapper."""

    def read(draft: Draft, element: etree._Element) -> None:
        for part in element.iterchildren(f"{{*}}{name}"):
            read_one(draft, part)

    return read


def _title(draft: Draft, element: etree._Element) -> None:
    """A title; other kinds than that in translation are alternative ones."""
    value = _said(element)
    if value:
        own = element.get("titleType", "") in ("", "TranslatedTitle")
        (draft.titles if own else draft.alternative_titles).append(_text(draft, element, value))


def _agent(element: etree._Element, name: str, role: str, draft: Draft) -> None:
    """A creator or contributor. A person with an affiliation belongs to that organisation."""
    named = _child(element, name)
    given, family = _said(_child(element, "givenName")), _said(_child(element, "familyName"))
    value = _said(named) or ", ".join(filter(None, (family, given)))
    if not value:
        return
    affiliation = _said(_child(element, "affiliation"))
    url = next(filter(None, map(_address_of, element.iterchildren("{*}nameIdentifier"))), "")
    if affiliation:
        draft.agents.append(Agent(role, Text.of(affiliation), value, url=url))
    else:
        text = _text(draft, named, value) if named is not None else Text.of(value)
        draft.agents.append(Agent(role, text, url=url))


def _address_of(element: etree._Element) -> str:
    """The address of a name identifier: an ORCID is often sent without."""
    value = _said(element)
    if identifiers.web_address(value):
        return value
    if element.get("nameIdentifierScheme", "").upper() == "ORCID" and value:
        return f"https://orcid.org/{value}"
    return ""


def _creator(draft: Draft, element: etree._Element) -> None:
    _agent(element, "creatorName", "creator", draft)


def _contributor(draft: Draft, element: etree._Element) -> None:
    role = _ROLES.get(element.get("contributorType", ""), "contributor")
    _agent(element, "contributorName", role, draft)


def _publisher(draft: Draft, element: etree._Element) -> None:
    value = _said(element)
    if value:
        draft.agents.append(Agent("publisher", _text(draft, element, value)))


def _year(draft: Draft, element: etree._Element) -> None:
    """The year of publication; `0000` is that of nothing."""
    value = _said(element)
    if value and value.strip("0"):
        draft.dates.append(dates.date_of("issued", value))


def _date(draft: Draft, element: etree._Element) -> None:
    """A date of one of our kinds, or the time that the resource covers; else a date as any other."""
    value, kind = _said(element), element.get("dateType", "")
    if kind in _TIMES:
        known = dates.period_of(value) if value else None
        said = line(element.get("dateInformation", ""))
        if known or value or said:
            draft.periods.append(
                Period(known.begin, known.end, said) if known else Period(text=value or said)
            )
    elif value:
        draft.dates.append(dates.date_of(_DATES.get(kind, "date"), value))


def _subject(draft: Draft, element: etree._Element) -> None:
    value = _said(element)
    if value:
        uri = element.get("valueURI", "").strip() or identifiers.web_address(value)
        scheme = line(element.get("subjectScheme", ""))
        draft.subjects.append(Subject(_text(draft, element, value), "", scheme, uri))


def _language(draft: Draft, element: etree._Element) -> None:
    value = _said(element)
    if value:
        draft.languages.append(bcp47(value))


def _resource_type(draft: Draft, element: etree._Element) -> None:
    """The type in words, then the general one, where it says something else."""
    words = _said(element)
    general = element.get("resourceTypeGeneral", "").strip()
    for value in dict.fromkeys((words, "" if general == "Other" and words else general)):
        if value:
            draft.types.append(Text.of(value))


def _identifier(draft: Draft, element: etree._Element) -> None:
    value = _said(element)
    if value:
        sent = element.get("identifierType") or element.get("alternateIdentifierType") or ""
        _name(draft, value, sent.lower())


def _name(draft: Draft, value: str, sent: str) -> None:
    scheme = identifiers.scheme(value) or (sent if sent in _SCHEMES else "")
    draft.identifiers.append(Identifier(value, scheme))
    url = identifiers.web_address(value)
    if url:
        draft.links.append(Link(url))


def _related(draft: Draft, element: etree._Element) -> None:
    value = _said(element)
    if value:
        draft.relations.append(Relation(value, _RELATIONS.get(element.get("relationType", ""), "relation")))


def _related_item(draft: Draft, element: etree._Element) -> None:
    """RelatedItem (4.4): its identifier, else its title."""
    value = _said(_child(element, "relatedItemIdentifier"))
    titles = _child(element, "titles")
    found = [] if titles is None else [
        _text(draft, part, _said(part)) for part in titles.iterchildren("{*}title") if _said(part)
    ]  # fmt: skip
    title = Text.merge(found)
    if value or title:
        kind = _RELATIONS.get(element.get("relationType", ""), "relation")
        draft.relations.append(Relation(value or (title.default if title else ""), kind, title))


def _format(draft: Draft, element: etree._Element) -> None:
    value = _said(element)
    if value:
        draft.formats.append(value)


def _right(draft: Draft, element: etree._Element) -> None:
    """A statement; what has the address of a licence is one."""
    value, url = _said(element), element.get("rightsURI", "").strip()
    url = url or identifiers.web_address(value)
    if value or url:
        text = None if not value or value == url else _text(draft, element, paragraphs(inner_text(element)))
        draft.rights.append(Right(text, _kind_of_right(url), url))


def _kind_of_right(url: str) -> str:
    """Of info:eu-repo and COAR the address says who has access; any other is that of a licence."""
    if url.startswith("info:eu-repo/semantics/") or "/access_right/" in url:
        return "accessRights"
    return "license" if url else "rights"


def _description(draft: Draft, element: etree._Element) -> None:
    """The abstract first; how it was made is its lineage. A br is a line's end."""
    for end in element.iterchildren("{*}br"):
        end.tail = f"\n{end.tail or ''}"
    value = paragraphs(inner_text(element))
    if not _said(element):
        return
    kind = element.get("descriptionType", "")
    into = {"Abstract": draft.abstracts, "Methods": draft.lineage}.get(kind, draft.descriptions)
    into.append(_text(draft, element, value))


def _place(draft: Draft, element: etree._Element) -> None:
    """A geoLocation: boxes, points and names, as elements, or as text before kernel 4."""
    for part in element:
        name = local_name(part)
        if name == "geoLocationPlace" and _said(part):
            draft.places.append(_text(draft, part, _said(part)))
        elif name in ("geoLocationBox", "geoLocationPoint"):
            found = box(*_edges(part, point=name == "geoLocationPoint"))
            if found:
                draft.boxes.append(found)


def _edges(element: etree._Element, *, point: bool) -> tuple[float, float, float, float]:
    """West, south, east, north. Kernel 3 writes latitude before longitude, south west before north east."""
    nan = float("nan")
    sides = {local_name(part): decimal(inner_text(part)) for part in element.iterchildren("*")}
    if point:
        if sides:
            x, y = sides.get("pointLongitude", nan), sides.get("pointLatitude", nan)
        else:
            y, x = (*map(decimal, inner_text(element).split()), nan, nan)[:2]
        return x, y, x, y
    if sides:
        west, south = sides.get("westBoundLongitude", nan), sides.get("southBoundLatitude", nan)
        return west, south, sides.get("eastBoundLongitude", nan), sides.get("northBoundLatitude", nan)
    south, west, north, east = (*map(decimal, inner_text(element).split()), nan, nan, nan, nan)[:4]
    return west, south, east, north


def _funder(draft: Draft, element: etree._Element) -> None:
    value = _said(_child(element, "funderName"))
    if value:
        url = identifiers.web_address(_said(_child(element, "funderIdentifier")))
        draft.agents.append(Agent("funder", Text.of(value), url=url))


_SCHEMES: Final = frozenset({"doi", "isbn", "issn", "handle", "uuid"})
_TIMES: Final = frozenset({"Coverage", "Collected"})
_DATES: Final[dict[str, DateKind]] = {
    "Created": "created",
    "Issued": "issued",
    "Updated": "modified",
    "Available": "available",
    "Valid": "valid",
    "Accepted": "accepted",
    "Submitted": "submitted",
    "Copyrighted": "copyrighted",
}
_ROLES: Final = {
    "ContactPerson": "pointOfContact",
    "DataCurator": "custodian",
    "DataManager": "custodian",
    "Distributor": "distributor",
    "HostingInstitution": "distributor",
    "Editor": "editor",
    "Producer": "processor",
    "RightsHolder": "rightsHolder",
    "Sponsor": "sponsor",
    "Funder": "funder",
}
_RELATIONS: Final = {
    "IsPartOf": "isPartOf",
    "IsPublishedIn": "isPartOf",
    "HasPart": "hasPart",
    "References": "references",
    "Cites": "references",
    "IsReferencedBy": "isReferencedBy",
    "IsCitedBy": "isReferencedBy",
    "Obsoletes": "replaces",
    "IsNewVersionOf": "replaces",
    "IsObsoletedBy": "isReplacedBy",
    "IsPreviousVersionOf": "isReplacedBy",
    "Requires": "requires",
    "IsRequiredBy": "isRequiredBy",
    "HasVersion": "hasVersion",
    "IsVersionOf": "isVersionOf",
    "IsVariantFormOf": "isFormatOf",
    "IsIdenticalTo": "isFormatOf",
    "IsOriginalFormOf": "hasFormat",
    "IsDerivedFrom": "source",
}
PROPERTIES: Final[dict[str, Property]] = {
    "identifier": _identifier,
    "creators": _each("creator", _creator),
    "titles": _each("title", _title),
    "publisher": _publisher,
    "publicationYear": _year,
    "resourceType": _resource_type,
    "subjects": _each("subject", _subject),
    "contributors": _each("contributor", _contributor),
    "dates": _each("date", _date),
    "language": _language,
    "alternateIdentifiers": _each("alternateIdentifier", _identifier),
    "relatedIdentifiers": _each("relatedIdentifier", _related),
    "relatedItems": _each("relatedItem", _related_item),
    "sizes": _each("size", _format),
    "formats": _each("format", _format),
    "rights": _right,
    "rightsList": _each("rights", _right),
    "descriptions": _each("description", _description),
    "geoLocations": _each("geoLocation", _place),
    "fundingReferences": _each("fundingReference", _funder),
}
