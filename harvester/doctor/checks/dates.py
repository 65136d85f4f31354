"""Dates and clocks, and whether a list can be limited by them (OAI-PMH 2.0, sections 2.7.1 and 3.3)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

from harvester.clients.answers import utc_moment
from harvester.doctor.checks.verdict import Verdict, advice, good, oai_check, problem
from harvester.doctor.observation import Listing, OaiSeen, Observation
from harvester.windows import DAY, SECONDS

_SECONDS: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
#: Clocks may differ by so much.
_CLOCK: Final = timedelta(minutes=5)
_FAR: Final = timedelta(days=1)
#: Records from which on it is odd that all are from one moment.
_MANY: Final = 20
_REFUSED: Final = frozenset({"badArgument"})


@oai_check("clock")
def clock(seen: OaiSeen, whole: Observation) -> Verdict | None:
    """The responseDate is the time, in UTC (section 3.2)."""
    told = seen.identity.response_date if seen.identity else ""
    told = told or next((one.response_date for one in seen.walk if one.response_date), "")
    if not told:
        return problem("missing") if seen.identity else None
    moment = utc_moment(told)
    if not moment:
        return problem("nonsense", told=told)
    apart = datetime.fromisoformat(moment) - whole.now
    if abs(apart) <= _CLOCK:
        return good() if _SECONDS.fullmatch(told) else advice("form", told=told)
    words = _hours(abs(apart))
    if apart > timedelta(0):
        overlap = {"overlap_seconds": min(86400, int(apart.total_seconds()) + 60)}
        verdict = problem("ahead", apart=words, told=told)
        return verdict.needing(**overlap) if apart <= _FAR else verdict
    return (problem if -apart > _FAR else advice)("behind", apart=words, told=told)


def _hours(apart: timedelta) -> str:
    seconds = int(apart.total_seconds())
    return f"{seconds // 86400} d {seconds % 86400 // 3600:02}:{seconds % 3600 // 60:02}:{seconds % 60:02}"


@oai_check("earliest")
def earliest(seen: OaiSeen, _: Observation) -> Verdict | None:
    """The earliestDatestamp is a date, and no record is older (section 4.2)."""
    told = seen.identity.earliest_datestamp if seen.identity else ""
    if not told:
        return None
    if not _is_date(told):
        return problem("nonsense", told=told)
    older = [item for item in seen.items if _is_date(item.datestamp) and item.datestamp[:10] < told[:10]]
    if older:
        oldest = min(older, key=lambda item: item.datestamp)
        return problem("later", told=told, oldest=oldest.datestamp).showing(one.identifier for one in older)
    return good(told=told)


@oai_check("granularity")
def granularity(seen: OaiSeen, _: Observation) -> Verdict | None:
    """Datestamps are as fine as Identify says (section 3.3.1)."""
    told = seen.identity.granularity if seen.identity else ""
    if not told:
        return None
    if told not in {DAY, SECONDS}:
        return problem("nonsense", told=told)
    stamps = [(item.identifier, item.datestamp) for item in seen.items if item.datestamp]
    days = [one for one, stamp in stamps if _DAY.fullmatch(stamp)]
    seconds = [one for one, stamp in stamps if _SECONDS.fullmatch(stamp)]
    odd = [stamp for _, stamp in stamps if not (_DAY.fullmatch(stamp) or _SECONDS.fullmatch(stamp))]
    if odd:
        return problem("not-utc", told=told, found=odd[0])
    if days and seconds:
        found = problem("mixed", told=told).showing(days if told == SECONDS else seconds)
        # What changes later on a day is given but the day, and lies before the second that is asked from.
        return found.needing(force_days=True) if told == SECONDS else found
    if (days and told == SECONDS) or (seconds and told == DAY):
        return problem("misdeclared", told=told, found=DAY if days else SECONDS)
    return good(told=told) if told == SECONDS else advice("days", told=told)


@oai_check("seconds")
def seconds(seen: OaiSeen, _: Observation) -> Verdict | None:
    """Both from and until are taken in seconds where it says seconds (section 3.3.1)."""
    if seen.second is None:
        return None
    if seen.second.reply.code in _REFUSED:
        return problem("refused", why=seen.second.reply.error).needing(force_days=True)
    if not seen.second.reply.is_good:
        return problem("failed", why=seen.second.reply.error)
    if not seen.second.items:
        return problem("empty", asked=seen.second.window.from_)
    return good()


@oai_check("selective")
def selective(seen: OaiSeen, _: Observation) -> Verdict | None:
    """Both from and until limit a list (section 2.7.1): without that every harvest is a whole one."""
    asked = [one for one in (*seen.windows, seen.day, seen.second) if one is not None]
    answered = [one for one in asked if one.reply.is_good]
    if not asked:
        return None
    if not answered:
        return problem("refused", why=asked[0].reply.error).needing(whole_list=True)
    strayed = [item for one in seen.further for item in one.items if not _holds(one, item.datestamp)]
    outside = [(one, item) for one in answered for item in one.items if not _holds(one, item.datestamp)]
    if outside:
        listing, item = outside[0]
        asked_for = f"{listing.window.from_} - {listing.window.until}"
        return (
            problem("ignored", datestamp=item.datestamp, count=len(outside), asked=asked_for)
            .showing(item.identifier for _, item in outside)
            .needing(whole_list=True)
        )  # fmt: skip
    if strayed:
        verdict = problem("later-pages", datestamp=strayed[0].datestamp, count=len(strayed))
        return verdict.showing(item.identifier for item in strayed)
    return good(count=len(answered))


def _holds(listing: Listing, datestamp: str) -> bool:
    return not _DAY.match(datestamp) or listing.window.holds(datestamp)


@oai_check("whole-day")
def whole_day(seen: OaiSeen, _: Observation) -> Verdict | None:
    """What is until a day is until its end (section 2.7.1: both ends are inclusive)."""
    if seen.day is None or not seen.day.reply.is_good:
        return None
    day = seen.day.window.from_
    known = {item.identifier for item in seen.items if item.datestamp.startswith(day)}
    if known and not known & set(seen.day.identifiers):
        return problem("broken", day=day).showing(sorted(known)).needing(window_overlap=True)
    return good(day=day)


@oai_check("future")
def future(seen: OaiSeen, whole: Observation) -> Verdict | None:
    """No record was changed tomorrow."""
    limit = f"{whole.now + _FAR:%Y-%m-%dT%H:%M:%SZ}"
    if not seen.items:
        return None
    late = [item for item in seen.items if _DAY.match(item.datestamp) and item.datestamp > limit]
    if late:
        newest = max(item.datestamp for item in late)
        return problem("some", count=len(late), of=len(seen.items), newest=newest).showing(
            item.identifier for item in late
        )
    return good(of=len(seen.items))


@oai_check("datestamps")
def datestamps(seen: OaiSeen, _: Observation) -> Verdict | None:
    """Datestamps tell records apart: a re-index that gives all of them one moment makes all look new."""
    found = {item.datestamp for item in seen.items if item.datestamp}
    without = [item.identifier for item in seen.items if not item.datestamp]
    if without:
        return problem("missing", count=len(without), of=len(seen.items)).showing(without)
    if len(seen.items) < _MANY:
        return None
    days = {stamp[:10] for stamp in found}
    if len(found) == 1:
        return advice("same", datestamp=next(iter(found)), of=len(seen.items))
    return good(days=len(days), of=len(seen.items))


def _is_date(text: str) -> bool:
    try:
        return bool(_DAY.match(text)) and date.fromisoformat(text[:10]) <= date.max
    except ValueError:
        return False


def expires_in(text: str, now: datetime) -> float | None:
    """Hours until an expirationDate; None where it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (moment - now).total_seconds() / 3600
