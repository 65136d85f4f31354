"""Settings of a source as versions, through the API and from the command line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from catalogue.people import Action, Role
from catalogue.store import Store
from factories import add_source
from programs import Program
from signing_in import add_node, add_person, serving, token_of


@pytest.fixture
def api(sqlite_store: Store) -> Iterator[Program]:
    add_source(sqlite_store, "nile", title="Nile")
    add_node(sqlite_store, "delta", "nile")
    operator = add_person(sqlite_store, Role.OPERATOR, mail="op@example.org")
    with serving(sqlite_store) as at:
        yield Program(at, token_of(sqlite_store, operator, *Action))


def test_every_change_is_a_version_and_to_undo_one_is_another(api: Program) -> None:
    at = "/api/sources/nile/settings"
    before = api("GET", at)
    assert (before["settings"]["title"], before["changes"]) == ("Nile", [])
    changed = api("PATCH", at, title="The Nile", schedule="0 3 * * *")
    assert changed["settings"]["schedule"] == "0 3 * * *"
    [first] = changed["changes"]
    assert first["who"] == "op@example.org (token test)"
    assert first["before"] == {"title": "Nile", "schedule": ""}
    assert first["after"] == {"title": "The Nile", "schedule": "0 3 * * *"}
    api("PATCH", at, title="Nile & delta")
    undone = api("POST", f"{at}/undo", change=first["id"])
    assert undone["settings"] == before["settings"]
    assert [set(change["after"]) for change in undone["changes"]] == [
        {"title", "schedule"}, {"title"}, {"title", "schedule"},
    ]  # fmt: skip
    again = api("POST", f"{at}/undo", change=undone["changes"][0]["id"])  # what was undone comes back
    assert again["settings"]["title"] == "Nile & delta"
    for method, path, body, status in (
        ("PATCH", at, {"colour": "blue"}, 422),
        ("PATCH", at, {"schedule": "now and then"}, 422),
        ("POST", f"{at}/undo", {"change": 9999}, 409),
        ("GET", "/api/sources/none/settings", {}, 404),
    ):
        api(method, path, **body)
        assert api.status == status


def test_where_requests_go_is_for_operators_alone(api: Program, sqlite_store: Store) -> None:
    at = "/api/sources/nile/settings"
    moved = api("PATCH", at, base_url="https://new.example.org/oai", title="New")
    manager = add_person(sqlite_store, nodes=("delta",))
    own = Program(api.at, token_of(sqlite_store, manager, Action.SEE, Action.STEER))
    seen = own("GET", at)
    assert "base_url" not in seen["settings"]
    assert [change["after"] for change in seen["changes"]] == [{"title": "New"}]
    assert "new.example.org" not in str(seen)
    assert own("PATCH", at, base_url="https://evil.example.org/oai")["status"] == 403
    undone = own("POST", f"{at}/undo", change=moved["changes"][0]["id"])
    assert undone["settings"]["title"] == "Nile"
    assert sqlite_store.sources.get("nile").base_url == "https://new.example.org/oai"
