"""The names under which CSW knows the queryables.

They are those of Dublin Core, the core queryables of CSW (07-006r1, table 1) and those of the ISO application
profile (07-045, section 7.3), which the profile of ISO 19115-3 has in its own namespace.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from catalogue import namespaces as ns
from endpoint.csw.exceptions import OwsException, invalid
from endpoint.csw.names import APISO, Prefixes, qualified
from endpoint.filters.properties import Property

#: Queryable -> its names. Without prefix: a core queryable of CSW.
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "title": ("dc:title", "Title", "apiso:Title"),
    "alternative": ("dct:alternative", "apiso:AlternateTitle"),
    "abstract": ("dct:abstract", "dc:description", "Abstract", "apiso:Abstract"),
    "subject": ("dc:subject", "Subject", "apiso:Subject"),
    "topic": ("apiso:TopicCategory",),
    "type": ("dc:type", "Type", "apiso:Type"),
    "format": ("dc:format", "Format", "apiso:Format"),
    "identifier": ("dc:identifier", "Identifier", "apiso:Identifier"),
    "resource_identifier": ("apiso:ResourceIdentifier",),
    "language": ("dc:language", "apiso:ResourceLanguage"),
    "metadata_language": ("apiso:Language",),
    "coverage": ("dct:spatial", "dc:coverage", "apiso:GeographicDescriptionCode"),
    "relation": ("dc:relation", "Association", "apiso:Relation"),
    "source": ("dc:source",),
    "creator": ("dc:creator", "apiso:Creator"),
    "publisher": ("dc:publisher", "apiso:Publisher"),
    "contributor": ("dc:contributor", "apiso:Contributor"),
    "organisation": ("apiso:OrganisationName",),
    "rights": ("dc:rights",),
    "parent": ("apiso:ParentIdentifier",),
    "service_type": ("apiso:ServiceType",),
    "lineage": ("dct:provenance", "apiso:Lineage"),
    "date": ("dc:date",),
    "created": ("dct:created", "apiso:CreationDate"),
    "issued": ("dct:issued", "apiso:PublicationDate"),
    "available": ("dct:available",),
    "valid": ("dct:valid",),
    "accepted": ("dct:dateAccepted",),
    "submitted": ("dct:dateSubmitted",),
    "copyrighted": ("dct:dateCopyrighted",),
    "revised": ("apiso:RevisionDate",),
    "temporal_begin": ("apiso:TempExtent_begin",),
    "temporal_end": ("apiso:TempExtent_end",),
    "modified": ("dct:modified", "Modified", "apiso:Modified"),
    "boundingbox": ("ows:BoundingBox", "BoundingBox", "csw:BoundingBox", "apiso:BoundingBox"),
    "temporal_extent": ("TemporalExtent", "apiso:TempExtent"),
    "conforms_to": ("dct:conformsTo",),
    "part_of": ("dct:isPartOf",),
    "license": ("dct:license",),
    "access_rights": ("dct:accessRights",),
    "access_constraints": ("apiso:AccessConstraints",),
    "limitation": ("apiso:ConditionApplyingToAccessAndUse",),
    "other_constraints": ("apiso:OtherConstraints",),
    "reference_system": ("CRS", "apiso:CRS"),
    "keyword_type": ("apiso:KeywordType",),
    "party_role": ("apiso:ResponsiblePartyRole",),
    "denominator": ("apiso:Denominator",),
    "distance": ("apiso:DistanceValue",),
    "distance_unit": ("apiso:DistanceUOM",),
    "service_version": ("apiso:ServiceTypeVersion",),
    "operation": ("apiso:Operation",),
    "coupling": ("apiso:CouplingType",),
    "operates_on": ("apiso:OperatesOn",),
    "operates_on_identifier": ("apiso:OperatesOnIdentifier",),
    "operates_on_name": ("apiso:OperatesOnName",),
    "metadata_contact": ("apiso:MetadataPointOfContact",),
    "specification": ("apiso:SpecificationTitle",),
    "specification_date": ("apiso:SpecificationDate",),
    "specification_date_type": ("apiso:SpecificationDateType",),
    "degree": ("apiso:Degree",),
    "secured": ("apiso:HasSecurityConstraints",),
    "classification": ("apiso:Classification",),
    "convention": ("Convention",),
    "chemical": ("Chemical",),
    "waste_stream": ("WasteStream",),
    "country": ("Country",),
    "region": ("Region",),
    "document_type": ("DocumentType",),
    "information_category": ("InformationCategory",),
    "anytext": ("csw:AnyText", "AnyText", "apiso:AnyText"),
}


#: Namespaces that have the names of another, too.
_ALSO: Final[Mapping[str, tuple[str, ...]]] = {
    "": (ns.CSW, ns.CSW30),
    ns.CSW: (ns.CSW30,),
    ns.OWS: (ns.OWS20,),
    # The profile of ISO 19115-3 that catalogues have taken over from that of ISO 19115 (GeoNetwork, pycsw).
    APISO: (ns.MDB,),
}


def _table() -> Iterator[tuple[tuple[str, str], str]]:
    for queryable, names in NAMES.items():
        for name in names:
            uri, local = qualified(name, {})
            yield (uri, local.lower()), queryable
            # Those of CSW's own are asked for with its prefix and without; 3.0.0 has namespaces of its own.
            for other in _ALSO.get(uri, ()):
                yield (other, local.lower()), queryable


_BY_NAME: Final[Mapping[tuple[str, str], str]] = dict(_table())
#: For names without a prefix: the first that has this local name.
_BY_LOCAL_NAME: Final[Mapping[str, str]] = {
    local: queryable for (_, local), queryable in reversed(list(_BY_NAME.items()))
}


def named(sent: str, prefixes: Prefixes) -> Property:
    """The queryable of this name: a QName, or the path to an element (`csw:Record/dc:title`).

    Raises:
        OwsException: there is none.
    """
    name = sent.strip().rstrip("/").rpartition("/")[2]
    uri, local = qualified(name, prefixes)
    if ":" not in name:
        found = _BY_NAME.get(("", local.lower())) or _BY_LOCAL_NAME.get(local.lower())
    else:
        found = _BY_NAME.get((uri, local.lower())) if uri else None
    if found is None:
        raise invalid(sent or "PropertyName", f"there is no queryable {sent!r}")
    return Property(sent, found)


def sorted_by(sent: str, prefixes: Prefixes) -> Property:
    """The queryable by which records are to be ordered: `named`, whose fault is SortBy's.

    Raises:
        OwsException: there is none.
    """
    try:
        return named(sent, prefixes)
    except OwsException as error:
        raise invalid("SortBy", str(error)) from error


def names_in(*prefixes: str) -> list[str]:
    """The names that have one of these prefixes; "" asks for those without."""
    return [name for names in NAMES.values() for name in names if name.rpartition(":")[0] in prefixes]
