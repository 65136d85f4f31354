"""Reader of ISO 19115-3: mdb:MD_Metadata, versions 1.0 and 2.0, and profiles derived from it.

The two versions differ in the namespaces of some packages and in nothing that we read, so the packages are
not looked at: within mdb:MD_Metadata the local name of a property says what it is.
"""

from __future__ import annotations

from typing import Final

from lxml import etree
from msgspec.structs import replace

from catalogue import namespaces as ns
from catalogue.record import UNDETERMINED, Record, Text
from catalogue.xml import local_name, namespace
from harvester.mapping import dates
from harvester.mapping import iso_properties as properties
from harvester.mapping.gmd import (
    Locales,
    characters_of,
    child_object,
    code_of,
    down,
    first,
    free_text_of,
    language,
    long_text,
    objects,
)
from harvester.mapping.iso19115_3_identification import each, read_identification
from harvester.mapping.iso19115_3_parties import online_resource, responsibilities
from harvester.mapping.iso_draft import IsoDraft
from harvester.mapping.iso_properties import Property

_RULE: Final = "iso19115-3.no-title"
#: The first version of the base package; what has it is a format of its own.
_FIRST: Final = f"{ns.ISO19115_3_ROOT}mdb/1.0"
#: Of the dates of the metadata, the one that says when they were last changed.
_LAST_CHANGE: Final = frozenset({"revision", "lastupdate", "lastrevision"})


def read(root: etree._Element) -> Record:
    """The record in an mdb:MD_Metadata element.

    Raises:
        UnreadableRecord: nothing in it says what the resource is about.
    """
    draft = IsoDraft(_locales(root))
    for part in root:
        reader = METADATA.get(local_name(part))
        if reader:
            reader(draft, part)
    return draft.record(_RULE)


def is_metadata(root: etree._Element) -> bool:
    """Whether an element is metadata of this standard, in whichever version."""
    name = local_name(root)
    return name.endswith(("MD_Metadata", "MI_Metadata")) and namespace(root).startswith(ns.ISO19115_3_ROOT)


def is_first_version(root: etree._Element) -> bool:
    """Whether an element is metadata of mdb 1.0."""
    return is_metadata(root) and namespace(root) == _FIRST


def _locales(root: etree._Element) -> Locales:
    """The document's own language (mdb:defaultLocale) and its other ones (mdb:otherLocale)."""
    own = ""
    ids = {}
    for name in ("{*}defaultLocale", "{*}otherLocale"):
        for locale in objects(root, name):
            declared = first(locale, "{*}language")
            tag = (language(declared) if declared is not None else "") or UNDETERMINED
            own = own or (tag if name == "{*}defaultLocale" else "")
            marked = locale.get("id")
            if marked:
                ids[marked] = tag
                ids.setdefault(marked.lower(), tag)
    return Locales(own or UNDETERMINED, ids)


def _metadata_identifier(draft: IsoDraft, element: etree._Element) -> None:
    identifier = child_object(element)
    if identifier is not None and not draft.metadata_identifier:
        draft.metadata_identifier = characters_of(identifier, "{*}code")


def _parent(draft: IsoDraft, element: etree._Element) -> None:
    """The citation of the whole: its identifier, a reference by UUID, or its title."""
    citation = child_object(element)
    identifier = down(citation, "{*}identifier") if citation is not None else None
    value = characters_of(identifier, "{*}code") if identifier is not None else ""
    value = value or (element.get("uuidref") or "").strip()
    draft.parent_identifier = value or (characters_of(citation, "{*}title") if citation is not None else "")


def _scope(draft: IsoDraft, element: etree._Element) -> None:
    """MD_MetadataScope: a code, and the words for it."""
    scope = child_object(element)
    if scope is None:
        return
    value = code_of(scope, "{*}resourceScope")
    if value:
        draft.types.append(Text.of(value))
    named = free_text_of(scope, "{*}name", draft.locales)
    if named:
        draft.types.append(named)


def _contact(draft: IsoDraft, element: etree._Element) -> None:
    """The contact for the metadata, whatever role it gives itself."""
    draft.agents += (
        replace(agent, role="metadataContact") for agent in responsibilities(element, draft.locales, "")
    )


def _date_info(draft: IsoDraft, element: etree._Element) -> None:
    """The last change of the metadata; else the first of their dates."""
    found = child_object(element)
    value = dates.w3cdtf(characters_of(found, "{*}date")) if found is not None else ""
    if found is None or not value:
        return
    if not draft.metadata_date or code_of(found, "{*}dateType").lower() in _LAST_CHANGE:
        draft.metadata_date = value


def _reference_system(draft: IsoDraft, element: etree._Element) -> None:
    """The code of a reference system, with its authority where it is a bare number (`EPSG:4326`)."""
    system = child_object(element)
    identifier = down(system, "{*}referenceSystemIdentifier") if system is not None else None
    if identifier is not None:
        value, space = characters_of(identifier, "{*}code"), characters_of(identifier, "{*}codeSpace")
        if value:
            draft.reference_systems.append(f"{space}:{value}" if space and value.isdigit() else value)


def _distribution(draft: IsoDraft, element: etree._Element) -> None:
    each(draft, element, DISTRIBUTION)


def _format(draft: IsoDraft, element: etree._Element) -> None:
    """MD_Format: the title of its specification."""
    found = child_object(element)
    specification = down(found, "{*}formatSpecificationCitation") if found is not None else None
    if specification is not None:
        name = characters_of(specification, "{*}title") or characters_of(specification, "{*}alternateTitle")
        if name:
            draft.formats.append(name)
    if found is not None:
        for part in found.iterchildren("{*}formatDistributor"):
            each(draft, part, DISTRIBUTOR)


def _distributor(draft: IsoDraft, element: etree._Element) -> None:
    each(draft, element, DISTRIBUTOR)


def _distributor_contact(draft: IsoDraft, element: etree._Element) -> None:
    draft.agents += responsibilities(element, draft.locales, "distributor")


def _transfer(draft: IsoDraft, element: etree._Element) -> None:
    """MD_DigitalTransferOptions: online resources, and their formats."""
    options = child_object(element)
    if options is None:
        return
    for resource in objects(options, "{*}onLine"):
        link = online_resource(resource, draft.locales)
        if link:
            draft.links.append(link)
    for part in options.iterchildren("{*}distributionFormat"):
        _format(draft, part)


def _lineage(draft: IsoDraft, element: etree._Element) -> None:
    lineage = child_object(element)
    statement = first(lineage, "{*}statement") if lineage is not None else None
    text = long_text(statement, draft.locales) if statement is not None else None
    if text:
        draft.lineage.append(text)


def _quality(draft: IsoDraft, element: etree._Element) -> None:
    """DQ_DataQuality: what the resource conforms to."""
    reported = child_object(element)
    if reported is not None:
        properties.quality(draft, reported, properties.ANY)


METADATA: Final[dict[str, Property]] = {
    "metadataIdentifier": _metadata_identifier,
    "parentMetadata": _parent,
    "metadataScope": _scope,
    "contact": _contact,
    "dateInfo": _date_info,
    "referenceSystemInfo": _reference_system,
    "identificationInfo": read_identification,
    "distributionInfo": _distribution,
    "resourceLineage": _lineage,
    "dataQualityInfo": _quality,
}
DISTRIBUTION: Final[dict[str, Property]] = {
    "distributionFormat": _format,
    "distributor": _distributor,
    "transferOptions": _transfer,
}
DISTRIBUTOR: Final[dict[str, Property]] = {
    "distributorContact": _distributor_contact,
    "distributorFormat": _format,
    "distributorTransferOptions": _transfer,
}
