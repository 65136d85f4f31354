from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.errors import SettingsError
from catalogue.people import (
    Action,
    Node,
    Organisation,
    Person,
    Role,
    actions_of,
    known_by,
    mail_address,
    may,
    may_somewhere,
    nodes_where,
    person_name,
)

#: What each role may: everywhere, and at a node that its holder manages.
ALLOWED = {
    Role.VIEWER: ({"see"}, {"see"}),
    Role.NODE_MANAGER: (set(), {"see", "steer"}),
    Role.APPROVER: ({"see", "decide"}, {"see", "decide"}),
    Role.OPERATOR: ({"see", "steer", "decide", "administer"}, {"see", "steer", "decide", "administer"}),
}


@pytest.mark.parametrize(("role", "action"), list(product(Role, Action)))
def test_what_each_role_may(role: Role, action: Action) -> None:
    nodes = frozenset({"nile"}) if role is Role.NODE_MANAGER else frozenset[str]()
    person = Person(1, "Sara", "sara@example.org", roles=frozenset({role}), nodes=nodes)
    everywhere, at_own = ALLOWED[role]
    assert may(person, action) is (action in everywhere)
    assert may(person, action, "lagoon") is (action in everywhere)
    assert may(person, action, "nile") is (action in at_own)
    assert may_somewhere(person, action) is (action in at_own)
    assert (action in actions_of(person)) is (action in at_own)


@given(st.frozensets(st.sampled_from(Role)), st.frozensets(st.sampled_from(["a", "b", "c"])))
@settings(max_examples=60)
def test_the_nodes_that_are_listed_are_those_where_it_is_allowed(
    roles: frozenset[Role], nodes: frozenset[str]
) -> None:
    person = Person(1, "Sara", "sara@example.org", roles=roles, nodes=nodes)
    for action in Action:
        listed = nodes_where(person, action)
        for node in ("a", "b", "c", "d"):
            assert may(person, action, node) is (listed is None or node in listed)
        assert may_somewhere(person, action) is (listed is None or bool(listed))


@pytest.mark.parametrize("action", Action)
def test_nobody_may_nothing(action: Action) -> None:
    assert not may(None, action)
    assert not may(None, action, "nile")
    assert not may_somewhere(None, action)
    assert nodes_where(None, action) == frozenset()


@pytest.mark.parametrize(
    "typed",
    ["", "sara", "@example.org", "sara@", "sara@example", "a b@example.org", "a@b@example.org",
     "sara@example.org\nBcc: all@example.org", "<sara@example.org>", "s\u0000@example.org",
     "x" * 250 + "@example.org"],
)  # fmt: skip
def test_what_is_no_mail_address(typed: str) -> None:
    with pytest.raises(SettingsError, match="mail address"):
        mail_address(typed)


def test_names_and_addresses_have_one_form() -> None:
    assert mail_address(" Sara@Example.ORG ") == "sara@example.org"
    assert mail_address("Sara@Bücher.example") == "sara@xn--bcher-kva.example"
    assert known_by(" Sara@Bücher.example") == "sara@xn--bcher-kva.example"
    assert known_by(" Nobody ") == "nobody"
    assert person_name("  Sara \n Haddad ") == "Sara Haddad"
    with pytest.raises(SettingsError, match="a name has"):
        person_name(" ")


def test_what_cannot_be_addressed_is_no_organisation_and_no_node() -> None:
    with pytest.raises(SettingsError, match="not an id"):
        Organisation("A centre", "A centre")
    with pytest.raises(SettingsError, match="not a country"):
        Node("nile", "centre", "Nile", "Kenya")
    with pytest.raises(SettingsError, match="http"):
        Organisation("centre", "A centre", url="javascript:alert(1)")
