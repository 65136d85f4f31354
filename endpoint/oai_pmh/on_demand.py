"""Formats that are rendered when they are asked for, from the neutral record (docs/decisions/0009)."""

from __future__ import annotations

from catalogue.record import from_json
from catalogue.rendering import render
from catalogue.store.lists.feed import Feed, FeedPage, FeedQuery, Position, Told, Unrendered


def page(feed: Feed, query: FeedQuery, *, after: Position | None, limit: int) -> FeedPage | None:
    """A page of a list in such a format; None where there is nothing."""
    found = feed.unrendered(query, after=after, limit=limit)
    if found is None:
        return None
    content: list[bytes] = []
    for one in found.elements:
        content += rendered(one, query.prefix)
    return FeedPage(b"".join(content), len(found.elements), found.gone, found.position, found.newest)


def rendered(element: Told | Unrendered, prefix: str) -> Told:
    """A record element, in a row, with its metadata in this format: as they are stored, or rendered now.

    Rendered from what the rendition would have been made of at ingest: the same record always gives the
    same bytes, whether it is kept by now or not.
    """
    if not isinstance(element, Unrendered):
        return element
    metadata = render(
        from_json(element.neutral),
        prefix,
        identifier=element.file_identifier,
        datestamp=element.source_datestamp,
    )
    return element.begin, metadata, element.end
