"""The words for states, endings of runs and kinds of runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from catalogue.node_state import NodeState
from catalogue.run import Ending, RunKind, RunState
from endpoint.languages import N_

STATES: Final[Mapping[NodeState, str]] = {
    NodeState.HELD: N_("held"),
    NodeState.FAILING: N_("failing"),
    NodeState.WAITING: N_("waiting for node"),
    NodeState.QUIET: N_("quiet hours"),
    NodeState.RUNNING: N_("running"),
    NodeState.DUE: N_("due"),
    NodeState.PAUSED: N_("paused"),
    NodeState.UP_TO_DATE: N_("up to date"),
    NodeState.RETIRED: N_("retired"),
}
#: Shapes beside the words: no state is told by colour alone.
MARKS: Final[Mapping[NodeState, str]] = {
    NodeState.HELD: "?",
    NodeState.FAILING: "✕",
    NodeState.WAITING: "…",
    NodeState.QUIET: "☾",
    NodeState.RUNNING: "▸",
    NodeState.DUE: "○",
    NodeState.PAUSED: "=",
    NodeState.UP_TO_DATE: "✓",
    NodeState.RETIRED: "–",
}
#: What each means, for whoever sees the word for the first time.
MEANINGS: Final[Mapping[NodeState, str]] = {
    NodeState.HELD: N_("A guard has held back what would delete or lose much, and asks a person."),
    NodeState.FAILING: N_("The last harvest broke off. What we have of the node stays as it was."),
    NodeState.WAITING: N_("The node asked for patience or did not answer; its run goes on later by itself."),
    NodeState.QUIET: N_(
        "A harvest of it waits until the hours are over in which the node must not be asked."
    ),
    NodeState.RUNNING: N_("A worker harvests it just now."),
    NodeState.DUE: N_("A harvest of it is queued, is owed, or will be its first."),
    NodeState.PAUSED: N_("A person has paused it; its records stay."),
    NodeState.UP_TO_DATE: N_("The last harvest read the whole list, and nothing waits."),
    NodeState.RETIRED: N_("It has been removed; its records are told as deleted."),
}
ENDINGS: Final[Mapping[Ending, str]] = {
    Ending.COMPLETE: N_("complete"),
    Ending.COMPLETE_WITH_FAULTS: N_("complete, with faults"),
    Ending.NOTHING_NEW: N_("nothing new"),
    Ending.HELD: N_("held"),
    Ending.INTERRUPTED: N_("interrupted"),
    Ending.CANCELLED: N_("cancelled"),
    Ending.FAILED: N_("failed"),
}
RUN_STATES: Final[Mapping[RunState, str]] = {
    RunState.QUEUED: N_("queued"),
    RunState.RUNNING: N_("running"),
    RunState.RETRY: N_("waiting for node"),
    RunState.ENDED: N_("ended"),
}
KINDS: Final[Mapping[RunKind, str]] = {
    RunKind.FULL: N_("the whole list"),
    RunKind.INCREMENTAL: N_("what has changed"),
    RunKind.REMAP: N_("read again from what is stored"),
    RunKind.RETIRE: N_("removal"),
    RunKind.ANSWER: N_("what a person decided"),
    RunKind.ROLLBACK: N_("set back"),
    RunKind.TRIAL: N_("trial"),
}
CHANGES: Final[Mapping[str, str]] = {
    "new": N_("new"),
    "changed": N_("changed"),
    "gone": N_("deleted"),
    "back": N_("live again"),
    "read anew": N_("read anew"),
}
#: What the audit calls acts.
ACTS: Final[Mapping[str, str]] = {
    "harvest": N_("asked for a harvest"),
    "trial": N_("asked for a trial"),
    "check-up": N_("asked for a check-up"),
    "cancel": N_("cancelled a run"),
    "go on": N_("let a run go on"),
    "remap": N_("had everything read again"),
    "retry": N_("had what was set aside read again"),
    "roll back": N_("set the records back"),
    "answer": N_("answered a question"),
    "pause": N_("paused it"),
    "resume": N_("resumed it"),
    "settings": N_("changed settings"),
    "accept": N_("accepted a problem"),
    "add": N_("added it"),
    "retire": N_("retired it"),
    "bring back": N_("brought it back"),
    "set secret": N_("set a secret"),
    "remove secret": N_("removed a secret"),
    "make-ping": N_("made a ping link"),
    "remove-ping": N_("ended the ping link"),
    "snooze": N_("was quiet about an alert"),
    "snooze no more": N_("let an alert be told again"),
    "accept no more": N_("accepts a problem no more"),
}


def grade_of(ending: Ending | None) -> str:
    """`good`, `partial`, `bad`, or `none` where it has not ended."""
    if ending is None:
        return "none"
    if ending in {Ending.COMPLETE, Ending.NOTHING_NEW}:
        return "good"
    return "bad" if ending in {Ending.FAILED, Ending.INTERRUPTED} else "partial"
