"""Whom a record itself names as its contact, as far as that can be found without understanding the record."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from lxml import etree

_MAIL: Final = re.compile(rb"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24}")
#: Elements whose text names whoever looks after a record, in any format; the first that is there counts.
_NAMES: Final = (
    "organisationName", "organizationName", "individualName", "publisher", "creator", "publisherName",
    "creatorName", "name",
)  # fmt: skip
_LONGEST: Final = 120
_BYTES: Final = 200_000


@dataclass(frozen=True, slots=True, order=True)
class Contact:
    """Somebody who can mend a record; both empty where the record names nobody."""

    name: str = ""
    mail: str = ""


def contact_of(payload: bytes) -> Contact:
    """The contact that a payload names, also where it is not well-formed."""
    head = payload[:_BYTES]
    mail = _MAIL.search(head)
    return Contact(_name(head), mail[0].decode("ascii") if mail else "")


def _name(payload: bytes) -> str:
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(payload, parser)
    except (etree.XMLSyntaxError, ValueError):
        return ""
    if root is None:
        return ""
    found: dict[str, str] = {}
    for element in root.iter(etree.Element):
        name = etree.QName(element).localname
        if name in _NAMES and name not in found and (text := " ".join(element.itertext()).strip()):
            found[name] = " ".join(text.split())[:_LONGEST]
    return next((found[name] for name in _NAMES if name in found), "")


def grouped(payloads: Iterable[bytes]) -> list[tuple[Contact, int]]:
    """How many of these payloads each contact has, the most first."""
    counts: dict[Contact, int] = {}
    for payload in payloads:
        contact = contact_of(payload)
        counts[contact] = counts.get(contact, 0) + 1
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))
