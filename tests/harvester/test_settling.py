"""Deduplication as a step of every run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from catalogue.run import COPIES, HarvestRun, RunKind
from catalogue.store import Store
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
