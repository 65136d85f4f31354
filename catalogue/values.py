"""What a record answers to a query: its values of every queryable, and its texts in one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from catalogue.numbers import of_resolutions
from catalogue.queryables import CODES, OF_CONCEPTS, normalise
from catalogue.record import Record, Text
from catalogue.vocabulary import vocabulary


def values_of(record: Record, *, identifier: str) -> list[tuple[str, str]]:
    """Every (queryable, value) pair of a record, each once; `identifier` is the one that CSW gives out.

    What the store knows better than the record is not among them: MODIFIED, EXTENT and ANY_TEXT.
    """
    found = [("identifier", identifier)]
    for name in record.identifiers:
        found += (("identifier", name.value), ("resource_identifier", name.value))
    _texts(found, "title", (record.title, *record.alternative_titles))
    _texts(found, "alternative", record.alternative_titles)
    _texts(found, "abstract", record.descriptions)
    _of_subjects(found, record)
    _texts(found, "type", record.types)
    _texts(found, "coverage", record.places)
    found += [("format", value) for value in record.formats]
    found += [("language", value) for value in record.languages]
    found += [("relation", relation.value) for relation in record.relations]
    found += [("source", relation.value) for relation in record.relations if relation.kind == "source"]
    _of_agents(found, record)
    _of_dates(found, record)
    _of_rights(found, record)
    _of_metadata(found, record)
    _of_profile(found, record)
    _of_service(found, record)
    _of_quality(found, record)
    _of_concepts(found, record)
    return [pair for pair in dict.fromkeys(found) if pair[1]]


Pairs: TypeAlias = "list[tuple[str, str]]"


def _of_subjects(found: Pairs, record: Record) -> None:
    for subject in record.subjects:
        found += [("subject", value) for _, value in subject.label.values]
        if subject.kind == "topicCategory":
            _texts(found, "topic", (subject.label,))


def _of_agents(found: Pairs, record: Record) -> None:
    for agent in record.agents:
        name = _AGENTS.get(agent.role, "contributor")
        if name:
            found += [(name, value) for _, value in agent.name.values]
        if agent.role == "metadataContact":
            _texts(found, "metadata_contact", (agent.name,))
        if agent.role not in _DUBLIN_CORE_ROLES:
            _texts(found, "organisation", (agent.name,))


def _of_dates(found: Pairs, record: Record) -> None:
    for date in record.dates:
        if date.value:
            found.append(("date", date.value))
            # That of a resource is not that of its record.
            found.append(("revised" if date.kind == "modified" else date.kind, date.value))
    for period in record.periods:
        found.append(("temporal_begin", period.begin))
        found.append(("temporal_end", period.end))


def _of_rights(found: Pairs, record: Record) -> None:
    for right in record.rights:
        if right.text:
            _texts(found, "rights", (right.text,))
        elif right.url:
            found.append(("rights", right.url))


def _of_profile(found: Pairs, record: Record) -> None:
    """What the ISO application profile and DCMI terms ask for beside the rest (07-045, tables 9 to 14)."""
    found += [("reference_system", value) for value in record.reference_systems]
    found += [("keyword_type", one.kind) for one in record.subjects if one.kind not in _NO_TYPES]
    found += [("party_role", agent.role) for agent in record.agents]
    found += [(_RELATIONS[one.kind], one.value) for one in record.relations if one.kind in _RELATIONS]
    for right in record.rights:
        kind, _, restriction = right.kind.partition(":")
        if kind == "accessConstraints":
            found.append(("access_constraints", restriction))
        if kind in _RIGHTS:
            text = right.text or (Text.of(right.url) if right.url else None)
            _texts(found, _RIGHTS[kind], (text,) if text else ())


def _of_service(found: Pairs, record: Record) -> None:
    """What a service does, and with what (07-045, table 12); how fine the resource is (table 11)."""
    found += of_resolutions(record.resolutions)
    found += [("operates_on", one.value) for one in record.relations if one.kind == "operatesOn"]
    service = record.service
    if service is None:
        return
    found += [("service_version", version) for version in service.versions]
    found += [("operation", name) for name in service.operations]
    found.append(("coupling", service.coupling))
    for identifier, operation in service.coupled:
        found += [("operates_on_identifier", identifier), ("operates_on_name", operation)]


def _of_quality(found: Pairs, record: Record) -> None:
    """What the resource conforms to; whether there are security constraints: true or false of each record.

    HasSecurityConstraints (07-045, table 9) asks whether there is an MD_SecurityConstraints at all, also one
    by which the resource is unclassified.
    """
    for one in record.conformance:
        _texts(found, "specification", (one.title,))
        found.append(("specification_date", one.date))
        found.append(("specification_date_type", one.date_type))
        if one.degree is not None:
            found.append(("degree", _BOOLEANS[one.degree]))
        if one.degree:
            _texts(found, "conforms_to", (one.title,))
    found.append(("secured", _BOOLEANS[bool(record.security)]))
    found += [("classification", one.classification) for one in record.security]


def _of_concepts(found: Pairs, record: Record) -> None:
    """The terms by their ids, and those that they name, as a country does its region."""
    for concept in record.concepts:
        name = OF_CONCEPTS.get(concept.vocabulary)
        if name is None:
            continue
        found.append((name, concept.term))
        for column, other in _IMPLIED.get(concept.vocabulary, ()):
            term = vocabulary(concept.vocabulary).get(concept.term)
            found += [(other, value) for value in (term.values(column) if term else ())]


#: Vocabulary -> its columns that name terms of another, and the queryable of that.
_IMPLIED = {
    "document_types": (("category", "information_category"),),
    "countries": (("region", "region"),),
    "wastes": (("stream", "waste_stream"),),
}


def _of_metadata(found: Pairs, record: Record) -> None:
    found.append(("parent", record.parent_identifier))
    found.append(("service_type", record.service_type))
    found.append(("metadata_language", record.metadata_language))
    if record.lineage:
        _texts(found, "lineage", (record.lineage,))


#: xs:boolean, in its canonical form.
_BOOLEANS = {True: "true", False: "false"}
#: What is no type of a keyword: none, and that of topics.
_NO_TYPES = frozenset({"", "topicCategory"})
_RELATIONS = {"conformsTo": "conforms_to", "isPartOf": "part_of"}
_RIGHTS = {
    "license": "license",
    "accessRights": "access_rights",
    "useLimitation": "limitation",
    "otherConstraints": "other_constraints",
    "accessConstraints": "other_constraints",
    "useConstraints": "other_constraints",
}
#: Roles, and the queryable that holds the agent's name.
_AGENTS = {
    "creator": "creator",
    "author": "creator",
    "originator": "creator",
    "principalInvestigator": "creator",
    "publisher": "publisher",
    "distributor": "publisher",
    "metadataContact": "",
}
#: Roles whose names may be people's: Dublin Core makes no difference.
_DUBLIN_CORE_ROLES = frozenset({"creator", "contributor"})


def _texts(found: Pairs, name: str, texts: Iterable[Text]) -> None:
    found += [(name, value) for text in texts for _, value in text.values]


def search_text(record: Record) -> str:
    """Every text of a record in one, normalised: what AnyText is compared with."""
    return search_text_of(values_of(record, identifier=record.metadata_identifier))


def search_text_of(values: Iterable[tuple[str, str]]) -> str:
    """The same, made of the record's values: each text once, on lines of its own."""
    texts = dict.fromkeys([value for name, value in values if name not in CODES])
    whole = "\n".join(texts)
    # Nothing is composed over the end of a line; and one by one they are needed again.
    return whole.lower() if whole.isascii() else "\n".join(map(normalise, texts))
