"""Codelists of ISO 19115, and which of our words are theirs: the same for ISO 19139 and ISO 19115-3."""

from __future__ import annotations

import re
from typing import Final

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
