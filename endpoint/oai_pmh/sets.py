"""Sets (OAI-PMH 2.0, sections 2.6 and 4.6): which there are, and how they are listed.

Every set of the hierarchy is listed, whether it has a record yet or not, so that a client knows today what
may fill tomorrow: first those that have records or have had them, which is where a client should look, then
the empty ones. A set that is no more in the hierarchy but has had records is listed for ever: its own list
tells them as deleted.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from catalogue import namespaces as ns
from catalogue.record import UNDETERMINED
from catalogue.sets import SetNode, SetTree, load_sets
from catalogue.store.sets import Sets
from catalogue.xml import escape

#: Sets on a page of ListSets: some 50 kB, with labels in six languages.
PAGE: Final = 50

_DESCRIPTION: Final = (
    f'<setDescription><oai_dc:dc xmlns:oai_dc="{ns.OAI_DC}" xmlns:dc="{ns.DC}"'
    f' xsi:schemaLocation="{ns.OAI_DC} http://www.openarchives.org/OAI/2.0/oai_dc.xsd">'
)


class SetList:
    """All sets as they were when the list was begun: those that were filled then, and then the empty ones."""

    def __init__(self, kept: Sets, described: Path, *, snapshot: int | None = None) -> None:
        """Find out what there is.

        Args:
            kept: the sets that have or had records, and those of the sources.
            described: the file with the hierarchy.
            snapshot: the newest of the kept sets that the list knows; None for a new list.
        """
        tree: SetTree = load_sets(described)
        found = [one for one in kept.all() if snapshot is None or one.id <= snapshot]
        filled = {one.set_spec: SetNode(one.set_spec, {UNDETERMINED: one.name}) for one in found}
        #: The newest of the kept sets that the list knows.
        self.snapshot = max((one.id for one in found), default=0)
        self._nodes = filled | {node.spec: node for node in tree}
        #: (whether it is an empty one, setSpec), in the order of the list.
        self._order = sorted((spec not in filled, spec) for spec in self._nodes)

    def __len__(self) -> int:
        return len(self._order)

    def page(self, *, after: tuple[bool, str] | None, limit: int) -> list[SetNode]:
        """The sets behind `after`, at most `limit` of them."""
        first = 0 if after is None else bisect_right(self._order, after)
        return [self._nodes[spec] for _, spec in self._order[first : first + limit]]

    def place(self, node: SetNode) -> tuple[bool, str]:
        """Where in the list a set stands."""
        place = (True, node.spec)
        return place if place in self._order else (False, node.spec)


def elements(listed: Iterable[SetNode]) -> bytes:
    """The set elements of a page of ListSets."""
    return "".join(
        f"<set><setSpec>{node.spec}</setSpec><setName>{escape(node.name)}</setName>"
        f"{_description(node.labels)}</set>"
        for node in listed
    ).encode()


def _description(labels: Mapping[str, str]) -> str:
    """What the set is called in every language in which it has a label: an oai_dc container."""
    titles = "".join(
        f'<dc:title xml:lang="{language}">{escape(label)}</dc:title>'
        for language, label in labels.items()
        if language != UNDETERMINED
    )
    return f"{_DESCRIPTION}{titles}</oai_dc:dc></setDescription>" if titles else ""
