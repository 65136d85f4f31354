"""The documents that answers are: everything that they have in common, and the lists of records."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from lxml import etree

from catalogue import namespaces as ns
from catalogue.queryables import utc
from catalogue.rendering import csw_record
from catalogue.store.search import FoundRecord
from catalogue.xml import escape, escape_attribute, parse
from endpoint.csw import names
from endpoint.csw.requests import ElementSet, GetRecords

_DECLARATIONS: Final = "".join(
    f' xmlns:{prefix}="{uri}"'
    for prefix, uri in (
        ("csw", ns.CSW),
        ("ows", ns.OWS),
        ("ogc", ns.OGC),
        ("gml", ns.GML),
        ("xlink", ns.XLINK),
        ("xsi", ns.XSI),
    )
)
_SCHEMA: Final = f"{ns.CSW} http://schemas.opengis.net/csw/2.0.2/CSW-discovery.xsd"


def document(root: str, content: str | bytes, **attributes: str) -> bytes:
    """A whole answer: the element `csw:<root>` with this content."""
    shown = "".join(f' {name}="{escape_attribute(value)}"' for name, value in attributes.items())
    opened = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<csw:{root}{_DECLARATIONS}'
        f' xsi:schemaLocation="{_SCHEMA}"{shown}>'
    )
    inner = content if isinstance(content, bytes) else content.encode()
    return b"".join((opened.encode(), inner, f"</csw:{root}>".encode()))


def instant(now: datetime) -> str:
    """A time as xs:dateTime, in whole seconds."""
    return utc(int(now.timestamp()))


def written(found: Iterable[FoundRecord], element_set: ElementSet) -> list[bytes]:
    """Records in the common record format."""
    return [
        csw_record.write(
            one.record, identifier=one.identifier, element_set=element_set, datestamp=utc(one.datestamp)
        )
        for one in found
    ]


def chosen(record: bytes, elements: tuple[tuple[str, str], ...]) -> bytes:
    """A csw:Record with these elements alone: the client's own view (07-006r1, 10.8.4.9)."""
    root = parse(record)
    wanted = {f"{{{uri}}}{local}" for uri, local in elements}
    for child in list(root):
        if child.tag not in wanted:
            root.remove(child)
    return etree.tostring(root, encoding="utf-8")


def search_results(request: GetRecords, matched: int, records: list[bytes], now: datetime) -> bytes:
    """csw:GetRecordsResponse.

    `nextRecord` is the position behind the records returned, 0 once there is none (07-006r1, table 71);
    where no record was asked for, the position is that from which the client would go on.
    """
    first = request.query.offset + 1
    following = first + len(records)
    attributes = {
        "numberOfRecordsMatched": str(matched),
        "numberOfRecordsReturned": str(len(records)),
        "nextRecord": str(following if following <= matched else 0),
        "recordSchema": request.output_schema,
    }
    if not request.element_names:
        full = names.OUTPUT_SCHEMAS[request.output_schema] is not None
        attributes["elementSet"] = "full" if full else request.element_set
    shown = "".join(f' {name}="{escape_attribute(value)}"' for name, value in attributes.items())
    head = f"<csw:RequestId>{escape(request.request_id)}</csw:RequestId>" if request.request_id else ""
    head += f'<csw:SearchStatus timestamp="{instant(now)}"/><csw:SearchResults{shown}>'
    content = b"".join((head.encode(), *records, b"</csw:SearchResults>"))
    return document("GetRecordsResponse", content, version=names.VERSION)


def acknowledgement(request: GetRecords, now: datetime) -> bytes:
    """csw:Acknowledgement: the request is valid (07-006r1, 10.8.4.3)."""
    request_id = f"<csw:RequestId>{escape(request.request_id)}</csw:RequestId>" if request.request_id else ""
    echo = b"".join((b"<csw:EchoedRequest>", request.echo, b"</csw:EchoedRequest>", request_id.encode()))
    return document("Acknowledgement", echo, timeStamp=instant(now))
