"""The promise that a harvester never misses a record, at the level of datestamps."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from catalogue.errors import StoreUnreachable, WriteIntentExpired
from catalogue.record import Record, Text
from catalogue.store import Store, clock, statements
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


def test_an_announcement_whose_answer_is_lost_is_made_once(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(postgres_url) as store:
        store.upgrade()
        begun = clock.response_date(store.engine)
        lost = _answers_lost(monkeypatch, times=1)
        intent = clock.announce(store.engine)
        assert lost == [0]
        assert _announced(store) == [intent]
        # Lost twice, nobody knows of it; it does not hold answers back for longer than until the next page.
        lost[0] = 2
        with pytest.raises(StoreUnreachable):
            clock.announce(store.engine)
        assert len(_announced(store)) == 2
        following = clock.announce(store.engine)
        assert sorted(_announced(store)) == sorted([intent, following])
        for one in (intent, following):
            clock.withdraw(store.engine, one)
        assert _announced(store) == []
        assert clock.response_date(store.engine) >= begun


def test_what_could_not_be_taken_back_is_taken_back_with_the_next_page(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    intent = clock.announce(store.engine)
    with monkeypatch.context() as patched:
        patched.setattr(clock, "writing", _gone)
        with pytest.raises(StoreUnreachable):
            clock.withdraw(store.engine, intent)
    assert _announced(store) == [intent]
    following = clock.announce(store.engine)
    assert _announced(store) == [following]


def _gone(_engine: sa.Engine) -> None:
    raise StoreUnreachable("the database does not answer")


def _announced(store: Store) -> list[int]:
    with store.engine.connect() as connection:
        return list(connection.execute(sa.select(write_intents.c.id)).scalars())


def _answers_lost(monkeypatch: pytest.MonkeyPatch, *, times: int) -> list[int]:
    """The database hears of announcements, and this process nothing of that; how often yet."""
    left = [times]
    answer = statements._Connection.rows

    def lost(self: Any, text: str, parameters: Any) -> list[Any]:
        found = answer(self, text, parameters)
        if text.startswith("INSERT INTO write_intents") and left[0]:
            left[0] -= 1
            raise psycopg.OperationalError("the connection is lost")
        return found

    monkeypatch.setattr(statements._Connection, "rows", lost)
    return left
