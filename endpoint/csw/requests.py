"""The requests, typed and frozen: whoever reads one knows nothing of KVP, XML or SOAP."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from catalogue.query import RecordQuery

ElementSet = Literal["brief", "summary", "full"]


@dataclass(frozen=True, slots=True)
class GetCapabilities:
    """07-006r1, 10.5; 05-008c1, clause 7."""

    #: The sections wanted; None where all are.
    sections: frozenset[str] | None = None
    #: The document that the client has (05-008c1, 7.3.4); empty where it has none.
    update_sequence: str = ""
    #: The language that is wanted, of those that we have (BCP 47).
    language: str = "en"
    #: As in `endpoint.csw30.names`.
    output_format: str = "application/xml"


@dataclass(frozen=True, slots=True)
class DescribeRecord:
    """07-006r1, 10.6."""

    #: As in `names.TYPES`; None means all. Types that nobody knows have no description.
    type_names: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class GetRecords:
    """07-006r1, 10.8."""

    query: RecordQuery
    output_schema: str
    result_type: Literal["hits", "results", "validate"] = "hits"
    element_set: ElementSet = "summary"
    #: Elements of csw:Record, by (namespace, local name): a view of the client's own.
    element_names: tuple[tuple[str, str], ...] = ()
    request_id: str = ""
    #: Records were asked for by their identifiers: that there is none of them is an exception (3.0.0 alone).
    by_identifier: bool = False
    #: In which texts are told that are there in several languages (BCP 47); empty: in all of them.
    language: str = ""
    #: As in `endpoint.csw30.names`.
    output_format: str = "application/xml"
    #: What an Acknowledgement echoes: one element.
    echo: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class GetRecordById:
    """07-006r1, 10.9."""

    identifiers: tuple[str, ...]
    output_schema: str
    element_set: ElementSet = "summary"
    #: As in `endpoint.csw30.names`.
    output_format: str = "application/xml"
    #: As of GetRecords.
    language: str = ""


@dataclass(frozen=True, slots=True)
class GetRepositoryItem:
    """The record as its source sent it: 12-176r7, 7.5; in 2.0.2 of the ebRIM profile, 07-110r4."""

    identifier: str


@dataclass(frozen=True, slots=True)
class GetDomain:
    """07-006r1, 10.7."""

    #: Names as sent, and the queryables that they mean.
    properties: tuple[tuple[str, str], ...] = ()
    #: Names of parameters, as `GetRecords.outputSchema`.
    parameters: tuple[str, ...] = ()
    #: Not the values that there are, but those that there could be (3.0.0 alone).
    possible: bool = False
    #: As in `endpoint.csw30.names`.
    output_format: str = "application/xml"


Request = GetCapabilities | DescribeRecord | GetRecords | GetRecordById | GetRepositoryItem | GetDomain
