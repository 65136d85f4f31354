"""Looks at an OAI-PMH repository: every verb once, its errors, and records from the whole of its list."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from lxml import etree

from catalogue.namespaces import OAI
from catalogue.source import Protocol, Source
from harvester.clients import oai_pages, oai_records
from harvester.clients.base import Item, Note
from harvester.clients.oai_position import Position
from harvester.clients.oai_requests import Requests
from harvester.clients.oai_sickle import SessionSickle, StrictResponse
from harvester.doctor.asking import Asking
from harvester.doctor.observation import WHOLE, Format, Identity, Listing, OaiSeen, Reply, Single, spread
from harvester.windows import Window

#: Pages that are read one behind the other, of the list and of one window; windows across the whole list.
WALKED: Final = 5
FURTHER: Final = 3
WINDOWS: Final = 5
SINGLES: Final = 2
MOST_SETS: Final = 500
_SECONDS: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_DAY_LENGTH: Final = len("2026-01-01")
#: Nobody has these.
_NO_VERB, _NO_PREFIX, _NO_SET = "NoSuchVerb", "no_such_format", "no:such:set"
_NO_IDENTIFIER: Final = "oai:no.such.repository.invalid:0"


class OaiLook:
    """Asks one repository, as long as the budget lasts: what was seen so far is always there."""

    def __init__(self, asking: Asking, base_url: str, now: datetime) -> None:
        self._asking = asking
        self._now = now
        self._sickle = SessionSickle(base_url, asking.session)
        self._requests = Requests(Source("checkup", Protocol.OAI_PMH, base_url), asking.session)
        self.seen = OaiSeen(Reply("Identify"))

    def ask(self) -> None:
        """What it is, and how it refuses (sections 3.6 and 4.2 to 4.6).

        Raises:
            CheckupOver: the budget is spent.
        """
        response, reply = self._verb("Identify")
        identity = None if response is None or response.body is None else _identity(response)
        self.seen = replace(self.seen, identify=reply, identity=identity)
        response, reply = self._verb("ListMetadataFormats")
        formats = () if response is None or response.body is None else _formats(response.body)
        prefix = oai_records.best_prefix((one.prefix, one.namespace) for one in formats)
        self.seen = replace(self.seen, formats_reply=reply, formats=formats, prefix=prefix)
        response, reply = self._verb("ListSets")
        body = None if response is None else response.body
        token = None if response is None else response.token()
        self.seen = replace(
            self.seen,
            sets_reply=reply,
            sets=() if body is None else _sets(body),
            more_sets=bool(token and token.token),
        )
        self.seen = replace(self.seen, bad_verb=self._verb(_NO_VERB)[1])

    def sample(self) -> None:
        """Records from the whole list: its first pages, windows across it, and what single questions give.

        Raises:
            CheckupOver: the budget is spent.
        """
        self._walk()
        self._again()
        self._windows()
        if self.seen.items:
            self._further()
            self._dates()
            self._one_set()
            self._singles()
        self._refusals()

    def _verb(self, verb: str, **arguments: str) -> tuple[StrictResponse | None, Reply]:
        return self._asking.ask(verb, lambda: self._sickle.harvest(verb=verb, **arguments))

    def _walk(self) -> None:
        position = Position(prefix=self.seen.prefix)
        for number in range(WALKED):
            asked, reply = self._asking.ask(
                "ListRecords" if number == 0 else "ListRecords, further page",
                lambda asking=position: self._requests.page(asking),  # type: ignore[misc] # as it is now
            )
            if asked is None:
                self._see(walk=(*self.seen.walk, Listing(reply)))
                return
            reply = replace(reply, repairs=asked.response.repairs)
            listing = _listing(reply, asked.response, notes=asked.notes)
            self._see(walk=(*self.seen.walk, listing))
            if not listing.token:
                return
            position = replace(asked.position, token=listing.token, pages=asked.position.pages + 1)

    def _again(self) -> None:
        """The token of the first page, a second time: it has to give the same."""
        first = self.seen.walk[0]
        if len(self.seen.walk) == 1 or not first.token or not self.seen.walk[1].reply.is_good:
            return
        notes = {note.event for note in self.seen.walk[1].notes}
        position = Position(
            prefix=self.seen.prefix,
            token=first.token,
            pages=1,
            verbatim="token-verbatim" in notes,
            with_prefix="prefix-with-token" in notes,
        )
        asked, reply = self._asking.ask("ListRecords, the same page", lambda: self._requests.page(position))
        self._see(again=Listing(reply) if asked is None else _listing(reply, asked.response))

    def _windows(self) -> None:
        """Slices of the list by date: what lies behind its first pages is seen there."""
        first = self.seen.walk[0]
        if first.reply.is_good and not first.token:
            return
        tomorrow = self._now.date() + timedelta(days=2)
        for window in (*across(self._earliest(), self._now.date(), WINDOWS), Window(tomorrow.isoformat())):
            listing = self._listed(f"ListRecords from {window.from_}", window)
            self._see(windows=(*self.seen.windows, listing))

    def _further(self) -> None:
        """The pages behind the first of one window: they have to stay in it, and to end."""
        listing = next((one for one in self.seen.windows if one.token), None)
        for _ in range(FURTHER):
            if listing is None or not listing.token:
                return
            arguments = {"resumptionToken": listing.token}
            response, reply = self._asking.ask(
                "ListRecords, further page of a window",
                lambda asked=arguments: self._sickle.harvest(verb="ListRecords", **asked),  # type: ignore[misc]
            )
            if response is None:
                return
            listing = _listing(reply, response, window=listing.window)
            self._see(further=(*self.seen.further, listing))

    def _earliest(self) -> date:
        """Where the list begins: what Identify says, unless that is nonsense or older than what is seen."""
        stamps = sorted(item.datestamp[:_DAY_LENGTH] for item in self.seen.items if _is_day(item.datestamp))
        told = self.seen.identity.earliest_datestamp[:_DAY_LENGTH] if self.seen.identity else ""
        found = told if _is_day(told) and told > "1971" else (stamps[0] if stamps else "2000-01-01")
        return date.fromisoformat(min(found, f"{self._now:%Y-%m-%d}"))

    def _dates(self) -> None:
        """The day of one record as from and until; and its second (section 2.7.1)."""
        known = next((item for item in spread(self.seen.items, 3)[1:] if _is_day(item.datestamp)), None)
        known = known or next((item for item in self.seen.items if _is_day(item.datestamp)), None)
        if known is None:
            return
        day = known.datestamp[:_DAY_LENGTH]
        self._see(day=self._listed(f"ListRecords of {day}", Window(day, day)))
        told = self.seen.identity.granularity if self.seen.identity else ""
        if _SECONDS.fullmatch(known.datestamp) and "hh" in told:
            second = Window(known.datestamp, known.datestamp)
            self._see(second=self._listed(f"ListRecords of {known.datestamp}", second))

    def _one_set(self) -> None:
        """A set: one that a record says it is in, else the first on the list."""
        if not self.seen.sets:
            return
        named = [spec for item in self.seen.items for spec in item.sets]
        listed = [spec for spec, _ in self.seen.sets]
        wanted = next((spec for spec in named if spec in set(listed)), listed[0])
        self._see(set_asked=wanted, one_set=self._listed(f"ListRecords of set {wanted}", set=wanted))

    def _singles(self) -> None:
        for item in spread([one for one in self.seen.items if one.identifier], SINGLES):
            response, reply = self._verb("GetRecord", identifier=item.identifier, **self._prefix())
            body = None if response is None else response.body
            got = None
            if response is not None and body is not None:
                got = next(iter(oai_records.read_items(response.content, body)), None)
            self._see(singles=(*self.seen.singles, Single(reply, item, got)))

    def _refusals(self) -> None:
        """What it answers to what nobody has (section 3.6)."""
        self._see(bad_prefix=self._verb("ListIdentifiers", metadataPrefix=_NO_PREFIX)[1])
        self._see(bad_identifier=self._verb("GetRecord", identifier=_NO_IDENTIFIER, **self._prefix())[1])
        if self.seen.sets:
            self._see(bad_set=self._listed("ListRecords of a set that there is not", set=_NO_SET))

    def _listed(self, what: str, window: Window = WHOLE, **arguments: str) -> Listing:
        """A first page of a list, asked for plainly: how it is refused is what we want to see."""
        dates = {"from": window.from_, "until": window.until}
        asked = {**self._prefix(), **arguments, **{name: day for name, day in dates.items() if day}}
        response, reply = self._asking.ask(what, lambda: self._sickle.harvest(verb="ListRecords", **asked))
        if response is None:
            return Listing(reply, window=window)
        return _listing(reply, response, window=window)

    def _prefix(self) -> dict[str, str]:
        """metadataPrefix, unless it turned out that it must not be said."""
        refused = any(note.event == "prefix-refused" for page in self.seen.walk for note in page.notes)
        return {} if refused else {"metadataPrefix": self.seen.prefix}

    def _see(self, **seen: Any) -> None:
        self.seen = replace(self.seen, **seen)


def across(begin: date, end: date, count: int) -> list[Window]:
    """So many windows in whole days from begin to end, which leave no day out."""
    days = (end - begin).days + 1
    count = max(1, min(count, days))
    edges = [begin + timedelta(days=days * number // count) for number in range(count + 1)]
    return [Window(low.isoformat(), (high - timedelta(days=1)).isoformat()) for low, high in pairwise(edges)]


def _listing(
    reply: Reply,
    response: StrictResponse,
    *,
    window: Window = WHOLE,
    notes: tuple[Note, ...] = (),
) -> Listing:
    token = response.token()
    body = response.body
    element = None if body is None else body.find(f"{{{OAI}}}resumptionToken")
    code = response.failure.code if response.failure is not None else ""
    return Listing(
        replace(reply, repairs=response.repairs, code=code),
        tuple(_light(item) for item in oai_pages.items_of(response)),
        token=token.token if token else "",
        has_token=token is not None,
        cursor=(token.cursor or "").strip()[:50] if token else "",
        size=(token.complete_list_size or "").strip()[:50] if token else "",
        expires="" if element is None else (element.get("expirationDate") or "").strip()[:50],
        response_date=(response.root.findtext(f"{{{OAI}}}responseDate") or "").strip()[:50],
        window=window,
        notes=notes,
    )


def _light(item: Item) -> Item:
    """Without the tree of its page, which would be held as long as the item."""
    return replace(item, element=None)


def _is_day(datestamp: str) -> bool:
    try:
        return bool(_DAY.match(datestamp)) and bool(date.fromisoformat(datestamp[:_DAY_LENGTH]))
    except ValueError:
        return False


def _identity(response: StrictResponse) -> Identity:
    body = response.body

    def texts(name: str) -> tuple[str, ...]:
        found = [] if body is None else body.findall(f"{{{OAI}}}{name}")
        return tuple((one.text or "").strip()[:500] for one in found)

    def text(name: str) -> str:
        return next(iter(texts(name)), "")

    return Identity(
        " ".join(text("repositoryName").split()),
        text("baseURL"),
        text("protocolVersion"),
        texts("adminEmail"),
        text("earliestDatestamp"),
        text("deletedRecord"),
        text("granularity"),
        texts("compression"),
        (response.root.findtext(f"{{{OAI}}}responseDate") or "").strip()[:50],
    )


def _formats(body: etree._Element) -> tuple[Format, ...]:
    names = ("metadataPrefix", "metadataNamespace", "schema")
    rows = (
        [(entry.findtext(f"{{{OAI}}}{name}") or "").strip()[:300] for name in names]
        for entry in body.iterchildren(f"{{{OAI}}}metadataFormat")
    )
    return tuple(Format(*row) for row in rows if row[0])


def _sets(body: etree._Element) -> tuple[tuple[str, str], ...]:
    found = (
        (
            (entry.findtext(f"{{{OAI}}}setSpec") or "").strip()[:200],
            " ".join((entry.findtext(f"{{{OAI}}}setName") or "").split())[:200],
        )
        for entry in body.iterchildren(f"{{{OAI}}}set")
    )
    return tuple(pair for pair in found if pair[0])[:MOST_SETS]
