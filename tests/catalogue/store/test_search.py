"""Truth before peers: whatever is asked, the store finds what plain Python finds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import factories
from catalogue.errors import InvalidQuery
from catalogue.query import (
    MAX_DEPTH,
    MAX_PREDICATES,
    And,
    AnyText,
    Between,
    Compare,
    Extent,
    Identified,
    Like,
    Member,
    Missing,
    Not,
    Operator,
    Or,
    Place,
    Predicate,
    RecordQuery,
    Relation,
    SortKey,
    Wildcard,
)
from catalogue.record import Record, Text
from catalogue.store import Store
from query_truth import (
    DATE_QUERYABLES,
    TEXT_QUERYABLES,
    Known,
    extents,
    filled,
    in_order,
    leaves,
    matching,
    random_records,
    trees,
)

#: The store is filled once for all examples of a test.
RELAXED = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def known(store: Store) -> Iterator[list[Known]]:
    """A store full of random records."""
    return filled(store, seed=20)


def found(store: Store, where: Predicate) -> list[int]:
    query = RecordQuery(where=where, limit=1000)
    ids = store.search.ids(query)
    assert store.search.count(query) == len(ids)
    assert store.search.page(query) == (len(ids), ids)
    beyond = RecordQuery(where=where, offset=len(ids), limit=3)
    assert store.search.page(beyond) == (len(ids), [])
    return ids


@RELAXED
@given(where=trees(leaves()))
def test_finds_what_plain_python_finds(store: Store, known: list[Known], where: Predicate) -> None:
    assert found(store, where) == matching(known, where)


@RELAXED
@given(where=leaves())
def test_not_is_the_exact_complement(store: Store, known: list[Known], where: Predicate) -> None:
    everything = [one.number for one in known]
    ids = found(store, where)
    assert found(store, Not(where)) == [number for number in everything if number not in set(ids)]


@RELAXED
@given(where=extents())
def test_extents(store: Store, known: list[Known], where: Extent) -> None:
    assert found(store, where) == matching(known, where)


_keys = st.builds(SortKey, st.sampled_from([*TEXT_QUERYABLES, *DATE_QUERYABLES]), st.booleans())


@RELAXED
@given(keys=st.lists(_keys, max_size=3), offset=st.integers(0, 60), limit=st.integers(0, 20))
def test_order_and_slices(
    store: Store, known: list[Known], keys: list[SortKey], offset: int, limit: int
) -> None:
    query = RecordQuery(sort=tuple(keys), offset=offset, limit=limit)
    assert store.search.ids(query) == in_order(known, keys)[offset : offset + limit]
    assert store.search.count(query) == len(known)


@RELAXED
@given(data=st.data())
def test_identifiers(store: Store, known: list[Known], data: st.DataObject) -> None:
    wanted = data.draw(st.lists(st.sampled_from(known), max_size=5))
    identifiers = (*(one.identifier for one in wanted), "oai:nobody")
    assert found(store, Identified(identifiers)) == sorted({one.number for one in wanted})
    order = list(dict.fromkeys(one.number for one in wanted))
    assert store.search.identified(identifiers) == order


def test_records_and_renditions_in_order(store: Store, known: list[Known]) -> None:
    wanted = [known[3], known[1], known[2]]
    ids = [one.number for one in wanted]
    assert [one.record for one in store.search.records([*ids, 10**9])] == [one.record for one in wanted]
    renditions = store.search.renditions([*ids, 10**9], "iso19139")
    assert len(renditions) == 3
    for rendition, one in zip(renditions, wanted, strict=True):
        assert one.identifier.encode() in rendition


def test_deleted_records_are_nowhere(store: Store) -> None:
    run = factories.fill(store, random_records(1, 3))
    before = store.search.ids(RecordQuery())
    (identifier,) = {one.identifier for one in store.search.records(before[:1])}
    factories.commit(store, run, [], tombstones=list(store.records.known([identifier]).values()))
    assert store.search.ids(RecordQuery()) == before[1:]
    assert store.search.count(RecordQuery()) == 2
    assert store.search.count(RecordQuery(where=Not(Missing("title")))) == 2
    assert store.search.count(RecordQuery(where=Missing("title"))) == 0
    assert store.search.identified([identifier]) == []
    assert store.search.records(before[:1]) == []
    assert store.search.renditions(before[:1], "iso19139") == []


def test_values_are_listed_and_counted(store: Store) -> None:
    factories.fill(
        store,
        {
            "one": Record(title=Text.of("b"), formats=("text/html", "application/pdf")),
            "two": Record(title=Text.of("a"), formats=("text/html",)),
        },
    )
    assert store.search.values("format", limit=2) == [("application/pdf", 1), ("text/html", 2)]
    assert store.search.values("format", limit=1) is None
    assert store.search.span("title") == ("a", "b")
    assert store.search.span("creator") is None
    assert store.search.values("creator", limit=5) == []
    least, greatest = store.search.span("modified")
    assert least.endswith("Z")
    assert least <= greatest


def test_an_empty_store_has_no_span(store: Store) -> None:
    assert store.search.span("modified") is None
    assert store.search.count(RecordQuery()) == 0


@pytest.mark.parametrize(
    "where",
    [
        Compare("nothing", Operator.EQUAL, "x"),
        Compare("boundingbox", Operator.EQUAL, "x"),
        Compare("anytext", Operator.LESS, "x"),
        Compare("date", Operator.LESS, "yesterday"),
        Between("created", "2003", "2003-02-30"),
        Compare("modified", Operator.LESS, "soon"),
        Like("modified", (Wildcard.MANY,)),
        Like("boundingbox", (Wildcard.MANY,)),
        Missing("nothing"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(sqlite_store: Store, where: Compare | Like) -> None:
    with pytest.raises(InvalidQuery) as refused:
        sqlite_store.search.count(RecordQuery(where=where))
    assert refused.value.locator == where.queryable


@pytest.mark.parametrize("queryable", ["boundingbox", "anytext", "nothing"])
def test_what_has_no_order_is_refused(sqlite_store: Store, queryable: str) -> None:
    with pytest.raises(InvalidQuery):
        sqlite_store.search.ids(RecordQuery(sort=(SortKey(queryable),)))
    with pytest.raises(InvalidQuery):
        sqlite_store.search.values(queryable, limit=1)


def test_the_largest_filter_that_is_allowed_is_answered(store: Store) -> None:
    factories.fill(store, random_records(1, 3))
    leaf = Compare("title", Operator.NOT_EQUAL, "zzz")
    assert store.search.count(RecordQuery(where=And((leaf,) * (MAX_PREDICATES - 1)))) == 3
    assert store.search.count(RecordQuery(where=Or((leaf,) * (MAX_PREDICATES - 1)))) == 3
    deep: Predicate = leaf
    for level in range(MAX_DEPTH - 1):
        deep = Not(deep) if level % 3 == 0 else And((deep, leaf)) if level % 3 == 1 else Or((deep, leaf))
    assert store.search.count(RecordQuery(where=deep)) in {0, 3}
    many = AnyText(("x" * 1999, Wildcard.MANY))
    assert store.search.count(RecordQuery(where=many)) == 0
    assert store.search.count(RecordQuery(where=Identified(tuple(map(str, range(1000)))))) == 0
    assert store.search.count(RecordQuery(where=Extent(Relation.CONTAINS, 1.0, 1.0, 1.0, 1.0))) >= 0


@given(
    keys=st.lists(
        st.builds(SortKey, st.sampled_from(["title", "issued", "creator", "coverage"]), st.booleans()),
        max_size=2,
        unique_by=lambda key: key.queryable,
    ),
    limit=st.integers(9, 25),
)
@settings(RELAXED, max_examples=8)
def test_a_list_is_walked_from_place_to_place(
    store: Store, known: list[Known], keys: list[SortKey], limit: int
) -> None:
    walked: list[int] = []
    after = None
    while True:
        query = RecordQuery(where=Not(Missing("title")), sort=tuple(keys), limit=limit, after=after)
        matched, ids = store.search.page(query)
        assert matched == len(known)
        if not ids:
            break
        walked += ids
        after = store.search.place(ids[-1], keys)
    assert walked == in_order(known, keys)


def test_what_comes_and_goes_does_not_shift_a_list(store: Store) -> None:
    factories.fill(store, {f"r{n}": Record(Text.of(f"Title {n}")) for n in range(6)})
    first = store.search.ids(RecordQuery(limit=3))
    place = store.search.place(first[-1], ())
    run = factories.fill(store, {"later": Record(Text.of("Later"))})
    known = store.records.known([f"oai:{factories.NAMESPACE}:nile:r{n}" for n in (0, 2)])
    factories.commit(store, run, [], tombstones=list(known.values()))
    rest = store.search.ids(RecordQuery(limit=9, after=place))
    assert [one.record.title.default for one in store.search.records(rest)] == [
        "Title 3", "Title 4", "Title 5", "Later",
    ]  # fmt: skip


def test_a_place_belongs_to_its_order() -> None:
    with pytest.raises(InvalidQuery):
        RecordQuery(sort=(SortKey("title"),), after=Place((), 3))


def test_members_of_a_set(store: Store) -> None:
    factories.add_source(store)
    run = factories.open_run(store)
    writes = [
        factories.write_of(
            store, Record(Text.of(name)), source_identifier=name, set_specs=(f"convention:{name}",)
        )
        for name in ("basel", "rotterdam")
    ]
    factories.commit(store, run, writes)

    def titles(where: Predicate) -> list[str]:
        ids = store.search.ids(RecordQuery(where=where))
        return [found.record.title.default for found in store.search.records(ids)]

    assert titles(Member("convention:basel")) == ["basel"]
    assert titles(Not(Member("convention:basel"))) == ["rotterdam"]
    assert titles(Member("convention")) == ["basel", "rotterdam"]
    assert titles(Member("convention:nobody")) == []
    gone = store.records.known([writes[0].identifier])
    factories.commit(store, run, [], tombstones=list(gone.values()))
    assert titles(Member("convention")) == ["rotterdam"]
