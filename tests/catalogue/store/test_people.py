from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from catalogue.errors import (
    LastOperator,
    NodeExists,
    OrganisationExists,
    PersonExists,
    StillInUse,
    UnknownLink,
    UnknownNode,
    UnknownOrganisation,
    UnknownPerson,
    UnknownSource,
    UnknownToken,
)
from catalogue.people import Action, Node, Organisation, Role
from catalogue.store import Store
from catalogue.store.community.sessions import Lifetime
from catalogue.store.tables import audit, people, sessions, sign_in_links, tokens
from factories import add_source
from signing_in import add_node, add_person

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
LASTS = Lifetime(timedelta(hours=1), timedelta(hours=5))


def test_a_person_with_roles_and_nodes(store: Store) -> None:
    add_node(store, "nile")
    person = add_person(store, Role.APPROVER, mail="Sara@Example.org", nodes=("nile",))
    assert person.roles == {Role.APPROVER, Role.NODE_MANAGER}
    assert person.nodes == {"nile"}
    assert store.people.by_mail(" SARA@example.org") == person
    assert store.people.managers_of("nile") == [person]
    with pytest.raises(PersonExists):
        store.people.add("Another", "sara@EXAMPLE.org", "test", NOW)
    with pytest.raises(UnknownNode):
        store.people.give(person.id, Role.NODE_MANAGER, "test", NOW, node_id="none")
    assert store.people.take(person.id, Role.NODE_MANAGER, "test", NOW).roles == {Role.APPROVER}
    changed = store.people.change(replace(person, name="S. Haddad", language="ar"), "test", NOW)
    assert (changed.name, changed.language, changed.mail) == ("S. Haddad", "ar", "sara@example.org")
    other = add_person(store)
    with pytest.raises(PersonExists):
        store.people.change(replace(other, mail=person.mail), "test", NOW)
    assert {one.id for one in store.people.all()} == {person.id, other.id}


def test_who_is_removed_has_no_way_in_any_more(store: Store) -> None:
    add_person(store, Role.OPERATOR)
    person = add_person(store, Role.VIEWER, mail="sara@example.org")
    store.people.set_password(person.id, "hash", "test", NOW)
    session = store.sessions.begin(person.id, NOW, by="password")
    _, token = store.tokens.make(
        person, "ci", {Action.SEE}, by="test", now=NOW, expires_at=NOW + timedelta(days=1)
    )
    link = store.sessions.make_link(person.id, "test", NOW, timedelta(hours=1))
    store.people.remove(person.id, "test", NOW)
    assert store.sessions.find(session, NOW, LASTS) is None
    assert store.tokens.find(token, NOW) is None
    with pytest.raises(UnknownLink):
        store.sessions.whose_link(link, NOW)
    assert store.people.password_of("sara@example.org") == (0, "")
    with pytest.raises(UnknownPerson):
        store.people.get(person.id)
    again = store.people.add("Sara", "sara@example.org", "test", NOW)
    assert again.id != person.id
    assert again.roles == frozenset()
    [line] = store.audit.newest(about=f"person:{person.id}", limit=1)
    assert (line.act, line.detail) == ("remove", {"mail": "sara@example.org"})


def test_somebody_is_left_who_can_administer(store: Store) -> None:
    first = add_person(store, Role.OPERATOR)
    with pytest.raises(LastOperator):
        store.people.remove(first.id, "test", NOW)
    with pytest.raises(LastOperator):
        store.people.take(first.id, Role.OPERATOR, "test", NOW)
    assert store.people.get(first.id).roles == {Role.OPERATOR}
    add_person(store, Role.OPERATOR)
    store.people.remove(first.id, "test", NOW)


def test_a_session_ends_when_it_is_not_used_and_after_its_time(store: Store) -> None:
    person = add_person(store)
    secret = store.sessions.begin(person.id, NOW, by="password", user_agent="x" * 1000)
    minutes = timedelta(minutes=1)
    for after in range(50, 300, 50):
        found = store.sessions.find(secret, NOW + after * minutes, LASTS)
        assert found is not None
        assert (found[0].id, found[1].by, len(found[1].user_agent)) == (person.id, "password", 300)
    assert store.sessions.find(secret, NOW + 300 * minutes, LASTS) is None
    idle = store.sessions.begin(person.id, NOW, by="password")
    assert store.sessions.find(idle, NOW + 60 * minutes, LASTS) is None
    store.sessions.forget(NOW + 300 * minutes, LASTS)
    assert store.sessions.of(person.id, NOW, LASTS) == []


def test_what_opens_something_is_not_kept(store: Store) -> None:
    person = add_person(store)
    expiry = NOW + timedelta(days=1)
    _, token = store.tokens.make(person, "ci", {Action.SEE}, by="test", now=NOW, expires_at=expiry)
    given = [
        store.sessions.begin(person.id, NOW, by="password"),
        store.sessions.make_link(person.id, "test", NOW, timedelta(hours=1)),
        token,
    ]
    with store.engine.connect() as connection:
        tables = (sessions, sign_in_links, tokens, audit, people)
        rows = [connection.execute(sa.select(table)).all() for table in tables]
    assert all(rows)
    assert [secret for secret in given if secret in repr(rows) or repr(secret.encode()) in repr(rows)] == []


def test_a_link_opens_one_session(store: Store) -> None:
    person = add_person(store)
    first = store.sessions.make_link(person.id, "test", NOW, timedelta(hours=1))
    secret = store.sessions.make_link(person.id, "test", NOW, timedelta(hours=1))
    for wrong, when in ((first, NOW), (secret, NOW + timedelta(hours=1)), ("", NOW)):
        with pytest.raises(UnknownLink):
            store.sessions.use_link(wrong, when)
    assert store.sessions.whose_link(secret, NOW).id == person.id
    _, session = store.sessions.use_link(secret, NOW)
    assert store.sessions.find(session, NOW, LASTS) is not None
    with pytest.raises(UnknownLink):
        store.sessions.use_link(secret, NOW)


def test_a_new_password_ends_every_other_session_and_link(store: Store) -> None:
    person = add_person(store)
    mine, other = (store.sessions.begin(person.id, NOW, by="password") for _ in range(2))
    link = store.sessions.make_link(person.id, "test", NOW, timedelta(hours=1))
    found = store.sessions.find(mine, NOW, LASTS)
    assert found is not None
    store.people.set_password(person.id, "hash", "test", NOW, but=found[1].id)
    assert store.sessions.find(mine, NOW, LASTS) is not None
    assert store.sessions.find(other, NOW, LASTS) is None
    with pytest.raises(UnknownLink):
        store.sessions.whose_link(link, NOW)


def test_a_token_ends_at_its_time_or_when_somebody_ends_it(store: Store) -> None:
    person = add_person(store, Role.OPERATOR)
    expiry = NOW + timedelta(days=1)
    made, secret = store.tokens.make(person, "ci", {Action.SEE}, by="test", now=NOW, expires_at=expiry)
    found = store.tokens.find(secret, NOW)
    assert found is not None
    assert (found[0].id, found[1].scopes) == (person.id, {Action.SEE})
    assert store.tokens.get(made.id).used_at == NOW
    assert store.tokens.find(secret, expiry) is None
    store.tokens.end(made.id, "test", NOW)
    assert store.tokens.find(secret, NOW) is None
    assert store.tokens.all(person.id) == []
    with pytest.raises(UnknownToken):
        store.tokens.end(made.id, "test", NOW)


def test_failures_are_counted_apart(store: Store) -> None:
    for name, client in (("a", "1"), ("a", "1"), ("a", "2"), ("b", "1")):
        store.sessions.failed(name, client, NOW)
    before = NOW - timedelta(minutes=1)
    assert store.sessions.failures("a", "1", before) == (2, 3, 3)
    assert store.sessions.failures("b", "2", before) == (0, 1, 1)
    assert store.sessions.failures("a", "1", NOW) == (0, 0, 0)


def test_organisations_have_nodes_and_nodes_have_sources(store: Store) -> None:
    add_source(store, "nile")
    organisations = store.organisations
    organisations.add(Organisation("centre", "A centre", "EG", "https://centre.example.org"), "test", NOW)
    organisations.add_node(Node("north", "centre", "North"), "test", NOW)
    with pytest.raises(OrganisationExists):
        organisations.add(Organisation("centre", "Another"), "test", NOW)
    with pytest.raises(NodeExists):
        organisations.add_node(Node("north", "centre", "Another"), "test", NOW)
    with pytest.raises(UnknownOrganisation):
        organisations.add_node(Node("south", "none", "South"), "test", NOW)
    organisations.give_source("nile", "north", "test", NOW)
    assert store.sources.get("nile").node_id == organisations.node_of("nile") == "north"
    assert organisations.sources_of("north") == ["nile"]
    for wrong in (lambda: organisations.remove("centre", "test", NOW),
                  lambda: organisations.remove_node("north", "test", NOW)):  # fmt: skip
        with pytest.raises(StillInUse):
            wrong()
    with pytest.raises(UnknownNode):
        organisations.give_source("nile", "none", "test", NOW)
    with pytest.raises(UnknownSource):
        organisations.give_source("none", "north", "test", NOW)
    manager = add_person(store, nodes=("north",))
    organisations.give_source("nile", "", "test", NOW)
    organisations.remove_node("north", "test", NOW)
    assert store.people.get(manager.id).roles == frozenset()
    organisations.change(replace(organisations.get("centre"), name="The centre"), "test", NOW)
    organisations.remove("centre", "test", NOW)
    assert organisations.all() == organisations.nodes() == []


def test_every_change_is_noted_with_what_was_before(store: Store) -> None:
    organisations = store.organisations
    organisations.add(Organisation("centre", "A centre"), "sara@example.org", NOW)
    organisations.change(Organisation("centre", "The centre", "EG"), "sara@example.org", NOW)
    changed, added = store.audit.newest(about="organisation:centre")
    assert (changed.who, changed.act, changed.at) == ("sara@example.org", "change", NOW)
    assert changed.detail == {"name": ["A centre", "The centre"], "country": ["", "EG"]}
    assert added.act == "add"
    store.audit.note("op@host", "pause", "source:nile", {"why": "asked"}, NOW)
    assert [line.act for line in store.audit.newest(who="op@host")] == ["pause"]
    assert [line.id for line in store.audit.newest(before=changed.id)] == [added.id]


def test_somebody_is_known_by_what_an_issuer_calls_him(store: Store) -> None:
    add_person(store, Role.OPERATOR)
    person = add_person(store, mail="sara@example.org")
    store.people.link_identity(person.id, "https://login.example.org", "s-1", person.mail, NOW)
    store.people.link_identity(person.id, "https://login.example.org", "s-1", person.mail, NOW)
    assert store.people.by_identity("https://login.example.org", "s-1") == person
    assert store.people.by_identity("https://other.example.org", "s-1") is None
    store.people.remove(person.id, "test", NOW)
    assert store.people.by_identity("https://login.example.org", "s-1") is None
