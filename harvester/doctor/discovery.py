"""Finds what can be harvested at an address: the address itself, what it links to, the well-known places."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

import msgspec

from catalogue.checkup import Answered, Interface, Tried
from catalogue.errors import (
    AddressRefused,
    AnswerUnreadable,
    ForbiddenXml,
    HarvestError,
    HttpFailure,
    MalformedXml,
    SourceBusy,
    SourceUnreachable,
)
from catalogue.namespaces import CSW, CSW30, OAI
from catalogue.scrubbing import shown_url
from catalogue.source import Protocol
from catalogue.xml import parse
from harvester.clients.answers import to_utf8
from harvester.clients.csw_capabilities import ask_capabilities
from harvester.clients.feed import is_feed
from harvester.doctor.addresses import Candidate, HtmlPage, read_page, well_known, without_request
from harvester.doctor.session import CheckupSession
from harvester.doctor.software import Fact, recognise
from harvester.http import Answer
from harvester.http.answer import place

STATIC: Final = "http://www.openarchives.org/OAI/2.0/static-repository"
#: Addresses that are tried, at most.
MOST_TRIED: Final = 34
_STATUS: Final = {401: Answered.PASSWORD, 403: Answered.PASSWORD}
_REQUESTS: Final[dict[Protocol, dict[str, str]]] = {
    Protocol.OAI_PMH: {"verb": "Identify"},
    Protocol.CSW: {"service": "CSW", "version": "2.0.2", "request": "GetCapabilities"},
}
_ACCEPT: Final = {"Accept": "application/xml, text/xml, application/json;q=0.9, text/html;q=0.8, */*;q=0.5"}
_JSON: Final = {"Accept": "application/json, application/geo+json;q=0.9"}
_COMMENT: Final = re.compile(rb"<!--.{0,200}?-->", re.DOTALL)


class _Json(msgspec.Struct):
    """What tells JSON documents apart."""

    dataset: list[msgspec.Raw] | None = None
    links: list[msgspec.Raw] | None = None
    collections: list[msgspec.Raw] | None = None
    conformsTo: object = None  # noqa: N815 - the standard's spelling


@dataclass
class Found:
    """What discovery has found so far."""

    tried: list[Tried] = field(default_factory=list)
    interfaces: list[Interface] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    #: The first error, where the typed address gave one.
    first: HarvestError | None = None
    page: HtmlPage | None = None
    #: XML files of a folder on the web.
    files: tuple[str, ...] = ()

    def has(self, protocol: Protocol) -> bool:
        """Whether an interface of this protocol is among what was found."""
        return any(one.protocol == protocol for one in self.interfaces)


def protocol_of(answer: Answer) -> tuple[Protocol, str] | None:
    """What protocol an answer is one of, and its version where it says one; None where it is of none."""
    if answer.looks_like_xml or _is_damaged_oai(answer):
        return _xml_protocol(answer)
    if answer.content[:1].lstrip() in {b"{", b""} and b"{" in answer.content[:200]:
        return _json_protocol(answer.content)
    return None


def _xml_protocol(answer: Answer) -> tuple[Protocol, str] | None:
    try:
        root = parse(to_utf8(answer.content, answer.charset))
    except (MalformedXml, ForbiddenXml, UnicodeError, LookupError):
        return (Protocol.OAI_PMH, "2.0") if _is_damaged_oai(answer) else None
    space, _, name = str(root.tag).lstrip("{").partition("}")
    if (space, name) == (OAI, "OAI-PMH"):
        return Protocol.OAI_PMH, "2.0"
    if name == "Capabilities" and space in {CSW, CSW30}:
        return Protocol.CSW, root.get("version", "2.0.2" if space == CSW else "3.0.0")[:20]
    if is_feed(root):
        return Protocol.FEED, root.get("version", "")[:20]
    return (Protocol.OAI_STATIC, "2.0") if (space, name) == (STATIC, "Repository") else None


def _is_damaged_oai(answer: Answer) -> bool:
    """Whether it is meant as OAI-PMH: what is damaged is worth a check-up all the more."""
    start = answer.content[:3000]
    return b"<OAI-PMH" in start and b"openarchives.org/OAI/2.0" in start


def _json_protocol(content: bytes) -> tuple[Protocol, str] | None:
    try:
        found = msgspec.json.decode(content, type=_Json)
    except (msgspec.DecodeError, UnicodeError):
        return None
    if found.dataset is not None:
        return Protocol.DATA_JSON, "1.1"
    is_records = b"ogcapi-records" in content or b'"record"' in content
    has_links = found.links is not None or found.collections is not None
    return (Protocol.OGC_RECORDS, "1.0") if has_links and is_records else None


class Discovery:
    """Tries addresses one after the other, the likeliest first."""

    def __init__(
        self, session: CheckupSession, on_progress: Callable[[Found], None] = lambda _: None
    ) -> None:
        self._session = session
        self._on_progress = on_progress
        self._asked: set[tuple[str, str]] = set()
        self.found = Found()

    def look(self, address: str) -> Found:
        """Everything that can be harvested at an address.

        Raises:
            CheckupOver: the budget is spent before anything was found.
        """
        place = self._first(address)
        if isinstance(self.found.first, SourceUnreachable | AnswerUnreadable):
            # There are servers that break off where nothing is asked.
            self._try_all([Candidate(Protocol.OAI_PMH, without_request(address))], stop_at_first=True)
        if self.found.interfaces or self.found.first is not None:
            return self.found
        links = self.found.page.links if self.found.page else ()
        feeds = [one for one in links if one.protocol is Protocol.FEED]
        self._try_all([one for one in links if one not in feeds], stop_at_first=False)
        if not self.found.interfaces:
            typed = without_request(address)
            self._try_all([Candidate(Protocol.OAI_PMH, typed)], stop_at_first=True)
            if not self.found.interfaces:
                self._try_csw(typed)
            software = recognise(self.found.facts)
            self._try_all(well_known(place, software.id if software else ""), stop_at_first=True)
            # Nearly every site has a feed of its news: it is looked at where there is nothing else.
            self._try_all(feeds, stop_at_first=True)
        return self.found

    def _first(self, address: str) -> str:
        """The address as it was typed; returns where that led."""
        answer = self._ask("page", address, {}, _ACCEPT)
        if answer is None and address.startswith("https://") and _is_no_answer(self.found.first):
            plain = f"http://{address.removeprefix('https://')}"
            failed, self.found.first = self.found.first, None
            answer = self._ask("page", plain, {}, _ACCEPT)
            self.found.first = failed if self.found.first is not None else None
        if answer is None:
            is_status = isinstance(self.found.first, HttpFailure)
            if is_status:  # the address is wrong; its site may have what is looked for
                self.found.first = None
            return address
        self._note_facts(answer)
        kind = protocol_of(answer)
        if kind is not None:
            self._keep(kind, without_request(answer.url))
            self._said("page", answer.url, Answered.FOUND)
            return answer.url
        page = read_page(answer.content, answer.url, answer.charset)
        self.found.page = page
        self.found.facts += [Fact("generator", page.generator), Fact("html", page.text)]
        if page.is_listing:
            self.found.files = page.files
            self.found.interfaces.append(Interface(Protocol.FILES, without_request(answer.url)))
            self._said("page", answer.url, Answered.FOUND)
        else:
            self._said("page", answer.url, Answered.PAGE)
        return answer.url

    def _try_all(self, candidates: Iterable[Candidate], *, stop_at_first: bool) -> None:
        """Try candidates; one interface of each protocol is enough, and one at all where they are guesses."""
        for candidate in candidates:
            if len(self.found.tried) >= MOST_TRIED or (stop_at_first and self.found.interfaces):
                return
            if not self.found.has(candidate.protocol):
                self._try(candidate)

    def _try(self, candidate: Candidate) -> None:
        if (candidate.protocol, candidate.url) in self._asked:
            return
        self._asked.add((candidate.protocol, candidate.url))
        params = _REQUESTS.get(candidate.protocol, {})
        accept = _JSON if candidate.protocol in {Protocol.OGC_RECORDS, Protocol.DATA_JSON} else _ACCEPT
        before = self.found.first
        answer = self._ask(candidate.protocol, candidate.url, params, accept)
        self.found.first = before
        if answer is None:
            return
        kind = protocol_of(answer)
        if kind is None:
            self._said(candidate.protocol, candidate.url, Answered.NOT_FOUND)
            return
        self._note_facts(answer)
        self._keep(kind, without_request(answer.url))
        self._said(candidate.protocol, candidate.url, Answered.FOUND)

    def _try_csw(self, url: str) -> None:
        """The typed address as CSW, in both versions and by both methods: some understand only one."""
        try:
            told = ask_capabilities(url, self._session)
        except HarvestError as error:
            self._said(Protocol.CSW, url, answered_by(error), str(error))
            return
        self._keep((Protocol.CSW, told.version), url)
        self._said(Protocol.CSW, url, Answered.FOUND)

    def _keep(self, kind: tuple[Protocol, str], url: str) -> None:
        protocol, version = kind
        self.found.facts.append(Fact("address", url))
        if not self.found.has(protocol):
            self.found.interfaces.append(Interface(protocol, url, version))

    def _ask(self, what: str, url: str, params: dict[str, str], accept: dict[str, str]) -> Answer | None:
        """An answer, of any kind; None where there is none, which is then said."""
        try:
            return self._session.fetch("GET", url, params=params, headers=accept)
        except HarvestError as error:
            self.found.first = error
            self._said(what, url, answered_by(error), str(error))
            return None

    def _said(self, what: str, url: str, answered: Answered, why: str = "") -> None:
        if answered is Answered.REFUSED:
            why = ""  # it says what the name resolves to here, which is nobody's business
        why = why.replace(place(url), "", 1).strip(" :")
        self.found.tried.append(Tried(shown_url(url), str(what), answered, why[:300]))
        self._on_progress(self.found)

    def _note_facts(self, answer: Answer) -> None:
        told = " ".join(answer.headers.get(name, "") for name in ("Server", "X-Powered-By", "Set-Cookie"))
        self.found.facts += [Fact("header", told[:500]), Fact("address", answer.url)]
        if answer.looks_like_xml:
            comments = b" ".join(_COMMENT.findall(answer.content[:20_000]))
            self.found.facts.append(Fact("xml", comments.decode("utf-8", "replace")))
        elif answer.content[:1] in {b"{", b"["}:
            self.found.facts.append(Fact("json", answer.content[:20_000].decode("utf-8", "replace")))


def answered_by(error: HarvestError) -> Answered:
    """What an error says of an address."""
    if isinstance(error, HttpFailure):
        return _STATUS.get(error.status, Answered.NOT_FOUND)
    if isinstance(error, AddressRefused):
        return Answered.REFUSED
    if isinstance(error, SourceUnreachable):
        return Answered.SLOW if "seconds" in str(error) or "time" in str(error) else Answered.UNREACHABLE
    return Answered.SLOW if isinstance(error, SourceBusy) else Answered.NOT_FOUND


def _is_no_answer(error: HarvestError | None) -> bool:
    return isinstance(error, SourceUnreachable)
