from __future__ import annotations

import random

import pytest

from catalogue.record import Record, Text
from catalogue.run import Fault
from catalogue.settings import ROOT
from catalogue.store import Store
from catalogue.store.holdings import beginnings
from catalogue.store.migrations import downgrade
from factories import add_source, commit, fill, open_run


@pytest.mark.parametrize(
    ("identifier", "begins"),
    [
        ("oai:example.org:12/34", {"oai:example.org:", "oai:example.org:12/"}),
        ("https://example.org/view?id=7", {"https:", "https://example.org/", "https://example.org/view?id="}),
        ("6f1c", set()),
        ("oai:", {"oai:"}),
        (f"oai:{'x' * beginnings.LONGEST}/1", {"oai:"}),
    ],
)
def test_what_an_identifier_begins_with(identifier: str, begins: set[str]) -> None:
    assert beginnings.of([identifier]) == begins


def test_they_are_noted_with_their_page_and_made_up_for_by_an_upgrade(store: Store) -> None:
    run = fill(store, {f"oai:{name}:1": Record(Text.of(name)) for name in ("a", "b")})
    commit(store, run, [], faults=[Fault("xml.malformed", "cut off", "oai:c:1")])
    noted = [("nile", f"oai:{name}:") for name in "abc"]
    assert store.beginnings.all() == noted
    [step] = (ROOT / "migrations" / "versions").glob("*_beginnings.py")
    downgrade(store.engine, f"{int(step.name[:4]) - 1:04}")
    store.upgrade()
    assert store.beginnings.all() == noted[:2], "those of records"


def test_a_source_of_which_each_record_begins_otherwise_fills_nothing_up(sqlite_store: Store) -> None:
    add_source(sqlite_store, "nile")
    faults = [Fault("xml.malformed", "cut off", f"oai:{number}:1") for number in range(beginnings.MOST + 5)]
    commit(sqlite_store, open_run(sqlite_store), [], faults=faults)
    assert len(sqlite_store.beginnings.all()) == beginnings.MOST


def test_what_is_too_long_to_be_an_identifier_keeps_no_page_from_being_written(store: Store) -> None:
    add_source(store, "nile")
    name = "".join(f"{random.Random(7 * n).getrandbits(64):x}" for n in range(2_000))
    faults = [Fault("identifier.too-long", "too long", f"oai:{name}:1"), Fault("x", "", "oai:short:1")]
    commit(store, open_run(store), [], faults=faults)
    assert store.beginnings.all() == [("nile", "oai:short:")]
