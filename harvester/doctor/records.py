"""The sampled records: read as a harvest reads them, and shown as sent, as understood, as they will look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from lxml import etree

from catalogue.checkup import Hit, Sample
from catalogue.errors import UnreadableRecord
from catalogue.record import UNDETERMINED, Record, Text
from catalogue.rendering import render
from catalogue.xml import clean, parse
from harvester.clients.base import Item
from harvester.doctor.observation import Understood, spread
from harvester.mapping.registry import read

#: Records that quality is judged by, and that are shown.
JUDGED: Final = 100
SHOWN: Final = 10
#: Characters of a record as sent, of a value, and values that are shown.
_SENT: Final = 6000
_VALUE: Final = 400
_MOST_VALUES: Final = 40


def understood(items: Sequence[Item]) -> tuple[Understood, ...]:
    """Records from the whole list, each read as a harvest would read it."""
    alive = [item for item in items if not item.deleted]
    return tuple(_understood(item) for item in spread(alive, JUDGED))


def _understood(item: Item) -> Understood:
    if item.fault is not None or item.payload is None:
        fault = item.fault
        return Understood(item, rule=fault.rule if fault else "", message=fault.message if fault else "")
    try:
        form, record = read(item.payload)
    except UnreadableRecord as error:
        return Understood(item, rule=error.rule, message=str(error)[:_VALUE])
    return Understood(item, form.prefix, record)


def samples(found: Sequence[Understood]) -> tuple[Sample, ...]:
    """Ten of them, from the whole list, as people want to see them."""
    return tuple(map(_sample, spread(found, SHOWN)))


def _sample(one: Understood) -> Sample:
    item, record = one.item, one.record
    sent = clean((item.payload or b"").decode("utf-8", "replace"))
    shown = sent if len(sent) <= _SENT else f"{sent[:_SENT]}\n…"
    if record is None:
        why = f"{one.rule}: {one.message}" if one.rule else one.message
        return Sample(clean(item.identifier)[:_VALUE], item.datestamp[:50], shown, fault=clean(why))
    served = render(record, "oai_dc", identifier=item.identifier, datestamp=item.datestamp)
    return Sample(
        clean(item.identifier)[:_VALUE],
        item.datestamp[:50],
        shown,
        one.format,
        tuple(_rows(record))[:_MOST_VALUES],
        _hit(record),
        _indented(served),
    )


def _indented(document: bytes) -> str:
    root = parse(document)
    etree.indent(root)
    text: str = etree.tostring(root, encoding="unicode")
    return text if len(text) <= _SENT else f"{text[:_SENT]}\n…"


def _hit(record: Record) -> Hit:
    """As the search page shows it: title, who, when, what, and where it is."""
    who = next(iter(record.agents_as("creator", "author", "publisher", "pointOfContact")), None)
    return Hit(
        _cut(record.title.default),
        _language(record.title),
        _cut(record.abstract.default) if record.abstract else "",
        _cut(str(who.name)) if who else "",
        record.date("issued", "date", "created", "modified", "available"),
        _cut(str(record.types[0])) if record.types else "",
        link_of(record)[:2000],
    )


def link_of(record: Record) -> str:
    """Where the resource is: its first link, or an identifier that is an address; else empty."""
    links = [link.url for link in record.links]
    named = [one.value for one in record.identifiers if one.value.startswith(("http://", "https://"))]
    dois = [f"https://doi.org/{one.value}" for one in record.identifiers if one.scheme == "doi"]
    found = [url for url in (*links, *named) if url.startswith(("http://", "https://"))]
    return next(iter((*found, *dois)), "")


def _language(text: Text) -> str:
    return "" if text.default_language == UNDETERMINED else text.default_language


def _rows(record: Record) -> Iterator[tuple[str, str]]:
    """The fields of the neutral record with something in them."""
    yield from _texts("title", record.title, *record.alternative_titles)
    yield from _texts("description", *record.descriptions)
    for agent in record.agents:
        yield f"agent: {agent.role}", _cut(str(agent.name) or agent.individual)
    for date in record.dates:
        yield f"date: {date.kind}", _cut(date.value or f"{date.text} (?)")
    yield from _texts("subject", *(subject.label for subject in record.subjects))
    yield from _texts("type", *record.types)
    for name, values in (("language", record.languages), ("format", record.formats)):
        yield from ((name, _cut(value)) for value in values)
    for identifier in record.identifiers:
        scheme = f" ({identifier.scheme})" if identifier.scheme else ""
        yield "identifier", _cut(f"{identifier.value}{scheme}")
    yield from (("link", _cut(link.url)) for link in record.links)
    for right in record.rights:
        yield f"rights: {right.kind}", _cut(str(right.text or right.url))
    yield from _texts("place", *record.places)
    for box in record.boxes:
        yield "box", f"{box.west} {box.south} {box.east} {box.north}"


def _texts(name: str, *texts: Text) -> Iterator[tuple[str, str]]:
    for text in texts:
        for language, value in text.values:
            yield name, _cut(value if language == UNDETERMINED else f"{value} [{language}]")


def _cut(text: str) -> str:
    line = " ".join(clean(text).split())
    return line if len(line) <= _VALUE else f"{line[:_VALUE]}…"
