"""A run from its opening to its end, against a node that answers over a real socket, or fails to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from catalogue.errors import RunAlreadyOpen, RunLost
from catalogue.run import Ending, HarvestRun, RunKind, RunState, Tally
from catalogue.settings import Settings
from catalogue.store import Store
from catalogue.store.holdings.payloads import digest
from factories import now
from harvester import inline, pipeline, work
from harvester.clients.oai_position import MOST_FAILING
from harvester.clients.oai_ways import PATIENCE
from harvester.http import deadline
from harvester.pipeline import Pipeline
from harvester.slices import utc_now
from harvester.work import Work
from remote_node import (
    DAYS,
    FOREIGN,
    Entry,
    RemoteNode,
    busy,
    cut_off,
    dublin_core,
    oai_error,
    reset,
    status,
    then,
)

Harvest = Callable[..., HarvestRun]
#: Identify and ListMetadataFormats come before the first page.
FIRST_PAGE = 3


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that a pipeline would have slept."""
    slept: list[float] = []
    real = Pipeline.__init__

    def init(self: Pipeline, *arguments: Any, **named: Any) -> None:
        real(self, *arguments, **named, sleep=slept.append)

    monkeypatch.setattr(Pipeline, "__init__", init)
    return slept


def claimed(store: Store, kind: RunKind = RunKind.FULL) -> HarvestRun:
    return store.runs.open("nile", kind, now(), worker="test:1:a")


def events(store: Store, run: HarvestRun) -> list[str]:
    return [event.event for event in store.runs.events(run.id)]


def test_all_of_it_then_what_has_changed_then_nothing(
    store: Store, remote: RemoteNode, register: Any, harvest: Harvest
) -> None:
    register(store, remote)
    remote.fill(25)
    remote.now = "2026-02-01T10:00:00Z"
    first = harvest(store)
    assert (first.kind, first.ending) == (RunKind.FULL, Ending.COMPLETE)
    assert first.tally == Tally(listed=25, new=25)
    assert first.checkpoint.pages == 3
    assert first.checkpoint.complete_list_size == 25
    source = store.sources.get("nile")
    assert source.harvested_until == "2026-02-01T10:00:00Z"
    assert source.repository_name == "A small node"
    assert source.deleted_record == "persistent"

    remote.put(("r0001", dublin_core("Changed")), ("r0002", None), ("x", b"<x/>"), at="2026-02-01T10:00:00Z")
    remote.put(("new", dublin_core("New")), at="2026-02-02T00:00:00Z")
    remote.now = "2026-02-03T10:00:00Z"
    second = harvest(store)
    assert (second.kind, second.ending) == (RunKind.INCREMENTAL, Ending.COMPLETE_WITH_FAULTS)
    assert second.tally == Tally(listed=4, new=1, changed=1, deleted=1, faulty=1)
    assert remote.listings[-1]["from"] == "2026-02-01T10:00:00Z"
    assert second.message == "1 of 4 could not be taken"

    third = harvest(store)
    assert remote.listings[-1]["from"] == "2026-02-03T10:00:00Z"
    assert (third.ending, third.tally) == (Ending.NOTHING_NEW, Tally())


def test_from_is_a_day_where_the_source_counts_in_days(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest
) -> None:
    remote.granularity = DAYS
    remote.fill(3)
    remote.now = "2026-02-01T23:59:59Z"
    register(sqlite_store, remote)
    harvest(sqlite_store)
    remote.put(("late", dublin_core("Late")), at="2026-02-01T23:59:59Z")
    run = harvest(sqlite_store)
    assert remote.listings[-1]["from"] == "2026-02-01"
    assert run.tally == Tally(listed=1, new=1)


def test_the_next_from_is_the_date_of_the_first_page(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest
) -> None:
    remote.fill(30)
    remote.now = "2026-02-01T10:00:00Z"

    def time_passes() -> None:
        remote.now = "2026-02-01T11:00:00Z"

    remote.mishaps[FIRST_PAGE + 1] = then(time_passes)
    register(sqlite_store, remote)
    harvest(sqlite_store)
    assert sqlite_store.sources.get("nile").harvested_until == "2026-02-01T10:00:00Z"


def test_one_set_after_the_other(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest
) -> None:
    for n in range(40):
        entry = Entry(
            dublin_core(f"Record {n}"), sets=("even" if n % 2 == 0 else "odd",) + ("tens",) * (n % 10 == 0)
        )
        remote.records[f"r{n}"] = entry
    register(sqlite_store, remote, sets=("even", "tens"))
    run = harvest(sqlite_store)
    assert run.tally == Tally(listed=24, new=20, unchanged=4)


def test_what_cannot_be_read_is_named_and_kept_and_stops_nothing(
    store: Store, remote: RemoteNode, register: Any, harvest: Harvest
) -> None:
    remote.fill(15)
    remote.put(("r0003", FOREIGN))
    register(store, remote)
    run = harvest(store)
    assert (run.ending, run.tally) == (Ending.COMPLETE_WITH_FAULTS, Tally(listed=15, new=14, faulty=1))
    [fault] = store.runs.faults(run.id)
    assert (fault.rule, fault.source_identifier, fault.path) == ("format.unknown", "r0003", "/thing")
    assert fault.value == "{urn:example:nobody-knows-this}thing"
    assert store.payloads.get([fault.payload_digest or b""]) == {digest(FOREIGN): FOREIGN}


MISHAPS = {"500": status(500), "502": status(502), "reset": reset, "cut off": cut_off, "503": busy()}


@pytest.mark.parametrize("mishap", MISHAPS.values(), ids=MISHAPS.keys())
@pytest.mark.parametrize("request_number", [1, 2, FIRST_PAGE, FIRST_PAGE + 1])
def test_what_fails_is_asked_for_again(
    sqlite_store: Store,
    remote: RemoteNode,
    register: Any,
    harvest: Harvest,
    naps: list[float],
    mishap: Any,
    request_number: int,
) -> None:
    remote.fill(25)
    remote.mishaps = {request_number: mishap, request_number + 1: mishap}
    register(sqlite_store, remote)
    run = harvest(sqlite_store)
    assert (run.ending, run.tally) == (Ending.COMPLETE, Tally(listed=25, new=25))
    assert sum(naps) == 3
    assert events(sqlite_store, run) == ["page-failed", "page-failed"]
    assert run.attempt == 1


def test_a_short_retry_after_is_waited_for_within_the_run(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest, naps: list[float]
) -> None:
    remote.fill(25)
    remote.mishaps[FIRST_PAGE + 1] = busy("7")
    register(sqlite_store, remote)
    run = harvest(sqlite_store)
    assert (run.ending, run.attempt) == (Ending.COMPLETE, 1)
    assert sum(naps) == 7


def test_a_long_retry_after_puts_the_run_aside_and_it_goes_on_from_its_checkpoint(
    store: Store, remote: RemoteNode, register: Any, harvest: Harvest, naps: list[float]
) -> None:
    remote.fill(25)
    remote.mishaps[FIRST_PAGE + 1] = busy("600")
    register(store, remote)
    run = harvest(store)
    assert (run.state, run.tally.listed, run.failures, naps) == (RunState.RETRY, 10, 0, [])
    assert run.not_before is not None
    assert 590 < (run.not_before - utc_now()).total_seconds() <= 600
    assert "busy" in run.message
    assert store.runs.due(utc_now()) == []
    assert [due.id for due in store.runs.due(utc_now() + timedelta(seconds=600))] == [run.id]
    with pytest.raises(RunLost, match="waits"):
        store.runs.claim(run.id, "test:1:a", utc_now())

    again = harvest(store)
    assert (again.id, again.ending, again.tally) == (run.id, Ending.COMPLETE, Tally(listed=25, new=25))
    assert again.message == ""
    assert remote.pages_asked() == {"": 1, "|||10": 2, "|||20": 1}


def test_a_node_that_is_busy_for_a_day_does_not_fail_and_one_that_is_so_for_ever_does(
    sqlite_store: Store,
    remote: RemoteNode,
    register: Any,
    lenient: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The pauses that it asks for are none of `run_retries`, for two days with the same page."""
    remote.fill(25)
    register(sqlite_store, remote)
    remote.always = busy("3600")
    clock = utc_now()
    monkeypatch.setattr(pipeline, "utc_now", lambda: clock)
    run = claimed(sqlite_store)

    def again() -> HarvestRun:
        found = Work(sqlite_store, lenient.model_copy(update={"run_retries": 1})).slice(run).run
        return sqlite_store.runs.claim(run.id, "test:1:a", now(), early=True) if found.is_open else found

    for _ in range(7):
        run = again()
        assert run.failures == 0
        clock += timedelta(hours=7)
    run = again()
    assert run.failures == 1
    assert again().ending is Ending.FAILED


@pytest.mark.parametrize(("ahead", "waits"), [(3600, 3600), (10**8, 48 * 3600)])
def test_a_retry_after_that_is_a_date_puts_the_run_aside_until_then(
    sqlite_store: Store,
    remote: RemoteNode,
    register: Any,
    harvest: Harvest,
    naps: list[float],
    ahead: int,
    waits: int,
) -> None:
    """Never for longer than two days, whatever is asked for."""
    remote.fill(25)
    moment = format_datetime(utc_now() + timedelta(seconds=ahead), usegmt=True)
    remote.mishaps[FIRST_PAGE + 1] = busy(moment)
    register(sqlite_store, remote)
    run = harvest(sqlite_store)
    assert (run.state, naps) == (RunState.RETRY, [])
    assert run.not_before is not None
    assert (run.not_before - utc_now()).total_seconds() == pytest.approx(waits, abs=10)


@pytest.mark.parametrize("odd", ["Sun, 06 Nov 1994 08:49:37 GMT", "soon", "-5", "0"])
def test_a_retry_after_that_is_past_or_none_is_an_ordinary_failure(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest, naps: list[float], odd: str
) -> None:
    remote.fill(25)
    remote.mishaps[FIRST_PAGE + 1] = busy(odd)
    register(sqlite_store, remote)
    run = harvest(sqlite_store)
    assert (run.ending, run.attempt, sum(naps)) == (Ending.COMPLETE, 1, 1)


def test_a_node_that_calls_itself_by_another_address(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest
) -> None:
    """Behind a proxy, or moved to https: its baseURL is not the one that was registered, and need not be."""
    remote.fill(5)
    register(sqlite_store, remote)
    sqlite_store.sources.change("nile", base_url=f"http://127.0.0.1:{remote.port}/other/oai")
    assert harvest(sqlite_store).ending is Ending.COMPLETE


def test_a_run_that_waits_a_little_goes_on_by_itself(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote.fill(15)
    remote.mishaps[FIRST_PAGE + 1] = busy("1")
    register(sqlite_store, remote)
    monkeypatch.setattr(pipeline, "page_pause", lambda *_: None)
    run = harvest(sqlite_store)
    assert (run.ending, run.attempt) == (Ending.COMPLETE, 2)


def test_a_run_that_waits_can_be_cancelled(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote.fill(15)
    remote.mishaps[FIRST_PAGE + 1] = busy("30")
    register(sqlite_store, remote)
    monkeypatch.setattr(pipeline, "page_pause", lambda *_: None)

    def cancel(run: HarvestRun) -> None:
        if run.state is RunState.RETRY:
            sqlite_store.runs.cancel(run.id, now(), "enough")

    run = harvest(sqlite_store, on_page=cancel)
    assert (run.ending, run.message) == (Ending.CANCELLED, "enough")


def test_a_source_that_never_recovers_fails_in_the_end(
    sqlite_store: Store,
    remote: RemoteNode,
    register: Any,
    lenient: Settings,
    naps: list[float],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    remote.fill(25)
    register(sqlite_store, remote)
    remote.always = status(500)
    run = claimed(sqlite_store)
    for attempt in range(lenient.run_retries + 1):
        result = Work(sqlite_store, lenient).slice(run)
        assert not result.more
        if attempt < lenient.run_retries:
            assert (result.run.state, result.run.failures) == (RunState.RETRY, attempt + 1)
            run = sqlite_store.runs.claim(run.id, "test:1:a", now(), early=True)
    assert (result.run.ending, result.run.message) == (
        Ending.FAILED,
        f"{remote.url} answered with HTTP status 500",
    )
    assert sqlite_store.sources.get("nile").harvested_until == ""
    assert len(remote.listings) <= (PATIENCE + 1) * MOST_FAILING


def test_progress_makes_patience_new(
    sqlite_store: Store, remote: RemoteNode, register: Any, lenient: Settings
) -> None:
    """Failures are counted in a row: a page that came through sets the count back."""
    remote.fill(100)
    register(sqlite_store, remote)
    run = claimed(sqlite_store)
    work = Work(sqlite_store, lenient.model_copy(update={"page_retries": 0}))
    for _ in range(9):
        remote.mishaps[len(remote.asked) + (FIRST_PAGE + 1 if not remote.asked else 2)] = status(500)
        waiting = work.slice(run).run
        assert (waiting.state, waiting.failures) == (RunState.RETRY, 1)
        run = sqlite_store.runs.claim(run.id, "test:1:a", now(), early=True)
    assert work.slice(run).run.ending is Ending.COMPLETE


FINAL = {
    "404": (status(404), "answered with HTTP status 404"),
    "403": (status(403), "answered with HTTP status 403"),
    "the protocol's own": (oai_error("cannotDisseminateFormat"), "cannotDisseminateFormat: so it is"),
}


@pytest.mark.parametrize(("mishap", "words"), FINAL.values(), ids=FINAL.keys())
def test_what_will_not_get_better_fails_at_once_and_in_words(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest, mishap: Any, words: str
) -> None:
    remote.fill(25)
    remote.mishaps[FIRST_PAGE + 1] = mishap
    register(sqlite_store, remote)
    run = harvest(sqlite_store)
    assert run.ending is Ending.FAILED
    assert words in run.message
    assert run.tally == Tally(listed=10, new=10)
    assert sqlite_store.sources.get("nile").harvested_until == ""
    assert events(sqlite_store, run) == ["stopped"]
    assert harvest(sqlite_store).kind is RunKind.FULL


def test_a_node_on_loopback_is_refused_unless_it_is_allowed(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest, lenient: Settings
) -> None:
    register(sqlite_store, remote)
    run = harvest(sqlite_store, settings=lenient.model_copy(update={"allowed_networks": ()}))
    assert run.ending is Ending.FAILED
    assert "127.0.0.1" in run.message
    assert remote.asked == []


def test_a_node_that_is_not_there(
    sqlite_store: Store,
    remote: RemoteNode,
    register: Any,
    harvest: Harvest,
    naps: list[float],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    register(sqlite_store, remote)
    sqlite_store.sources.change("nile", base_url="http://127.0.0.1:9/oai")
    monkeypatch.setattr(inline, "PATIENCE", 0)
    run = harvest(sqlite_store)
    assert run.state is RunState.RETRY
    assert "127.0.0.1:9" in run.message
    assert sum(naps) == 1 + 2 + 4


def test_an_expired_token_costs_a_window(
    store: Store, remote: RemoteNode, register: Any, harvest: Harvest
) -> None:
    remote.fill(25)
    remote.mishaps[FIRST_PAGE + 2] = oai_error("badResumptionToken")
    register(store, remote)
    run = harvest(store)
    assert (run.ending, run.tally) == (Ending.COMPLETE, Tally(listed=45, new=25, unchanged=20))
    assert run.checkpoint.restarts == 0
    assert events(store, run) == ["list-cut"]
    assert remote.pages_asked()[""] == 3


def test_tokens_that_always_expire_fail_the_run(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest
) -> None:
    remote.fill(25)
    remote.mishaps = dict.fromkeys(range(FIRST_PAGE + 1, 99), oai_error("badResumptionToken"))
    del remote.mishaps[FIRST_PAGE + 2]
    register(sqlite_store, remote)
    run = harvest(sqlite_store)
    assert run.ending is Ending.FAILED
    assert "badResumptionToken" in run.message
    assert len(sqlite_store.records.of_source("nile")) == 10


@pytest.mark.parametrize(("look", "asked"), [(0.0, 2), (3600.0, 3)], ids=["seen-at-once", "at-the-next"])
def test_cancelling_acts_within_a_page(
    store: Store,
    remote: RemoteNode,
    register: Any,
    harvest: Harvest,
    monkeypatch: pytest.MonkeyPatch,
    look: float,
    asked: int,
) -> None:
    """Whoever looks first: the leash, behind the page in hand, or the transaction of the next page."""
    monkeypatch.setattr(work, "_LOOK", look)
    remote.fill(50)
    register(store, remote)

    def cancel(run: HarvestRun) -> None:
        if run.checkpoint.pages == 2:
            store.runs.cancel(run.id, now(), "by an operator")

    run = harvest(store, on_page=cancel)
    assert (run.ending, run.message, run.tally.listed) == (Ending.CANCELLED, "by an operator", 20)
    assert len(store.records.of_source("nile")) == 20
    assert len(remote.listings) == asked
    assert store.sources.get("nile").harvested_until == ""


@pytest.mark.parametrize("cancelled", [True, False], ids=["cancelled", "told-to-stop"])
def test_a_node_that_does_not_answer_holds_nobody_up(
    sqlite_store: Store,
    remote: RemoteNode,
    register: Any,
    harvest: Harvest,
    monkeypatch: pytest.MonkeyPatch,
    *,
    cancelled: bool,
) -> None:
    """Who is to stop waits no longer for the page in hand, and counts no failure."""
    monkeypatch.setattr(deadline, "_GRACE", 0.3)
    monkeypatch.setattr(deadline, "_LOOK", 0.1)
    monkeypatch.setattr(work, "_LOOK", 0.1)
    answered = threading.Event()
    remote.fill(50)
    register(sqlite_store, remote)
    stopping: list[bool] = []

    def silent() -> None:
        if cancelled:
            sqlite_store.runs.cancel(sqlite_store.runs.newest()[0].id, now(), "by an operator")
        stopping.append(True)
        answered.wait(10)

    remote.mishaps[FIRST_PAGE + 2] = then(silent)
    began = time.monotonic()
    run = harvest(sqlite_store, should_stop=lambda: bool(stopping) and not cancelled)
    assert time.monotonic() - began < 4
    answered.set()
    assert (run.tally.listed, run.failures) == (20, 0)
    assert "page-failed" not in {event.event for event in sqlite_store.runs.events(run.id)}
    if cancelled:
        assert (run.ending, run.message) == (Ending.CANCELLED, "by an operator")
        return
    assert run.state is RunState.QUEUED
    assert harvest(sqlite_store).tally.listed == 50


def test_a_run_that_another_worker_holds_is_written_no_more(
    store: Store, remote: RemoteNode, register: Any, lenient: Settings
) -> None:
    remote.fill(50)
    register(store, remote)

    def overtake(run: HarvestRun) -> None:
        if run.checkpoint.pages == 2:
            store.runs.release(run)
            store.runs.claim(run.id, "test:2:b", now())

    with pytest.raises(RunLost):
        Work(store, lenient, on_page=overtake).slice(claimed(store))
    [held] = store.runs.running()
    assert (held.worker, held.tally.listed) == ("test:2:b", 20)


@pytest.mark.parametrize("mishap", [status(404), busy("600")], ids=["final", "transient"])
def test_an_error_of_an_overtaken_worker_does_not_touch_the_run(
    sqlite_store: Store, remote: RemoteNode, register: Any, lenient: Settings, mishap: Any
) -> None:
    remote.fill(50)
    register(sqlite_store, remote)
    run = claimed(sqlite_store)

    def overtake(_handler: Any) -> bool:
        sqlite_store.runs.release(sqlite_store.runs.get(run.id))
        sqlite_store.runs.claim(run.id, "test:2:b", now())
        return bool(mishap(_handler))

    remote.mishaps[FIRST_PAGE + 1] = overtake
    with pytest.raises(RunLost):
        Work(sqlite_store, lenient).slice(run)
    [held] = sqlite_store.runs.running()
    assert (held.worker, held.failures) == ("test:2:b", 0)


def test_a_slice_ends_after_its_time_and_the_next_goes_on(
    sqlite_store: Store, remote: RemoteNode, register: Any, lenient: Settings
) -> None:
    remote.fill(50)
    register(sqlite_store, remote)
    work = Work(sqlite_store, lenient.model_copy(update={"slice_seconds": 1e-9}))
    run, slices = claimed(sqlite_store), 0
    while True:
        result = work.slice(run)
        run, slices = result.run, slices + 1
        if not result.more:
            break
        if slices > 1:
            break
    assert result.more
    assert run.tally.listed <= 20
    assert Work(sqlite_store, lenient).slice(run).run.tally == Tally(listed=50, new=50)
    assert set(remote.pages_asked().values()) == {1}


def test_stopping_gives_the_run_back_and_the_next_command_goes_on(
    store: Store, remote: RemoteNode, register: Any, harvest: Harvest
) -> None:
    remote.fill(50)
    register(store, remote)
    seen: list[int] = []
    left = harvest(
        store,
        on_page=lambda run: seen.append(run.checkpoint.pages),
        should_stop=lambda: max(seen, default=0) >= 2,
    )
    assert (left.state, left.worker, left.checkpoint.pages) == (RunState.QUEUED, "", 2)
    assert store.workers.beats() == {}
    run = harvest(store)
    assert (run.id, run.ending, run.tally) == (left.id, Ending.COMPLETE, Tally(listed=50, new=50))
    assert set(remote.pages_asked().values()) == {1}


def test_stopping_does_not_wait_for_a_pause(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest
) -> None:
    remote.fill(50)
    remote.mishaps = dict.fromkeys(range(FIRST_PAGE + 1, 99), busy("25"))
    register(sqlite_store, remote)
    begun = utc_now()
    left = harvest(sqlite_store, should_stop=lambda: len(remote.asked) > FIRST_PAGE)
    assert left.state is RunState.QUEUED
    assert (utc_now() - begun).total_seconds() < 5


def test_the_command_line_does_not_take_a_run_from_a_living_worker(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest
) -> None:
    register(sqlite_store, remote)
    sqlite_store.workers.beat("elsewhere:1:a", "worker", now())
    run = sqlite_store.runs.open("nile", RunKind.FULL, now(), worker="elsewhere:1:a")
    with pytest.raises(RunAlreadyOpen, match="elsewhere:1:a"):
        harvest(sqlite_store)
    assert sqlite_store.runs.get(run.id).state is RunState.RUNNING


def test_a_full_harvest_takes_the_place_of_an_incremental_one_that_waits(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest
) -> None:
    remote.fill(5)
    register(sqlite_store, remote)
    harvest(sqlite_store)
    waiting = sqlite_store.runs.open("nile", RunKind.INCREMENTAL, now())
    run = harvest(sqlite_store, full=True)
    assert (run.kind, run.tally.unchanged) == (RunKind.FULL, 5)
    assert sqlite_store.runs.get(waiting.id).ending is Ending.CANCELLED


def test_an_error_of_ours_is_not_taken_for_one_of_the_source(
    sqlite_store: Store, remote: RemoteNode, register: Any, lenient: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote.fill(5)
    register(sqlite_store, remote)

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(pipeline, "changes_of", broken)
    with pytest.raises(ZeroDivisionError):
        Work(sqlite_store, lenient).slice(claimed(sqlite_store))
