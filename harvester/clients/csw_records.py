"""The records of a csw:SearchResults as items."""

from __future__ import annotations

from typing import Final

from lxml import etree

from catalogue.namespaces import DC, DCT, GMD
from catalogue.run import Fault
from harvester.clients.base import Item
from harvester.clients.slices import cut

#: Where the identifier and the date of change stand, by the namespace of the record's children.
_IDENTIFIERS: Final = frozenset({f"{{{GMD}}}fileIdentifier", f"{{{DC}}}identifier"})
_DATES: Final = frozenset({f"{{{GMD}}}dateStamp", f"{{{DCT}}}modified"})


def read_items(page: bytes, elements: list[etree._Element]) -> tuple[Item, ...]:
    """One item for each record, with its payload cut out of the page."""
    return tuple(
        _item(element, payload) for element, payload in zip(elements, cut(page, elements), strict=True)
    )


def _item(element: etree._Element, payload: bytes) -> Item:
    identifier = datestamp = ""
    for child in element:
        tag = child.tag
        if tag in _IDENTIFIERS and not identifier:
            identifier = _words(child)
        elif tag in _DATES and not datestamp:
            datestamp = _words(child)
        if identifier and datestamp:
            break
    if identifier:
        return Item(identifier, datestamp=datestamp, payload=payload)
    fault = Fault(
        "csw.no-identifier",
        "the record has neither gmd:fileIdentifier nor dc:identifier",
        path=str(element.tag).rpartition("}")[2],
        value=payload[:200].decode("utf-8", "replace"),
    )
    return Item("", datestamp=datestamp, fault=fault)


def _words(element: etree._Element) -> str:
    return " ".join("".join(str(text) for text in element.itertext(etree.Element)).split())
