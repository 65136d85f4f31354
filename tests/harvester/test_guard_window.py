"""Few deletions at a time, over several runs: together they are held like one large one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from catalogue.deciding import decide
from catalogue.question import Answer
from catalogue.run import Ending, HarvestRun, RunKind
from catalogue.settings import Settings
from catalogue.store import Store
from factories import now
from harvester.inline import work_now
from remote_node import RemoteNode, dublin_core

Harvest = Callable[..., HarvestRun]
RECORDS, STEP = 40, 4


@pytest.fixture
def lenient(lenient: Settings) -> Settings:
    """A run may delete four of forty, and twenty in thirty days; one list is enough."""
    changes = {"absence_days": 0.0, "absence_lists": 1, "guard_few": STEP}
    return lenient.model_copy(update=changes)


@pytest.fixture(params=["no", "persistent"])
def shrinking(remote: RemoteNode, request: pytest.FixtureRequest) -> RemoteNode:
    """A node of forty records, which keeps no tombstones, or keeps them."""
    remote.deleted_record = request.param
    remote.fill(RECORDS)
    return remote


def live(store: Store) -> int:
    return len(store.records.of_source("nile", limit=1000))


def shrink(node: RemoteNode, count: int = STEP) -> None:
    """The node loses its first records."""
    for name in sorted(name for name, entry in node.records.items() if entry.payload)[:count]:
        if node.deleted_record == "no":
            del node.records[name]
        else:
            node.put((name, None), at="2026-03-01T00:00:00Z")


def shrink_until_held(store: Store, node: RemoteNode, harvest: Harvest) -> HarvestRun:
    for _ in range(RECORDS // STEP):
        shrink(node)
        run = harvest(store, full=True)
        if run.ending is Ending.HELD:
            return run
    raise AssertionError("it was never held")


def test_most_of_a_source_does_not_go_little_by_little(
    store: Store, shrinking: RemoteNode, register: Any, harvest: Harvest, lenient: Settings
) -> None:
    register(store, shrinking)
    harvest(store)
    run = shrink_until_held(store, shrinking, harvest)
    assert live(store) == RECORDS // 2
    assert run.message == (
        f"A small node had 40 records; 20 of them have gone since {now():%Y-%m-%d}, a few at a time,"
        " and now 4 more are to go. Delete these, too?"
    )
    # Whatever comes on top joins the question.
    shrink(shrinking, 1)
    assert harvest(store, full=True).ending is Ending.HELD
    [question] = store.questions.newest(source_id="nile")
    assert question.facts["gone"] == STEP + 1
    assert live(store) == RECORDS // 2
    # Once a person has looked, it is counted from there.
    decide(store, lenient, question.id, Answer.APPLY, decided_by="Amina", why="They move to another node")
    work_now(store, lenient, "nile", RunKind.ANSWER)
    assert live(store) == 15
    shrink(shrinking, 1)
    assert harvest(store, full=True).ending is Ending.COMPLETE
    assert live(store) == 14


def test_what_comes_back_was_never_gone(
    sqlite_store: Store, shrinking: RemoteNode, register: Any, harvest: Harvest
) -> None:
    register(sqlite_store, shrinking)
    harvest(sqlite_store)
    for number in range(8):
        shrink(shrinking)
        assert harvest(sqlite_store, full=True).ending is Ending.COMPLETE
        back = [(f"r{n:04}", dublin_core(f"Back {number}")) for n in range(STEP)]
        shrinking.put(*back, at="2026-04-01T00:00:00Z")
        assert harvest(sqlite_store, full=True).ending is Ending.COMPLETE
    assert live(sqlite_store) == RECORDS


def test_what_went_long_ago_does_not_count(
    sqlite_store: Store, shrinking: RemoteNode, register: Any, harvest: Harvest
) -> None:
    register(sqlite_store, shrinking)
    with time_machine.travel(now(), tick=True) as traveller:
        harvest(sqlite_store)
        for _ in range(7):
            traveller.shift(timedelta(days=9))
            shrink(shrinking, 3)
            assert harvest(sqlite_store, full=True).ending is Ending.COMPLETE
    assert live(sqlite_store) == RECORDS - 7 * 3


def test_a_source_may_be_allowed_to_change_all_the_time(
    sqlite_store: Store, shrinking: RemoteNode, register: Any, harvest: Harvest
) -> None:
    register(sqlite_store, shrinking, guards={"guard_window_days": 0.0})
    harvest(sqlite_store)
    for _ in range(8):
        shrink(shrinking, STEP - 1)
        assert harvest(sqlite_store, full=True).ending is Ending.COMPLETE
    assert live(sqlite_store) < RECORDS // 2
