"""Other ways to read a list that breaks: halves of its window, and in the end one record at a time.

What cannot be read in any way is lost by name: the run takes everything else, and then says what is missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from lxml import etree

from catalogue.errors import (
    AnswerTooLarge,
    AnswerUnreadable,
    HarvestError,
    HttpFailure,
    ListBroken,
    ProtocolFailure,
    SourceUnreachable,
)
from catalogue.namespaces import OAI
from catalogue.source import Source
from harvester.clients import oai_pages
from harvester.clients.base import Item, Note
from harvester.clients.oai_position import MOST_CUTS, MOST_FAILING, Position
from harvester.clients.oai_requests import Requests
from harvester.clients.oai_trail import WRAPS
from harvester.windows import DAY, SECONDS, Window

#: Failures of the same page before it is read in another way: the pipeline has waited twice by then.
PATIENCE: Final = 3
#: A window of so many records is read one by one rather than cut further.
FEW: Final = 100
#: Records asked for one by one in a run, at most.
MOST_SINGLES: Final = 20_000
#: Cuts that are written into the run's log.
_TOLD_CUTS: Final = 20
_SERVER_ERROR: Final = 500
_NOT_IMPLEMENTED: Final = 501
#: Where a list begins whose source does not say.
_EPOCH: Final = "1970-01-01"
_HEADER: Final = f"{{{OAI}}}header"
_DATESTAMP: Final = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\dZ)?")


@dataclass(frozen=True, slots=True)
class Step:
    """What one step through a list gives: a page, or another position from which to go on."""

    position: Position
    items: tuple[Item, ...] = ()
    notes: tuple[Note, ...] = ()
    #: The responseDate of the answer.
    response_date: str = ""
    #: What the source says that the list holds.
    list_size: int | None = None
    #: Bytes of the answer.
    size: int = 0
    #: (Digest, bytes) of answers that are kept as they were sent.
    set_aside: tuple[tuple[bytes, bytes], ...] = ()


def is_failure_of_a_page(error: HarvestError) -> bool:
    """Whether the error may be that of one page, or of one record on it, and other pages may work."""
    if isinstance(error, HttpFailure):
        return error.status >= _SERVER_ERROR and error.status != _NOT_IMPLEMENTED
    if isinstance(error, ProtocolFailure):
        return error.transient
    return isinstance(error, AnswerUnreadable | AnswerTooLarge | SourceUnreachable)


class Ways:
    """Finds another way for one source."""

    def __init__(self, source: Source, requests: Requests) -> None:
        self._source = source
        self._requests = requests
        self._granularity = source.granularity

    @property
    def most_empty_pages(self) -> int:
        """So many empty pages in a row are no list that goes on."""
        return self._source.quirks.most_empty_pages

    def granularity(self, position: Position) -> str:
        """In which windows are cut."""
        coarse = position.days or self._source.quirks.force_days or self._granularity != SECONDS
        return DAY if coarse else SECONDS

    def around(self, position: Position, error: HarvestError | None = None) -> Step:
        """Go round what broke: a failing page (`error`), or a list that cannot go on (`position.broken`).

        Raises:
            HarvestError: there is no other way, or the source fails as a whole: the error itself.
        """
        reason = str(error) if error else position.broken
        if error is not None:
            if position.failing >= MOST_FAILING or position.cuts >= MOST_CUTS:
                raise error
            if self._is_short(position, error):
                return self._one_by_one(position, reason)
        position, notes = self._prepared(position)
        halves = self._halves(position)
        if halves is not None and position.cuts < MOST_CUTS:
            return self._cut(position, halves, reason, notes, failing=error is not None)
        if position.broken == WRAPS:
            return Step(position.behind_window(), notes=(Note("list-wraps", {"listed": position.listed}),))
        if self._source.quirks.whole_list or not position.cuts:
            raise error or ListBroken(reason)
        if not position.single and not position.no_single and position.singles < MOST_SINGLES:
            return self._one_by_one(position, reason)
        return self.lose(position, reason)

    def lose(self, position: Position, reason: str) -> Step:
        """Give the window in hand up, and remember that it is missing."""
        window = position.window
        words = f"{window.from_ or 'the beginning'} to {window.until or 'the end'}: {reason}"
        after = replace(
            position.behind_window(), lost=(*position.lost[:50], words), failing=position.failing + 1
        )
        return Step(after, notes=(Note("window-lost", {"window": words}, level="error"),))

    def joined(self, position: Position, error: ProtocolFailure) -> Step | None:
        """The windows before earliestDatestamp as one, where the source refuses to be asked about them.

        None where the refusal has to do with anything else.
        """
        if error.code != "badArgument" or position.token or position.floor:
            return None
        position = self._described(position)
        floor, window = position.earliest, position.window
        if floor == _EPOCH or not any(end and _before(end, floor) for end in (window.from_, window.until)):
            return None
        last = next(
            n for n, (_, until) in enumerate(position.windows) if not (until and _before(until, floor))
        )
        from_ = "" if _before(position.from_, floor) else position.from_
        after = replace(
            position.beginning(),
            windows=((from_, position.windows[last][1]), *position.windows[last + 1 :]),
            floor=floor,
        )
        detail = {"from": window.from_, "until": window.until, "earliest": floor, "error": str(error)}
        return Step(after, notes=(Note("range-refused", detail),))

    def first_window(self, position: Position) -> Position:
        """The window in hand, shortened to as many days as the source's quirk says."""
        quirks = self._source.quirks
        if not quirks.window_days or quirks.whole_list or position.token or position.pages:
            return position
        position = self._described(position)
        front = position.window.front(
            quirks.window_days,
            self.granularity(position),
            earliest=position.earliest,
            overlap=position.overlap or quirks.window_overlap,
        )
        return position.beginning(*front) if front else position

    def require_life(self, error: HarvestError) -> None:
        """Ask whether the source answers at all.

        Raises:
            HarvestError: the error itself: it does not, so another way is no use.
        """
        try:
            self._requests.body("Identify")
        except HarvestError:
            raise error from None

    def _is_short(self, position: Position, error: HarvestError) -> bool:
        """Whether the window in hand holds so few records that they can be asked for one by one."""
        if position.no_single or position.singles >= MOST_SINGLES:
            self.require_life(error)
            return False
        try:
            asked = self._requests.page(position.beginning(position.window), "ListIdentifiers")
        except HarvestError:
            self.require_life(error)
            return False
        token = asked.response.token()
        body = asked.response.body
        headers = 0 if body is None else len(body.findall(_HEADER))
        # A list that does not end has a token behind its last record, too.
        whole = not (token and token.token) or headers >= (oai_pages.size_of(token) or FEW + 1)
        return whole and body is not None and headers <= FEW

    def _one_by_one(self, position: Position, reason: str) -> Step:
        window = position.window
        single = replace(position.beginning(window), single=True)
        told, notes = single.once(
            Note("one-by-one", {"from": window.from_, "until": window.until, "error": reason})
        )
        return Step(told, notes=notes)

    def _cut(
        self,
        position: Position,
        halves: tuple[Window, Window],
        reason: str,
        notes: tuple[Note, ...],
        *,
        failing: bool,
    ) -> Step:
        window = position.window
        if position.cuts < _TOLD_CUTS:
            detail = {"from": window.from_, "until": window.until, "at": halves[0].until, "error": reason}
            notes = (*notes, Note("list-cut", detail))
        after = replace(
            position.beginning(*halves),
            cuts=position.cuts + 1,
            why=position.why or reason,
            failing=position.failing + failing,
        )
        return Step(after, notes=notes)

    def can_cut(self, position: Position) -> bool:
        """Whether the window in hand can be cut."""
        return position.cuts < MOST_CUTS and self._halves(position) is not None

    def _halves(self, position: Position) -> tuple[Window, Window] | None:
        quirks, window, floor = self._source.quirks, position.window, position.floor
        if quirks.whole_list:
            return None
        if floor and not window.from_ and window.until and _before(window.until, floor, or_same=True):
            return None
        return window.cut(
            self.granularity(position),
            earliest=position.earliest,
            overlap=position.overlap or quirks.window_overlap,
        )

    def _prepared(self, position: Position) -> tuple[Position, tuple[Note, ...]]:
        """The position with what must be known before a list is cut for the first time."""
        if position.earliest or self._source.quirks.whole_list:
            return position, ()
        position = self._described(position)
        if (
            self.granularity(position) == DAY
            and position.sample
            and self._until_falls_short(position.sample, position)
        ):
            return replace(position, overlap=True).once(Note("until-falls-short", {"day": position.sample}))
        return position, ()

    def _described(self, position: Position) -> Position:
        if position.earliest:
            return position
        try:
            identify = self._requests.body("Identify")
        except HarvestError:
            return replace(position, earliest=_EPOCH)
        told = (identify.findtext(f"{{{OAI}}}earliestDatestamp") or "").strip()
        if not self._granularity:
            self._granularity = granularity_of(identify)
        return replace(position, earliest=told if _DATESTAMP.fullmatch(told) else _EPOCH)

    def _until_falls_short(self, day: str, position: Position) -> bool:
        """Whether a day from which a record has come is empty, asked for from itself until itself."""
        try:
            asked = self._requests.page(position.beginning(Window(day, day)), "ListIdentifiers")
        except HarvestError:
            return False
        return asked.response.failure is not None


def _before(moment: str, floor: str, *, or_same: bool = False) -> bool:
    """Whether one datestamp is earlier than another, in the shorter of both granularities."""
    length = min(len(moment), len(floor))
    return moment[:length] < floor[:length] or (or_same and moment[:length] == floor[:length])


def granularity_of(identify: etree._Element) -> str:
    """One of the two granularities; days, which every repository must understand, where it is unclear."""
    return SECONDS if "T" in (identify.findtext(f"{{{OAI}}}granularity") or "").upper() else DAY
