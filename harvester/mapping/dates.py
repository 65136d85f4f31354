"""Dates and periods as people write them, to W3CDTF (https://www.w3.org/TR/NOTE-datetime).

A date is either understood with certainty or not at all: `04/05/1998` may be April or May, so it has no
value. Days before months are taken for granted only with dots (`04.05.1998`): no country writes dotted
dates the other way round. A time without a zone is not W3CDTF; only its day is kept.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final

from catalogue.record import Date, DateKind, Period

_MONTH_NAMES: Final = (
    "january january janvier enero январь января",
    "february february février febrero февраль февраля fevrier",
    "march march mars marzo март марта",
    "april april avril abril апрель апреля",
    "may may mai mayo май мая",
    "june june juin junio июнь июня",
    "july july juillet julio июль июля",
    "august august août agosto август августа aout",
    "september september septembre septiembre сентябрь сентября sept setiembre",
    "october october octobre octubre октябрь октября",
    "november november novembre noviembre ноябрь ноября",
    "december december décembre diciembre декабрь декабря decembre",
)
_MONTHS: Final[dict[str, int]] = {
    name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()
} | {names[:3]: number for number, names in enumerate(_MONTH_NAMES, 1)}

_Y: Final = r"(?P<y>\d{4})"
_MONTH_WORD: Final = r"(?P<name>[^\W\d_]{3,10})\.?"
_TIME: Final = (
    r"[T ]\s*(?P<h>\d{1,2}):(?P<mi>\d{2})(?::(?P<s>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?"
)
_YMD: Final = rf"{_Y}[-/.](?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}})"
#: The forms that are understood, commonest first.
_FORMS: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        _Y,
        rf"{_YMD}(?:{_TIME})?",
        rf"{_Y}[-/.](?P<m>\d{{1,2}})",
        rf"{_YMD}(?:Z|[+-]\d{{2}}:\d{{2}})",
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})Z?",
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})T(?P<h>\d{2})(?P<mi>\d{2})(?P<s>\d{2})?(?P<zone>Z)?",
        rf"{_Y}-(?P<ordinal>\d{{3}})",
        rf"(?P<d>\d{{1,2}})\.(?P<m>\d{{1,2}})\.{_Y}(?:{_TIME})?",
        rf"(?P<one>\d{{1,2}})(?P<sep>[/-])(?P<two>\d{{1,2}})(?P=sep){_Y}(?:{_TIME})?",
        rf"(?P<m>\d{{1,2}})/{_Y}",
        rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th|er)?[ -]+(?:de |of )?{_MONTH_WORD},?[ -]+(?:de )?{_Y}",
        rf"{_MONTH_WORD} +(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? +{_Y}",
        rf"{_MONTH_WORD},?[ -]+(?:de )?{_Y}",
        rf"{_Y}[ -]+{_MONTH_WORD}(?:[ -]+(?P<d>\d{{1,2}}))?",
        rf"{_Y}年(?:(?P<m>\d{{1,2}})月(?:(?P<d>\d{{1,2}})日)?)?",
        rf"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? (?P<d>\d{{1,2}}) {_MONTH_WORD} {_Y}(?:{_TIME})?",
    )
)
_PLAIN: Final = re.compile(r"[12]\d{3}(?:-(?:0[1-9]|1[012])(?:-(?:0[1-9]|1\d|2[0-8]))?)?", re.ASCII)
#: No date is longer; what is, is not looked at.
_LONGEST: Final = 80
_RANGE: Final = (
    re.compile(r"\s*(?P<a>[^/]*?)\s*/\s*(?P<b>[^/]*?)\s*"),
    re.compile(r"\s*(?P<a>\d{4})\s*[-–—]\s*(?P<b>\d{4})\s*"),
    re.compile(r"\s*(?P<a>\S.*?)\s+(?:to|until|-|–|—)\s+(?P<b>\S.*?)\s*", re.IGNORECASE),
)
#: Ends of a range that mean "not known" or "still going on" (ISO 8601-2, and common use).
_OPEN: Final = frozenset({"", "..", "...", "present", "now", "ongoing", "unknown", "?"})


def w3cdtf(sent: str) -> str:
    """The W3CDTF form of a date; empty where the text is not one date, understood with certainty."""
    if _PLAIN.fullmatch(sent):
        return sent
    return _understood(sent) if len(sent) <= _LONGEST else ""


@lru_cache(maxsize=8192)
def _understood(sent: str) -> str:
    """What `w3cdtf` promises, for texts that need work."""
    text = " ".join(sent.split()).strip("[]()").removeprefix("©").strip()
    for form in _FORMS:
        found = form.fullmatch(text)
        if found:
            return _normal(found.groupdict())
    return ""


def _normal(parts: dict[str, str | None]) -> str:
    """The value of one matched form; empty where there is no such day, or more than one."""
    year, month, day = int(parts["y"] or 0), parts.get("m"), parts.get("d")
    if parts.get("one"):
        month, day = _month_and_day(parts["one"] or "", parts["two"] or "")
        if not month:
            return ""
    if parts.get("name"):
        month = str(_MONTHS.get((parts["name"] or "").lower(), 0))
    try:
        if parts.get("ordinal"):
            return _from_ordinal(year, int(parts["ordinal"] or 0))
        if month is None:
            return f"{date(year, 1, 1).year:04}"
        if day is None:
            return f"{date(year, int(month), 1):%Y-%m}".zfill(7)
        whole = date(year, int(month), int(day))
        return _at_time(whole, parts) if parts.get("zone") else whole.isoformat()
    except (ValueError, OverflowError):
        return ""


def _month_and_day(one: str, two: str) -> tuple[str, str]:
    """Which of two numbers is the month: known only where the other cannot be, or both are the same."""
    if int(one) > 12 or one == two:  # noqa: PLR2004 - months
        return two, one
    return (one, two) if int(two) > 12 else ("", "")  # noqa: PLR2004 - months


def _from_ordinal(year: int, day: int) -> str:
    """ISO 8601 ordinal date: year and day of the year."""
    whole = date(year, 1, 1) + timedelta(days=day - 1)
    return whole.isoformat() if whole.year == year else ""


def _at_time(day: date, parts: dict[str, str | None]) -> str:
    """Day, time and zone as UTC."""
    zone = parts["zone"] or "Z"
    offset = UTC
    if zone[0] in "+-":
        minutes = int(zone[1:3]) * 60 + int(zone[-2:])
        offset = timezone(timedelta(minutes=-minutes if zone[0] == "-" else minutes))
    moment = datetime(
        day.year,
        day.month,
        day.day,
        int(parts["h"] or 0),
        int(parts["mi"] or 0),
        int(parts["s"] or 0),
        tzinfo=offset,
    )
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}".zfill(20)


def period(sent: str) -> tuple[str, str] | None:
    """Begin and end of a range of dates, either of which may be open (empty); None for anything else."""
    if len(sent) > 2 * _LONGEST:
        return None
    for form in _RANGE:
        found = form.fullmatch(sent)
        if not found:
            continue
        begin, end = w3cdtf(found["a"]), w3cdtf(found["b"])
        understood = (begin or found["a"].lower() in _OPEN) and (end or found["b"].lower() in _OPEN)
        if understood and (begin or end):
            return begin, end
    return None


def date_of(kind: DateKind, sent: str) -> Date:
    """A Date for a text; a range has its beginning as value, and itself as text."""
    value = w3cdtf(sent)
    if value:
        return Date(kind, value, sent if _loses_time(sent, value) else "")
    whole = period(sent)
    return Date(kind, whole[0] if whole else "", sent)


def _loses_time(sent: str, value: str) -> bool:
    return len(value) < len("1998-05-04T") and ":" in sent


def period_of(sent: str) -> Period | None:
    """A Period for a text that is a date or a range of dates; None where it is neither."""
    value = w3cdtf(sent)
    if value:
        return Period(value, value)
    whole = period(sent)
    return Period(*whole) if whole else None
