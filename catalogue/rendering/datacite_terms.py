"""The controlled lists of DataCite 4.6 (appendix 1), and which of our words are theirs."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from catalogue import identifiers

#: Kind of date -> dateType.
DATES: Final = {
    "created": "Created",
    "issued": "Issued",
    "modified": "Updated",
    "available": "Available",
    "valid": "Valid",
    "accepted": "Accepted",
    "submitted": "Submitted",
    "copyrighted": "Copyrighted",
}
#: Role of an agent -> contributorType.
CONTRIBUTORS: Final = {
    "pointOfContact": "ContactPerson",
    "editor": "Editor",
    "owner": "RightsHolder",
    "rightsHolder": "RightsHolder",
    "custodian": "DataCurator",
    "distributor": "Distributor",
    "resourceProvider": "Distributor",
    "processor": "Producer",
    "sponsor": "Sponsor",
    "funder": "Sponsor",
    "collaborator": "ProjectMember",
}
#: Kind of relation -> relationType. A plain `relation` and `conformsTo` have none: those are not written.
RELATIONS: Final = {
    "isPartOf": "IsPartOf",
    "hasPart": "HasPart",
    "references": "References",
    "isReferencedBy": "IsReferencedBy",
    "replaces": "Obsoletes",
    "isReplacedBy": "IsObsoletedBy",
    "requires": "Requires",
    "isRequiredBy": "IsRequiredBy",
    "hasVersion": "HasVersion",
    "isVersionOf": "IsVersionOf",
    "isFormatOf": "IsVariantFormOf",
    "hasFormat": "IsOriginalFormOf",
    "source": "IsDerivedFrom",
}
#: Scheme of an identifier -> identifierType and relatedIdentifierType.
SCHEMES: Final = {
    "doi": "DOI",
    "handle": "Handle",
    "isbn": "ISBN",
    "issn": "ISSN",
    "uri": "URL",
    "uuid": "UUID",
}
#: Words for types of resources, in lower case and without spaces -> resourceTypeGeneral.
_GENERAL: Final = {
    name.lower(): name
    for name in (
        "Audiovisual", "Award", "Book", "BookChapter", "Collection", "ComputationalNotebook",
        "ConferencePaper", "ConferenceProceeding", "DataPaper", "Dataset", "Dissertation", "Event", "Image",
        "Instrument", "InteractiveResource", "Journal", "JournalArticle", "Model", "OutputManagementPlan",
        "PeerReview", "PhysicalObject", "Preprint", "Project", "Report", "Service", "Software", "Sound",
        "Standard", "StudyRegistration", "Text", "Workflow", "Other",
    )
} | {
    "series": "Collection",
    "nongeographicdataset": "Dataset",
    "tile": "Dataset",
    "feature": "Dataset",
    "article": "JournalArticle",
    "researcharticle": "JournalArticle",
    "bookpart": "BookChapter",
    "conferenceobject": "ConferencePaper",
    "proceedings": "ConferenceProceeding",
    "doctoralthesis": "Dissertation",
    "masterthesis": "Dissertation",
    "bachelorthesis": "Dissertation",
    "thesis": "Dissertation",
    "technicalreport": "Report",
    "workingpaper": "Report",
    "stillimage": "Image",
    "map": "Image",
    "movingimage": "Audiovisual",
    "video": "Audiovisual",
    "webservice": "Service",
}  # fmt: skip


def general_type(words: Iterable[str]) -> str:
    """The resourceTypeGeneral for the first word that has one; empty where none has."""
    return next((found for word in words if (found := _general(word))), "")


@lru_cache(1024)
def _general(word: str) -> str:
    # info:eu-repo/semantics/article, http://purl.org/dc/dcmitype/Text, Journal Article
    last = word.rpartition("/")[2]
    return _GENERAL.get("".join(last.split()).replace("-", "").lower(), "")


def related_type(value: str) -> str:
    """The relatedIdentifierType of an identifier; empty for what is none that DataCite knows."""
    kind = SCHEMES.get(identifiers.scheme(value), "")
    if kind == "URL" and not identifiers.web_address(value):
        return {"urn": "URN", "ark": "ARK"}.get(value.partition(":")[0].lower(), "")
    return "" if kind == "UUID" else kind
