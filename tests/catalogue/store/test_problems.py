from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from catalogue.record import Record, Text
from catalogue.run import Ending, Fault, HarvestRun, RunKind
from catalogue.store import Store
from catalogue.store.findings.problems import _READ_SINCE, Acceptance
from catalogue.store.migrations import downgrade
from factories import add_source, commit, now, write_of

READ = Record(Text.of("Waste"))


def begin(store: Store, kind: RunKind = RunKind.FULL) -> HarvestRun:
    run = store.runs.open("nile", kind, now())
    return store.runs.claim(run.id, "test:1:a", now())


def harvest(
    store: Store,
    *,
    good: tuple[str, ...] = (),
    bad: dict[str, str] | None = None,
    kind: RunKind = RunKind.FULL,
    ending: Ending = Ending.COMPLETE,
) -> int:
    """A run that lists these: good ones, and bad ones with their rules; its number."""
    run = begin(store, kind)
    faults = [Fault(rule, f"{rule}!", one) for one, rule in (bad or {}).items()]
    writes = [write_of(store, READ, source_identifier=one) for one in good]
    commit(store, run, writes, faults=faults)
    with store.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE runs SET checkpoint = :done WHERE id = :id"),
            {"done": '{"finished": true}', "id": run.id},
        )
    store.runs.end(run, ending, now())
    return run.id


def open_ones(store: Store) -> dict[str, str]:
    rules = store.problems.groups("nile", 0, now())
    return {
        one.fault.source_identifier: group.rule
        for group in rules
        for one in store.problems.of_rule("nile", group.rule, limit=10)
    }


def test_a_problem_lasts_until_its_record_is_read(store: Store) -> None:
    add_source(store)
    first = harvest(store, good=("a",), bad={"b": "xml.malformed", "c": "x.no-title"})
    assert open_ones(store) == {"b": "xml.malformed", "c": "x.no-title"}
    # An incremental harvest that lists neither says nothing of them.
    harvest(store, kind=RunKind.INCREMENTAL)
    assert store.problems.counts(["nile"], now()) == {"nile": 2}
    newest = harvest(store, good=("b",), bad={"d": "x.no-title"}, kind=RunKind.INCREMENTAL)
    told = {
        group.rule: (group.count, group.new, group.fixed)
        for group in store.problems.groups("nile", newest, now())
    }
    assert told == {"x.no-title": (2, 1, 0), "xml.malformed": (0, 0, 1)}
    (lasting, new) = store.problems.of_rule("nile", "x.no-title", limit=10)
    assert (lasting.first_run, new.first_run, new.last_run) == (first, newest, newest)
    assert store.problems.of_rule("nile", "x.no-title", after="c", limit=10) == [new]


def test_what_a_complete_list_has_no_more_has_no_problem(store: Store) -> None:
    add_source(store)
    harvest(store, bad={"b": "xml.malformed", "": "files.unreadable"})
    harvest(store, good=("a",), ending=Ending.FAILED)
    assert len(open_ones(store)) == 2
    harvest(store, good=("a",))
    assert open_ones(store) == {}


def test_a_record_that_breaks_another_rule_has_one_problem(store: Store) -> None:
    add_source(store)
    harvest(store, bad={"b": "xml.malformed"})
    harvest(store, bad={"b": "x.no-title"}, kind=RunKind.INCREMENTAL)
    assert open_ones(store) == {"b": "x.no-title"}
    back = harvest(store, bad={"b": "xml.malformed"}, kind=RunKind.INCREMENTAL)
    assert open_ones(store) == {"b": "xml.malformed"}
    # It has come again, and is as new as the run.
    assert store.problems.of_rule("nile", "xml.malformed", limit=1)[0].first_run == back


def test_a_remap_ends_what_it_heals_and_what_an_earlier_remap_met(store: Store) -> None:
    add_source(store)
    good = harvest(store, good=("a",))
    harvest(store, bad={"a": "x.no-title"}, kind=RunKind.INCREMENTAL)
    # A remap that reads the version of before says nothing of what the source lists now.
    harvest(store, kind=RunKind.REMAP)
    assert open_ones(store) == {"a": "x.no-title"}
    met = harvest(store, bad={"b": "xml.malformed"}, kind=RunKind.REMAP)
    assert met > good
    harvest(store, kind=RunKind.REMAP)
    assert open_ones(store) == {"a": "x.no-title"}


def test_a_person_may_accept_problems_for_a_while(store: Store) -> None:
    add_source(store)
    harvest(store, bad={"b": "xml.malformed"})
    moment = now()
    store.problems.accept(
        "nile", "xml.malformed", Acceptance("amina", "old", moment, moment + timedelta(days=1))
    )
    assert store.problems.counts(["nile"], moment) == {}
    assert store.problems.groups("nile", 0, moment)[0].accepted is not None
    assert store.problems.counts(["nile"], moment + timedelta(days=2)) == {"nile": 1}
    store.problems.accept("nile", "xml.malformed", None)
    assert store.problems.counts(["nile"], moment) == {"nile": 1}


def test_a_database_of_before_learns_of_its_problems(store: Store) -> None:
    add_source(store)
    harvest(store, bad={"a": "x.no-title", "b": "xml.malformed"})
    harvest(store, good=("a",), kind=RunKind.INCREMENTAL)
    expected = open_ones(store)
    downgrade(store.engine, "0017")
    store.upgrade()
    assert open_ones(store) == expected == {"b": "xml.malformed"}


def test_what_a_run_made_of_records(store: Store) -> None:
    add_source(store)
    harvest(store, good=("a", "b"))
    run = begin(store)
    known = store.records.known([row.identifier for row in store.records.of_source("nile", limit=9)])
    (a, b) = sorted(known.values(), key=lambda one: one.identifier)
    commit(store, run, [write_of(store, Record(Text.of("Other")), source_identifier="a")], tombstones=[b])
    commit(store, run, [write_of(store, READ, source_identifier="c")])
    store.runs.end(run, Ending.COMPLETE, now(), "")
    later = begin(store)
    commit(store, later, [write_of(store, READ, source_identifier="b")])
    store.runs.end(later, Ending.COMPLETE, now())
    changes = store.history.changes_in(run, limit=10)
    assert [(one.record.source_identifier, one.what) for one in changes] == [("a", "changed"), ("b", "gone")]
    assert changes[0].before == a.payload_digest != changes[0].after
    (new,) = store.history.new_in(run, limit=10)
    assert new.source_identifier == "c"
    made = store.history.change_in(run, new.id)
    assert made is not None
    assert (made.what, made.before, made.after) == ("new", None, new.payload_digest)
    assert [one.what for one in store.history.changes_in(later, limit=10)] == ["back"]
    assert store.history.change_in(later, new.id) is None


def test_an_open_run_is_seen_at_a_glance(store: Store) -> None:
    add_source(store)
    run = begin(store)
    (glance,) = store.overview.glances()
    assert (glance.current, glance.last, glance.good_run) == (run, None, None)
    assert store.overview.open_runs() == [run]


def test_what_was_read_well_is_found_without_looking_through_all_problems(store: Store) -> None:
    """For each record of a source one seek: the end of a run holds the store."""
    if store.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL joins them by hashes")
    with store.engine.connect() as connection:
        explained = sa.text(f"EXPLAIN QUERY PLAN {_READ_SINCE.element.text}")  # type: ignore[attr-defined]
        plan = " ".join(row[-1] for row in connection.execute(explained, {"source": "nile", "run": 2}))
    assert "SEARCH p USING INDEX sqlite_autoindex_problems_1 (source_id=? AND source_identifier=?)" in plan
