"""Qualified names, and what this service has under them: record types, schemas, formats, element sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from catalogue import namespaces as ns
from endpoint.csw import outputs

VERSION: Final = "2.0.2"
SERVICE: Final = "CSW"
APISO: Final = "http://www.opengis.net/cat/csw/apiso/1.0"
XML_SCHEMA: Final = "http://www.w3.org/XML/Schema"

#: What a prefix means that the request leaves undeclared.
USUAL_PREFIXES: Final[Mapping[str, str]] = {
    "csw": ns.CSW,
    "csw30": ns.CSW30,
    "dc": ns.DC,
    "dct": ns.DCT,
    "dcterms": ns.DCT,
    "ows": ns.OWS,
    "ogc": ns.OGC,
    "gmd": ns.GMD,
    "apiso": APISO,
    "iso": APISO,
    "mdb": ns.MDB,
}

RECORD: Final = "csw:Record"
#: Types that may be queried: every record is of each of them.
TYPES: Final[Mapping[tuple[str, str], str]] = {
    (ns.CSW, "Record"): RECORD,
    (ns.GMD, "MD_Metadata"): "gmd:MD_Metadata",
    (ns.MDB, "MD_Metadata"): "mdb:MD_Metadata",
}
OUTPUT_SCHEMAS: Final = (ns.CSW, *outputs.SCHEMAS)
OUTPUT_FORMATS: Final = ("application/xml",)
SCHEMA_LANGUAGES: Final = (XML_SCHEMA, "http://www.w3.org/2001/XMLSchema", "XMLSCHEMA")
ELEMENT_SETS: Final = ("brief", "summary", "full")
RESULT_TYPES: Final = ("hits", "results", "validate")
CONSTRAINT_LANGUAGES: Final = ("FILTER", "CQL_TEXT", "CQL2-TEXT", "CQL2-JSON")

#: Prefix -> namespace; the default namespace has the prefix "".
Prefixes = Mapping[str, str]


def qualified(name: str, prefixes: Prefixes) -> tuple[str, str]:
    """The namespace (empty where there is none) and the local part of a QName."""
    prefix, _, local = name.rpartition(":")
    return prefixes.get(prefix) or USUAL_PREFIXES.get(prefix, ""), local


_DC: Final = (
    "contributor", "coverage", "creator", "date", "description", "format", "identifier", "language",
    "publisher", "relation", "rights", "source", "subject", "title", "type",
)  # fmt: skip
_DCT: Final = (
    "abstract", "accessRights", "alternative", "available", "conformsTo", "created", "dateAccepted",
    "dateCopyrighted", "dateSubmitted", "hasFormat", "hasPart", "hasVersion", "isFormatOf", "isPartOf",
    "isReferencedBy", "isReplacedBy", "isRequiredBy", "isVersionOf", "issued", "license", "modified",
    "provenance", "references", "replaces", "requires", "rightsHolder", "spatial", "temporal", "valid",
)  # fmt: skip
#: Elements of csw:Record (record.xsd): what an ElementName may ask for.
RECORD_ELEMENTS: Final = frozenset(
    [(ns.OWS, "BoundingBox"), *((ns.DC, name) for name in _DC), *((ns.DCT, name) for name in _DCT)]
)
#: Elements that stand in gmd:MD_Metadata (metadataEntity.xsd) and in mdb:MD_Metadata (metadataBase.xsd).
_GMD: Final = (
    "applicationSchemaInfo", "characterSet", "contact", "contentInfo", "dataQualityInfo", "dataSetURI",
    "dateStamp", "describes", "distributionInfo", "featureAttribute", "featureType", "fileIdentifier",
    "hierarchyLevel", "hierarchyLevelName", "identificationInfo", "language", "locale", "metadataConstraints",
    "metadataExtensionInfo", "metadataMaintenance", "metadataStandardName", "metadataStandardVersion",
    "parentIdentifier", "portrayalCatalogueInfo", "propertyType", "referenceSystemInfo", "series",
    "spatialRepresentationInfo",
)  # fmt: skip
_MDB: Final = (
    "acquisitionInformation", "alternativeMetadataReference", "applicationSchemaInfo", "contact",
    "contentInfo", "dataQualityInfo", "dateInfo", "defaultLocale", "distributionInfo", "identificationInfo",
    "metadataConstraints", "metadataExtensionInfo", "metadataIdentifier", "metadataLinkage",
    "metadataMaintenance", "metadataProfile", "metadataScope", "metadataStandard", "otherLocale",
    "parentMetadata", "portrayalCatalogueInfo", "referenceSystemInfo", "resourceLineage",
    "spatialRepresentationInfo",
)  # fmt: skip
#: outputSchema -> what its schema asks for in every record, so that it stays with whatever is chosen.
ISO_REQUIRED: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    ns.GMD: tuple((ns.GMD, name) for name in ("contact", "dateStamp", "identificationInfo")),
    ns.MDB: tuple((ns.MDB, name) for name in ("contact", "dateInfo", "identificationInfo")),
}
#: outputSchema -> what an ElementName may ask for of its records, where the version has no say in it.
ISO_ELEMENTS: Final[Mapping[str, frozenset[tuple[str, str]]]] = {
    ns.GMD: frozenset((ns.GMD, name) for name in _GMD),
    ns.MDB: frozenset((ns.MDB, name) for name in _MDB),
}
