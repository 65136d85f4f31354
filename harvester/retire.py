"""Removing a source: all its records become tombstones, page by page; the feed tells each as deleted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from catalogue.run import HarvestRun, Tally
from catalogue.store import Store
from catalogue.store.holdings.records import Known, PageOfChanges
from harvester.slices import Slice, ending_of, utc_now

_PAGE = 500


def retire_slice(
    store: Store, run: HarvestRun, *, over: Callable[[], bool], on_page: Callable[[HarvestRun], None]
) -> Slice:
    """Work on a claimed retire run until `over`, or to its end.

    Raises:
        RunLost: it was cancelled, or another worker holds it now.
    """
    while rows := store.records.of_source(run.source_id, limit=_PAGE):
        if over():
            return Slice(run, more=True)
        tombstones = [Known(row.id, row.identifier, row.payload_digest, row.deleted) for row in rows]
        tally = Tally(listed=len(rows), deleted=len(rows))
        checkpoint = run.checkpoint.evolve(pages=run.checkpoint.pages + 1)
        page = PageOfChanges(run, checkpoint, tally, tombstones=tombstones, released=[row.id for row in rows])
        store.records.commit(page, utc_now())
        run = replace(run, checkpoint=checkpoint, tally=run.tally + tally)
        on_page(run)
    store.questions.settle(run.source_id, utc_now())
    # Should it be resumed one day, all of it is to be fetched again.
    store.sources.change(run.source_id, harvested_until="")
    ending, message = ending_of(run.tally)
    store.runs.end(run, ending, utc_now(), message)
    return Slice(store.runs.get(run.id), more=False)
