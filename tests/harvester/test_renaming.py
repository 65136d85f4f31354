"""Row 49: a node gives all its records new identifiers: it is noticed, one question asked, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from catalogue.deciding import decide
from catalogue.errors import SettingsError
from catalogue.question import Answer, Question, Topic
from catalogue.run import Ending, HarvestRun, RunKind
from catalogue.settings import Settings
from catalogue.store import Store
from clearinghouse.simulator.faults_changes import moved
from clearinghouse.simulator.holding import Entry, dublin_core
from clearinghouse.simulator.nodes import SimulatedNode, Simulator
from factories import now
from harvester.inline import work_now


@pytest.fixture
def node() -> Iterator[tuple[Simulator, SimulatedNode]]:
    with Simulator() as nodes:
        yield nodes, nodes.add("nile", count=60, page_size=25, seed=5)


@pytest.fixture
def upgraded(
    node: tuple[Simulator, SimulatedNode], store: Store, harvest: Any
) -> tuple[SimulatedNode, dict[int, str], Question]:
    """A node that was harvested, upgraded, and harvested again; what we had, and what is asked."""
    nodes, found = node
    store.sources.add(nodes.source("nile"), now())
    harvest(store)
    before = live(store)
    found.misbehave("new-identifiers")
    run = harvest(store, full=True)
    assert run.ending is Ending.HELD
    [question] = store.questions.newest()
    return found, before, question


def live(store: Store) -> dict[int, str]:
    return {row.id: row.source_identifier for row in store.records.of_source("nile", limit=1000)}


def answered(store: Store, settings: Settings, question: Question, answer: Answer) -> HarvestRun:
    decide(store, settings, question.id, answer, decided_by="ada", why="an upgrade")
    return work_now(store, settings, "nile", RunKind.ANSWER)


def test_the_records_keep_their_history(
    upgraded: tuple[SimulatedNode, dict[int, str], Question], store: Store, harvest: Any, lenient: Settings
) -> None:
    _, before, question = upgraded
    assert question.topic is Topic.DELETIONS
    assert question.facts["renamed"] == len(before)
    assert "new identifiers" in question.words("Nile")
    assert len(live(store)) == 2 * len(before), "until somebody answers, nothing is gone"
    run = answered(store, lenient, question, Answer.SAME)
    assert run.ending is Ending.COMPLETE
    assert (run.tally.changed, run.tally.deleted) == (len(before), len(before))
    assert live(store) == {number: moved(name) for number, name in before.items()}
    for full in (False, True, True):
        again = harvest(store, full=full)
        assert (again.ending, again.tally.new, again.tally.deleted, again.tally.absent) == (
            Ending.NOTHING_NEW, 0, 0, 0,
        )  # fmt: skip
    assert store.questions.newest() == []
    first = min(before)
    assert [version.run_id for version in store.history.versions(first)] == [run.id]


def test_a_tombstone_of_an_old_name_deletes_nothing_and_one_of_a_new_name_does(
    upgraded: tuple[SimulatedNode, dict[int, str], Question], store: Store, harvest: Any, lenient: Settings
) -> None:
    node, before, question = upgraded
    answered(store, lenient, question, Answer.SAME)
    old, gone = sorted(before.values())[:2]
    node.misbehave()
    written = now().strftime("%Y-%m-%dT%H:%M:%SZ")
    node.holding.put(Entry(old, written, deleted=True), Entry(moved(gone), written, deleted=True))
    run = harvest(store)
    assert (run.kind, run.tally.skipped, run.tally.deleted) == (RunKind.INCREMENTAL, 1, 1)
    assert moved(old) in live(store).values()
    assert moved(gone) not in live(store).values()
    assert len(live(store)) == len(before) - 1


def test_what_has_no_counterpart_is_judged_by_the_next_list(
    node: tuple[Simulator, SimulatedNode], sqlite_store: Store, harvest: Any, lenient: Settings
) -> None:
    """Of the missing nothing is concluded from the answer; what was told as deleted is deleted by it."""
    nodes, found = node
    sqlite_store.sources.add(nodes.source("nile"), now())
    harvest(sqlite_store)
    before = live(sqlite_store)
    vanished, told = sorted(before.values())[:2]
    found.holding.change(vanished, payload=dublin_core("oai:node.example.org:another"))
    found.holding.change(told, deleted=True)
    found.misbehave("new-identifiers")
    held = harvest(sqlite_store, full=True)
    written = now().strftime("%Y-%m-%dT%H:%M:%SZ")
    assert held.ending is Ending.HELD
    [question] = sqlite_store.questions.newest()
    run = answered(sqlite_store, lenient, question, Answer.SAME)
    assert run.tally.balanced
    assert run.tally.changed == len(before) - 2
    assert {vanished, told} <= set(live(sqlite_store).values()), written


def test_taken_back_the_old_names_hold_again(
    upgraded: tuple[SimulatedNode, dict[int, str], Question], store: Store, harvest: Any, lenient: Settings
) -> None:
    node, before, question = upgraded
    answered(store, lenient, question, Answer.SAME)
    first = min(run.id for run in store.runs.newest(limit=10))
    store.runs.open("nile", RunKind.ROLLBACK, now(), position={"to_run": first})
    run = work_now(store, lenient, "nile", RunKind.ROLLBACK)
    assert run.ending is Ending.NOTHING_NEW, "what they say was the same all the time"
    assert live(store) == before
    assert not store.renamings.any_of("nile")
    node.misbehave()
    again = harvest(store, full=True)
    assert (again.tally.new, again.tally.changed, again.tally.deleted) == (0, 0, 0)


def test_the_answer_is_none_to_other_questions(
    node: tuple[Simulator, SimulatedNode], sqlite_store: Store, harvest: Any, lenient: Settings
) -> None:
    nodes, found = node
    sqlite_store.sources.add(nodes.source("nile"), now())
    harvest(sqlite_store)
    found.misbehave("many-deletions")
    harvest(sqlite_store, full=True)
    [question] = sqlite_store.questions.newest()
    with pytest.raises(SettingsError, match="new identifiers"):
        decide(sqlite_store, lenient, question.id, Answer.SAME, decided_by="ada", why="no")
    assert sqlite_store.questions.get(question.id).decisions == ()
