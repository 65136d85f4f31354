"""Where a CSW list goes on, as a checkpoint holds it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields, replace
from typing import Any

from catalogue.run import Fault
from harvester.clients.answers import date_header, utc_moment
from harvester.clients.base import Item
from harvester.clients.csw_answer import Results
from harvester.clients.csw_request import Query
from harvester.clients.narrowing import Narrowed


@dataclass(frozen=True, slots=True)
class Position:
    """Where a list goes on: everything that a client in another process needs."""

    query: Query
    start: int = 1
    #: Records listed so far, and those among them that had come before, as far as one client saw it.
    listed: int = 0
    repeated: int = 0
    #: Empty pages in a row.
    empty: int = 0
    #: Digest of the page before: to get it again is to go round.
    seen: str = ""
    #: The server said that this was all, against its own numberOfRecordsMatched.
    told_end: bool = False
    #: numberOfRecordsMatched of the page before.
    matched: int | None = None
    #: Up to here a page was asked for and failed: one of the records there is the cause.
    suspect: int = 0
    #: maxRecords for the rest of the list, where full pages took too long; 0: as usual.
    size: int = 0

    @classmethod
    def read(cls, position: dict[str, Any]) -> Position:
        """The position in a checkpoint, of this release or of the one before."""
        known = {field.name: position[field.name] for field in fields(cls) if field.name in position}
        return cls(**{**known, "query": Query(**position["query"])})

    def next_size(self, full: int) -> int:
        """MaxRecords here: where a record is looked for that breaks pages, half of where it may be."""
        size = min(self.size or full, full)
        left = self.suspect - self.start
        return min(size, max(1, left // 2)) if left > 0 else size

    def behind(self, found: Narrowed[Results], listed: int, following: int | None, full: int) -> Position:
        """The position behind a page on which so many records were listed."""
        asked, suspect, size = self.next_size(full), self.suspect, self.size
        if found.aside:
            suspect = suspect if len(found.aside) > 1 else 0
        elif found.size < asked and found.cause is None:
            size = found.size
        elif found.size < asked:
            suspect = self.start + asked
        start = following or found.start
        return replace(
            self,
            start=start,
            listed=self.listed + listed,
            suspect=suspect if suspect > start else 0,
            size=size,
        )

    def stepped_back(self, results: Results) -> Position | None:
        """Where to ask again, if records were removed since the page before, and moved the rest forward.

        Only by a few: a count that jumps is a wrong count. None where nothing was removed.
        """
        if self.matched is None or results.matched is None:
            return None
        removed = self.matched - results.matched
        if not 0 < removed <= len(results.elements) // 2:
            return None
        return replace(self, start=max(1, self.start - removed), matched=results.matched, suspect=0)

    def shortfall(self) -> tuple[Fault, ...]:
        """That the list was shorter than the server said, or that records came twice and others never."""
        distinct = self.listed - self.repeated
        if self.matched is None or distinct >= self.matched:
            return ()
        message = f"{self.matched} records match by the server's count, and {distinct} were given"
        if self.repeated:
            message += f"; {self.repeated} came more than once: the server keeps no order between its pages"
        return (Fault("csw.short-list", message, path="csw:SearchResults"),)


def digest(items: tuple[Item, ...]) -> str:
    """What tells one page from another."""
    made = hashlib.blake2b(digest_size=16)
    for item in items:
        made.update(item.identifier.encode() or (item.fault.value.encode() if item.fault else b""))
        made.update(b"\0")
    return made.hexdigest()


def response_date(results: Results) -> str:
    """The timestamp of csw:SearchStatus in UTC; where it leaves the zone open, the Date header."""
    return (
        utc_moment(results.timestamp, zone_needed=True)
        or date_header(results.answer)
        or utc_moment(results.timestamp)
    )
