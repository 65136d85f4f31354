"""The brief and summary element sets of the ISO application profile (OGC 07-045, 7.4), cut out of the full.

The profile says which elements an answer holds at least. What gmd.xsd and srv.xsd ask for beside them stays
as well (the contact and the date of the metadata, the abstract, the operations of a service), so that a valid
record stays valid; and the locales, of which translations name the languages.

Elements are told by their local names: profiles of ISO 19139 have namespaces and roots of their own. ISO
19115-3 has the same under partly other names, which stand beside those of ISO 19139.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from lxml import etree

from catalogue.xml import local_name, parse

#: The root, and what stands in identificationInfo: whatever their names are.
_ROOT: Final = "/"
_IDENTIFIED: Final = "identificationInfo/"
_SERVICE: Final = frozenset({"serviceType", "serviceTypeVersion", "couplingType", "containsOperations"})
_OPERATION: Final = frozenset({"operationName", "DCP", "distributedComputingPlatform", "connectPoint"})
_SETS: Final[Mapping[str, Mapping[str, frozenset[str]]]] = {
    "brief": {
        _ROOT: frozenset(
            {
                "fileIdentifier", "hierarchyLevel", "contact", "dateStamp", "locale", "identificationInfo",
                "metadataIdentifier", "metadataScope", "dateInfo", "defaultLocale", "otherLocale",
            }
        ),
        _IDENTIFIED: _SERVICE.union(
            ("citation", "abstract", "graphicOverview", "language", "defaultLocale", "extent")
        ),
        "CI_Citation": frozenset({"title", "date"}),
        "EX_Extent": frozenset({"geographicElement"}),
        "MD_BrowseGraphic": frozenset({"fileName"}),
        "SV_OperationMetadata": _OPERATION,
    },
    "summary": {
        _ROOT: frozenset(
            {
                "fileIdentifier", "language", "characterSet", "parentIdentifier", "hierarchyLevel",
                "hierarchyLevelName", "contact", "dateStamp", "metadataStandardName",
                "metadataStandardVersion", "locale", "referenceSystemInfo", "identificationInfo",
                "distributionInfo", "dataQualityInfo", "metadataIdentifier", "metadataScope", "dateInfo",
                "defaultLocale", "otherLocale", "parentMetadata", "metadataStandard", "resourceLineage",
            }
        ),
        _IDENTIFIED: _SERVICE.union(
            (
                "citation", "abstract", "pointOfContact", "graphicOverview", "descriptiveKeywords",
                "resourceConstraints", "spatialRepresentationType", "spatialResolution", "language",
                "characterSet", "defaultLocale", "topicCategory", "extent", "operatesOn",
            )
        ),
        "CI_Citation": frozenset({"title", "date", "edition", "identifier", "citedResponsibleParty"}),
        "EX_Extent": frozenset({"geographicElement"}),
        "MD_BrowseGraphic": frozenset({"fileName"}),
        "MD_Distribution": frozenset({"distributionFormat", "transferOptions"}),
        "MD_Format": frozenset({"name", "version", "formatSpecificationCitation"}),
        "MD_DigitalTransferOptions": frozenset({"onLine"}),
        "DQ_DataQuality": frozenset({"scope", "lineage"}),
        "SV_OperationMetadata": _OPERATION,
    },
}  # fmt: skip
#: A property stays only where its object has this.
_NEEDED: Final[Mapping[str, str]] = {
    "geographicElement": "EX_GeographicBoundingBox",
    "extent": "EX_GeographicBoundingBox",
    "dataQualityInfo": "lineage",
    "transferOptions": "onLine",
}


def cut(document: bytes, element_set: Literal["brief", "summary", "full"]) -> bytes:
    """What an element set has of an MD_Metadata; the full one is the document itself, byte for byte."""
    if element_set == "full":
        return document
    root = parse(document)
    _prune(root, _ROOT, _SETS[element_set])
    return etree.tostring(root, encoding="utf-8")


def _prune(element: etree._Element, name: str, kept: Mapping[str, frozenset[str]]) -> None:
    wanted = kept.get(name)
    for child in element.iterchildren("*"):
        local = local_name(child)
        if wanted is not None and (local not in wanted or not _has_what_it_needs(child, local)):
            element.remove(child)
        else:
            _prune(child, _IDENTIFIED if local_name(element) == "identificationInfo" else local, kept)


def _has_what_it_needs(element: etree._Element, local: str) -> bool:
    needed = _NEEDED.get(local)
    return needed is None or next(element.iter(f"{{*}}{needed}"), None) is not None
