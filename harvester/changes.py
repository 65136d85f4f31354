"""What a page changes: each item listed is new, changed, unchanged, deleted, faulty or skipped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

from catalogue import oai_identifier
from catalogue.defaults import NONE, Defaults
from catalogue.exchange import Exchange
from catalogue.provenance import chain, passed_through, read_about
from catalogue.run import Checkpoint, Fault, HarvestRun, Tally
from catalogue.sets import SetTree, load_sets
from catalogue.store.holdings.payloads import digest
from catalogue.store.holdings.records import Known, PageOfChanges, Records, Renaming, Withheld, Write
from catalogue.store.holdings.renamings import Names
from harvester.clients.base import Item, Note, Page
from harvester.ingest import Arrival, prepare_all

#: What tells which records a source calls by new names.
NamesOf: TypeAlias = Callable[[Sequence[str]], Names]
_UNDATED: Final = re.compile(r' harvestDate="[^"]*"')


@dataclass(slots=True)
class Changes:
    """What has been found out of a page of one source so far."""

    namespace: str
    source_id: str
    #: Our own address, as chains of harvests would name it.
    own_base_url: str = ""
    sets: SetTree = field(default_factory=load_sets)
    #: The run that lists them.
    run_id: int = -1
    #: What is assumed of records that say nothing.
    defaults: Defaults = NONE
    writes: list[Write] = field(default_factory=list)
    tombstones: list[Known] = field(default_factory=list)
    seen: list[Known] = field(default_factory=list)
    refreshed: list[Write] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    set_aside: list[tuple[bytes, bytes]] = field(default_factory=list)
    #: Requests that are written down with the page.
    exchanges: Sequence[Exchange] = ()
    #: Identifiers in the source of records that this run could not take before, and has taken now.
    taken: list[str] = field(default_factory=list)
    #: Changes that wait for the end of the run: `harvester.withholding`.
    withheld: list[Withheld] = field(default_factory=list)
    released: list[int] = field(default_factory=list)
    renamings: list[Renaming] = field(default_factory=list)
    #: What the source calls these records by now.
    names: Names = field(default_factory=Names)
    #: Identifiers in the source of records that it has from us.
    loops: list[str] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)

    @property
    def notes(self) -> tuple[Note, ...]:
        """What goes into the run's log."""
        if not self.loops:
            return ()
        return (Note("harvest-loop", {"records": len(self.loops), "first": self.loops[0]}),)

    def of(self, run: HarvestRun, checkpoint: Checkpoint) -> PageOfChanges:
        """The page of changes for the store."""
        return PageOfChanges(
            run=run,
            checkpoint=checkpoint,
            tally=self.tally,
            writes=self.writes,
            tombstones=self.tombstones,
            seen=self.seen,
            refreshed=self.refreshed,
            withdrawn=self.withdrawn,
            faults=self.faults,
            set_aside=self.set_aside,
            taken=self.taken,
            exchanges=self.exchanges,
            withheld=self.withheld,
            released=self.released,
            renamings=self.renamings,
        )

    def count(self, **outcome: int) -> None:
        """So many more items listed, with this outcome."""
        self.tally += Tally(listed=sum(outcome.values()), **outcome)

    def take(self, arrivals: Sequence[Arrival]) -> None:
        """Items with payloads that are not those that the store has."""
        outcome = {"new": 0, "changed": 0, "faulty": 0}
        for arrival, result in zip(arrivals, prepare_all(arrivals, self.sets, self.defaults), strict=True):
            if isinstance(result, Fault):
                self.faults.append(result)
                self.set_aside.append((arrival.payload_digest, arrival.payload))
                outcome["faulty"] += 1
            else:
                self.writes.append(result)
                known = arrival.known
                outcome["new" if known is None or known.deleted else "changed"] += 1
        self.count(**outcome)


class Place(NamedTuple):
    """Where an item belongs: its identifier, the address of its payload, and what is there now."""

    identifier: str
    payload_digest: bytes
    known: Known | None


def changes_of(  # noqa: PLR0913 - all that a page is sorted out against
    page: Page,
    source_id: str,
    records: Records,
    namespace: str,
    *,
    own_base_url: str = "",
    sets: SetTree | None = None,
    run_id: int = -1,
    names: NamesOf | None = None,
    defaults: Defaults = NONE,
) -> Changes:
    """Sort a page's items out against what the store holds.

    `names` tells which records the source calls by new names.
    """
    found = Changes(namespace, source_id, own_base_url, sets or load_sets(), run_id, defaults)
    found.faults.extend(page.faults)
    found.set_aside.extend(page.set_aside)
    found.exchanges = page.exchanges
    items = _last_of_each(page.items)
    found.tally += Tally(listed=len(page.items) - len(items), skipped=len(page.items) - len(items))
    found.names = names([item.identifier for item in items]) if names else found.names
    identifiers = [
        found.names.ours.get(item.identifier) or oai_identifier.mint(namespace, source_id, item.identifier)
        for item in items
    ]
    known = records.known(identifiers)
    ours = f"oai:{namespace}:".lower()
    unchanged = 0
    arrivals = []
    for item, identifier in zip(items, identifiers, strict=True):
        there = known.get(identifier)
        payload_digest = digest(item.payload or b"")
        if there and payload_digest == there.payload_digest and _as_it_was(item, there, ours):
            found.seen.append(there)
            unchanged += 1
            continue
        arrival = _sorted(found, item, Place(identifier, payload_digest, there))
        if arrival:
            arrivals.append(arrival)
    found.take(arrivals)
    if unchanged:
        found.count(unchanged=unchanged)
    return found


def _as_it_was(item: Item, known: Known, ours: str) -> bool:
    """Whether an item with the payload that is there is certainly unchanged, as it nearly always is."""
    told = bool(item.about or known.origins or item.outside)
    return bool(item.payload) and not told and not known.deleted and ours not in item.identifier.lower()


def _sorted(found: Changes, item: Item, place: Place) -> Arrival | None:
    """Sort an item out; what has to be read is given back, to be taken with the others of its page."""
    known = place.known
    if item.fault is not None:
        found.faults.append(item.fault)
        found.count(faulty=1)
    elif item.outside:
        found.count(skipped=1)
    elif item.deleted or item.payload is None:
        _take_tombstone(found, item, known)
    else:
        arrival = Arrival(
            found.source_id,
            place.identifier,
            item.identifier,
            item.datestamp,
            item.payload,
            place.payload_digest,
            known,
            item.about,
            read_about(item.about),
            item.repairs,
            item.element,
        )
        if passed_through(found.namespace, found.own_base_url, item.identifier, arrival.about.origins):
            # Ours already: taken again it would be two, and three at the next round.
            found.loops.append(item.identifier)
            found.count(skipped=1)
            if known:
                found.seen.append(known)  # it is listed, and so not gone
        elif known and not known.deleted and _unchanged(arrival, known):
            found.seen.append(known)
            found.count(unchanged=1)
        else:
            return arrival
    return None


def _unchanged(arrival: Arrival, known: Known) -> bool:
    """Whether an item is what the store has of it; that the source has harvested it again is no change."""
    if known.payload_digest != arrival.payload_digest:
        return False
    return _UNDATED.sub("", known.origins) == _UNDATED.sub("", chain(arrival.about.origins))


def _take_tombstone(found: Changes, item: Item, known: Known | None) -> None:
    if known is None:
        found.withdrawn.append(item.identifier)
        found.count(skipped=1)
    elif known.deleted:
        found.seen.append(known)
        found.count(unchanged=1)
    elif item.identifier in found.names.retired:
        found.count(skipped=1)  # the name is gone; the record goes by another
    elif known.seen_run == found.run_id and item.datestamp < known.source_datestamp:
        # Told as deleted, and made anew since: this very run has listed it alive, under a later datestamp.
        found.count(skipped=1)
    else:
        found.tombstones.append(known)
        found.count(deleted=1)


def _last_of_each(items: Iterable[Item]) -> list[Item]:
    """The items; where a page lists one twice, what it says last counts. Those without a name all stay.

    An old deletion of what is alive under a later datestamp does not count, wherever it stands.
    """
    listed = list(items)
    names = {item.identifier for item in listed}
    if len(names) == len(listed) and "" not in names:
        return listed
    last: dict[str, Item] = {}
    for number, item in enumerate(listed):
        key = item.identifier or f" {number}"
        earlier = last.pop(key, None)
        is_old = earlier and item.deleted and not earlier.deleted and item.datestamp < earlier.datestamp
        last[key] = earlier if earlier and is_old else item
    return list(last.values())
