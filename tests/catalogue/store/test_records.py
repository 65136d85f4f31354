"""Records as they are written: a page at a time, all of it or nothing."""

from __future__ import annotations

import random
import threading
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec import structs

from catalogue.errors import RunLost, SourceExists, UnknownSource
from catalogue.record import Box, Record, Subject, Text, from_json
from catalogue.run import Checkpoint, Fault, HarvestRun, RunKind, Tally
from catalogue.sets import source_set
from catalogue.source import Protocol, Source, SourceState
from catalogue.store import Store, dialects, statements
from catalogue.store.holdings.payloads import digest
from catalogue.store.holdings.records import Known, PageOfChanges
from catalogue.store.lists.feed import FeedQuery
from catalogue.store.parts import LONGEST, parts
from catalogue.store.queries.packed import pairs_of
from catalogue.store.tables import boxes, metadata, neutral_records, record_queryables, records
from factories import NAMESPACE, add_source, commit, fill, now, open_run, write_of

OURS = f"oai:{NAMESPACE}:nile:"


def titled(title: str, **fields: object) -> Record:
    return Record(title=Text.of(title), **fields)  # type: ignore[arg-type] - fields of a record


def known(store: Store, identifier: str) -> Known:
    return store.records.known([OURS + identifier])[OURS + identifier]


def everything(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with store.engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(sa.select(table))), key=repr)
            for table in metadata.tables.values()
        }


def test_a_record_is_kept_with_all_that_is_asked_of_it(store: Store) -> None:
    add_source(store)
    run = open_run(store)
    record = titled(
        "Mercury in the river",
        types=(Text.of("dataset"),),
        languages=("en",),
        subjects=(Subject(Text.of("mercury", "en")),),
        boxes=(Box(170.0, -10.0, -170.0, 10.0), Box(1.0, 2.0, 3.0, 4.0)),
        metadata_date="2026-01-02",
    )
    write = write_of(store, record, source_identifier="a", native=b"<as-sent/>")
    commit(store, run, [write])
    [row] = store.records.of_source("nile")
    assert (row.identifier, row.source_identifier, row.metadata_prefix) == (OURS + "a", "a", "oai_dc")
    assert (row.title, row.type, row.language, row.modified) == (
        "Mercury in the river",
        "dataset",
        "en",
        "2026-01-02",
    )
    assert (row.changed_run, row.seen_run, row.set_specs) == (run.id, run.id, source_set("nile"))
    assert store.payloads.get([row.payload_digest]) == {digest(b"<as-sent/>"): b"<as-sent/>"}
    assert store.records.renditions([row.id])[row.id]["oai_dc"] == b"<as-sent/>"
    assert set(store.records.renditions([row.id])[row.id]) == {"oai_dc", "iso19139"}
    with store.engine.connect() as connection:
        kept = connection.execute(sa.select(neutral_records)).one()
        assert from_json(kept.body) == record
        assert "mercury" in kept.search_text
        found = connection.execute(sa.select(boxes.c.west, boxes.c.east).order_by(boxes.c.west)).all()
        # The box over the antimeridian is two.
        assert [tuple(box) for box in found] == [(-180.0, -170.0), (1.0, 3.0), (170.0, 180.0)]


def _titles(connection: sa.Connection) -> list[str]:
    rows = connection.execute(sa.select(record_queryables.c.short, record_queryables.c.running))
    return [value for row in rows for name, value in pairs_of(*row) if name == "title"]


def test_what_queries_compare_follows_the_record(store: Store) -> None:
    add_source(store)
    run = open_run(store)
    commit(store, run, [write_of(store, titled("Old", boxes=(Box(1, 2, 3, 4),)), source_identifier="a")])
    commit(store, run, [write_of(store, titled("New"), source_identifier="a")])
    with store.engine.connect() as connection:
        assert _titles(connection) == ["New"]
        assert connection.execute(sa.select(boxes)).all() == []
    commit(store, run, [], tombstones=[known(store, "a")])
    with store.engine.connect() as connection:
        assert connection.execute(sa.select(record_queryables)).all() == []


def test_leaving_a_set_is_told_in_that_set_for_ever(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    add_source(store)
    run = open_run(store)
    for moment, set_specs in ((2_000_000_000, ("x", "y")), (2_000_000_010, ("y",)), (2_000_000_020, ("y",))):
        monkeypatch.setattr(dialects, "now", lambda _, moment=moment: moment)
        title = f"At {moment}"
        commit(store, run, [write_of(store, titled(title), source_identifier="a", set_specs=set_specs)])
    told = {
        spec: [
            (entry.datestamp - 2_000_000_000, bool(entry.deleted))
            for entry in store.feed.entries(
                FeedQuery("oai_dc", set_id=store.sets.id_of(spec)), after=None, limit=9
            )
        ]
        for spec in ("x", "y", source_set("nile"))
    }
    assert told == {"x": [(10, True)], "y": [(20, False)], source_set("nile"): [(20, False)]}


@pytest.mark.parametrize("broken", ["renditions", "payloads", "faults", "record_sets"])
def test_a_page_is_written_as_a_whole_or_not_at_all(
    store: Store, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = fill(store, {"a": titled("A"), "b": titled("B")})
    before = everything(store)

    def fail(_c: object, _cur: object, statement: str, *_: object) -> None:
        if statement.startswith(f"INSERT INTO {broken}"):
            raise OSError("the disk is full")

    def written(connection: sa.Connection, text: str, rows: Any) -> None:
        fail(None, None, text)
        run_text(connection, text, rows)

    run_text = statements.run_text
    monkeypatch.setattr(statements, "run_text", written)
    sa.event.listen(store.engine, "before_cursor_execute", fail)
    page = PageOfChanges(
        run,
        Checkpoint(pages=2),
        Tally(listed=3, new=1, deleted=1, faulty=1),
        writes=[write_of(store, titled("C"), source_identifier="c", set_specs=("fresh",))],
        tombstones=[known(store, "a")],
        seen=[known(store, "b")],
        faults=[Fault("x", "y", "d", payload_digest=digest(b"<d/>"))],
        set_aside=[(digest(b"<d/>"), b"<d/>")],
    )
    with pytest.raises(OSError, match="the disk is full"):
        store.records.commit(page, now())
    sa.event.remove(store.engine, "before_cursor_execute", fail)
    monkeypatch.undo()
    assert everything(store) == before
    store.records.commit(page, now())
    assert store.runs.get(run.id).tally == page.tally
    assert everything(store)["write_intents"] == []


def test_a_run_that_is_lost_leaves_no_trace(store: Store) -> None:
    run = fill(store, {"a": titled("A")})
    store.runs.cancel(run.id, now())
    before = everything(store)
    with pytest.raises(RunLost):
        commit(store, run, [write_of(store, titled("B"), source_identifier="b")])
    assert everything(store) == before


def test_two_workers_with_the_same_payloads_in_other_orders_do_not_wait_for_each_other(store: Store) -> None:
    """Many repositories hold the same records; each lists them in an order of its own."""
    shared = [(digest(body), body) for body in (f"<r>{n}</r>".encode() for n in range(400))]
    failures: list[BaseException] = []
    ready = threading.Barrier(2)

    def work(source_id: str) -> None:
        run, chance = open_run(store, source_id), random.Random(source_id)
        try:
            for page in range(5):
                mine = shared[page * 80 : page * 80 + 80]
                chance.shuffle(mine)
                ready.wait(30)
                commit(store, run, [], set_aside=mine)
        except BaseException as error:  # noqa: BLE001 - told below
            failures.append(error)

    for source_id in ("nile", "volta"):
        add_source(store, source_id)
    threads = [threading.Thread(target=work, args=(source_id,)) for source_id in ("nile", "volta")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(store.payloads.get(key for key, _ in shared)) == len(shared)


def test_of_many_workers_that_claim_a_run_one_gets_it(store: Store) -> None:
    add_source(store)
    run = store.runs.open("nile", RunKind.FULL, now())
    won: list[HarvestRun] = []
    ready = threading.Barrier(6)

    def claim(number: int) -> None:
        ready.wait(30)
        with suppress(RunLost):
            won.append(store.runs.claim(run.id, f"test:{number}:a", now()))

    threads = [threading.Thread(target=claim, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [winner] = won
    assert store.runs.get(run.id) == winner


def test_what_a_remap_writes_was_not_listed_by_its_source(sqlite_store: Store) -> None:
    store = sqlite_store
    run = fill(store, {"a": titled("A"), "b": titled("B")})
    write = structs.replace(write_of(store, titled("A2"), source_identifier="a"), seen_run=0)
    commit(store, run, [write])
    assert {r.source_identifier: r.seen_run for r in store.records.of_source("nile")} == {"a": 0, "b": run.id}


def test_refreshing_changes_what_queries_compare_and_nothing_that_is_told(store: Store) -> None:
    run = fill(store, {"a": titled("A"), "b": titled("B")})
    before = everything(store)
    commit(store, run, [], refreshed=[write_of(store, titled("Z"), source_identifier="a")])
    after = everything(store)
    for table in ("renditions", "record_sets", "payloads"):
        assert after[table] == before[table]
    with store.engine.connect() as connection:
        assert connection.execute(sa.select(records.c.title).order_by(records.c.id)).scalars().all() == [
            "Z",
            "B",
        ]
        assert sorted(_titles(connection)) == ["B", "Z"]


def test_what_the_source_has_deleted_is_not_set_aside_any_more(store: Store) -> None:
    for source_id in ("nile", "volta"):
        add_source(store, source_id)
        key = digest(b"<x/>")
        faults = [Fault("r", "m", name, payload_digest=key) for name in ("a", "b")]
        commit(store, open_run(store, source_id), [], faults=faults, set_aside=[(key, b"<x/>")])
    run = store.runs.open_run("nile")
    assert run is not None
    commit(store, run, [], withdrawn=["b", "never there"])
    assert [one.fault.source_identifier for one in store.runs.set_aside("nile")] == ["a"]
    assert [one.fault.source_identifier for one in store.runs.set_aside("volta")] == ["b", "a"]
    [newest] = store.runs.set_aside("volta", limit=1)
    assert [o.fault.source_identifier for o in store.runs.set_aside("volta", before=newest.number)] == ["a"]
    assert len(store.runs.faults(run.id)) == 2


def test_long_lists_are_cut() -> None:
    assert [len(part) for part in parts(range(2 * LONGEST + 1))] == [LONGEST, LONGEST, 1]
    assert list(parts([])) == []


def test_sources_by_state_and_what_is_changed_of_them(store: Store) -> None:
    add_source(store, "volta", title="The Volta")
    add_source(store)
    assert [source.id for source in store.sources.all()] == ["nile", "volta"]
    changed = store.sources.change("volta", state=SourceState.SUSPENDED, title="Volta")
    assert (changed.state, changed.title) == (SourceState.SUSPENDED, "Volta")
    assert [source.id for source in store.sources.all(SourceState.ACTIVE)] == ["nile"]
    assert [s.id for s in store.sources.all(SourceState.ACTIVE, SourceState.SUSPENDED)] == ["nile", "volta"]
    kept = [(one.set_spec, one.name) for one in store.sets.all()]
    assert kept == [("source", "source"), ("source:volta", "Volta"), ("source:nile", "nile")]
    with pytest.raises(SourceExists):
        add_source(store)
    with pytest.raises(UnknownSource, match="congo"):
        store.sources.change("congo", title="x")
    with pytest.raises(UnknownSource, match="congo"):
        store.sources.get("congo")


def test_a_source_comes_back_as_it_was_added(store: Store) -> None:
    source = Source(
        "nile",
        Protocol.CSW,
        "https://nile.example.org/csw?map=x",
        title="Ünïcode",
        metadata_prefix="iso19139",
        sets=("a:b", "c"),
        schedule="0 3 * * *",
        harvested_until="2026-01-01",
    )
    moment = now()
    store.sources.add(source, moment)
    assert store.sources.get("nile") == replace(source, scheduled_at=moment)
