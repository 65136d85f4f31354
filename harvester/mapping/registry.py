"""From the bytes of a payload to a Record: which reader takes it is told by its root element."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from lxml import etree

from catalogue import namespaces as ns
from catalogue.errors import ForbiddenXml, MalformedXml, UnreadableRecord
from catalogue.formats import (
    ATOM,
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
    RSS,
    MetadataFormat,
)
from catalogue.record import Record
from catalogue.xml import local_name, parse
from harvester.mapping import datacite, dcat, dcterms, feed, iso19115_3, iso19139, marcxml, mods, oai_dc
from harvester.mapping.json_records import read_json

#: Names of elements that wrap terms of Dublin Core, in lower case; their namespaces are without number.
_WRAPPERS: Final = frozenset(
    {
        "dc", "dcterms", "qualifieddc", "qdc", "simpledc", "oai_dc", "oai_qdc", "oai_dcterms", "nsdl_dc",
        "metadata", "record", "briefrecord", "summaryrecord", "dcmirecord",
    }
)  # fmt: skip

_READERS: Final[dict[str, Callable[[etree._Element], Record]]] = {
    OAI_DC.prefix: oai_dc.read,
    OAI_DCTERMS.prefix: dcterms.read,
    ISO19139.prefix: iso19139.read,
    ISO19115_3.prefix: iso19115_3.read,
    ISO19115_3_FIRST.prefix: iso19115_3.read,
    OAI_DATACITE.prefix: datacite.read,
    DATACITE.prefix: datacite.read,
    DCAT.prefix: dcat.read,
    MODS.prefix: mods.read,
    MARCXML.prefix: marcxml.read,
    ATOM.prefix: feed.read_entry,
    RSS.prefix: feed.read_item,
}
#: What knows a format by its root element, and the format; Dublin Core is looked for last.
_BY_ROOT: Final[tuple[tuple[Callable[[etree._Element], bool], MetadataFormat], ...]] = (
    (iso19115_3.is_first_version, ISO19115_3_FIRST),
    (iso19115_3.is_metadata, ISO19115_3),
    (datacite.is_wrapper, OAI_DATACITE),
    (datacite.is_resource, DATACITE),
    (mods.is_mods, MODS),
    (marcxml.is_marc, MARCXML),
    (dcat.is_dcat, DCAT),
    (feed.is_entry, ATOM),
    (feed.is_item, RSS),
)

#: How a payload begins that is no XML.
_JSON: Final = frozenset({b"{", b"["})


def read(
    payload: bytes, metadata_prefix: str = "", *, element: etree._Element | None = None
) -> tuple[MetadataFormat, Record]:
    """The format of a payload, and the record in it.

    Args:
        payload: the metadata as a node sent them: one XML element, in any encoding that it declares, or
            one JSON object.
        metadata_prefix: the prefix under which they were asked for; only the messages use it, since
            what a node sends under a prefix is for its root element to say.
        element: the payload as it was parsed already, with the page that it stands in.

    Raises:
        UnreadableRecord: `xml.malformed`, `xml.doctype`, `json.malformed`, `format.unknown`, or a rule of
            the format.
    """
    if payload[:1] in _JSON:
        return read_json(payload)
    try:
        root = parse(payload) if element is None else element
    except MalformedXml as error:
        raise UnreadableRecord("xml.malformed", "", _beginning(payload), str(error)) from error
    except ForbiddenXml as error:
        raise UnreadableRecord("xml.doctype", "", _beginning(payload), str(error)) from error
    known = format_of(root)
    if known is None:
        name = etree.QName(root).text
        asked = f" (asked for as {metadata_prefix})" if metadata_prefix else ""
        raise UnreadableRecord("format.unknown", f"/{local_name(root)}", name, f"no reader for {name}{asked}")
    return known, _READERS[known.prefix](root)


def format_of(root: etree._Element) -> MetadataFormat | None:
    """The format of a document by its root element; None where there is no reader for it."""
    if root.tag == f"{{{ns.OAI_DC}}}dc":
        return OAI_DC
    if iso19139.is_metadata(root):
        return ISO19139
    found = next((known for is_one, known in _BY_ROOT if is_one(root)), None)
    if found:
        return found
    if local_name(root).lower() in _WRAPPERS and dcterms.holds_terms(root):
        return OAI_DCTERMS
    return None


def _beginning(payload: bytes) -> str:
    return payload[:120].decode("utf-8", "replace")
