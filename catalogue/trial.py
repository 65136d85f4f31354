"""A trial harvest: what would have been taken of a source. None of it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import msgspec

from catalogue.checkup import Finding, Sample


@dataclass(frozen=True, slots=True)
class TrialFault:
    """Records that could not be taken for one reason."""

    rule: str
    count: int
    message: str = ""
    #: Identifiers, a few.
    examples: tuple[str, ...] = ()


class Likeness(StrEnum):
    """In what a registration is like a source that is there already."""

    ADDRESS = "address"
    HOST = "host"
    #: Records of the same names, or copies of one thing.
    RECORDS = "records"


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A source that is there already, and in what this one is like it."""

    source_id: str
    label: str
    base_url: str
    likeness: Likeness
    #: Records of the trial; 0 where it is not about records.
    count: int = 0


@dataclass(frozen=True, slots=True)
class Alike:
    """The same, once for each source."""

    source_id: str
    label: str
    base_url: str
    #: In what, and how many records that is; what weighs most first.
    by: tuple[tuple[Likeness, int], ...]

    @property
    def weight(self) -> tuple[int, int, str]:
        """By this in order, what weighs most comes first."""
        likeness, count = self.by[0]
        return _WEIGHT[likeness], -count, self.source_id


_WEIGHT: Final = {Likeness.ADDRESS: 0, Likeness.RECORDS: 1, Likeness.HOST: 2}


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial harvest: what would have been taken. Nothing of it is in the catalogue."""

    begun_at: datetime
    ended_at: datetime
    listed: int = 0
    #: Tombstones among them.
    deleted: int = 0
    taken: int = 0
    faulty: int = 0
    #: Whether the list was read to its end.
    whole: bool = False
    #: Why it ended before, where something went wrong, in the words of an error.
    why: str = ""
    #: How many records the source says that there are.
    told: int | None = None
    requests: int = 0
    faults: tuple[TrialFault, ...] = ()
    #: What the checks of record quality find in what was read.
    findings: tuple[Finding, ...] = ()
    #: Language -> records.
    languages: Mapping[str, int] = field(default_factory=dict, hash=False)
    #: Format -> records.
    formats: Mapping[str, int] = field(default_factory=dict, hash=False)
    duplicates: tuple[Duplicate, ...] = ()
    #: Ten records as they were sent, as they were understood, and as they would look.
    samples: tuple[Sample, ...] = ()

    @property
    def alike(self) -> list[Alike]:
        """Each source that is there already and in what this one is like it, what weighs most first."""
        found: dict[str, list[Duplicate]] = {}
        for one in self.duplicates:
            found.setdefault(one.source_id, []).append(one)
        told = []
        for source_id, of_one in found.items():
            of_one.sort(key=lambda one: _WEIGHT[one.likeness])
            by = tuple((one.likeness, one.count) for one in of_one)
            told.append(Alike(source_id, of_one[0].label, of_one[0].base_url, by))
        return sorted(told, key=lambda one: one.weight)

    def to_json(self) -> dict[str, Any]:
        """As JSON has it."""
        made: dict[str, Any] = msgspec.to_builtins(self)
        return made

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Trial:
        """What `to_json` wrote, also in an earlier release."""
        return msgspec.convert(dict(found), cls)
