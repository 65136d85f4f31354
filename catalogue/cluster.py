"""Clusters: records of several nodes that are copies of one thing, why, and which of them leads.

Nothing is ever merged: each copy stays, and is served, as its own node gave it. A cluster is what matches
between pairs of records add up to, less what people have decided; it can be computed anew at any time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from catalogue import identifiers
from catalogue.record import Record


class Rule(StrEnum):
    """Why two records are taken for copies of one thing; the surest first."""

    IDENTIFIER = "identifier"
    PROVENANCE = "provenance"
    DOI = "doi"
    HANDLE = "handle"
    UUID = "uuid"
    UN_SYMBOL = "un-symbol"
    ISBN = "isbn"
    ADDRESS = "address"
    TITLE = "title"


_SUREST: Final = {rule: place for place, rule in enumerate(Rule)}

#: Formats, the richest first. One that is not named here stands before the last two.
_RICHEST: Final = (
    "iso19115_3",
    "iso19139",
    "datacite",
    "mods",
    "marcxml",
    "dcat",
    "",
    "oai_dcterms",
    "oai_dc",
)


@dataclass(frozen=True, slots=True)
class Member:
    """A record as clusters see it."""

    record_id: int
    #: Ours.
    identifier: str
    source_id: str
    source_identifier: str
    #: Where its source is.
    base_url: str
    #: The format in which the source gave it.
    metadata_prefix: str
    #: When it first became visible here.
    first_datestamp: int
    title: str
    #: (base URL, identifier) of each harvest that it has behind it, the newest first.
    origins: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Copy:
    """A record with what it says: two of them are compared."""

    member: Member
    record: Record


@dataclass(frozen=True, slots=True)
class Match:
    """Two records that are taken for copies of one thing, and why."""

    #: Numbers of the records, the smaller first.
    first: int
    second: int
    rule: Rule
    #: How sure it is, up to 1.
    score: float
    #: What was compared: `{"doi": "10.1234/x"}`, `{"titles": [...], "year": "2019", ...}`.
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person has decided of two records: that they are copies of one thing, or are not."""

    #: Identifiers of ours, the smaller first.
    first: str
    second: str
    together: bool
    at: datetime
    by: str = ""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Copies of one thing."""

    id: int
    #: The one that leads stands first.
    members: tuple[Member, ...]
    matches: tuple[Match, ...] = ()
    decisions: tuple[Decision, ...] = ()

    @property
    def lead(self) -> Member:
        """The member that stands for all."""
        return self.members[0]


def between_sources(key: int) -> bool:
    """Whether records that share this key can be copies only where their sources differ: an odd key."""
    return bool(key & 1)


def in_order(members: Iterable[Member]) -> tuple[Member, ...]:
    """The members, the one that leads first.

    A record that its source has from elsewhere comes after those that are at home; then the one whose OAI
    identifier names the very host that it came from; then the one in the richer format; then the one that
    was here earlier; then by identifier.
    """
    return tuple(sorted(members, key=_standing))


def _standing(member: Member) -> tuple[bool, bool, int, int, str]:
    prefix = member.metadata_prefix if member.metadata_prefix in _RICHEST else ""
    return (
        bool(member.origins),
        not _is_at_home(member),
        _RICHEST.index(prefix),
        member.first_datestamp,
        member.identifier,
    )


def _is_at_home(member: Member) -> bool:
    named = identifiers.oai(member.source_identifier)
    host = (urlsplit(member.base_url).hostname or "").lower()
    return named is not None and bool(host) and (host == named[0] or host.endswith("." + named[0]))


def gathered(
    members: Mapping[int, Member], matches: Iterable[Match], decisions: Iterable[Decision] = ()
) -> list[frozenset[int]]:
    """The clusters that matches and decisions amount to; each has two members at least.

    Without decisions these are the connected components of the matches. A decision that two records belong
    together counts as a match before all others; no match, and no chain of them, brings two records
    together that a person has set apart. The surest matches come first, so that the outcome depends
    on what there is, never on the order in which it arrived.

    Args:
        members: the records, by number.
        matches: between them; those with other records are left out.
        decisions: about them.
    """
    numbers = {member.identifier: number for number, member in members.items()}
    known = [d for d in decisions if d.first in numbers and d.second in numbers]
    apart = [(numbers[d.first], numbers[d.second]) for d in known if not d.together]
    joined = sorted((d for d in known if d.together), key=lambda d: (d.at, d.first, d.second), reverse=True)
    links = [(numbers[d.first], numbers[d.second]) for d in joined]
    links += _links(members, [m for m in matches if m.first in members and m.second in members])
    return _components(links, apart)


def _links(members: Mapping[int, Member], matches: Sequence[Match]) -> list[tuple[int, int]]:
    """The matches that tell, the surest first.

    A title tells nothing where it matches several records of one source: that source keeps them apart.
    """
    ends = Counter(
        (one, members[other].source_id)
        for match in matches
        if match.rule is Rule.TITLE
        for one, other in ((match.first, match.second), (match.second, match.first))
    )

    def tells(match: Match) -> bool:
        if match.rule is not Rule.TITLE:
            return True
        first, second = match.first, match.second
        return ends[first, members[second].source_id] == 1 and ends[second, members[first].source_id] == 1

    def standing(match: Match) -> tuple[int, float, list[str]]:
        names = sorted((members[match.first].identifier, members[match.second].identifier))
        return (_SUREST[match.rule], -match.score, names)

    return [(match.first, match.second) for match in sorted(filter(tells, matches), key=standing)]


def _components(links: Iterable[tuple[int, int]], apart: Sequence[tuple[int, int]]) -> list[frozenset[int]]:
    of: dict[int, set[int]] = {}
    for first, second in links:
        one, other = of.setdefault(first, {first}), of.setdefault(second, {second})
        if one is other or any((a in one and b in other) or (a in other and b in one) for a, b in apart):
            continue
        one |= other
        of.update(dict.fromkeys(other, one))
    return [
        frozenset(found) for found in {id(found): found for found in of.values()}.values() if len(found) > 1
    ]
