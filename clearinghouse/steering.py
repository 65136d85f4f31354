"""Steering runs from anywhere: pause and resume everything, queue, cancel and go on with single runs."""

from __future__ import annotations

import getpass
import socket
from collections.abc import Sequence

from catalogue.errors import RunAlreadyOpen
from catalogue.run import HarvestRun
from catalogue.settings import Settings
from catalogue.store import Store
from clearinghouse.harvests import Worked, chosen
from clearinghouse.output import complaints, moment
from endpoint.steering.acts import Hand
from harvester.inline import harvest_kind
from harvester.slices import utc_now


def somebody() -> str:
    """Who types: `user@host`, as far as can be told."""
    try:
        return f"{getpass.getuser()}@{socket.gethostname()}"
    except (KeyError, OSError):  # a user without a name, as in some containers
        return socket.gethostname()


def own_hand(settings: Settings, store: Store) -> Hand:
    """The hand of who types."""
    return Hand(store, settings, somebody())


def pause_all(store: Store, reason: str) -> None:
    """Pause all harvesting, in every process."""
    store.pauses.begin(utc_now(), requested_by=somebody(), reason=reason)
    tell_pause(store)


def resume_all(store: Store) -> None:
    """End the pause."""
    lifted = store.pauses.lift()
    complaints.print("Harvesting goes on." if lifted else "Harvesting was not paused.")


def tell_pause(store: Store) -> None:
    """Say that all harvesting is paused, if it is."""
    pause = store.pauses.current()
    if pause is not None:
        reason = f": {pause.reason}" if pause.reason else ""
        by = f" by {pause.requested_by}" if pause.requested_by else ""
        told = f"All harvesting is paused since {moment(pause.since)} UTC{by}{reason}"
        complaints.print(told, style="yellow", markup=False, soft_wrap=True)


def queue(store: Store, names: Sequence[str], *, full: bool, priority: int) -> Worked:
    """Leave harvests to the workers."""
    worked = Worked()
    for source in chosen(store, names):
        kind = harvest_kind(source, full=full)
        try:
            run = store.runs.open(source.id, kind, utc_now(), requested_by=somebody(), priority=priority)
        except RunAlreadyOpen as error:
            worked.refusals.append(error)
            complaints.print(f"clearinghouse: {error}", style="red", markup=False)
        else:
            worked.runs.append(run)
    tell_pause(store)
    return worked


def cancel(store: Store, number: int, reason: str) -> None:
    """Cancel an open run."""
    why = f": {reason}" if reason else ""
    store.runs.get(number)
    store.runs.cancel(number, utc_now(), f"cancelled by {somebody()}{why}")
    complaints.print(f"Run {number} is cancelled.", markup=False)


def resume(store: Store, number: int) -> HarvestRun:
    """Go on with a run that was broken off, from its checkpoint."""
    run = store.runs.resume(number, utc_now(), somebody())
    complaints.print(f"Run {number} goes on behind page {run.checkpoint.pages}.", markup=False)
    tell_pause(store)
    return run
