"""A slice of a trial run: what a harvest of a source would take, from a bounded part of its list.

The client, the secrets, the quirks and the sets are those of a harvest, and each item is sorted out against
what is there as a harvest would do it. Only the counts, the faults and a report are written down.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from catalogue.errors import HarvestError, RequestLeft, SecretsLocked
from catalogue.run import Checkpoint, Ending, HarvestRun, Tally
from catalogue.sets import load_sets
from catalogue.settings import Settings
from catalogue.source import Source
from catalogue.store import Store
from catalogue.store.holdings.records import PageOfChanges
from catalogue.trial import Trial
from harvester.changes import Changes, changes_of
from harvester.clients import client_for
from harvester.clients.base import Item, Page
from harvester.doctor.observation import Understood
from harvester.doctor.records import samples, understood
from harvester.mapping.defaults import with_defaults
from harvester.sessions import session_for
from harvester.slices import Slice, ending_of, utc_now
from harvester.trial_harvest import judged


def trial_slice(
    store: Store,
    settings: Settings,
    run: HarvestRun,
    *,
    stopping: Callable[[], bool],
    on_page: Callable[[HarvestRun], None],
) -> Slice:
    """Work on a claimed trial run to its end; one that has to stop begins anew.

    Raises:
        RunLost: it was cancelled, or another worker holds it now.
    """
    source = store.sources.get(run.source_id)
    reading = _Reading(store, settings, source, run)
    why = ""
    try:
        with session_for(store, settings, source, run) as session:
            session.leave_when(stopping)
            client = client_for(
                source, session, uploads=Path(settings.uploads), upload_limit=settings.upload_limit
            )
            for page in client.pages(Checkpoint()):
                reading.take(page)
                if stopping():
                    return Slice(run, more=True)
                if reading.is_enough:
                    break
    except RequestLeft:
        return Slice(run, more=True)
    except (HarvestError, SecretsLocked) as error:
        why = str(error)
    run = reading.written_down(run, why)
    on_page(run)
    ending, message = (Ending.FAILED, why) if why else ending_of(run.tally)
    store.runs.end(run, ending, utc_now(), message)
    return Slice(store.runs.get(run.id), more=False)


class _Reading:
    """What has been read so far."""

    def __init__(self, store: Store, settings: Settings, source: Source, run: HarvestRun) -> None:
        self._store, self._settings, self._source, self._run = store, settings, source, run
        self._begun, self._clock = utc_now(), time.monotonic()
        self._items: list[Item] = []
        self._checkpoint = Checkpoint()
        self._tally = Tally()
        self._found: list[Changes] = []

    @property
    def is_enough(self) -> bool:
        """Whether no more is to be read."""
        late = time.monotonic() - self._clock >= self._settings.check_seconds
        return self._checkpoint.finished or late or len(self._items) >= self._settings.trial_records

    def take(self, page: Page) -> None:
        """Sort a page out, up to as many records as are to be read."""
        room = self._settings.trial_records - len(self._items)
        part = replace(page, items=page.items[:room])
        found = changes_of(
            part, self._source.id, self._store.records, self._settings.repository_identifier,
            own_base_url=f"{self._settings.public_url}/oai", sets=load_sets(self._settings.sets_path),
            run_id=self._run.id, defaults=self._source.defaults,
        )  # fmt: skip
        self._items += (replace(item, element=None) for item in part.items)
        self._tally += found.tally
        self._found.append(found)
        cut = len(part.items) < len(page.items)
        self._checkpoint = page.checkpoint.evolve(finished=page.checkpoint.finished and not cut)

    def written_down(self, run: HarvestRun, why: str) -> HarvestRun:
        """The run with its counts and faults, beside its report."""
        told = Trial(
            self._begun, self._begun, whole=self._checkpoint.finished, why=why[:300],
            told=self._checkpoint.complete_list_size, requests=self._store.exchanges.count(run.id),
        )  # fmt: skip
        told = judged(told, self._settings, self._source, self._items)
        seen = [self._with_defaults(one) for one in understood(self._items)]
        self._store.trials.put(run, replace(told, ended_at=utc_now(), samples=samples(seen)))
        checkpoint = run.checkpoint.evolve(
            pages=len(self._found), finished=self._checkpoint.finished,
            complete_list_size=self._checkpoint.complete_list_size,
        )  # fmt: skip
        # Without their payloads: no mended reader is to make records of what was only tried.
        faults = [replace(one, payload_digest=None) for found in self._found for one in found.faults]
        self._store.records.commit(PageOfChanges(run, checkpoint, self._tally, faults=faults), utc_now())
        return run.evolve(checkpoint=checkpoint, tally=run.tally + self._tally)

    def _with_defaults(self, one: Understood) -> Understood:
        if one.record is None:
            return one
        return replace(one, record=with_defaults(one.record, self._source.defaults)[0])
