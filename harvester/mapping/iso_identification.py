"""Identification of ISO 19115:2003, B.2.2: citation, keywords, constraints, and the service (ISO 19119)."""

from __future__ import annotations

from typing import Final

from lxml import etree

from catalogue.record import Link, Relation
from harvester.mapping import iso_properties as properties
from harvester.mapping.agents import responsible_party
from harvester.mapping.gmd import (
    GMD,
    SRV,
    characters_of,
    child_object,
    code_of,
    down,
    free_text_of,
    language,
    objects,
)
from harvester.mapping.iso_distribution import online_resource
from harvester.mapping.iso_draft import IsoDraft
from harvester.mapping.iso_extents import read_extent
from harvester.mapping.iso_properties import Property


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


def _party(role: str) -> Property:
    def read(draft: IsoDraft, element: etree._Element) -> None:
        party = child_object(element)
        agent = responsible_party(party, draft.locales, role) if party is not None else None
        if agent:
            draft.agents.append(agent)

    return read


def _constraints(draft: IsoDraft, element: etree._Element) -> None:
    """MD_Constraints, MD_LegalConstraints and MD_SecurityConstraints, in the order of their parts."""
    _each(draft, element, CONSTRAINTS)
    properties.security(draft, element, GMD)


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
        kind = properties.ASSOCIATIONS.get(code_of(aggregate, GMD + "associationType"), "relation")
        draft.relations.append(Relation(value or (title.default if title else ""), kind, title))


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


CITATION: Final[dict[object, Property]] = {
    GMD + "title": properties.title,
    GMD + "alternateTitle": properties.alternate_title,
    GMD + "date": properties.date(GMD),
    GMD + "identifier": properties.identifier(GMD),
    GMD + "citedResponsibleParty": _party("author"),
    GMD + "series": properties.series(GMD),
    GMD + "ISBN": properties.numbered("isbn"),
    GMD + "ISSN": properties.numbered("issn"),
}
CONSTRAINTS: Final[dict[object, Property]] = {
    GMD + "useLimitation": properties.statement("useLimitation"),
    GMD + "accessConstraints": properties.restriction("accessConstraints"),
    GMD + "useConstraints": properties.restriction("useConstraints"),
    GMD + "otherConstraints": properties.statement("otherConstraints"),
}
IDENTIFICATION: Final[dict[object, Property]] = {
    GMD + "citation": _citation,
    GMD + "abstract": properties.description,
    GMD + "purpose": properties.description,
    GMD + "pointOfContact": _party("pointOfContact"),
    GMD + "graphicOverview": _graphic,
    GMD + "resourceFormat": _format,
    GMD + "descriptiveKeywords": properties.keywords(GMD),
    GMD + "resourceConstraints": _constraints,
    GMD + "aggregationInfo": _aggregation,
    GMD + "spatialResolution": properties.resolution(GMD),
    GMD + "language": _language,
    GMD + "topicCategory": properties.topic,
    GMD + "extent": read_extent,
    GMD + "supplementalInformation": properties.description,
    SRV + "serviceType": properties.service_type,
    SRV + "serviceTypeVersion": properties.service_version,
    SRV + "couplingType": properties.coupling,
    SRV + "coupledResource": _coupled,
    SRV + "keywords": properties.keywords(GMD),
    SRV + "extent": read_extent,
    SRV + "containsOperations": _operation,
    SRV + "operatesOn": properties.operates_on,
}
