"""People, tokens, organisations, nodes and the audit through the API, over real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from openapi_spec_validator import validate

from catalogue.people import Action, Role
from catalogue.store import Store
from factories import add_source
from programs import Program
from signing_in import Browser, add_person, serving, token_of


@pytest.fixture
def api(sqlite_store: Store) -> Iterator[Program]:
    operator = add_person(sqlite_store, Role.OPERATOR, mail="op@example.org")
    with serving(sqlite_store) as at:
        yield Program(at, token_of(sqlite_store, operator, *Action))


def test_the_description_is_right_and_says_who_may(api: Program) -> None:
    described = api("GET", "/api/openapi.json")
    validate(described)
    assert "HTTPBearer" in described["components"]["securitySchemes"]
    assert {"/api/people", "/api/tokens", "/api/nodes/{node_id}", "/api/audit"} <= described["paths"].keys()
    assert all(path.startswith(("/api/", "/nodes")) for path in described["paths"])


def test_a_person_from_beginning_to_end(api: Program, sqlite_store: Store) -> None:
    api("POST", "/api/organisations", id="centre", name="A centre", country="EG")
    node = api("POST", "/api/nodes", id="delta", organisation_id="centre", name="Delta")
    assert (api.status, node["sources"]) == (201, [])
    made = api("POST", "/api/people", name="Sara", mail="Sara@example.org", role="node-manager", node="delta")
    assert (api.status, made["mail"], made["roles"], made["nodes"]) == (
        201, "sara@example.org", ["node-manager"], ["delta"],
    )  # fmt: skip
    person = f"/api/people/{made['id']}"
    assert api("PATCH", person, language="ar")["language"] == "ar"
    assert api("PUT", f"{person}/roles/viewer")["roles"] == ["node-manager", "viewer"]
    assert api("DELETE", f"{person}/roles/node-manager?node=delta")["roles"] == ["viewer"]
    link = api("POST", f"{person}/link")["url"]
    assert sqlite_store.sessions.whose_link(link.rpartition("/")[2], datetime.now(UTC)).id == made["id"]
    assert {one["mail"] for one in api("GET", "/api/people")["items"]} == {
        "op@example.org", "sara@example.org",
    }  # fmt: skip
    api("DELETE", person)
    assert (api.status, api("GET", person)["status"]) == (204, 404)
    done = api("GET", f"/api/audit?about=person:{made['id']}")["items"]
    assert [line["act"] for line in reversed(done)] == [
        "add", "give-role", "change", "give-role", "take-role", "make-sign-in-link", "remove",
    ]  # fmt: skip
    assert {line["who"] for line in done} == {"op@example.org (token test)"}
    assert link.rpartition("/")[2] not in str(done)


def test_what_cannot_be_is_a_problem_that_says_why(api: Program) -> None:
    api("POST", "/api/organisations", id="centre", name="A centre")
    for method, path, body, status, said in (
        ("POST", "/api/organisations", {"id": "centre", "name": "Another"}, 409, "already"),
        ("POST", "/api/nodes", {"id": "x", "organisation_id": "none", "name": "X"}, 404, "no organisation"),
        ("POST", "/api/people", {"name": "X", "mail": "x"}, 422, "not a mail address"),
        ("POST", "/api/people", {"name": "X", "mail": "OP@example.org"}, 409, "known already"),
        ("POST", "/api/people", {"name": "X", "mail": "x@example.org", "rank": 1}, 422, "rank: Extra inputs"),
        ("POST", "/api/people", {"name": "X", "mail": "x@example.org", "language": "de"}, 422, "none of"),
        (
            "POST",
            "/api/people",
            {"name": "X", "mail": "x@example.org", "role": "node-manager"},
            422,
            "a node",
        ),
        ("GET", "/api/people/nobody", {}, 422, "person_id"),
        ("GET", "/api/people/99", {}, 404, "nobody with the number 99"),
        ("DELETE", "/api/people/1", {}, 409, "last operator"),
        ("PUT", "/api/nodes/none/sources/none", {}, 404, "no source"),
        ("GET", "/api/nothing", {}, 404, "Not Found"),
        ("PUT", "/api/people", {}, 405, "Method Not Allowed"),
    ):
        found = api(method, path, **body)
        assert (api.status, found["status"], said in found["detail"]) == (status, status, True), found
        assert api.headers["Content-Type"] == "application/problem+json"


def test_a_token_gives_no_more_than_it_has(api: Program, sqlite_store: Store) -> None:
    operator = sqlite_store.people.by_mail("op@example.org")
    api.token = token_of(sqlite_store, operator, Action.SEE, Action.ADMINISTER)
    api("POST", "/api/tokens", name="more", scopes=["see", "steer"])
    assert api.status == 403
    made = api("POST", "/api/tokens", name="ci", scopes=["see"], days=300)
    assert (api.status, api.headers["Cache-Control"]) == (201, "no-store")
    lasts = datetime.fromisoformat(made["expires_at"]) - datetime.now(UTC)
    assert lasts <= timedelta(days=1)  # as long as the one that asked
    assert "secret" not in api("GET", "/api/tokens")["items"][0]
    own = Program(api.at, made["secret"])
    me = own("GET", "/api/me")
    assert (me["mail"], me["may"], me["token"]) == ("op@example.org", ["see"], made["id"])
    assert own("GET", "/api/people")["detail"] == "the token 'ci' has not the scope administer"
    api("DELETE", f"/api/tokens/{made['id']}")
    assert api.status == 204
    assert own("GET", "/api/me")["status"] == 401
    assert own.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_source_belongs_to_one_node(api: Program, sqlite_store: Store) -> None:
    add_source(sqlite_store, "nile")
    api("POST", "/api/organisations", id="centre", name="A centre")
    for node in ("delta", "coast"):
        api("POST", "/api/nodes", id=node, organisation_id="centre", name=node)
    assert api("PUT", "/api/nodes/delta/sources/nile")["sources"] == ["nile"]
    assert api("PUT", "/api/nodes/coast/sources/nile")["sources"] == ["nile"]
    assert api("GET", "/api/nodes/delta")["sources"] == []
    assert api("DELETE", "/api/nodes/delta/sources/nile")["sources"] == []
    assert api("GET", "/api/nodes/coast")["sources"] == ["nile"]
    api("DELETE", "/api/nodes/coast")
    assert api.status == 409
    assert api("PUT", "/api/organisations/centre", name="The centre")["nodes"] == ["coast", "delta"]
    assert [one["id"] for one in api("GET", "/api/nodes?organisation=centre")["items"]] == ["coast", "delta"]
    assert api("GET", "/api/organisations")["items"][0]["name"] == "The centre"


def test_the_audit_is_read_page_by_page_and_by_managers_for_their_sources(
    api: Program, sqlite_store: Store
) -> None:
    add_source(sqlite_store, "nile")
    add_source(sqlite_store, "lagoon")
    api("POST", "/api/organisations", id="centre", name="A centre")
    api("POST", "/api/nodes", id="delta", organisation_id="centre", name="Delta")
    api("PUT", "/api/nodes/delta/sources/nile")
    walked, path = [], "/api/audit?limit=2"
    while path:
        found = api("GET", path)
        walked += [line["id"] for line in found["items"]]
        path = (found["next"] or "").partition("8000")[2]
    assert walked == sorted(walked, reverse=True)
    assert len(walked) == len(sqlite_store.audit.newest()) > 4
    manager = add_person(sqlite_store, nodes=("delta",))
    own = Program(api.at, token_of(sqlite_store, manager, Action.SEE))
    assert [line["act"] for line in own("GET", "/api/audit?about=source:nile")["items"]] == ["change"]
    for other in ("", "?about=source:lagoon", "?about=source:none", "?about=person:1"):
        assert own("GET", f"/api/audit{other}")["status"] == 403


def test_a_session_reads_the_api_and_changes_nothing_by_it(api: Program, sqlite_store: Store) -> None:
    operator = sqlite_store.people.by_mail("op@example.org")
    browser = Browser(api.at).signed_in(sqlite_store, operator)
    assert browser.session.get(f"{api.at}/api/me", timeout=20).json()["token"] is None
    body = {"id": "centre", "name": "A centre"}
    assert browser.session.post(f"{api.at}/api/organisations", json=body, timeout=20).status_code == 401
    assert sqlite_store.organisations.all() == []
