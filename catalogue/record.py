"""The neutral record: what every reader makes and every writer takes. Frozen, no I/O.

It holds what Dublin Core, DCMI terms and ISO 19115 have in common, each text as a language map.
Field names follow ISO 19115 where it has a word and Dublin Core otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

#: The language key of a text whose language nobody has stated (ISO 639-2 "undetermined").
UNDETERMINED = "und"


class Text(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One text in one or more languages: a language map that keeps its order.

    The first value is the default. Languages are BCP 47 tags (`en`, `zh-Hant`), or `und`.
    """

    values: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, value: str, language: str = UNDETERMINED) -> Text:
        """A text in one language."""
        return cls(((language or UNDETERMINED, value),))

    @classmethod
    def merge(cls, texts: Iterable[Text]) -> Text | None:
        """One text with the first value in each language; None where there is no text at all."""
        merged: dict[str, str] = {}
        for text in texts:
            for language, value in text.values:
                merged.setdefault(language, value)
        return cls(tuple(merged.items())) if merged else None

    @property
    def default(self) -> str:
        """The value in the record's own language; empty where there is none at all."""
        return self.values[0][1] if self.values else ""

    @property
    def default_language(self) -> str:
        """The language of the default value."""
        return self.values[0][0] if self.values else UNDETERMINED

    def in_language(self, *languages: str) -> str:
        """The value in the first of these languages that there is, else the default."""
        for wanted in languages:
            for language, value in self.values:
                if language == wanted:
                    return value
        return self.default

    def __str__(self) -> str:
        return self.default


class Agent(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A person or an organisation, and what it is to the resource or to the metadata."""

    #: CI_RoleCode (`publisher`, `pointOfContact`, `author`, `owner` ...), or `creator` and
    #: `contributor` of Dublin Core; `metadataContact` is the contact for the metadata itself.
    role: str
    #: The organisation's name; for Dublin Core, which makes no difference, whatever it gave.
    name: Text
    #: The person's name, where both are known.
    individual: str = ""
    position: str = ""
    email: str = ""
    telephone: str = ""
    url: str = ""
    country: str = ""
    city: str = ""


DateKind = Literal[
    "created", "issued", "modified", "available", "valid", "accepted", "submitted", "copyrighted", "date"
]


class Date(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A date of the resource.

    `value` is W3CDTF (`1998`, `1998-05`, `1998-05-04`, `1998-05-04T10:00:00Z`), or empty where
    the text sent could not be understood; `text` is then what was sent.
    """

    kind: DateKind
    value: str
    text: str = ""


class Subject(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A keyword or subject heading."""

    label: Text
    #: MD_KeywordTypeCode (`theme`, `place`, `temporal`, `discipline`, `stratum`) or empty;
    #: `topicCategory` for a value of MD_TopicCategoryCode.
    kind: str = ""
    #: Name of the thesaurus, where one is cited.
    scheme: str = ""
    #: URI of the term, where one is given (gmx:Anchor, dcterms:URI).
    uri: str = ""


class Identifier(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """An identifier of the resource; `scheme` is `doi`, `isbn`, `issn`, `handle`, `uri`, `uuid` or empty."""

    value: str
    scheme: str = ""


class Link(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """An online resource (CI_OnlineResource)."""

    url: str
    title: Text | None = None
    description: Text | None = None
    #: As sent, for example `WWW:LINK-1.0-http--link` or `OGC:WMS`.
    protocol: str = ""
    #: CI_OnLineFunctionCode: `download`, `information`, `offlineAccess`, `order`, `search`;
    #: `browseGraphic` for an overview picture.
    function: str = ""
    media_type: str = ""


class Right(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A statement of rights, licence or constraint."""

    text: Text | None = None
    #: `rights`, `license`, `accessRights`, `rightsHolder`, `useLimitation`, `otherConstraints`,
    #: or a value of MD_RestrictionCode with `accessConstraints:` or `useConstraints:` before it.
    kind: str = "rights"
    url: str = ""


class Relation(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Another resource, and how it stands to this one (`isPartOf`, `references`, `source`, `parent` ...)."""

    value: str
    kind: str = "relation"
    title: Text | None = None


class Box(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A geographic bounding box in decimal degrees, WGS 84; west > east crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float


class Period(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A time that the resource is about; either end may be open (empty). W3CDTF."""

    begin: str = ""
    end: str = ""
    text: str = ""


class Service(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What a service does (ISO 19119), beside its type."""

    #: Versions of its type, as sent.
    versions: tuple[str, ...] = ()
    #: Names of its operations (`GetMap`).
    operations: tuple[str, ...] = ()
    #: SV_CouplingType: `loose`, `mixed` or `tight`.
    coupling: str = ""
    #: (identifier of a resource, name of the operation by which it is served); either may be empty.
    coupled: tuple[tuple[str, str], ...] = ()


class Conformance(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Whether the resource conforms to a specification (DQ_ConformanceResult)."""

    #: Title of the specification.
    title: Text
    #: URI of the specification, where one is given (gmx:Anchor).
    url: str = ""
    #: Date of the specification (W3CDTF), or empty.
    date: str = ""
    #: CI_DateTypeCode of that date, as sent: `publication`, `creation`, `revision`.
    date_type: str = ""
    #: Whether it does; None where nobody has looked.
    degree: bool | None = None
    #: What is meant by that.
    explanation: Text | None = None


class Security(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A restriction for the sake of security (MD_SecurityConstraints)."""

    #: MD_ClassificationCode (`unclassified`, `restricted`, `confidential` ...), as sent; may be empty.
    classification: str = ""
    #: Why it is classified so.
    note: Text | None = None
    #: Name of the system of classes.
    system: str = ""


class Evidence(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Why a classifier attached a concept."""

    rule: str
    field: str
    text: str
    confidence: float


class Concept(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A term of one of our vocabularies, attached by a classifier, with its evidence."""

    vocabulary: str
    term: str
    evidence: tuple[Evidence, ...] = ()


class Record(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What one item of a source says, in neutral form."""

    title: Text
    alternative_titles: tuple[Text, ...] = ()
    #: The first is the abstract.
    descriptions: tuple[Text, ...] = ()
    agents: tuple[Agent, ...] = ()
    dates: tuple[Date, ...] = ()
    subjects: tuple[Subject, ...] = ()
    #: dc:type values, MD_ScopeCode (hierarchyLevel): as sent.
    types: tuple[Text, ...] = ()
    #: Media types and formats of distribution, as sent.
    formats: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    relations: tuple[Relation, ...] = ()
    #: Languages of the resource: BCP 47 where understood, else as sent.
    languages: tuple[str, ...] = ()
    rights: tuple[Right, ...] = ()
    security: tuple[Security, ...] = ()
    links: tuple[Link, ...] = ()
    boxes: tuple[Box, ...] = ()
    #: Names or codes of places (dc:coverage, geographic identifiers, place descriptions).
    places: tuple[Text, ...] = ()
    periods: tuple[Period, ...] = ()
    lineage: Text | None = None
    #: Specifications, and whether the resource conforms to them.
    conformance: tuple[Conformance, ...] = ()
    #: Coordinate reference systems, as sent.
    reference_systems: tuple[str, ...] = ()
    #: Scale denominators and ground distances, as text with unit (`1:50000`, `30 m`).
    resolutions: tuple[str, ...] = ()
    #: Identifier that the metadata carries itself (gmd:fileIdentifier); empty where it has none.
    metadata_identifier: str = ""
    #: Language of the metadata (BCP 47), or empty.
    metadata_language: str = ""
    #: When the metadata says it was last changed (W3CDTF), or empty.
    metadata_date: str = ""
    #: Identifier of the metadata of the whole that this is part of (gmd:parentIdentifier).
    parent_identifier: str = ""
    #: Type of a service (srv:serviceType), or empty.
    service_type: str = ""
    service: Service | None = None
    concepts: tuple[Concept, ...] = ()

    @property
    def abstract(self) -> Text | None:
        """The first description."""
        return self.descriptions[0] if self.descriptions else None

    def agents_as(self, *roles: str) -> tuple[Agent, ...]:
        """The agents that have one of these roles, in order."""
        return tuple(agent for agent in self.agents if agent.role in roles)

    def date(self, *kinds: DateKind) -> str:
        """The first understood date of the first of these kinds that has one; empty if none."""
        for kind in kinds:
            for date in self.dates:
                if date.kind == kind and date.value:
                    return date.value
        return ""


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Record)


def to_json(record: Record) -> bytes:
    """The record as JSON (UTF-8): the form in which the store keeps it."""
    return _ENCODER.encode(record)


def from_json(document: bytes) -> Record:
    """The record that `to_json` wrote."""
    return _DECODER.decode(document)
