"""Records that one run lists twice, and could not take at least once: one fault each in the tally.

A list that is cut, or begun again, lists again what it listed before. What was taken is found unchanged then;
what could not be taken would be counted anew each time.
"""

from __future__ import annotations

from catalogue.run import HarvestRun, Tally
from catalogue.store import Store
from harvester.changes import Changes
from harvester.clients.base import Page


def once(store: Store, run: HarvestRun, page: Page, found: Changes) -> None:
    """Count what the run could not take before, and this page lists again: once; not at all once taken."""
    if not run.tally.faulty:
        return
    listed = {item.identifier: item for item in page.items if item.identifier and not item.outside}
    faulty = store.runs.faulty_among(run.id, listed)
    # An old deletion of what the run has listed alive under a later datestamp says nothing of it.
    again = {
        name for name, at in faulty.items() if not (listed[name].deleted and listed[name].datestamp < at)
    }
    if not again:
        return
    still = {fault.source_identifier for fault in found.faults} & again
    found.faults = [fault for fault in found.faults if fault.source_identifier not in still]
    found.taken = sorted(again - still)
    found.tally += Tally(faulty=-len(again), skipped=len(again))
