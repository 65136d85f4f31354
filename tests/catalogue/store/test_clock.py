"""The promise that a harvester never misses a record, at the level of datestamps."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from catalogue.errors import WriteIntentExpired
from catalogue.record import Record, Text
from catalogue.store import Store, clock
from catalogue.store.engine import writing
from catalogue.store.tables import renditions, write_intents
from factories import fill, set_clock


def test_an_answer_is_not_dated_later_than_a_page_that_it_cannot_see(store: Store) -> None:
    intent = clock.announce(store.engine)
    answered = clock.response_date(store.engine)
    with writing(store.engine) as connection:
        datestamp = clock.take_datestamp(connection, intent)
        clock.fulfil(connection, intent)
    assert answered <= datestamp


def test_the_date_of_an_answer_moves_on_once_no_page_is_announced(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = clock.response_date(store.engine)
    intent = clock.announce(store.engine)
    set_clock(monkeypatch, lambda _: before + 60)
    assert clock.response_date(store.engine) <= before + 1
    clock.withdraw(store.engine, intent)
    assert clock.response_date(store.engine) == before + 60


def test_datestamps_never_run_backwards_when_the_clock_is_set_back(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store, {"a": Record(title=Text.of("A"))})
    with store.engine.connect() as connection:
        first = connection.execute(sa.select(sa.func.max(renditions.c.datestamp))).scalar_one()
    set_clock(monkeypatch, lambda _: first - 3600)
    fill(store, {"b": Record(title=Text.of("B"))})
    with store.engine.connect() as connection:
        stamps = connection.execute(sa.select(renditions.c.datestamp)).scalars().all()
    assert min(stamps) == first


def test_a_dead_writer_is_forgotten_and_if_it_lives_it_starts_anew(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    intent = clock.announce(store.engine)
    start = clock.response_date(store.engine)
    set_clock(monkeypatch, lambda _: start + clock.STALE + 5)
    held_back = clock.response_date(store.engine)
    assert held_back <= start
    assert clock.response_date(store.engine) == start + clock.STALE + 5
    with pytest.raises(WriteIntentExpired), writing(store.engine) as connection:
        clock.take_datestamp(connection, intent)


def test_a_page_whose_announcement_was_removed_is_written_again_under_a_new_one(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    announced = clock.announce
    calls = []

    def announce_and_lose_the_first(engine: sa.Engine) -> int:
        intent = announced(engine)
        calls.append(intent)
        if len(calls) == 1:
            clock.withdraw(engine, intent)
        return intent

    monkeypatch.setattr(clock, "announce", announce_and_lose_the_first)
    fill(store, {"a": Record(title=Text.of("A"))})
    assert len(calls) == 2
    with store.engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(write_intents)).scalar() == 0
        assert connection.execute(sa.select(sa.func.count()).select_from(renditions)).scalar() == 2
