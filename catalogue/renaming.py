"""A source that has given its records new identifiers: which new one is which old one. Pure functions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

#: A rule for identifiers holds where so many pairs show it that are sure without it.
_SHOWN_BY: Final = 2


@dataclass(frozen=True, slots=True)
class Named:
    """A record under one of its identifiers in the source."""

    id: int
    identifier: str
    #: What is the same under both: title, type, language.
    same: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Renamed:
    """A record as it is known, and the one that it is listed as now."""

    known: Named
    listed: Named


def renamed(gone: Iterable[Named], come: Iterable[Named]) -> list[Renamed]:
    """Pairs of one that is gone and one that has come, each at most once; what is unsure is left out.

    Where one title is gone and the same has come, once each, they are a pair. What such pairs show of the
    identifiers - another beginning, the same end - tells apart those of which there are several.
    """
    old, new = _by_title(gone), _by_title(come)
    shared = [(old[same], new[same]) for same in old if same in new]
    found = [Renamed(left[0], right[0]) for left, right in shared if len(left) == len(right) == 1]
    rule = _rule(found)
    if rule is not None:
        for left, right in shared:
            if len(left) > 1 or len(right) > 1:
                found += _by_rule(left, right, *rule)
    return sorted(found, key=lambda one: one.known.id)


def _by_title(records: Iterable[Named]) -> dict[tuple[str, ...], list[Named]]:
    found: dict[tuple[str, ...], list[Named]] = defaultdict(list)
    for one in records:
        if one.same[0]:
            found[one.same].append(one)
    return found


def _rule(pairs: Sequence[Renamed]) -> tuple[str, str] | None:
    """The beginnings that most pairs have exchanged; None where that is no rule."""
    seen = Counter(_beginnings(one.known.identifier, one.listed.identifier) for one in pairs)
    [(rule, count)] = seen.most_common(1) or [(("", ""), 0)]
    return rule if count >= _SHOWN_BY else None


def _beginnings(old: str, new: str) -> tuple[str, str]:
    """What stands before the end that both share."""
    length = 0
    while length < min(len(old), len(new)) and old[-length - 1] == new[-length - 1]:
        length += 1
    return old[: len(old) - length], new[: len(new) - length]


def _by_rule(gone: Sequence[Named], come: Sequence[Named], before: str, after: str) -> list[Renamed]:
    there = {one.identifier: one for one in come}
    expected = (
        (one, there.get(after + one.identifier.removeprefix(before)))
        for one in gone
        if one.identifier.startswith(before)
    )
    return [Renamed(one, match) for one, match in expected if match is not None]
