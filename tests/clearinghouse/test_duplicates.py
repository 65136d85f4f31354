"""`clearinghouse duplicates`: what it prints, and what it ends with."""

from __future__ import annotations

from typing import Any

import pytest

from catalogue.record import Identifier, Record, Text
from catalogue.store import Store
from factories import NAMESPACE, fill
from harvester.settling import settle

Command = Any
DONE, REFUSED = 0, 3
NILE, VOLTA = f"oai:{NAMESPACE}:nile:a", f"oai:{NAMESPACE}:volta:b"


@pytest.fixture
def twice(sqlite_store: Store) -> Store:
    """A store that has one thing from two sources."""
    doi = (Identifier("10.1234/x", "doi"),)
    fill(sqlite_store, {"a": Record(Text.of("Of [bold]waste[/bold]"), identifiers=doi)})
    fill(sqlite_store, {"b": Record(Text.of("About waste"), identifiers=doi)}, "volta")
    settle(sqlite_store)
    return sqlite_store


def test_listing(clearinghouse: Command, twice: Store) -> None:
    table = clearinghouse("duplicates").out.splitlines()
    assert table[0].split() == ["cluster", "copies", "sources", "why", "title"]
    assert table[1].split() == ["1", "2", "nile,", "volta", "doi", "Of", "[bold]waste[/bold]"]
    [told] = clearinghouse("duplicates", "--json").json
    assert told["lead"] == NILE
    assert told["matches"] == [
        {"first": NILE, "second": VOLTA, "rule": "doi", "score": 0.99, "compared": {"doi": "10.1234/x"}}
    ]
    assert clearinghouse("duplicates", "--after", "1", "--json").json == []


def test_showing(clearinghouse: Command, twice: Store) -> None:
    shown = clearinghouse("duplicates", "show", VOLTA)
    assert shown.code == DONE
    assert shown.out.splitlines()[0] == "Cluster 1: Of [bold]waste[/bold]"
    assert "doi: 10.1234/x" in shown.out
    assert clearinghouse("duplicates", "show", VOLTA, "--json").json["cluster"] == 1


def test_splitting_and_joining(clearinghouse: Command, twice: Store) -> None:
    said = clearinghouse("duplicates", "split", VOLTA, "--by", "Awa")
    assert (said.code, said.err) == (DONE, f"{VOLTA} stands apart from {NILE}\n")
    refused = clearinghouse("duplicates", "show", VOLTA)
    assert (refused.code, refused.err) == (REFUSED, f"clearinghouse: {VOLTA} has no copies\n")
    assert clearinghouse("duplicates", "rebuild", "--json").json == {"compared": 2, "clusters": 0}
    joined = clearinghouse("duplicates", "join", NILE, VOLTA)
    assert joined.code == DONE
    assert f"{NILE} belongs with {VOLTA}, decided" in joined.out
    split = clearinghouse("duplicates", "split", NILE, "--json").json
    assert split == {"split": NILE, "from": [VOLTA]}


def test_a_record_that_there_is_not(clearinghouse: Command, twice: Store) -> None:
    for command in (["show", "oai:x:y"], ["split", "oai:x:y"], ["join", NILE, "oai:x:y"]):
        said = clearinghouse("duplicates", *command)
        assert (said.code, said.err) == (REFUSED, "clearinghouse: there is no record 'oai:x:y'\n")
