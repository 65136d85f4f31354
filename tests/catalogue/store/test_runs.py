from __future__ import annotations

from datetime import timedelta

import pytest

from catalogue.errors import RunAlreadyOpen, RunLost, UnknownRun
from catalogue.run import Checkpoint, Ending, Fault, RunKind, RunState, Tally
from catalogue.store import Store
from catalogue.store.records import PageOfChanges
from factories import add_source, now, open_run


def test_a_source_has_one_open_run_at_a_time(store: Store) -> None:
    add_source(store)
    run = open_run(store)
    with pytest.raises(RunAlreadyOpen):
        store.runs.open("nile", RunKind.FULL, now())
    store.runs.end(run, Ending.COMPLETE, now())
    assert store.runs.open("nile", RunKind.FULL, now()).id > run.id


def test_two_schedulers_fire_one_due_time_once(store: Store) -> None:
    add_source(store)
    run = store.runs.open("nile", RunKind.FULL, now(), due=1_700_000_000)
    store.runs.cancel(run.id, now())
    with pytest.raises(RunAlreadyOpen):
        store.runs.open("nile", RunKind.FULL, now(), due=1_700_000_000)


def test_an_overtaken_worker_can_write_no_more(store: Store) -> None:
    add_source(store)
    old = open_run(store)
    with pytest.raises(RunLost):
        store.runs.claim(old.id, "test:2:b", now())
    store.runs.release(old)
    new = store.runs.claim(old.id, "test:2:b", now())
    assert new.attempt == old.attempt + 1
    for change in (
        lambda: store.runs.release(old),
        lambda: store.runs.end(old, Ending.COMPLETE, now()),
        lambda: store.runs.retry_later(old, "x", now()),
        lambda: store.records.commit(PageOfChanges(old, Checkpoint(pages=1), Tally(listed=1)), now()),
    ):
        with pytest.raises(RunLost):
            change()
    assert store.runs.get(old.id).tally == Tally()


def test_a_cancelled_run_stops_at_its_next_page_and_ends_once(store: Store) -> None:
    add_source(store)
    run = open_run(store)
    store.runs.cancel(run.id, now(), "by an operator")
    with pytest.raises(RunLost):
        store.records.commit(PageOfChanges(run, Checkpoint(pages=1), Tally()), now())
    with pytest.raises(RunLost):
        store.runs.cancel(run.id, now())
    with pytest.raises(RunLost):
        store.runs.claim(run.id, "test:2:b", now())
    ended = store.runs.get(run.id)
    assert (ended.state, ended.ending, ended.message) == (
        RunState.ENDED,
        Ending.CANCELLED,
        "by an operator",
    )


def test_a_page_commits_checkpoint_tally_and_faults_together(store: Store) -> None:
    add_source(store)
    run = open_run(store)
    fault = Fault("oai_dc.empty", "nothing in it", "oai:x:1", "/dc", "", b"\x00" * 20)
    checkpoint = Checkpoint({"token": "a&b"}, pages=3, response_date="2026-01-01", complete_list_size=7)
    store.records.commit(PageOfChanges(run, checkpoint, Tally(listed=1, faulty=1), faults=[fault]), now())
    after = store.runs.get(run.id)
    assert after.checkpoint == checkpoint
    assert after.tally == Tally(listed=1, faulty=1)
    assert store.runs.faults(run.id) == [fault]
    assert store.runs.fault_counts(run.id) == {"oai_dc.empty": 1}


def test_a_waiting_run_keeps_its_checkpoint_and_says_why_it_waits(store: Store) -> None:
    add_source(store)
    run = open_run(store)
    later = now() + timedelta(hours=1)
    store.runs.retry_later(run, "503 from the source", later)
    waiting = store.runs.get(run.id)
    assert waiting.state is RunState.RETRY
    assert waiting.message == "503 from the source"
    assert waiting.not_before == later
    assert waiting.failures == 1
    assert store.runs.open_run("nile") == waiting


def test_the_log_of_a_run_is_kept_in_order(store: Store) -> None:
    add_source(store)
    run = open_run(store)
    store.runs.log(run.id, now(), "began")
    store.runs.log(run.id, now(), "page-failed", level="warning", error="500")
    assert [(e.event, e.level, e.detail) for e in store.runs.events(run.id)] == [
        ("began", "info", {}),
        ("page-failed", "warning", {"error": "500"}),
    ]


def test_an_unknown_run_is_named(store: Store) -> None:
    with pytest.raises(UnknownRun, match="7"):
        store.runs.get(7)
