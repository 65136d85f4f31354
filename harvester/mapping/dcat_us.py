"""Reader of a dataset of DCAT-US 1.1 (Project Open Data): an object of the catalogue file `data.json`."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from catalogue import identifiers
from catalogue.languages import bcp47
from catalogue.record import UNDETERMINED, Agent, DateKind, Identifier, Link, Record, Right, Subject, Text
from harvester.mapping import dates, extents
from harvester.mapping.draft import Draft
from harvester.mapping.json_values import long_text, member, objects, text, texts

#: What marks an object as a dataset of DCAT, where it does not say so by `@type`.
_OWN: Final = frozenset({"distribution", "contactPoint", "accessLevel", "landingPage", "bureauCode"})
_DATES: Final[tuple[tuple[str, DateKind], ...]] = (("issued", "issued"), ("modified", "modified"))


def is_dataset(found: Any) -> bool:
    """Whether an object is a dataset of DCAT."""
    return isinstance(found, dict) and (
        text(member(found, "@type")).endswith("Dataset")
        or ("properties" not in found and not _OWN.isdisjoint(found))
    )


def read(found: dict[str, Any]) -> Record:
    """The record in a dataset.

    Raises:
        UnreadableRecord: nothing in it says what it is about.
    """
    languages = [tag for one in texts(member(found, "language")) if (tag := bcp47(one))]
    draft = Draft(languages[0] if len(languages) == 1 else UNDETERMINED)
    draft.languages.extend(dict.fromkeys(languages))
    _texts(draft, found)
    _agents(draft, found)
    for name, kind in _DATES:
        for sent in texts(member(found, name)):
            draft.dates.append(dates.date_of(kind, sent))
    _links(draft, found)
    _rights(draft, found)
    _extent(draft, found)
    own = text(member(found, "identifier", "@id"))
    if own:
        draft.identifiers.append(Identifier(own, identifiers.scheme(own)))
    return replace(draft.record("dcat_us.no-title"), metadata_identifier=own)


def _texts(draft: Draft, found: dict[str, Any]) -> None:
    title, description = text(member(found, "title")), long_text(member(found, "description"))
    if title:
        draft.titles.append(Text.of(title, draft.language))
    if description:
        draft.descriptions.append(Text.of(description, draft.language))
    draft.types.append(Text.of("dataset"))
    for keyword in texts(member(found, "keyword", "keywords")):
        draft.subjects.append(Subject(Text.of(keyword, draft.language)))
    for theme in texts(member(found, "theme")):
        draft.subjects.append(
            Subject(Text.of(theme, draft.language), "theme", uri=identifiers.web_address(theme))
        )


def _agents(draft: Draft, found: dict[str, Any]) -> None:
    for publisher in objects(member(found, "publisher")):
        name = text(member(publisher, "name"))
        if name:
            draft.agents.append(Agent("publisher", Text.of(name, draft.language)))
    for contact in objects(member(found, "contactPoint")):
        name = text(member(contact, "fn", "name"))
        email = text(member(contact, "hasEmail", "email")).removeprefix("mailto:")
        if name or email:
            draft.agents.append(Agent("pointOfContact", Text.of(name or email, draft.language), email=email))


def _links(draft: Draft, found: dict[str, Any]) -> None:
    for name in ("landingPage", "references"):
        for sent in texts(member(found, name)):
            if identifiers.web_address(sent):
                draft.links.append(Link(sent))
    for one in objects(member(found, "distribution")):
        form = text(member(one, "format", "mediaType"))
        if form and form not in draft.formats:
            draft.formats.append(form)
        url = identifiers.web_address(text(member(one, "downloadURL", "accessURL")))
        title = text(member(one, "title"))
        if url:
            named = Text.of(title, draft.language) if title else None
            draft.links.append(Link(url, named, protocol=text(member(one, "mediaType"))))


def _rights(draft: Draft, found: dict[str, Any]) -> None:
    for name, kind in (("license", "license"), ("rights", "rights"), ("accessLevel", "accessRights")):
        value = long_text(member(found, name))
        if value:
            url = identifiers.web_address(value)
            draft.rights.append(Right(None if url else Text.of(value, draft.language), kind, url))


def _extent(draft: Draft, found: dict[str, Any]) -> None:
    """`spatial` is a name, a point or `west,south,east,north`; `temporal` an interval with a slash."""
    for sent in texts(member(found, "spatial")):
        edges = [extents.decimal(part) for part in sent.split(",")]
        box = extents.box(*edges) if len(edges) == 4 else None  # noqa: PLR2004 - edges
        if box:
            draft.boxes.append(box)
        else:
            draft.places.append(Text.of(sent, draft.language))
    for sent in texts(member(found, "temporal")):
        period = dates.period_of(sent)
        if period:
            draft.periods.append(period)
