"""A sample node that speaks OAI-PMH 2.0: six verbs over records held in memory.

It shares no code with our own endpoint, so that comparing the two compares two things.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from catalogue import namespaces as ns
from catalogue.xml import escape, escape_attribute
from clearinghouse.sample import dublin_core
from clearinghouse.sample.oai_arguments import OaiError, Selection, check_arguments, selection
from clearinghouse.sample.records import SampleNode, SampleRecord

#: metadataPrefix -> schema, namespace, and what writes it.
_FORMATS: Final[dict[str, tuple[str, str, Callable[[SampleNode, SampleRecord], bytes]]]] = {
    "oai_dc": ("http://www.openarchives.org/OAI/2.0/oai_dc.xsd", ns.OAI_DC, dublin_core.oai_dc),
    "qdc": ("http://www.ukoln.ac.uk/metadata/dcmi/xmlschema/qualifieddc.xsd", ns.QDC, dublin_core.qdc),
}

_ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<OAI-PMH xmlns="{ns.OAI}" xmlns:xsi="{ns.XSI}" xsi:schemaLocation="{ns.OAI} '
    'http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd">\n'
)


def payload(node: SampleNode, record: SampleRecord, prefix: str) -> bytes:
    """The record's metadata element in one of the node's formats, byte for byte as served."""
    return _FORMATS[prefix][2](node, record)


class OaiNode:
    """An ASGI application: the data provider of one sample node."""

    def __init__(self, node: SampleNode) -> None:
        self._node = node
        self._records = sorted(node.records, key=lambda record: (record.datestamp, record.id))
        self._busy = node.busy_at > 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, by GET or by POST (section 3.1.1)."""
        request = Request(scope, receive)
        query = (await request.body()) if request.method == "POST" else scope["query_string"]
        pairs = parse_qsl(query.decode("utf-8", "replace"), keep_blank_values=True)
        base_url = str(request.url.replace(query="", fragment=""))
        await self.answer(base_url, pairs)(scope, receive, send)

    def answer(self, base_url: str, pairs: list[tuple[str, str]]) -> Response:
        """The response to these arguments."""
        attributes = "".join(f' {name}="{escape_attribute(value)}"' for name, value in pairs)
        try:
            given = check_arguments(pairs)
            if self._refuses(given):
                return Response(
                    "busy", HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": "1"}, media_type="text/plain"
                )
            verb = given["verb"]
            body = f"<{verb}>{self._verb(base_url, given)}</{verb}>"
        except OaiError as error:
            if error.code in {"badVerb", "badArgument"}:
                attributes = ""
            body = f'<error code="{error.code}">{escape(str(error))}</error>'
        now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        head = f"<responseDate>{now}</responseDate>\n<request{attributes}>{escape(base_url)}</request>\n"
        return Response(f"{_ENVELOPE}{head}{body}\n</OAI-PMH>\n", media_type="text/xml")

    def _refuses(self, given: dict[str, str]) -> bool:
        """Once in the node's life, the page at `busy_at` is refused with 503 and Retry-After."""
        token = given.get("resumptionToken", "")
        if self._busy and token.endswith(f"/{self._node.busy_at}"):
            self._busy = False
            return True
        return False

    def _verb(self, base_url: str, given: dict[str, str]) -> str:
        match given["verb"]:
            case "Identify":
                return self._identify(base_url)
            case "ListMetadataFormats":
                return self._list_metadata_formats(given.get("identifier"))
            case "ListSets":
                return self._list_sets(given)
            case "GetRecord":
                return self._get_record(given["identifier"], given["metadataPrefix"])
            case verb:
                wanted = selection(given, self._node.granularity)
                return self._list(wanted, headers_only=verb == "ListIdentifiers")

    def _identify(self, base_url: str) -> str:
        node = self._node
        host = node.email.rpartition("@")[2]
        about = (
            f'<description><oai-identifier xmlns="{ns.OAI_IDENTIFIER}"'
            f' xsi:schemaLocation="{ns.OAI_IDENTIFIER} http://www.openarchives.org/OAI/2.0/oai-identifier.xsd"><scheme>oai</scheme>'
            f"<repositoryIdentifier>{host}</repositoryIdentifier><delimiter>:</delimiter>"
            f"<sampleIdentifier>{self._records[0].id}</sampleIdentifier></oai-identifier></description>"
        )
        return (
            f"<repositoryName>{escape(node.title)}</repositoryName><baseURL>{escape(base_url)}</baseURL>"
            f"<protocolVersion>2.0</protocolVersion><adminEmail>{node.email}</adminEmail>"
            f"<earliestDatestamp>{self._records[0].datestamp}</earliestDatestamp>"
            f"<deletedRecord>{node.deleted_record}</deletedRecord>"
            f"<granularity>{node.granularity}</granularity>{about}"
        )

    def _list_metadata_formats(self, identifier: str | None) -> str:
        if identifier is not None:
            self._find(identifier)
        return "".join(
            f"<metadataFormat><metadataPrefix>{prefix}</metadataPrefix><schema>{_FORMATS[prefix][0]}</schema>"
            f"<metadataNamespace>{_FORMATS[prefix][1]}</metadataNamespace></metadataFormat>"
            for prefix in self._node.prefixes
        )

    def _list_sets(self, given: dict[str, str]) -> str:
        if "resumptionToken" in given:
            raise OaiError("badResumptionToken", "the list of sets is always whole")
        return "".join(
            f"<set><setSpec>{spec}</setSpec><setName>{escape(name)}</setName></set>"
            for spec, name in self._node.sets.items()
        )

    def _get_record(self, identifier: str, prefix: str) -> str:
        self._check_prefix(prefix)
        return self._record(self._find(identifier), prefix)

    def _list(self, wanted: Selection, *, headers_only: bool) -> str:
        self._check_prefix(wanted.prefix)
        found = [record for record in self._records if _matches(record, wanted)]
        page = found[wanted.offset : wanted.offset + self._node.page_size]
        if not page:
            if wanted.offset:
                raise OaiError("badResumptionToken", "the token leads past the end of the list")
            raise OaiError("noRecordsMatch", "no records match")
        elements = (_header(r) if headers_only else self._record(r, wanted.prefix) for r in page)
        return "\n".join((*elements, self._resumption(wanted, len(found))))

    def _resumption(self, wanted: Selection, total: int) -> str:
        """The resumptionToken element; the last page of a list in pages has an empty one (section 3.5)."""
        end = wanted.offset + self._node.page_size
        if end >= total and not wanted.offset:
            return ""
        token = wanted.token(end) if end < total else ""
        return (
            f'<resumptionToken completeListSize="{total}" cursor="{wanted.offset}">'
            f"{escape(token)}</resumptionToken>"
        )

    def _record(self, record: SampleRecord, prefix: str) -> str:
        if record.deleted:
            return f"<record>{_header(record)}</record>"
        metadata = payload(self._node, record, prefix).decode()
        return f"<record>{_header(record)}<metadata>{metadata}</metadata></record>"

    def _find(self, identifier: str) -> SampleRecord:
        for record in self._records:
            if record.id == identifier:
                return record
        raise OaiError("idDoesNotExist", f"there is no {identifier!r} here")

    def _check_prefix(self, prefix: str) -> None:
        if prefix not in self._node.prefixes:
            raise OaiError(
                "cannotDisseminateFormat", f"{prefix!r} is not among {_listed(self._node.prefixes)}"
            )


def _listed(values: Iterable[str]) -> str:
    return ", ".join(values)


def _matches(record: SampleRecord, wanted: Selection) -> bool:
    """Both ends are inclusive (section 2.7.1), compared in the granularity of the argument."""
    if wanted.from_ and record.datestamp[: len(wanted.from_)] < wanted.from_:
        return False
    if wanted.until and record.datestamp[: len(wanted.until)] > wanted.until:
        return False
    return not wanted.set_spec or wanted.set_spec in record.sets


def _header(record: SampleRecord) -> str:
    status = ' status="deleted"' if record.deleted else ""
    sets = "".join(f"<setSpec>{spec}</setSpec>" for spec in record.sets)
    return (
        f"<header{status}><identifier>{escape(record.id)}</identifier>"
        f"<datestamp>{record.datestamp}</datestamp>{sets}</header>"
    )
