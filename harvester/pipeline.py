"""One slice of one run: fetch -> read -> classify -> render -> store, a page at a time.

A page is one transaction and one checkpoint. A worker that is killed loses the page in hand, and the
next one goes on from the checkpoint; nothing is stored twice. This module knows no queue: it is told
which run to work on, and for how long.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from catalogue.errors import (
    AddressRefused,
    AnswerTooLarge,
    ClearinghouseError,
    HarvestError,
    HttpFailure,
    ListBroken,
    ListIncomplete,
    ProtocolFailure,
    RequestLeft,
    SecretsLocked,
    SourceBusy,
)
from catalogue.run import Checkpoint, Ending, HarvestRun, RunKind, Tally
from catalogue.sets import load_sets
from catalogue.settings import Settings
from catalogue.source import Source
from catalogue.store import Store
from catalogue.store.holdings.records import PageOfChanges
from harvester.changes import NamesOf, changes_of
from harvester.clients import client_for
from harvester.clients.base import Client, Page
from harvester.clocks import ask_from
from harvester.deletions import Deletions
from harvester.repeats import once
from harvester.retry import LONGEST_PATIENCE, asks_for_patience, page_pause, run_pause
from harvester.sessions import session_for
from harvester.slices import Slice, utc_now
from harvester.withholding import withhold

#: Seconds that a pause lasts at most before it is looked whether it is time to stop.
_NAP = 0.5
#: Errors that waiting does not mend.
_LASTING = (AddressRefused, AnswerTooLarge, ListBroken, ListIncomplete, SecretsLocked)
#: HTTP statuses that are not worth another try.
_FINAL_STATUSES = frozenset({400, 401, 403, 404, 405, 410, 501})


class Pipeline:
    """What harvests: a store, the settings, and a way to open a session."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        *,
        over: Callable[[], bool],
        on_page: Callable[[HarvestRun], None],
        stopping: Callable[[], bool] = lambda: False,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._settings = settings
        self._sleep = sleep
        self._on_page = on_page
        self._over = over
        self._stopping = stopping
        #: Something waits for a record of the source that is harvested.
        self._waiting = False
        #: What it calls its records by now, where that has ever changed.
        self._names: NamesOf | None = None

    def slice(self, run: HarvestRun) -> Slice:
        """Work on a claimed run until `over` says so, or to its end.

        Raises:
            RunLost: it was cancelled, or another worker holds it now.
        """
        source = self._store.sources.get(run.source_id)
        begins = not run.checkpoint.pages and not run.checkpoint.position
        deletions = Deletions(self._store, self._settings, source)
        run = deletions.begin(run, utc_now()) if begins else deletions.go_on(run)
        self._waiting = self._store.withheld.any_of(source.id)
        renamings = self._store.renamings
        self._names = partial(renamings.names, source.id) if renamings.any_of(source.id) else None
        try:
            with session_for(self._store, self._settings, source, run) as session:
                session.leave_when(self._stopping)
                client = client_for(
                    source,
                    session,
                    uploads=Path(self._settings.uploads),
                    upload_limit=self._settings.upload_limit,
                )
                if begins:
                    source = self._describe(run, source, client)
                while not run.checkpoint.finished:
                    if self._over():
                        return Slice(run, more=True)
                    run = self._pages(run, source, client)
        except (HarvestError, SecretsLocked) as error:
            # Its newest count of failures, but still under our own attempt: it may be another's by now.
            return self._stop(replace(self._store.runs.get(run.id), attempt=run.attempt), error)
        return Deletions(self._store, self._settings, source).finish(run, self._over, self._on_page)

    def _describe(self, run: HarvestRun, source: Source, client: Client) -> Source:
        if source.quirks.undescribed:
            return source
        failures = 0
        while True:
            try:
                described = client.describe()
                break
            except RequestLeft:
                return source
            except HarvestError as error:
                failures += 1
                self._pause(run, error, failures)
                if self._stopping():
                    return source
        for note in described.notes:
            self._store.runs.log(run.id, utc_now(), note.event, level=note.level, **note.detail)
        return self._store.sources.change(
            source.id,
            repository_name=described.repository_name,
            granularity=described.granularity,
            deleted_record=described.deleted_record,
        )

    def _pages(self, run: HarvestRun, source: Source, client: Client) -> HarvestRun:
        """Pages until the list or the slice ends; a page that fails is asked for again, a few times."""
        since = source.harvested_until if run.kind is RunKind.INCREMENTAL else ""
        failures = 0
        while True:
            try:
                for page in client.pages(run.checkpoint, modified_since=since):
                    run = self._take(run, source, page)
                    failures = 0
                    self._on_page(run)
                    if run.checkpoint.finished or self._over():
                        return run
            except RequestLeft:
                return run
            except ListBroken as error:
                run = self._begin_again(run, error)
            except HarvestError as error:
                failures += 1
                self._pause(run, error, failures)
                if self._stopping():
                    return run

    def _pause(self, run: HarvestRun, error: HarvestError, failures: int) -> None:
        """Wait before the same is asked again, for the so many-eth time.

        Raises:
            HarvestError: the error itself, where it is not worth another try within this run.
        """
        pause = page_pause(failures, error.retry_after if isinstance(error, SourceBusy) else None)
        if failures > self._settings.page_retries or pause is None or not _transient(error):
            raise error
        self._store.runs.log(
            run.id, utc_now(), "page-failed", level="warning", error=str(error), failures=failures
        )
        while pause > 0 and not self._stopping():
            self._sleep(min(pause, _NAP))
            pause -= _NAP

    def _begin_again(self, run: HarvestRun, error: ListBroken) -> HarvestRun:
        """The source lost its place in the list: begin the list again, once. What is stored is unchanged."""
        if run.checkpoint.restarts:
            raise error
        before = run.checkpoint
        checkpoint = Checkpoint(restarts=1, response_date=before.response_date, known=before.known)
        now = utc_now()
        self._store.runs.log(run.id, now, "list-restarted", level="warning", error=str(error))
        self._store.records.commit(PageOfChanges(run, checkpoint, Tally()), now)
        return replace(run, checkpoint=checkpoint)

    def _take(self, run: HarvestRun, source: Source, page: Page) -> HarvestRun:
        """Everything that a page changes, committed; returns the run as it is now."""
        response_date, clock = ask_from(run.checkpoint, page.checkpoint, utc_now())
        found = changes_of(
            page,
            source.id,
            self._store.records,
            self._settings.repository_identifier,
            own_base_url=f"{self._settings.public_url}/oai",
            sets=load_sets(self._settings.sets_path),
            run_id=run.id,
            names=self._names,
            defaults=source.defaults,
        )
        once(self._store, run, page, found)
        withhold(self._store, run, found, waiting=self._waiting)
        self._waiting = self._waiting or bool(found.withheld)
        before = 0 if page.again else run.checkpoint.strange
        checkpoint = page.checkpoint.evolve(
            pages=run.checkpoint.pages + 1,
            restarts=run.checkpoint.restarts,
            response_date=response_date,
            strange=before + len(found.withdrawn) + len(found.loops),
        )
        now = utc_now()
        self._store.records.commit(found.of(run, checkpoint), now)
        for note in (*page.notes, *found.notes, *clock):
            self._store.runs.log(run.id, now, note.event, level=note.level, **note.detail)
        return replace(run, checkpoint=checkpoint, tally=run.tally + found.tally, failures=0)

    def _stop(self, run: HarvestRun, error: ClearinghouseError) -> Slice:
        """The source failed: wait and try again later from the checkpoint, or end."""
        now = utc_now()
        fails = not self._was_asked(run, error, now)
        told = {"error": str(error), "kind": type(error).__name__, "pages": run.checkpoint.pages}
        self._store.runs.log(run.id, now, "stopped", level="error", **told)
        if not _transient(error) or (fails and run.failures >= self._settings.run_retries):
            self._store.runs.end(run, Ending.FAILED, now, str(error))
        else:
            wait = run_pause(run.failures, error.retry_after if isinstance(error, SourceBusy) else None)
            self._store.runs.retry_later(run, str(error), now + timedelta(seconds=wait), fails=fails)
        return Slice(self._store.runs.get(run.id), more=False)

    def _was_asked(self, run: HarvestRun, error: ClearinghouseError, now: datetime) -> bool:
        """Whether the source asks for a pause itself: a node that is busy for a day does not fail.

        So it may for two days, with one page; who says so for ever gives nothing either.
        """
        if not (isinstance(error, SourceBusy) and asks_for_patience(error.retry_after)):
            return False
        kind, pages = type(error).__name__, run.checkpoint.pages
        asked = (
            told.at
            for told in self._store.runs.events(run.id)
            if told.event == "stopped"
            and (told.detail.get("kind"), told.detail.get("pages")) == (kind, pages)
        )
        return (now - next(asked, now)).total_seconds() < LONGEST_PATIENCE


def _transient(error: ClearinghouseError) -> bool:
    """Whether the same request may well succeed later."""
    if isinstance(error, HttpFailure):
        return error.status not in _FINAL_STATUSES
    if isinstance(error, ProtocolFailure):
        return error.transient
    return not isinstance(error, _LASTING)
