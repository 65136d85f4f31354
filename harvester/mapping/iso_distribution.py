"""Distribution of ISO 19115:2003, B.2.10: formats, distributors and online resources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from catalogue import namespaces as ns
from catalogue.record import Link, Text
from harvester.mapping.agents import responsible_party
from harvester.mapping.gmd import (
    GMD,
    Locales,
    characters,
    characters_of,
    child_object,
    code,
    first,
    free_text,
    objects,
)
from harvester.mapping.iso_draft import IsoDraft
from harvester.mapping.texts import inner_text

_MIME_FILE_TYPE: Final = f"{{{ns.GMX}}}MimeFileType"


def read_distribution(draft: IsoDraft, element: etree._Element) -> None:
    """gmd:distributionInfo: MD_Distribution."""
    distribution = child_object(element)
    if distribution is None:
        return
    for part in distribution:
        found = child_object(part)
        if found is None:
            continue
        if part.tag == GMD + "transferOptions":
            _transfer(draft, found)
        elif part.tag == GMD + "distributionFormat":
            _format(draft, found)
        elif part.tag == GMD + "distributor":
            _distributor(draft, found)


def _format(draft: IsoDraft, found: etree._Element) -> None:
    """MD_Format, and who distributes in it."""
    name = characters_of(found, GMD + "name")
    if name:
        draft.formats.append(name)
    for distributor in objects(found, GMD + "formatDistributor"):
        _distributor(draft, distributor)


def _distributor(draft: IsoDraft, distributor: etree._Element) -> None:
    """MD_Distributor: who, in which formats, and where."""
    for party in objects(distributor, GMD + "distributorContact"):
        agent = responsible_party(party, draft.locales, "distributor")
        if agent:
            draft.agents.append(agent)
    for found in objects(distributor, GMD + "distributorFormat"):
        name = characters_of(found, GMD + "name")
        if name:
            draft.formats.append(name)
    for options in objects(distributor, GMD + "distributorTransferOptions"):
        _transfer(draft, options)


def _transfer(draft: IsoDraft, options: etree._Element) -> None:
    """MD_DigitalTransferOptions."""
    for resource in objects(options, GMD + "onLine"):
        link = online_resource(resource, draft.locales)
        if link:
            draft.links.append(link)


def online_resource(resource: etree._Element, locales: Locales, title: Text | None = None) -> Link | None:
    """CI_OnlineResource; None where it has no address. `title` stands in for a missing name."""
    linkage = first(resource, GMD + "linkage")
    url = next(_addresses(linkage), "") if linkage is not None else ""
    if not url:
        return None
    description: Text | None = None
    protocol = function = media_type = ""
    for part in resource:
        tag = part.tag
        if tag == GMD + "name":
            title = free_text(part, locales) or title
            media_type = _media_type(part)
        elif tag == GMD + "description":
            description = free_text(part, locales)
        elif tag == GMD + "protocol":
            protocol = characters(part)
        elif tag == GMD + "function":
            function = code(part)
    return Link(url, title, description, protocol, function, media_type)


def _addresses(linkage: etree._Element) -> Iterator[str]:
    """The addresses in a linkage: one, or, in the Swiss profile, one a language."""
    for element in linkage.iterdescendants("*"):
        text = (element.text or "").strip()
        if text:
            yield text
    bare = inner_text(linkage).strip()
    if bare:
        yield bare


def _media_type(name: etree._Element) -> str:
    """The media type of a gmx:MimeFileType, in which GeoNetwork puts the name of a download."""
    kind = first(name, _MIME_FILE_TYPE)
    return kind.get("type", "") if kind is not None else ""
