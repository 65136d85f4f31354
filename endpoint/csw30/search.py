"""The parameters of GetRecords that ask without a filter: q, recordIds, bbox and time (12-176r7, table 6)."""

from __future__ import annotations

import re
from typing import Final

from catalogue.errors import InvalidQuery
from catalogue.query import MAX_IDENTIFIERS, AnyText, Identified, Predicate, all_of
from catalogue.queryables import instant, last_instant
from endpoint.csw.exceptions import invalid
from endpoint.csw.sent import Sent
from endpoint.filters import constraints, periods
from endpoint.filters.geometry import Envelope, envelope

_TERM: Final = re.compile(r'"([^"]+)"|(\S+)')
_CORNERS: Final = 4
_EAST: Final = 180
_NORTH: Final = 90
#: Parameters of the table, and of others' descriptions, that this service does not have: what they ask for
#: would be left out.
_REFUSED: Final = (
    "geometry", "geometry_crs", "relation", "lat", "lon", "radius", "name", "trelation", "start", "stop",
)  # fmt: skip


def predicate_of(sent: Sent) -> Predicate | None:
    """What the parameters ask for, together with the constraint; None where that is every record.

    Raises:
        OwsException: one of them cannot be understood.
    """
    # A name with a prefix is one of an extension of OpenSearch (`eo:cloudCover`).
    for name in (*_REFUSED, *(name for name in sent.values if ":" in name)):
        if sent.all(name):
            raise invalid(name, f"the parameter {name} is not supported")
    found = (sent.where, _words(sent), _identifiers(sent), _box(sent), _time(sent))
    parts = tuple(part for part in found if part is not None)
    return all_of(parts) if parts else None


def _words(sent: Sent) -> Predicate | None:
    """Every word, or phrase in quotation marks, occurs in the record's texts."""
    terms = [phrase or word for phrase, word in _TERM.findall(sent.one("q"))]
    return all_of(tuple(AnyText((term,)) for term in terms)) if terms else None


def _identifiers(sent: Sent) -> Predicate | None:
    wanted = sent.all("recordIds")
    if len(wanted) > MAX_IDENTIFIERS:
        raise invalid("recordIds", f"at most {MAX_IDENTIFIERS} identifiers may be asked for at once")
    return Identified(wanted) if wanted else None


def _box(sent: Sent) -> Predicate | None:
    """West, south, east, north, in CRS84; or in the axes' order of the system that is named behind them."""
    text = sent.one("bbox")
    if not text:
        return None
    numbers = [part.strip() for part in text.split(",")]
    if len(numbers) not in {_CORNERS, _CORNERS + 1}:
        raise invalid("bbox", "bbox has four numbers, and perhaps the name of their reference system")
    crs = "".join(numbers[_CORNERS:])
    try:
        box = envelope(numbers[:2], numbers[2:_CORNERS], crs)
    except InvalidQuery as error:
        raise invalid("bbox", str(error)) from error
    if isinstance(box, Envelope) and not _in_degrees(box):
        raise invalid("bbox", "bbox is not in degrees")
    return constraints.extends(None, "BBOX", box)


def _in_degrees(box: Envelope) -> bool:
    return max(abs(box.west), abs(box.east)) <= _EAST and max(abs(box.south), abs(box.north)) <= _NORTH


def _time(sent: Sent) -> Predicate | None:
    """The record's temporal extent, from its first begin to its last end, meets the time.

    An end that is left open, here or there, has no limit. A date means all of the period that it names: 2003
    begins with the year and ends with it.
    """
    begin, slash, end = (part.strip() for part in sent.one("time").partition("/"))
    end = end if slash else begin
    for date in (begin, end):
        if date and not instant(date):
            raise invalid("time", f"{date!r} is no date (W3CDTF)")
    if not begin and not end:
        return None
    if begin and end and instant(begin) > last_instant(end):
        raise invalid("time", "the time ends before it begins")
    return periods.meets(begin, last_instant(end))
