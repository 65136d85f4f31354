"""Formats that are rendered when they are asked for, from the neutral record (docs/decisions/0009)."""

from __future__ import annotations

from collections.abc import Iterable

from catalogue.record import from_json
from catalogue.rendering import render
from catalogue.store.feed import FeedEntry


def rendered(entries: Iterable[FeedEntry], prefix: str) -> list[FeedEntry]:
    """The entries with their metadata in this format: as they are stored, or rendered now.

    Rendered from what the rendition would have been made of at ingest: the same record always gives the
    same bytes.
    """
    return [
        entry
        if entry.body is not None or entry.neutral is None or entry.deleted
        else entry._replace(
            body=render(
                from_json(entry.neutral),
                prefix,
                identifier=entry.file_identifier,
                datestamp=entry.source_datestamp,
            )
        )
        for entry in entries
    ]
