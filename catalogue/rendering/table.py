"""Writer of CSV (RFC 4180): a row a record, for spreadsheets.

A cell that begins with `=`, `+`, `-` or `@` is a formula to a spreadsheet, whoever wrote it. Such cells begin
with an apostrophe here, which makes them text.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Final

from catalogue.record import Record
from catalogue.rendering import dublin_core
from catalogue.rendering.citation import addresses, citation
from catalogue.rendering.markup import in_degrees, number

COLUMNS: Final = (
    "id", "title", "description", "type", "creators", "publisher", "date", "languages", "keywords", "places",
    "identifiers", "links", "west", "south", "east", "north", "period", "rights", "updated",
)  # fmt: skip
#: Between several values in one cell.
BETWEEN: Final = " | "
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
#: Columns that hold numbers of ours: a minus belongs to them.
_NUMBERS: Final = slice(COLUMNS.index("west"), COLUMNS.index("north") + 1)


def header() -> bytes:
    """The first line."""
    return _lines([list(COLUMNS)])


def write(record: Record, *, identifier: str, datestamp: str) -> bytes:
    """The record as one line."""
    cited = citation(record)
    box = next((box for box in record.boxes if in_degrees(box)), None)
    corners = [number(edge) for edge in (box.west, box.south, box.east, box.north)] if box else [""] * 4
    cells = [
        identifier,
        record.title.default,
        record.abstract.default if record.abstract else "",
        _joined(text.default for text in record.types),
        _joined(cited.authors),
        cited.publisher,
        cited.date,
        _joined(record.languages),
        _joined(subject.label.default for subject in record.subjects),
        _joined(place.default for place in record.places),
        _joined(name.value for name in record.identifiers),
        _joined(addresses(record)),
        *corners,
        _joined(dublin_core.period(period) for period in record.periods),
        _joined(value for right in record.rights for _, value in dublin_core.right_values(right)),
        datestamp,
    ]
    safe = [_safe(cell) for cell in cells]
    safe[_NUMBERS] = corners
    return _lines([safe])


def _joined(values: Iterable[str]) -> str:
    return BETWEEN.join(dict.fromkeys(value for value in values if value))


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULAS) else cell


def _lines(rows: list[list[str]]) -> bytes:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue().replace("\x00", "").encode("utf-8", "ignore")
