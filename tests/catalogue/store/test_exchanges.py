from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from catalogue.errors import RunLost
from catalogue.exchange import Exchange
from catalogue.run import Checkpoint, Tally
from catalogue.store import Store
from catalogue.store.holdings.records import PageOfChanges
from factories import add_source, now, open_run


def exchange(number: int, **more: object) -> Exchange:
    one = Exchange(number, now(), "GET", f"https://nile.example.org/oai?n={number}", status=200, size=10)
    return replace(one, **more)  # type: ignore[arg-type] - fields of an exchange


def test_requests_are_kept_as_they_were(store: Store) -> None:
    add_source(store)
    run = open_run(store)
    assert store.exchanges.count(run.id) == 0
    store.exchanges.note(run.id, [], kept=5)
    odd = exchange(
        2, status=None, error="refused", headers={"Server": "x"}, question="<q/>", answer=b"\x00" * 50_000
    )
    found = [exchange(1, size=5_000_000_000), odd]
    store.exchanges.note(run.id, found, kept=5)
    assert store.exchanges.of(run.id) == found
    assert store.exchanges.count(run.id) == 2


def test_a_long_run_keeps_its_ends_and_what_was_odd(store: Store) -> None:
    add_source(store)
    run = open_run(store)
    for begin in range(1, 100, 10):
        slice_ = [exchange(n, error="odd" if n == 37 else "") for n in range(begin, begin + 10)]
        slice_[3] = replace(slice_[3], answer=b"kept") if begin == 51 else slice_[3]
        store.exchanges.note(run.id, slice_, kept=4)
    kept = [one.number for one in store.exchanges.of(run.id)]
    assert kept == [1, 2, 3, 4, 37, 54, 97, 98, 99, 100]
    assert store.exchanges.count(run.id) == 100


def test_two_workers_that_number_alike_do_not_stand_in_each_others_way(store: Store) -> None:
    add_source(store)
    run = open_run(store)
    store.exchanges.note(run.id, [exchange(1), exchange(2)], kept=5)
    store.exchanges.note(run.id, [exchange(2, error="late"), exchange(3)], kept=5)
    assert [(one.number, one.error) for one in store.exchanges.of(run.id)] == [(1, ""), (2, ""), (3, "")]


def test_a_request_that_turns_out_to_be_odd_is_told_so_once(store: Store) -> None:
    add_source(store)
    run = open_run(store)
    first = exchange(1)
    store.exchanges.note(run.id, [first], kept=5)
    odd = replace(first, error="the list goes round", answer=b"<list/>")
    store.exchanges.note(run.id, [odd], kept=5)
    store.exchanges.note(run.id, [replace(odd, error="again", answer=None)], kept=5)
    assert store.exchanges.of(run.id) == [odd]


def test_requests_come_with_a_page_and_go_with_it(store: Store) -> None:
    add_source(store)
    run = open_run(store)
    found = [exchange(1), exchange(2)]
    page = PageOfChanges(run, Checkpoint(pages=1), Tally(), exchanges=found)
    store.records.commit(page, now())
    assert store.exchanges.of(run.id) == found
    overtaken = replace(run, attempt=run.attempt - 1)
    with pytest.raises(RunLost):
        store.records.commit(replace(page, run=overtaken, exchanges=[exchange(3)]), now())
    assert store.exchanges.of(run.id) == found


def test_requests_are_forgotten_after_a_while(store: Store) -> None:
    add_source(store)
    run = open_run(store)
    store.exchanges.note(run.id, [exchange(1, at=now() - timedelta(days=31)), exchange(2)], kept=5)
    assert store.exchanges.forget(now() - timedelta(days=30)) == 1
    assert [one.number for one in store.exchanges.of(run.id)] == [2]
