"""What was so a moment ago is not asked again, and nothing is missed by that."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from catalogue.store import Store
from catalogue.store.engine import WouldWait, at_once, reading, writing
from endpoint.oai_pmh import provider
from endpoint.oai_pmh.recent import MOMENT, Recent
from factories import add_source, commit, open_run

Serve = Callable[..., Any]
SmallWrite = Callable[..., Any]


def test_a_moment_is_as_long_as_it_is_said_to_be() -> None:
    clock, asked = [0.0], iter(range(9))

    def slowly() -> int:
        clock[0] += 2
        return next(asked)

    recent = Recent(slowly, 3, monotonic=lambda: clock[0])
    told = [recent()]
    for at in (3.0, 3.1, 6.1, 6.2):
        clock[0] = at
        told.append(recent())
    # It counts from the question: an answer may have been on its way for long.
    assert told == [0, 0, 1, 1, 2]
    always = Recent(lambda: next(asked), 0)
    assert [always(), always()] == [3, 4]


def test_where_nothing_may_wait_no_database_is_asked(store: Store) -> None:
    def write() -> None:
        with writing(store.engine):
            raise AssertionError

    def read() -> None:
        with reading(store.engine):
            raise AssertionError

    for work in (read, write, store.feed.state):
        with pytest.raises(WouldWait):
            at_once(work)
    assert at_once(lambda: 7) == 7
    assert store.feed.state().newest is None


@pytest.fixture
def harvested(postgres_url: str, small_write: SmallWrite) -> Any:
    with Store(postgres_url) as store:
        store.upgrade()
        add_source(store)
        run = open_run(store)
        commit(store, run, [small_write(store, f"r{number:02}") for number in range(25)])
        yield store, lambda name: commit(store, run, [small_write(store, name, "changed")])


def test_what_is_remembered_needs_no_thread(
    harvested: Any, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, _ = harvested
    time.sleep(1.1)  # until the second of the change has passed: no page of it is remembered before
    monkeypatch.setattr(provider, "MOMENT", 60)
    oai = serve(store)
    asked = ["verb=ListRecords&metadataPrefix=oai_dc", "verb=Identify", "verb=ListSets"]
    asked += [f"verb=ListRecords&resumptionToken={oai.raw(asked[0].encode()).token}"]
    told = [[oai.raw(one.encode()) for one in asked] for _ in range(3)][-1]
    monkeypatch.setattr(ThreadPoolExecutor, "submit", None)
    again = [oai.raw(one.encode()) for one in asked]
    assert [one.identifiers for one in again] == [one.identifiers for one in told]


def test_what_changes_is_told_a_moment_later_and_never_missed(harvested: Any, serve: Serve) -> None:
    store, change = harvested
    oai = serve(store, oai_page_size=100)
    time.sleep(1.1)
    for _ in range(3):
        oai.ask("ListRecords", metadataPrefix="oai_dc")
    change("r07")
    # This may be as of the moment before; then it says so, and a client that comes back has the change.
    answer = oai.ask("ListRecords", metadataPrefix="oai_dc")
    late = answer.identifiers[-1] == "r07"
    time.sleep(MOMENT)
    since = oai.ask("ListRecords", metadataPrefix="oai_dc", from_=answer.response_date)
    assert late or "r07" in since.identifiers
    assert oai.ask("ListRecords", metadataPrefix="oai_dc").identifiers[-1] == "r07"
