"""Reader of records of OGC API - Records (OGC 20-004, section 8): GeoJSON features."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from msgspec.structs import replace

from catalogue import identifiers
from catalogue.errors import UnreadableRecord
from catalogue.languages import bcp47
from catalogue.record import (
    UNDETERMINED,
    Agent,
    DateKind,
    Identifier,
    Link,
    Period,
    Record,
    Right,
    Subject,
    Text,
)
from harvester.mapping import dates, extents
from harvester.mapping.draft import Draft
from harvester.mapping.json_values import long_text, member, objects, several, text, texts

_DATES: Final[tuple[tuple[str, DateKind], ...]] = (
    ("issued", "issued"),
    ("published", "issued"),
    ("modified", "modified"),
    ("date", "date"),
)
#: Links that lead about in the catalogue, and not to the resource.
_OF_THE_CATALOGUE: Final = frozenset(
    {"self", "root", "parent", "collection", "alternate", "prev", "next", "first", "last", "items"}
)


def read(feature: Any) -> Record:
    """The record in a feature.

    Raises:
        UnreadableRecord: it is no feature, or nothing in it says what the resource is about.
    """
    properties = member(feature, "properties")
    if not isinstance(properties, dict):
        raise UnreadableRecord("ogc_record.no-properties", "/properties", "", "the record has no properties")
    draft = Draft(_language(properties))
    for part in (_texts, _subjects, _agents, _dates, _names, _rights, _extent):
        part(draft, feature, properties)
    return replace(
        draft.record("ogc_record.no-title"),
        metadata_identifier=text(member(feature, "id")),
        metadata_date=dates.w3cdtf(text(member(properties, "updated", "created"))),
        metadata_language="" if draft.language == UNDETERMINED else draft.language,
    )


def _language(properties: dict[str, Any]) -> str:
    """The language of the record itself: a code, or an object with one."""
    language = member(properties, "language")
    return bcp47(text(member(language, "code") or language)) or UNDETERMINED


def _texts(draft: Draft, _: Any, properties: dict[str, Any]) -> None:
    title = text(member(properties, "title"))
    if title:
        draft.titles.append(Text.of(title, draft.language))
    description = long_text(member(properties, "description"))
    if description:
        draft.descriptions.append(Text.of(description, draft.language))
    draft.types.extend(Text.of(found) for found in texts(member(properties, "type")))
    draft.formats.extend(_named(member(properties, "formats"), "name", "mediaType"))
    for found in _named(member(properties, "resourceLanguages", "languages"), "code"):
        tag = bcp47(found)
        if tag and tag not in draft.languages:
            draft.languages.append(tag)


def _named(value: Any, *names: str) -> Iterator[str]:
    """Strings, or the named member of objects in their place."""
    for one in several(value):
        found = text(member(one, *names) if isinstance(one, dict) else one)
        if found:
            yield found


def _subjects(draft: Draft, _: Any, properties: dict[str, Any]) -> None:
    for keyword in texts(member(properties, "keywords")):
        draft.subjects.append(Subject(Text.of(keyword, draft.language)))
    for theme in objects(member(properties, "themes")):
        scheme = text(member(theme, "scheme"))
        for concept in objects(member(theme, "concepts")):
            label = text(member(concept, "title", "description", "id"))
            uri = identifiers.web_address(text(member(concept, "url", "id")))
            if label:
                draft.subjects.append(Subject(Text.of(label, draft.language), "theme", scheme, uri))


def _agents(draft: Draft, _: Any, properties: dict[str, Any]) -> None:
    for contact in objects(member(properties, "contacts", "providers")):
        individual, organisation = text(member(contact, "name")), text(member(contact, "organization"))
        name = organisation or individual
        if not name:
            continue
        address = next(iter(objects(member(contact, "addresses"))), {})
        links = objects(member(contact, "links"))
        for role in texts(member(contact, "roles")) or ["pointOfContact"]:
            draft.agents.append(
                Agent(
                    role,
                    Text.of(name, draft.language),
                    individual=individual if organisation else "",
                    position=text(member(contact, "position")),
                    email=next(_named(member(contact, "emails"), "value"), ""),
                    telephone=next(_named(member(contact, "phones"), "value"), ""),
                    url=next((url for link in links if (url := _address(link))), ""),
                    country=text(member(address, "country")),
                    city=text(member(address, "city")),
                )
            )


def _dates(draft: Draft, _: Any, properties: dict[str, Any]) -> None:
    # `created` and `updated` are those of the record, and say nothing of the resource.
    for name, kind in _DATES:
        for sent in texts(member(properties, name)):
            draft.dates.append(dates.date_of(kind, sent))


def _names(draft: Draft, feature: Any, properties: dict[str, Any]) -> None:
    own = text(member(feature, "id"))
    external = member(properties, "externalIds", "externalId")
    for one in several(external):
        value = text(member(one, "value") if isinstance(one, dict) else one)
        if value:
            sent = text(member(one, "scheme")).lower()
            draft.identifiers.append(Identifier(value, identifiers.scheme(value) or sent))
    if own and all(found.value != own for found in draft.identifiers):
        draft.identifiers.append(Identifier(own, identifiers.scheme(own)))
    for link in objects(member(feature, "links")):
        url, relation = _address(link), text(member(link, "rel"))
        if url and relation not in _OF_THE_CATALOGUE:
            title = text(member(link, "title"))
            named = Text.of(title, draft.language) if title else None
            draft.links.append(Link(url, named, protocol=text(member(link, "protocol", "type"))))


def _address(link: dict[str, Any]) -> str:
    return identifiers.web_address(text(member(link, "href")))


def _rights(draft: Draft, _: Any, properties: dict[str, Any]) -> None:
    licence = member(properties, "license")
    for kind, sent in (("license", licence), ("rights", member(properties, "rights"))):
        value = long_text(sent if not isinstance(sent, dict) else member(sent, "name", "url"))
        if value:
            url = identifiers.web_address(value)
            draft.rights.append(Right(None if url else Text.of(value, draft.language), kind, url))


def _extent(draft: Draft, feature: Any, properties: dict[str, Any]) -> None:
    positions = list(_positions(member(member(feature, "geometry"), "coordinates"), 0))
    if positions:
        west, east = min(x for x, _ in positions), max(x for x, _ in positions)
        south, north = min(y for _, y in positions), max(y for _, y in positions)
        found = extents.box(west, south, east, north)
        if found:
            draft.boxes.append(found)
    time = member(feature, "time") or member(properties, "time")
    interval = several(member(time, "interval"))
    ends = [_open(end) for end in interval] if interval else [_open(member(time, "timestamp", "date"))]
    if any(ends):
        begin, end = ends[0], ends[-1]
        draft.periods.append(Period(begin, end))


def _open(end: Any) -> str:
    """One end of an interval; `..` leaves it open."""
    sent = text(end)
    return "" if sent == ".." else dates.w3cdtf(sent)


def _positions(coordinates: Any, depth: int) -> Iterator[tuple[float, float]]:
    """Every position of a geometry, however deep its arrays are."""
    if not isinstance(coordinates, list) or depth > 5:  # noqa: PLR2004 - a MultiPolygon has 4
        return
    if len(coordinates) >= 2 and all(_is_number(one) for one in coordinates[:2]):  # noqa: PLR2004
        yield float(coordinates[0]), float(coordinates[1])
        return
    for part in coordinates:
        yield from _positions(part, depth + 1)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e6  # noqa: PLR2004
