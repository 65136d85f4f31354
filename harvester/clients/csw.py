"""A source that speaks CSW 2.0.2: OWSLib over our session, a page of GetRecords at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, timedelta
from itertools import product
from typing import Any, Final

from catalogue.errors import (
    AddressRefused,
    AnswerUnreadable,
    HarvestError,
    HttpFailure,
    ListBroken,
    ProtocolFailure,
    SourceUnreachable,
    UnknownFormat,
)
from catalogue.formats import ISO19139, by_prefix
from catalogue.namespaces import CSW, GMD
from catalogue.run import Checkpoint, Fault
from catalogue.source import Source
from harvester.clients.answers import date_header, utc_moment
from harvester.clients.base import Description, Item, Page
from harvester.clients.csw_catalogue import (
    Query,
    Results,
    SessionCatalogue,
    capabilities,
    operation,
    post_url,
)
from harvester.clients.csw_paging import Counts, claims_end, next_start
from harvester.clients.csw_records import read_items
from harvester.http import HarvestSession

#: maxRecords: at 14 kB a record of ISO 19139, some 700 kB a page; many servers cap it at 100 or below.
PAGE_SIZE: Final = 50
#: Empty pages in a row that are a loop.
EMPTY_PAGES: Final = 10

_GMD_RECORD: Final = "gmd:MD_Metadata"
_CSW_RECORD: Final = "csw:Record"
_SORT_BY: Final = {_GMD_RECORD: "apiso:Identifier", _CSW_RECORD: "dc:identifier"}


@dataclass(frozen=True, slots=True)
class _Position:
    """Where a list goes on: everything that a client in another process needs."""

    query: Query
    start: int = 1
    #: Records listed so far.
    listed: int = 0
    #: Empty pages in a row.
    empty: int = 0
    #: Digest of the page before: to get it again is to go round.
    seen: str = ""
    #: The server said that this was all, against its own numberOfRecordsMatched.
    told_end: bool = False

    @classmethod
    def read(cls, position: dict[str, Any]) -> _Position:
        known = {field.name: position[field.name] for field in fields(cls) if field.name in position}
        return cls(**{**known, "query": Query(**position["query"])})


class CswClient:
    """Harvests one source by CSW 2.0.2."""

    def __init__(self, source: Source, session: HarvestSession) -> None:
        self._source = source
        self._session = session
        self._capabilities: SessionCatalogue | None = None

    def describe(self) -> Description:
        """GetCapabilities (OGC 07-006r1, section 10.5)."""
        catalogue = self._described()
        return Description(
            repository_name=(getattr(catalogue.identification, "title", None) or "").strip(),
            formats=tuple(self._offered("outputSchema")),
            incremental=bool(self._modified_queryables()),
        )

    def pages(self, checkpoint: Checkpoint, *, modified_since: str = "") -> Iterator[Page]:
        """GetRecords (section 10.8) from the checkpoint on.

        Raises:
            ListBroken: the same page comes twice, or empty pages do not end.
            HarvestError: anything else that the source did wrong.
        """
        if checkpoint.finished:
            return
        faults: tuple[Fault, ...] = ()
        results: Results | None
        if checkpoint.position:
            position = _Position.read(checkpoint.position)
            results = self._ask(position)
        else:
            position, results, faults = self._first(modified_since)
        known: set[str] = set()
        while True:
            page, position = self._page(checkpoint, position, results, faults)
            if page.items and position.seen in known:
                raise ListBroken("the source goes round: a page has come before")
            known.add(position.seen)
            yield page
            checkpoint, faults = page.checkpoint, ()
            if checkpoint.finished:
                return
            results = self._ask(position)

    def _described(self) -> SessionCatalogue:
        if self._capabilities is None:
            self._capabilities = capabilities(self._source.base_url, self._session)
        return self._capabilities

    def _ask(self, position: _Position) -> Results | None:
        """The page at a position; None where a list that was said to be at its end is refused."""
        catalogue = self._capabilities or SessionCatalogue(
            self._source.base_url, self._session, skip_caps=True
        )
        try:
            return catalogue.get_records(position.query, position.start, PAGE_SIZE)
        except (ProtocolFailure, HttpFailure):
            if position.told_end:
                return None
            raise

    def _first(self, modified_since: str) -> tuple[_Position, Results, tuple[Fault, ...]]:
        """The first page, asked for in the first way that the server understands."""
        failures: list[HarvestError] = []
        unusable: set[str] = set()
        for query in self._queries(modified_since):
            if query.url in unusable:
                continue
            try:
                results = self._described().get_records(query, 1, PAGE_SIZE)
            except (AddressRefused, SourceUnreachable, AnswerUnreadable) as error:
                failures.append(error)
                unusable.add(query.url)
            except (ProtocolFailure, HttpFailure) as error:
                failures.append(error)
            else:
                return _Position(query), results, self._told(query, modified_since)
        raise failures[0]

    def _told(self, query: Query, modified_since: str) -> tuple[Fault, ...]:
        """That a full list is given where a part was asked for, and could have been."""
        if not modified_since or query.since or not self._modified_queryables():
            return ()
        message = f"the server refuses to filter by its own queryable {self._modified_queryables()[0]}"
        return (Fault("csw.filter-refused", f"{message}: the whole list is read", path="csw:Constraint"),)

    def _queries(self, modified_since: str) -> Iterator[Query]:
        """Ways to ask, the best first: other address, without date, without order, another typename."""
        schema = self._output_schema()
        advertised = post_url(self._described(), self._source.base_url)
        addresses = dict.fromkeys((advertised, str(self._described().url)))
        modified = self._modified_queryables() if modified_since else []
        dates = [(modified[0], _day_before(modified_since)), ("", "")] if modified else [("", "")]
        for url, typename, date_filter, is_sorted in product(
            addresses, self._typenames(schema), dates, (True, False)
        ):
            yield Query(
                url=url,
                output_schema=schema,
                typename=typename,
                sort_by=_SORT_BY[typename] if is_sorted else "",
                modified=date_filter[0],
                since=date_filter[1],
            )

    def _output_schema(self) -> str:
        """The outputSchema to ask for: as the source's metadata_prefix says, else gmd where it is offered."""
        wanted = self._source.metadata_prefix
        if wanted:
            try:
                return GMD if by_prefix(wanted) is ISO19139 else CSW
            except UnknownFormat:
                return GMD if wanted == GMD else CSW
        return GMD if GMD in self._offered("outputSchema") else CSW

    def _typenames(self, schema: str) -> list[str]:
        """TypeNames to try: for gmd the server's own word for it first, where it has one."""
        if schema == CSW:
            return [_CSW_RECORD]
        offered = self._offered("typeNames")
        preferred = [_GMD_RECORD, _CSW_RECORD]
        return sorted(preferred, key=lambda name: name not in offered) if offered else preferred

    def _offered(self, parameter: str) -> list[str]:
        """The values of a parameter of GetRecords, as the capabilities have them."""
        found = operation(self._described(), "GetRecords")
        for name, values in (found.parameters if found is not None else {}).items():
            if name.lower() == parameter.lower():
                return [value.strip() for value in values["values"] if value and value.strip()]
        return []

    def _modified_queryables(self) -> list[str]:
        """Queryables for the date of change, those of ISO first where ISO records are asked for."""
        found = operation(self._described(), "GetRecords")
        constraints = [
            *(found.constraints if found is not None else []),
            *self._described().constraints.values(),
        ]
        names = {
            value.strip()
            for constraint in constraints
            for value in constraint.values
            if value and value.strip().rpartition(":")[2].lower() == "modified"
        }
        first = "apiso:" if self._output_schema() == GMD else "dct:"
        return sorted(names, key=lambda name: (not name.lower().startswith(first), name))

    def _page(
        self,
        checkpoint: Checkpoint,
        position: _Position,
        results: Results | None,
        faults: tuple[Fault, ...],
    ) -> tuple[Page, _Position]:
        """The page, and the position behind it."""
        if results is None:
            return Page((), checkpoint.evolve(finished=True, pages=checkpoint.pages + 1)), position
        items = read_items(results.content, results.elements)
        seen = _digest(items) if items else position.seen
        counts = _counts(position, results, len(items))
        following = next_start(counts)
        if items and seen == position.seen:
            if not position.told_end:
                raise ListBroken(f"the page at startPosition {position.start} is the page before it again")
            items, following = (), None
        behind = replace(
            position,
            start=following or position.start,
            listed=position.listed + len(items),
            empty=0 if items else position.empty + 1,
            seen=seen,
            told_end=claims_end(counts),
        )
        if behind.empty >= EMPTY_PAGES and following:
            raise ListBroken(f"{EMPTY_PAGES} pages in a row hold no record, and there is still more")
        if following is None:
            faults += _short(behind.listed, results.matched)
        advanced = checkpoint.evolve(
            position=asdict(behind),
            pages=checkpoint.pages + 1,
            response_date=checkpoint.response_date or _response_date(results),
            complete_list_size=results.matched or checkpoint.complete_list_size,
            finished=following is None,
        )
        return Page(items, advanced, size=len(results.answer.content), faults=faults), behind


def _counts(position: _Position, results: Results, held: int) -> Counts:
    return Counts(
        position.start,
        PAGE_SIZE,
        held=held,
        matched=results.matched,
        returned=results.returned,
        next_record=results.next_record,
    )


def _short(listed: int, matched: int | None) -> tuple[Fault, ...]:
    """That the list was shorter than the server said."""
    if matched is None or listed >= matched:
        return ()
    message = f"{matched} records match by the server's count, and {listed} were given"
    return (Fault("csw.short-list", message, path="csw:SearchResults"),)


def _digest(items: tuple[Item, ...]) -> str:
    """What tells one page from another."""
    digest = hashlib.blake2b(digest_size=16)
    for item in items:
        digest.update(item.identifier.encode() or (item.fault.value.encode() if item.fault else b""))
        digest.update(b"\0")
    return digest.hexdigest()


def _response_date(results: Results) -> str:
    """The timestamp of csw:SearchStatus in UTC; where it leaves the zone open, the Date header."""
    return (
        utc_moment(results.timestamp, zone_needed=True)
        or date_header(results.answer)
        or utc_moment(results.timestamp)
    )


def _day_before(moment: str) -> str:
    """The day before, so that a server's local time cannot hide a change."""
    return (date.fromisoformat(moment[:10]) - timedelta(days=1)).isoformat()
