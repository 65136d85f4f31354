"""What a server answers to GetRecords: records with counts, or an exception report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lxml import etree

from catalogue.errors import ProtocolFailure
from catalogue.namespaces import CSW, CSW30
from catalogue.xml import local_name
from harvester.clients import soap
from harvester.clients.answers import XmlPage, read_xml, unreadable
from harvester.clients.csw_request import GET, POST, SOAP, Query, as_kvp, as_xml, bare
from harvester.clients.repair import IN_CSW
from harvester.http import Answer, HarvestSession

_COUNTS: Final = ("numberOfRecordsMatched", "numberOfRecordsReturned", "nextRecord")
_REPORTS: Final = frozenset({"ExceptionReport", "ServiceExceptionReport"})
#: A server may answer in another version than it was asked in.
_RESPONSES: Final = frozenset({f"{{{CSW}}}GetRecordsResponse", f"{{{CSW30}}}GetRecordsResponse"})
#: A count beyond this is a mistake.
_SANE: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Results:
    """A GetRecordsResponse (OGC 07-006r1, section 10.8.4; 12-176r7, section 7.3.5)."""

    answer: Answer
    content: bytes
    elements: list[etree._Element]
    #: The counts, where they are numbers that can be meant.
    matched: int | None
    returned: int | None
    next_record: int | None
    timestamp: str
    #: Names of what had to be mended before the answer was well-formed.
    repairs: tuple[str, ...] = ()


def get_records(
    session: HarvestSession,
    query: Query,
    start: int,
    size: int,
    *,
    element_set: str = "full",
    recover: bool = False,
) -> Results:
    """GetRecords; with `recover` the parser guesses where no repair makes XML of the answer.

    Raises:
        ProtocolFailure: the server answered with an exception report.
        HarvestError: any other failure.
    """
    answer = _asked(session, query, (start, size), element_set)
    page = read_xml(answer, mend=True, recover=IN_CSW if recover else None)
    root = soap.opened(page.root)
    require_no_report(root)
    answer.require_success()
    if root.tag not in _RESPONSES:
        raise unreadable(answer, f"not csw:GetRecordsResponse but {root.tag!s}")
    return _results(answer, page, root)


def _asked(session: HarvestSession, query: Query, where: tuple[int, int], element_set: str) -> Answer:
    accept = {"Accept": "application/xml, text/xml"}
    if query.method == GET:
        pairs = as_kvp(query, *where, element_set)
        return session.fetch(GET, bare(query.url, pairs), params=pairs, headers=accept)
    body, headers = as_xml(query, *where, element_set), {"Content-Type": "text/xml", **accept}
    if query.method == SOAP:
        body = soap.wrapped(body)
        headers = {"Content-Type": f"{soap.MEDIA_TYPE}; charset=utf-8", "Accept": soap.MEDIA_TYPE}
    return session.fetch(POST, bare(query.url), data=body, headers=headers)


def _results(answer: Answer, page: XmlPage, root: etree._Element) -> Results:
    results = root.find("{*}SearchResults")
    if results is None:
        raise unreadable(answer, "csw:GetRecordsResponse holds no csw:SearchResults")
    status = root.find("{*}SearchStatus")
    counts = [_count(results.get(name, "")) for name in _COUNTS]
    return Results(
        answer,
        page.content,
        elements=[child for child in results if isinstance(child.tag, str)],
        matched=counts[0],
        returned=counts[1],
        next_record=counts[2],
        timestamp="" if status is None else status.get("timestamp", ""),
        repairs=page.repairs,
    )


def _count(text: str) -> int | None:
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(_SANE))):
        return None
    return int(text) if int(text) <= _SANE else None


def require_no_report(root: etree._Element) -> None:
    """Refuse an exception report (OGC 05-008, section 7.4; older servers: ogc:ServiceException).

    Raises:
        ProtocolFailure: it is one; with the code, the words and the locator of its first exception.
    """
    if local_name(root) not in _REPORTS:
        return
    first = next(root.iterchildren(etree.Element), root)
    code = first.get("exceptionCode") or first.get("code") or "exception without a code"
    locator = first.get("locator", "")
    words = " ".join(" ".join(str(text) for text in root.itertext()).split())
    raise ProtocolFailure(code.strip(), f"{words[:500]} (at {locator})" if locator else words[:500])
