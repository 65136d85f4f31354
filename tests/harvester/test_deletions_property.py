"""A node that lists, omits, deletes, restores and renames records, and runs that are killed between pages.

Whatever it does: what it lists is live here; what it dropped goes after the grace and within the guard; what
a guard holds has been told to nobody, and a source that is set back is as it was.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from catalogue import setting_back
from catalogue.deciding import decide
from catalogue.question import Answer
from catalogue.run import Checkpoint, Ending, HarvestRun, RunKind
from catalogue.settings import load_settings
from catalogue.source import Protocol, Source
from catalogue.store import Store
from factories import now
from harvester import pipeline
from harvester.clients.base import Description, Item, Page
from harvester.inline import work_now
from remote_node import dublin_core

_NUMBERS = itertools.count()
PAGE = 3
FEW, SHARE = 2, 0.3


class Killed(BaseException):
    """kill -9, as far as a test can."""


@dataclass
class Node:
    """What a node holds: a version of each record, 0 for a tombstone; and what its next list leaves out."""

    deleted_record: str = "no"
    records: dict[str, int] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    #: When each record changed last, in counts of changes.
    moments: dict[str, int] = field(default_factory=dict)
    moment: int = 1

    def put(self, name: str, version: int) -> None:
        self.moment += 1
        self.records[name], self.moments[name] = version, self.moment

    def drop(self, name: str) -> None:
        if self.deleted_record == "persistent":
            self.put(name, 0)
        else:
            del self.records[name]

    @property
    def live(self) -> set[str]:
        return {name for name, version in self.records.items() if version}

    def describe(self) -> Description:
        return Description(deleted_record=self.deleted_record)

    def pages(self, checkpoint: Checkpoint, *, modified_since: str = "") -> Iterator[Page]:
        """A client's pages: in the order of identifiers, which stays as it is while the node does."""
        since = int(modified_since or 0)
        names = sorted(n for n in self.records if self.moments[n] >= since and n not in self.hidden)
        while True:
            start = int(checkpoint.position.get("start", 0))
            items = tuple(self._item(name) for name in names[start : start + PAGE])
            checkpoint = checkpoint.evolve(
                position={"start": start + PAGE},
                response_date=checkpoint.response_date or str(self.moment),
                finished=start + PAGE >= len(names),
            )
            yield Page(items, checkpoint)
            if checkpoint.finished:
                return

    def _item(self, name: str) -> Item:
        version = self.records[name]
        if not version:
            return Item(name, deleted=True)
        return Item(name, payload=dublin_core(f"{name.rpartition('-')[2]} in version {version}"))


class Life(RuleBasedStateMachine):
    """A node, our copy of it, and what people decide."""

    def __init__(self, store: Store, nodes: dict[str, Node]) -> None:
        super().__init__()
        self.store, self.nodes = store, nodes
        self.settings = load_settings(absence_days=0, guard_few=FEW, guard_deletions_share=SHARE)
        self.id = f"s{next(_NUMBERS)}"
        self.node = Node()
        #: Complete lists in a row that lacked a record.
        self.lacking: dict[str, int] = {}
        self.hidden_before: set[str] = set()
        self.states: dict[int, dict[str, str]] = {}
        self.names = itertools.count()

    @initialize(deleted_record=st.sampled_from(["no", "persistent"]), count=st.integers(4, 10))
    def begin(self, deleted_record: str, count: int) -> None:
        self.nodes[self.id] = self.node
        self.node.deleted_record = deleted_record
        for _ in range(count):
            self.node.put(f"r{next(self.names)}", 1)
        self.store.sources.add(Source(self.id, Protocol.OAI_PMH, f"https://{self.id}.example.org"), now())
        self.harvest(RunKind.FULL)

    def copy(self) -> dict[str, str]:
        """What is live here: the title of each record."""
        return {row.source_identifier: row.title for row in self.store.records.of_source(self.id, limit=1000)}

    def harvest(self, kind: RunKind, *, kill_after: int = 0) -> None:
        before = self.copy()
        run = self.work(kind, kill_after=kill_after)
        after, listed = self.copy(), self.node.live - self.node.hidden
        gone = before.keys() - after.keys()
        if run.kind is RunKind.FULL:
            for name in before:
                self.lacking[name] = 0 if name in listed else self.lacking.get(name, 0) + 1
            assert {
                n: f"{n.rpartition('-')[2]} in version {self.node.records[n]}" for n in listed
            }.items() <= (after.items())
        for name in gone:
            assert name not in listed
            assert self.node.records.get(name) == 0 or self.lacking[name] >= 2
        if run.ending is Ending.HELD:
            assert not gone
        assert len(gone) <= max(FEW, int(SHARE * len(before)))
        assert len(gone) < max(2, len(before))
        assert run.tally.balanced
        assert len(gone) <= run.tally.deleted + run.tally.absent

    def work(self, kind: RunKind, *, kill_after: int = 0) -> HarvestRun:
        """A run to its end, though its worker is killed after so many pages."""
        pages = itertools.count(1)

        def on_page(run: HarvestRun) -> None:
            if run.checkpoint.pages and next(pages) == kill_after:
                raise Killed

        try:
            run = work_now(self.store, self.settings, self.id, kind, on_page=on_page)
        except Killed:
            run = work_now(self.store, self.settings, self.id, kind)
        assert not run.is_open
        self.states[run.id] = self.copy()
        return run

    @rule()
    def add(self) -> None:
        self.node.put(f"r{next(self.names)}", 1)

    @precondition(lambda self: self.node.live)
    @rule(data=st.data())
    def change(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.node.live)))
        self.node.put(name, self.node.records[name] + 1)

    @precondition(lambda self: self.node.live)
    @rule(data=st.data(), count=st.sampled_from([1, 1, 1, 2, 3, 20]))
    def drop(self, data: st.DataObject, count: int) -> None:
        for name in data.draw(st.permutations(sorted(self.node.live)))[:count]:
            self.node.drop(name)

    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        gone = sorted({f"r{n}" for n in range(10)} - self.node.live)
        for name in data.draw(st.lists(st.sampled_from(gone), unique=True)) if gone else []:
            self.node.put(name, 7)

    @rule()
    def rename_everything(self) -> None:
        for name in sorted(self.node.live):
            version = self.node.records[name]
            self.node.drop(name)
            self.node.put(f"again-{name}", version)

    @rule(kill_after=st.integers(0, 4))
    def harvest_all(self, kill_after: int) -> None:
        self.hidden_before = set()
        self.harvest(RunKind.FULL, kill_after=kill_after)

    @rule(kill_after=st.integers(0, 4))
    def harvest_changes(self, kill_after: int) -> None:
        if self.store.sources.get(self.id).harvested_until:
            self.harvest(RunKind.INCREMENTAL, kill_after=kill_after)

    @precondition(lambda self: self.node.live - self.hidden_before)
    @rule(data=st.data())
    def harvest_in_a_race(self, data: st.DataObject) -> None:
        """A record of the node falls from a list, as it may where others change while it is read."""
        name = data.draw(st.sampled_from(sorted(self.node.live - self.hidden_before)))
        self.node.hidden = {name}
        was_here = name in self.copy() and not self.lacking.get(name)
        self.harvest(RunKind.FULL)
        self.node.hidden, self.hidden_before = set(), {name}
        if was_here:
            assert name in self.copy()

    @precondition(lambda self: self.store.questions.newest(source_id=self.id))
    @rule(answer=st.sampled_from([Answer.KEEP, Answer.APPLY]))
    def answer(self, answer: Answer) -> None:
        question = self.store.questions.newest(source_id=self.id)[0]
        before = self.copy()
        _, run = decide(self.store, self.settings, question.id, answer, decided_by="Amina", why="So it is")
        if run is None:
            assert self.copy() == before
            return
        run = self.work(RunKind.ANSWER)
        gone = before.keys() - self.copy().keys()
        assert run.tally.deleted == len(gone)

    @precondition(lambda self: len(self.states) > 1)
    @rule(data=st.data(), kill_after=st.integers(0, 2))
    def set_back(self, data: st.DataObject, kill_after: int) -> None:
        number = data.draw(st.sampled_from(sorted(self.states)))
        setting_back.check(self.store, self.id, number)
        self.store.runs.open(self.id, RunKind.ROLLBACK, now(), position={"to_run": number})
        self.work(RunKind.ROLLBACK, kill_after=kill_after)
        assert self.copy() == self.states[number]
        self.lacking = {}
        self.hidden_before = set(self.node.live)

    @invariant()
    def what_waits_is_live(self) -> None:
        for waiting, row in self.store.withheld.page(self.id, None, limit=1000):
            assert not row.ours_deleted, waiting

    def teardown(self) -> None:
        """Left in peace, our copy becomes what the node holds, as soon as nobody has to be asked."""
        if self.id not in self.nodes:
            return
        for _ in range(3):
            self.harvest(RunKind.FULL)
        if self.store.questions.newest(source_id=self.id):
            self.answer_everything()
        kept = self.kept()
        assert self.copy().keys() - kept == self.node.live - kept

    def answer_everything(self) -> None:
        for question in self.store.questions.newest(source_id=self.id):
            decide(self.store, self.settings, question.id, Answer.APPLY, decided_by="Amina", why="Yes")
            self.work(RunKind.ANSWER)

    def kept(self) -> set[str]:
        """Records that a person decided to keep."""
        rows = self.store.records.of_source(self.id, limit=1000)
        waits = self.store.withheld.of_records([row.id for row in rows])
        return {row.source_identifier for row in rows if row.id in waits and waits[row.id].kept_until}


#: How many lives are tried: a life on PostgreSQL takes longer.
LIVES = {"sqlite": 25, "postgresql": 3}


def test_what_the_node_lists_is_here_and_what_it_dropped_goes(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    nodes: dict[str, Node] = {}
    monkeypatch.setattr(pipeline, "client_for", lambda source, _session, **_uploads: nodes[source.id])
    run_state_machine_as_test(
        partial(Life, store, nodes),
        settings=settings(
            max_examples=LIVES[store.engine.dialect.name],
            stateful_step_count=18,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
