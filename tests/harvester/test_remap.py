"""Everything after fetch again, from what is stored; and the end of a source."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from catalogue.errors import UnreadableRecord
from catalogue.formats import OAI_DC, MetadataFormat
from catalogue.record import Record, Subject, Text, from_json
from catalogue.rendering import render
from catalogue.run import Ending, HarvestRun, RunKind, RunState, Tally
from catalogue.sets import source_set
from catalogue.settings import Settings
from catalogue.source import SourceState
from catalogue.store import Store
from catalogue.store.lists.feed import FeedEntry, FeedQuery
from catalogue.store.queries.packed import pairs_of
from catalogue.store.tables import renditions
from factories import now, set_clock
from harvester import ingest, remap
from harvester.mapping.registry import read
from harvester.work import Work
from remote_node import FOREIGN, RemoteNode, dublin_core

Harvest = Callable[..., HarvestRun]


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The database's clock: datestamps are given by its last value."""
    times = [2_000_000_000]
    set_clock(monkeypatch, lambda _: times[-1])
    return times


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remap, "_PAGE", 7)


def feed(store: Store, prefix: str = "oai_dc", since: int | None = None) -> list[FeedEntry]:
    return store.feed.entries(FeedQuery(prefix, from_=since), after=None, limit=1000)


def rendered(store: Store, entry: FeedEntry, prefix: str = "iso19139") -> bytes:
    """The metadata of a record in a format that is made when it is asked for."""
    body = from_json(store.records.neutral([entry.record_id])[entry.record_id])
    return render(body, prefix, identifier=entry.identifier, datestamp=entry.source_datestamp)


def mend_reader(monkeypatch: pytest.MonkeyPatch, change: Callable[[Record], Record]) -> None:
    """A reader that takes what no reader took, and reads the rest a little differently."""

    def mended(payload: bytes, metadata_prefix: str = "", **_: object) -> tuple[MetadataFormat, Record]:
        if payload.startswith(b"<thing"):
            return OAI_DC, Record(title=Text.of(payload.decode()[-20:]))
        form, record = read(payload, metadata_prefix)
        return form, change(record)

    monkeypatch.setattr(ingest, "read", mended)


def test_where_nothing_has_changed_nothing_moves(
    store: Store, remote: RemoteNode, register: Any, harvest: Harvest, clock: list[int]
) -> None:
    remote.fill(20)
    register(store, remote)
    harvest(store)
    before = feed(store), feed(store, "iso19139")
    clock.append(clock[-1] + 100)
    run = harvest(store, kind=RunKind.REMAP)
    assert (run.ending, run.tally) == (Ending.NOTHING_NEW, Tally(listed=20, unchanged=20))
    assert (feed(store), feed(store, "iso19139")) == before
    assert store.sources.get("nile").harvested_until
    assert len(remote.listings) == 2


def test_a_mended_reader_tells_what_has_changed_in_any_format_and_only_that(
    store: Store,
    remote: RemoteNode,
    register: Any,
    harvest: Harvest,
    clock: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Dublin Core stays as it was sent: only formats that are made when they are asked for become others."""
    remote.fill(20)
    register(store, remote)
    harvest(store)
    untouched = {e.identifier: e.datestamp for e in feed(store)}
    clock.append(clock[-1] + 100)

    def change(record: Record) -> Record:
        mended = Subject(Text.of("mended"))
        return replace(record, subjects=(mended,)) if "Record 7 " in f"{record.title.default} " else record

    mend_reader(monkeypatch, change)
    run = harvest(store, kind=RunKind.REMAP)
    assert run.tally == Tally(listed=20, changed=1, unchanged=19)
    [told] = feed(store, since=clock[-1])
    assert (told.body, b"mended" in rendered(store, told)) == (
        next(e.body for e in feed(store) if e.identifier == told.identifier),
        True,
    )
    assert {e.identifier: e.datestamp for e in feed(store)} == untouched | {told.identifier: clock[-1]}
    set_id = store.sets.id_of(source_set("nile"))
    in_set = store.feed.entries(FeedQuery("oai_dc", set_id=set_id, from_=clock[-1]), after=None, limit=99)
    assert len(in_set) == 1


@pytest.mark.parametrize("stale", [False, True])
def test_what_the_release_before_kept_is_served_until_it_would_be_another(
    store: Store, remote: RemoteNode, register: Any, harvest: Harvest, clock: list[int], *, stale: bool
) -> None:
    """ISO 19139 of every record was kept once."""
    remote.put(("a", dublin_core("One")))
    register(store, remote)
    harvest(store)
    [entry] = feed(store)
    made = rendered(store, entry)
    kept = made.replace(b"One", b"Won") if stale else made
    with store.engine.begin() as connection:
        connection.execute(
            sa.insert(renditions).values(
                record_id=entry.record_id, prefix="iso19139", datestamp=entry.datestamp, body=kept
            )
        )
    assert store.search.renditions([entry.record_id], "iso19139") == [kept]
    clock.append(clock[-1] + 100)
    run = harvest(store, kind=RunKind.REMAP)
    assert run.tally == (Tally(listed=1, changed=1) if stale else Tally(listed=1, unchanged=1))
    assert len(feed(store, since=clock[-1])) == stale
    assert store.search.renditions([entry.record_id], "iso19139") == ([] if stale else [made])
    assert rendered(store, entry) == made


def test_what_queries_compare_is_written_anew_where_the_feed_stays_as_it_is(
    store: Store,
    remote: RemoteNode,
    register: Any,
    harvest: Harvest,
    clock: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    remote.put(("a", dublin_core("One")))
    register(store, remote)
    harvest(store)
    before = feed(store), feed(store, "iso19139")
    clock.append(clock[-1] + 100)
    values_of = ingest.values_of
    monkeypatch.setattr(
        ingest,
        "values_of",
        lambda record, **named: [*values_of(record, **named), ("subject", "quicksilver")],
    )
    harvest(store, kind=RunKind.REMAP)
    assert (feed(store), feed(store, "iso19139")) == before
    with store.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT search_text FROM neutral_records").scalar_one()
        values = connection.exec_driver_sql("SELECT short, running FROM record_queryables").one()
        assert [value for name, value in pairs_of(*values) if name == "subject"] == ["quicksilver"]
    assert "quicksilver" in found


def test_what_was_set_aside_becomes_a_record_once_a_reader_takes_it(
    store: Store,
    remote: RemoteNode,
    register: Any,
    harvest: Harvest,
    clock: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    remote.fill(3)
    remote.put(*((f"odd{n:02}", FOREIGN) for n in range(15)))
    remote.mishaps = {3: lambda one: one.send(200, one.content.replace(b">text<", b">te\x0bxt<")) or True}
    register(store, remote)
    assert harvest(store).tally == Tally(listed=18, new=3, faulty=15)
    assert harvest(store, kind=RunKind.REMAP).tally == Tally(listed=3, unchanged=3)
    clock.append(clock[-1] + 100)
    mend_reader(monkeypatch, lambda record: record)
    run = harvest(store, kind=RunKind.REMAP)
    assert run.tally == Tally(listed=18, new=15, unchanged=3)
    told = feed(store, since=clock[-1])
    assert {e.source_identifier for e in told} == {f"odd{n:02}" for n in range(15)}
    assert {bytes(e.body or b"") for e in told} == {FOREIGN}
    repaired = {row.source_identifier for row in store.records.of_source("nile") if row.repairs}
    assert repaired == {f"odd{n:02}" for n in range(10)}
    assert harvest(store, full=True).tally == Tally(listed=18, unchanged=18)


@pytest.mark.parametrize("known", [False, True], ids=["never read", "read once"])
def test_of_two_versions_set_aside_the_newer_counts(
    store: Store,
    remote: RemoteNode,
    register: Any,
    harvest: Harvest,
    monkeypatch: pytest.MonkeyPatch,
    known: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    register(store, remote)
    if known:
        remote.put(("a", dublin_core("Old")))
        harvest(store)
    versions = [FOREIGN.replace(b">text<", b">" + word + b"<") for word in (b"older", b"newer")]
    for version in versions:
        remote.put(*((f"filler{n}", version) for n in range(9)), ("a", version))
        harvest(store, full=True)
    mend_reader(monkeypatch, lambda record: replace(record, subjects=(Subject(Text.of("mended")),)))
    harvest(store, kind=RunKind.REMAP)
    [entry] = [e for e in feed(store) if e.source_identifier == "a"]
    assert bytes(entry.body or b"") == versions[1]
    assert harvest(store, full=True).tally.unchanged == 10


def test_what_the_source_has_mended_or_deleted_since_stays_so(
    store: Store, remote: RemoteNode, register: Any, harvest: Harvest, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote.put(*((name, FOREIGN) for name in ("mended", "deleted", "deleted-late")))
    remote.put(("deleted-twice", dublin_core("X")))
    register(store, remote)
    harvest(store)
    remote.put(("mended", dublin_core("Mended")), ("deleted", None), ("deleted-twice", None))
    harvest(store, full=True)
    remote.put(("deleted-late", None), ("deleted-twice", FOREIGN))
    harvest(store, full=True)
    remote.put(("deleted-twice", None))
    harvest(store, full=True)
    mend_reader(monkeypatch, lambda record: record)
    run = harvest(store, kind=RunKind.REMAP)
    assert run.tally == Tally(listed=1, unchanged=1)
    assert [e.source_identifier for e in feed(store) if not e.deleted] == ["mended"]


def test_what_cannot_be_read_any_more_stays_as_it_was_and_is_named(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = sqlite_store
    remote.fill(5)
    register(store, remote)
    harvest(store)
    before = feed(store)

    def refuse(payload: bytes, _prefix: str = "", **_: object) -> None:
        raise UnreadableRecord("test.refused", "/dc", "value", "not any more")

    monkeypatch.setattr(ingest, "read", refuse)
    run = harvest(store, kind=RunKind.REMAP)
    assert (run.ending, run.tally) == (Ending.COMPLETE_WITH_FAULTS, Tally(listed=5, faulty=5))
    assert store.runs.fault_counts(run.id) == {"test.refused": 5}
    assert feed(store) == before


def in_pieces(store: Store, settings: Settings, kind: RunKind) -> tuple[HarvestRun, int]:
    """Work on a run that is interrupted after each page, by a new worker each time."""
    run = store.runs.open("nile", kind, now())
    pieces = 0
    while True:
        pieces += 1
        pages: list[int] = []
        work = Work(
            store,
            settings,
            on_page=lambda run: pages.append(run.checkpoint.pages),  # noqa: B023 - used at once
            should_stop=lambda: bool(pages),  # noqa: B023 - used at once
        )
        result = work.slice(store.runs.claim(run.id, f"test:{pieces}:a", now()))
        assert len(pages) <= 1
        if not result.more:
            return result.run, pieces
        store.runs.release(result.run)


def test_a_remap_that_is_interrupted_goes_on(
    store: Store,
    remote: RemoteNode,
    register: Any,
    harvest: Harvest,
    lenient: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    remote.fill(20)
    remote.put(*((f"odd{n:02}", FOREIGN) for n in range(15)))
    register(store, remote)
    harvest(store)
    mend_reader(monkeypatch, lambda record: replace(record, subjects=(Subject(Text.of("mended")),)))
    run, pieces = in_pieces(store, lenient, RunKind.REMAP)
    assert run.tally == Tally(listed=35, new=15, changed=20)
    assert pieces >= 6
    assert all(b"mended" in rendered(store, e) for e in feed(store) if e.source_identifier < "odd")


def test_a_source_that_is_retired_is_told_as_deleted(
    store: Store,
    remote: RemoteNode,
    register: Any,
    harvest: Harvest,
    lenient: Settings,
    clock: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from harvester import retire

    monkeypatch.setattr(retire, "_PAGE", 7)
    remote.fill(20)
    register(store, remote)
    harvest(store)
    clock.append(clock[-1] + 100)
    store.sources.change("nile", state=SourceState.RETIRED)
    run, pieces = in_pieces(store, lenient, RunKind.RETIRE)
    assert (run.ending, run.tally) == (Ending.COMPLETE, Tally(listed=20, deleted=20))
    assert pieces == 3
    for prefix in ("oai_dc", "iso19139"):
        told = feed(store, prefix, since=clock[-1])
        assert len(told) == 20
        assert all(e.deleted and e.body is None for e in told)
    assert store.sets.members(source_set("nile")) == 0

    store.sources.change("nile", state=SourceState.ACTIVE)
    again = harvest(store)
    assert (again.kind, again.tally) == (RunKind.FULL, Tally(listed=20, new=20))


def test_a_run_of_another_kind_is_not_mistaken_for_ours(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest
) -> None:
    from catalogue.errors import RunAlreadyOpen

    register(sqlite_store, remote)
    left = sqlite_store.runs.open("nile", RunKind.FULL, now())
    with pytest.raises(RunAlreadyOpen, match="a full run"):
        harvest(sqlite_store, kind=RunKind.REMAP)
    assert sqlite_store.runs.get(left.id).state is RunState.QUEUED


def test_a_changed_hierarchy_of_sets_is_applied(
    sqlite_store: Store,
    remote: RemoteNode,
    register: Any,
    harvest: Harvest,
    lenient: Settings,
    tmp_path: Path,
) -> None:
    """What it says of a record's sets is told from now on; where it says the same, nothing moves."""
    store = sqlite_store
    remote.fill(3)
    register(store, remote)
    harvest(store)
    file = tmp_path / "sets.toml"
    file.write_text('set = [{spec = "new", any = ["source:nile"], label = {en = "New"}}]')
    own = lenient.model_copy(update={"sets_file": str(file)})
    assert harvest(store, kind=RunKind.REMAP, settings=own).tally == Tally(listed=3, changed=3)
    assert store.sets.members("new") == 3
    assert {entry.set_specs for entry in feed(store)} == {"new source:nile"}
    assert harvest(store, kind=RunKind.REMAP, settings=own).tally == Tally(listed=3, unchanged=3)
    assert harvest(store, kind=RunKind.REMAP).tally == Tally(listed=3, changed=3)
    assert (store.sets.members("new"), store.sets.members("source")) == (0, 3)
