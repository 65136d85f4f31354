"""Deduplication as a step of every run: what its pages have changed is compared with everything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from catalogue.run import COPIES, HarvestRun, Tally
from catalogue.store import Store
from harvester.deduplication import compare, keys_of
from harvester.slices import utc_now

#: Changed records after which a run in progress settles; `store.copies.settling` says why not at each page.
_OFTEN: Final = 5000
#: The same for the first time: from then on the terms are known that most records have (`Dictionary.told`).
_SOON: Final = 500
_PAGE: Final = 500


def settle(store: Store, *, wait: bool = True) -> int:
    """Take what has changed since the last time into the search index, and compare it; how many records.

    One process at a time does each of the two, for all. While another does one, this one does the other;
    without `wait`, what others are at is left to them.
    """
    store.index.take_in(wait=False)
    settled = store.clusters.settle(compare, wait=wait)
    if wait:
        store.index.take_in()
    return settled


def tell_copies(store: Store, run: HarvestRun) -> None:
    """Write into the log of a run that has ended how many of its records are copies of others, if any are."""
    if run.is_open or not _changed(run.tally):
        return
    count = store.clusters.copies_in(run.id)
    if count:
        store.runs.log(run.id, utc_now(), COPIES, records=count)


def settling(store: Store, on_page: Callable[[HarvestRun], None]) -> Callable[[HarvestRun], None]:
    """The same `on_page`, which also settles after every so many changes.

    What another process settles just now is left to it, for it settles everything; but not twice in a row,
    so that no more comes in than one can settle.
    """
    settled, after, wait = 0, min(_SOON, _OFTEN), False

    def then_settle(run: HarvestRun) -> None:
        nonlocal settled, after, wait
        on_page(run)
        changed = _changed(run.tally)
        if changed - settled >= after:
            done = settle(store, wait=wait)
            settled, after, wait = changed, _OFTEN, not done
        elif changed < settled:
            settled = changed

    return then_settle


def _changed(tally: Tally) -> int:
    return tally.new + tally.changed + tally.deleted


def rebuild(store: Store, on_page: Callable[[int], None] = lambda _: None) -> int:
    """Compare every record of the catalogue with all others anew; decisions stay."""
    after = done = 0
    while copies := store.clusters.copies(after=after, limit=_PAGE):
        store.clusters.enqueue(
            (
                copy.member.record_id,
                keys_of(
                    copy.record,
                    source_identifier=copy.member.source_identifier,
                    origins=copy.member.origins,
                ),
            )
            for copy in copies
        )
        after = copies[-1].member.record_id
        done += len(copies)
        on_page(done)
    settle(store)
    return done
