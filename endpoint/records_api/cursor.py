"""Where a list goes on: a place in its order (keyset), and how many records there are, as one short text.

No page is found by counting: page 10,000 costs what the first does, and what comes or goes meanwhile moves
nothing. Whoever writes a cursor of his own gets another part of the same list, and no more.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from catalogue.query import Place, SortKey
from catalogue.queryables import QUERYABLES, Kind
from endpoint.records_api.problems import bad

PARAMETER: Final = "cursor"
_LONGEST: Final = 40_000
_MOST: Final = 2**63 - 1


class _Written(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    number: int
    matched: int
    values: tuple[str | int | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a list, and how many records the list has."""

    place: Place
    matched: int


def write(cursor: Cursor) -> str:
    """The cursor as text."""
    written = _Written(cursor.place.number, cursor.matched, cursor.place.values)
    return urlsafe_b64encode(msgspec.json.encode(written)).rstrip(b"=").decode()


def read(sent: str, sort: Sequence[SortKey]) -> Cursor:
    """The cursor that a text is, for a list in this order.

    Raises:
        Problem: it is none.
    """
    try:
        padded = sent.encode("ascii") + b"=" * (-len(sent) % 4)
        found = msgspec.json.decode(urlsafe_b64decode(padded[:_LONGEST]), type=_Written)
    except (UnicodeError, Error, ValueError, msgspec.MsgspecError) as error:
        raise bad(PARAMETER, "the cursor is none of ours: begin the list anew") from error
    fits = len(found.values) == len(sort) and all(
        value is None or isinstance(value, _type(key)) for key, value in zip(sort, found.values, strict=True)
    )
    numbers = [found.number, found.matched, *(value for value in found.values if isinstance(value, int))]
    if not fits or not all(0 <= number <= _MOST for number in numbers):
        raise bad(PARAMETER, "the cursor belongs to another list: begin the list anew")
    if any(isinstance(value, str) and "\x00" in value for value in found.values):
        raise bad(PARAMETER, "the cursor is none of ours: begin the list anew")
    return Cursor(Place(found.values, found.number), found.matched)


def _type(key: SortKey) -> type[int | str]:
    return int if QUERYABLES[key.queryable] is Kind.DATESTAMP else str
