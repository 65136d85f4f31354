"""A window read record by record: ListIdentifiers, then GetRecord for each; the bad ones are set aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from catalogue.errors import HarvestError, ProtocolFailure
from catalogue.namespaces import OAI
from catalogue.run import Fault
from harvester.clients import oai_pages, oai_records
from harvester.clients.base import Item, Note
from harvester.clients.oai_position import Position
from harvester.clients.oai_requests import Requests
from harvester.clients.oai_trail import WRAPS, circle
from harvester.clients.oai_ways import Step, Ways, is_failure_of_a_page

#: Records asked for between two checkpoints.
CHUNK: Final = 50
#: So many in a row that fail, and none before that did not: GetRecord itself does not work.
_HOPELESS: Final = 5
_HEADER: Final = f"{{{OAI}}}header"


@dataclass(slots=True)
class _Taken:
    """What became of the records asked for so far."""

    items: list[Item] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    kept: list[tuple[bytes, bytes]] = field(default_factory=list)
    failures: int = 0
    size: int = 0


class Singles:
    """Reads the window in hand one record at a time."""

    def __init__(self, requests: Requests, ways: Ways) -> None:
        self._requests = requests
        self._ways = ways

    def step(self, position: Position) -> Step:
        """The next records of the window.

        Raises:
            HarvestError: the source fails as a whole.
        """
        asked = self._requests.page(position, "ListIdentifiers")
        position, asked_notes = asked.position.once(*asked.notes)
        body = asked.response.body
        headers = [] if body is None else [oai_records.Header(one) for one in body.iterchildren(_HEADER)]
        token = asked.response.token()
        position = _noticed(position, headers, oai_pages.size_of(token))
        if position.broken:
            return _around(position, asked_notes)
        chunk = headers[position.skip : position.skip + CHUNK]
        taken = self._take(position, chunk)
        if taken is None:
            hopeless = replace(position.beginning(position.window), no_single=True)
            return Step(hopeless, notes=(Note("get-record-fails"),))
        return Step(
            self._behind(position, chunk, len(headers), token.token if token else ""),
            items=tuple(taken.items),
            notes=(*asked_notes, *taken.notes),
            size=taken.size + len(asked.response.http_response.content),
            set_aside=tuple(taken.kept),
        )

    def _behind(
        self, position: Position, chunk: Sequence[oai_records.Header], headers: int, token: str
    ) -> Position:
        after = replace(
            position, singles=position.singles + len(chunk), listed=position.listed + len(chunk), failing=0
        )
        if position.skip + CHUNK < headers:
            return replace(after, skip=position.skip + CHUNK)
        if not token:
            return after.behind_window()
        if token == position.token:
            return replace(after, broken="ListIdentifiers hands out the same resumptionToken again")
        empty = 0 if headers else position.empty + 1
        if empty >= self._ways.most_empty_pages:
            return replace(
                after, broken=f"{empty} pages of ListIdentifiers in a row are empty, with more behind"
            )
        return replace(after, token=token, skip=0, pages=after.pages + 1, empty=empty)

    def _take(self, position: Position, chunk: Sequence[oai_records.Header]) -> _Taken | None:
        """Ask for each; None where GetRecord does not work at all, and there is another way."""
        taken = _Taken()
        for header in chunk:
            if header.deleted:
                taken.items.append(
                    Item(header.identifier, header.datestamp, deleted=True, sets=tuple(header.sets))
                )
                continue
            error = self._one(position, header, taken)
            if error is None:
                continue
            taken.failures += 1
            if taken.failures == _HOPELESS == len(taken.items):
                self._ways.require_life(error)
                if not position.singles and self._ways.can_cut(position):
                    return None
        return taken

    def _one(self, position: Position, header: oai_records.Header, taken: _Taken) -> HarvestError | None:
        """Ask for one record, twice if need be; a fault in its place where that fails."""
        try:
            try:
                item, response = self._requests.record(position, header.identifier)
            except HarvestError as error:
                if not is_failure_of_a_page(error):
                    raise
                item, response = self._requests.record(position, header.identifier)
        except HarvestError as error:
            if not (is_failure_of_a_page(error) or isinstance(error, ProtocolFailure)):
                raise
            if not isinstance(error, ProtocolFailure):
                self._ways.require_life(error)
            taken.items.append(_set_aside(header, str(error)))
            return error
        taken.size += len(response.http_response.content)
        if item is None:
            taken.items.append(_set_aside(header, "GetRecord answers without a record"))
            return None
        mended = oai_pages.marked(response, (item,))
        taken.items += mended
        taken.notes += oai_pages.repair_notes(response, mended)
        taken.kept += oai_pages.kept(response)
        return None


def _noticed(position: Position, headers: Sequence[oai_records.Header], size: int | None) -> Position:
    """The position with what a page of identifiers tells when it comes: the list may go round."""
    if position.skip or not headers:
        return position
    names = [header.identifier for header in headers]
    found = circle(position, names) if position.token else ""
    moves = (position.pages & (position.pages - 1)) == 0
    return replace(
        position,
        broken=found,
        size=position.size if position.pages else size,
        first=position.first or names[0],
        landmark=names[0] if position.pages and moves else position.landmark,
    )


def _around(position: Position, notes: tuple[Note, ...]) -> Step:
    """Behind identifiers that go round: the next window, where all of this one have been listed."""
    if position.broken != WRAPS or position.listed < (position.size or 0):
        return Step(position, notes=notes)
    told, wraps = position.once(Note("list-wraps", {"listed": position.listed}))
    return Step(told.behind_window(), notes=(*notes, *wraps))


def _set_aside(header: oai_records.Header, words: str) -> Item:
    fault = Fault(
        "oai_pmh.record-fails",
        words,
        source_identifier=header.identifier,
        path="GetRecord",
        source_datestamp=header.datestamp,
    )
    return Item(header.identifier, header.datestamp, sets=tuple(header.sets), fault=fault)
