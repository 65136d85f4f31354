"""From the bytes of a payload to a Record: which reader takes it is told by its root element."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from lxml import etree

from catalogue import namespaces as ns
from catalogue.errors import ForbiddenXml, MalformedXml, UnreadableRecord
from catalogue.formats import ISO19139, OAI_DC, OAI_DCTERMS, MetadataFormat
from catalogue.record import Record
from catalogue.xml import local_name, parse
from harvester.mapping import dcterms, iso19139, oai_dc

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
}


def read(payload: bytes, metadata_prefix: str = "") -> tuple[MetadataFormat, Record]:
    """The format of a payload, and the record in it.

    Args:
        payload: the metadata as a node sent them: one XML element, in any encoding that it declares.
        metadata_prefix: the prefix under which they were asked for; only the messages use it, since
            what a node sends under a prefix is for its root element to say.

    Raises:
        UnreadableRecord: `xml.malformed`, `xml.doctype`, `format.unknown`, or a rule of the format.
    """
    try:
        root = parse(payload)
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
    if local_name(root).lower() in _WRAPPERS and dcterms.holds_terms(root):
        return OAI_DCTERMS
    return None


def _beginning(payload: bytes) -> str:
    return payload[:120].decode("utf-8", "replace")
