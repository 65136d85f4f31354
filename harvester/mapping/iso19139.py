"""Reader of ISO/TS 19139: gmd:MD_Metadata, gmi:MI_Metadata (ISO 19115-2) and profiles derived from them."""

from __future__ import annotations

from typing import Final

from lxml import etree
from msgspec.structs import replace

from catalogue import identifiers
from catalogue.record import Identifier, Link, Record, Text
from catalogue.xml import local_name
from harvester.mapping import dates
from harvester.mapping import iso_properties as properties
from harvester.mapping.agents import responsible_party
from harvester.mapping.gmd import (
    GMD,
    characters,
    characters_of,
    child_object,
    code,
    down,
    first,
    free_text,
    locales_of,
    long_text,
)
from harvester.mapping.iso_distribution import read_distribution
from harvester.mapping.iso_draft import IsoDraft
from harvester.mapping.iso_identification import read_identification
from harvester.mapping.iso_properties import Property


def read(root: etree._Element) -> Record:
    """The record in a metadata element; of a DS_Series, that of the series as a whole.

    Raises:
        UnreadableRecord: nothing in it says what the resource is about.
    """
    metadata = root
    if local_name(root).startswith("DS_"):
        series = down(root, GMD + "seriesMetadata")
        metadata = series if series is not None else root
    draft = IsoDraft(locales_of(metadata))
    for part in metadata:
        reader = METADATA.get(part.tag)
        if reader:
            reader(draft, part)
    return draft.record()


def is_metadata(root: etree._Element) -> bool:
    """Whether an element is metadata of this standard: by its own name and by what stands in it."""
    name = local_name(root)
    known = name.endswith(("MD_Metadata", "MI_Metadata", "DS_Series"))
    return known and next(root.iterchildren(GMD + "*"), None) is not None


def _file_identifier(draft: IsoDraft, element: etree._Element) -> None:
    draft.metadata_identifier = characters(element)


def _parent_identifier(draft: IsoDraft, element: etree._Element) -> None:
    draft.parent_identifier = characters(element)


def _hierarchy_level(draft: IsoDraft, element: etree._Element) -> None:
    value = code(element)
    if value:
        draft.types.append(Text.of(value))


def _hierarchy_level_name(draft: IsoDraft, element: etree._Element) -> None:
    text = free_text(element, draft.locales)
    if text:
        draft.types.append(text)


def _contact(draft: IsoDraft, element: etree._Element) -> None:
    """The contact for the metadata, whatever role it gives itself."""
    party = child_object(element)
    agent = responsible_party(party, draft.locales, "") if party is not None else None
    if agent:
        draft.agents.append(replace(agent, role="metadataContact"))


def _date_stamp(draft: IsoDraft, element: etree._Element) -> None:
    draft.metadata_date = dates.w3cdtf(characters(element))


def _data_set_uri(draft: IsoDraft, element: etree._Element) -> None:
    value = characters(element)
    if value:
        draft.identifiers.append(Identifier(value, identifiers.scheme(value)))
        if identifiers.web_address(value):
            draft.links.append(Link(value))


def _reference_system(draft: IsoDraft, element: etree._Element) -> None:
    """The code of a reference system, with its authority where it is a bare number (`EPSG:4326`)."""
    system = child_object(element)
    identifier = down(system, GMD + "referenceSystemIdentifier") if system is not None else None
    if identifier is None:
        return
    value, space = characters_of(identifier, GMD + "code"), characters_of(identifier, GMD + "codeSpace")
    if value:
        draft.reference_systems.append(f"{space}:{value}" if space and value.isdigit() else value)


def _quality(draft: IsoDraft, element: etree._Element) -> None:
    """DQ_DataQuality: of it, the statement of lineage, and what the resource conforms to."""
    quality = child_object(element)
    if quality is None:
        return
    properties.quality(draft, quality, GMD)
    lineage = down(quality, GMD + "lineage")
    statement = first(lineage, GMD + "statement") if lineage is not None else None
    text = long_text(statement, draft.locales) if statement is not None else None
    if text:
        draft.lineage.append(text)


METADATA: Final[dict[object, Property]] = {
    GMD + "fileIdentifier": _file_identifier,
    GMD + "parentIdentifier": _parent_identifier,
    GMD + "hierarchyLevel": _hierarchy_level,
    GMD + "hierarchyLevelName": _hierarchy_level_name,
    GMD + "contact": _contact,
    GMD + "dateStamp": _date_stamp,
    GMD + "dataSetURI": _data_set_uri,
    GMD + "referenceSystemInfo": _reference_system,
    GMD + "identificationInfo": read_identification,
    GMD + "distributionInfo": read_distribution,
    GMD + "dataQualityInfo": _quality,
}
