"""Properties that ISO/TS 19139 and ISO 19115-3 write alike: the same objects, in other namespaces.

What looks inside an object is made for the namespace of its parts: `GMD`, or `ANY` where ISO 19115-3 spreads
them over a dozen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from lxml import etree

from catalogue import identifiers
from catalogue.record import Conformance, DateKind, Identifier, Relation, Right, Security, Subject, Text
from catalogue.xml import local_name
from harvester.mapping import dates
from harvester.mapping.gmd import (
    XLINK_TITLE,
    characters,
    characters_of,
    child_object,
    code,
    code_of,
    down,
    first,
    free_text,
    free_text_of,
    long_text,
    objects,
    reference,
)
from harvester.mapping.iso_draft import IsoDraft
from harvester.mapping.texts import inner_text, line

Property: TypeAlias = "Callable[[IsoDraft, etree._Element], None]"  # noqa: SLF001 - lxml names it so

ANY: Final = "{*}"

#: CI_DateTypeCode of ISO 19115:2003 and of ISO 19115-1, which profiles use early.
_DATE_KINDS: Final[dict[str, DateKind]] = {
    "creation": "created",
    "publication": "issued",
    "revision": "modified",
    "lastupdate": "modified",
    "lastrevision": "modified",
    "released": "available",
    "distribution": "available",
    "available": "available",
    "validitybegins": "valid",
    "inforce": "valid",
    "valid": "valid",
    "adopted": "accepted",
    "accepted": "accepted",
    "submitted": "submitted",
    "copyrighted": "copyrighted",
}
#: xs:boolean, and what else is written in its place.
_BOOLEANS: Final = {"true": True, "1": True, "false": False, "0": False}
_SCHEMES: Final = frozenset({"doi", "isbn", "issn", "handle", "uuid", "uri"})

#: DS_AssociationTypeCode -> the kind of relation, in the words of DCMI terms.
ASSOCIATIONS: Final = {
    "largerWorkCitation": "isPartOf",
    "partOfSeamlessDatabase": "isPartOf",
    "isComposedOf": "hasPart",
    "source": "source",
    "revisionOf": "isVersionOf",
    "dependency": "requires",
}


def title(draft: IsoDraft, element: etree._Element) -> None:
    """The title; that of a second identification is one more name of the same resource."""
    text = free_text(element, draft.locales)
    if text and draft.title is None:
        draft.title = text
    elif text and text != draft.title:
        draft.alternative_titles.append(text)


def alternate_title(draft: IsoDraft, element: etree._Element) -> None:
    """One more name of the resource."""
    text = free_text(element, draft.locales)
    if text:
        draft.alternative_titles.append(text)


def date(space: str) -> Property:
    """CI_Date; also a bare date, which some write in its place."""

    def read(draft: IsoDraft, element: etree._Element) -> None:
        found = child_object(element)
        if found is None:
            return
        bare = local_name(found) in {"Date", "DateTime"}
        sent = line(inner_text(found)) if bare else characters_of(found, space + "date")
        if sent:
            kind = "" if bare else code_of(found, space + "dateType").lower()
            draft.dates.append(dates.date_of(_DATE_KINDS.get(kind, "date"), sent))

    return read


def identifier(space: str) -> Property:
    """MD_Identifier or RS_Identifier: the code, and as scheme the codeSpace where it is one of ours."""

    def read(draft: IsoDraft, element: etree._Element) -> None:
        found = child_object(element)
        coded = first(found, space + "code") if found is not None else None
        if found is None or coded is None:
            return
        value = characters(coded) or reference(coded)
        named = characters_of(found, space + "codeSpace").lower()
        if value:
            scheme = identifiers.scheme(value) or (named if named in _SCHEMES else "")
            draft.identifiers.append(Identifier(value, scheme))

    return read


def numbered(scheme: str) -> Property:
    """An identifier whose property says what it is: an ISBN, an ISSN."""

    def read(draft: IsoDraft, element: etree._Element) -> None:
        value = characters(element)
        if value:
            draft.identifiers.append(Identifier(value, scheme))

    return read


def series(space: str) -> Property:
    """CI_Series: the series or journal that the resource is part of."""

    def read(draft: IsoDraft, element: etree._Element) -> None:
        found = child_object(element)
        name = free_text_of(found, space + "name", draft.locales) if found is not None else None
        if name:
            draft.relations.append(Relation(name.default, "isPartOf", name))

    return read


def description(draft: IsoDraft, element: etree._Element) -> None:
    """A text of several paragraphs: abstract, purpose, supplemental information."""
    text = long_text(element, draft.locales)
    if text:
        draft.descriptions.append(text)


def keywords(space: str) -> Property:
    """MD_Keywords: its keywords, their common type and thesaurus."""

    def read(draft: IsoDraft, element: etree._Element) -> None:
        found = child_object(element)
        if found is None:
            return
        kind, scheme = code_of(found, space + "type"), _thesaurus(found, space)
        for keyword in found.iterchildren(space + "keyword"):
            label = free_text(keyword, draft.locales) or linked_title(keyword)
            if label:
                draft.subjects.append(Subject(label, kind, scheme, reference(keyword)))

    return read


def _thesaurus(found: etree._Element, space: str) -> str:
    cited = first(found, space + "thesaurusName")
    if cited is None:
        return ""
    citation = child_object(cited)
    name = characters_of(citation, space + "title") if citation is not None else ""
    return name or line(cited.get(XLINK_TITLE) or "")


def linked_title(element: etree._Element) -> Text | None:
    """The xlink:title of a property that is only a reference."""
    text = line(element.get(XLINK_TITLE) or "")
    return Text.of(text) if text else None


def topic(draft: IsoDraft, element: etree._Element) -> None:
    """MD_TopicCategoryCode."""
    value = code(element)
    if value:
        draft.subjects.append(Subject(Text.of(value), "topicCategory"))


def restriction(name: str) -> Property:
    """MD_RestrictionCode of access or of use."""

    def read(draft: IsoDraft, element: etree._Element) -> None:
        value = code(element)
        if value:
            draft.rights.append(Right(kind=f"{name}:{value}", url=reference(element)))

    return read


def statement(kind: str) -> Property:
    """A limitation or constraint in words, and the address that it links to or names."""

    def read(draft: IsoDraft, element: etree._Element) -> None:
        text, url = long_text(element, draft.locales), reference(element)
        url = url or (identifiers.web_address(text.default) if text else "")
        if text or url:
            draft.rights.append(Right(text, kind, url))

    return read


def security(draft: IsoDraft, element: etree._Element, space: str) -> None:
    """MD_SecurityConstraints, of resourceConstraints: how it is classified, and why."""
    found = child_object(element)
    if found is None or not local_name(found).endswith("SecurityConstraints"):
        return
    note = first(found, space + "userNote")
    draft.security.append(
        Security(
            code_of(found, space + "classification"),
            long_text(note, draft.locales) if note is not None else None,
            characters_of(found, space + "classificationSystem"),
        )
    )


def quality(draft: IsoDraft, reported: etree._Element, space: str) -> None:
    """The reports of a DQ_DataQuality: of them, each DQ_ConformanceResult."""
    for report in objects(reported, space + "report"):
        for result in objects(report, space + "result"):
            if local_name(result).endswith("ConformanceResult"):
                _conformance(draft, result, space)


def _conformance(draft: IsoDraft, result: etree._Element, space: str) -> None:
    """A specification by its citation, or by a reference to one, and whether the resource conforms to it."""
    cited = first(result, space + "specification")
    citation = child_object(cited) if cited is not None else None
    named = first(citation, space + "title") if citation is not None else None
    title = free_text(named, draft.locales) if named is not None else None
    if title is None and cited is not None:
        title = linked_title(cited)
    dated = down(citation, space + "date") if citation is not None else None
    explanation = first(result, space + "explanation")
    told = Conformance(
        title or Text(()),
        (reference(named) if named is not None else "") or (reference(cited) if cited is not None else ""),
        dates.w3cdtf(characters_of(dated, space + "date")) if dated is not None else "",
        code_of(dated, space + "dateType") if dated is not None else "",
        _BOOLEANS.get(characters_of(result, space + "pass").lower()),
        long_text(explanation, draft.locales) if explanation is not None else None,
    )
    if told.title.values or told.url or told.degree is not None:
        draft.conformance.append(told)


def resolution(space: str) -> Property:
    """MD_Resolution: a scale as `1:50000`, a ground distance as `30 m`."""

    def read(draft: IsoDraft, element: etree._Element) -> None:
        found = child_object(element)
        if found is None:
            return
        fraction = down(found, space + "equivalentScale")
        denominator = characters_of(fraction, space + "denominator") if fraction is not None else ""
        if denominator:
            draft.resolutions.append(f"1:{denominator}")
        distance = down(found, space + "distance")
        length = line(inner_text(distance)) if distance is not None else ""
        if distance is not None and length:
            unit = distance.get("uom", "").rpartition("#")[2]
            draft.resolutions.append(f"{length} {unit}".strip())

    return read


def service_type(draft: IsoDraft, element: etree._Element) -> None:
    """The kind of a service (ISO 19119): `view`, `OGC:WMS`."""
    draft.service_type = draft.service_type or characters(element)


def service_version(draft: IsoDraft, element: etree._Element) -> None:
    """A version of the service's interface."""
    draft.service_versions.append(characters(element))


def coupling(draft: IsoDraft, element: etree._Element) -> None:
    """SV_CouplingType: whether the service serves certain data."""
    draft.coupling = draft.coupling or code(element)


def operates_on(draft: IsoDraft, element: etree._Element) -> None:
    """The data that a service serves, by reference."""
    value = (element.get("uuidref") or reference(element)).strip()
    if value:
        draft.relations.append(Relation(value, "operatesOn", linked_title(element)))
