"""How times, endings and schedules are said to people, in their language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from gettext import NullTranslations

from babel import Locale
from babel.dates import format_date, format_time, get_day_names
from babel.numbers import format_decimal

from catalogue.errors import SettingsError
from catalogue.quiet_hours import quiet_until
from catalogue.run import Ending, HarvestRun, RunKind, RunState
from catalogue.source import Source, SourceState
from endpoint.languages import ENGLISH, Language, words

#: Names and numbers of days, as cron has them (0 and 7 are Sunday), as Babel counts them (0 is Monday).
_DAYS = {"sun": 6, "mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5}
_DAYS |= {str(number): (number + 6) % 7 for number in range(8)}
#: A name and a password in an address: never shown.
_CREDENTIALS = re.compile(r"(?<=://)[^/?#\s]*@")
_LONGEST_MESSAGE = 300
_UTC = "UTC"


def public(text: str) -> str:
    """A text that a source may have had a part in, fit to be shown: no credentials, not without end."""
    cleaned = _CREDENTIALS.sub("", text)
    return cleaned if len(cleaned) <= _LONGEST_MESSAGE else cleaned[: _LONGEST_MESSAGE - 1] + "…"


@dataclass(frozen=True, slots=True)
class Wording:
    """What is said in one language."""

    language: Language = ENGLISH

    @property
    def _words(self) -> NullTranslations:
        return words(self.language.tag)

    @property
    def _locale(self) -> Locale:
        return Locale.parse("en_GB" if self.language is ENGLISH else self.language.tag)

    def number(self, count: int) -> str:
        """As in `1,234`."""
        return format_decimal(count, locale=self._locale)

    def moment(self, value: datetime) -> str:
        """A time in UTC, as in `24 November 2026, 03:41 UTC`."""
        utc, locale = value.astimezone(UTC), self._locale
        day, time = format_date(utc, "long", locale), format_time(utc, "HH:mm", locale=locale)
        return f"{day}, {time} {_UTC}"

    def ending(self, run: HarvestRun) -> str:
        """How an ended run ended."""
        said = self._ending(run)
        if run.kind is RunKind.REMAP:
            return self._words.gettext("Read again from what is stored. %(ending)s") % {"ending": said}
        if run.kind is RunKind.TRIAL:
            return self._words.gettext("A trial, of which nothing is kept. %(ending)s") % {"ending": said}
        return said

    def _ending(self, run: HarvestRun) -> str:
        say, tally = self._words, run.tally
        match run.ending:
            case Ending.COMPLETE:
                return say.gettext("Complete: %(what)s") % {"what": self._listed(self._changes(run))}
            case Ending.COMPLETE_WITH_FAULTS:
                numbers = {"count": self.number(tally.faulty), "of": self.number(tally.listed)}
                faults = say.gettext("%(count)s of %(of)s could not be taken") % numbers
                return say.gettext("Complete, with faults: %(what)s") % {
                    "what": self._listed([*self._changes(run), faults])
                }
            case Ending.NOTHING_NEW:
                return say.gettext("Complete: nothing new")
            case Ending.HELD:
                rest = say.gettext("the rest stays as it was")
                return say.gettext("Held until a person has looked: %(what)s") % {
                    "what": self._listed([*self._changes(run), rest])
                }
            case Ending.CANCELLED:
                return say.gettext("Cancelled; pages taken: %(count)s") % {
                    "count": self.number(run.checkpoint.pages)
                }
            case _:
                why = public(run.message) or say.gettext("no reason was noted")
                return say.gettext("Failed: %(why)s") % {"why": why}

    def _changes(self, run: HarvestRun) -> list[str]:
        tally, say = run.tally, self._words
        return [
            text % {"count": self.number(count)}
            for count, text in (
                (tally.new, say.gettext("%(count)s new")),
                (tally.changed, say.gettext("%(count)s changed")),
                (tally.deleted + tally.absent, say.gettext("%(count)s deleted")),
            )
            if count
        ]

    def _listed(self, parts: Iterable[str]) -> str:
        said = ""
        for part in parts:
            both = self._words.gettext("%(one)s, %(other)s") % {"one": said, "other": part}
            said = both if said else part
        return said

    def now_doing(self, run: HarvestRun) -> str:
        """What an open run is doing."""
        say = self._words
        if run.state is RunState.QUEUED:
            return say.gettext("Waiting for a worker")
        if run.state is RunState.RETRY:
            if not run.message:
                return say.gettext("Will be tried again")
            return say.gettext("Will be tried again: %(why)s") % {"why": public(run.message)}
        listed = self.number(run.tally.listed)
        if run.checkpoint.complete_list_size:
            of = self.number(run.checkpoint.complete_list_size)
            listed = say.gettext("%(count)s of %(of)s") % {"count": listed, "of": of}
        return self._doing(run.kind) % {"listed": listed}

    def _doing(self, kind: RunKind) -> str:
        say = self._words
        match kind:
            case RunKind.REMAP:
                return say.gettext("Reading again now: %(listed)s so far")
            case RunKind.RETIRE:
                return say.gettext("Removing now: %(listed)s so far")
            case RunKind.ANSWER:
                return say.gettext("Doing what was decided now: %(listed)s so far")
            case RunKind.TRIAL:
                return say.gettext("Trying now: %(listed)s so far")
            case RunKind.ROLLBACK:
                return say.gettext("Setting back now: %(listed)s so far")
            case _:
                return say.gettext("Harvesting now: %(listed)s so far")

    def when_next(self, source: Source, current: HarvestRun | None) -> str:
        """When a source is harvested next."""
        if source.state is not SourceState.ACTIVE:
            return self._words.gettext("Paused")
        if current is None:
            return self.schedule(source.schedule, source.time_zone)
        until = current.not_before if current.state is RunState.RETRY else None
        if current.state is not RunState.RUNNING and current.kind.fetches:
            until = max(filter(None, (until, _quiet_until(source))), default=None)
        if until is not None:
            return self.moment(until)
        return self._words.gettext("Now")

    def schedule(self, cron: str, time_zone: str = "") -> str:
        """A cron expression in words where it is one of the usual ones, else as it stands."""
        say, zone = self._words, time_zone or _UTC
        if not cron:
            return say.gettext("When an operator asks")
        return self._usual(cron, zone) or say.gettext("By schedule: %(cron)s (%(zone)s)") % {
            "cron": cron,
            "zone": zone,
        }

    def _usual(self, cron: str, zone: str) -> str:
        """The usual ones in words; nothing for others."""
        say = self._words
        match cron.lower().split():
            case [minute, hour, "*", "*", day] if minute.isdigit() and hour.isdigit():
                at = {"time": f"{int(hour):02}:{int(minute):02} {zone}"}
                if day == "*":
                    return say.gettext("Every day at %(time)s") % at
                if day in _DAYS:
                    named = get_day_names("wide", "stand-alone", self._locale)[_DAYS[day]]
                    return say.gettext("Every week: %(day)s, %(time)s") % (at | {"day": named})
            case [minute, "*", "*", "*", "*"] if minute.isdigit():
                if not int(minute):
                    return say.gettext("Every hour, on the hour")
                return say.gettext("Every hour, at minute %(minute)s") % {"minute": int(minute)}
            case [minute, "*", "*", "*", "*"] if re.fullmatch(r"\*/\d+", minute):
                return say.gettext("Every %(count)s minutes") % {"count": int(minute[2:])}
        return ""


def _quiet_until(source: Source) -> datetime | None:
    """When the quiet hours of a source end that it is in; None where it is in none."""
    with suppress(SettingsError):  # what is not understood any more holds nothing up
        return quiet_until(source.quiet_hours, source.time_zone, datetime.now(UTC))
    return None
