"""A source set back to what it was after an earlier run, and what is kept for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from catalogue import setting_back
from catalogue.errors import HistoryGone, UnknownRun
from catalogue.exchange import Validator
from catalogue.run import Ending, HarvestRun, RunKind, Tally
from catalogue.settings import Settings
from catalogue.store import Store
from catalogue.store.lists.feed import FeedQuery
from factories import now, set_clock
from harvester import rollback
from harvester.inline import work_now
from harvester.slices import utc_now
from remote_node import FOREIGN, RemoteNode, dublin_core

Harvest = Callable[..., HarvestRun]
State = dict[str, tuple[Any, ...]]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The database's clock: datestamps are given by its last value."""
    times = [2_000_000_000]
    set_clock(monkeypatch, lambda _: times[-1])
    return times


def state(store: Store) -> State:
    """What the feed tells of each record, in every format, datestamps aside."""
    found: State = {}
    for prefix in ("oai_dc", "iso19139"):
        for entry in store.feed.entries(FeedQuery(prefix), after=None, limit=1000):
            body = bytes(entry.body) if entry.body is not None else None
            found[entry.identifier] = (*found.get(entry.identifier, ()), body)
    return {name: bodies for name, bodies in found.items() if any(bodies)}


def set_back(store: Store, settings: Settings, to_run: int, **more: Any) -> HarvestRun:
    setting_back.check(store, "nile", to_run)
    store.runs.open("nile", RunKind.ROLLBACK, now(), position={"to_run": to_run})
    return work_now(store, settings, "nile", RunKind.ROLLBACK, **more)


def three_runs(store: Store, node: RemoteNode, register: Any, harvest: Harvest) -> list[tuple[int, State]]:
    """Three harvests, in which records come, change, go and come back; the state after each."""
    node.fill(9)
    register(store, node)
    told = []

    def go(moment: str) -> None:
        node.now = moment
        told.append((harvest(store).id, state(store)))

    go("2026-02-01T00:00:00Z")
    node.put(("r0001", dublin_core("Changed")), ("r0002", None), ("n1", dublin_core("New")), at="2026-02-02")
    go("2026-03-01T00:00:00Z")
    node.put(("r0001", dublin_core("Changed again")), ("r0002", dublin_core("Back")), ("n1", None))
    node.put(*node_again(node), at="2026-03-02")
    go("2026-04-01T00:00:00Z")
    return told


def node_again(node: RemoteNode) -> list[tuple[str, bytes | None]]:
    changed = [(name, node.records[name].payload) for name in ("r0001", "r0002", "n1")]
    return [*changed, ("n2", dublin_core("Newer")), ("r0008", None)]


def test_after_each_run_it_can_be_as_it_was_and_forth_again(
    store: Store, remote: RemoteNode, register: Any, harvest: Harvest, lenient: Settings
) -> None:
    told = three_runs(store, remote, register, harvest)
    for number, wanted in (told[0], told[1], told[2], told[0], told[2], told[1]):
        run = set_back(store, lenient, number)
        assert run.ending in {Ending.COMPLETE, Ending.NOTHING_NEW}
        assert run.tally.balanced
        assert state(store) == wanted


def test_what_had_to_be_repaired_is_marked_so_again(
    store: Store, remote: RemoteNode, register: Any, harvest: Harvest, lenient: Settings
) -> None:
    def broken(handler: Any) -> bool:
        handler.send(200, handler.content.replace(b"Record 1 of", b"Record \x0b1 of"))
        return True

    remote.fill(4)
    remote.mishaps = {3: broken}
    register(store, remote)
    first = harvest(store)
    repaired = {row.source_identifier: row.repairs for row in store.records.of_source("nile")}
    assert repaired == {"r0000": "", "r0001": "illegal-characters", "r0002": "", "r0003": ""}
    remote.put(("r0001", dublin_core("Mended")), at="2099-01-01T00:00:00Z")
    harvest(store)
    assert {row.repairs for row in store.records.of_source("nile")} == {""}
    set_back(store, lenient, first.id)
    assert {row.source_identifier: row.repairs for row in store.records.of_source("nile")} == repaired


def test_the_feed_tells_it_as_ordinary_changes(
    store: Store, remote: RemoteNode, register: Any, harvest: Harvest, lenient: Settings, clock: list[int]
) -> None:
    told = three_runs(store, remote, register, harvest)
    clock.append(clock[-1] + 1000)
    run = set_back(store, lenient, told[0][0])
    # r0001 as it was, r0008 back, r0002 as it was, n2 deleted; n1 was and is deleted.
    assert run.tally == Tally(listed=5, new=1, changed=2, deleted=1, unchanged=1)
    news = store.feed.entries(FeedQuery("oai_dc", from_=clock[-1]), after=None, limit=1000)
    assert {entry.source_identifier: entry.body is None for entry in news} == {
        "r0001": False, "r0002": False, "r0008": False, "n2": True,
    }  # fmt: skip


def test_documents_that_have_not_changed_since_come_again(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest, lenient: Settings
) -> None:
    runs = three_runs(sqlite_store, remote, register, harvest)
    sqlite_store.validators.note("nile", runs[-1][0], {b"key": Validator(etag='"a"')})
    assert sqlite_store.validators.known("nile")
    set_back(sqlite_store, lenient, runs[0][0])
    assert sqlite_store.validators.known("nile") == {}


def test_the_next_harvest_asks_for_what_has_changed_since(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest, lenient: Settings
) -> None:
    told = three_runs(sqlite_store, remote, register, harvest)
    plan = setting_back.plan(sqlite_store, "nile", told[0][0])
    assert plan == setting_back.Plan(
        restored=1, changed=2, deleted=1, unchanged=1, harvested_until="2026-02-01T00:00:00Z"
    )
    set_back(sqlite_store, lenient, told[0][0])
    assert sqlite_store.sources.get("nile").harvested_until == "2026-02-01T00:00:00Z"
    harvest(sqlite_store)
    assert remote.listings[-1]["from"] == "2026-02-01T00:00:00Z"
    assert state(sqlite_store) == told[2][1]
    # Where it stood after a rollback is where it stood after the run that it went back to.
    back = set_back(sqlite_store, lenient, told[1][0])
    # A day: some records of that run had but days.
    assert setting_back.plan(sqlite_store, "nile", back.id).harvested_until == "2026-03-01"


def test_killed_between_its_pages_it_goes_on(
    sqlite_store: Store,
    remote: RemoteNode,
    register: Any,
    harvest: Harvest,
    lenient: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = three_runs(sqlite_store, remote, register, harvest)
    monkeypatch.setattr(rollback, "_PAGE", 1)

    class Killed(BaseException):
        pass

    def kill(run: HarvestRun) -> None:
        if run.tally.listed == 2:
            raise Killed

    with pytest.raises(Killed):
        set_back(sqlite_store, lenient, told[0][0], on_page=kill)
    run = work_now(sqlite_store, lenient, "nile", RunKind.ROLLBACK)
    assert (run.attempt, run.tally.listed) == (2, 5)
    assert state(sqlite_store) == told[0][1]


def test_a_payload_that_no_reader_takes_any_more_is_named(
    sqlite_store: Store,
    remote: RemoteNode,
    register: Any,
    harvest: Harvest,
    lenient: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = three_runs(sqlite_store, remote, register, harvest)
    from catalogue.errors import UnreadableRecord
    from harvester import ingest

    read = ingest.read

    def stricter(payload: bytes, metadata_prefix: str = "", **_: object) -> Any:
        if b"Record 8 " in payload:
            raise UnreadableRecord("test.refused")
        return read(payload, metadata_prefix)

    monkeypatch.setattr(ingest, "read", stricter)
    run = set_back(sqlite_store, lenient, told[0][0])
    assert (run.ending, run.tally.faulty) == (Ending.COMPLETE_WITH_FAULTS, 1)


def test_a_remap_in_between_makes_no_difference(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest, lenient: Settings
) -> None:
    told = three_runs(sqlite_store, remote, register, harvest)
    harvest(sqlite_store, kind=RunKind.REMAP)
    set_back(sqlite_store, lenient, told[1][0])
    assert state(sqlite_store) == told[1][1]


def test_what_is_not_known_any_more_is_refused(
    store: Store, remote: RemoteNode, register: Any, harvest: Harvest, lenient: Settings
) -> None:
    told = three_runs(store, remote, register, harvest)
    register(store, remote, "volta")
    other = store.runs.open("volta", RunKind.FULL, now())
    with pytest.raises(UnknownRun, match="one of 'volta'"):
        setting_back.check(store, "nile", other.id)
    with pytest.raises(UnknownRun, match="has not ended"):
        setting_back.check(store, "volta", other.id)
    with store.engine.begin() as connection:
        long_ago = sa.text("UPDATE runs SET ended_at = '2025-01-01 00:00:00' WHERE id <= :last")
        connection.execute(long_ago, {"last": told[1][0]})
    before = state(store)
    done = store.history.tidy(utc_now() - timedelta(days=100))
    # What r0001 was at first; what r0002 was, its tombstone refers to.
    assert (done.versions, done.payloads) == (2, 1)
    assert state(store) == before
    with pytest.raises(HistoryGone, match=f"known from run {told[2][0]} on"):
        setting_back.check(store, "nile", told[0][0])
    set_back(store, lenient, told[1][0])
    assert state(store) == told[1][1]
    assert store.history.tidy(utc_now() - timedelta(days=100)).versions == 0


def test_payloads_that_anything_refers_to_are_kept(
    store: Store, remote: RemoteNode, register: Any, harvest: Harvest, lenient: Settings
) -> None:
    remote.fill(5)
    remote.put(("bad", FOREIGN))
    register(store, remote)
    harvest(store)
    remote.put(("r0001", dublin_core("Changed")))
    harvest(store, full=True)
    assert store.history.tidy(utc_now() - timedelta(days=1), thorough=True).payloads == 0
    done = store.history.tidy(utc_now() + timedelta(days=1))
    assert (done.versions, done.payloads) == (1, 1)
    assert harvest(store, kind=RunKind.REMAP).tally == Tally(listed=5, unchanged=5)
    [fault] = store.runs.faults(1)
    assert store.payloads.get([fault.payload_digest or b""])
