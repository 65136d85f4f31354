"""The queryables: the properties of a record that a query may name, and their values.

Names are those of CSW 2.0.2 (07-006r1, section 6.3.2, table 4 and annex B) in lower case; every protocol maps
its own spelling (`dc:title`, `apiso:Title`, `Title`) to them at its edge.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from catalogue.record import Record, Text


def values_of(record: Record, *, identifier: str) -> list[tuple[str, str]]:
    """Every (queryable, value) pair of a record; `identifier` is the one that CSW gives out."""
    return list(dict.fromkeys(_pairs(record, identifier)))


def _pairs(record: Record, identifier: str) -> Iterator[tuple[str, str]]:
    yield "identifier", identifier
    yield from (("identifier", found.value) for found in record.identifiers)
    yield from _texts("title", record.title, *record.alternative_titles)
    yield from _texts("abstract", *record.descriptions)
    yield from _texts("subject", *(subject.label for subject in record.subjects))
    yield from _texts("type", *record.types)
    yield from _texts("coverage", *record.places)
    yield from (("format", value) for value in record.formats)
    yield from (("language", value) for value in record.languages)
    yield from (("relation", relation.value) for relation in record.relations)
    yield from (("source", relation.value) for relation in record.relations if relation.kind == "source")
    yield from _of_agents(record)
    yield from _of_dates(record)
    yield from _of_rights(record)


def _of_agents(record: Record) -> Iterator[tuple[str, str]]:
    for agent in record.agents:
        name = _AGENTS.get(agent.role, "contributor")
        if name:
            yield from _texts(name, agent.name)


def _of_dates(record: Record) -> Iterator[tuple[str, str]]:
    for date in record.dates:
        if date.value:
            yield "date", date.value
            yield date.kind, date.value


def _of_rights(record: Record) -> Iterator[tuple[str, str]]:
    for right in record.rights:
        if right.text:
            yield from _texts("rights", right.text)
        elif right.url:
            yield "rights", right.url


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


def _texts(name: str, *texts: Text) -> Iterator[tuple[str, str]]:
    for text in texts:
        for _, value in text.values:
            yield name, value


def search_text(record: Record) -> str:
    """Every text of a record in one, normalised: what AnyText is compared with."""
    return normalise(
        "\n".join(value for _, value in values_of(record, identifier=record.metadata_identifier))
    )


def normalise(text: str) -> str:
    """Compatibility forms composed, case folded."""
    return unicodedata.normalize("NFKC", text).casefold()
