"""The acts on runs and questions: ask for one, cancel it, go on with it, read again, set back, answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from catalogue import deciding, setting_back
from catalogue.errors import SettingsError
from catalogue.question import Answer, Question
from catalogue.run import BY_REQUEST, HarvestRun, RunKind
from catalogue.source import Source, host_of
from catalogue.steering.hand import Hand, as_one, utc_now
from catalogue.store.desk.checkups import Allowance
from catalogue.store.findings.problems import Acceptance

#: Behind every fault that there will be.
_LAST: Final = 2**62
#: Check-ups that a person, and a host, may have within an hour at least.
_CHECKUPS_AN_HOUR: Final = 20
#: Days for which a problem may be accepted.
LONGEST_ACCEPTANCE: Final = 730


def harvest_kind(source: Source, *, full: bool) -> RunKind:
    """Incremental where there is something to go on from, unless all of it is wanted."""
    return RunKind.INCREMENTAL if source.harvested_until and not full else RunKind.FULL


def harvest(hand: Hand, source_id: str, *, full: bool = False, priority: int = BY_REQUEST) -> HarvestRun:
    """Ask for a harvest: the workers do it as soon as they can.

    Raises:
        UnknownSource: there is no such source.
        SourceInactive: it is paused or retired.
        RunAlreadyOpen: it has an open run.
    """
    kind = harvest_kind(hand.active(source_id), full=full)
    return _open(hand, source_id, kind, act="harvest", priority=priority)


@as_one
def begin(hand: Hand, source_id: str, kind: RunKind, worker: str) -> HarvestRun:
    """Open a run that this worker has claimed in the same breath.

    Raises:
        UnknownSource: there is no such source.
        RunAlreadyOpen: it has an open run.
        HostBusy: another run harvests its host.
    """
    act = "harvest" if kind.harvests else str(kind)
    return _open(hand, source_id, kind, act=act, worker=worker)


@as_one
def _open(hand: Hand, source_id: str, kind: RunKind, *, act: str, **more: Any) -> HarvestRun:
    asked: dict[str, Any] = {"requested_by": hand.who, "priority": BY_REQUEST} | more
    run = hand.store.runs.open(source_id, kind, utc_now(), **asked)
    hand.note(act, source_id, run=run.id, kind=str(kind))
    return run


def trial(hand: Hand, source_id: str) -> HarvestRun:
    """Ask for a trial: a part of the list is read as a harvest reads it, told, and not kept.

    Raises:
        UnknownSource: there is no such source.
        SourceInactive: it is paused or retired.
        RunAlreadyOpen: it has an open run.
    """
    hand.active(source_id)
    return _open(hand, source_id, RunKind.TRIAL, act="trial")


@as_one
def check_up(hand: Hand, source_id: str) -> str:
    """Ask for a check-up of a source's address; its id.

    Raises:
        UnknownSource: there is no such source.
        SettingsError: it has no server that could be asked.
        TooManyCheckups: its host, this person or the queue has had enough for now.
    """
    source = hand.store.sources.get(source_id)
    if source.is_uploaded:
        raise SettingsError(f"the files of {source_id!r} are uploaded: there is no server to ask")
    most = max(_CHECKUPS_AN_HOUR, hand.settings.checks_per_client)
    allowance = Allowance(most, max(_CHECKUPS_AN_HOUR, hand.settings.checks_per_host))
    made = hand.store.checkups.ask(
        source.base_url,
        host_of(source.base_url),
        client=f"person:{hand.who}",
        now=utc_now(),
        allowance=allowance,
    )
    hand.note("check-up", source_id, checkup=made)
    return made


@as_one
def cancel(hand: Hand, run_id: int, why: str = "") -> HarvestRun:
    """Cancel an open run: its worker stops at its next page, and what was committed stays.

    Raises:
        UnknownRun: there is no such run.
        RunLost: it has ended.
    """
    run = hand.store.runs.get(run_id)
    hand.store.runs.cancel(run_id, utc_now(), f"cancelled by {hand.who}" + (f": {why}" if why else ""))
    hand.note("cancel", run.source_id, run=run_id, why=why)
    return hand.store.runs.get(run_id)


@as_one
def go_on(hand: Hand, run_id: int) -> HarvestRun:
    """Go on with a run that was broken off, from its checkpoint.

    Raises:
        UnknownRun: there is no such run.
        RunAlreadyOpen: its source has an open run.
        RunLost: it came to its end, or the source has been harvested since.
    """
    run = hand.store.runs.resume(run_id, utc_now(), hand.who)
    hand.note("go on", run.source_id, run=run_id)
    return run


def remap(hand: Hand, source_id: str) -> HarvestRun:
    """Read and render all that is stored of a source again; the node is not asked.

    Raises:
        UnknownSource: there is no such source.
        SourceInactive: it is paused or retired.
        RunAlreadyOpen: it has an open run.
    """
    hand.active(source_id)
    return _open(hand, source_id, RunKind.REMAP, act="remap")


def retry_set_aside(hand: Hand, source_id: str) -> HarvestRun:
    """Read only what was set aside again, from the payloads that are kept; the node is not asked.

    Raises:
        UnknownSource: there is no such source.
        SourceInactive: it is paused or retired.
        RunAlreadyOpen: it has an open run.
    """
    hand.active(source_id)
    position = {"fault": _LAST, "set_aside_only": True}
    return _open(hand, source_id, RunKind.REMAP, act="retry", position=position)


@as_one
def roll_back(hand: Hand, run_id: int) -> HarvestRun:
    """Set the records of a source back to what they were after this run of it.

    Raises:
        UnknownRun: there is no such run, or it has not ended.
        HistoryGone: what has changed since is no longer known.
        RunAlreadyOpen: the source has an open run.
    """
    source_id = hand.store.runs.get(run_id).source_id
    setting_back.check(hand.store, source_id, run_id)
    return _open(hand, source_id, RunKind.ROLLBACK, act="roll back", position={"to_run": run_id})


@as_one
def answer(hand: Hand, question_id: int, given: Answer, *, why: str) -> tuple[Question, HarvestRun | None]:
    """Answer what a guard asks; where something is to be done, the run that does it.

    Raises:
        UnknownQuestion: there is no such question.
        QuestionClosed: it has been answered, or the source has settled it.
        RunAlreadyOpen: the source is being worked on; nothing has been decided.
        SettingsError: no reason is given.
    """
    if not why.strip():
        raise SettingsError("a decision needs its reason, for those who come after")
    question, run = deciding.decide(
        hand.store, hand.settings, question_id, given, decided_by=hand.who, why=why.strip()
    )
    hand.note("answer", question.source_id, question=question_id, answer=str(given), why=why.strip())
    return question, run


@as_one
def accept_problem(hand: Hand, source_id: str, rule: str, *, why: str, days: int) -> None:
    """Note that nothing is to be done about problems of this rule for so many days; with 0, for none.

    Raises:
        UnknownSource: there is no such source.
        SettingsError: no reason is given, or that is too long a time.
    """
    hand.store.sources.get(source_id)
    if days and not why.strip():
        raise SettingsError("a decision needs its reason, for those who come after")
    if not 0 <= days <= LONGEST_ACCEPTANCE:
        raise SettingsError(f"a problem is accepted for {LONGEST_ACCEPTANCE} days at most")
    now = utc_now()
    made = Acceptance(hand.who, why.strip(), now, now + timedelta(days=days)) if days else None
    hand.store.problems.accept(source_id, rule, made)
    act = "accept" if days else "accept no more"
    hand.note(act, source_id, rule=rule, why=why.strip(), days=days)
