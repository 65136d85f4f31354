"""The names under which this API knows the queryables: those of a record's members where it has such."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from catalogue.queryables import QUERYABLES, TRUTHS, WITHOUT_VALUES, Kind
from endpoint.filters.properties import Property, refused

#: Queryable -> name. One that is not here has its own.
_OWN_NAMES: Final[Mapping[str, str]] = {
    "abstract": "description",
    "subject": "keywords",
    "format": "formats",
    "identifier": "externalIds",
    "language": "resourceLanguages",
    "metadata_language": "language",
    "organisation": "organization",
    "service_type": "serviceType",
    "boundingbox": "geometry",
    "temporal_extent": "time",
    "temporal_begin": "timeBegin",
    "temporal_end": "timeEnd",
    "modified": "updated",
    "created": "resourceCreated",
    "accepted": "dateAccepted",
    "submitted": "dateSubmitted",
    "copyrighted": "dateCopyrighted",
    "anytext": "anyText",
    "conforms_to": "conformsTo",
    "part_of": "isPartOf",
    "access_rights": "accessRights",
    "access_constraints": "accessConstraints",
    "other_constraints": "otherConstraints",
    "reference_system": "referenceSystem",
    "keyword_type": "keywordType",
    "party_role": "partyRole",
    "denominator": "scaleDenominator",
    "distance_unit": "distanceUnit",
    "service_version": "serviceVersion",
    "coupling": "couplingType",
    "operates_on": "operatesOn",
    "operates_on_identifier": "operatesOnIdentifier",
    "operates_on_name": "operatesOnName",
    "resource_identifier": "resourceIdentifier",
    "metadata_contact": "metadataContact",
    "specification_date": "specificationDate",
    "specification_date_type": "specificationDateType",
    "secured": "hasSecurityConstraints",
    "classification": "securityClassification",
    "waste_stream": "wasteStream",
    "document_type": "documentType",
    "information_category": "informationCategory",
}
#: Name -> queryable, in the order in which they are listed.
PROPERTIES: Final[Mapping[str, str]] = {
    _OWN_NAMES.get(queryable, queryable): queryable for queryable in QUERYABLES
}
#: Names of the record's own identifier: it is known by no queryable, for no other record has it.
IDENTITY: Final = frozenset({"id", "recordId"})
#: Running text, which nobody orders by.
_LONG: Final = frozenset({"abstract", "alternative", "lineage", "relation", "rights", "source"})
#: What nearly each record has another value of.
_UNFACETED: Final = _LONG | {"identifier", "limitation", "resource_identifier", "title"}
#: What a list can be told the most frequent values of.
FACETS: Final = tuple(
    name
    for name, queryable in PROPERTIES.items()
    if QUERYABLES[queryable] is Kind.TEXT and queryable not in _UNFACETED
)
#: What results can be ordered by.
SORTABLES: Final = tuple(
    name
    for name, queryable in PROPERTIES.items()
    if QUERYABLES[queryable] not in WITHOUT_VALUES and queryable not in _LONG
)

_SCHEMAS: Final[Mapping[Kind, Mapping[str, Any]]] = {
    Kind.TEXT: {"type": "string"},
    Kind.DATE: {"type": "string", "format": "date-time"},
    Kind.DATESTAMP: {"type": "string", "format": "date-time"},
    Kind.NUMBER: {"type": "number"},
    Kind.EXTENT: {"format": "geometry-any", "x-ogc-role": "primary-geometry"},
    Kind.PERIOD: {"type": "string", "format": "date-time", "x-ogc-role": "primary-interval"},
    Kind.ANY_TEXT: {"type": "string"},
}
_TITLES: Final[Mapping[str, str]] = {
    "alternative": "another title of the resource",
    "anyText": "all texts of the record together: LIKE finds a pattern anywhere in them, in any case",
    "coverage": "a place that the resource is about",
    "creator": "who made the resource",
    "date": "any date of the resource",
    "degree": "whether the resource conforms to a specification",
    "description": "what the resource is",
    "distance": "a ground distance of the resource, in whatever unit",
    "distanceUnit": "the unit of a ground distance",
    "scaleDenominator": "the denominator of a scale of the resource",
    "operation": "an operation of the service",
    "couplingType": "how the service is coupled with data: loose, mixed or tight",
    "operatesOn": "what the service operates on",
    "externalIds": "an identifier of the resource",
    "formats": "a format or media type of the resource",
    "geometry": "the geographic extent of the resource",
    "hasSecurityConstraints": "whether the resource has security constraints, of whatever class",
    "id": "the record's identifier",
    "keywords": "a keyword or subject heading",
    "language": "the language of the record",
    "metadataContact": "who answers for the record",
    "organization": "an organization that has to do with the resource",
    "resourceCreated": "when the resource was created",
    "resourceIdentifier": "an identifier of the resource, as against one of its record",
    "resourceLanguages": "a language of the resource",
    "revised": "when the resource was last changed",
    "rights": "a statement of rights, a licence or a constraint",
    "securityClassification": "how the resource is classified for the sake of security",
    "specification": "the title of a specification that somebody has held the resource against",
    "specificationDate": "the date of such a specification",
    "specificationDateType": "what that date is: publication, creation or revision",
    "time": "the time that the resource is about, from its first begin to its last end",
    "timeBegin": "when a time begins that the resource is about",
    "timeEnd": "when a time ends that the resource is about",
    "title": "a title of the resource",
    "topic": "a topic category of ISO 19115",
    "type": "the type of the resource",
    "updated": "when our copy of the record was last changed",
}


def named(sent: str) -> Property:
    """The queryable of this name.

    Raises:
        InvalidQuery: there is none.
    """
    queryable = PROPERTIES.get(sent)
    if queryable is None:
        raise refused(sent, f"there is no queryable {sent!r}")
    return Property(sent, queryable)


def queryables() -> dict[str, Any]:
    """What a filter may name, as the properties of a JSON Schema (OGC 19-079r2, 8.2)."""
    listed: dict[str, Any] = {"id": {"title": _TITLES["id"], "type": "string", "x-ogc-role": "id"}}
    for name, queryable in PROPERTIES.items():
        schema = {"type": "boolean"} if queryable in TRUTHS else _SCHEMAS[QUERYABLES[queryable]]
        listed[name] = {"title": _TITLES.get(name, name), **schema}
    return listed


def sortables() -> dict[str, Any]:
    """What results can be ordered by, likewise (OGC 20-004r1, 7.7)."""
    every = queryables()
    return {name: every[name] for name in SORTABLES}
