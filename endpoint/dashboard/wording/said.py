"""What pages say after an act, and why an act was refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from catalogue import errors
from endpoint.languages import N_

#: What was done, by the code that stands in the address.
DONE: Final[Mapping[str, str]] = {
    "queued": N_("It is queued: a worker takes it up as soon as it can."),
    "cancelled": N_("The run is cancelled. What was committed stays."),
    "paused": N_("It is paused, and its records stay."),
    "resumed": N_("It is harvested again."),
    "retired": N_("It is retired. A worker tells its records as deleted as soon as it can."),
    "back": N_("It is harvested again; the next harvest reads the whole list."),
    "all-paused": N_("All harvesting is paused: runs stop at their next page, and wait."),
    "all-resumed": N_("All harvesting goes on where it stopped."),
    "view-saved": N_("The view is saved."),
    "view-removed": N_("The view is removed."),
    "saved": N_("The settings are saved."),
    "undone": N_("The settings are what they were."),
    "decided": N_("Your decision is written down."),
    "accepted": N_("The problem is accepted until the day that you named."),
    "noted": N_("It is written down."),
    "reopened": N_("The problem counts again."),
    "snoozed": N_("Nobody is told of it for so long."),
    "woken": N_("It is told of again."),
    "subscribed": N_("It is told there from now on."),
    "to-confirm": N_("A letter was sent there; from its answer on it is told there."),
    "wish-changed": N_("It is told so from now on."),
    "muted": N_("It is quiet there for so long."),
    "heard": N_("It is told there again."),
    "tried": N_("Something was sent there, to try it out."),
    "unsubscribed": N_("Nothing is told there any more."),
}
#: Why not, by what was raised; the most special first.
REFUSED: Final[Mapping[type[Exception], str]] = {
    errors.RunAlreadyOpen: N_("It has an open run already: wait for its end, or cancel it first."),
    errors.HistoryGone: N_("What has changed since is no longer known, so it cannot be set back."),
    errors.SourceInactive: N_("The source is paused or retired: resume it first."),
    errors.QuestionClosed: N_("Somebody else has answered it meanwhile, or the source has settled it."),
    errors.RunLost: N_("The run has ended already, or its source has newer ones."),
    errors.TooManyCheckups: N_("There have been many trials within the hour. Please come back later."),
    errors.SettingsError: N_("That will not do:"),
}


def refusal(error: Exception) -> str:
    """Why not, in English, to be looked up in the reader's language."""
    return next((said for kind, said in REFUSED.items() if isinstance(error, kind)), "")
