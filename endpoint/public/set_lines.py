"""The sets as the feed page shows them, with how many records are in each."""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.store import Store
from catalogue.store.sets import OaiSet, SetCount
from endpoint.public import wording

#: Sets that the page shows at most; the others are in ListSets.
MOST = 100


@dataclass(frozen=True, slots=True)
class SetLine:
    """One set on the feed page."""

    set_spec: str
    name: str
    count: SetCount


def set_lines(store: Store) -> tuple[SetLine, ...]:
    """The sets in which there is or was a record: the largest, in the order of their specs."""
    counts = store.sets.counts()
    largest = sorted(counts, key=lambda spec: -counts[spec].members)[:MOST]
    names = {one.set_spec: one for one in store.sets.named(largest)}
    return tuple(_line(names[spec], counts[spec]) for spec in sorted(largest) if spec in names)


def _line(one: OaiSet, count: SetCount) -> SetLine:
    return SetLine(one.set_spec, wording.public(one.name), count)
