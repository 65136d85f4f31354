from __future__ import annotations

from datetime import timedelta

import pytest

from catalogue.errors import HostBusy, NumberTooGreat, RunAlreadyOpen, RunLost, UnknownRun, UnknownSource
from catalogue.run import BY_REQUEST, Checkpoint, Ending, Fault, RunKind, RunState, Standing, Tally
from catalogue.source import SourceState
from catalogue.store import Store
from catalogue.store.holdings.records import PageOfChanges
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


def test_a_host_is_harvested_by_one_run_at_a_time(store: Store) -> None:
    for source_id, address in (
        ("oai", "https://nile.example.org/oai"),
        ("csw", "http://NILE.example.org.:8080/csw"),
        ("else", "https://volta.example.org/oai"),
    ):
        add_source(store, source_id, base_url=address)
    first, second, third = (store.runs.open(s, RunKind.FULL, now()) for s in ("oai", "csw", "else"))
    held = store.runs.claim(first.id, "a:1:a", now())
    assert held.host == "nile.example.org"
    assert [run.source_id for run in store.runs.due(now())] == ["else"]
    with pytest.raises(HostBusy, match=r"nile\.example\.org"):
        store.runs.claim(second.id, "a:1:a", now())
    with pytest.raises(HostBusy):
        store.runs.claim(second.id, "b:1:a", now(), early=True)
    store.runs.claim(third.id, "b:1:a", now())
    store.runs.retry_later(held, "503", now() + timedelta(hours=1))
    store.runs.claim(second.id, "b:1:a", now())
    with pytest.raises(HostBusy):
        store.runs.claim(first.id, "a:1:a", now(), early=True)


def test_what_asks_no_host_waits_for_none(store: Store) -> None:
    add_source(store, "one", base_url="https://nile.example.org/oai")
    add_source(store, "two", base_url="https://nile.example.org/oai")
    add_source(store, "three", base_url="https://nile.example.org/oai")
    store.runs.open("one", RunKind.FULL, now(), worker="a:1:a")
    remap = store.runs.open("two", RunKind.REMAP, now(), worker="a:1:a")
    assert remap.host == ""
    with pytest.raises(HostBusy):
        store.runs.open("three", RunKind.FULL, now(), worker="a:1:a")
    assert store.runs.open_run("three") is None


def test_the_host_is_that_of_the_source_as_it_is_now(sqlite_store: Store) -> None:
    add_source(sqlite_store, base_url="https://old.example.org/oai")
    run = sqlite_store.runs.open("nile", RunKind.FULL, now())
    sqlite_store.sources.change("nile", base_url="https://new.example.org/oai")
    assert sqlite_store.runs.claim(run.id, "a:1:a", now()).host == "new.example.org"


def test_a_run_of_no_source_is_not_opened(store: Store) -> None:
    with pytest.raises(UnknownSource, match="nile"):
        store.runs.open("nile", RunKind.FULL, now())


def test_what_a_person_asked_for_comes_first(sqlite_store: Store) -> None:
    for source_id in ("one", "two", "three"):
        add_source(sqlite_store, source_id)
    sqlite_store.runs.open("one", RunKind.FULL, now(), requested_by="schedule")
    sqlite_store.runs.open("two", RunKind.FULL, now(), priority=BY_REQUEST)
    sqlite_store.runs.open("three", RunKind.FULL, now(), priority=9)
    assert [run.source_id for run in sqlite_store.runs.due(now())] == ["three", "two", "one"]


def test_a_pause_holds_up_what_asks_sources(store: Store) -> None:
    add_source(store, "one")
    add_source(store, "two")
    held = store.runs.open("one", RunKind.FULL, now(), worker="a:1:a")
    waiting = store.runs.open("two", RunKind.FULL, now())
    assert store.runs.standing(held) is Standing.HELD
    pause = store.pauses.begin(now(), requested_by="me", reason="first")
    assert store.pauses.begin(now(), reason="second") == pause == store.pauses.current()
    assert (pause.requested_by, pause.reason) == ("me", "first")
    assert store.runs.standing(held) is Standing.PAUSED
    assert store.runs.due(now()) == []
    with pytest.raises(RunLost, match="paused"):
        store.runs.claim(waiting.id, "a:1:a", now())
    store.runs.release(held)
    store.runs.cancel(held.id, now())
    remap = store.runs.open("one", RunKind.REMAP, now())
    assert [run.id for run in store.runs.due(now())] == [remap.id]
    assert store.runs.standing(store.runs.claim(remap.id, "a:1:a", now())) is Standing.HELD
    assert store.pauses.lift()
    assert not store.pauses.lift()
    assert store.runs.claim(waiting.id, "a:1:a", now()).worker == "a:1:a"


def test_a_paused_source_holds_up_its_own_run(store: Store) -> None:
    add_source(store)
    held = open_run(store)
    store.sources.change("nile", state=SourceState.SUSPENDED)
    assert store.runs.standing(held) is Standing.PAUSED
    store.runs.release(held)
    with pytest.raises(RunLost, match="paused"):
        store.runs.claim(held.id, "a:1:a", now())
    assert store.runs.standing(held) is Standing.LOST


@pytest.mark.parametrize("ending", [Ending.COMPLETE, Ending.NOTHING_NEW, Ending.FAILED])
def test_a_tally_that_does_not_add_up_is_an_error_however_the_run_ends(store: Store, ending: Ending) -> None:
    add_source(store)
    run = open_run(store)
    store.records.commit(PageOfChanges(run, Checkpoint(pages=1), Tally(listed=3, new=2)), now())
    store.runs.end(run, ending, now(), "because")
    ended = store.runs.get(run.id)
    assert ended.ending is Ending.FAILED
    assert ended.message.startswith("the tally does not add up: ")
    assert ended.message.endswith("; because")
    [event] = store.runs.events(run.id)
    assert (event.event, event.level, event.detail["ending"]) == ("tally-mismatch", "error", ending)


def test_a_cancelled_run_is_checked_too(sqlite_store: Store) -> None:
    add_source(sqlite_store)
    run = open_run(sqlite_store)
    sqlite_store.records.commit(PageOfChanges(run, Checkpoint(pages=1), Tally(listed=1)), now())
    sqlite_store.runs.cancel(run.id, now(), "by me")
    ended = sqlite_store.runs.get(run.id)
    assert ended.ending is Ending.CANCELLED
    assert "does not add up" in ended.message
    assert [event.event for event in sqlite_store.runs.events(run.id)] == ["tally-mismatch", "cancelled"]


def test_what_was_left_for_long_ends_as_interrupted(store: Store) -> None:
    week = timedelta(days=7)
    for source_id in ("left", "fresh", "waits", "queued", "held"):
        add_source(store, source_id)
    begun = now() - week - timedelta(hours=1)
    left = store.runs.open("left", RunKind.FULL, begun, worker="a:1:a")
    store.runs.release(left)
    store.runs.release(store.runs.open("fresh", RunKind.FULL, now(), worker="a:1:a"))
    waits = store.runs.open("waits", RunKind.FULL, begun, worker="a:1:a")
    store.runs.retry_later(waits, "503", now() + timedelta(hours=1))
    store.runs.open("queued", RunKind.FULL, begun)
    store.runs.open("held", RunKind.FULL, begun, worker="a:1:a")
    assert store.runs.interrupt(now(), before=now() - week) == [left.id]
    ended = store.runs.get(left.id)
    assert ended.ending is Ending.INTERRUPTED
    assert ended.message.startswith(f"left unfinished since {begun:%Y-%m-%d %H:%M} UTC")
    assert {run.source_id for run in store.runs.newest(open_only=True)} == {
        "fresh",
        "waits",
        "queued",
        "held",
    }


def test_what_was_broken_off_goes_on_from_its_checkpoint(store: Store) -> None:
    add_source(store)
    run = open_run(store)
    checkpoint = Checkpoint({"token": "x"}, pages=4, restarts=1)
    store.records.commit(PageOfChanges(run, checkpoint, Tally(listed=1, new=1)), now())
    with pytest.raises(RunLost, match="it is open"):
        store.runs.resume(run.id, now())
    store.runs.end(run, Ending.FAILED, now(), "404")
    resumed = store.runs.resume(run.id, now(), "me")
    assert resumed == store.runs.get(run.id)
    assert (resumed.state, resumed.ending, resumed.message, resumed.worker) == (RunState.QUEUED, None, "", "")
    assert resumed.checkpoint == checkpoint.evolve(restarts=0)
    assert resumed.tally == Tally(listed=1, new=1)
    assert store.runs.events(run.id)[-1].detail == {"by": "me", "after": "failed"}
    with pytest.raises(RunLost):
        store.runs.end(run, Ending.COMPLETE, now())  # the attempt before
    store.runs.cancel(run.id, now())
    newer = store.runs.open("nile", RunKind.FULL, now())
    store.runs.cancel(newer.id, now())
    with pytest.raises(RunLost, match="newer runs"):
        store.runs.resume(run.id, now())
    with pytest.raises(UnknownRun):
        store.runs.resume(99, now())


@pytest.mark.parametrize("number", [2**31, 2**63, 2**70])
def test_no_run_has_a_number_that_no_database_counts_to(store: Store, number: int) -> None:
    with pytest.raises((UnknownRun, NumberTooGreat)):
        store.runs.get(number)
    with pytest.raises(NumberTooGreat):
        store.runs.get(2**70)
