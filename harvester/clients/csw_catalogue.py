"""OWSLib's CatalogueServiceWeb over our session, without the MD_Metadata object that it builds per record.

OWSLib reads the capabilities and writes the requests. It would also send them by itself, to whatever URL
the capabilities name; here they go through the session, whose guard sees that URL.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urljoin

from lxml import etree
from owslib.catalogue.csw2 import CatalogueServiceWeb
from owslib.fes import PropertyIsGreaterThanOrEqualTo, SortBy, SortProperty

from catalogue.errors import AnswerUnreadable, ProtocolFailure
from catalogue.namespaces import CSW, DC, DCT, GMD, OGC, OWS, XSI
from catalogue.xml import local_name
from harvester.clients.answers import read_xml, unreadable
from harvester.http import Answer, HarvestSession
from harvester.http.answer import place

APISO: Final = "http://www.opengis.net/cat/csw/apiso/1.0"
#: Declared on every request, for property names stand in text, where no serialiser sees their prefixes.
_DECLARED: Final = {
    "csw": CSW,
    "ogc": OGC,
    "ows": OWS,
    "gmd": GMD,
    "apiso": APISO,
    "dc": DC,
    "dct": DCT,
    "xsi": XSI,
}
_RESULTS: Final = f"{{{CSW}}}SearchResults"
_STATUS: Final = f"{{{CSW}}}SearchStatus"
_COUNTS: Final = ("numberOfRecordsMatched", "numberOfRecordsReturned", "nextRecord")
_REPORTS: Final = frozenset({"ExceptionReport", "ServiceExceptionReport"})
#: A count beyond this is a mistake.
_SANE: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Query:
    """One way to ask a server for its records: servers differ in what they understand."""

    url: str
    output_schema: str
    typename: str
    #: Property to sort by; empty: not sorted.
    sort_by: str = ""
    #: Queryable that holds the date of change, and the day since when; empty: everything.
    modified: str = ""
    since: str = ""


@dataclass(frozen=True, slots=True)
class Results:
    """A csw:GetRecordsResponse (OGC 07-006r1, section 10.8.4)."""

    answer: Answer
    content: bytes
    elements: list[etree._Element]
    #: The counts, where they are numbers that can be meant.
    matched: int | None
    returned: int | None
    next_record: int | None
    timestamp: str


class SessionCatalogue(CatalogueServiceWeb):  # type: ignore[misc] # owslib has no types
    """CatalogueServiceWeb over our session."""

    request: Any
    operations: list[Any]
    constraints: dict[str, Any]
    identification: Any

    def __init__(self, url: str, session: HarvestSession, *, skip_caps: bool) -> None:
        self._session = session
        self._post_url = url
        self.found: Results | None = None
        super().__init__(url, skip_caps=skip_caps)
        if skip_caps:
            self.operations, self.constraints, self.identification = [], {}, None

    def get_records(self, query: Query, start: int, size: int) -> Results:
        """GetRecords by POST.

        Raises:
            ProtocolFailure: the server answered with an exception report.
            HarvestError: any other failure.
        """
        self._post_url = query.url
        self.found = None
        self.getrecords2(
            constraints=(
                [PropertyIsGreaterThanOrEqualTo(query.modified, query.since)] if query.since else []
            ),
            sortby=SortBy([SortProperty(query.sort_by, "ASC")]) if query.sort_by else None,
            typenames=query.typename,
            esn="full",
            outputschema=query.output_schema,
            startposition=start,
            maxrecords=size,
        )
        if self.found is None:
            raise AnswerUnreadable(f"{place(query.url)}: not an answer to GetRecords")
        return self.found

    def _setrootelement(self, el: str) -> etree._Element:
        prefix, _, name = el.partition(":")
        return etree.Element(f"{{{_DECLARED[prefix]}}}{name}", nsmap=_DECLARED)

    def _invoke(self) -> None:
        """Send `self.request` over the session, and read the answer once, strictly."""
        if isinstance(self.request, str):
            answer = self._session.fetch("GET", self.url, params=dict(parse_qsl(self.request)))
            expected = "Capabilities"
        else:
            self.request = etree.tostring(self.request, encoding="utf-8", xml_declaration=True)
            headers = {"Content-Type": "text/xml", "Accept": "application/xml, text/xml"}
            answer = self._session.fetch("POST", self._post_url, data=self.request, headers=headers)
            expected = "GetRecordsResponse"
        page = read_xml(answer)
        if local_name(page.root) in _REPORTS:
            raise _failure(page.root)
        answer.require_success()
        if page.root.tag != f"{{{CSW}}}{expected}":
            raise unreadable(answer, f"not csw:{expected} but {page.root.tag!s}")
        self._exml = page.root.getroottree()
        self.response = page.content
        self.exceptionreport = None
        if expected == "GetRecordsResponse":
            self.found = _results(answer, page.content, page.root)

    def _parserecords(self, outputschema: str, esn: str) -> None:
        """Nothing: payloads are cut out of the page instead."""


def capabilities(url: str, session: HarvestSession) -> SessionCatalogue:
    """GetCapabilities.

    Raises:
        AnswerUnreadable: OWSLib finds in them what it cannot read.
        HarvestError: any other failure.
    """
    try:
        return SessionCatalogue(url, session, skip_caps=False)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise AnswerUnreadable(f"{place(url)}: capabilities that cannot be read ({error!r})") from error


def _results(answer: Answer, content: bytes, root: etree._Element) -> Results:
    results = root.find(_RESULTS)
    if results is None:
        raise unreadable(answer, "csw:GetRecordsResponse holds no csw:SearchResults")
    status = root.find(_STATUS)
    counts = [_count(results.get(name, "")) for name in _COUNTS]
    for name, count in zip(_COUNTS, counts, strict=True):
        # OWSLib makes integers of all three, whatever they are.
        results.set(name, str(count or 0))
    return Results(
        answer,
        content,
        elements=[child for child in results if isinstance(child.tag, str)],
        matched=counts[0],
        returned=counts[1],
        next_record=counts[2],
        timestamp="" if status is None else status.get("timestamp", ""),
    )


def _count(text: str) -> int | None:
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(_SANE))):
        return None
    return int(text) if int(text) <= _SANE else None


def _failure(report: etree._Element) -> ProtocolFailure:
    """The first exception of a report (OGC 05-008, section 7.4; older servers: ogc:ServiceException)."""
    first = next(report.iterchildren(etree.Element), report)
    code = first.get("exceptionCode") or first.get("code") or "exception without a code"
    locator = first.get("locator", "")
    words = " ".join(" ".join(str(text) for text in report.itertext()).split())
    return ProtocolFailure(code.strip(), f"{words[:500]} (at {locator})" if locator else words[:500])


def operation(catalogue: SessionCatalogue, name: str) -> Any:
    """An operation of the capabilities by its name, or None."""
    named = (found for found in catalogue.operations if getattr(found, "name", "").lower() == name.lower())
    return next(named, None)


def post_url(catalogue: SessionCatalogue, base_url: str) -> str:
    """The address that the capabilities name for GetRecords by POST; as OWSLib, one that takes plain XML."""
    found = operation(catalogue, "GetRecords")
    posts = [m for m in found.methods if m["type"].lower() == "post"] if found is not None else []
    plain = [m for m in posts if "xml" in _encodings(m)]
    chosen = (plain or posts or [{"url": ""}])[0]
    try:
        return urljoin(base_url, str(chosen["url"] or "").strip())
    except ValueError:
        return base_url


def _encodings(method: dict[str, Any]) -> set[str]:
    return {
        (value or "").strip().lower()
        for constraint in method["constraints"]
        if (constraint.name or "").lower() == "postencoding"
        for value in constraint.values
    }
