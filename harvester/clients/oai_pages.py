"""One answer of a list: its items, what is odd about it, and what is kept of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from harvester.clients import mended, oai_records
from harvester.clients.base import Item, Note
from harvester.clients.oai_position import Position
from harvester.clients.oai_requests import Asked
from harvester.clients.oai_sickle import ResumptionToken, StrictResponse

#: A completeListSize beyond this is a mistake.
_SANE_SIZE: Final = 1_000_000_000
#: Clocks may differ by so much without a word.
_CLOCK: Final = timedelta(days=1)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d(?=T|$)")


def items_of(response: StrictResponse) -> tuple[Item, ...]:
    """The items of a list answer."""
    body = response.body
    if response.failure is not None or body is None:
        return ()
    return marked(response, oai_records.read_items(response.content, body))


def marked(response: StrictResponse, items: tuple[Item, ...]) -> tuple[Item, ...]:
    """The items; those that a repair of the answer has touched are marked."""
    return mended.marked(response.http_response.content, response.repairs, items)


def kept(response: StrictResponse) -> tuple[tuple[bytes, bytes], ...]:
    """The answer as it was sent, where it had to be repaired."""
    return mended.kept(response.http_response.content, response.repairs)


def repair_notes(response: StrictResponse, items: Sequence[Item]) -> tuple[Note, ...]:
    """What was repaired, and where the answer is kept as it was sent."""
    return mended.repair_notes(response.http_response.content, response.repairs, items)


def size_of(token: ResumptionToken | None) -> int | None:
    """A completeListSize, where it is a number that can be meant."""
    text = (token.complete_list_size or "").strip() if token else ""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(_SANE_SIZE))):
        return None
    return int(text) if int(text) <= _SANE_SIZE else None


def told_time(response: StrictResponse) -> tuple[str, tuple[Note, ...]]:
    """The responseDate, not later than our own clock: the next harvest asks from there on.

    A clock that runs ahead would let us ask too late, and miss what is written meanwhile; one that is late
    only lists some records again.
    """
    now = datetime.now(UTC)
    ours = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    theirs = response.response_date or ours
    apart = datetime.fromisoformat(theirs) - now
    notes = (Note("clock-wrong", {"theirs": theirs, "ours": ours}),) if abs(apart) > _CLOCK else ()
    return min(theirs, ours), notes


def oddities(asked: Asked, items: Sequence[Item], token: ResumptionToken | None) -> list[Note]:
    """What is odd about a page, and does no harm."""
    position, found = asked.position, []
    if token is not None:
        cursor = (token.cursor or "").strip()
        if cursor and cursor != str(position.listed) and "cursor-wrong" not in position.told:
            found.append(Note("cursor-wrong", {"cursor": cursor[:50], "listed": position.listed}))
        size = size_of(token)
        if position.size is not None and size is not None and size != position.size:
            found.append(Note("size-wrong", {"claimed": position.size, "then": size}))
    if not items and token is not None and token.token:
        found.append(Note("empty-page", {"listed": position.listed}))
    elif not items and position.token:
        found.append(Note("token-at-end", {"listed": position.listed}))
    return found + _dates(position, items)


def _dates(position: Position, items: Sequence[Item]) -> list[Note]:
    if not items:
        return []
    found = []
    newest = max(item.datestamp for item in items)
    if newest[:1] == "2" and newest > f"{datetime.now(UTC) + _CLOCK:%Y-%m-%d}" and _DAY.match(newest):
        found.append(Note("datestamp-in-future", {"datestamp": newest}))
    if (position.window.from_ or position.window.until) and any(is_outside(position, item) for item in items):
        found.append(Note("range-left", _range(position)))
    return found


def is_outside(position: Position, item: Item) -> bool:
    """Whether an item's datestamp lies outside the window that was asked for."""
    datestamp = item.datestamp
    return _DAY.match(datestamp) is not None and not position.window.holds(datestamp)


def _range(position: Position) -> dict[str, Any]:
    return {"from": position.window.from_, "until": position.window.until}


def size_note(position: Position) -> tuple[Note, ...]:
    """At the end of a list: whether it held what it said."""
    if position.size is None or position.size == position.listed:
        return ()
    return (Note("size-wrong", {"claimed": position.size, "listed": position.listed}),)
