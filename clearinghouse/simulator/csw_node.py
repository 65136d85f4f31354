"""A node that speaks CSW 2.0.2 or 3.0.0, as it should, or as the faults that are on make it.

What it understands is what harvesters ask: GetCapabilities and GetRecords by GET and POST, csw:Record alone,
sorted or not, since a date or not.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qsl

from lxml import etree
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from catalogue import namespaces as ns
from catalogue.errors import ForbiddenXml, MalformedXml
from catalogue.xml import escape, local_name, parse
from clearinghouse.simulator.holding import Held, MadeUp, stamp
from clearinghouse.simulator.switches import Stage, Switch

#: Namespaces of CSW and of OWS.
VERSIONS: Final = {"2.0.2": (ns.CSW, ns.OWS), "3.0.0": (ns.CSW30, "http://www.opengis.net/ows/2.0")}
_DC_ELEMENT: Final = re.compile(r"<dc:(?:title|creator|subject|description|date|type|language)>.*?</dc:\w+>")
_BAD_REQUEST: Final = 400


class Refusal(Exception):
    """The answer is an exception report, or, with a status and no code, no XML at all."""

    def __init__(self, code: str, text: str = "no", status: int = _BAD_REQUEST, **headers: str) -> None:
        super().__init__(text)
        self.code = code
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


@dataclass
class CswCall:
    """One request to a node, and the answer that comes about: what faults change."""

    node: CswNode
    method: str
    base_url: str
    operation: str = ""
    version: str = "2.0.2"
    start: int = 1
    size: int = 10
    element_set: str = "summary"
    output_schema: str = ""
    #: Property to sort by, and the day since which; empty: neither.
    sort_by: str = ""
    since: str = ""
    #: What matches, and the page of it.
    found: Sequence[Held] = ()
    page: list[Held] = field(default_factory=list)
    #: The counts, as they are written; None: not at all.
    matched: int | None = None
    returned: int | None = None
    next_record: int | None = None
    #: Address that the capabilities advertise.
    advertised: str = ""
    #: Its time, as it writes it.
    moment: str = ""
    #: The records of the page, as they are written.
    records: list[str] = field(default_factory=list)
    #: The request came in an envelope of SOAP, and the answer goes in one.
    soap: bool = False
    text: str = ""
    content: bytes = b""
    status: int = 200
    media_type: str = "application/xml"
    headers: dict[str, str] = field(default_factory=dict)
    #: Seconds before the answer begins.
    delay: float = 0.0

    @property
    def is_list(self) -> bool:
        """Whether records are asked for."""
        return self.operation == "GetRecords"


class CswNode:
    """An ASGI application: one catalogue service.

    Args:
        holding: what it holds, and says of itself; what is deleted is not there.
        switches: the faults that are on.
        now: its clock.
        slowness: seconds that a slow answer takes.
    """

    def __init__(
        self,
        holding: MadeUp,
        switches: Iterable[Switch] = (),
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        slowness: float = 30.0,
    ) -> None:
        self.holding = holding
        self.now = now
        self.slowness = slowness
        self.version = "2.0.2"
        #: Requests for records so far.
        self.asked = 0
        self.switch_on(*switches)

    def switch_on(self, *switches: Switch) -> None:
        """From now on these faults, and no others."""
        self._actions = {
            stage: [(one.fault.actions[stage], one) for one in switches if stage in one.fault.actions]
            for stage in Stage
        }

    def listed(self) -> list[Held]:
        """What it has, by identifier."""
        return sorted((one for one in self.holding.listed() if not one.deleted), key=lambda one: one.id)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        base_url = str(request.url.replace(query="", fragment=""))
        call = self.answer(request.method, base_url, scope["query_string"].decode(), await request.body())
        if call.delay:
            await asyncio.sleep(call.delay)
        answer = Response(call.content, call.status, call.headers, media_type=call.media_type)
        await answer(scope, receive, send)

    def answer(self, method: str, base_url: str, query: str = "", body: bytes = b"") -> CswCall:
        """The answer to this request."""
        call = CswCall(self, method, base_url, advertised=base_url, moment=stamp(self.now()))
        try:
            _read(call, query, body)
            self._apply(Stage.REQUEST, call)
            call.text = self._capabilities(call) if not call.is_list else self._records(call)
            _write(call)
            self._apply(Stage.ANSWER, call)
        except Refusal as refusal:
            call.status, call.headers = refusal.status, refusal.headers
            call.text = _report(refusal) if refusal.code else str(refusal)
            call.content = call.text.encode()
            if refusal.code:
                _write(call)
        return call

    def _apply(self, stage: Stage, call: CswCall) -> None:
        for action, switch in self._actions[stage]:
            action(call, switch)

    def _capabilities(self, call: CswCall) -> str:
        if call.operation != "GetCapabilities":
            raise Refusal("OperationNotSupported", f"{call.operation!r} is not an operation of this server")
        if call.version != self.version:
            raise Refusal("VersionNegotiationFailed", f"only {self.version} is spoken")
        self._apply(Stage.IDENTIFY, call)
        own, ows = VERSIONS[self.version]
        doors = "".join(f'<ows:{name} xlink:href="{escape(call.advertised)}"/>' for name in ("Get", "Post"))
        return (
            f'<csw:Capabilities xmlns:csw="{own}" xmlns:ows="{ows}" xmlns:xlink="{ns.XLINK}"'
            f' version="{self.version}"><ows:ServiceIdentification><ows:Title>{escape(self.holding.title)}'
            "</ows:Title></ows:ServiceIdentification><ows:OperationsMetadata>"
            f'<ows:Operation name="GetRecords"><ows:DCP><ows:HTTP>{doors}</ows:HTTP></ows:DCP>'
            f'<ows:Parameter name="outputSchema"><ows:Value>{own}</ows:Value></ows:Parameter>'
            '<ows:Constraint name="SupportedDublinCoreQueryables"><ows:Value>dct:modified</ows:Value>'
            "</ows:Constraint></ows:Operation></ows:OperationsMetadata></csw:Capabilities>"
        )

    def _records(self, call: CswCall) -> str:
        self.asked += 1
        own, _ = VERSIONS[self.version]
        if call.output_schema not in {"", own}:
            raise Refusal("InvalidParameterValue", f"no outputSchema {call.output_schema}")
        call.found = [one for one in self.listed() if not call.since or one.datestamp[:10] >= call.since]
        self._apply(Stage.SELECT, call)
        call.page = list(call.found[call.start - 1 : call.start - 1 + call.size])
        call.matched, call.returned = len(call.found), len(call.page)
        behind = call.start + len(call.page)
        call.next_record = behind if behind <= len(call.found) else 0
        self._apply(Stage.PAGE, call)
        counts = {
            "numberOfRecordsMatched": call.matched,
            "numberOfRecordsReturned": call.returned,
            "nextRecord": call.next_record,
        }
        told = "".join(f' {name}="{value}"' for name, value in counts.items() if value is not None)
        call.records = [self.record(one, full=call.element_set == "full") for one in call.page]
        self._apply(Stage.RECORDS, call)
        records = "\n".join(call.records)
        return (
            f'<csw:GetRecordsResponse xmlns:csw="{own}"><csw:SearchStatus timestamp="{call.moment}"/>'
            f"<csw:SearchResults{told}>\n{records}\n</csw:SearchResults></csw:GetRecordsResponse>"
        )

    def record(self, item: Held, *, full: bool = True) -> str:
        """The csw:Record of an item."""
        elements = _DC_ELEMENT.findall(self.holding.payload(item, "oai_dc")) if full else ()
        return (
            f'<csw:Record xmlns:dc="{ns.DC}" xmlns:dct="{ns.DCT}"><dc:identifier>{escape(item.id)}'
            f"</dc:identifier>{''.join(elements)}<dct:modified>{item.datestamp}</dct:modified></csw:Record>"
        )


def _write(call: CswCall) -> None:
    """The answer as bytes, in an envelope where the request came in one."""
    text = call.text
    if call.soap:
        text = f'<s:Envelope xmlns:s="{ns.SOAP12}"><s:Body>{text}</s:Body></s:Envelope>'
        call.media_type = "application/soap+xml"
    call.content = f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()


def _read(call: CswCall, query: str, body: bytes) -> None:
    """What is asked, from key-value pairs or from a document."""
    if call.method == "POST":
        try:
            root = parse(body)
        except (MalformedXml, ForbiddenXml) as error:
            raise Refusal("NoApplicableCode", str(error)) from error
        call.soap = root.tag == f"{{{ns.SOAP12}}}Envelope"
        inner = root.find("{*}Body/*") if call.soap else root
        if inner is None:
            raise Refusal("NoApplicableCode", "the envelope is empty")
        root = inner
        call.operation = local_name(root)
        given = {str(name).lower(): str(value) for name, value in root.attrib.items()}
        given["version"] = given.get("version") or root.findtext(".//{*}Version") or "2.0.2"
        given["elementsetname"] = root.findtext(".//{*}ElementSetName") or "summary"
        sort = root.find(".//{*}SortProperty")
        given["sortby"] = "".join(map(str, sort.itertext())) if sort is not None else ""
        call.since = root.findtext(".//{*}Literal") or ""
    else:
        given = {name.lower(): value for name, value in parse_qsl(query)}
        call.operation = given.get("request", "")
        constraint = given.get("constraint", "")
        call.since = _literal(constraint) if constraint else ""
    call.version = given.get("version", "2.0.2")
    call.sort_by = given.get("sortby", "")
    call.element_set = given.get("elementsetname", "summary")
    call.output_schema = given.get("outputschema", "")
    for name in ("startposition", "maxrecords"):
        if not given.get(name, "1").isdigit():
            raise Refusal("InvalidParameterValue", f"{name} is no number")
    call.start, call.size = int(given.get("startposition", "1")), int(given.get("maxrecords", "10"))


def _literal(constraint: str) -> str:
    try:
        return etree.fromstring(constraint).findtext(".//{*}Literal") or ""
    except etree.XMLSyntaxError as error:
        raise Refusal("InvalidParameterValue", "the constraint is no filter") from error


def _report(refusal: Refusal) -> str:
    return (
        f'<ows:ExceptionReport xmlns:ows="{ns.OWS}" version="1.2.0"><ows:Exception'
        f' exceptionCode="{refusal.code}"><ows:ExceptionText>{escape(str(refusal))}</ows:ExceptionText>'
        "</ows:Exception></ows:ExceptionReport>"
    )
