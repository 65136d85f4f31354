"""Guards: whether what waits at the end of a run may be done, or a person is asked. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from catalogue.guards import Guards
from catalogue.question import Topic
from catalogue.run import HarvestRun, Tally
from catalogue.store.work.recent import NOTHING, Recent
from catalogue.store.work.sweeps import Waiting


@dataclass(frozen=True, slots=True)
class Found:
    """What a run has found, as far as guards look at it."""

    run: HarvestRun
    waiting: Waiting
    #: The list is complete: it tells what is gone.
    complete: bool
    #: The share of faults in earlier runs; None where there were none.
    usual_faults: float | None
    #: Facts of faults that a person has accepted.
    accepted: Sequence[dict[str, Any]] = ()
    #: What harvests have deleted of late, nobody having been asked.
    recent: Recent = NOTHING

    @property
    def fault_share(self) -> float:
        """The share of what was listed that could not be taken."""
        return self.run.tally.faulty / self.run.tally.listed if self.run.tally.listed else 0.0


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a guard says of one topic: a person is asked, with these facts; or an open question is settled."""

    hold: dict[str, Any] | None = None
    settle: bool = False


def deletions(found: Found, guards: Guards) -> Opinion:
    """Mass deletion, by tombstones or by absence, at once or little by little; a source that has emptied."""
    waiting, known = found.waiting, found.run.checkpoint.known
    asked = waiting.asked.get(Topic.DELETIONS)
    fresh = waiting.tombstones + waiting.missing
    gone = fresh + (asked or 0)

    def at_once(count: int) -> bool:
        return count > guards.deletions(known) or count >= known > 1

    def by_and_by(count: int) -> bool:
        together, known_then = count + found.recent.gone, max(known, found.recent.known)
        return bool(count and found.recent.gone) and together > guards.over_time(known_then)

    # What is asked already is not asked again for a few more.
    settled = asked is not None and (found.complete or not asked)
    count = gone if settled else fresh
    if not (at_once(count) or by_and_by(count)):
        return Opinion(settle=settled)
    facts: dict[str, Any] = {
        "gone": gone,
        "known": known,
        "listed": found.run.tally.listed,
        "tombstones": gone - waiting.missing if not found.complete else waiting.tombstones,
    }
    return Opinion(facts if at_once(count) else facts | found.recent.facts())


def losses(found: Found, guards: Guards) -> Opinion:
    """Many records that would lose a language or a field."""
    waiting, known = found.waiting, found.run.checkpoint.known
    asked = waiting.asked.get(Topic.LOSSES)
    if waiting.losses > guards.losses(known):
        return Opinion({"records": waiting.losses + (asked or 0), "known": known})
    return Opinion(settle=asked == 0)


def faults(found: Found, guards: Guards) -> Opinion:
    """Far more faults than is usual for the source."""
    tally, asked = found.run.tally, found.waiting.asked.get(Topic.FAULTS)
    limits = [found.usual_faults, *(one["faulty"] / one["listed"] for one in found.accepted)]
    limit = max((one for one in limits if one is not None), default=1.0) + guards.guard_faults_share
    if tally.faulty > guards.guard_few and found.fault_share > limit:
        return Opinion({"faulty": tally.faulty, "listed": tally.listed, "usual": found.usual_faults})
    return Opinion(settle=asked is not None and found.complete)


#: Each topic's guard.
GUARDS = {Topic.DELETIONS: deletions, Topic.LOSSES: losses, Topic.FAULTS: faults}


def tally_after(run: HarvestRun, waiting: Waiting, held: Sequence[Topic]) -> Tally:
    """The tally once it is known what is held back: that is skipped, and neither deleted nor changed."""
    tally = run.tally
    not_deleted = tally.deleted if Topic.DELETIONS in held else tally.deleted - waiting.tombstones
    not_changed = waiting.losses if Topic.LOSSES in held else 0
    return tally + Tally(deleted=-not_deleted, changed=-not_changed, skipped=not_deleted + not_changed)
