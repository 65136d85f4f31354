"""Identification of ISO 19115-1 as ISO 19115-3 has it: citation, keywords, constraints, extents, services."""

from __future__ import annotations

from typing import Final

from lxml import etree

from catalogue.record import Link, Relation, Right
from catalogue.xml import local_name
from harvester.mapping import iso_properties as properties
from harvester.mapping.extents import box, decimal
from harvester.mapping.gmd import (
    characters_of,
    child_object,
    code_of,
    down,
    first,
    free_text,
    free_text_of,
    language,
    objects,
)
from harvester.mapping.iso19115_3_parties import online_resource, responsibilities
from harvester.mapping.iso_draft import IsoDraft
from harvester.mapping.iso_extents import time_of
from harvester.mapping.iso_properties import Property


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


def _party(role: str) -> Property:
    def read(draft: IsoDraft, element: etree._Element) -> None:
        draft.agents += responsibilities(element, draft.locales, role)

    return read


def _online(draft: IsoDraft, element: etree._Element) -> None:
    resource = child_object(element)
    link = online_resource(resource, draft.locales) if resource is not None else None
    if link:
        draft.links.append(link)


def _constraints(draft: IsoDraft, element: etree._Element) -> None:
    each(draft, element, CONSTRAINTS)
    properties.security(draft, element, properties.ANY)


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
        kind = properties.ASSOCIATIONS.get(code_of(resource, "{*}associationType"), "relation")
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


CITATION: Final[dict[str, Property]] = {
    "title": properties.title,
    "alternateTitle": properties.alternate_title,
    "date": properties.date(properties.ANY),
    "identifier": properties.identifier(properties.ANY),
    "citedResponsibleParty": _party("author"),
    "series": properties.series(properties.ANY),
    "ISBN": properties.numbered("isbn"),
    "ISSN": properties.numbered("issn"),
    "onlineResource": _online,
}
CONSTRAINTS: Final[dict[str, Property]] = {
    "useLimitation": properties.statement("useLimitation"),
    "accessConstraints": properties.restriction("accessConstraints"),
    "useConstraints": properties.restriction("useConstraints"),
    "otherConstraints": properties.statement("otherConstraints"),
    "reference": _licence,
}
EXTENT: Final[dict[str, Property]] = {
    "description": _place,
    "geographicElement": _geographic,
    "temporalElement": _temporal,
}
IDENTIFICATION: Final[dict[str, Property]] = {
    "citation": _citation,
    "abstract": properties.description,
    "purpose": properties.description,
    "pointOfContact": _party("pointOfContact"),
    "graphicOverview": _graphic,
    "resourceFormat": _format,
    "descriptiveKeywords": properties.keywords(properties.ANY),
    "resourceConstraints": _constraints,
    "associatedResource": _associated,
    "spatialResolution": properties.resolution(properties.ANY),
    "defaultLocale": _language,
    "otherLocale": _language,
    "topicCategory": properties.topic,
    "extent": _extent,
    "supplementalInformation": properties.description,
    "serviceType": properties.service_type,
    "serviceTypeVersion": properties.service_version,
    "couplingType": properties.coupling,
    "coupledResource": _coupled,
    "containsOperations": _operation,
    "operatesOn": properties.operates_on,
}
