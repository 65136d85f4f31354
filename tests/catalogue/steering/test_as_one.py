"""An act and its line in the audit are one: where either fails, neither is there."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from catalogue.credentials import Secret, SecretKind
from catalogue.people import Role
from catalogue.question import Answer
from catalogue.run import RunKind
from catalogue.sealing import Sealer, new_key
from catalogue.settings import load_settings
from catalogue.source import Protocol, Source
from catalogue.steering import acts, pausing, sources
from catalogue.steering.hand import Hand
from catalogue.store import Store
from catalogue.store.tables import metadata
from desk_catalogue import fill_desk
from endpoint.deps import Services
from endpoint.registration import acts as registering
from endpoint.registration.places import Wish
from factories import add_source, now
from registration_desk import Visitor, made_report, sent, serving, tried

KEY = new_key()
Act = Callable[[Hand, dict[str, Any]], object]


def _services(hand: Hand) -> Services:
    return Services(hand.settings, hand.store)


ACTS: dict[str, Act] = {
    "harvest": lambda hand, _: acts.harvest(hand, "nile"),
    "begin": lambda hand, _: acts.begin(hand, "nile", RunKind.REMAP, "here:1:a"),
    "trial": lambda hand, _: acts.trial(hand, "nile"),
    "check-up": lambda hand, _: acts.check_up(hand, "nile"),
    "cancel": lambda hand, made: acts.cancel(hand, made["open"], "why"),
    "go on": lambda hand, made: acts.go_on(hand, made["failed"]),
    "remap": lambda hand, _: acts.remap(hand, "nile"),
    "retry": lambda hand, _: acts.retry_set_aside(hand, "nile"),
    "roll back": lambda hand, made: acts.roll_back(hand, made["good"]),
    "answer": lambda hand, made: acts.answer(hand, made["question"], Answer.APPLY, why="gone for good"),
    "accept": lambda hand, _: acts.accept_problem(hand, "nile", "xml.malformed", why="so be it", days=9),
    "pause": lambda hand, _: sources.pause(hand, "nile"),
    "resume": lambda hand, _: sources.resume(hand, "still"),
    "add": lambda hand, _: sources.add(hand, Source("new", Protocol.CSW, "https://new.example.org/csw")),
    "retire": lambda hand, _: sources.retire(hand, "nile"),
    "bring back": lambda hand, _: sources.bring_back(hand, "gone"),
    "set secret": lambda hand, _: sources.set_secret(hand, "nile", Secret.basic("u", "p"), Sealer([KEY])),
    "remove secret": lambda hand, _: sources.remove_secret(hand, "gone", SecretKind.BASIC),
    "settings": lambda hand, _: sources.change_settings(hand, "nile", {"title": "Other", "sets": "a b"}),
    "fields": lambda hand, _: sources.change_fields(hand, "nile", schedule="0 4 * * *"),
    "undo": lambda hand, made: sources.undo(hand, "still", made["change"]),
    "pause all": lambda hand, _: pausing.pause_all(hand, "why"),
    "accept registration": lambda hand, made: registering.accept(
        _services(hand), made["registration"], Wish("new", "New", "", manager=True), by="ami", reason="good"
    ),
    "refuse registration": lambda hand, made: registering.refuse(
        _services(hand), made["registration"], by="ami", reason="not ours"
    ),
    "ask for changes": lambda hand, made: registering.ask_for_changes(
        _services(hand), made["registration"], by="ami", reason="which sets?"
    ),
    "write": lambda hand, made: registering.write(_services(hand), made["registration"], "Hello", by="ami"),
    "add person": lambda hand, _: hand.store.people.add("B", "b@example.org", hand.who, now()),
    "give role": lambda hand, made: hand.store.people.give(made["person"], Role.VIEWER, hand.who, now()),
    "make ping": lambda hand, _: hand.store.pings.make("nile", hand.who, now()),
}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    path = tmp_path_factory.mktemp("acts") / "store.sqlite3"
    with Store(f"sqlite:///{path}") as store:
        store.upgrade()
        made = fill_desk(store)
        hand = Hand(store, load_settings(), "ami")
        for one in ("still", "gone", "busy"):
            add_source(store, one)
        sources.pause(hand, "still")
        sources.change_settings(hand, "still", {"title": "Still"})
        made["change"] = store.audit.newest(limit=1)[0].id
        sources.retire(hand, "gone")
        sources.set_secret(hand, "gone", Secret.basic("u", "p"), Sealer([KEY]))
        made["open"] = acts.harvest(hand, "busy").id
        made["person"] = store.people.add("Ami", "ami@example.org", "ami", now()).id
        with serving(store) as (at, _):
            made["registration"] = sent(Visitor(at), store, made_report("https://lake.example.org/oai"))
        tried(store, made["registration"])
    return path, made


@pytest.fixture
def hand(filled: tuple[Path, dict[str, Any]], tmp_path: Path) -> Iterator[Hand]:
    shutil.copy(filled[0], tmp_path / "store.sqlite3")
    with Store(f"sqlite:///{tmp_path}/store.sqlite3") as store:
        yield Hand(store, load_settings(), "sara@example.org")


def everything(store: Store) -> dict[str, list[Any]]:
    """All that is in the database, but secrets that are made when first asked for."""
    with store.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(sa.select(table)).all()]
            for table in metadata.sorted_tables
            if table.name != "keys"
        }


class Failed(Exception):
    """What fails."""


@contextmanager
def failing(store: Store, moment: str) -> Iterator[None]:
    """The audit cannot be written, or what was done not be committed."""

    def execute(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO audit"):
            raise Failed

    def commit(_c: Any) -> None:
        raise Failed

    event, listener = ("before_cursor_execute", execute) if moment == "audit" else ("commit", commit)
    sa.event.listen(store.engine, event, listener)
    try:
        yield
    finally:
        sa.event.remove(store.engine, event, listener)


@pytest.mark.parametrize("name", ACTS)
def test_an_act_and_its_line_are_both_there_or_neither(
    name: str, hand: Hand, filled: tuple[Path, dict[str, Any]]
) -> None:
    before, act = everything(hand.store), ACTS[name]
    for moment in ("audit", "commit"):
        with failing(hand.store, moment), pytest.raises(Failed):
            act(hand, filled[1])
        assert everything(hand.store) == before
    act(hand, filled[1])
    after = everything(hand.store)
    changed = {table for table, rows in after.items() if rows != before[table]}
    assert "audit" in changed
    assert len(changed) > 1


def test_what_fails_behind_the_line_takes_it_back(store: Store) -> None:
    add_source(store, "nile")
    hand = Hand(store, load_settings(), "ami")
    with failing(store, "commit"), pytest.raises(Failed), store.together():
        sources.pause(hand, "nile")
    assert store.audit.newest() == []
    assert store.sources.get("nile").state == "active"


def test_what_fails_inside_takes_back_no_more_than_itself(store: Store) -> None:
    add_source(store, "nile")
    hand = Hand(store, load_settings(), "ami")
    with store.together():
        acts.harvest(hand, "nile")
        with pytest.raises(Exception, match="open run already"):
            acts.harvest(hand, "nile")
        sources.pause(hand, "nile")
    assert [line.act for line in store.audit.newest()] == ["pause", "harvest"]
    assert len(store.runs.newest()) == 1
