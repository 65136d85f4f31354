"""The documents that answers are, in the words of either version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Final

from catalogue import namespaces as ns
from catalogue.queryables import utc
from catalogue.xml import escape, escape_attribute
from endpoint.csw.exceptions import Code, OwsException
from endpoint.csw.outputs import element_set_of
from endpoint.csw.requests import GetCapabilities, GetRecords


@dataclass(frozen=True, slots=True)
class Dialect:
    """What the answers of the two versions have otherwise."""

    version: str
    #: Prefix of the namespace of its elements.
    prefix: str
    namespace: str
    schema: str
    #: Further prefixes, and their namespaces.
    prefixes: tuple[tuple[str, str], ...]
    #: What GetDomain calls a property, and whether it says how often each value is there.
    property_name: str
    counts: bool
    #: Sections that the schema asks for in every document.
    required: frozenset[str] = frozenset()

    def document(self, root: str, content: str | bytes, **attributes: str) -> bytes:
        """A whole answer: the element of this name with this content."""
        name = f"{self.prefix}:{root}"
        declared = "".join(
            f' xmlns:{prefix}="{uri}"' for prefix, uri in ((self.prefix, self.namespace), *self.prefixes)
        )
        opened = (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<{name}{declared}'
            f' xsi:schemaLocation="{self.namespace} {self.schema}"{_attributes(attributes)}>'
        )
        inner = content if isinstance(content, bytes) else content.encode()
        return b"".join((opened.encode(), inner, f"</{name}>".encode()))

    def capabilities(self, made: Mapping[str, str], request: GetCapabilities, changed: str) -> bytes:
        """Capabilities (05-008c1, 7.4; 06-121r9, 7.4), with the sections that are wanted.

        The sequence is the time of the catalogue's last change, and what tells two documents of the same
        time apart. Who has this document gets nothing of it, and who has one of a later time is wrong.

        Raises:
            OwsException: InvalidUpdateSequence.
        """
        digest = blake2b("".join(made.values()).encode(), digest_size=4).hexdigest()
        sequence = f"{changed}.{digest}"
        if request.update_sequence.partition(".")[0] > changed:
            message = f"updateSequence is {request.update_sequence!r}, and the newest is {sequence!r}"
            raise OwsException(Code.INVALID_UPDATE_SEQUENCE, "", message)
        wanted = frozenset() if request.update_sequence == sequence else request.sections
        shown = (
            text for name, text in made.items() if wanted is None or name in wanted or name in self.required
        )
        return self.document("Capabilities", "".join(shown), version=self.version, updateSequence=sequence)

    def search_results(self, request: GetRecords, matched: int, records: list[bytes], now: datetime) -> bytes:
        """GetRecordsResponse (07-006r1, 10.8.5; 12-176r7, 7.3.5).

        `nextRecord` is the position behind the records returned, 0 once there is none (07-006r1, table 71);
        where no record was asked for, the position is that from which the client would go on.
        """
        following = request.query.offset + 1 + len(records)
        attributes = {
            "numberOfRecordsMatched": str(matched),
            "numberOfRecordsReturned": str(len(records)),
            "nextRecord": str(following if following <= matched else 0),
            "recordSchema": request.output_schema,
        }
        if self.counts:
            status = "none" if not records else "complete" if len(records) == matched else "subset"
            attributes["status"] = status
        if not request.element_names:
            attributes["elementSet"] = element_set_of(request.output_schema, request.element_set)
        p = self.prefix
        head = self._request_id(request) + f'<{p}:SearchStatus timestamp="{instant(now)}"/>'
        head += f"<{p}:SearchResults{_attributes(attributes)}>"
        content = b"".join((head.encode(), *records, f"</{p}:SearchResults>".encode()))
        return self.document("GetRecordsResponse", content, version=self.version)

    def acknowledgement(self, request: GetRecords, now: datetime) -> bytes:
        """Acknowledgement: the request is valid (07-006r1, 10.8.4.3)."""
        p = self.prefix
        echo = b"".join((f"<{p}:EchoedRequest>".encode(), request.echo, f"</{p}:EchoedRequest>".encode()))
        content = echo + self._request_id(request).encode()
        return self.document("Acknowledgement", content, timeStamp=instant(now))

    def _request_id(self, request: GetRecords) -> str:
        if not request.request_id:
            return ""
        return f"<{self.prefix}:RequestId>{escape(request.request_id)}</{self.prefix}:RequestId>"

    def listed(self, values: Iterable[tuple[str, int | None]]) -> str:
        """A domain's values; nothing where there are none."""
        p = self.prefix
        counted = [
            ("" if count is None or not self.counts else f' count="{count}"', escape(value))
            for value, count in values
        ]
        listed = "".join(f"<{p}:Value{count}>{value}</{p}:Value>" for count, value in counted)
        return f"<{p}:ListOfValues>{listed}</{p}:ListOfValues>" if listed else ""

    def range_of(self, least: str, greatest: str) -> str:
        """A domain's least and greatest value."""
        p = self.prefix
        return (
            f"<{p}:RangeOfValues><{p}:MinValue>{escape(least)}</{p}:MinValue>"
            f"<{p}:MaxValue>{escape(greatest)}</{p}:MaxValue></{p}:RangeOfValues>"
        )

    def domain(self, element: str, name: str, content: str, **attributes: str) -> str:
        """DomainValues of a property or a parameter."""
        p = self.prefix
        shown = _attributes({"type": f"{p}:Record", **attributes})
        named = f"<{p}:{element}>{escape(name)}</{p}:{element}>"
        return f"<{p}:DomainValues{shown}>{named}{content}</{p}:DomainValues>"


def _attributes(attributes: dict[str, str]) -> str:
    return "".join(f' {name}="{escape_attribute(value)}"' for name, value in attributes.items())


def instant(now: datetime) -> str:
    """A time as xs:dateTime, in whole seconds."""
    return utc(int(now.timestamp()))


#: CSW 2.0.2.
V202: Final = Dialect(
    version="2.0.2",
    prefix="csw",
    namespace=ns.CSW,
    schema="http://schemas.opengis.net/csw/2.0.2/CSW-discovery.xsd",
    prefixes=(("ows", ns.OWS), ("ogc", ns.OGC), ("gml", ns.GML), ("xlink", ns.XLINK), ("xsi", ns.XSI)),
    property_name="PropertyName",
    counts=False,
    required=frozenset({"Filter_Capabilities"}),
)
#: CSW 3.0.0.
V300: Final = Dialect(
    version="3.0.0",
    prefix="csw30",
    namespace=ns.CSW30,
    schema="http://schemas.opengis.net/cat/csw/3.0/cswAll.xsd",
    prefixes=(
        ("ows", ns.OWS20), ("ows11", ns.OWS11), ("fes", ns.FES), ("gml", ns.GML32), ("gmd", ns.GMD),
        ("xlink", ns.XLINK), ("xsi", ns.XSI),
    ),
    property_name="ValueReference",
    counts=True,
)  # fmt: skip
