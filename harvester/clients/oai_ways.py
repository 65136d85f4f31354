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
from harvester.clients import oai_ahead
from harvester.clients.base import Item, Note
from harvester.clients.oai_ahead import Ahead
from harvester.clients.oai_position import MOST_CUTS, MOST_FAILING, Position
from harvester.clients.oai_records import Header
from harvester.clients.oai_requests import Requests
from harvester.clients.oai_trail import WRAPS
from harvester.windows import DAY, SECONDS, Window

#: Failures of the same page before it is read in another way: the pipeline has waited twice by then.
PATIENCE: Final = 3
#: A window of so many records is read one by one rather than cut further; one that cannot be cut between
#: their datestamps, of so many.
FEWEST, FEW = 12, 100
#: Windows in a row of which the identifiers alone are too much: a hundredth of the list is as long as all.
MOST_TOO_LARGE: Final = 7
#: Windows in a row of which not even the identifiers come in time: each has cost minutes by then.
MOST_SILENT: Final = 12
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

    def learn(self, granularity: str) -> None:
        """In which the source counts, as it has just said."""
        self._granularity = granularity

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
        if error is not None and (position.failing >= MOST_FAILING or position.cuts >= MOST_CUTS):
            raise error
        position, ahead, told = self._taken_up(position, reason)
        if told and error is None:
            return Step(position, notes=told)
        if error is not None:
            ahead = ahead or self._ahead(position, position.window)
            if ahead is None:
                self._require_more(position, error)
            elif self._is_short(position, ahead):
                return self._one_by_one(position, reason, told)
        position, notes = self._prepared(position)
        halves = self._halves(position, ahead, failing=error is not None)
        if halves is not None and position.cuts < MOST_CUTS:
            return self._cut(position, halves, reason, (*told, *notes), failing=error is not None)
        if position.broken == WRAPS:
            return Step(position.behind_window(), notes=(Note("list-wraps", {"listed": position.listed}),))
        if self._source.quirks.whole_list or not position.cuts:
            raise error or ListBroken(reason)
        if not position.single and not position.no_single and position.singles < MOST_SINGLES:
            return self._one_by_one(position, reason, told)
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

    def _require_more(self, position: Position, error: HarvestError) -> None:
        """Ask whether a source that gives not even identifiers may give less at a time.

        Raises:
            HarvestError: the error itself: it does not.
        """
        most = MOST_TOO_LARGE if isinstance(error, AnswerTooLarge) else MOST_SILENT
        if isinstance(error, AnswerTooLarge | SourceUnreachable) and position.failing >= most:
            raise error
        self.require_life(error)

    def require_life(self, error: HarvestError) -> None:
        """Ask whether the source answers at all.

        Raises:
            HarvestError: the error itself: it does not, so another way is no use.
        """
        for verb in ("Identify", "ListMetadataFormats"):  # there are those that answer but one of them
            try:
                self._requests.body(verb)
            except HarvestError:
                continue
            return
        raise error

    def _taken_up(self, position: Position, reason: str) -> tuple[Position, Ahead | None, tuple[Note, ...]]:
        """At the beginning of what is left of the window, and what is known of that.

        The position as it is, and nothing more, where it cannot be proved what is left.
        """
        if not self._granularity:
            position = self._described(position)
        window = oai_ahead.rest(position, self.granularity(position))
        ahead = None if window is None or self._source.quirks.whole_list else self._ahead(position, window)
        if window is None or ahead is None or not oai_ahead.is_rest(position, ahead):
            return position, None, ()
        place = replace(position.beginning(window), cuts=position.cuts + 1, why=position.why or reason)
        told: tuple[Note, ...] = ()
        if position.cuts < _TOLD_CUTS:
            told = (Note("list-taken-up", {"from": window.from_, "until": window.until, "error": reason}),)
        return place, ahead, told

    def _ahead(self, position: Position, window: Window) -> Ahead | None:
        """What ListIdentifiers tells of a window; None where it fails, too."""
        try:
            asked = self._requests.page(position.beginning(window), "ListIdentifiers")
        except HarvestError:
            return None
        body = asked.response.body
        headers = [] if body is None else [Header(one) for one in body.iterchildren(_HEADER)]
        return oai_ahead.ahead_of(asked, headers)

    def _is_short(self, position: Position, ahead: Ahead) -> bool:
        """Whether what is ahead is so little that it is asked for one by one."""
        count = len(ahead.stamps)
        if position.no_single or position.singles >= MOST_SINGLES or not ahead.whole or not count:
            return False
        if count <= FEWEST or len(set(ahead.stamps)) == 1:
            return True
        return count <= FEW and self._halves(position, ahead, failing=True) is None

    def _one_by_one(self, position: Position, reason: str, told: tuple[Note, ...]) -> Step:
        window = position.window
        single = replace(position.beginning(window), single=True)
        after, notes = single.once(
            Note("one-by-one", {"from": window.from_, "until": window.until, "error": reason})
        )
        return Step(after, notes=(*told, *notes))

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
        return position.cuts < MOST_CUTS and self._halves(position, None) is not None

    def _halves(
        self, position: Position, ahead: Ahead | None, *, failing: bool = False
    ) -> tuple[Window, Window] | None:
        """The window in hand in two: where it broke, between the records ahead, or by the calendar."""
        quirks, window, floor = self._source.quirks, position.window, position.floor
        if quirks.whole_list:
            return None
        if floor and not window.from_ and window.until and _before(window.until, floor, or_same=True):
            return None
        granularity, overlap = self.granularity(position), position.overlap or quirks.window_overlap
        found = oai_ahead.halves(position, ahead, granularity, overlap=overlap) if failing else None
        if found and floor and _before(found[0].until, floor):
            found = None
        return found or window.cut(granularity, earliest=position.earliest, overlap=overlap)

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
