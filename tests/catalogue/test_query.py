"""The tree of predicates, and patterns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.errors import InvalidQuery
from catalogue.query import (
    MAX_DEPTH,
    MAX_IDENTIFIERS,
    MAX_PATTERN,
    MAX_PREDICATES,
    And,
    Identified,
    Like,
    Missing,
    Not,
    Or,
    Predicate,
    RecordQuery,
    Wildcard,
    all_of,
    any_of,
    pattern_of,
)

MANY, ONE = Wildcard.MANY, Wildcard.ONE
LEAF = Missing("title")


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("*lorem*", (MANY, "lorem", MANY)),
        ("200?-10-*", ("200", ONE, "-10-", MANY)),
        ("a**b", ("a", MANY, "b")),
        (r"100\*", ("100*",)),
        (r"a\\b", ("a\\b",)),
        (r"a\?\*", ("a?*",)),
        (r"a\b", ("ab",)),
        ("end\\", ("end\\",)),
        ("", ()),
    ],
)
def test_patterns(text: str, pattern: tuple[str | Wildcard, ...]) -> None:
    assert pattern_of(text, many="*", one="?", escape="\\") == pattern


def test_wildcards_may_have_several_characters_or_be_absent() -> None:
    assert pattern_of("a%%b__c%", many="%%", one="__", escape="!!") == ("a", MANY, "b", ONE, "c%")
    assert pattern_of("a!!%%b", many="%%", one="__", escape="!!") == ("a%%b",)
    assert pattern_of("a*?\\", many="", one="", escape="") == ("a*?\\",)


@given(st.text(alphabet="ab*?\\", max_size=12))
def test_what_is_escaped_is_literal(text: str) -> None:
    escaped = "".join("\\" + character for character in text)
    assert "".join(pattern_of(escaped, many="*", one="?", escape="\\")) == text


def test_and_and_or_are_taken_apart() -> None:
    assert all_of((LEAF,)) == LEAF
    assert all_of((And((LEAF, LEAF)), LEAF)) == And((LEAF, LEAF, LEAF))
    assert any_of((LEAF, Or((LEAF, LEAF)))) == Or((LEAF, LEAF, LEAF))
    assert any_of((And((LEAF, LEAF)),)) == And((LEAF, LEAF))


def nested(levels: int) -> Predicate:
    found: Predicate = LEAF
    for _ in range(levels - 1):
        found = Not(found)
    return found


@pytest.mark.parametrize(
    "where",
    [
        And((LEAF,) * MAX_PREDICATES),
        nested(MAX_DEPTH + 1),
        Like("title", ("x" * MAX_PATTERN, MANY)),
        Identified(("x",) * (MAX_IDENTIFIERS + 1)),
    ],
)
def test_what_is_too_large_is_refused(where: Predicate) -> None:
    with pytest.raises(InvalidQuery):
        RecordQuery(where=where)


def test_what_is_just_not_too_large_is_taken() -> None:
    RecordQuery(where=And((LEAF,) * (MAX_PREDICATES - 1)))
    RecordQuery(where=nested(MAX_DEPTH))
