"""The sets as the feed page shows them, with how many records are in each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalogue.sets import load_sets
from catalogue.settings import Settings
from catalogue.store import Store
from catalogue.store.holdings.sets import SetCount
from endpoint.public import wording

#: Sets that the page shows at most; the others are in ListSets.
MOST = 100


@dataclass(frozen=True, slots=True)
class SetLine:
    """One set on the feed page."""

    set_spec: str
    #: What it is called where there is no word in the reader's language.
    given: str
    #: Language (BCP 47) -> what it is called.
    labels: Mapping[str, str]
    count: SetCount

    def name(self, tag: str) -> str:
        """What it is called in this language."""
        return wording.public(self.labels.get(tag, self.given))


def set_lines(store: Store, settings: Settings) -> tuple[SetLine, ...]:
    """The sets in which there is or was a record: the largest, in the order of their specs."""
    counts = store.sets.counts()
    largest = sorted(counts, key=lambda spec: -counts[spec].members)[:MOST]
    tree = load_sets(settings.sets_path)
    kept = {one.set_spec: one.name for one in store.sets.all()}
    found = []
    for spec in sorted(largest):
        node = tree.get(spec)
        given = node.name if node else kept.get(spec, spec)
        found.append(SetLine(spec, given, node.labels if node else {}, counts[spec]))
    return tuple(found)
