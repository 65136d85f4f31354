"""A trial run reads a part of a list as a harvest reads it, tells it, and keeps and publishes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from catalogue.defaults import Defaults
from catalogue.run import Ending, HarvestRun, RunKind, Tally
from catalogue.settings import load_settings
from catalogue.source import SourceState
from catalogue.steering import acts
from catalogue.steering.hand import Hand
from catalogue.store import Store
from factories import now
from remote_node import FOREIGN, RemoteNode, dublin_core

Harvest = Callable[..., HarvestRun]


def contents(store: Store) -> list[Any]:
    return [(row.source_identifier, row.datestamp, row.deleted) for row in store.records.of_source("nile")]


def test_what_a_harvest_would_take_is_told_and_nothing_is_kept(
    store: Store, remote: RemoteNode, register: Any, harvest: Harvest
) -> None:
    remote.fill(20)
    register(store, remote, defaults=Defaults("fr"))
    harvest(store)
    before, since = contents(store), store.sources.get("nile").harvested_until
    remote.put(("r0003", dublin_core("Changed")), ("new", dublin_core("New")), ("odd", FOREIGN))
    glance = store.overview.glances(["nile"])[0]

    run = harvest(store, kind=RunKind.TRIAL)
    assert (run.kind, run.ending) == (RunKind.TRIAL, Ending.COMPLETE_WITH_FAULTS)
    assert run.tally == Tally(listed=22, new=1, changed=1, unchanged=19, faulty=1)
    told = store.trials.of(run.id)
    assert told is not None
    assert (told.listed, told.taken, told.faulty, told.whole) == (22, 21, 1, True)
    assert [(one.rule, one.examples) for one in told.faults] == [("format.unknown", ("odd",))]
    assert len(told.samples) == 10
    assert all(("language", "fr") in one.understood for one in told.samples if one.hit)
    assert store.exchanges.count(run.id) > 0

    assert contents(store) == before
    assert store.sources.get("nile").harvested_until == since
    assert store.problems.counts(["nile"], now()) == {}
    assert store.runs.set_aside("nile") == []
    after = store.overview.glances(["nile"])[0]
    assert (after.last_run, after.good_run) == (glance.last_run, glance.good_run)
    assert harvest(store, full=True).tally.new == 1  # what the trial saw is still to be taken


def test_it_reads_so_much_and_no_more_and_old_ones_are_forgotten(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest
) -> None:
    remote.fill(25)
    register(sqlite_store, remote)
    settings = load_settings(allowed_networks=("127.0.0.0/8",), trial_records=12)
    ran = [harvest(sqlite_store, kind=RunKind.TRIAL, settings=settings) for _ in range(6)]
    assert {(run.tally.listed, run.ending) for run in ran} == {(12, Ending.COMPLETE)}
    told = [sqlite_store.trials.of(run.id) for run in ran]
    assert told[0] is None
    assert [one.whole for one in told[1:] if one] == [False] * 5
    assert contents(sqlite_store) == []


def test_a_node_that_fails_is_told(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest
) -> None:
    register(sqlite_store, remote)
    sqlite_store.sources.change("nile", base_url="http://127.0.0.1:9/oai")
    run = harvest(sqlite_store, kind=RunKind.TRIAL)
    told = sqlite_store.trials.of(run.id)
    assert run.ending is Ending.FAILED
    assert told is not None
    assert told.why
    assert run.message == told.why
    hand = Hand(sqlite_store, load_settings(), "ami")
    assert acts.trial(hand, "nile").kind is RunKind.TRIAL
    sqlite_store.sources.change("nile", state=SourceState.SUSPENDED)
    assert sqlite_store.runs.due(now()) == []
