"""Steering runs from anywhere: pause and resume everything, queue, cancel and go on with single runs."""

from __future__ import annotations

from collections.abc import Sequence

from catalogue.errors import RunAlreadyOpen
from catalogue.run import HarvestRun
from catalogue.steering import acts, pausing
from catalogue.steering.hand import Hand
from catalogue.store import Store
from clearinghouse.harvests import Worked, chosen
from clearinghouse.output import complaints, moment


def pause_all(hand: Hand, reason: str) -> None:
    """Pause all harvesting, in every process."""
    pausing.pause_all(hand, reason)
    tell_pause(hand.store)


def resume_all(hand: Hand) -> None:
    """End the pause."""
    lifted = pausing.resume_all(hand)
    complaints.print("Harvesting goes on." if lifted else "Harvesting was not paused.")


def tell_pause(store: Store) -> None:
    """Say that all harvesting is paused, if it is."""
    pause = store.pauses.current()
    if pause is not None:
        reason = f": {pause.reason}" if pause.reason else ""
        by = f" by {pause.requested_by}" if pause.requested_by else ""
        told = f"All harvesting is paused since {moment(pause.since)} UTC{by}{reason}"
        complaints.print(told, style="yellow", markup=False, soft_wrap=True)


def queue(hand: Hand, names: Sequence[str], *, full: bool, priority: int) -> Worked:
    """Leave harvests to the workers."""
    worked = Worked()
    for source in chosen(hand.store, names):
        try:
            run = acts.harvest(hand, source.id, full=full, priority=priority)
        except RunAlreadyOpen as error:
            worked.refusals.append(error)
            complaints.print(f"clearinghouse: {error}", style="red", markup=False)
        else:
            worked.runs.append(run)
    tell_pause(hand.store)
    return worked


def cancel(hand: Hand, number: int, reason: str) -> None:
    """Cancel an open run."""
    acts.cancel(hand, number, reason)
    complaints.print(f"Run {number} is cancelled.", markup=False)


def resume(hand: Hand, number: int) -> HarvestRun:
    """Go on with a run that was broken off, from its checkpoint."""
    run = acts.go_on(hand, number)
    complaints.print(f"Run {number} goes on behind page {run.checkpoint.pages}.", markup=False)
    tell_pause(hand.store)
    return run
