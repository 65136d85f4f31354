"""A source that speaks OAI-PMH 2.0, read a page at a time, resumable after each, whatever breaks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from lxml import etree

from catalogue.errors import (
    AnswerTooLarge,
    HarvestError,
    HttpFailure,
    ListBroken,
    ListIncomplete,
    ProtocolFailure,
    SourceUnreachable,
)
from catalogue.namespaces import OAI
from catalogue.run import Checkpoint
from catalogue.source import Source
from harvester.clients import oai_pages, oai_records
from harvester.clients.answers import utc_moment
from harvester.clients.base import Description, Item, Note, Page
from harvester.clients.oai_position import Position
from harvester.clients.oai_requests import Asked, Requests
from harvester.clients.oai_sickle import LONG, TOO_LONG
from harvester.clients.oai_singles import Singles
from harvester.clients.oai_trail import DOUBT, WRAPS, Trail, advanced, seems_complete, unsure
from harvester.clients.oai_ways import PATIENCE, Step, Ways, granularity_of, is_failure_of_a_page
from harvester.http import HarvestSession
from harvester.windows import DAY as DAY  # noqa: PLC0414 - the names of granularities are ours, too
from harvester.windows import SECONDS as SECONDS  # noqa: PLC0414

_DAY_LENGTH: Final = len(DAY)
_DELETED_RECORD: Final = frozenset({"no", "transient", "persistent"})
#: Requests for Identify without an answer, after which its lists are asked all the same.
_SILENCES: Final = 3
#: Tombstones of a harvest of several sets that are asked about, at most.
_MOST_ASKED: Final = 1000


class OaiPmhClient:
    """Harvests one source by OAI-PMH 2.0."""

    def __init__(self, source: Source, session: HarvestSession) -> None:
        self._source = source
        self._requests = Requests(source, session)
        self._ways = Ways(source, self._requests)
        self._singles = Singles(self._requests, self._ways)
        self._granularity = source.granularity
        self._offered: list[tuple[str, str]] = []
        #: How often it was asked in vain what it is.
        self._silences = 0
        #: How often in a row the same page has failed.
        self._failed: tuple[Position, int] | None = None

    def describe(self) -> Description:
        """Identify and ListMetadataFormats (sections 4.2 and 4.4).

        Of a source that answers the second and not the first, what it said last is believed.
        """
        try:
            identify = self._requests.body("Identify")
        except SourceUnreachable as error:
            return self._undescribed(error)
        self._granularity = granularity_of(identify)
        self._ways.learn(self._granularity)
        deleted = _text(identify, "deletedRecord").lower()
        return Description(
            repository_name=_text(identify, "repositoryName"),
            granularity=self._granularity,
            deleted_record=deleted if deleted in _DELETED_RECORD else "no",
            earliest_datestamp=_text(identify, "earliestDatestamp"),
            formats=tuple(prefix for prefix, _ in self._formats()),
            incremental=not self._source.quirks.whole_list,
        )

    def _undescribed(self, error: SourceUnreachable) -> Description:
        """What was known of a source that lives, and does not say what it is.

        Raises:
            SourceUnreachable: the error itself: it is to be asked again first, or does not live.
        """
        self._silences += 1
        if self._silences < _SILENCES:
            raise error
        try:
            formats = self._formats()
        except HarvestError:
            raise error from None
        known = self._source
        return Description(
            repository_name=known.repository_name,
            granularity=known.granularity,
            deleted_record=known.deleted_record or "no",
            formats=tuple(prefix for prefix, _ in formats),
            incremental=not known.quirks.whole_list,
            notes=(Note("undescribed", {"error": str(error)}),),
        )

    def pages(self, checkpoint: Checkpoint, *, modified_since: str = "") -> Iterator[Page]:
        """ListRecords (section 4.5) from the checkpoint on, one set after the other.

        A list that breaks is cut into windows, and what fails in a window is asked for record by record.

        Raises:
            ListBroken: a token comes again or has expired, or empty pages do not end, and dates are no help.
            ListIncomplete: everything else was taken; some windows cannot be had.
            HarvestError: anything else that the source did wrong.
        """
        if checkpoint.finished:
            return
        trail = Trail()
        position = self._position(checkpoint, modified_since)
        while not checkpoint.finished:
            before = position
            step = self._step(position, trail)
            position = step.position
            moved = (position.set_index, position.windows) != (before.set_index, before.windows)
            if moved or position.single:
                trail.forget()
            checkpoint = self._advanced(checkpoint, step)
            yield Page(
                step.items,
                checkpoint,
                size=step.size,
                notes=step.notes,
                set_aside=step.set_aside,
                again=position.rereads(before),
            )

    def _position(self, checkpoint: Checkpoint, modified_since: str) -> Position:
        if checkpoint.position:
            return Position.read(checkpoint.position)
        prefix = self._source.metadata_prefix
        if not prefix and not self._source.quirks.omit_prefix:
            prefix = oai_records.best_prefix(self._formats())
        from_ = self._from(modified_since)
        return Position(prefix=prefix, from_=from_, windows=((from_, ""),), days=self._is_in_days(from_))

    def _step(self, position: Position, trail: Trail) -> Step:
        if self._is_behind(position):
            raise ListIncomplete("parts of the list cannot be had: " + "; ".join(position.lost))
        position = self._ways.first_window(position)
        if position.broken:
            return self._ways.around(position)
        try:
            if position.single:
                step = self._singles.step(position)
            else:
                step = self._read(self._requests.page(position), trail)
        except HarvestError as error:
            return self._way_out(position, error)
        self._failed = None
        return step

    def _way_out(self, position: Position, error: HarvestError) -> Step:
        """What a page that failed leads to.

        Raises:
            HarvestError: the error itself, to be asked again: it is not yet time for anything else.
        """
        if isinstance(error, ProtocolFailure) and error.code == "badResumptionToken" and position.token:
            if seems_complete(position):
                return self._ended(position)
            words = f"the source no longer knows its resumptionToken ({error})"
            return self._ways.around(replace(position, broken=words))
        if isinstance(error, HttpFailure) and error.status in TOO_LONG and len(position.token) > LONG:
            return self._ways.around(replace(position, broken=f"its resumptionToken is too long: {error}"))
        joined = self._ways.joined(position, error) if isinstance(error, ProtocolFailure) else None
        if joined is not None:
            return joined
        if not is_failure_of_a_page(error):
            raise error
        times = self._failed[1] + 1 if self._failed and self._failed[0] == position else 1
        self._failed = (position, times)
        patience = PATIENCE - 1 if position.cuts else PATIENCE
        if times < patience and not position.failing and not isinstance(error, AnswerTooLarge):
            raise error
        step = (
            self._ways.lose(position, str(error)) if position.single else self._ways.around(position, error)
        )
        self._failed = None
        return step

    def _read(self, asked: Asked, trail: Trail) -> Step:
        """A page of ListRecords, and where the list goes on behind it."""
        response, position = asked.response, asked.position
        token = response.token()
        next_token = token.token if token else ""
        listed = oai_pages.items_of(response)
        items = self._inside(position, self._alive(position, listed))
        if to_ask := self._to_ask(listed):
            position = replace(position, asked=position.asked + to_ask)
        first = position.is_first
        size = oai_pages.size_of(token)
        date, clock = oai_pages.told_time(response) if first else ("", ())
        notes = [*asked.notes, *clock, *oai_pages.oddities(asked, items, token)]
        notes += [Note("datestamps-mixed", {"datestamp": day}) for day in self._days_among(items)[:1]]
        if first and response.failure is not None and self._source.sets and not position.window.from_:
            position = self._without_set(position)
        after, told = advanced(_sized(position, size), items, next_token).once(*notes)
        if first:
            after = self._noticed(after, items)
        broken = self._trouble(position, after, items, trail)
        after = after if broken == after.broken else replace(after, broken=broken)
        final, at_end = self._going_on(position, after)
        return Step(
            final,
            items=items,
            notes=(*told, *at_end, *oai_pages.repair_notes(response, items)),
            response_date=date,
            list_size=size,
            size=len(response.http_response.content),
            set_aside=oai_pages.kept(response),
        )

    def _going_on(self, position: Position, after: Position) -> tuple[Position, tuple[Note, ...]]:
        """Where the list goes on behind a page: further in it, in the next window, or in another way."""
        if after.broken and not (after.broken == WRAPS and _is_all(position)):
            return after, ()
        if after.broken or not after.token:
            wraps = (Note("list-wraps", {"listed": after.listed}),) if after.broken else ()
            told, notes = after.once(*wraps, *oai_pages.size_note(after))
            return told.behind_window(), notes
        most = self._source.quirks.stop_after
        if most and after.listed >= most:
            told, notes = after.once(Note("stopped", {"listed": after.listed}, level="info"))
            return replace(told.behind_window(), set_index=len(self._source.sets) or 1), notes
        return after, ()

    def _trouble(self, position: Position, after: Position, items: tuple[Item, ...], trail: Trail) -> str:
        """Why the list cannot go on as it is; empty where it can."""
        found = trail.trouble(position, items, after.token)
        if found:
            return found
        most = self._source.quirks.most_empty_pages
        if after.empty >= most and after.token:
            return f"{most} pages in a row hold no record, and there is still more"
        if position.cuts and items:
            outside = sum(oai_pages.is_outside(position, item) for item in items)
            if outside == len(items) and not position.listed:
                raise ListBroken(f"{position.why}; and the source does not heed from and until")
            if outside and not position.is_first:
                return "later pages leave the range that was asked for"
        return ""

    def _noticed(self, position: Position, items: tuple[Item, ...]) -> Position:
        """What the first page of a window tells."""
        sample = position.sample or next((item.datestamp[: len("2026-01-01")] for item in items), "")
        wanted = self._set(position)
        in_set = bool(wanted and items) and all(_is_in(wanted, item) for item in items)
        return replace(position, sample=sample, in_set=in_set)

    def _inside(self, position: Position, items: tuple[Item, ...]) -> tuple[Item, ...]:
        """The items; those of a later page that are not in the set any more are marked."""
        wanted = self._set(position)
        if not (wanted and position.in_set and position.token):
            return items
        return tuple(item if _is_in(wanted, item) else replace(item, outside=True) for item in items)

    def _alive(self, position: Position, items: tuple[Item, ...]) -> tuple[Item, ...]:
        """The items; deletions are asked about where several sets are harvested: it may live in another."""
        if not self._to_ask(items):
            return items
        return tuple(
            self._in_another_set(position, item) if item.deleted and item.identifier else item
            for item in items
        )

    def _to_ask(self, items: tuple[Item, ...]) -> int:
        """How many deletions there are to ask about."""
        several = len(self._source.sets) > 1
        return sum(1 for item in items if item.deleted and item.identifier) if several else 0

    def _in_another_set(self, position: Position, item: Item) -> Item:
        if position.asked >= _MOST_ASKED:
            return item
        try:
            found, _ = self._requests.record(position, item.identifier)
        except ProtocolFailure:
            return item
        lives = found is not None and found.payload is not None
        wanted = self._source.sets
        return found if found and lives and any(_is_in(spec, found) for spec in wanted) else item

    def _set(self, position: Position) -> str:
        return self._source.sets[position.set_index] if self._source.sets else ""

    def _without_set(self, position: Position) -> Position:
        """The position; where the set that holds nothing is not there at all, that is written down."""
        wanted = self._set(position)
        try:
            has_it = self._requests.has_set(wanted)
        except HarvestError:
            return position
        if has_it is not False:
            return position
        return replace(position, lost=(*position.lost, f"the source has no set {wanted!r}"))

    def _ended(self, position: Position) -> Step:
        """At the end of a list, to judge by what came before; how unsure that is goes with it."""
        doubt, detail = unsure(position), {"listed": position.listed}
        guess = (Note("end-unsure", detail),) if doubt else ()
        after, notes = replace(position, unsure=max(position.unsure, doubt)).once(
            Note("token-at-end", detail), *guess
        )
        return Step(after.behind_window(), notes=notes)

    def _is_behind(self, position: Position) -> bool:
        return position.set_index >= max(1, len(self._source.sets))

    def _advanced(self, checkpoint: Checkpoint, step: Step) -> Checkpoint:
        """The checkpoint behind this step: further in the list, in the next set, or at the end."""
        position = step.position
        size = step.list_size if len(self._source.sets) <= 1 and not position.cuts else None
        return checkpoint.evolve(
            position=position.written(),
            pages=checkpoint.pages + 1,
            response_date=self._ask_from(checkpoint.response_date or step.response_date, step),
            complete_list_size=checkpoint.complete_list_size if size is None else size,
            finished=self._is_behind(position) and not position.lost,
            doubt=DOUBT if position.unsure else "",
            ask_again=position.unsure > 1,
        )

    def _days_among(self, items: tuple[Item, ...]) -> list[str]:
        if self._granularity != SECONDS:
            return []
        return [item.datestamp for item in items if len(item.datestamp) == _DAY_LENGTH]

    def _is_in_days(self, moment: str) -> bool:
        """Whether something is but a day, where the source says that it counts in seconds."""
        return self._granularity == SECONDS and len(moment) == _DAY_LENGTH

    def _ask_from(self, moment: str, step: Step) -> str:
        """From when on the next harvest asks: from the day on, where some records have but days.

        Such a record is older than any second of its day, and would be missed. Once found out that is kept
        to, until a whole list shows otherwise: what has changed since may be none of them.
        """
        mixed = self._is_in_days(step.position.from_) or self._days_among(step.items)
        return moment[: len(DAY)] if mixed else moment

    def _formats(self) -> list[tuple[str, str]]:
        """(metadataPrefix, metadataNamespace) of each format on offer."""
        if not self._offered:
            listed = self._requests.body("ListMetadataFormats")
            found = listed.iterchildren(f"{{{OAI}}}metadataFormat")
            pairs = [(_text(entry, "metadataPrefix"), _text(entry, "metadataNamespace")) for entry in found]
            self._offered = [(prefix, namespace) for prefix, namespace in pairs if prefix]
        return self._offered

    def _from(self, modified_since: str) -> str:
        """`from` in the source's granularity (section 3.3.1)."""
        quirks = self._source.quirks
        if not modified_since or quirks.whole_list:
            return ""
        if quirks.overlap_seconds:
            modified_since = _earlier(modified_since, quirks.overlap_seconds)
        granularity = self._granularity or self._told_granularity()
        if len(modified_since) <= len(DAY) or granularity == DAY or quirks.force_days:
            return modified_since[: len(DAY)]
        return utc_moment(modified_since) or modified_since

    def _told_granularity(self) -> str:
        """In which it counts, by its own words; in days, which every repository understands, without any."""
        try:
            return granularity_of(self._requests.body("Identify"))
        except HarvestError:
            return DAY


def _sized(position: Position, size: int | None) -> Position:
    return position if size is None or size == position.size else replace(position, size=size)


def _is_all(position: Position) -> bool:
    """Whether everything had been listed before the list began again (which is noticed at once)."""
    if position.size is not None:
        return position.listed >= position.size > 0
    return position.pages == 1 and position.newest < position.longest


def _is_in(wanted: str, item: Item) -> bool:
    """Whether an item says that it is in a set, or in one below it (section 2.6)."""
    return any(spec == wanted or spec.startswith(f"{wanted}:") for spec in item.sets)


def _earlier(moment: str, seconds: int) -> str:
    """A moment so many seconds earlier, in the form that it had."""
    before = datetime.fromisoformat(moment) - timedelta(seconds=seconds)
    return before.strftime("%Y-%m-%d" if len(moment) <= len(DAY) else "%Y-%m-%dT%H:%M:%SZ")


def _text(element: etree._Element, name: str) -> str:
    return (element.findtext(f"{{{OAI}}}{name}") or "").strip()
