"""The acts on all harvesting together: pause it, and let it go on."""

from __future__ import annotations

from typing import Final

from catalogue.run import Pause
from catalogue.steering.hand import Hand, as_one, utc_now

#: What the audit says that it is about.
EVERYTHING: Final = "harvesting:all"


@as_one
def pause_all(hand: Hand, why: str = "") -> Pause:
    """Pause all harvesting, in every process; a pause that is there already stays as it is."""
    there = hand.store.pauses.current()
    if there is not None:
        return there
    made = hand.store.pauses.begin(utc_now(), requested_by=hand.who, reason=why)
    hand.store.audit.note(hand.who, "pause", EVERYTHING, {"why": why}, utc_now())
    return made


@as_one
def resume_all(hand: Hand, why: str = "") -> bool:
    """Let all harvesting go on; whether it was paused."""
    lifted = hand.store.pauses.lift()
    if lifted:
        hand.store.audit.note(hand.who, "resume", EVERYTHING, {"why": why}, utc_now())
    return lifted
