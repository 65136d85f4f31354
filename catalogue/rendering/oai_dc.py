"""Writer of oai_dc (OAI-PMH 2.0, section 2.5): fifteen elements, repeated as needed, xml:lang on texts."""

from __future__ import annotations

from typing import Final

from catalogue import namespaces as ns
from catalogue.formats import OAI_DC
from catalogue.record import UNDETERMINED, Agent, Record, Relation, Text
from catalogue.rendering import dublin_core
from catalogue.rendering.markup import document, escape, language_attribute

_HEAD: Final = (
    f'<oai_dc:dc xmlns:oai_dc="{ns.OAI_DC}" xmlns:dc="{ns.DC}" xmlns:xsi="{ns.XSI}"'
    f' xsi:schemaLocation="{ns.OAI_DC} {OAI_DC.schema}">'
)
_FOOT: Final = "</oai_dc:dc>"


def write(record: Record) -> bytes:
    """The record as one oai_dc:dc element."""
    agents = dublin_core.agents(record)
    out = [_HEAD]
    _texts(out, "title", (record.title, *record.alternative_titles))
    _agents(out, "creator", agents["creator"])
    _texts(out, "subject", [subject.label for subject in record.subjects])
    _texts(out, "description", record.descriptions)
    if record.lineage:
        _text(out, "description", record.lineage)
    _agents(out, "publisher", agents["publisher"])
    _agents(out, "contributor", agents["contributor"])
    _plain(out, "date", [dublin_core.date_value(date) for date in dublin_core.dates(record)])
    _texts(out, "type", record.types)
    _plain(out, "format", record.formats)
    _plain(out, "identifier", dublin_core.identifiers(record))
    _relations(out, dublin_core.relations(record))
    _plain(out, "language", record.languages)
    _coverage(out, record)
    for right in record.rights:
        _values(out, "rights", tuple(dublin_core.right_values(right)))
    out.append(_FOOT)
    return document(out)


def _values(out: list[str], name: str, values: tuple[tuple[str, str], ...]) -> None:
    for language, value in values:
        if value:
            attribute = "" if language == UNDETERMINED else language_attribute(language)
            out.append(f"<dc:{name}{attribute}>{escape(value)}</dc:{name}>")


def _text(out: list[str], name: str, text: Text) -> None:
    _values(out, name, text.values)


def _texts(out: list[str], name: str, texts: tuple[Text, ...] | list[Text]) -> None:
    for text in texts:
        _values(out, name, text.values)


def _plain(out: list[str], name: str, values: tuple[str, ...] | list[str]) -> None:
    out += [f"<dc:{name}>{escape(value)}</dc:{name}>" for value in values if value]


def _agents(out: list[str], name: str, agents: list[Agent]) -> None:
    """The person where one is named as author, else the organisation."""
    for agent in agents:
        if agent.individual and name == "creator":
            out.append(f"<dc:{name}>{escape(agent.individual)}</dc:{name}>")
        else:
            _values(out, name, agent.name.values)


def _relations(out: list[str], relations: list[Relation]) -> None:
    for relation in relations:
        _plain(out, "source" if relation.kind == "source" else "relation", (relation.value,))


def _coverage(out: list[str], record: Record) -> None:
    _texts(out, "coverage", record.places)
    _plain(out, "coverage", [dublin_core.box(box) for box in record.boxes])
    _plain(out, "coverage", [dublin_core.period(period) for period in record.periods])
