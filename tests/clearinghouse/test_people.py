"""The commands about people, organisations and nodes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from catalogue.errors import UnknownLink
from catalogue.people import Role
from catalogue.settings import load_settings
from catalogue.store import Store
from clearinghouse.people import first_operator
from factories import add_source

Command = Any
DONE, WRONG, REFUSED = 0, 2, 3


def whose(store: Store, link: str) -> str:
    return store.sessions.whose_link(link.strip().rpartition("/")[2], datetime.now(UTC)).mail


def test_somebody_is_added_with_a_link_to_sign_in_with(clearinghouse: Command, database: Store) -> None:
    said = clearinghouse("person", "add", "Sara@example.org", "--name", "Sara", "--role", "operator")
    assert (said.code, whose(database, said.out)) == (DONE, "sara@example.org")
    again = clearinghouse("person", "link", "sara@example.org")
    assert whose(database, again.out) == "sara@example.org"
    with pytest.raises(UnknownLink):
        whose(database, said.out)
    for _ in range(2):
        said = clearinghouse("person", "add", "sara@example.org", "--name", "Another")
        assert said.code == REFUSED
    [one] = clearinghouse("person", "list", "--json").json
    assert (one["mail"], one["roles"], one["has_password"]) == ("sara@example.org", ["operator"], False)
    assert "sara@example.org" in clearinghouse("person", "list").out
    assert clearinghouse("person", "remove", "sara@example.org", "--yes").code == REFUSED  # the last operator
    [added] = [line for line in database.audit.newest() if line.act == "add"]
    assert "@" in added.who


def test_roles_are_given_at_nodes_and_taken(clearinghouse: Command, database: Store) -> None:
    add_source(database, "nile")
    assert clearinghouse("organisation", "add", "centre", "--name", "A", "--country", "EG").code == DONE
    assert clearinghouse("node", "add", "delta", "--organisation", "centre", "--name", "Delta").code == DONE
    assert clearinghouse("node", "source", "delta", "nile").code == DONE
    [organisation] = clearinghouse("organisation", "list", "--json").json
    assert organisation["nodes"][0]["sources"] == ["nile"]
    assert "nile" in clearinghouse("organisation", "list").out
    add = ("person", "add", "omar@example.org", "--name", "Omar", "--role", "node-manager")
    assert clearinghouse(*add).code == WRONG
    assert clearinghouse(*add, "--node", "none").code == REFUSED
    assert clearinghouse(*add, "--node", "delta", "--language", "de").code == WRONG
    assert database.people.all() == []
    assert clearinghouse(*add, "--node", "delta", "--language", "ar").code == DONE
    role = ("person", "role", "omar@example.org")
    assert clearinghouse(*role, "viewer").err.strip() == "omar@example.org: node-manager, viewer at delta."
    assert clearinghouse(*role, "node-manager", "--take").err.strip() == "omar@example.org: viewer."
    assert clearinghouse("node", "remove", "delta").code == REFUSED
    assert clearinghouse("node", "source", "delta", "nile", "--take").code == DONE
    assert clearinghouse("node", "remove", "delta").code == DONE
    assert clearinghouse("organisation", "remove", "centre").code == DONE
    assert clearinghouse("person", "remove", "omar@example.org", "--yes").code == DONE
    assert clearinghouse("person", "link", "omar@example.org").code == REFUSED


def test_the_sample_has_an_operator_until_somebody_has_signed_in(sqlite_store: Store) -> None:
    settings = load_settings(admin_email="op@example.org", base_url="https://catalogue.example.org")
    first = first_operator(settings, sqlite_store)
    assert first.startswith("https://catalogue.example.org/sign-in/link/")
    again = first_operator(settings, sqlite_store)
    assert whose(sqlite_store, again) == "op@example.org"
    [operator] = sqlite_store.people.all()
    assert operator.roles == {Role.OPERATOR}
    sqlite_store.sessions.use_link(again.rpartition("/")[2], datetime.now(UTC) + timedelta(hours=1))
    assert first_operator(settings, sqlite_store) == ""


def test_the_ping_link_of_a_source_is_made_and_ended(clearinghouse: Command, database: Store) -> None:
    add_source(database, "nile")
    said = clearinghouse("source", "ping", "nile")
    assert database.pings.find(said.out.strip().rpartition("/ping/")[2]).source_id == "nile"
    assert clearinghouse("source", "ping", "nile", "--remove").err.strip() == "Removed: 1."
    assert database.pings.of("nile") is None
    assert clearinghouse("source", "ping", "none").code == REFUSED


def test_what_is_changed_on_the_command_line_is_noted(clearinghouse: Command, database: Store) -> None:
    add = ("--protocol", "oai-pmh", "--base-url", "https://nile.example.org/oai")
    assert clearinghouse("source", "add", "nile", *add).code == DONE
    clearinghouse("source", "schedule", "nile", "0 3 * * *")
    clearinghouse("source", "quirk", "nile", "host-pause=2.5")
    clearinghouse("source", "guard", "nile", "guard_few=20")
    clearinghouse("source", "pause", "nile")
    clearinghouse("source", "resume", "nile")
    lines = database.audit.newest(about="source:nile")
    assert [line.act for line in reversed(lines)] == [
        "add", "settings", "settings", "settings", "pause", "resume",
    ]  # fmt: skip
    assert [line.detail["after"] for line in reversed(lines) if line.act == "settings"] == [
        {"schedule": "0 3 * * *"}, {"quirks": "host_pause=2.5"}, {"guards": "guard_few=20"},
    ]  # fmt: skip
