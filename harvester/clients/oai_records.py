"""The records of a ListRecords answer as items, and the choice of the format to ask for."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from lxml import etree

from catalogue.formats import (
    ALIASES,
    DATACITE,
    DCAT,
    ISO19115_3,
    ISO19115_3_FIRST,
    ISO19139,
    MARCXML,
    MODS,
    OAI_DATACITE,
    OAI_DC,
    OAI_DCTERMS,
)
from catalogue.namespaces import OAI
from catalogue.run import Fault
from harvester.clients.base import Item
from harvester.clients.slices import by_search, complete, cut

_RECORD: Final = f"{{{OAI}}}record"
_HEADER: Final = f"{{{OAI}}}header"
_METADATA: Final = f"{{{OAI}}}metadata"
_ABOUT: Final = f"{{{OAI}}}about"
_IDENTIFIER: Final = f"{{{OAI}}}identifier"
_DATESTAMP: Final = f"{{{OAI}}}datestamp"
_SET_SPEC: Final = f"{{{OAI}}}setSpec"

#: The richest first. MODS and MARC come after qualified Dublin Core: a repository that has both is mostly one
#: of documents (DSpace, EPrints) that keeps DCMI terms and makes the others out of them.
_PREFERRED: Final = (
    ISO19115_3, ISO19115_3_FIRST, ISO19139, OAI_DATACITE, DATACITE, DCAT, OAI_DCTERMS, MODS, MARCXML, OAI_DC,
)  # fmt: skip


#: What stands before the payload of a plain record, and behind the one before it. References, line
#: ends of other systems, and names without any visible character are left to the parser. Nothing is tried
#: twice (`*+`): what a node sends would else decide how long that takes.
_PLAIN: Final = re.compile(
    rb"(?:\s*</metadata>\s*</record>)?\s*<record>\s*<header>"
    rb"\s*<identifier>([^<&\r]*+)</identifier>\s*<datestamp>([^<&\r]*+)</datestamp>"
    rb"((?:\s*<setSpec>[^<&\r]*+</setSpec>)*)\s*</header>\s*<metadata>\s*"
)
_VISIBLE: Final = re.compile(rb"[!-~]")
_PLAIN_END: Final = re.compile(rb"\s*</metadata>\s*</record>")
_SPEC: Final = re.compile(rb"<setSpec>([^<]*)")
_PAYLOADS: Final = etree.XPath("o:record/o:metadata/*[1]", namespaces={"o": OAI})
_COUNT: Final = etree.XPath("count(o:record)", namespaces={"o": OAI})


def best_prefix(offered: Iterable[tuple[str, str]]) -> str:
    """The metadataPrefix that tells us most, of (metadataPrefix, metadataNamespace) pairs on offer.

    By our own names and aliases first, then by namespace, for prefixes are free; oai_dc, which every
    repository must have, where nothing else is known.
    """
    pairs = list(offered)
    for wanted in _PREFERRED:
        for prefix, _ in pairs:
            if prefix.lower() == wanted.prefix or ALIASES.get(prefix.lower()) == wanted.prefix:
                return prefix
        for prefix, namespace in pairs:
            if namespace.rstrip("/") == wanted.namespace.rstrip("/"):
                return prefix
    return OAI_DC.prefix


def read_items(page: bytes, list_records: etree._Element) -> tuple[Item, ...]:
    """One item for each record of a list (OAI-PMH 2.0, section 2.5), with its payload cut out of the page."""
    return _plain_items(page, list_records) or _items(page, list_records)


def _plain_items(page: bytes, list_records: etree._Element) -> tuple[Item, ...] | None:
    """The same of a page of nothing but plain records, as most are; None where there is anything else.

    Between the payloads of two plain records there are but the tags of the second, as the protocol has them:
    what is written there says all that its elements would, and is read in a fraction of the time.
    """
    if list_records.prefix is not None:
        return None
    elements = _PAYLOADS(list_records)
    if not elements or _COUNT(list_records) != len(elements):
        return None
    ranges = by_search(page, elements)
    if ranges is None:
        return None
    headers = []
    behind = page.rfind(b"<record>", 0, ranges[0][0])
    for start, end in ranges:
        header = _PLAIN.fullmatch(page, behind, start)
        if header is None or not _VISIBLE.search(header[1]):
            return None
        headers.append(header)
        behind = end
    if not _PLAIN_END.match(page, behind):
        return None
    payloads = complete(page, elements, ranges)
    return tuple(map(_plain_item, headers, payloads, elements))


def _plain_item(header: re.Match[bytes], payload: bytes, element: etree._Element) -> Item:
    identifier, datestamp, sets = header.groups()
    return Item(
        identifier.decode().strip(),
        datestamp.decode().strip(),
        False,
        _sets_of(sets),
        payload,
        element,
    )


@lru_cache(maxsize=1024)
def _sets_of(written: bytes) -> tuple[str, ...]:
    """The sets of a header; whole lists are in the same few."""
    return tuple(filter(None, (spec.decode().strip() for spec in _SPEC.findall(written))))


def _items(page: bytes, list_records: etree._Element) -> tuple[Item, ...]:
    found: list[tuple[Header, etree._Element | None, list[etree._Element]]] = []
    for record in list_records.iterchildren(_RECORD):
        header = payload = None
        about: list[etree._Element] = []
        for part in record:
            if part.tag == _HEADER:
                header = Header(part)
            elif part.tag == _METADATA:
                payload = next(part.iterchildren(etree.Element), None)
            elif part.tag == _ABOUT:
                about.append(part)
        header = header or Header(None)
        found.append((header, None if header.deleted else payload, [] if header.deleted else about))
    payloads = iter(cut(page, [payload for _, payload, _ in found if payload is not None]))
    abouts = iter(cut(page, [one for _, _, about in found for one in about]))
    return tuple(
        _item(
            header,
            None if payload is None else next(payloads),
            b"".join(itertools.islice(abouts, len(about))),
            payload,
        )
        for header, payload, about in found
    )


class Header:
    """What a header says (section 2.5)."""

    __slots__ = ("datestamp", "deleted", "identifier", "sets")

    def __init__(self, element: etree._Element | None) -> None:
        self.identifier = ""
        self.datestamp = ""
        self.deleted = False
        sets: list[str] = []
        if element is not None:
            self.deleted = (element.get("status") or "").strip().lower() == "deleted"
            for part in element:
                tag = part.tag
                if tag == _IDENTIFIER:
                    self.identifier = (part.text or "").strip()
                elif tag == _DATESTAMP:
                    self.datestamp = (part.text or "").strip()
                elif tag == _SET_SPEC and part.text and part.text.strip():
                    sets.append(part.text.strip())
        self.sets: Sequence[str] = sets


def _item(header: Header, payload: bytes | None, about: bytes, element: etree._Element | None) -> Item:
    fault = None
    if not header.identifier:
        fault = Fault(
            "oai_pmh.no-identifier", "the record has no identifier in its header", path="record/header"
        )
    elif payload is None and not header.deleted:
        fault = Fault(
            "oai_pmh.no-metadata",
            "the record is not deleted, and has no metadata",
            source_identifier=header.identifier,
            path="record/metadata",
            source_datestamp=header.datestamp,
        )
    return Item(
        identifier=header.identifier,
        datestamp=header.datestamp,
        deleted=header.deleted,
        sets=tuple(header.sets),
        payload=None if fault else payload,
        element=None if fault else element,
        about=b"" if fault else about,
        fault=fault,
    )
