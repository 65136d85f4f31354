"""What a check says, and the table of checks: each a small pure function over what was seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from catalogue.checkup import Finding, Grade
from catalogue.xml import clean
from harvester.doctor.observation import CswSeen, OaiSeen, Observation

#: Identifiers that are given as examples, and characters of a value.
_MOST_EXAMPLES: Final = 5
_LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came out of a check."""

    result: str
    grade: Grade
    values: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[str, ...] = ()
    quirks: Mapping[str, Any] = field(default_factory=dict)

    def showing(self, examples: Iterable[str]) -> Verdict:
        """The same, with records that show it."""
        few = tuple(dict.fromkeys(clean(one)[:_LONGEST] for one in examples if one))[:_MOST_EXAMPLES]
        return Verdict(self.result, self.grade, self.values, few, self.quirks)

    def needing(self, **quirks: Any) -> Verdict:
        """The same, with quirks that help."""
        return Verdict(self.result, self.grade, self.values, self.examples, quirks)


def good(result: str = "good", **values: object) -> Verdict:
    """All is well."""
    return Verdict(result, Grade.GOOD, _told(values))


def advice(result: str, **values: object) -> Verdict:
    """It could be better."""
    return Verdict(result, Grade.ADVICE, _told(values))


def problem(result: str, **values: object) -> Verdict:
    """Records are missed, lost or misunderstood."""
    return Verdict(result, Grade.PROBLEM, _told(values))


def blocking(result: str, **values: object) -> Verdict:
    """It cannot be harvested so."""
    return Verdict(result, Grade.BLOCKING, _told(values))


def _told(values: Mapping[str, object]) -> dict[str, str]:
    return {name: clean(str(value))[:_LONGEST] for name, value in values.items()}


#: None: there is nothing to judge.
Check: TypeAlias = Callable[[Observation], Verdict | None]
OaiCheck: TypeAlias = Callable[[OaiSeen, Observation], Verdict | None]
CswCheck: TypeAlias = Callable[[CswSeen, Observation], Verdict | None]

#: Every check by its name, in the order in which findings are told.
CHECKS: Final[dict[str, Check]] = {}


def check(name: str) -> Callable[[Check], Check]:
    """Put a check into the table."""

    def put(function: Check) -> Check:
        CHECKS[name] = function
        return function

    return put


def oai_check(name: str) -> Callable[[OaiCheck], OaiCheck]:
    """Put a check of OAI-PMH into the table."""

    def put(function: OaiCheck) -> OaiCheck:
        CHECKS[name] = lambda seen: None if seen.oai is None else function(seen.oai, seen)
        return function

    return put


def csw_check(name: str) -> Callable[[CswCheck], CswCheck]:
    """Put a check of CSW into the table."""

    def put(function: CswCheck) -> CswCheck:
        CHECKS[name] = lambda seen: None if seen.csw is None else function(seen.csw, seen)
        return function

    return put


def judge(seen: Observation) -> tuple[Finding, ...]:
    """What every check finds."""
    found = ((name, function(seen)) for name, function in CHECKS.items())
    return tuple(
        Finding(name, verdict.result, verdict.grade, verdict.values, verdict.examples, verdict.quirks)
        for name, verdict in found
        if verdict is not None
    )
