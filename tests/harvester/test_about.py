"""What an aggregator says of its records is kept, changes with it, and shows us our own coming back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from about import origin, provenance, rights
from catalogue.provenance import chain, read_about
from catalogue.run import HarvestRun, RunKind, Tally
from catalogue.store import Store
from catalogue.store.lists.feed import FeedEntry, FeedQuery
from remote_node import Entry, RemoteNode, dublin_core

Harvest = Callable[..., HarvestRun]
BODY = dublin_core("A record")
HOME = origin("http://home.example.org/oai", "oai:home:1")


def entry(store: Store, name: str = "a") -> FeedEntry:
    wanted = f"oai:clearinghouse.localdomain:nile:{name}"
    return next(one for one in store.feed.entries(FeedQuery("oai_dc"), limit=100) if one.identifier == wanted)


def put(remote: RemoteNode, about: str, at: str = "2026-01-01T00:00:00Z") -> None:
    remote.records["a"] = Entry(BODY, at, about=about)


def test_the_chain_of_a_record_is_kept_and_told(
    store: Store, remote: RemoteNode, register: Any, harvest: Harvest
) -> None:
    register(store, remote)
    put(remote, provenance(HOME) + rights("https://example.org/licence"))
    remote.records["b"] = Entry(dublin_core("Another"))
    assert harvest(store).tally == Tally(listed=2, new=2)
    assert entry(store).origins == chain(read_about(provenance(HOME).encode()).origins) != ""
    assert entry(store).metadata_rights == "https://example.org/licence"
    assert (entry(store, "b").origins, entry(store, "b").metadata_rights) == ("", "")


def test_a_chain_that_changes_is_a_change_and_another_harvest_date_is_none(
    sqlite_store: Store, remote: RemoteNode, register: Any, harvest: Harvest
) -> None:
    store = sqlite_store
    register(store, remote)
    outcomes = []
    for about in (
        "",
        provenance(HOME),
        provenance(origin("http://home.example.org/oai", "oai:home:1", harvested="2025-01-01")),
        provenance(origin("http://home.example.org/oai", "oai:home:2")),
    ):
        put(remote, about)
        tally = harvest(store, full=True).tally
        outcomes.append((tally.new, tally.changed, tally.unchanged))
    assert outcomes == [(1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 1, 0)]
    assert "oai:home:2" in entry(store).origins


def test_a_remap_keeps_what_was_said(
    store: Store, remote: RemoteNode, register: Any, harvest: Harvest
) -> None:
    register(store, remote)
    put(remote, provenance(HOME) + rights("https://example.org/licence"))
    harvest(store)
    before = entry(store)
    assert harvest(store, kind=RunKind.REMAP).tally == Tally(listed=1, unchanged=1)
    assert entry(store) == before


def test_our_own_records_are_not_taken_again(
    store: Store, remote: RemoteNode, register: Any, harvest: Harvest
) -> None:
    register(store, remote)
    ours = origin("http://127.0.0.1:8000/oai", "oai:elsewhere:7")
    remote.records = {
        "oai:clearinghouse.localdomain:nile:1": Entry(BODY),
        "b": Entry(BODY, about=provenance(origin("https://hub.example.org/oai", "oai:hub:7", ours))),
        "c": Entry(BODY),
    }
    run = harvest(store)
    assert run.tally == Tally(listed=3, new=1, skipped=2)
    [told] = [event for event in store.runs.events(run.id) if event.event == "harvest-loop"]
    assert told.detail == {"records": 2, "first": "b"}
    assert harvest(store, full=True).tally == Tally(listed=3, unchanged=1, skipped=2)
