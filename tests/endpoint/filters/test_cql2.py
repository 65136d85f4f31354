"""CQL2, text and JSON, finds what three-valued logic finds; what it cannot say is refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from catalogue.errors import InvalidQuery
from catalogue.query import (
    And,
    Compare,
    Identified,
    Like,
    Not,
    Operator,
    Or,
    Predicate,
    RecordQuery,
    Wildcard,
)
from catalogue.store import Store
from cql2_writers import Cql2Writer, kleene
from endpoint.filters.cql2 import objects, text
from endpoint.filters.cql2.meaning import Names, predicate_of
from endpoint.records_api.properties import IDENTITY, named
from query_truth import Known, filled, leaves, trees

NAMES = Names(named, IDENTITY)


@pytest.fixture(scope="module")
def random_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(f"sqlite:///{tmp_path_factory.mktemp('cql2')}/store.sqlite") as made:
        made.upgrade()
        yield made


@pytest.fixture(scope="module")
def known(random_store: Store) -> list[Known]:
    return filled(random_store, seed=7)


def by_text(written: str) -> Predicate:
    return predicate_of(text.parse(written), NAMES)


def by_json(written: str) -> Predicate:
    return predicate_of(objects.parse(written), NAMES)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(where=trees(leaves()), seed=st.integers(0, 10_000))
@example(where=Not(Compare("coverage", Operator.EQUAL, "lead")), seed=1)
def test_both_encodings_select_what_the_filter_is_true_of(
    random_store: Store, known: list[Known], where: Predicate, seed: int
) -> None:
    expected = [one.number for one in known if kleene(one, where) is True]
    written, writer = Cql2Writer(seed), Cql2Writer(seed)
    for predicate in (by_text(written.text(where)), by_json(writer.json(where))):
        assert random_store.search.ids(RecordQuery(where=predicate, limit=1000)) == expected


LIKE = Like("title", (Wildcard.MANY, "a_b%", Wildcard.ONE))


@pytest.mark.parametrize(
    ("written", "predicate"),
    [
        ("title = 'it''s'", Compare("title", Operator.EQUAL, "it's")),
        (r"title = 'it\'s'", Compare("title", Operator.EQUAL, "it's")),
        (r"title LIKE '%a\_b\%_'", LIKE),
        ("TRUE", And(())),
        ("NOT true", Or(())),
        ("id IN ('a', 'b')", Identified(("a", "b"))),
        ("id <> 'a'", Not(Identified(("a",)))),
        ("'2003' <= issued", Compare("issued", Operator.GREATER_OR_EQUAL, "2003")),
        ("\"title\"='汞'", Compare("title", Operator.EQUAL, "汞")),
    ],
)
def test_spellings(written: str, predicate: Predicate) -> None:
    assert by_text(written) == predicate


@pytest.mark.parametrize(
    ("written", "said", "at"),
    [
        ("", "a property or a literal", "character 1"),
        ("title", "an operator is expected", "character 6"),
        ("title = 'abc", "a text without its end", "character 8"),
        ("title = 'a' OR", "the end", "character 15"),
        ("(title = 'a'", "')' is expected", "character 13"),
        ("title = 'a' title", "an operator or the end", "character 13"),
        ("title ~ 'a'", "not understood", "character 6"),
        ("nothing = 'a'", "no queryable 'nothing'", "character 1"),
        ("title = creator", "another property", "character 9"),
        ("title = 5", "title is a text, and 5 is none", "character 9"),
        ("issued > 'soon'", "is a date", "character 1"),
        ("issued > DATE('soon')", "is a date", "character 1"),
        ("CASEI(title) = 'a'", "both sides", "character 1"),
        ("ACCENTI(title) = ACCENTI('a')", "ACCENTI", "character 1"),
        ("CASEI(issued) = CASEI('2003')", "no text", "character 1"),
        ("title + 1 = 2", "arithmetic", "character 7"),
        ("title = 1 -2", "arithmetic", "character 11"),
        ("floor(title) = 2", "property is expected", "character 1"),
        ("anyText = 'a'", "LIKE", "character 1"),
        ("geometry = 'a'", "cannot be compared", "character 1"),
        ("title IN ()", "a list", "character 10"),
        ("A_CONTAINS(keywords, ('a'))", "A_CONTAINS is not supported", "character 1"),
        ("S_CROSSES(geometry, POINT(1 2))", "do not cross", "character 21"),
        ("S_INTERSECTS(title, POINT(1 2))", "no geometry", "character 1"),
        ("S_INTERSECTS(geometry, POINT(1 2 3))", "heights", "character 30"),
        ("S_INTERSECTS(geometry, POINT EMPTY)", "stands nowhere", "character 24"),
        ("S_INTERSECTS(geometry, LINESTRING(1 2, 3 4))", "LineString", "character 24"),
        ("S_TOUCHES(geometry, MULTIPOINT((1 2), (3 4)))", "MultiPoint", "character 21"),
        ("S_WITHIN(geometry, POLYGON((0 0, 9 0, 9 9, 0 0), (1 1, 2 1, 2 2, 1 1)))", "holes", "character 20"),
        ("S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 0 0)))", "three corners", "character 1"),
        ("S_WITHIN(geometry, BBOX(1, 2, 3))", "four numbers", "character 20"),
        ("T_MEETS(time, DATE('2003-01-01'))", "T_MEETS cannot be told", "character 15"),
        ("T_DURING(INTERVAL(timeBegin, '..'), time)", "properties in an interval", "character 19"),
        ("T_AFTER(title, DATE('2003-01-01'))", "no time", "character 1"),
        ("T_AFTER(issued, 'x')", "a date, a timestamp or an interval", "character 17"),
        ("(" * 41 + "TRUE" + ")" * 41, "40 levels", "character 41"),
        ("NOT " * 41 + "TRUE", "40 levels", "character 161"),
        ("S_INTERSECTS(geometry, " + "GEOMETRYCOLLECTION(" * 50 + "POINT(1 2)", "40 levels", "character"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_its_place(written: str, said: str, at: str) -> None:
    with pytest.raises(InvalidQuery) as refused:
        by_text(written)
    assert said in str(refused.value)
    assert f", at {at}" in str(refused.value)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{", "no JSON"),
        ('{"op": "=", "args": [{"property": "title"}, "a\\u0000"]}', "no text can have, at $.args[1]"),
        ("[" * 100_000, "JSON"),
        ("5", "a condition is expected, at $"),
        ('{"op": "="}', "args, a list, at $"),
        ('{"op": "and", "args": []}', "AND has 0 operands, at $"),
        ('{"op": "=", "args": [{"property": "title"}, {}]}', "no part of CQL2 here, at $.args[1]"),
        ('{"op": "=", "args": [{"property": "title"}, null]}', "at $.args[1]"),
        ('{"op": "not", "args": [{"op": "=", "args": [{"property": "x"}, "a"]}]}', "at $.args[0]"),
        ('{"op": "s_within", "args": [{"property": "geometry"}, {"bbox": [1, "2", 3, 4]}]}', "is no number"),
        ('{"op": "s_within", "args": [{"property": "geometry"}, {"type": "Circle"}]}', "no geometry"),
        ('{"op": "s_within", "args": [{"type": "Point", "coordinates": 1}]}', "no geometry"),
        ('{"op": "t_after", "args": [{"property": "time"}, {"interval": ["2003-01-01"]}]}', "two ends"),
        ('{"function": {"name": "f"}}', "functions"),
    ],
)  # fmt: skip
def test_json_that_cannot_be_answered_is_refused_with_its_path(written: str, said: str) -> None:
    with pytest.raises(InvalidQuery, match=r".") as refused:
        by_json(written)
    assert said in str(refused.value)


def test_open_intervals(random_store: Store, known: list[Known]) -> None:
    def found(written: str) -> list[int]:
        return random_store.search.ids(RecordQuery(where=by_text(written), limit=1000))

    every = found("issued IS NOT NULL")
    assert found("T_INTERSECTS(issued, INTERVAL('..', '..'))") == every
    since = found("T_INTERSECTS(issued, INTERVAL('2003-01-01', '..'))")
    assert since == found("issued >= DATE('2003-01-01')")
    assert set(since) < set(every)
    assert found("T_DISJOINT(issued, INTERVAL('2003-01-01', '..'))") == sorted(set(every) - set(since))
    assert found("T_AFTER(issued, INTERVAL('2003-01-01', '..'))") == []
    assert found("T_BEFORE(time, INTERVAL('2003-01-01', '..'))") == found(
        "T_BEFORE(time, DATE('2003-01-01'))"
    )
    # The last day of an interval belongs to it, to its end.
    assert found("T_INTERSECTS(issued, INTERVAL('..', '2003-05-04'))") == found(
        "issued <= TIMESTAMP('2003-05-04T23:59:59Z')"
    )


PIECES = [
    "title", "=", "<>", "(", ")", ",", "'a'", "'b", "5", "NOT", "AND", "OR", "IN", "LIKE", "BETWEEN", "IS",
    "NULL", "CASEI", "S_WITHIN", "geometry", "POINT", "POLYGON", "BBOX", "INTERVAL", "DATE", "'2003-01-01'",
    "T_AFTER", "issued", "TRUE", '"', "-1", "*", "汞", "\x00", ":",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join) | st.text(max_size=40))
def test_whatever_is_sent_is_answered_or_refused(written: str) -> None:
    for read in (by_text, by_json):
        with suppress(InvalidQuery):
            read(written)
