"""A node that speaks OAI-PMH 2.0, as it should, or as the faults that are on make it.

It shares no code with our own endpoint, so that comparing the two compares two things.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from catalogue import namespaces as ns
from catalogue.xml import escape, escape_attribute
from clearinghouse.simulator.holding import FORMATS, Held, Holding, stamp
from clearinghouse.simulator.oai_arguments import OaiError, Selection, check_arguments, selection
from clearinghouse.simulator.switches import Stage, Switch

_OK: Final = 200
#: Of the seconds that a slow answer takes, so many lie between two bytes of one that drips.
_DRIP: Final = 1 / 60
_NO_HEADERS: Final[Mapping[str, str]] = {}
_SCHEMA: Final = (
    f' xmlns:xsi="{ns.XSI}" xsi:schemaLocation="{ns.OAI} http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"'
)


@dataclass
class Call:
    """One request to a node, and the answer that comes about: what faults change."""

    node: OaiNode
    base_url: str
    #: The arguments, `verb` among them, as they were sent.
    pairs: list[tuple[str, str]]
    #: The headers of the request, by their names in small letters.
    asked_with: Mapping[str, str] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    #: What Identify says: element -> text.
    identify: dict[str, str] = field(default_factory=dict)
    #: Of a list: what is asked for, what there is, what of it matches, and the page of that.
    wanted: Selection = field(default_factory=lambda: Selection(""))
    held: Sequence[Held] = ()
    found: Sequence[Held] = ()
    page: list[Held] = field(default_factory=list)
    #: The token to hand out; None where there is no resumptionToken element.
    token: str | None = None
    size: str = ""
    cursor: str = ""
    #: Further attributes of the resumptionToken, as they are written.
    attributes: str = ""
    #: A mark behind the token that was sent, and behind the one to hand out: what a fault remembers.
    mark: str = ""
    note: str = ""
    #: A page without items is an answer, and not noRecordsMatch.
    may_be_empty: bool = False
    #: The records of the page, as they are written.
    records: list[str] = field(default_factory=list)
    #: The root element's start tag has these attributes.
    declarations: str = f' xmlns="{ns.OAI}"{_SCHEMA}'
    moment: str = ""
    text: str = ""
    content: bytes = b""
    status: int = _OK
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/xml; charset=utf-8"})
    #: Seconds before the answer begins.
    delay: float = 0.0
    #: The connection breaks off in the middle of the answer.
    breaks_off: bool = False
    #: The answer goes on behind its end for as long as it is read; or comes a byte at a time.
    is_endless: bool = False
    drips: bool = False

    @property
    def verb(self) -> str:
        """The verb, where it is one."""
        return self.given.get("verb", "")

    @property
    def is_https(self) -> bool:
        """It came over TLS."""
        return self.base_url.startswith("https:")

    @property
    def is_posted(self) -> bool:
        """It came by POST."""
        return "content-type" in self.asked_with

    @property
    def is_list(self) -> bool:
        """ListRecords or ListIdentifiers."""
        return self.verb in {"ListRecords", "ListIdentifiers"}

    def replace_argument(self, name: str, value: str | None) -> None:
        """Change one argument, or take it away."""
        pairs = [pair for pair in self.pairs if pair[0] != name]
        self.pairs = pairs if value is None else [*pairs, (name, value)]
        self.given = dict(self.pairs)

    def refuse(self, status: int, text: str = "no", **headers: str) -> None:
        """Answer with an HTTP status, and without XML."""
        raise Refused(status, text, {name.replace("_", "-"): value for name, value in headers.items()})


class Refused(Exception):
    """The answer is an HTTP status and a text."""

    def __init__(self, status: int, text: str, headers: dict[str, str]) -> None:
        super().__init__(text)
        self.status = status
        self.headers = headers


class OaiNode:
    """An ASGI application: one data provider.

    Args:
        holding: what it holds, and says of itself.
        switches: the faults that are on.
        now: its clock.
        slowness: seconds that a slow answer takes.
    """

    def __init__(
        self,
        holding: Holding,
        switches: Iterable[Switch] = (),
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        slowness: float = 30.0,
    ) -> None:
        self.holding = holding
        self.now = now
        self.slowness = slowness
        #: The requests so far, as pairs of names and values.
        self.asked: list[dict[str, str]] = []
        self.remember = False
        #: Its addresses in plain http and in https; empty where it has none.
        self.http = self.https = ""
        self.switch_on(*switches)

    def switch_on(self, *switches: Switch) -> None:
        """From now on these faults, and no others."""
        self._actions = {
            stage: [
                (switch.fault.actions[stage], switch) for switch in switches if stage in switch.fault.actions
            ]
            for stage in Stage
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, by GET or by POST (section 3.1.1)."""
        request = Request(scope, receive)
        query = (await request.body()) if request.method == "POST" else scope["query_string"]
        pairs = parse_qsl(query.decode("utf-8", "replace"), keep_blank_values=True)
        base_url = str(request.url.replace(query="", fragment=""))
        call = self.answer(base_url, pairs, dict(request.headers))
        if call.delay:
            await asyncio.sleep(call.delay)
        await _send(call, request, send)

    def answer(
        self, base_url: str, pairs: list[tuple[str, str]], headers: Mapping[str, str] = _NO_HEADERS
    ) -> Call:
        """The answer to these arguments, which came with these headers."""
        call = Call(self, base_url, pairs, headers, given=dict(pairs))
        if self.remember:
            self.asked.append(dict(pairs))
        call.moment = stamp(self.now())
        try:
            try:
                self._apply(Stage.REQUEST, call)
                call.given = check_arguments(call.pairs)
                body = f"<{call.verb}>{self._verb(call)}</{call.verb}>"
            except OaiError as error:
                if error.code in {"badVerb", "badArgument"}:
                    call.pairs = []
                body = f'<error code="{error.code}">{escape(str(error))}</error>'
            call.text = _envelope(call, body)
            call.content = call.text.encode()
            self._apply(Stage.ANSWER, call)
            self._apply(Stage.CODING, call)
        except Refused as refused:
            call.status, call.content = refused.status, str(refused).encode()
            call.headers = {"Content-Type": "text/plain", **refused.headers}
        return call

    def _apply(self, stage: Stage, call: Call) -> None:
        for action, switch in self._actions[stage]:
            action(call, switch)

    def _verb(self, call: Call) -> str:
        match call.verb:
            case "Identify":
                return self._identify(call)
            case "ListMetadataFormats":
                return self._list_metadata_formats(call.given.get("identifier"))
            case "ListSets":
                return self._list_sets(call.given)
            case "GetRecord":
                return self._get_record(call)
            case _:
                return self._list(call)

    def _identify(self, call: Call) -> str:
        holding = self.holding
        items = holding.listed()
        call.identify = {
            "repositoryName": holding.title,
            "baseURL": call.base_url,
            "protocolVersion": "2.0",
            "adminEmail": holding.email,
            "earliestDatestamp": items[0].datestamp if items else call.moment[: len(holding.granularity)],
            "deletedRecord": holding.deleted_record,
            "granularity": holding.granularity,
        }
        self._apply(Stage.IDENTIFY, call)
        host = holding.email.rpartition("@")[2]
        about = (
            f'<description><oai-identifier xmlns="{ns.OAI_IDENTIFIER}"'
            f' xsi:schemaLocation="{ns.OAI_IDENTIFIER} http://www.openarchives.org/OAI/2.0/oai-identifier.xsd">'
            f"<scheme>oai</scheme><repositoryIdentifier>{host}</repositoryIdentifier><delimiter>:</delimiter>"
            f"<sampleIdentifier>{escape(items[0].id)}</sampleIdentifier></oai-identifier></description>"
            if items
            else ""
        )
        return "".join(f"<{name}>{escape(text)}</{name}>" for name, text in call.identify.items()) + about

    def _list_metadata_formats(self, identifier: str | None) -> str:
        if identifier is not None:
            self._find(identifier)
        return "".join(
            f"<metadataFormat><metadataPrefix>{prefix}</metadataPrefix><schema>{FORMATS[prefix][0]}</schema>"
            f"<metadataNamespace>{FORMATS[prefix][1]}</metadataNamespace></metadataFormat>"
            for prefix in self.holding.prefixes
        )

    def _list_sets(self, given: dict[str, str]) -> str:
        if "resumptionToken" in given:
            raise OaiError("badResumptionToken", "the list of sets is always whole")
        return "".join(
            f"<set><setSpec>{spec}</setSpec><setName>{escape(name)}</setName></set>"
            for spec, name in self.holding.sets.items()
        )

    def _get_record(self, call: Call) -> str:
        self._check_prefix(call.given["metadataPrefix"])
        call.wanted = Selection(call.given["metadataPrefix"])
        call.page = [self._find(call.given["identifier"])]
        return "".join(self._written(call))

    def _list(self, call: Call) -> str:
        token, _, call.mark = call.given.get("resumptionToken", "").partition("~")
        given = {**call.given, "resumptionToken": token} if call.mark else call.given
        call.wanted = wanted = selection(given, self.holding.granularity)
        self._check_prefix(wanted.prefix)
        call.held = self.holding.listed()
        call.found = matching(call.held, wanted)
        self._apply(Stage.SELECT, call)
        wanted, total = call.wanted, len(call.found)
        end = wanted.offset + self.holding.page_size
        call.page = list(call.found[wanted.offset : end])
        call.size, call.cursor = str(total), str(wanted.offset)
        if end < total or wanted.offset:
            # The last page of a list in pages has an empty token (section 3.5).
            call.token = wanted.token(end) if end < total else ""
        self._apply(Stage.PAGE, call)
        if not call.page and not call.may_be_empty:
            if wanted.offset:
                raise OaiError("badResumptionToken", "the token leads past the end of the list")
            raise OaiError("noRecordsMatch", "no records match")
        return "\n".join((*self._written(call), _resumption(call)))

    def _written(self, call: Call) -> list[str]:
        headers_only = call.verb == "ListIdentifiers"
        call.records = [
            header(item) if headers_only else self.record(item, call.wanted.prefix) for item in call.page
        ]
        self._apply(Stage.RECORDS, call)
        return call.records

    def record(self, item: Held, prefix: str) -> str:
        """The record element of an item."""
        if item.deleted:
            return f"<record>{header(item)}</record>"
        return f"<record>{header(item)}<metadata>{self.holding.payload(item, prefix)}</metadata></record>"

    def _find(self, identifier: str) -> Held:
        for item in self.holding.listed():
            if item.id == identifier:
                return item
        raise OaiError("idDoesNotExist", f"there is no {identifier!r} here")

    def _check_prefix(self, prefix: str) -> None:
        if prefix not in self.holding.prefixes:
            listed = ", ".join(self.holding.prefixes)
            raise OaiError("cannotDisseminateFormat", f"{prefix!r} is not among {listed}")


def matching(items: Sequence[Held], wanted: Selection) -> Sequence[Held]:
    """Both ends are inclusive (section 2.7.1), compared in the granularity of the argument."""
    since, until, spec = wanted.from_, wanted.until, wanted.set_spec
    if not since and not until and not spec:
        return items
    return [
        item
        for item in items
        if item.datestamp[: len(since)] >= since
        and (not until or item.datestamp[: len(until)] <= until)
        and (not spec or spec in item.sets)
    ]


def header(item: Held) -> str:
    """The header element of an item."""
    status = ' status="deleted"' if item.deleted else ""
    sets = "".join(f"<setSpec>{spec}</setSpec>" for spec in item.sets)
    return (
        f"<header{status}><identifier>{escape(item.id)}</identifier>"
        f"<datestamp>{item.datestamp}</datestamp>{sets}</header>"
    )


def _resumption(call: Call) -> str:
    if call.token is None:
        return ""
    token = f"{call.token}~{call.note}" if call.note else call.token
    size = f' completeListSize="{call.size}"' if call.size else ""
    cursor = f' cursor="{call.cursor}"' if call.cursor else ""
    return f"<resumptionToken{size}{cursor}{call.attributes}>{escape(token)}</resumptionToken>"


def _envelope(call: Call, body: str) -> str:
    attributes = "".join(f' {name}="{escape_attribute(value)}"' for name, value in call.pairs)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH{call.declarations}>\n'
        f"<responseDate>{call.moment}</responseDate>\n"
        f"<request{attributes}>{escape(call.base_url)}</request>\n{body}\n</OAI-PMH>\n"
    )


async def _send(call: Call, request: Request, send: Send) -> None:
    content = call.content
    headers = dict(call.headers)
    if not call.is_endless:
        headers["Content-Length"] = str(len(content))
    start: dict[str, Any] = {
        "type": "http.response.start",
        "status": call.status,
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()],
    }
    await send(start)
    if call.breaks_off:
        await send({"type": "http.response.body", "body": content[: len(content) // 2], "more_body": True})
        return
    number = 0
    while (call.is_endless or (call.drips and number < len(content))) and not await request.is_disconnected():
        part = content if call.is_endless else content[number : number + 1]
        await send({"type": "http.response.body", "body": part, "more_body": True})
        await asyncio.sleep(call.node.slowness * _DRIP if call.drips else 0)
        number += 1
    await send({"type": "http.response.body", "body": content[number:]})
