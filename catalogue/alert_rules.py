"""What is amiss with a source, by rules over what the store knows of it. Pure, no I/O.

A rule says how it is so, or that it is not; where there is nothing to tell it by, it says nothing, and an
alert stays as it is. Shares and times that open an alert are higher than those that close it: what moves
about the threshold is told once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any, Final, Self

from catalogue.alerts import Rule, Verdict
from catalogue.credentials import SecretKind
from catalogue.run import TO_THE_END, HarvestRun
from catalogue.settings import Settings
from catalogue.store.registry.overview import Glance, Spark

#: An alert that is open stays so down to this part of its threshold.
_BAND: Final = 0.8
#: Harvests of the same kind, before the newest, from which on it is known what is usual.
_USUAL_FROM: Final = 5
#: Answers of a harvest from which on their average says something.
_ANSWERS: Final = 3
#: Seconds: nobody minds what is slower than usual and takes no longer than this (of an answer, of a harvest).
_ANSWER_AT_LEAST, _HARVEST_AT_LEAST = 2.0, 900.0
#: Earlier changes from which on a source can be said to have fallen silent, and how much longer than ever.
_CHANGES, _LONGER = 3, 2.0
_NEVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Terms:
    """From when on something is amiss."""

    missed: timedelta = timedelta(hours=1)
    faults_share: float = 0.1
    shrink_share: float = 0.1
    shrink_days: float = 30.0
    #: No share of so few records counts.
    few: int = 5
    slow_factor: float = 3.0
    ends_within: timedelta = timedelta(days=21)
    silent: timedelta = timedelta(days=120)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """As the settings have them."""
        return cls(
            timedelta(minutes=settings.alert_missed_minutes),
            settings.alert_faults_share,
            settings.alert_shrink_share,
            settings.alert_shrink_days,
            settings.guard_few,
            settings.alert_slow_factor,
            timedelta(days=settings.alert_end_days),
            timedelta(days=settings.alert_silent_days),
        )


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of the harvests of a source."""

    #: Its newest runs that have ended, the oldest first.
    runs: Sequence[Spark] = ()
    #: Whether its newest harvests failed, twice in a row.
    failed_twice: bool = False
    #: How its newest harvest ended, in words.
    why: str = ""
    #: Records that it has; None: they were not counted.
    records: int | None = None
    #: When its newest harvests ended that brought anything new, the newest first.
    changes: Sequence[datetime] = ()

    @property
    def good(self) -> list[Spark]:
        """Its harvests that read their list to the end, the oldest first."""
        return [run for run in self.runs if run.kind.harvests and run.ending in TO_THE_END]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a source stands."""

    glance: Glance
    now: datetime
    #: The due time that was missed; None where none was.
    owed_since: datetime | None = None
    #: Whether all harvesting is paused.
    paused: bool = False
    #: The secret that ends first, and when.
    secret_ends: tuple[SecretKind, datetime] | None = None
    past: Past | None = None
    #: Rules of which an alert is open.
    open_rules: frozenset[Rule] = field(default=frozenset())


Verdicts = dict[Rule, Verdict]


def verdicts(standing: Standing, terms: Terms) -> Verdicts:
    """What can be told of each rule."""
    found: Verdicts = {}
    for rule in (_missed, _held, _ends):
        found |= rule(standing, terms)
    if standing.past is not None:
        for look in (_failing, _faults, _shrunk, _slow, _silent):
            found |= look(standing, standing.past, terms)
    return found


def _missed(at: Standing, terms: Terms) -> Verdicts:
    if at.paused:
        return {}
    late = at.owed_since is not None and at.now - at.owed_since >= terms.missed
    return {Rule.MISSED: {"due": _told(at.owed_since)} if late and at.owed_since else None}


def _held(at: Standing, _: Terms) -> Verdicts:
    count = at.glance.questions
    return {Rule.HELD: {"questions": count} if count else None}


def _ends(at: Standing, terms: Terms) -> Verdicts:
    until, last = _moment(at.glance.certificate_until), at.now + terms.ends_within
    found: Verdicts = {}
    if until is not None:
        found[Rule.CERTIFICATE] = {"until": _told(until)} if until < last else None
    kind, ends = at.secret_ends or ("", _NEVER)
    found[Rule.SECRET] = {"kind": str(kind), "until": _told(ends)} if ends < last else None
    return found


def _failing(_at: Standing, past: Past, _: Terms) -> Verdicts:
    return {Rule.FAILING: {"why": past.why} if past.failed_twice else None}


def _faults(at: Standing, past: Past, terms: Terms) -> Verdicts:
    """Of the newest harvest that listed anything."""
    run = next((run for run in reversed(past.good) if run.listed), None)
    if run is None:
        return {}
    share = terms.faults_share * _band(at, Rule.FAULTS)
    many = run.faulty > terms.few and run.faulty > share * run.listed
    return {Rule.FAULTS: {"faulty": run.faulty, "listed": run.listed} if many else None}


def may_have_shrunk(past: Past, now: datetime, terms: Terms) -> bool:
    """Whether so much has gone of late that records have to be counted."""
    return sum(run.gone for run in _since(past.runs, now, terms)) > terms.few


def _since(runs: Iterable[Spark], now: datetime, terms: Terms) -> list[Spark]:
    since = now - timedelta(days=terms.shrink_days)
    return [run for run in runs if run.ended_at >= since]


def _shrunk(at: Standing, past: Past, terms: Terms) -> Verdicts:
    lately = _since(past.runs, at.now, terms)
    if not may_have_shrunk(past, at.now, terms):
        return {Rule.SHRUNK: None}
    if past.records is None:
        return {}
    most = held = past.records
    for run in reversed(lately):
        held -= run.new - run.gone
        most = max(most, held)
    lost, share = most - past.records, terms.shrink_share * _band(at, Rule.SHRUNK)
    shrunk = lost > terms.few and lost > share * most
    facts = {"before": most, "now": past.records, "days": round(terms.shrink_days)}
    return {Rule.SHRUNK: facts if shrunk else None}


def _slow(at: Standing, past: Past, terms: Terms) -> Verdicts:
    """By the harvest that is being made, else by the newest: its answers first, then all of it."""
    factor = terms.slow_factor * _band(at, Rule.SLOW)
    good = past.good
    running = _too_long(at.glance.current, good, at.now, factor)
    if running:
        return {Rule.SLOW: running}
    if not good:
        return {}
    newest, *earlier = reversed(good)
    told = [
        _slower("answers", _answer_seconds, newest, earlier, factor, _ANSWER_AT_LEAST),
        _slower("harvest", _seconds, newest, earlier, factor, _HARVEST_AT_LEAST),
    ]
    if all(one is None for one in told):
        return {}
    return {Rule.SLOW: next(filter(None, told), None)}


def _slower(  # noqa: PLR0917 - what, of what, compared with what, and from when on it counts
    what: str,
    measure: Callable[[Spark], float | None],
    newest: Spark,
    earlier: Iterable[Spark],
    factor: float,
    at_least: float,
) -> dict[str, Any] | None:
    """How it is slower than usual; empty where it is not, None where that cannot be told."""
    now = measure(newest)
    before = [found for run in earlier if run.kind is newest.kind and (found := measure(run)) is not None]
    if now is None or len(before) < _USUAL_FROM:
        return None
    usual = median(before)
    slow = now > factor * usual and now > at_least
    return {"what": what, "seconds": round(now, 1), "usual": round(usual, 1)} if slow else {}


def _too_long(
    run: HarvestRun | None, good: Iterable[Spark], now: datetime, factor: float
) -> dict[str, Any] | None:
    """How a harvest takes longer than any before it."""
    if run is None or run.started_at is None or not run.kind.harvests:
        return None
    before = [found for one in good if one.kind is run.kind and (found := _seconds(one)) is not None]
    lasted = (now - run.started_at).total_seconds()
    if len(before) < _USUAL_FROM or lasted <= max(factor * max(before), _HARVEST_AT_LEAST):
        return None
    return {"what": "running", "seconds": round(lasted, 1), "usual": round(median(before), 1)}


def _seconds(run: Spark) -> float | None:
    return (run.ended_at - run.started_at).total_seconds() if run.started_at else None


def _answer_seconds(run: Spark) -> float | None:
    return run.answer_milliseconds / run.answers / 1000 if run.answers >= _ANSWERS else None


def _silent(at: Standing, past: Past, terms: Terms) -> Verdicts:
    """Where it used to bring something, is asked on schedule, and its harvests go well."""
    if not at.glance.schedule or at.glance.good_at is None or not past.changes:
        return {Rule.SILENT: None}
    newest, *earlier = past.changes
    quiet = at.glance.good_at - newest
    gaps = [later - sooner for later, sooner in zip(past.changes, earlier, strict=False)]
    enough = len(gaps) >= _CHANGES and quiet >= max(terms.silent, _LONGER * max(gaps))
    return {Rule.SILENT: {"since": _told(newest)} if enough else None}


def _band(at: Standing, rule: Rule) -> float:
    return _BAND if rule in at.open_rules else 1.0


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(UTC) if text else None
    except ValueError:
        return None


def _told(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment else ""
