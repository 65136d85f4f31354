"""Sets (OAI-PMH 2.0, sections 2.6 and 4.6): which there are, and how they are listed.

Every set of the hierarchy is listed, whether it has a record yet or not, so that a client knows today what
may fill tomorrow: first those that have records or have had them, which is where a client should look, then
the empty ones. A set that is no more in the hierarchy but has had records is listed for ever: its own list
tells them as deleted.
"""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from catalogue import namespaces as ns
from catalogue.record import UNDETERMINED
from catalogue.sets import SetNode, SetTree, load_sets
from catalogue.store.holdings.sets import OaiSet, Sets
from catalogue.xml import escape
from endpoint.oai_pmh.recent import Recent

#: Sets on a page of ListSets: some 50 kB, with labels in six languages.
PAGE: Final = 50
#: Seconds after which what the sources are called is looked at again.
_FRESH: Final = 60
#: Lists that are kept: the newest, and those begun before it that are still being read.
_MOST: Final = 8

_DESCRIPTION: Final = (
    f'<setDescription><oai_dc:dc xmlns:oai_dc="{ns.OAI_DC}" xmlns:dc="{ns.DC}"'
    f' xsi:schemaLocation="{ns.OAI_DC} http://www.openarchives.org/OAI/2.0/oai_dc.xsd">'
)


class SetList:
    """All sets as they were when the list was begun: those that were filled then, and then the empty ones."""

    def __init__(self, kept: Iterable[OaiSet], tree: SetTree, *, snapshot: int | None = None) -> None:
        """Put in order what there is.

        Args:
            kept: the sets that have or had records, and those of the sources.
            tree: the hierarchy.
            snapshot: the newest of the kept sets that the list knows; None for a new list.
        """
        found = [one for one in kept if snapshot is None or one.id <= snapshot]
        filled = {one.set_spec: SetNode(one.set_spec, {UNDETERMINED: one.name}) for one in found}
        #: The newest of the kept sets that the list knows.
        self.snapshot = max((one.id for one in found), default=0)
        nodes = filled | {node.spec: node for node in tree}
        #: (whether it is an empty one, setSpec), in the order of the list.
        self._order = sorted((spec not in filled, spec) for spec in nodes)
        self._nodes = [nodes[spec] for _, spec in self._order]
        self._pages: dict[tuple[int, int], SetPage] = {}

    def __len__(self) -> int:
        return len(self._order)

    def page(self, *, after: tuple[bool, str] | None, limit: int) -> SetPage | None:
        """The sets behind `after`, at most `limit` of them; None where there are no more."""
        first = 0 if after is None else bisect_right(self._order, after)
        found = self._pages.get((first, limit))
        if found is None:
            listed = self._nodes[first : first + limit]
            if not listed:
                return None
            behind = first + len(listed)
            empty, spec = self._order[behind - 1]
            found = SetPage(elements(listed), len(listed), empty, spec, behind < len(self._order))
            self._pages[first, limit] = found
        return found


class SetPage(NamedTuple):
    """A page of the list of sets."""

    content: bytes
    entries: int
    #: Of its last set: whether that is an empty one, and its setSpec.
    empty: bool
    last: str
    #: Whether the list goes on behind it.
    more: bool


class SetLists:
    """The lists of sets that clients are reading: each is put together once.

    It is told by the hierarchy, by the newest of the kept sets and by how many there are. What a source is
    called may change, too: that is looked at again after a minute.
    """

    def __init__(
        self,
        kept: Sets,
        described: Path,
        *,
        moment: float = 0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._kept = kept
        self._newest = Recent(kept.newest, moment)
        self._described = described
        self._monotonic = monotonic
        self._lists: dict[tuple[int, int, int | None], SetList] = {}
        self._known: tuple[SetTree, float] | None = None

    def at(self, snapshot: int | None) -> SetList:
        """The list as it was when this was the newest of the kept sets; None: as it is now."""
        tree, now = load_sets(self._described), self._monotonic()
        if self._known is None or self._known[0] is not tree or now - self._known[1] > _FRESH:
            self._known, self._lists = (tree, now), {}
        lists, key = self._lists, (*self._newest(), snapshot)
        found = lists.get(key)
        if found is None:
            if len(lists) >= _MOST:
                lists.clear()
            found = lists[key] = SetList(self._kept.all(), tree, snapshot=snapshot)
        return found


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
