"""What words a check has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

_OAI: Final = "https://www.openarchives.org/OAI/openarchivesprotocol.html"


@dataclass(frozen=True, slots=True)
class Spec:
    """Where it is written."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one check."""

    #: What it is about.
    title: str
    #: Result -> what was seen; filled in with the values of the finding.
    seen: Mapping[str, str]
    #: Why it matters to people who search, in one sentence.
    why: str
    #: What to do about it, whatever the software.
    fix: str
    spec: Spec
    #: Software -> where that is done in it.
    fixes: Mapping[str, str] = field(default_factory=dict)


def oai(section: str, anchor: str) -> Spec:
    """A section of OAI-PMH 2.0."""
    return Spec(f"OAI-PMH 2.0, {section}", f"{_OAI}#{anchor}")


CSW: Final = Spec("OGC 07-006r1, 10.8", "https://portal.ogc.org/files/?artifact_id=20555")
CSW_CAPABILITIES: Final = Spec("OGC 07-006r1, 10.4", "https://portal.ogc.org/files/?artifact_id=20555")
