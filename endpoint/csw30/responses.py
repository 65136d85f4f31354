"""The documents that answers of CSW 3.0.0 are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from catalogue import namespaces as ns
from catalogue.queryables import utc
from catalogue.rendering import csw_record
from catalogue.store.search import FoundRecord
from catalogue.xml import escape, escape_attribute
from endpoint.csw.requests import ElementSet, GetRecords
from endpoint.csw.responses import instant
from endpoint.csw30 import names

_DECLARATIONS: Final = "".join(
    f' xmlns:{prefix}="{uri}"'
    for prefix, uri in (
        ("csw30", ns.CSW30),
        ("ows", ns.OWS20),
        ("ows11", ns.OWS11),
        ("fes", ns.FES),
        ("gml", ns.GML32),
        ("gmd", ns.GMD),
        ("xlink", ns.XLINK),
        ("xsi", ns.XSI),
    )
)
_SCHEMA: Final = f"{ns.CSW30} http://schemas.opengis.net/cat/csw/3.0/cswAll.xsd"


def document(root: str, content: str | bytes, **attributes: str) -> bytes:
    """A whole answer: the element `csw30:<root>` with this content."""
    shown = "".join(f' {name}="{escape_attribute(value)}"' for name, value in attributes.items())
    opened = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<csw30:{root}{_DECLARATIONS}'
        f' xsi:schemaLocation="{_SCHEMA}"{shown}>'
    )
    inner = content if isinstance(content, bytes) else content.encode()
    return b"".join((opened.encode(), inner, f"</csw30:{root}>".encode()))


def written(found: Iterable[FoundRecord], element_set: ElementSet) -> list[bytes]:
    """Records in the common record format."""
    return [
        csw_record.write30(
            one.record, identifier=one.identifier, element_set=element_set, datestamp=utc(one.datestamp)
        )
        for one in found
    ]


def search_results(request: GetRecords, matched: int, records: list[bytes], now: datetime) -> bytes:
    """csw30:GetRecordsResponse (12-176r7, 7.3.5)."""
    first = request.query.offset + 1
    following = first + len(records)
    status = "none" if not records else "complete" if len(records) == matched else "subset"
    attributes = {
        "numberOfRecordsMatched": str(matched),
        "numberOfRecordsReturned": str(len(records)),
        "nextRecord": str(following if following <= matched else 0),
        "recordSchema": request.output_schema,
        "status": status,
    }
    if not request.element_names:
        ours = request.output_schema == ns.CSW30
        attributes["elementSet"] = request.element_set if ours else "full"
    shown = "".join(f' {name}="{escape_attribute(value)}"' for name, value in attributes.items())
    head = f"<csw30:RequestId>{escape(request.request_id)}</csw30:RequestId>" if request.request_id else ""
    head += f'<csw30:SearchStatus timestamp="{instant(now)}"/><csw30:SearchResults{shown}>'
    content = b"".join((head.encode(), *records, b"</csw30:SearchResults>"))
    return document("GetRecordsResponse", content, version=names.VERSION)
