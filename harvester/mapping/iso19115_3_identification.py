"""Identification of ISO 19115-1 as ISO 19115-3 has it: citation, keywords, constraints, extents, services."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from lxml import etree

from catalogue import identifiers
from catalogue.record import Identifier, Link, Relation, Right, Subject, Text
from catalogue.xml import local_name
from harvester.mapping import dates
from harvester.mapping.extents import box, decimal
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
    language,
    long_text,
    objects,
    reference,
)
from harvester.mapping.iso19115_3_parties import online_resource, responsibilities
from harvester.mapping.iso_draft import IsoDraft
from harvester.mapping.iso_extents import time_of
from harvester.mapping.iso_identification import ASSOCIATIONS, DATE_KINDS, SCHEMES
from harvester.mapping.texts import inner_text, line

Property: TypeAlias = "Callable[[IsoDraft, etree._Element], None]"  # noqa: SLF001 - lxml names it so


def each(draft: IsoDraft, element: etree._Element, table: dict[str, Property]) -> None:
    """Read the object in a property by a table of its own properties."""
    found = child_object(element)
    if found is not None:
        for part in found:
            reader = table.get(local_name(part))
            if reader:
                reader(draft, part)


def read_identification(draft: IsoDraft, element: etree._Element) -> None:
    """mdb:identificationInfo: MD_DataIdentification, SV_ServiceIdentification or a profile's own."""
    each(draft, element, IDENTIFICATION)


def _citation(draft: IsoDraft, element: etree._Element) -> None:
    each(draft, element, CITATION)


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
    found = child_object(element)
    sent = characters_of(found, "{*}date") if found is not None else ""
    if found is not None and sent:
        kind = code_of(found, "{*}dateType").lower()
        draft.dates.append(dates.date_of(DATE_KINDS.get(kind, "date"), sent))


def _identifier(draft: IsoDraft, element: etree._Element) -> None:
    """MD_Identifier: the code, and as scheme the codeSpace where it is one of ours."""
    found = child_object(element)
    coded = first(found, "{*}code") if found is not None else None
    value = (characters(coded) or reference(coded)) if coded is not None else ""
    if found is not None and value:
        space = characters_of(found, "{*}codeSpace").lower()
        scheme = identifiers.scheme(value) or (space if space in SCHEMES else "")
        draft.identifiers.append(Identifier(value, scheme))


def _numbered(scheme: str) -> Property:
    def read(draft: IsoDraft, element: etree._Element) -> None:
        value = characters(element)
        if value:
            draft.identifiers.append(Identifier(value, scheme))

    return read


def _party(role: str) -> Property:
    def read(draft: IsoDraft, element: etree._Element) -> None:
        draft.agents += responsibilities(element, draft.locales, role)

    return read


def _series(draft: IsoDraft, element: etree._Element) -> None:
    """CI_Series: the series or journal that the resource is part of."""
    series = child_object(element)
    name = free_text_of(series, "{*}name", draft.locales) if series is not None else None
    if name:
        draft.relations.append(Relation(name.default, "isPartOf", name))


def _online(draft: IsoDraft, element: etree._Element) -> None:
    resource = child_object(element)
    link = online_resource(resource, draft.locales) if resource is not None else None
    if link:
        draft.links.append(link)


def _description(draft: IsoDraft, element: etree._Element) -> None:
    text = long_text(element, draft.locales)
    if text:
        draft.descriptions.append(text)


def _keywords(draft: IsoDraft, element: etree._Element) -> None:
    """MD_Keywords: its keywords, their common type and thesaurus."""
    keywords = child_object(element)
    if keywords is None:
        return
    kind = code_of(keywords, "{*}type")
    thesaurus = first(keywords, "{*}thesaurusName")
    citation = child_object(thesaurus) if thesaurus is not None else None
    scheme = characters_of(citation, "{*}title") if citation is not None else ""
    if thesaurus is not None:
        scheme = scheme or line(thesaurus.get(XLINK_TITLE) or "")
    for keyword in keywords.iterchildren("{*}keyword"):
        label = free_text(keyword, draft.locales)
        if label:
            draft.subjects.append(Subject(label, kind, scheme, reference(keyword)))


def _topic(draft: IsoDraft, element: etree._Element) -> None:
    value = code(element)
    if value:
        draft.subjects.append(Subject(Text.of(value), "topicCategory"))


def _constraints(draft: IsoDraft, element: etree._Element) -> None:
    each(draft, element, CONSTRAINTS)


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


def _licence(draft: IsoDraft, element: etree._Element) -> None:
    """mco:reference: the citation of a licence or another document that restricts."""
    citation = child_object(element)
    if citation is None:
        return
    text = free_text_of(citation, "{*}title", draft.locales)
    online = down(citation, "{*}onlineResource")
    url = characters_of(online, "{*}linkage") if online is not None else ""
    if text or url:
        draft.rights.append(Right(text, "license", url))


def _resolution(draft: IsoDraft, element: etree._Element) -> None:
    """MD_Resolution: a scale as `1:50000`, a ground distance as `30 m`."""
    resolution = child_object(element)
    if resolution is None:
        return
    fraction = down(resolution, "{*}equivalentScale")
    denominator = characters_of(fraction, "{*}denominator") if fraction is not None else ""
    if denominator:
        draft.resolutions.append(f"1:{denominator}")
    distance = down(resolution, "{*}distance")
    length = line(inner_text(distance)) if distance is not None else ""
    if distance is not None and length:
        draft.resolutions.append(f"{length} {distance.get('uom', '').rpartition('#')[2]}".strip())


def _language(draft: IsoDraft, element: etree._Element) -> None:
    """mri:defaultLocale and mri:otherLocale: languages of the resource."""
    locale = child_object(element)
    declared = first(locale, "{*}language") if locale is not None else None
    tag = language(declared) if declared is not None else ""
    if tag:
        draft.languages.append(tag)


def _format(draft: IsoDraft, element: etree._Element) -> None:
    found = child_object(element)
    specification = down(found, "{*}formatSpecificationCitation") if found is not None else None
    name = characters_of(specification, "{*}title") if specification is not None else ""
    if name:
        draft.formats.append(name)


def _graphic(draft: IsoDraft, element: etree._Element) -> None:
    """MD_BrowseGraphic: an overview picture, by its linkage or the name of its file."""
    graphic = child_object(element)
    if graphic is None:
        return
    online = down(graphic, "{*}linkage")
    url = characters_of(online, "{*}linkage") if online is not None else ""
    url = url or characters_of(graphic, "{*}fileName")
    if url:
        description = free_text_of(graphic, "{*}fileDescription", draft.locales)
        draft.links.append(
            Link(url, None, description, "", "browseGraphic", characters_of(graphic, "{*}fileType"))
        )


def _associated(draft: IsoDraft, element: etree._Element) -> None:
    """MD_AssociatedResource: another resource, by its identifier, its metadata or its name."""
    resource = child_object(element)
    if resource is None:
        return
    value, title = "", None
    for name in ("{*}name", "{*}metadataReference"):
        cited = first(resource, name)
        citation = child_object(cited) if cited is not None else None
        if cited is not None and not value:
            value = (cited.get("uuidref") or "").strip()
        if citation is not None:
            title = title or free_text_of(citation, "{*}title", draft.locales)
            identifier = down(citation, "{*}identifier")
            value = value or (characters_of(identifier, "{*}code") if identifier is not None else "")
    if value or title:
        kind = ASSOCIATIONS.get(code_of(resource, "{*}associationType"), "relation")
        draft.relations.append(Relation(value or (title.default if title else ""), kind, title))


def _extent(draft: IsoDraft, element: etree._Element) -> None:
    each(draft, element, EXTENT)


def _place(draft: IsoDraft, element: etree._Element) -> None:
    text = free_text(element, draft.locales)
    if text:
        draft.places.append(text)


def _geographic(draft: IsoDraft, element: etree._Element) -> None:
    """EX_GeographicBoundingBox or EX_GeographicDescription; a polygon has no place in the record."""
    extent = child_object(element)
    if extent is None or characters_of(extent, "{*}extentTypeCode").lower() in {"0", "false"}:
        return
    if local_name(extent) == "EX_GeographicBoundingBox":
        found = box(*(decimal(characters_of(extent, edge)) for edge in _EDGES))
        if found:
            draft.boxes.append(found)
    elif local_name(extent) == "EX_GeographicDescription":
        identifier = down(extent, "{*}geographicIdentifier")
        coded = first(identifier, "{*}code") if identifier is not None else None
        if coded is not None:
            _place(draft, coded)


_EDGES: Final = tuple(
    f"{{*}}{name}"
    for name in ("westBoundLongitude", "southBoundLatitude", "eastBoundLongitude", "northBoundLatitude")
)


def _temporal(draft: IsoDraft, element: etree._Element) -> None:
    extent = child_object(element)
    if extent is not None:
        for time in objects(extent, "{*}extent"):
            found = time_of(time)
            if found:
                draft.periods.append(found)


def _service_type(draft: IsoDraft, element: etree._Element) -> None:
    draft.service_type = draft.service_type or characters(element)


def _service_version(draft: IsoDraft, element: etree._Element) -> None:
    draft.service_versions.append(characters(element))


def _coupling(draft: IsoDraft, element: etree._Element) -> None:
    draft.coupling = draft.coupling or code(element)


def _coupled(draft: IsoDraft, element: etree._Element) -> None:
    """SV_CoupledResource: a resource by its citation, and the operation that serves it."""
    resource = child_object(element)
    if resource is None:
        return
    identifier = down(resource, "{*}resourceReference", "{*}identifier")
    operation = down(resource, "{*}operation")
    found = (
        characters_of(identifier, "{*}code") if identifier is not None else "",
        characters_of(operation, "{*}operationName") if operation is not None else "",
    )
    if any(found):
        draft.coupled.append(found)


def _operation(draft: IsoDraft, element: etree._Element) -> None:
    """SV_OperationMetadata: the name and the addresses of one operation."""
    operation = child_object(element)
    if operation is None:
        return
    name = free_text_of(operation, "{*}operationName", draft.locales)
    if name:
        draft.operations.append(name.default)
    for resource in objects(operation, "{*}connectPoint"):
        link = online_resource(resource, draft.locales, title=name)
        if link:
            draft.links.append(link)


def _operates_on(draft: IsoDraft, element: etree._Element) -> None:
    value = (element.get("uuidref") or reference(element)).strip()
    if value:
        title = line(element.get(XLINK_TITLE) or "")
        draft.relations.append(Relation(value, "operatesOn", Text.of(title) if title else None))


CITATION: Final[dict[str, Property]] = {
    "title": _title,
    "alternateTitle": _alternate_title,
    "date": _date,
    "identifier": _identifier,
    "citedResponsibleParty": _party("author"),
    "series": _series,
    "ISBN": _numbered("isbn"),
    "ISSN": _numbered("issn"),
    "onlineResource": _online,
}
CONSTRAINTS: Final[dict[str, Property]] = {
    "useLimitation": _statement("useLimitation"),
    "accessConstraints": _restriction("accessConstraints"),
    "useConstraints": _restriction("useConstraints"),
    "otherConstraints": _statement("otherConstraints"),
    "reference": _licence,
}
EXTENT: Final[dict[str, Property]] = {
    "description": _place,
    "geographicElement": _geographic,
    "temporalElement": _temporal,
}
IDENTIFICATION: Final[dict[str, Property]] = {
    "citation": _citation,
    "abstract": _description,
    "purpose": _description,
    "pointOfContact": _party("pointOfContact"),
    "graphicOverview": _graphic,
    "resourceFormat": _format,
    "descriptiveKeywords": _keywords,
    "resourceConstraints": _constraints,
    "associatedResource": _associated,
    "spatialResolution": _resolution,
    "defaultLocale": _language,
    "otherLocale": _language,
    "topicCategory": _topic,
    "extent": _extent,
    "supplementalInformation": _description,
    "serviceType": _service_type,
    "serviceTypeVersion": _service_version,
    "couplingType": _coupling,
    "coupledResource": _coupled,
    "containsOperations": _operation,
    "operatesOn": _operates_on,
}
