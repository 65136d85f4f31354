"""The queryables: the properties of a record that a query may name, and what their values are compared as.

Names are those of CSW 2.0.2 (07-006r1, section 6.3.2, tables 1 and 3) and of its ISO application profile
(07-045, section 7.3) in lower case; every protocol maps its own spelling (`dc:title`, `apiso:Title`, `Title`)
to them at its edge.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from functools import lru_cache
from typing import Final

from catalogue.numbers import ordinal


class Kind(StrEnum):
    """What the values of a queryable are, which decides how they are compared."""

    TEXT = "text"
    DATE = "date"
    NUMBER = "number"
    #: When our copy of the record was last changed.
    DATESTAMP = "datestamp"
    #: The record's geographic extent.
    EXTENT = "extent"
    #: The record's temporal extent.
    PERIOD = "period"
    #: All texts of the record together.
    ANY_TEXT = "anytext"


ANY_TEXT: Final = "anytext"
#: "Date on which the record was created or updated within the catalogue" (07-006r1, table 1).
MODIFIED: Final = "modified"
EXTENT: Final = "boundingbox"
TEMPORAL_EXTENT: Final = "temporal_extent"
#: Kinds whose values are listed by the record, and compared.
OF_RECORDS: Final = frozenset({Kind.TEXT, Kind.DATE, Kind.NUMBER})
#: Kinds whose queryables have no values that could be listed or ordered.
WITHOUT_VALUES: Final = frozenset({Kind.EXTENT, Kind.PERIOD, Kind.ANY_TEXT})

_DATES: Final = (
    "date",
    "created",
    "issued",
    "available",
    "valid",
    "accepted",
    "submitted",
    "copyrighted",
    "revised",
    "temporal_begin",
    "temporal_end",
    "specification_date",
)
_TEXTS: Final = (
    "identifier",
    "title",
    "alternative",
    "abstract",
    "subject",
    "topic",
    "type",
    "format",
    "language",
    "coverage",
    "relation",
    "source",
    "creator",
    "publisher",
    "contributor",
    "organisation",
    "rights",
    "parent",
    "service_type",
    "lineage",
    "metadata_language",
    "conforms_to",
    "part_of",
    "license",
    "access_rights",
    "access_constraints",
    "limitation",
    "other_constraints",
    "reference_system",
    "keyword_type",
    "party_role",
    "distance_unit",
    "service_version",
    "operation",
    "coupling",
    "operates_on",
    "operates_on_identifier",
    "operates_on_name",
    "resource_identifier",
    "metadata_contact",
    "specification",
    "specification_date_type",
    "degree",
    "secured",
    "classification",
)
_NUMBERS: Final = ("denominator", "distance")
#: Texts that are one of xs:boolean: `true` or `false`.
TRUTHS: Final = frozenset({"degree", "secured"})
#: Vocabulary -> the queryable whose values are the terms that a record has as concepts.
OF_CONCEPTS: Final = {
    "conventions": "convention",
    "chemicals": "chemical",
    "wastes": "waste_stream",
    "countries": "country",
    "regions": "region",
    "document_types": "document_type",
    "information_categories": "information_category",
}
#: Codes, which are no words of the record: AnyText does not look for them.
CODES: Final = frozenset(
    {
        *OF_CONCEPTS.values(), *_NUMBERS, "access_constraints", "classification", "coupling", "degree",
        "distance_unit", "keyword_type", "operates_on", "operates_on_identifier", "operates_on_name",
        "operation", "party_role", "reference_system", "secured", "service_version", "specification_date",
        "specification_date_type",
    }
)  # fmt: skip

#: Every queryable, by name.
QUERYABLES: Final[dict[str, Kind]] = {
    **dict.fromkeys((*_TEXTS, *OF_CONCEPTS.values()), Kind.TEXT),
    **dict.fromkeys(_DATES, Kind.DATE),
    **dict.fromkeys(_NUMBERS, Kind.NUMBER),
    MODIFIED: Kind.DATESTAMP,
    EXTENT: Kind.EXTENT,
    TEMPORAL_EXTENT: Kind.PERIOD,
    ANY_TEXT: Kind.ANY_TEXT,
}

#: Characters of a value that its key in the index has.
KEY_LENGTH: Final = 60
#: Queryables of running text, which is asked for by what it contains.
RUNNING_TEXT: Final = frozenset(
    {"abstract", "alternative", "lineage", "limitation", "other_constraints", "relation", "rights", "source"}
)


def normalise(text: str) -> str:
    """Compatibility forms composed, case folded: two texts that differ in nothing else become equal."""
    if text.isascii():
        return text.lower()
    return _remembered(text) if len(text) <= _SHORT else _normalised(text)


def _normalised(text: str) -> str:
    # Folding may take a text out of its normal form (U+0345); the second pass mends that.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


#: Characters of a text that is asked for more than once while its page is written, and is kept for that long.
_SHORT: Final = 2000
_remembered = lru_cache(1024)(_normalised)


_W3CDTF: Final = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9})\d*)?)?(Z|[+-]\d\d:\d\d)?)?)?)?",
    re.ASCII,
)
_YEAR, _MONTH, _DAY = 4, 7, 10
_REST: Final = {_YEAR: "-01-01T00:00:00", _MONTH: "-01T00:00:00", _DAY: "T00:00:00"}


def instant(date: str) -> str:
    """When the period that a W3CDTF date names begins, in UTC: texts that sort as the instants do.

    `2003` and `2003-01` and `2003-01-01T00:00:00Z` begin at the same instant. A time without a zone is
    taken for UTC. Empty where the text is no date.
    """
    found = _W3CDTF.fullmatch(date)
    if found is None:
        return ""
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    try:
        begin = datetime(
            int(year),
            int(month or 1),
            int(day or 1),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            tzinfo=UTC,
        )
        if zone and zone != "Z":
            begin = begin.replace(tzinfo=_zone(zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return ""
    if hour is None:
        return date + _REST[len(date)]
    tail = (fraction or "").rstrip("0")
    # Written out by hand, for strftime does not fill years up to four digits everywhere.
    text = begin.replace(tzinfo=None).isoformat()
    return f"{text}.{tail}" if tail else text


#: Kinds whose values are compared as what they are -> texts that sort as those do.
ORDINALS: Final[dict[Kind, Callable[[str], str]]] = {Kind.DATE: instant, Kind.NUMBER: ordinal}


def last_instant(date: str) -> str:
    """The last whole second of the period that a W3CDTF date names, in UTC; empty where it is no date."""
    if not (begin := instant(date)) or len(date) > _DAY:
        return begin
    first = datetime.fromisoformat(begin)
    try:
        if len(date) == _YEAR:
            after = first.replace(year=first.year + 1)
        elif len(date) == _MONTH:
            after = (first + timedelta(days=31)).replace(day=1)
        else:
            after = first + timedelta(days=1)
    except (ValueError, OverflowError):
        # The year 9999 has no year behind it.
        return "9999-12-31T23:59:59"
    return (after - timedelta(seconds=1)).isoformat()


def _zone(offset: str) -> timezone:
    ahead = timedelta(hours=int(offset[1:3]), minutes=int(offset[4:6]))
    return timezone(-ahead if offset[0] == "-" else ahead)


def utc(seconds: int) -> str:
    """A datestamp of the store (seconds since 1970) as W3CDTF."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
