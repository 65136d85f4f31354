"""A source that speaks CSW 2.0.2 or 3.0.0, a page of GetRecords at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final

from catalogue.errors import (
    HarvestError,
    ListBroken,
    SourceUnreachable,
)
from catalogue.run import Checkpoint, Fault
from catalogue.source import Source
from harvester.clients import mended
from harvester.clients.base import Description, Item, Note, Page
from harvester.clients.csw_answer import Results, get_records
from harvester.clients.csw_capabilities import Capabilities, ask_capabilities, in_other_version
from harvester.clients.csw_opening import Opening
from harvester.clients.csw_paging import Counts, claims_end, next_start
from harvester.clients.csw_position import Position, digest, response_date
from harvester.clients.csw_records import read_items, set_aside
from harvester.clients.csw_request import V2, Query
from harvester.clients.csw_ways import is_elsewhere, modified_queryable, ways
from harvester.clients.narrowing import Narrowed, may_be_a_record, narrowed
from harvester.http import HarvestSession

#: maxRecords: at 14 kB a record of ISO 19139, some 700 kB a page; many servers cap it at 100 or below.
PAGE_SIZE: Final = 50
#: Empty pages in a row that are a loop.
EMPTY_PAGES: Final = 10
#: Identifiers that are remembered to see that one comes again.
_REMEMBERED: Final = 200_000


@dataclass(slots=True)
class _Memory:
    """What one walk through the list remembers, to see that something comes again."""

    pages: set[str]
    identifiers: set[int]

    def again(self, items: tuple[Item, ...]) -> int:
        """How many of these have come before; they are remembered."""
        count = 0
        for item in items:
            key = hash(item.identifier)
            if item.identifier and key in self.identifiers:
                count += 1
            elif item.identifier and len(self.identifiers) < _REMEMBERED:
                self.identifiers.add(key)
        return count


class CswClient:
    """Harvests one source by CSW."""

    def __init__(self, source: Source, session: HarvestSession) -> None:
        self._source = source
        self._session = session
        self._capabilities: Capabilities | None = None
        self._full_size = source.quirks.page_size or PAGE_SIZE
        #: Where the server gave no answer, and how often: the next try asks for less.
        self._unanswered = (0, 0)

    def describe(self) -> Description:
        """GetCapabilities (OGC 07-006r1, section 10.5; 12-176r7, section 7.1)."""
        found = self._described()
        return Description(
            repository_name=found.title,
            formats=found.output_schemas,
            incremental=bool(modified_queryable(found, self._source)),
        )

    def pages(self, checkpoint: Checkpoint, *, modified_since: str = "") -> Iterator[Page]:
        """GetRecords (section 10.8; 12-176r7: 7.3) from the checkpoint on.

        Raises:
            ListBroken: the same page comes twice, or empty pages do not end.
            HarvestError: anything else that the source did wrong.
        """
        if checkpoint.finished:
            return
        faults: tuple[Fault, ...] = ()
        if checkpoint.position:
            position = Position.read(checkpoint.position)
            found = self._ask(position)
        else:
            position, found, faults = self._first(modified_since)
        memory = _Memory(set(), set())
        while True:
            page, position = self._page(checkpoint, position, found, memory=memory, faults=faults)
            if page.items and position.seen in memory.pages:
                raise ListBroken("the source goes round: a page has come before")
            memory.pages.add(position.seen)
            yield page
            checkpoint, faults = page.checkpoint, ()
            if checkpoint.finished:
                return
            found = self._ask(position)

    def _described(self) -> Capabilities:
        quirks = self._source.quirks
        if self._capabilities is None and quirks.undescribed:
            self._capabilities = Capabilities(quirks.csw_version or V2)
        if self._capabilities is None:
            base_url = self._source.base_url
            self._capabilities = ask_capabilities(base_url, self._session, quirks.csw_version)
        return self._capabilities

    def _get(self, query: Query, start: int, size: int) -> Results:
        recover = self._source.quirks.accept_recovered
        return get_records(self._session, query, start, size, recover=recover)

    def _ask(self, position: Position) -> Narrowed[Results]:
        """The page at a position, or a narrower one that works; none at an end that was told."""
        size = self._size(position)
        query = position.query
        try:
            results = self._get(query, position.start, size)
            moved = position.stepped_back(results)
            if moved is None:
                return Narrowed(results, position.start, size)
            return Narrowed(self._get(query, moved.start, size), moved.start, size)
        except SourceUnreachable:
            where, times = self._unanswered
            self._unanswered = (position.start, times + 1 if where == position.start else 1)
            raise
        except HarvestError as error:
            if not may_be_a_record(error):
                raise
            if position.told_end:
                return Narrowed(None, position.start, size)
            return narrowed(
                lambda start, number: self._get(query, start, number),
                position.start,
                size,
                last=position.matched,
                error=error,
            )

    def _size(self, position: Position) -> int:
        """maxRecords: less where a page failed, and half as much each time that no answer came at all."""
        size = position.next_size(self._full_size)
        where, times = self._unanswered
        return max(1, size >> min(times, 3)) if where == position.start else size

    def _first(self, modified_since: str) -> tuple[Position, Narrowed[Results], tuple[Fault, ...]]:
        """The first page, asked for in the first way that the server understands."""
        opening = Opening(self._get, self._size(Position(Query("", "", ""))))
        try:
            query, found = opening.first_page(self._ways(modified_since, opening.failures))
        except HarvestError:
            if any(isinstance(failure, SourceUnreachable) for failure in opening.failures):
                self._unanswered = (1, self._unanswered[1] + 1)
            raise
        return Position(query), found, self._told(query, modified_since)

    def _ways(self, modified_since: str, failures: Sequence[HarvestError]) -> Iterator[Query]:
        """Every way to ask; those of the other version of CSW where none works in the one it was found by."""
        described = self._described()
        yield from ways(described, self._source, modified_since)
        quirks = self._source.quirks
        mute = any(isinstance(failure, SourceUnreachable) for failure in failures)
        if quirks.csw_version or quirks.undescribed or mute or not failures:
            return
        other = in_other_version(described, self._source.base_url, self._session)
        if other is not None:
            yield from ways(other, self._source, modified_since)

    def _told(self, query: Query, modified_since: str) -> tuple[Fault, ...]:
        """That a full list is given where a part was asked for, and could have been."""
        queryable = modified_queryable(self._described(), self._source)
        if not modified_since or query.since or not queryable:
            return ()
        message = f"the server refuses to filter by its own queryable {queryable}"
        return (Fault("csw.filter-refused", f"{message}: the whole list is read", path="csw:Constraint"),)

    def _page(
        self,
        checkpoint: Checkpoint,
        position: Position,
        found: Narrowed[Results],
        *,
        memory: _Memory,
        faults: tuple[Fault, ...],
    ) -> tuple[Page, Position]:
        """The page, and the position behind it."""
        lost = tuple(set_aside(self._session, position.query, where, error) for where, error in found.aside)
        notes = self._notes(position, found)
        results = found.answer
        if results is None:
            behind = replace(position, listed=position.listed + len(lost), seen=digest(lost))
            faults += behind.shortfall()
            advanced = checkpoint.evolve(position=asdict(behind), finished=True, pages=checkpoint.pages + 1)
            return Page(lost, advanced, faults=faults, notes=notes), behind
        items = read_items(results.content, results.elements)
        seen = digest(items) if items else position.seen
        counts = _counts(found, results, len(items))
        following = next_start(counts)
        if items and seen == position.seen:
            if not position.told_end:
                raise ListBroken(f"the page at startPosition {position.start} is the page before it again")
            items, following = (), None
        behind = position.behind(found, len(lost) + len(items), following, self._full_size)
        behind = replace(
            behind,
            repeated=position.repeated + memory.again(items),
            empty=0 if items else position.empty + 1,
            seen=seen,
            told_end=claims_end(counts),
            matched=results.matched,
        )
        if behind.empty >= EMPTY_PAGES and following:
            raise ListBroken(f"{EMPTY_PAGES} pages in a row hold no record, and there is still more")
        if following is None:
            faults += behind.shortfall()
        advanced = checkpoint.evolve(
            position=asdict(behind),
            pages=checkpoint.pages + 1,
            response_date=checkpoint.response_date or response_date(results),
            complete_list_size=results.matched or checkpoint.complete_list_size,
            finished=following is None,
        )
        page = Page((*lost, *items), advanced, size=len(results.answer.content), faults=faults, notes=notes)
        return mended.of_page(page, results.answer.content, results.repairs), behind

    def _notes(self, position: Position, found: Narrowed[Results]) -> tuple[Note, ...]:
        """What is odd about this page."""
        notes: list[Note] = []
        asked = position.next_size(self._full_size)
        if found.size < asked or found.aside:
            detail = {"start": position.start, "asked": asked, "given": found.size}
            notes.append(Note("page-narrowed", detail))
        results = found.answer
        if results is not None and position.matched is not None and results.matched != position.matched:
            notes.append(Note("size-changed", {"was": position.matched, "is": results.matched}))
        first = not position.listed and position.start == 1
        return (*notes, *self._opening_notes(position.query, found)) if first else tuple(notes)

    def _opening_notes(self, query: Query, found: Narrowed[Results]) -> Iterator[Note]:
        """How the server wants to be asked, where that is not as it says or as we would like it."""
        results = found.answer
        if results is not None and len(results.elements) < min(found.size, results.matched or 0):
            yield Note("page-capped", {"asked": found.size, "given": len(results.elements)}, "info")
        if query.version != self._described().version:
            yield Note("other-version", {"described": self._described().version, "asked": query.version})
        if not query.sort_by:
            yield Note("list-unsorted", {"output_schema": query.output_schema})
        described = self._described()
        for advertised in sorted({described.post_url, described.get_url}):
            if is_elsewhere(advertised, self._source.base_url):
                yield Note("other-host", {"advertised": advertised, "asked": query.url})


def _counts(found: Narrowed[Results], results: Results, held: int) -> Counts:
    return Counts(
        found.start,
        found.size,
        held=held,
        matched=results.matched,
        returned=results.returned,
        next_record=results.next_record,
    )
