"""What all kinds of work on a run share: a slice of it, and its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from catalogue.run import Ending, HarvestRun, Tally


def utc_now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Slice:
    """How a slice ended: the run as it is now, and whether there is more to do at once."""

    run: HarvestRun
    more: bool


def ending_of(tally: Tally) -> tuple[Ending, str]:
    """How a run ends whose list was read to its end, and why, in words."""
    if not tally.balanced:
        return Ending.FAILED, f"the tally does not add up: {tally}"
    if tally.faulty:
        return Ending.COMPLETE_WITH_FAULTS, f"{tally.faulty} of {tally.listed} could not be taken"
    if tally.new or tally.changed or tally.deleted or tally.absent:
        return Ending.COMPLETE, ""
    return Ending.NOTHING_NEW, ""
