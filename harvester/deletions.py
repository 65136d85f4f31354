"""How a harvest begins and ends: what a complete list lacks, what the guards say, and what is then done.

Deletions follow only from a complete list, or from the source's own word (a tombstone); never many at once
without a person's yes. `docs/deletions.md` has the rules.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from catalogue.guards import Guards
from catalogue.question import Topic
from catalogue.run import Ending, HarvestRun, RunKind
from catalogue.settings import Settings
from catalogue.source import Source, is_another_list
from catalogue.store import Store
from catalogue.store.work.recent import NOTHING, Recent
from catalogue.store.work.sweeps import MIXED, Grace, Verdict, Waiting
from harvester.clients.oai_trail import DOUBT as END_IN_DOUBT
from harvester.clocks import is_ahead
from harvester.guards import GUARDS, Found, tally_after
from harvester.slices import Slice, ending_of, utc_now
from harvester.withholding import release_page

#: A list may be so much shorter than its source says: many count what they do not list.
_SHORTFALL: Final = 0.02
#: Faults of a whole answer by which records are missing that nobody can name.
_SHORT: Final = ("csw.short-list", "files.folder-unreadable")


class Deletions:
    """The beginning and the end of the harvests of one source."""

    def __init__(self, store: Store, settings: Settings, source: Source) -> None:
        self._store = store
        self._settings = settings
        self._source = source
        self._guards = Guards.of(settings, source.guards)

    def begin(self, run: HarvestRun, now: datetime) -> HarvestRun:
        """Before the first page: what kind of list it is to be, and what is known before it.

        Raises:
            RunLost: cancelled, or another worker holds it now.
        """
        kind = run.kind
        if kind is RunKind.INCREMENTAL and self._is_reconcile_due(now):
            kind = RunKind.FULL
            self._store.runs.log(run.id, now, "reconcile", listed_at=str(self._source.listed_at or "never"))
        elif kind is RunKind.INCREMENTAL and is_ahead(self._source.harvested_until, now):
            # Nothing has changed since a moment that has not come: all of it is asked for.
            kind = RunKind.FULL
            detail = {"harvested_until": self._source.harvested_until, "ours": str(now)}
            self._store.runs.log(run.id, now, "clock-wrong", level="warning", **detail)
        self._store.withheld.forget_left(run, now)
        run = self._store.runs.begin(run, kind, self._source.scope)
        known = self._store.sweeps.live(self._source.id)
        return run.evolve(checkpoint=run.checkpoint.evolve(known=known))

    def go_on(self, run: HarvestRun) -> HarvestRun:
        """In a later slice: a source that has been given other sets meanwhile is not listed whole.

        Raises:
            RunLost: cancelled, or another worker holds it now.
        """
        if run.scope in {self._source.scope, MIXED}:
            return run
        return self._store.runs.begin(run, run.kind, MIXED)

    def _is_reconcile_due(self, now: datetime) -> bool:
        """Whether it is time for a whole list: never by itself where the source keeps its tombstones."""
        days = self._guards.reconcile_days
        keeps_them = self._source.deleted_record == "persistent"
        if not days or (keeps_them and "reconcile_days" not in self._source.guards):
            return False
        listed_at = self._source.listed_at
        return listed_at is None or now - listed_at >= timedelta(days=days)

    def finish(
        self, run: HarvestRun, over: Callable[[], bool], on_page: Callable[[HarvestRun], None]
    ) -> Slice:
        """After the last page: ask or act, a page at a time, and end the run.

        Raises:
            RunLost: cancelled, or another worker holds it now.
        """
        if run.tally.balanced:
            if not run.checkpoint.verdict:
                run = self._judge(run)
            while done := release_page(self._store, self._settings, run, None):
                run = done
                on_page(run)
                if over():
                    return Slice(run, more=True)
        ending, message = self._ending(run)
        now = utc_now()
        if ending is not Ending.FAILED:
            self._note_harvested(run, now)
        self._store.runs.end(run, ending, now, message)
        return Slice(self._store.runs.get(run.id), more=False)

    def _note_harvested(self, run: HarvestRun, now: datetime) -> None:
        changes: dict[str, Any] = {}
        # A source that is asked for another list since is listed from its beginning.
        another = run.scope == MIXED or is_another_list(
            self._source, self._store.sources.get(self._source.id)
        )
        if run.checkpoint.response_date and not run.checkpoint.ask_again and not another:
            changes["harvested_until"] = run.checkpoint.response_date
        if run.kind is RunKind.FULL:
            changes["listed_at"] = now
        if changes:
            self._store.sources.change(self._source.id, **changes)

    def _ending(self, run: HarvestRun) -> tuple[Ending, str]:
        ending, message = ending_of(run.tally)
        doubts = self._doubts(run)
        if doubts and ending is not Ending.FAILED:
            ending, message = Ending.COMPLETE_WITH_FAULTS, "; ".join(filter(None, (message, *doubts)))
        if ending is Ending.FAILED or run.checkpoint.verdict != "held":
            return ending, message
        asked = [
            one.words(self._source.label)
            for one in self._store.questions.newest(source_id=self._source.id)
            if one.run_id == run.id
        ]
        return Ending.HELD, " ".join(reversed(asked)) or message

    def _doubts(self, run: HarvestRun) -> list[str]:
        """Why it cannot be said that everything was listed, where the list was read to its end."""
        found = []
        if run.checkpoint.doubt == END_IN_DOUBT:
            found.append(f"some of the list may be missing: {run.checkpoint.doubt}")
        found += self._store.sweeps.faults_of(run, _SHORT)
        return found

    def _judge(self, run: HarvestRun) -> HarvestRun:
        """Let the guards look at all that waits, once."""
        store, now = self._store, utc_now()
        store.sweeps.note_seen(run)
        waiting, complete = self._look(run, now)
        found = Found(
            run,
            waiting,
            complete,
            store.sweeps.usual_faults(run.source_id, run.id) if run.tally.faulty else None,
            store.questions.accepted(run.source_id, Topic.FAULTS, now) if run.tally.faulty else (),
            self._recent(run, waiting, now),
        )
        opinions = {topic: guard(found, self._guards) for topic, guard in GUARDS.items()}
        hold = {
            topic: facts | store.sweeps.facts(run, topic, complete=complete)
            for topic, opinion in opinions.items()
            if (facts := opinion.hold) is not None
        }
        verdict = Verdict(
            hold,
            [topic for topic, opinion in opinions.items() if opinion.settle],
            tally_after(run, waiting, list(hold)),
            complete=complete,
        )
        grace = Grace(self._guards.absence_lists, now - timedelta(days=self._guards.absence_days))
        return store.sweeps.judge(run, verdict, grace, now)

    def _look(self, run: HarvestRun, now: datetime) -> tuple[Waiting, bool]:
        """What waits, and whether the list is one of which what it lacks is gone."""
        why = self._why_incomplete(run)
        if not why:
            waiting = self._store.sweeps.waiting(run, complete=True)
            short = bool(waiting.missing) and self._falls_short(run, self._distinct(run))
            if not short:
                self._store.sweeps.note_absences(run, now)
                return waiting, True
            why = "some records came twice, and the list is shorter than the source says"
        if run.kind is RunKind.FULL:
            self._store.runs.log(run.id, now, "list-not-complete", level="warning", why=why)
        return self._store.sweeps.waiting(run, complete=False), False

    def _recent(self, run: HarvestRun, waiting: Waiting, now: datetime) -> Recent:
        """What has been deleted of late; nobody looks where nothing is to be deleted now."""
        days = self._guards.guard_window_days
        if not days or not (waiting.tombstones or waiting.missing or waiting.asked.get(Topic.DELETIONS)):
            return NOTHING
        return self._store.recent.deletions(run, now - timedelta(days=days))

    def _why_incomplete(self, run: HarvestRun) -> str:
        """Why nothing can be concluded from what the list lacks; empty where it can."""
        if run.kind is not RunKind.FULL:
            return "only what has changed was asked for"
        if run.checkpoint.doubt or self._source.quirks.stop_after:
            return run.checkpoint.doubt or "the list was not to be read to its end"
        if run.scope != self._source.scope:
            return "the source was given other sets under way"
        if self._falls_short(run, run.tally.listed):
            size = run.checkpoint.complete_list_size
            return f"{run.tally.listed} were listed, where the source says that there are {size}"
        if self._store.sweeps.has_nameless_faults(run):
            return "something could not be read of which it is not known what it was"
        return ""

    def _distinct(self, run: HarvestRun) -> int:
        """How many different records were listed."""
        return self._store.sweeps.listed(run) + run.checkpoint.strange

    def _falls_short(self, run: HarvestRun, listed: int) -> bool:
        """Whether so many are too few for what the source said that there are."""
        size = run.checkpoint.complete_list_size
        return size is not None and listed < size * (1 - _SHORTFALL)
