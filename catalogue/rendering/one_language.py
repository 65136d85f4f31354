"""A record in one of its languages: each text in the one that is wanted, or in its own where it has none."""

from __future__ import annotations

from typing import overload

from msgspec.structs import replace

from catalogue.record import Record, Text


def in_language(record: Record, wanted: str) -> Record:
    """The record with one value of each text; `wanted` is BCP 47, and means its regions and scripts too."""
    return replace(
        record,
        title=_one(record.title, wanted),
        alternative_titles=_each(record.alternative_titles, wanted),
        descriptions=_each(record.descriptions, wanted),
        agents=tuple(replace(agent, name=_one(agent.name, wanted)) for agent in record.agents),
        subjects=tuple(replace(subject, label=_one(subject.label, wanted)) for subject in record.subjects),
        types=_each(record.types, wanted),
        relations=tuple(replace(one, title=_one(one.title, wanted)) for one in record.relations),
        rights=tuple(replace(right, text=_one(right.text, wanted)) for right in record.rights),
        links=tuple(
            replace(link, title=_one(link.title, wanted), description=_one(link.description, wanted))
            for link in record.links
        ),
        places=_each(record.places, wanted),
        lineage=_one(record.lineage, wanted),
        conformance=tuple(
            replace(one, title=_one(one.title, wanted), explanation=_one(one.explanation, wanted))
            for one in record.conformance
        ),
        security=tuple(replace(one, note=_one(one.note, wanted)) for one in record.security),
    )


def _each(texts: tuple[Text, ...], wanted: str) -> tuple[Text, ...]:
    return tuple(_one(text, wanted) for text in texts)


@overload
def _one(text: Text, wanted: str) -> Text: ...
@overload
def _one(text: None, wanted: str) -> None: ...
@overload
def _one(text: Text | None, wanted: str) -> Text | None: ...


def _one(text: Text | None, wanted: str) -> Text | None:
    if text is None or len(text.values) <= 1:
        return text
    exact = [pair for pair in text.values if pair[0] == wanted]
    near = [pair for pair in text.values if pair[0].partition("-")[0] == wanted.partition("-")[0]]
    return Text((*exact, *near, *text.values)[:1])
