"""What grows with every night is forgotten in time; what could be needed still is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from catalogue.run import HarvestRun, RunKind, Tally
from catalogue.store import Store
from catalogue.store.tables import runs
from catalogue.store.work.retention import Forgotten
from factories import assert_sound, now
from harvester import ingest
from harvester.mapping.registry import read
from remote_node import FOREIGN, RemoteNode, dublin_core

Harvest = Callable[..., HarvestRun]


def age(store: Store, run: HarvestRun, days: int) -> None:
    with store.engine.begin() as connection:
        ended = sa.update(runs).where(runs.c.id == run.id).values(ended_at=now() - timedelta(days=days))
        connection.execute(ended)


def forget(store: Store, faults: int = 90, log: int = 730) -> Forgotten:
    return store.retention.forget(
        faults_before=now() - timedelta(days=faults), log_before=now() - timedelta(days=log)
    )


def rules(store: Store, run: HarvestRun) -> list[str]:
    return [fault.source_identifier for fault in store.runs.faults(run.id)]


def test_faults_of_long_ago_are_forgotten_but_for_the_newest_of_each_record(
    store: Store, remote: RemoteNode, register: Any, harvest: Harvest, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote.fill(3)
    remote.put(("bad", FOREIGN), ("once", FOREIGN))
    register(store, remote)
    first = harvest(store)
    remote.put(("once", dublin_core("Mended")))
    second = harvest(store, full=True)
    newest = harvest(store, full=True)
    assert [rules(store, run) for run in (first, second, newest)] == [["bad", "once"], ["bad"], ["bad"]]
    for run, days in ((first, 800), (second, 100), (newest, 95)):
        age(store, run, days)
    logged = [len(store.runs.events(run.id)) for run in (first, second, newest)]
    # `once` was mended, and what was wrong with it is known still.
    assert forget(store) == Forgotten(faults=2, events=logged[0])
    assert [rules(store, run) for run in (first, second, newest)] == [["once"], [], ["bad"]]
    assert forget(store) == Forgotten()
    assert forget(store, log=1).events == logged[1]
    assert len(store.runs.events(newest.id)) == logged[2]
    assert store.runs.get(first.id).tally == Tally(listed=5, new=3, faulty=2)
    assert_sound(store)

    def kinder(payload: bytes, *arguments: Any, **named: Any) -> Any:
        return read(dublin_core("Read after all") if payload == FOREIGN else payload, *arguments, **named)

    # A reader that is mended years later takes what was set aside.
    monkeypatch.setattr(ingest, "read", kinder)
    store.history.tidy(now(), thorough=True)
    assert harvest(store, kind=RunKind.REMAP).tally.new == 1


def test_how_much_there_is_of_everything(
    store: Store, remote: RemoteNode, register: Any, harvest: Harvest
) -> None:
    remote.fill(30)
    remote.put(("bad", FOREIGN))
    register(store, remote)
    harvest(store)
    found = {one.what: one for one in store.retention.sizes()}
    assert (found["payloads"].rows, found["runs"].rows, found["faults"].rows) == (31, 1, 2)
    assert found["records"].rows > 4 * 30
    sizes = [one.size for one in found.values()]
    assert all(sizes)
    assert sizes == sorted(sizes, key=lambda size: -(size or 0))
