"""The records of csw:SearchResults as items, and one that the server cannot give."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from lxml import etree

from catalogue.errors import HarvestError
from catalogue.namespaces import CSW, CSW30, DC, DCT, GMD
from catalogue.run import Fault
from harvester.clients.base import Item
from harvester.clients.csw_answer import get_records
from harvester.clients.csw_request import V3, Query
from harvester.clients.slices import cut
from harvester.http import HarvestSession

#: Where the identifier and the date of change stand, by the namespace of the record's children.
_IDENTIFIERS: Final = frozenset({f"{{{GMD}}}fileIdentifier", f"{{{DC}}}identifier"})
_DATES: Final = frozenset({f"{{{GMD}}}dateStamp", f"{{{DCT}}}modified"})


def read_items(page: bytes, elements: list[etree._Element]) -> tuple[Item, ...]:
    """One item for each record, with its payload cut out of the page."""
    return tuple(
        _item(element, payload) for element, payload in zip(elements, cut(page, elements), strict=True)
    )


def identifier_and_date(element: etree._Element) -> tuple[str, str]:
    """The identifier and the date of change that metadata carry, among their own children."""
    identifier = datestamp = ""
    for child in element:
        tag = child.tag
        if tag in _IDENTIFIERS and not identifier:
            identifier = _words(child)
        elif tag in _DATES and not datestamp:
            datestamp = _words(child)
        elif not identifier and str(tag).endswith("}metadataIdentifier"):
            # ISO 19115-3: mdb:metadataIdentifier/mcc:MD_Identifier/mcc:code
            code = child.find(".//{*}code")
            identifier = "" if code is None else _words(code)
        if identifier and datestamp:
            break
    return identifier, datestamp


def _item(element: etree._Element, payload: bytes) -> Item:
    identifier, datestamp = identifier_and_date(element)
    if identifier:
        return Item(identifier, datestamp=datestamp, payload=payload, element=element)
    fault = Fault(
        "csw.no-identifier",
        "the record has neither gmd:fileIdentifier nor dc:identifier",
        path=str(element.tag).rpartition("}")[2],
        value=payload[:200].decode("utf-8", "replace"),
    )
    return Item("", datestamp=datestamp, fault=fault)


def set_aside(session: HarvestSession, query: Query, position: int, error: HarvestError) -> Item:
    """The item for a record that the server cannot give whole; its identifier, if it gives at least that.

    With an identifier, what we have of the record stays, and nobody takes it for deleted.
    """
    brief = replace(query, output_schema=CSW30 if query.version == V3 else CSW)
    try:
        results = get_records(session, brief, position, 1, element_set="brief")
        found = [identifier_and_date(element)[0] for element in results.elements]
    except HarvestError:
        found = []
    identifier = found[0] if len(found) == 1 else ""
    fault = Fault(
        "csw.record-unavailable",
        f"the server cannot give the record at position {position} of its list: {error}",
        source_identifier=identifier,
        path="csw:SearchResults",
        value=f"startPosition={position}",
    )
    return Item(identifier, fault=fault)


def _words(element: etree._Element) -> str:
    return " ".join("".join(str(text) for text in element.itertext(etree.Element)).split())
