"""Codelists of ISO 19115, and which of our words are theirs: the same for ISO 19139 and ISO 19115-3."""

from __future__ import annotations

import re
from typing import Final

from catalogue.record import Subject, Text

#: Kind of date -> CI_DateTypeCode; where ISO 19115:2003 has none, that of ISO 19115-1.
DATE_TYPES: Final = {
    "created": "creation",
    "issued": "publication",
    "date": "publication",
    "modified": "revision",
    "available": "released",
    "valid": "validityBegins",
    "accepted": "adopted",
}
#: Role of an agent -> CI_RoleCode, where they differ.
ROLES: Final = {"creator": "author", "": "pointOfContact"}
#: Roles that belong to the citation; all others are points of contact.
CITED: Final = frozenset(
    {
        "creator",
        "author",
        "coAuthor",
        "originator",
        "principalInvestigator",
        "publisher",
        "contributor",
        "editor",
    }
)
#: MD_TopicCategoryCode is an enumeration: nothing else may stand there.
TOPICS: Final = frozenset(
    {
        "farming", "biota", "boundaries", "climatologyMeteorologyAtmosphere", "economy", "elevation",
        "environment", "geoscientificInformation", "health", "imageryBaseMapsEarthCover",
        "intelligenceMilitary", "inlandWaters", "location", "oceans", "planningCadastre", "society",
        "structure", "transportation", "utilitiesCommunication",
    }
)  # fmt: skip
ASSOCIATIONS: Final = {
    "isPartOf": "largerWorkCitation",
    "hasPart": "isComposedOf",
    "source": "source",
    "isVersionOf": "revisionOf",
    "replaces": "revisionOf",
    "requires": "dependency",
}
#: What the resolutions of a Record look like: a scale and a ground distance.
SCALE: Final = re.compile(r"1:([1-9]\d{0,14})", re.ASCII)
DISTANCE: Final = re.compile(r"(\d{1,12}(?:\.\d{1,9})?) ([A-Za-z°]{1,20})", re.ASCII)
#: MD_ScopeCode of ISO 19115:2003 by its lower case, and what else is written in its place.
SCOPES: Final = {
    scope.lower(): scope
    for scope in (
        "attribute", "attributeType", "collectionHardware", "collectionSession", "dataset", "series",
        "nonGeographicDataset", "dimensionGroup", "feature", "featureType", "propertyType", "fieldSession",
        "software", "service", "model", "tile",
    )
} | {"collection": "series", "interactiveresource": "software", "webservice": "service"}  # fmt: skip
DEFAULT_SCOPE: Final = "nonGeographicDataset"


def is_topic(subject: Subject) -> bool:
    """Whether a subject is a value of MD_TopicCategoryCode."""
    return subject.kind == "topicCategory" and bool(subject.label.values) and subject.label.default in TOPICS


def supplement(texts: tuple[Text, ...]) -> Text | None:
    """All further descriptions as one text: the schema has room for one."""
    if len(texts) < 2:  # noqa: PLR2004 - nothing to join
        return texts[0] if texts else None
    joined: dict[str, str] = {}
    for text in texts:
        for tag, value in text.values:
            joined[tag] = f"{joined[tag]}\n\n{value}" if joined.get(tag) else value
    return Text(tuple(joined.items()))
