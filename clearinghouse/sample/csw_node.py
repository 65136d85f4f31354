"""A sample node that speaks CSW 2.0.2: four operations by GET and POST, over records held in memory.

It shares no code with our own endpoint, so that comparing the two compares two things.
"""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from catalogue import namespaces as ns
from clearinghouse.sample.csw_capabilities import capabilities, describe_record
from clearinghouse.sample.csw_errors import OwsError, invalid
from clearinghouse.sample.csw_filter import queryable
from clearinghouse.sample.csw_record import csw_record
from clearinghouse.sample.csw_request import VERSION, CswRequest, from_kvp, from_xml
from clearinghouse.sample.iso19139 import md_metadata
from clearinghouse.sample.records import SampleNode, SampleRecord

#: No answer has more records than this, whatever maxRecords says.
_MOST = 100


class CswNode:
    """An ASGI application: the catalogue service of one sample node."""

    def __init__(self, node: SampleNode) -> None:
        self._node = node
        self._records = sorted((r for r in node.records if r.live), key=lambda record: record.id)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; what cannot be answered becomes an exception report with status 400."""
        request = Request(scope, receive)
        body = await request.body()
        base_url = str(request.url.replace(query="", fragment=""))
        status = HTTPStatus.OK
        try:
            if request.method == "POST":
                wanted = from_xml(body)
            else:
                query = scope["query_string"].decode("utf-8", "replace")
                wanted = from_kvp(dict(parse_qsl(query, keep_blank_values=True)))
            text = '<?xml version="1.0" encoding="UTF-8"?>\n' + self._operation(wanted, base_url)
        except OwsError as error:
            text, status = error.report(), HTTPStatus.BAD_REQUEST
        await Response(text, status, media_type="application/xml")(scope, receive, send)

    def _operation(self, wanted: CswRequest, base_url: str) -> str:
        match wanted.operation:
            case "GetCapabilities":
                if wanted.accept_versions and VERSION not in wanted.accept_versions:
                    raise OwsError("VersionNegotiationFailed", "acceptVersions", f"only {VERSION} is spoken")
                return capabilities(self._node, base_url)
            case "DescribeRecord":
                return describe_record(wanted.type_names)
            case "GetRecords":
                return self._get_records(wanted)
            case "GetRecordById":
                return self._get_record_by_id(wanted)
            case other:
                raise invalid("request", f"{other!r} is not an operation of this server")

    def _get_records(self, wanted: CswRequest) -> str:
        found = [record for record in self._records if wanted.predicate(record)]
        for name, descending in reversed(wanted.sort):
            read = queryable(name)
            found.sort(key=lambda record, read=read: read(record)[:1], reverse=descending)  # type: ignore[misc]
        if wanted.result_type == "validate":
            raise OwsError("OperationNotSupported", "resultType", "validate is not done here")
        size = min(wanted.limit, _MOST) if wanted.result_type == "results" else 0
        page = found[wanted.start - 1 : wanted.start - 1 + size]
        following = wanted.start + len(page)
        following = 0 if following > len(found) else following
        elements = "\n".join(self._element(record, wanted) for record in page)
        return (
            f'<csw:GetRecordsResponse xmlns:csw="{ns.CSW}" version="{VERSION}">'
            f'<csw:SearchStatus timestamp="{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"/>'
            f'<csw:SearchResults numberOfRecordsMatched="{len(found)}" numberOfRecordsReturned="{len(page)}"'
            f' nextRecord="{following}" recordSchema="{wanted.output_schema}"'
            f' elementSet="{wanted.element_set}">'
            f"\n{elements}\n</csw:SearchResults></csw:GetRecordsResponse>"
        )

    def _get_record_by_id(self, wanted: CswRequest) -> str:
        elements = "\n".join(self._element(r, wanted) for r in self._records if r.id in wanted.ids)
        return f'<csw:GetRecordByIdResponse xmlns:csw="{ns.CSW}">\n{elements}\n</csw:GetRecordByIdResponse>'

    def _element(self, record: SampleRecord, wanted: CswRequest) -> str:
        """The record in the schema that was asked for; MD_Metadata is always given whole."""
        if wanted.output_schema == ns.GMD:
            return md_metadata(self._node, record).decode()
        return csw_record(self._node, record, wanted.element_set).decode()
