"""What pages hand over to the search index is what the tables say, and never what they said once."""

from __future__ import annotations

from array import array

import pytest
import sqlalchemy as sa

import factories
from catalogue.query import AnyText, RecordQuery
from catalogue.record import Box, Record, Text
from catalogue.store import Store
from catalogue.store.index import batches
from catalogue.store.index.handed import Described, Entry, Handed
from catalogue.store.tables import index_terms
from query_truth import random_records

NAME = f"oai:{factories.NAMESPACE}:nile:"


def found(store: Store, word: str) -> int:
    return store.search.count(RecordQuery(where=AnyText((word,))))


def test_it_is_what_the_tables_say(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once when no term has a number yet, and once when all have."""
    told: list[dict[int, Described]] = []
    of = Handed.of

    def watched(handed: Handed, *asked: object) -> dict[int, Described]:
        told.append(of(handed, *asked))  # type: ignore[arg-type]
        return dict(told[-1])

    monkeypatch.setattr(Handed, "of", watched)
    boxed = Record(Text.of("Über Straße"), boxes=(Box(170, -4, -170, 4), Box(1e6, 2e6, 3e6, 4e6)))
    for page in (random_records(1, 25), {**random_records(2, 25), "boxed": boxed}):
        factories.fill(store, page)
        store.index.take_in()
        assert len(told[-1]) == len(page)
        with store.engine.connect() as connection:
            read = batches._described(connection, sorted(told[-1]))
            names = {
                row.id: (row.name, row.value) if row.name else row.value
                for row in connection.execute(sa.select(index_terms))
            }
        for number, one in told[-1].items():
            assert {names[term] for term in one.numbers} | set(one.others) == set(read[number].others)
            assert set(one.order) == set(read[number].order)


def test_another_process_may_have_taken_it_in(store: Store) -> None:
    """SQLite gives the entry of the queue that comes then the same number again."""
    factories.fill(store, {"a": Record(Text.of("Mercury"))})
    other = Store(store.engine.url.render_as_string(hide_password=False))
    with other:
        other.index.take_in()
        factories.fill(other, {"a": Record(Text.of("Lead"))})
        store.index.take_in()
    assert (found(store, "mercury"), found(store, "lead")) == (0, 1)


def test_what_is_deleted_meanwhile_is_not_there(store: Store) -> None:
    run = factories.fill(store, {"a": Record(Text.of("Mercury")), "b": Record(Text.of("Lead"))})
    gone = list(store.records.known([f"{NAME}a"]).values())
    factories.commit(store, run, [], tombstones=gone)
    store.index.take_in()
    assert (found(store, "mercury"), found(store, "lead")) == (0, 1)


def test_of_two_entries_the_last_counts() -> None:
    first, second = (Described(array("I", [n]), (), ()) for n in (1, 2))
    handed = Handed()
    handed.keep(Entry(5, 3), {7: first, 8: first})
    handed.keep(Entry(6, 3), {7: second})
    assert handed.of(3, [(5, (7, 8)), (6, (7,))]) == {7: second, 8: first}
    # What another process wrote last is read.
    assert handed.of(3, [(5, (7, 8)), (9, (8,))]) == {7: first}
    handed.forget(3, [5])
    assert handed.of(4, [(5, (7, 8)), (6, (7,))]) == {7: second}
    # Of a generation that is over, and of one that somebody else began.
    handed.keep(Entry(7, 3), {9: first})
    assert handed.of(4, [(7, (9,))]) == {}
    assert handed.of(6, [(6, (7,))]) == {}


def test_little_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalogue.store.index.handed._MOST", 2)
    handed, one = Handed(), Described(array("I", [1]), (), ())
    for number in range(3):
        handed.keep(Entry(number, 1), {number: one})
    assert handed.of(1, [(n, (n,)) for n in range(3)]) == {0: one, 1: one}
    handed.forget(1, [0])
    handed.keep(Entry(3, 2), {3: one})
    assert handed.of(2, [(3, (3,))]) == {3: one}


def test_what_another_process_took_in_is_not_kept_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalogue.store.index.handed._MOST", 2)
    handed, one = Handed(), Described(array("I", [1]), (), ())
    for number in (1, 2):
        handed.keep(Entry(number, 0), {number: one})
    handed.forget(0, [3])
    handed.keep(Entry(4, 0), {4: one})
    assert handed.of(0, [(4, (4,))]) == {4: one}
