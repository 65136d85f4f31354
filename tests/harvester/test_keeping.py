"""The chore behind the runs that keeps renditions."""

from __future__ import annotations

import threading
import time
from functools import partial

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from catalogue.errors import SettingsError
from catalogue.record import Record, Text
from catalogue.run import RunKind
from catalogue.settings import load_settings
from catalogue.store import Store
from catalogue.store.tables import index_paired, kept_renditions
from factories import add_source, commit, open_run, write_of
from harvester.keeping import Keeper
from harvester.slices import utc_now


@pytest.fixture
def filled(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A hundred and twenty records of Dublin Core, taken a while ago."""
    add_source(store)
    made = [write_of(store, Record(Text.of(f"No. {n}")), source_identifier=f"r{n}") for n in range(120)]
    writes = [replace(one, renditions={"oai_dc": one.renditions["oai_dc"]}) for one in made]
    run = open_run(store)
    commit(store, run, writes)
    store.runs.cancel(run.id, utc_now())
    monkeypatch.setattr("catalogue.store.clock.response_date", lambda _engine: int(time.time()) + 2)
    return store


def kept(store: Store) -> dict[str, int]:
    c = kept_renditions.c
    with store.engine.connect() as connection:
        return dict(connection.execute(sa.select(c.prefix, sa.func.count()).group_by(c.prefix)).all())


def keeper(store: Store, *formats: str) -> Keeper:
    return Keeper(store, load_settings(database_url=str(store.engine.url), kept_formats=formats))


def test_a_look_keeps_all_and_forgets_what_is_not_wanted(filled: Store) -> None:
    keeper(filled).look()
    assert kept(filled) == {}
    keeper(filled, "iso19139", "dcat").look()
    assert kept(filled) == {"iso19139": 120, "dcat": 120}
    keeper(filled, "dcat").look()
    assert kept(filled) == {"dcat": 120}


def test_who_is_told_to_stop_stops(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the midst of a rest after the first fifty; the next begins where this one ended."""
    monkeypatch.setattr("harvester.keeping._REST", 10_000.0)
    first = keeper(filled, "iso19139")
    looking = threading.Thread(target=first.look)
    looking.start()
    while not kept(filled):
        time.sleep(0.01)
    first.stop()
    looking.join(10)
    assert not looking.is_alive()
    assert kept(filled) == {"iso19139": 50}
    first.look()
    assert kept(filled) == {"iso19139": 50}
    monkeypatch.setattr("harvester.keeping._REST", 0.0)
    keeper(filled, "iso19139").look()
    assert kept(filled) == {"iso19139": 120}


def test_it_rests_longer_while_runs_are_worked_on(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    rests: list[float] = []
    monkeypatch.setattr("harvester.keeping._REST", 0.0)
    monkeypatch.setattr("threading.Event.wait", lambda _event, seconds=0.0: rests.append(seconds))
    keeper(filled, "iso19139").look()
    assert sum(rests) == 0
    filled.runs.open("nile", RunKind.INCREMENTAL, utc_now(), worker="somebody")
    keeper(filled, "dcat").look()
    assert sum(rests) > 0


def test_only_what_is_made_on_demand_can_be_kept(filled: Store) -> None:
    with pytest.raises(SettingsError, match="kept_formats"):
        keeper(filled, "oai_dc")


def test_pairs_of_words_are_taken_behind_the_runs(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    filled.index.take_in()
    monkeypatch.setattr("harvester.keeping._REST", 0.0)
    monkeypatch.setattr(filled.index, "pair", partial(filled.index.pair, loose=0, at_once=50))
    keeper(filled).look()
    with filled.engine.connect() as connection:
        (paired,) = connection.execute(sa.select(index_paired.c.paired)).scalars()
    assert int.from_bytes(paired, "little").bit_count() == 120
    assert filled.index.pair() == 0


def test_edges_of_boxes_are_put_in_order_behind_the_runs(
    filled: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled.index.take_in()
    monkeypatch.setattr("harvester.keeping._REST", 0.0)
    waiting = [3, 2, 0, 1, 0, 0]
    asked: list[bool] = []

    def put_in_order(*, quiet: bool) -> int:
        asked.append(quiet)
        return waiting.pop(0)

    monkeypatch.setattr(filled.index, "put_edges_in_order", put_in_order)
    chore = keeper(filled)
    chore.look()
    assert asked == [False, False, False]
    chore.look()
    assert asked[3:] == [True, True]
    filled.runs.open("nile", RunKind.INCREMENTAL, utc_now(), worker="somebody")
    chore.look()
    assert asked[5:] == [False]
