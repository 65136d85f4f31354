"""A job engine at work: what is due gets done, whatever happens on the way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from catalogue.errors import RunLost
from catalogue.run import BY_REQUEST, Ending, HarvestRun, RunKind, RunState, Tally
from catalogue.settings import load_settings
from catalogue.source import SourceState
from catalogue.store import Store
from factories import now
from harvester import jobs as module
from harvester.changes import changes_of
from harvester.jobs import Jobs
from job_engine import ended, engine, opened, wait_for
from remote_node import RemoteNode, busy, then

#: DBOS is one in a process.
pytestmark = pytest.mark.xdist_group("dbos")


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Jobs]]:
    """A store with a worker at work, for the tests that do not stop it: that takes seconds."""
    settings = load_settings(allowed_networks=("127.0.0.0/8",), slice_seconds=0.5, run_retries=2)
    with Store(f"sqlite:///{tmp_path_factory.mktemp('jobs')}/store.sqlite") as store:
        store.upgrade()
        with engine(store, settings) as jobs:
            yield store, jobs


@pytest.fixture
def shared(worked: tuple[Store, Jobs]) -> Iterator[Store]:
    """The store of the worker that goes on."""
    yield worked[0]
    for run in worked[0].runs.newest(open_only=True):
        worked[0].runs.cancel(run.id, now())


def test_a_run_is_worked_on_in_slices(shared: Store, remote: RemoteNode, register: Any) -> None:
    remote.fill(100)
    remote.delay = 0.15
    register(shared, remote, "slices")
    run = opened(shared, "slices")
    wait_for(lambda: ended(shared, run))
    done = shared.runs.get(run.id)
    assert (done.ending, done.tally) == (Ending.COMPLETE, Tally(listed=100, new=100))
    assert done.attempt > 2
    assert set(remote.pages_asked().values()) == {1}


def test_an_error_of_ours_is_tried_again_and_then_ends_the_run(
    shared: Store, remote: RemoteNode, register: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote.fill(20)
    register(shared, remote, "broken")

    def broken(*_: object, **_named: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("harvester.pipeline.changes_of", broken)
    monkeypatch.setattr(module, "run_pause", lambda *_: 0.3)
    run = opened(shared, "broken")
    seen: set[str] = set()

    def over() -> bool:
        seen.add(shared.runs.get(run.id).state)
        return ended(shared, run)

    wait_for(over)
    done = shared.runs.get(run.id)
    assert (done.ending, done.message) == (Ending.FAILED, "internal error: ZeroDivisionError: by zero")
    assert RunState.RETRY in seen
    assert done.attempt == 3


def test_a_run_whose_workflow_did_not_get_so_far_is_handed_over_again(
    shared: Store, remote: RemoteNode, register: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database was away, or another machine's clock behind, when the run was to be claimed."""
    remote.fill(5)
    register(shared, remote, "late")
    claim, calls = shared.runs.claim, []

    def fail_twice(*arguments: Any, **named: Any) -> HarvestRun:
        calls.append(arguments)
        if len(calls) == 1:
            raise OSError("the database is away")
        if len(calls) == 2:
            raise RunLost("it waits")
        return claim(*arguments, **named)

    monkeypatch.setattr(shared.runs, "claim", fail_twice)
    run = opened(shared, "late")
    wait_for(lambda: ended(shared, run))
    assert shared.runs.get(run.id).ending is Ending.COMPLETE
    assert len(calls) == 3


def test_a_run_that_its_workflow_dropped_is_taken_up_again(
    shared: Store, remote: RemoteNode, register: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote.fill(20)
    register(shared, remote, "dropped")
    broken: list[Exception] = []

    def drop(_jobs: Jobs, _run: HarvestRun, error: Exception) -> None:
        broken.append(error)
        raise OSError("the database is away")

    def fail_first(*arguments: Any, **named: Any) -> Any:
        if not broken:
            raise ZeroDivisionError
        return changes_of(*arguments, **named)

    monkeypatch.setattr(Jobs, "_break_off", drop)
    monkeypatch.setattr("harvester.pipeline.changes_of", fail_first)
    run = opened(shared, "dropped")
    wait_for(lambda: ended(shared, run))
    assert (shared.runs.get(run.id).ending, len(broken)) == (Ending.COMPLETE, 1)


def test_a_run_that_a_dead_worker_holds_is_done(shared: Store, remote: RemoteNode, register: Any) -> None:
    remote.fill(20)
    register(shared, remote, "lost")
    lost = shared.runs.open("lost", RunKind.FULL, now(), worker="elsewhere:1:a")
    wait_for(lambda: ended(shared, lost))
    told = [event.event for event in shared.runs.events(lost.id)]
    assert set(told) <= {"lapsed", "copies"}  # other tests leave records of the same titles here
    assert told.count("lapsed") == 1
    assert shared.runs.get(lost.id).tally == Tally(listed=20, new=20)


def test_a_cancelled_run_frees_its_host(shared: Store, remote: RemoteNode, register: Any) -> None:
    remote.fill(60)
    remote.delay = 0.1
    register(shared, remote, "cancelled")
    register(shared, remote, "patient")

    def cancel() -> None:
        shared.runs.cancel(run.id, now(), "by an operator")
        remote.delay = 0

    remote.mishaps[5] = then(cancel)
    run, next_one = opened(shared, "cancelled"), opened(shared, "patient")
    wait_for(lambda: ended(shared, run, next_one))
    assert shared.runs.get(run.id).ending is Ending.CANCELLED
    assert shared.runs.get(next_one.id).tally.listed == 60


def test_a_suspended_source_is_not_worked_on(shared: Store, remote: RemoteNode, register: Any) -> None:
    remote.fill(5)
    register(shared, remote, "paused")
    register(shared, remote, "other")
    shared.sources.change("paused", state=SourceState.SUSPENDED)
    paused, other = opened(shared, "paused"), opened(shared, "other")
    wait_for(lambda: ended(shared, other))
    time.sleep(0.5)
    assert shared.runs.get(paused.id).state is RunState.QUEUED
    shared.sources.change("paused", state=SourceState.ACTIVE)
    wait_for(lambda: ended(shared, paused))


def test_a_pause_of_everything_acts_within_a_page_and_ends(
    shared: Store, remote: RemoteNode, register: Any
) -> None:
    remote.fill(80)
    remote.delay = 0.3
    register(shared, remote, "all-paused")
    run = opened(shared, "all-paused")
    wait_for(lambda: shared.runs.get(run.id).checkpoint.pages >= 1)
    shared.pauses.begin(now())
    try:
        wait_for(lambda: shared.runs.get(run.id).state is RunState.QUEUED, 5)
        asked = len(remote.listings)
        time.sleep(0.7)
        assert len(remote.listings) == asked < 8
    finally:
        remote.delay = 0
        assert shared.pauses.lift()
    wait_for(lambda: ended(shared, run))
    assert shared.runs.get(run.id).tally == Tally(listed=80, new=80)
    assert set(remote.pages_asked().values()) == {1}


def test_a_source_that_is_paused_in_the_middle_stops_at_its_next_page(
    shared: Store, remote: RemoteNode, register: Any
) -> None:
    remote.fill(80)
    remote.delay = 0.3
    register(shared, remote, "one-paused")
    run = opened(shared, "one-paused")
    wait_for(lambda: shared.runs.get(run.id).checkpoint.pages >= 1)
    shared.sources.change("one-paused", state=SourceState.SUSPENDED)
    wait_for(lambda: shared.runs.get(run.id).state is RunState.QUEUED, 5)
    assert shared.runs.get(run.id).checkpoint.pages < 8


def test_a_run_is_cancelled_while_it_waits_to_ask_again(
    shared: Store, remote: RemoteNode, register: Any
) -> None:
    remote.fill(20)
    remote.always = busy("25")
    register(shared, remote, "busy")
    run = opened(shared, "busy")
    wait_for(lambda: any(e.event == "page-failed" for e in shared.runs.events(run.id)))
    shared.runs.cancel(run.id, now(), "no more")
    remote.always = None
    next_one = opened(shared, "busy")
    wait_for(lambda: ended(shared, next_one), 10)
    assert shared.runs.get(run.id).message == "no more"


def test_the_queue_is_short_and_what_is_urgent_does_not_wait_for_it(
    shared: Store,
    worked: tuple[Store, Jobs],
    remote: RemoteNode,
    register: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    handed: list[str] = []
    monkeypatch.setattr(Jobs, "_hand_over", lambda _, run: handed.append(run.source_id))
    for n in range(40):
        register(shared, remote, f"many-{n}")
        opened(shared, f"many-{n}")
    register(shared, remote, "urgent")
    shared.runs.open("urgent", RunKind.FULL, now(), priority=BY_REQUEST)
    handed.clear()
    monkeypatch.setattr(worked[1], "_workflows", lambda *_: [])
    worked[1].tick()
    assert handed[0] == "urgent"
    assert set(handed) == {"urgent", *(f"many-{n}" for n in range(31))}
    for run in shared.runs.newest(open_only=True):
        shared.runs.cancel(run.id, now())


def test_ended_workflows_are_forgotten_in_time(
    worked: tuple[Store, Jobs], remote: RemoteNode, register: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, jobs = worked
    remote.fill(5)
    register(store, remote, "forgotten")
    run = opened(store, "forgotten")
    workflows = lambda: jobs._workflows(*module._ENDED)  # noqa: E731 - a name for it
    wait_for(lambda: ended(store, run))
    wait_for(lambda: not jobs._workflows(*module._LIVE))
    jobs.purge()
    assert workflows()
    monkeypatch.setattr(module, "KEPT_FOR", -1)
    jobs.purge()
    assert not workflows()
