"""Responsibilities and online resources of ISO 19115-1: CI_Responsibility, CI_OnlineResource."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from catalogue.record import Agent, Link, Text
from catalogue.xml import local_name
from harvester.mapping.gmd import (
    Locales,
    characters,
    characters_of,
    child_object,
    code,
    code_of,
    down,
    free_text,
    free_text_of,
    objects,
)
from harvester.mapping.texts import line


def responsibilities(element: etree._Element, locales: Locales, role: str) -> Iterator[Agent]:
    """The agents in a property that holds a CI_Responsibility; `role` where it names none.

    An e-mail address or a position names somebody too; an address alone does not.
    """
    responsibility = child_object(element)
    if responsibility is None:
        return
    role = code_of(responsibility, "{*}role") or role
    for party in objects(responsibility, "{*}party"):
        agent = (
            _individual(party, locales, role) if _is_person(party) else _organisation(party, locales, role)
        )
        if agent:
            yield agent


def _is_person(party: etree._Element) -> bool:
    return local_name(party).endswith("CI_Individual")


def _organisation(party: etree._Element, locales: Locales, role: str) -> Agent | None:
    """CI_Organisation, with the first person in it."""
    name = free_text_of(party, "{*}name", locales)
    person = down(party, "{*}individual")
    individual = characters_of(person, "{*}name") if person is not None else ""
    position = characters_of(person, "{*}positionName") if person is not None else ""
    details = _contact(person) if person is not None else {}
    details |= {key: value for key, value in _contact(party).items() if value}
    stand_in = individual or position or details.get("email", "")
    if name is None and not stand_in:
        return None
    return Agent(role, name or Text.of(stand_in), individual if name else "", position, **details)


def _individual(party: etree._Element, locales: Locales, role: str) -> Agent | None:
    """CI_Individual on its own."""
    name = free_text_of(party, "{*}name", locales)
    position = characters_of(party, "{*}positionName")
    details = _contact(party)
    stand_in = position or details.get("email", "")
    if name is None and not stand_in:
        return None
    return Agent(role, name or Text.of(stand_in), "", position, **details)


def _contact(party: etree._Element) -> dict[str, str]:
    """CI_Contact: what of it the neutral record keeps, the first of each."""
    found: dict[str, str] = {}
    for contact in objects(party, "{*}contactInfo"):
        for phone in objects(contact, "{*}phone"):
            if code_of(phone, "{*}numberType") != "facsimile":
                found.setdefault("telephone", characters_of(phone, "{*}number"))
        for address in objects(contact, "{*}address"):
            for part in address:
                name = _ADDRESS.get(local_name(part))
                if name:
                    found[name] = found.get(name) or characters(part)
        for online in objects(contact, "{*}onlineResource"):
            found.setdefault("url", characters_of(online, "{*}linkage"))
    return found


_ADDRESS: Final = {"electronicMailAddress": "email", "country": "country", "city": "city"}


def online_resource(resource: etree._Element, locales: Locales, title: Text | None = None) -> Link | None:
    """CI_OnlineResource; None where it has no address. `title` stands in for a missing name."""
    parts = {local_name(part): part for part in reversed(resource)}
    url = line(characters(parts["linkage"])) if "linkage" in parts else ""
    if not url:
        return None
    description = free_text(parts["description"], locales) if "description" in parts else None
    media_type = ""
    if "name" in parts:
        title = free_text(parts["name"], locales) or title
        # GeoNetwork puts the name of a download into a gcx:MimeFileType.
        kind = next(parts["name"].iterchildren("{*}MimeFileType"), None)
        media_type = kind.get("type", "") if kind is not None else ""
    protocol = characters(parts["protocol"]) if "protocol" in parts else ""
    function = code(parts["function"]) if "function" in parts else ""
    return Link(url, title, description, protocol, function, media_type)
