"""Items on their way in: read, (classify,) render. No store and no network: pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from lxml import etree

from catalogue import oai_identifier
from catalogue.defaults import NONE, Defaults, without_marks
from catalogue.errors import UnreadableRecord
from catalogue.formats import ISO19139, RENDERED, MetadataFormat
from catalogue.provenance import NOTHING, About, read_about
from catalogue.record import Record
from catalogue.rendering import render
from catalogue.run import Fault
from catalogue.sets import SetTree
from catalogue.store.holdings.payloads import digest
from catalogue.store.holdings.records import Known, Write
from catalogue.values import search_text_of, values_of
from harvester.deduplication import keys_of
from harvester.mapping.defaults import with_defaults
from harvester.mapping.registry import read

#: Characters of an identifier of ours: every database can index so many.
IDENTIFIER_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class Arrival:
    """One item as it arrives, from a page or from the stored payloads."""

    source_id: str
    #: Ours.
    identifier: str
    source_identifier: str
    source_datestamp: str
    payload: bytes
    payload_digest: bytes
    known: Known | None
    #: The about elements as sent, and what they say.
    about_sent: bytes = b""
    about: About = NOTHING
    #: Names of the repairs that its answer needed.
    repairs: tuple[str, ...] = ()
    #: The payload as an element of the page's tree, where it was parsed already.
    element: etree._Element | None = None

    @classmethod
    def of(
        cls,
        namespace: str,
        source_id: str,
        *,
        source_identifier: str,
        datestamp: str,
        payload: bytes,
        about: bytes = b"",
    ) -> Arrival:
        """An item of which it is not yet known whether the store holds it."""
        return cls(
            source_id,
            oai_identifier.mint(namespace, source_id, source_identifier),
            source_identifier,
            datestamp,
            payload,
            digest(payload),
            known=None,
            about_sent=about,
            about=read_about(about),
        )


def prepare(arrival: Arrival, sets: SetTree, defaults: Defaults = NONE) -> Write | Fault:
    """Make everything of an item that the store keeps; a Fault where it cannot be read."""
    return prepare_all([arrival], sets, defaults)[0]


def prepare_all(arrivals: Iterable[Arrival], sets: SetTree, defaults: Defaults = NONE) -> list[Write | Fault]:
    """Make everything of a page's items, one stage after another.

    Each stage finds its code and its tables at hand in the processor: item by item, the same work takes a
    fourth longer.
    """
    found = [_read(arrival, defaults) for arrival in arrivals]
    taken = [one for one in found if isinstance(one, _Read)]
    renditions = [_renditions(one) for one in taken]
    values = [values_of(one.record, identifier=one.file_identifier) for one in taken]
    keys = [_keys(one) for one in taken]
    made = zip(taken, renditions, values, keys, strict=True)
    return [_write(*next(made), sets=sets) if isinstance(one, _Read) else one for one in found]


class _Read(NamedTuple):
    """An item that could be read."""

    arrival: Arrival
    native: MetadataFormat
    record: Record
    file_identifier: str
    #: Names of what was done to it on the way.
    repairs: tuple[str, ...]


def _read(arrival: Arrival, defaults: Defaults) -> _Read | Fault:
    if len(arrival.identifier) > IDENTIFIER_LIMIT:
        message = f"the identifier is longer than {IDENTIFIER_LIMIT} characters"
        return _fault(arrival, UnreadableRecord("identifier.too-long", "identifier", message=message))
    try:
        native, record = read(arrival.payload, element=arrival.element)
    except UnreadableRecord as error:
        return _fault(arrival, error)
    repairs = without_marks(arrival.repairs) if arrival.repairs else ()
    if defaults != NONE:
        record, marks = with_defaults(record, defaults)
        repairs += marks
    file_identifier = _file_identifier(native.prefix, record, arrival.identifier)
    return _Read(arrival, native, record, file_identifier, repairs)


def _renditions(item: _Read) -> dict[str, bytes]:
    arrival, native, record, identifier, _ = item
    made = {
        form.prefix: render(record, form.prefix, identifier=identifier, datestamp=arrival.source_datestamp)
        for form in RENDERED
        if form.prefix != native.prefix
    }
    if native.as_sent:
        made[native.prefix] = arrival.payload
    return made


def _keys(item: _Read) -> tuple[int, ...]:
    arrival = item.arrival
    origins = [(origin.base_url, origin.identifier) for origin in arrival.about.origins]
    return keys_of(item.record, source_identifier=arrival.source_identifier, origins=origins)


def _write(
    item: _Read,
    renditions: dict[str, bytes],
    values: list[tuple[str, str]],
    match_keys: tuple[int, ...],
    *,
    sets: SetTree,
) -> Write:
    arrival, native, record, file_identifier, repairs = item
    return Write(
        known=arrival.known,
        identifier=arrival.identifier,
        source_identifier=arrival.source_identifier,
        source_datestamp=arrival.source_datestamp,
        metadata_prefix=native.prefix,
        payload=arrival.payload,
        payload_digest=arrival.payload_digest,
        record=record,
        renditions=renditions,
        set_specs=sets.of(arrival.source_id, record.concepts),
        file_identifier=file_identifier,
        values=values,
        search_text=search_text_of(values),
        about_sent=arrival.about_sent,
        about=arrival.about,
        match_keys=match_keys,
        repairs=repairs,
    )


def _file_identifier(prefix: str, record: Record, identifier: str) -> str:
    """What stands in gmd:fileIdentifier: the node's own where its record is ISO 19139, else ours."""
    own = record.metadata_identifier if prefix == ISO19139.prefix else ""
    return own if own and len(own) <= IDENTIFIER_LIMIT else identifier


def _fault(arrival: Arrival, error: UnreadableRecord) -> Fault:
    return Fault(
        rule=error.rule,
        message=str(error),
        source_identifier=arrival.source_identifier,
        path=error.path,
        value=error.value,
        payload_digest=arrival.payload_digest,
        source_datestamp=arrival.source_datestamp,
        repairs=arrival.repairs,
    )
