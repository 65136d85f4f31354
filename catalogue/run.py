"""A harvest run: one attempt on one source, its checkpoint, its tally and its end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final


class RunKind(StrEnum):
    """What a run is for."""

    #: The whole list.
    FULL = "full"
    #: What has changed since the last complete run.
    INCREMENTAL = "incremental"
    #: Everything after *fetch* again, from stored payloads.
    REMAP = "remap"
    #: The source is being removed: all its records become tombstones.
    RETIRE = "retire"
    #: What a guard held back is done, because a person said so.
    ANSWER = "answer"
    #: The records of a source are set back to what they were after an earlier run.
    ROLLBACK = "rollback"
    #: A bounded part of the list is read as a harvest reads it, and told; nothing is kept or published.
    TRIAL = "trial"

    @property
    def harvests(self) -> bool:
        """Whether what its source lists goes into the catalogue."""
        return self in {RunKind.FULL, RunKind.INCREMENTAL}

    @property
    def fetches(self) -> bool:
        """Whether its source is asked for anything."""
        return self.harvests or self is RunKind.TRIAL


#: The line in a run's log that tells how many of its records are copies of others.
COPIES: Final = "copies"


class RunState(StrEnum):
    """Where a run is. The first three are open: one open run for each source."""

    QUEUED = "queued"
    RUNNING = "running"
    #: Waiting to be tried again, from its checkpoint.
    RETRY = "retry"
    ENDED = "ended"


OPEN_STATES = (RunState.QUEUED, RunState.RUNNING, RunState.RETRY)


class Ending(StrEnum):
    """How a run ended."""

    COMPLETE = "complete"
    COMPLETE_WITH_FAULTS = "complete-with-faults"
    NOTHING_NEW = "nothing-new"
    #: A guard asks a person first; whatever the guard does not concern has been done.
    HELD = "held"
    #: Left unfinished for so long that it is not gone on with.
    INTERRUPTED = "interrupted"
    CANCELLED = "cancelled"
    FAILED = "failed"


#: Endings of runs that read their lists to the end.
TO_THE_END = (Ending.COMPLETE, Ending.COMPLETE_WITH_FAULTS, Ending.NOTHING_NEW, Ending.HELD)
#: Endings of runs that were broken off, and can be gone on with from their checkpoints.
BROKEN_OFF = (Ending.INTERRUPTED, Ending.CANCELLED, Ending.FAILED)

#: Priority of a run that the schedule opened; what a person asked for comes before.
BY_SCHEDULE, BY_REQUEST = 0, 5


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the records listed: listed = new + changed + unchanged + deleted + faulty + skipped."""

    listed: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    deleted: int = 0
    faulty: int = 0
    #: Listed but rightly not taken: a tombstone of a record that we never had, a duplicate in one list.
    skipped: int = 0
    #: Not listed, and deleted for that reason: a complete list has them no more. No part of the sum.
    absent: int = 0

    def __add__(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(
            self.listed + other.listed,
            self.new + other.new,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.deleted + other.deleted,
            self.faulty + other.faulty,
            self.skipped + other.skipped,
            self.absent + other.absent,
        )

    @property
    def balanced(self) -> bool:
        """Whether every record listed is accounted for."""
        accounted = self.new + self.changed + self.unchanged + self.deleted + self.faulty + self.skipped
        return self.listed == accounted


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where a run goes on after the pages that are committed. Opaque to everyone but its client.

    `position` is the client's own: a resumptionToken, a startPosition. The rest is the same for all.
    """

    position: dict[str, Any] = field(default_factory=dict)
    #: Pages committed.
    pages: int = 0
    #: The source's responseDate when the run began: the `from` of the next one.
    response_date: str = ""
    #: What the source says the whole list holds, or None.
    complete_list_size: int | None = None
    #: The list has been read to its end.
    finished: bool = False
    #: How often the list had to be begun again because the source lost its place.
    restarts: int = 0
    #: Records of the source that were not deleted when the run began.
    known: int = 0
    #: Listed, and rightly never had: tombstones of records that never came, and records that are our own.
    strange: int = 0
    #: What the guards said once the list was read: empty before, then `judged`, or `held`.
    verdict: str = ""
    #: Why the list may not be whole although it was read to its end: nothing follows from what it lacks.
    doubt: str = ""
    #: So much may be missing that the next harvest asks from the same date again.
    ask_again: bool = False

    def evolve(self, **changes: Any) -> Checkpoint:
        """A copy with these fields changed."""
        return replace(self, **changes)


def plain(one: Tally | Checkpoint) -> dict[str, Any]:
    """Its fields by name, as they are: nothing in them is copied, as `dataclasses.asdict` would."""
    return {name: getattr(one, name) for name in type(one).__slots__}


@dataclass(frozen=True, slots=True)
class Fault:
    """One record's failure inside a run."""

    #: Stable name of the rule that was broken.
    rule: str
    message: str
    #: Identifier of the record in its source, where known.
    source_identifier: str = ""
    path: str = ""
    value: str = ""
    #: Digest of the stored payload, where there is one.
    payload_digest: bytes | None = None
    #: The record's datestamp in its source, as sent.
    source_datestamp: str = ""
    #: Names of the repairs that its answer needed.
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HarvestRun:
    """One attempt on one source."""

    id: int
    source_id: str
    kind: RunKind
    state: RunState
    checkpoint: Checkpoint
    tally: Tally
    #: How many times a worker has taken it up; a page is committed only under the newest.
    attempt: int
    #: Failures in a row since the last committed page.
    failures: int
    opened_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    #: Not to be taken up before this.
    not_before: datetime | None = None
    #: host:pid:nonce of the process that holds it.
    worker: str = ""
    ending: Ending | None = None
    #: In words: why it failed, or waits.
    message: str = ""
    requested_by: str = ""
    #: The sets that it listed, with a space between them; empty: everything. See `runs.begin`.
    scope: str = ""
    #: The host that it asks, or will; empty where it asks none.
    host: str = ""
    #: 0 to 9: the higher, the sooner.
    priority: int = BY_SCHEDULE
    #: How many workers have died with it in a row since the last committed page.
    lapses: int = 0
    #: When it was last taken up, or committed a page.
    active_at: datetime | None = None

    def evolve(self, **changes: Any) -> HarvestRun:
        """A copy with these fields changed."""
        return replace(self, **changes)

    @property
    def is_open(self) -> bool:
        """Whether it may still write."""
        return self.state in OPEN_STATES


@dataclass(frozen=True, slots=True)
class RunEvent:
    """One line of a run's log."""

    at: datetime
    level: str
    event: str
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pause:
    """All harvesting is paused."""

    since: datetime
    requested_by: str
    reason: str


class Standing(StrEnum):
    """Whether a worker may go on with the run that it holds."""

    HELD = "held"
    #: All harvesting is paused, or its source is.
    PAUSED = "paused"
    #: It was cancelled, or another worker holds it now.
    LOST = "lost"
