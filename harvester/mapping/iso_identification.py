"""Identification of ISO 19115:2003, B.2.2: citation, keywords, constraints, and the service (ISO 19119)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from lxml import etree

from catalogue import identifiers
from catalogue.record import DateKind, Identifier, Link, Relation, Right, Subject, Text
from catalogue.xml import local_name
from harvester.mapping import dates
from harvester.mapping.agents import responsible_party
from harvester.mapping.gmd import (
    GMD,
    SRV,
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
    language,
    long_text,
    objects,
    reference,
)
from harvester.mapping.iso_distribution import online_resource
from harvester.mapping.iso_draft import IsoDraft
from harvester.mapping.iso_extents import read_extent
from harvester.mapping.texts import inner_text, line

Property: TypeAlias = "Callable[[IsoDraft, etree._Element], None]"  # noqa: SLF001 - lxml names it so

#: CI_DateTypeCode of ISO 19115:2003 and of ISO 19115-1, which profiles use early.
DATE_KINDS: Final[dict[str, DateKind]] = {
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
SCHEMES: Final = frozenset({"doi", "isbn", "issn", "handle", "uuid", "uri"})


def read_identification(draft: IsoDraft, element: etree._Element) -> None:
    """gmd:identificationInfo: MD_DataIdentification, SV_ServiceIdentification or a profile's own."""
    identification = child_object(element)
    if identification is None:
        return
    for part in identification:
        reader = IDENTIFICATION.get(part.tag)
        if reader:
            reader(draft, part)


def _each(draft: IsoDraft, element: etree._Element, table: dict[object, Property]) -> None:
    """Read the object in a property by a table of its own properties."""
    found = child_object(element)
    if found is not None:
        for part in found:
            reader = table.get(part.tag)
            if reader:
                reader(draft, part)


def _citation(draft: IsoDraft, element: etree._Element) -> None:
    _each(draft, element, CITATION)


def _title(draft: IsoDraft, element: etree._Element) -> None:
    """The title; that of a second identification is one more name of the same resource."""
    text = free_text(element, draft.locales)
    if text and draft.title is None:
        draft.title = text
    elif text and text != draft.title:
        draft.alternative_titles.append(text)


def _alternate_title(draft: IsoDraft, element: etree._Element) -> None:
    text = free_text(element, draft.locales)
    if text:
        draft.alternative_titles.append(text)


def _date(draft: IsoDraft, element: etree._Element) -> None:
    """CI_Date; also a bare gco:Date, which some write in its place."""
    found = child_object(element)
    if found is None:
        return
    bare = local_name(found) in {"Date", "DateTime"}
    sent = line(inner_text(found)) if bare else characters_of(found, GMD + "date")
    if sent:
        kind = "" if bare else code_of(found, GMD + "dateType").lower()
        draft.dates.append(dates.date_of(DATE_KINDS.get(kind, "date"), sent))


def _identifier(draft: IsoDraft, element: etree._Element) -> None:
    """MD_Identifier or RS_Identifier: the code, and as scheme the codeSpace where it is one of ours."""
    found = child_object(element)
    coded = first(found, GMD + "code") if found is not None else None
    if found is None or coded is None:
        return
    value = characters(coded) or reference(coded)
    space = characters_of(found, GMD + "codeSpace")
    if value:
        scheme = identifiers.scheme(value) or (space.lower() if space.lower() in SCHEMES else "")
        draft.identifiers.append(Identifier(value, scheme))


def _numbered(scheme: str) -> Property:
    def read(draft: IsoDraft, element: etree._Element) -> None:
        value = characters(element)
        if value:
            draft.identifiers.append(Identifier(value, scheme))

    return read


def _party(role: str) -> Property:
    def read(draft: IsoDraft, element: etree._Element) -> None:
        party = child_object(element)
        agent = responsible_party(party, draft.locales, role) if party is not None else None
        if agent:
            draft.agents.append(agent)

    return read


def _series(draft: IsoDraft, element: etree._Element) -> None:
    """CI_Series: the series or journal that the resource is part of."""
    series = child_object(element)
    name = free_text_of(series, GMD + "name", draft.locales) if series is not None else None
    if name:
        draft.relations.append(Relation(name.default, "isPartOf", name))


def _description(draft: IsoDraft, element: etree._Element) -> None:
    text = long_text(element, draft.locales)
    if text:
        draft.descriptions.append(text)


def _keywords(draft: IsoDraft, element: etree._Element) -> None:
    """MD_Keywords: its keywords, their common type and thesaurus."""
    keywords = child_object(element)
    if keywords is None:
        return
    kind = code_of(keywords, GMD + "type")
    scheme = _thesaurus(keywords)
    for keyword in keywords.iterchildren(GMD + "keyword"):
        label = free_text(keyword, draft.locales) or _linked_title(keyword)
        if label:
            draft.subjects.append(Subject(label, kind, scheme, reference(keyword)))


def _linked_title(element: etree._Element) -> Text | None:
    """The xlink:title of a property that is only a reference."""
    title = line(element.get(XLINK_TITLE) or "")
    return Text.of(title) if title else None


def _thesaurus(keywords: etree._Element) -> str:
    cited = first(keywords, GMD + "thesaurusName")
    if cited is None:
        return ""
    citation = child_object(cited)
    title = characters_of(citation, GMD + "title") if citation is not None else ""
    return title or line(cited.get(XLINK_TITLE) or "")


def _topic(draft: IsoDraft, element: etree._Element) -> None:
    value = code(element)
    if value:
        draft.subjects.append(Subject(Text.of(value), "topicCategory"))


def _constraints(draft: IsoDraft, element: etree._Element) -> None:
    """MD_Constraints and MD_LegalConstraints, in the order of their parts."""
    _each(draft, element, CONSTRAINTS)


def _restriction(name: str) -> Property:
    def read(draft: IsoDraft, element: etree._Element) -> None:
        value = code(element)
        if value:
            draft.rights.append(Right(kind=f"{name}:{value}", url=reference(element)))

    return read


def _statement(kind: str) -> Property:
    def read(draft: IsoDraft, element: etree._Element) -> None:
        text, url = long_text(element, draft.locales), reference(element)
        url = url or (identifiers.web_address(text.default) if text else "")
        if text or url:
            draft.rights.append(Right(text, kind, url))

    return read


def _resolution(draft: IsoDraft, element: etree._Element) -> None:
    """MD_Resolution: a scale as `1:50000`, a ground distance as `30 m`."""
    resolution = child_object(element)
    if resolution is None:
        return
    fraction = down(resolution, GMD + "equivalentScale")
    denominator = characters_of(fraction, GMD + "denominator") if fraction is not None else ""
    if denominator:
        draft.resolutions.append(f"1:{denominator}")
    distance = down(resolution, GMD + "distance")
    length = line(inner_text(distance)) if distance is not None else ""
    if distance is not None and length:
        unit = distance.get("uom", "").rpartition("#")[2]
        draft.resolutions.append(f"{length} {unit}".strip())


def _language(draft: IsoDraft, element: etree._Element) -> None:
    tag = language(element)
    if tag:
        draft.languages.append(tag)


def _format(draft: IsoDraft, element: etree._Element) -> None:
    found = child_object(element)
    name = characters_of(found, GMD + "name") if found is not None else ""
    if name:
        draft.formats.append(name)


def _graphic(draft: IsoDraft, element: etree._Element) -> None:
    """MD_BrowseGraphic: an overview picture."""
    graphic = child_object(element)
    url = characters_of(graphic, GMD + "fileName") if graphic is not None else ""
    if graphic is not None and url:
        description = free_text_of(graphic, GMD + "fileDescription", draft.locales)
        kind = characters_of(graphic, GMD + "fileType")
        draft.links.append(Link(url, None, description, "", "browseGraphic", kind))


def _aggregation(draft: IsoDraft, element: etree._Element) -> None:
    """MD_AggregateInformation: another resource, by its identifier or its name."""
    aggregate = child_object(element)
    if aggregate is None:
        return
    cited = down(aggregate, GMD + "aggregateDataSetName")
    title = free_text_of(cited, GMD + "title", draft.locales) if cited is not None else None
    identifier = down(aggregate, GMD + "aggregateDataSetIdentifier")
    if identifier is None and cited is not None:
        identifier = down(cited, GMD + "identifier")
    value = characters_of(identifier, GMD + "code") if identifier is not None else ""
    if value or title:
        kind = ASSOCIATIONS.get(code_of(aggregate, GMD + "associationType"), "relation")
        draft.relations.append(Relation(value or (title.default if title else ""), kind, title))


#: DS_AssociationTypeCode -> the kind of relation, in the words of DCMI terms.
ASSOCIATIONS: Final = {
    "largerWorkCitation": "isPartOf",
    "partOfSeamlessDatabase": "isPartOf",
    "isComposedOf": "hasPart",
    "source": "source",
    "revisionOf": "isVersionOf",
    "dependency": "requires",
}


def _service_type(draft: IsoDraft, element: etree._Element) -> None:
    draft.service_type = draft.service_type or characters(element)


def _service_version(draft: IsoDraft, element: etree._Element) -> None:
    draft.service_versions.append(characters(element))


def _coupling(draft: IsoDraft, element: etree._Element) -> None:
    draft.coupling = draft.coupling or code(element)


def _coupled(draft: IsoDraft, element: etree._Element) -> None:
    """SV_CoupledResource: a resource by its identifier, and the operation that serves it."""
    resource = child_object(element)
    if resource is None:
        return
    found = characters_of(resource, SRV + "identifier"), characters_of(resource, SRV + "operationName")
    if any(found):
        draft.coupled.append(found)


def _operation(draft: IsoDraft, element: etree._Element) -> None:
    """SV_OperationMetadata: the name and the addresses of one operation."""
    operation = child_object(element)
    if operation is None:
        return
    name = free_text_of(operation, SRV + "operationName", draft.locales)
    if name:
        draft.operations.append(name.default)
    for resource in objects(operation, SRV + "connectPoint"):
        link = online_resource(resource, draft.locales, title=name)
        if link:
            draft.links.append(link)


def _operates_on(draft: IsoDraft, element: etree._Element) -> None:
    value = (element.get("uuidref") or reference(element)).strip()
    if value:
        draft.relations.append(Relation(value, "operatesOn", _linked_title(element)))


CITATION: Final[dict[object, Property]] = {
    GMD + "title": _title,
    GMD + "alternateTitle": _alternate_title,
    GMD + "date": _date,
    GMD + "identifier": _identifier,
    GMD + "citedResponsibleParty": _party("author"),
    GMD + "series": _series,
    GMD + "ISBN": _numbered("isbn"),
    GMD + "ISSN": _numbered("issn"),
}
CONSTRAINTS: Final[dict[object, Property]] = {
    GMD + "useLimitation": _statement("useLimitation"),
    GMD + "accessConstraints": _restriction("accessConstraints"),
    GMD + "useConstraints": _restriction("useConstraints"),
    GMD + "otherConstraints": _statement("otherConstraints"),
}
IDENTIFICATION: Final[dict[object, Property]] = {
    GMD + "citation": _citation,
    GMD + "abstract": _description,
    GMD + "purpose": _description,
    GMD + "pointOfContact": _party("pointOfContact"),
    GMD + "graphicOverview": _graphic,
    GMD + "resourceFormat": _format,
    GMD + "descriptiveKeywords": _keywords,
    GMD + "resourceConstraints": _constraints,
    GMD + "aggregationInfo": _aggregation,
    GMD + "spatialResolution": _resolution,
    GMD + "language": _language,
    GMD + "topicCategory": _topic,
    GMD + "extent": read_extent,
    GMD + "supplementalInformation": _description,
    SRV + "serviceType": _service_type,
    SRV + "serviceTypeVersion": _service_version,
    SRV + "couplingType": _coupling,
    SRV + "coupledResource": _coupled,
    SRV + "keywords": _keywords,
    SRV + "extent": read_extent,
    SRV + "containsOperations": _operation,
    SRV + "operatesOn": _operates_on,
}
