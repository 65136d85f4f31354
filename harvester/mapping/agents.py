"""Responsible parties: CI_ResponsibleParty of ISO 19115:2003, B.3.2."""

from __future__ import annotations

from typing import Final

from lxml import etree

from catalogue.record import UNDETERMINED, Agent, Text
from harvester.mapping.gmd import (
    GMD,
    Locales,
    characters,
    characters_of,
    child_object,
    code,
    down,
    first,
    free_text,
)
from harvester.mapping.texts import inner_text, line

#: Parts of a person's name in the Swiss profile, which has no individualName.
_NAME_PARTS: Final = (
    "{http://www.geocat.ch/2008/che}individualFirstName",
    "{http://www.geocat.ch/2008/che}individualLastName",
)


def responsible_party(party: etree._Element, locales: Locales, role: str) -> Agent | None:
    """The agent in a CI_ResponsibleParty; `role` where it names none. None where it names nobody.

    An e-mail address or a position names somebody too; an address alone does not.
    """
    organisation: Text | None = None
    individual = position = ""
    contact: etree._Element | None = None
    for element in party:
        tag = element.tag
        if tag == _ORGANISATION:
            organisation = free_text(element, locales)
        elif tag == _INDIVIDUAL:
            individual = characters(element)
        elif tag == _POSITION:
            position = characters(element)
        elif tag == _CONTACT:
            contact = element
        elif tag == _ROLE:
            role = code(element) or role
    if not individual:
        individual = line(" ".join(characters_of(party, tag) for tag in _NAME_PARTS))
    details = _contact(contact) if contact is not None else {}
    name = organisation or _stand_in(individual or position or details.get("email", ""))
    if name is None:
        return None
    return Agent(role, name, individual if organisation else "", position, **details)


_ORGANISATION: Final = GMD + "organisationName"
_INDIVIDUAL: Final = GMD + "individualName"
_POSITION: Final = GMD + "positionName"
_CONTACT: Final = GMD + "contactInfo"
_ROLE: Final = GMD + "role"


def _stand_in(name: str) -> Text | None:
    return Text.of(name, UNDETERMINED) if name else None


def _contact(element: etree._Element) -> dict[str, str]:
    """CI_Contact: what of it the neutral record keeps."""
    contact = child_object(element)
    if contact is None:
        return {}
    found: dict[str, str] = {}
    address = down(contact, GMD + "address")
    if address is not None:
        for part in address:
            name = _ADDRESS.get(part.tag)
            if name:
                found[name] = found.get(name) or characters(part)
    phone = down(contact, GMD + "phone")
    if phone is not None:
        found["telephone"] = characters_of(phone, GMD + "voice")
    online = down(contact, GMD + "onlineResource")
    linkage = first(online, GMD + "linkage") if online is not None else None
    if linkage is not None:
        found["url"] = line(inner_text(linkage))
    return found


_ADDRESS: Final[dict[object, str]] = {
    GMD + "electronicMailAddress": "email",
    GMD + "country": "country",
    GMD + "city": "city",
}
