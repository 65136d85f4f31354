"""How times, endings and schedules are said to people."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from catalogue.run import Ending, HarvestRun, RunKind, RunState
from catalogue.source import Source, SourceState

_WEEK = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
#: Names and numbers, as cron has them: 0 and 7 are Sunday.
_DAYS = {str(number): day for number, day in enumerate(_WEEK)} | {day[:3].lower(): day for day in _WEEK}
#: A name and a password in an address: never shown.
_CREDENTIALS = re.compile(r"(?<=://)[^/?#\s]*@")
_LONGEST_MESSAGE = 300
_DOING = {
    RunKind.REMAP: "Reading again",
    RunKind.RETIRE: "Removing",
    RunKind.ANSWER: "Doing what was decided",
    RunKind.ROLLBACK: "Setting back",
}


def moment(value: datetime) -> str:
    """A time in UTC, as in `24 November 2026, 03:41`."""
    utc = value.astimezone(UTC)
    return f"{utc.day} {utc:%B %Y, %H:%M}"


def counted(count: int, one: str, many: str = "") -> str:
    """A number with its noun."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def public(text: str) -> str:
    """A text that a source may have had a part in, fit to be shown: no credentials, not without end."""
    cleaned = _CREDENTIALS.sub("", text)
    return cleaned if len(cleaned) <= _LONGEST_MESSAGE else cleaned[: _LONGEST_MESSAGE - 1] + "…"


def ending(run: HarvestRun) -> str:
    """How an ended run ended."""
    tally = run.tally
    changes = [
        f"{count:,} {what}"
        for count, what in (
            (tally.new, "new"),
            (tally.changed, "changed"),
            (tally.deleted + tally.absent, "deleted"),
        )
        if count
    ]
    match run.ending:
        case Ending.COMPLETE:
            return "Complete: " + ", ".join(changes)
        case Ending.COMPLETE_WITH_FAULTS:
            faults = f"{tally.faulty:,} of {tally.listed:,} could not be taken"
            return "Complete, with faults: " + ", ".join([*changes, faults])
        case Ending.NOTHING_NEW:
            return "Complete: nothing new"
        case Ending.HELD:
            return "Held until a person has looked: " + ", ".join([*changes, "the rest stays as it was"])
        case Ending.CANCELLED:
            return f"Cancelled after {counted(run.checkpoint.pages, 'page')}"
        case _:
            return "Failed: " + (public(run.message) or "no reason was noted")


def now_doing(run: HarvestRun) -> str:
    """What an open run is doing."""
    if run.state is RunState.QUEUED:
        return "Waiting for a worker"
    if run.state is RunState.RETRY:
        return "Will be tried again" + (f": {public(run.message)}" if run.message else "")
    doing = _DOING.get(run.kind, "Harvesting")
    listed = f"{run.tally.listed:,}"
    if run.checkpoint.complete_list_size:
        listed += f" of {run.checkpoint.complete_list_size:,}"
    return f"{doing} now: {listed} so far"


def when_next(source: Source, current: HarvestRun | None) -> str:
    """When a source is harvested next."""
    if source.state is not SourceState.ACTIVE:
        return "Paused"
    if current is not None:
        waits = current.state is RunState.RETRY and current.not_before is not None
        return f"{moment(current.not_before)} UTC" if waits and current.not_before else "Now"
    return schedule(source.schedule)


def schedule(cron: str) -> str:
    """A cron expression in words where it is one of the usual ones, else as it stands."""
    if not cron:
        return "When an operator asks"
    fields = cron.lower().split()
    match fields:
        case [minute, hour, "*", "*", day] if minute.isdigit() and hour.isdigit():
            at = f"at {int(hour):02}:{int(minute):02} UTC"
            if day == "*":
                return f"Every day {at}"
            if day in _DAYS:
                return f"Every {_DAYS[day]} {at}"
        case [minute, "*", "*", "*", "*"] if minute.isdigit():
            past = f"{counted(int(minute), 'minute')} past" if int(minute) else "on the hour"
            return f"Every hour, {past}"
        case [minute, "*", "*", "*", "*"] if re.fullmatch(r"\*/\d+", minute):
            return f"Every {counted(int(minute[2:]), 'minute')}"
    return f"By schedule: {cron} (UTC)"
