"""The feed's lists as streams of bytes: what a dump's files hold.

A file of a metadata format is one answer to ListRecords (OAI-PMH 2.0, section 4.5), whole and without
resumptionToken: whatever reads the feed reads it too. The file of the neutral records is NDJSON, one
object a line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from catalogue.oai_record import utc
from catalogue.store.lists.feed import FeedEntry, FeedPage, FeedQuery, Position
from endpoint.oai_pmh import envelope, on_demand
from endpoint.oai_pmh.arguments import Pairs
from endpoint.oai_pmh.errors import NoRecordsMatch
from endpoint.oai_pmh.provider import ON_DEMAND, Provider

#: Entries that are read at a time.
PAGE = 500
#: Every record has this format: its list is the list of all records.
EVERYTHING = "oai_dc"


@dataclass(frozen=True, slots=True)
class Span:
    """Which part of the feed a dump tells. Datestamps in seconds."""

    #: None for a full dump.
    since: int | None
    #: The newest datestamp when the dump began; what changes while it is written stands behind it.
    snapshot: int
    response_date: int


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a file."""

    content: bytes
    records: int = 0
    deleted: int = 0


def _pages(provider: Provider, prefix: str, span: Span) -> Iterator[FeedPage]:
    """The elements of a list, some at a time, in the order of their datestamps."""
    query, feed = FeedQuery(prefix, None, span.since, span.snapshot), provider.store.feed
    after: Position | None = None
    more = True
    while more:
        if prefix in ON_DEMAND:
            found = on_demand.page(feed, query, after=after, limit=PAGE)
        else:
            found = feed.page(query, after=after, limit=PAGE, tally=True)
        if found is None:
            return
        yield found
        after = found.position
        more = after is not None


def _entries(provider: Provider, span: Span) -> Iterator[list[FeedEntry]]:
    """What is known of all records, some at a time, in the same order."""
    query = FeedQuery(EVERYTHING, None, span.since, span.snapshot)
    after: Position | None = None
    while found := provider.store.feed.entries(query, after=after, limit=PAGE, bodies=False):
        yield found
        after = Position(found[-1].datestamp, found[-1].record_id)


def xml(provider: Provider, prefix: str, span: Span) -> Iterator[Part]:
    """The list of a metadata format, as one answer to ListRecords."""
    pairs: Pairs = [("verb", "ListRecords"), ("metadataPrefix", prefix)]
    if span.since is not None:
        pairs = [*pairs, ("from", utc(span.since))]
    about: dict[str, Any] = {
        "response_date": span.response_date,
        "pairs": pairs,
        "base_url": provider.base_url,
    }
    begun = False
    for found in _pages(provider, prefix, span):
        if not begun:
            begun = True
            yield Part(envelope.opening("ListRecords", **about))
        yield Part(found.content, found.entries, found.gone)
    if begun:
        yield Part(envelope.closing("ListRecords"))
    else:
        yield Part(envelope.error_answer(NoRecordsMatch("Nothing has changed"), **about))


def ndjson(provider: Provider, span: Span) -> Iterator[Part]:
    """The neutral records, one JSON object a line; of a deleted one without `record`."""
    addresses = {source.id: source.base_url for source in provider.store.sources.all()}
    encoder = msgspec.json.Encoder()
    for found in _entries(provider, span):
        bodies = provider.store.records.neutral([entry.record_id for entry in found if not entry.deleted])
        lines = bytearray()
        for entry in found:
            encoder.encode_into(_line(entry, addresses, bodies), lines, -1)
            lines += b"\n"
        yield Part(bytes(lines), len(found), sum(1 for entry in found if entry.deleted))


def _line(entry: FeedEntry, addresses: dict[str, str], bodies: dict[int, bytes]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "identifier": entry.identifier,
        "datestamp": utc(entry.datestamp),
        "deleted": bool(entry.deleted),
        "sets": entry.set_specs.split(),
        "source": {
            "id": entry.source_id,
            "base_url": addresses.get(entry.source_id, ""),
            "identifier": entry.source_identifier,
            "datestamp": entry.source_datestamp,
            "format": entry.metadata_prefix,
        },
    }
    body = bodies.get(entry.record_id)
    if body is not None and not entry.deleted:
        said["record"] = msgspec.Raw(body)
    return said
