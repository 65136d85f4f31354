"""Deduplication as a step of every run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from catalogue.run import COPIES, HarvestRun, RunKind
from catalogue.store import Store, dialects
from catalogue.store.copies import settling as clustering
from catalogue.store.index import batches
from harvester import settling
from remote_node import Entry, RemoteNode, dublin_core, running

DOI = "https://doi.org/10.1234/abc"


def names(store: Store) -> list[set[str]]:
    return [{member.source_id for member in cluster.members} for cluster in store.clusters.page()]


def told(store: Store, run: HarvestRun) -> list[Any]:
    """What its log says of copies."""
    return [event.detail for event in store.runs.events(run.id) if event.event == COPIES]


def test_runs_find_copies_remap_keeps_them_and_retirement_ends_them(
    store: Store, remote: RemoteNode, register: Callable[..., Any], harvest: Callable[..., HarvestRun]
) -> None:
    remote.records = {
        "oai:nile.example.org:1": Entry(dublin_core("Of waste", identifier=DOI)),
        "oai:nile.example.org:2": Entry(dublin_core("Of mercury")),
    }
    with running(RemoteNode()) as other:
        other.records = {"oai:volta.example.org:9": Entry(dublin_core("De la basura", identifier=DOI))}
        register(store, remote)
        register(store, other, "volta")
        assert told(store, harvest(store)) == []
        assert names(store) == []
        assert told(store, harvest(store, "volta")) == [{"records": 1}]
        assert names(store) == [{"nile", "volta"}]
        harvest(store, "volta", kind=RunKind.REMAP)
        assert names(store) == [{"nile", "volta"}]
        harvest(store, "volta", kind=RunKind.RETIRE)
        assert names(store) == []


def test_a_long_run_settles_on_its_way(
    sqlite_store: Store,
    remote: RemoteNode,
    register: Callable[..., Any],
    harvest: Callable[..., HarvestRun],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settling, "_OFTEN", 4)
    monkeypatch.setattr(settling, "_SOON", 2)
    remote.page_size = 2
    remote.records = {f"oai:nile.example.org:{n}": Entry(dublin_core(f"Of waste {n}")) for n in range(12)}
    register(sqlite_store, remote)
    settled: list[int] = []
    original = sqlite_store.clusters.settle

    def counted(*arguments: Any, **more: Any) -> int:
        settled.append(original(*arguments, **more))
        return settled[-1]

    monkeypatch.setattr(sqlite_store.clusters, "settle", counted)
    harvest(sqlite_store)
    assert settled == [2, 4, 4, 2]


def test_what_another_settles_is_left_to_it_but_not_twice(
    sqlite_store: Store,
    remote: RemoteNode,
    register: Callable[..., Any],
    harvest: Callable[..., HarvestRun],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else more might come in than is ever settled; at the end of a run it is waited for."""
    monkeypatch.setattr(settling, "_OFTEN", 2)
    monkeypatch.setattr(settling, "_SOON", 2)
    remote.page_size = 2
    remote.records = {f"oai:nile.example.org:{n}": Entry(dublin_core(f"Of waste {n}")) for n in range(12)}
    register(sqlite_store, remote)
    waited: list[bool] = []
    answers = iter([0, 4, 2, 0, 0, 2])

    def settle(_store: Store, *, wait: bool = True) -> int:
        waited.append(wait)
        return next(answers, 0)

    monkeypatch.setattr(settling, "settle", settle)
    harvest(sqlite_store)
    assert waited == [False, True, False, False, True, True]


def test_nobody_stands_still_while_another_settles(
    store: Store,
    remote: RemoteNode,
    register: Callable[..., Any],
    harvest: Callable[..., HarvestRun],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The search index and the clusters each have one process at a time that changes them."""
    remote.records = {
        f"oai:nile.example.org:{n}": Entry(dublin_core("Of waste", identifier=DOI)) for n in (1, 2)
    }
    register(store, remote)
    with monkeypatch.context() as patch:
        patch.setattr("harvester.work.settle", lambda _store: 0)
        harvest(store)
    if store.embedded:
        assert settling.settle(store, wait=False) == 2  # whoever writes has it to itself
    else:
        with store.engine.begin() as other:
            dialects.alone(other, batches.ALONE)
            dialects.alone(other, clustering.ALONE)
            assert settling.settle(store, wait=False) == 0
        with store.engine.begin() as other:
            dialects.alone(other, batches.ALONE)
            assert settling.settle(store, wait=False) == 2
    assert settling.settle(store) == 0
    assert store.index.take_in() == 0
