"""How a node stands, in one word: the same word on every page, in the API and in mails.

What is said further up counts: a source that is paused is said to be paused, whatever else holds of it.

    retired           it was removed
    paused            a person has paused it
    running           a worker is at it
    waiting for node  its run was put aside: the node asked for that, or did not answer
    held              a guard asks a person about it
    failing           its last harvest broke off
    quiet hours       a harvest of it is queued, put aside or owed, and it must not be asked until they end
    due               a harvest of it is queued, or owed, or it never had one
    up to date        none of these
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from catalogue.run import Ending, RunState
from catalogue.source import SourceState


class NodeState(StrEnum):
    """The words, in the order in which an operator wants to see them."""

    HELD = "held"
    FAILING = "failing"
    WAITING = "waiting for node"
    QUIET = "quiet hours"
    RUNNING = "running"
    DUE = "due"
    PAUSED = "paused"
    UP_TO_DATE = "up to date"
    RETIRED = "retired"

    @property
    def key(self) -> str:
        """As it stands in addresses and class names."""
        return self.value.replace(" ", "-")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the word follows from."""

    source: SourceState = SourceState.ACTIVE
    #: The state of its open run.
    current: RunState | None = None
    #: Open questions about it.
    questions: int = 0
    #: How its newest harvest that has ended did so; None where none has. What a person cancelled is left out.
    last: Ending | None = None
    #: The schedule has asked for a harvest, and no run was opened for it.
    owed: bool = False
    #: It is in its quiet hours, and what it is to do would ask it for something.
    quiet: bool = False


_BROKEN = frozenset({Ending.FAILED, Ending.INTERRUPTED})
_OUT = {SourceState.RETIRED: NodeState.RETIRED, SourceState.SUSPENDED: NodeState.PAUSED}


def state_of(facts: Facts) -> NodeState:
    """The word for a node."""
    if facts.source in _OUT or facts.current is RunState.RUNNING:
        return _OUT.get(facts.source, NodeState.RUNNING)
    if facts.current is RunState.RETRY:
        return NodeState.QUIET if facts.quiet else NodeState.WAITING
    if facts.questions:
        return NodeState.HELD
    if facts.current is RunState.QUEUED or (facts.owed and facts.last not in _BROKEN):
        return NodeState.QUIET if facts.quiet else NodeState.DUE
    if facts.last in _BROKEN:
        return NodeState.FAILING
    return NodeState.DUE if facts.last is None else NodeState.UP_TO_DATE
