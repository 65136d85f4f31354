"""A check-up of somebody's repository or catalogue: what was found at an address, and how good it is.

It is data, and no words: each finding names its check and what came out of it, and holds the values that a
sentence about it needs. The sentences are in `endpoint.check.words`, so that one report can be read in any
language. Everything in it that a stranger's server sent is hostile text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import msgspec

_LONGEST: Final = 2000
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?!\d)")


class Grade(StrEnum):
    """How good a finding is."""

    GOOD = "good"
    #: It works; it could be better.
    ADVICE = "advice"
    #: Records are missed, lost or misunderstood because of it.
    PROBLEM = "problem"
    #: It cannot be harvested as it is.
    BLOCKING = "blocking"


#: The worst first.
BY_WEIGHT: Final = (Grade.BLOCKING, Grade.PROBLEM, Grade.ADVICE, Grade.GOOD)


class Stage(StrEnum):
    """What a check-up is doing."""

    QUEUED = "queued"
    #: Which interfaces there are.
    LOOKING = "looking"
    #: How the interface answers.
    ASKING = "asking"
    #: Records from the whole list.
    SAMPLING = "sampling"
    ENDED = "ended"


class Outcome(StrEnum):
    """How a check-up ended."""

    #: An interface was found, and everything was asked.
    COMPLETE = "complete"
    #: An interface was found; there was no time for the rest.
    PARTIAL = "partial"
    #: The address answers, and nothing that can be harvested was found there.
    NOTHING_FOUND = "nothing-found"
    #: Nothing answers there.
    UNREACHABLE = "unreachable"
    #: It is private, local or reserved.
    REFUSED = "refused"
    #: What was typed is no address.
    NO_ADDRESS = "no-address"
    #: We failed, and not the other side.
    FAILED = "failed"


class Answered(StrEnum):
    """What came of one address that was tried."""

    FOUND = "found"
    #: A page for people, in which links were looked for.
    PAGE = "page"
    NOT_FOUND = "not-found"
    SLOW = "slow"
    PASSWORD = "password"  # noqa: S105 - a word, and none
    REFUSED = "refused"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Tried:
    """One address that was tried."""

    url: str
    #: The protocol that was looked for, or `page`.
    what: str
    answered: Answered
    #: Why, in the words of the error; empty where it was found.
    why: str = ""


@dataclass(frozen=True, slots=True)
class Interface:
    """Something that can be harvested."""

    #: A value of catalogue.source.Protocol.
    protocol: str
    base_url: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class Software:
    """What runs there, as far as facts tell."""

    #: Stable name: `dspace`, `geonetwork`.
    id: str
    name: str
    version: str = ""
    #: The facts: `generator: DSpace 7.6`.
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What a repository says of itself: what a registration is filled in with."""

    name: str = ""
    contacts: tuple[str, ...] = ()
    #: metadataPrefixes or outputSchemas on offer, and the one that we would ask for.
    formats: tuple[str, ...] = ()
    chosen_format: str = ""
    #: setSpec -> name, the first of them.
    sets: Mapping[str, str] = field(default_factory=dict, hash=False)
    #: setSpec -> records, where the whole list was read; else nothing.
    set_counts: Mapping[str, int] = field(default_factory=dict, hash=False)
    granularity: str = ""
    deleted_record: str = ""
    earliest: str = ""
    #: How many records it says that there are; None where it says nothing.
    records: int | None = None
    #: The newest datestamp that was seen.
    newest: str = ""
    #: Languages that its records name, the commonest first.
    languages: tuple[str, ...] = ()
    #: Records that were looked at.
    sampled: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    #: Stable name of the check: `granularity`.
    check: str
    #: What came out of it: `good`, or a word for what is wrong (`misdeclared`).
    result: str
    grade: Grade
    #: What the sentence about it is filled in with.
    values: Mapping[str, str] = field(default_factory=dict, hash=False)
    #: Identifiers of records that show it, a few.
    examples: tuple[str, ...] = ()
    #: Quirks that make harvesting work in spite of it.
    quirks: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Hit:
    """A record as it will look in a list of results."""

    title: str
    language: str = ""
    summary: str = ""
    who: str = ""
    date: str = ""
    type: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """One of its records: as sent, as understood, as it will look."""

    identifier: str
    datestamp: str
    #: As sent; cut where it is long.
    sent: str
    format: str = ""
    #: (field, value) pairs of the neutral record; texts have their language behind them.
    understood: tuple[tuple[str, str], ...] = ()
    hit: Hit | None = None
    #: The Dublin Core that we would serve.
    served: str = ""
    #: Why it could not be read: rule and message.
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Checkup:
    """What is known so far of one address, and in the end."""

    #: As typed.
    address: str
    begun_at: datetime
    ended_at: datetime | None = None
    stage: Stage = Stage.LOOKING
    outcome: Outcome | None = None
    #: Why it ended so, in the words of an error, where there is more to say.
    why: str = ""
    tried: tuple[Tried, ...] = ()
    interfaces: tuple[Interface, ...] = ()
    #: The interface that was examined.
    examined: Interface | None = None
    software: Software | None = None
    facts: Facts = field(default_factory=Facts)
    findings: tuple[Finding, ...] = ()
    #: Quirks that are proposed for the source.
    quirks: Mapping[str, Any] = field(default_factory=dict, hash=False)
    samples: tuple[Sample, ...] = ()
    requests: int = 0
    size: int = 0

    @property
    def grade(self) -> Grade | None:
        """The worst of its findings; None where there is none."""
        found = {finding.grade for finding in self.findings}
        return next((grade for grade in BY_WEIGHT if grade in found), None)

    def of_grade(self, grade: Grade) -> tuple[Finding, ...]:
        """The findings of one grade, in their order."""
        return tuple(finding for finding in self.findings if finding.grade is grade)

    def to_json(self) -> dict[str, Any]:
        """As JSON has it."""
        made: dict[str, Any] = msgspec.to_builtins(self)
        return made

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Checkup:
        """What `to_json` wrote, also in an earlier release."""
        return msgspec.convert(dict(found), cls)


@dataclass(frozen=True, slots=True)
class AskedCheckup:
    """A check-up that somebody asked for."""

    id: str
    address: str
    asked_at: datetime
    #: Whether a worker has taken it.
    begun: bool = False
    ended_at: datetime | None = None
    #: How many wait before it.
    before: int = 0
    #: As far as it is; None before it has begun.
    report: Checkup | None = None


def normalised(typed: str) -> str:
    """What was typed as an address; empty where it cannot be one."""
    text = typed.strip().strip("<>\"'")
    if not text or len(text) > _LONGEST or any(character.isspace() for character in text):
        return ""
    if not _SCHEME.match(text):
        text = f"https://{text.removeprefix('//')}"
    try:
        parts = urlsplit(text)
        usable = parts.scheme.lower() in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return ""
    if not usable or parts.username is not None or parts.password is not None:
        return ""
    return urlunsplit(parts._replace(scheme=parts.scheme.lower(), fragment="", path=parts.path or "/"))
