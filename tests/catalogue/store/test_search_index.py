"""The search index: whatever of the catalogue it has taken in, a query finds what plain Python finds."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import factories
from catalogue import oai_identifier
from catalogue.query import (
    And,
    AnyText,
    Between,
    Compare,
    Extent,
    Like,
    Missing,
    Not,
    Operator,
    Predicate,
    RecordQuery,
    Relation,
    SortKey,
    Wildcard,
)
from catalogue.queryables import normalise
from catalogue.record import Agent, Identifier, Record, Text
from catalogue.settings import ROOT
from catalogue.store import Store
from catalogue.store.index import answers, batches, ranking, ranks, slices, valued
from catalogue.store.index.anew import begin_anew
from catalogue.store.migrations import downgrade
from catalogue.store.tables import index_terms
from query_truth import (
    DATE_QUERYABLES,
    TEXT_QUERYABLES,
    Known,
    filled,
    in_order,
    leaves,
    matching,
    random_records,
    trees,
)

RELAXED = settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def _mixed(store: Store) -> list[Known]:
    """Records, taken in; then some that changed, some that are new and some that were deleted."""
    factories.add_source(store)
    factories.number_from(store, 65_500)
    records = random_records(20, 60)
    factories.fill(store, records)
    store.index.take_in(at_once=25)
    later = {name: one for name, one in random_records(21, 80).items() if int(name[5:]) % 3 == 0}
    run = factories.fill(store, later)
    records |= later
    ours = {oai_identifier.mint(factories.NAMESPACE, "nile", name): name for name in records}
    known = store.records.known(list(ours))
    gone = [known[identifier] for identifier in list(ours)[::7]]
    factories.commit(store, run, [], tombstones=gone)
    left = [found for found in known.values() if found not in gone]
    stamps = {found.identifier: found.datestamp for found in store.search.records([one.id for one in left])}
    return sorted(
        (
            Known(one.id, one.identifier, stamps[one.identifier], records[ours[one.identifier]])
            for one in left
        ),
        key=lambda one: one.number,
    )


@pytest.fixture(params=["waiting", "taken in", "few"])
def known(store: Store, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> list[Known]:
    """A store that has been taken in before it changed; and again since.

    These are few records, which are looked at one by one unless that is told off: then the index answers.
    """
    found = _mixed(store)
    if request.param != "waiting":
        store.index.take_in()
    if request.param != "few":
        monkeypatch.setattr(valued, "FEW", 0)
        monkeypatch.setattr(valued, "MANY", 20)
        monkeypatch.setattr(slices, "_STEPS", 1_000_000)
    return found


@RELAXED
@given(where=st.one_of(leaves(), trees(leaves())))
def test_finds_what_plain_python_finds(store: Store, known: list[Known], where: Predicate) -> None:
    numbers = matching(known, where)
    assert store.search.page(RecordQuery(where=where, limit=1000)) == (len(numbers), numbers)
    page = RecordQuery(where=where, offset=3, limit=4)
    assert store.search.page(page) == (len(numbers), numbers[3:7])


_keys = st.builds(
    SortKey, st.sampled_from([*TEXT_QUERYABLES, *DATE_QUERYABLES, "title", "denominator"]), st.booleans()
)


@RELAXED
@given(
    keys=st.lists(_keys, min_size=1, max_size=2, unique_by=lambda key: key.queryable),
    offset=st.integers(0, 50),
    where=st.sampled_from([None, Not(Missing("title")), Missing("creator")]),
)
def test_order(
    store: Store, known: list[Known], keys: list[SortKey], offset: int, where: Predicate | None
) -> None:
    expected = [one for one in in_order(known, keys) if where is None or one in matching(known, where)]
    query = RecordQuery(where=where, sort=tuple(keys), offset=offset, limit=9)
    assert store.search.page(query) == (len(expected), expected[offset : offset + 9])


def test_values_are_counted(store: Store, known: list[Known]) -> None:
    for queryable in ("subject", "type", "creator", "issued", "title"):
        counts = Counter(value for one in known for value in one.values(queryable))
        assert store.search.values(queryable, limit=1000) == sorted(counts.items())
        assert store.search.values(queryable, limit=len(counts)) is not None
        assert store.search.values(queryable, limit=len(counts) - 1) is None
        least, greatest = store.search.span(queryable) or ("", "")
        assert {least, greatest} <= counts.keys()


def test_what_nearly_each_record_has_for_itself_is_no_term(sqlite_store: Store) -> None:
    records = {
        f"r{n}": Record(Text.of(f"Report {n}"), identifiers=(Identifier(f"10.5072/{n}"),)) for n in range(9)
    }
    factories.fill(sqlite_store, records)
    sqlite_store.index.take_in()
    with sqlite_store.engine.connect() as connection:
        names = Counter(connection.execute(sa.select(index_terms.c.name)).scalars())
    assert not names.keys() & {"identifier", "resource_identifier", "title"}
    for name, found in (("identifier", 1), ("resource_identifier", 1), ("parent", 0)):
        where = Compare(name, Operator.EQUAL, "10.5072/4")
        assert sqlite_store.search.count(RecordQuery(where=where)) == found


def test_the_span_of_titles_is_that_of_their_order(store: Store, known: list[Known]) -> None:
    titles = sorted(normalise(title)[:60] for one in known for title in one.values("title"))
    span = store.search.span("title") or ("", "")
    assert [normalise(end)[:60] for end in span] == [titles[0], titles[-1]]


def test_while_too_many_wait_the_tables_answer(
    store: Store, known: list[Known], monkeypatch: pytest.MonkeyPatch
) -> None:
    where = AnyText((Wildcard.MANY, "lead", Wildcard.MANY))
    numbers = matching(known, where)
    factories.fill(store, random_records(1, 3))
    expected = store.search.page(RecordQuery(where=where, limit=1000))
    assert set(numbers) & set(expected[1])
    monkeypatch.setattr(answers, "PATIENCE", 0)
    assert store.search.page(RecordQuery(where=where, limit=1000)) == expected
    assert store.search.page(RecordQuery(sort=(SortKey("title"),), limit=0))[0] > 0


def test_what_is_committed_is_found_at_once(store: Store) -> None:
    where = AnyText(("endosulfan",))
    run = factories.fill(store, {"a": Record(Text.of("Endosulfan")), "b": Record(Text.of("Lindane"))})
    for taken in (False, True):
        if taken:
            store.index.take_in()
        assert store.search.count(RecordQuery(where=where)) == 1
    factories.fill(store, {"b": Record(Text.of("More on endosulfan"))})
    assert store.search.count(RecordQuery(where=where)) == 2
    known = store.records.known([f"oai:{factories.NAMESPACE}:nile:a"])
    factories.commit(store, run, [], tombstones=list(known.values()))
    assert store.search.count(RecordQuery(where=where)) == 1
    assert store.index.take_in() == 2
    assert store.search.count(RecordQuery(where=where)) == 1
    assert store.index.take_in() == 0


def test_a_batch_that_fails_leaves_everything_as_it_was(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.fill(store, {"a": Record(Text.of("Endosulfan"))})

    def fail(*_: object) -> None:
        raise OSError("the disk has gone")

    with monkeypatch.context() as broken:
        broken.setattr(batches, "_write_order", fail)
        with pytest.raises(OSError, match="gone"):
            store.index.take_in()
    where = AnyText(("endosulfan",))
    assert store.search.count(RecordQuery(where=where)) == 1
    assert store.index.take_in() == 1
    assert store.search.count(RecordQuery(where=where)) == 1


def test_records_of_before_the_index_are_taken_in_by_the_upgrade(store: Store) -> None:
    factories.fill(store, random_records(3, 5))
    [step] = (ROOT / "migrations" / "versions").glob("*_search_index.py")
    downgrade(store.engine, f"{int(step.name[:4]) - 1:04}")
    store.upgrade()
    assert store.index.take_in() == 0
    assert store.search.count(RecordQuery()) == 5


_WORLD = Extent(Relation.INTERSECTS, -180, -90, 180, 90)
_BOX = Extent(Relation.INTERSECTS, 10, 10, 25, 20)


@pytest.mark.parametrize(
    "query",
    [
        RecordQuery(),
        RecordQuery(offset=20, limit=5),
        RecordQuery(where=AnyText((Wildcard.MANY, "lead", Wildcard.MANY))),
        RecordQuery(where=AnyText(("lead x",))),
        RecordQuery(where=_BOX),
        RecordQuery(where=_WORLD),
        RecordQuery(where=Extent(Relation.CONTAINS, 10, 10, 11, 11)),
        RecordQuery(where=Between("issued", "1998", "2026")),
        RecordQuery(where=Compare("issued", Operator.GREATER, "2003-01-15")),
        RecordQuery(where=Compare("modified", Operator.GREATER, "2003")),
        RecordQuery(where=And((_BOX, Between("issued", "1998", "2026"), AnyText(("lead",))))),
        RecordQuery(where=Compare("type", Operator.EQUAL, "Dataset")),
        RecordQuery(where=Not(Compare("type", Operator.EQUAL, "dataset", match_case=False))),
        RecordQuery(where=Like("title", (Wildcard.MANY, "lead", Wildcard.MANY), match_case=False)),
        RecordQuery(where=Compare("identifier", Operator.EQUAL, "oai:nobody")),
        RecordQuery(where=Missing("creator")),
        RecordQuery(sort=(SortKey("title"),)),
        RecordQuery(sort=(SortKey("title", descending=True),)),
        RecordQuery(sort=(SortKey("modified", descending=True),)),
        RecordQuery(sort=(SortKey("issued"),), where=AnyText(("lead",))),
    ],
    ids=str,
)
def test_no_request_reads_a_whole_table(tmp_path: Path, query: RecordQuery) -> None:
    with Store(f"sqlite:///{tmp_path}/store.sqlite") as store:
        store.upgrade()
        factories.fill(store, random_records(20, 60))
        store.index.take_in()
        asked: list[str] = []
        sa.event.listen(store.engine, "connect", lambda made, _: made.set_trace_callback(asked.append))
        store.engine.dispose()
        store.search.page(query)
        store.search.values("subject", limit=1000)
        store.search.span("title")
        statements = [statement for statement in asked if statement.lstrip().startswith("SELECT")]
        assert len(statements) >= 5
        with store.engine.connect() as connection:
            for statement in statements:
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").all()
                scanned = [row[3] for row in plan if row[3].startswith("SCAN")]
                assert all(_is_short(step) for step in scanned), (statement, scanned)


def _is_short(step: str) -> bool:
    """A list that came with the request, the queue, the one row of state; a subquery of one row each."""
    return "VIRTUAL TABLE" in step or step.split()[1] in {"index_queue", "index_state", "CONSTANT"}


@pytest.mark.parametrize("descending", [False, True])
def test_what_is_far_from_the_front_of_an_order(
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    descending: bool,  # noqa: FBT001 - one of two orders
) -> None:
    monkeypatch.setattr("catalogue.store.queries.search._FAR", 5)
    monkeypatch.setattr("catalogue.store.queries.search._FRONTS", (20, 40))
    known = filled(store, seed=21, count=60)
    store.index.take_in()
    sort = (SortKey("title", descending),)
    ordered = in_order(known, sort)
    for offset in (0, 4, 5, 12, 17, 35, 45, 70):
        for _ in range(2):
            assert store.search.ids(RecordQuery(sort=sort, offset=offset, limit=7)) == ordered[offset:][:7]
    # What has changed since is not remembered as it was.
    factories.fill(store, {"item-1": Record(Text.of("!"))})
    again = store.search.ids(RecordQuery(sort=sort, offset=5, limit=100))
    assert again == store.search.ids(RecordQuery(sort=sort, limit=105))[5:]
    assert again[:7] != ordered[5:][:7] or descending


def _in_two_languages(number: int) -> Record:
    """Many have one title, or begin alike, or have a second one that stands elsewhere."""
    first = ("same", "b" * 60 + f" {number % 7}", f"{number * 7 % 90:02} of {number}")[number % 3]
    titles = {"en": first} if number % 4 else {"en": first, "fr": f"{number * 11 % 90:02} deux"}
    kinds = (Text.of("map"),) if number % 2 else ()
    maker = Agent("creator", Text.of(f"{number * 13 % 90}"))
    return Record(Text(tuple(titles.items())), types=kinds, agents=(maker,))


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("waits", [False, True])
def test_leaps_to_what_a_walk_comes_to(
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    *,
    descending: bool,
    waits: bool,
) -> None:
    factories.add_source(store)
    factories.number_from(store, 65_500)
    factories.fill(store, {f"item-{number}": _in_two_languages(number) for number in range(90)})
    store.index.take_in()
    if waits:
        factories.fill(store, {f"item-{n}": _in_two_languages(n + 5) for n in range(0, 100, 11)})
    first = SortKey("title", descending)
    for where in (None, Compare("type", Operator.EQUAL, "map")):
        for sort in ((first,), (first, SortKey("creator"))):
            query = RecordQuery(where=where, sort=sort, limit=200)
            walked = store.search.ids(query)
            with monkeypatch.context() as near:
                near.setattr("catalogue.store.queries.search._FAR", 1)
                near.setattr("catalogue.store.index.leaps.SIZES", (20, 40, 200))
                for offset in range(1, len(walked), 3):
                    found = store.search.ids(replace(query, offset=offset, limit=5))
                    assert found == walked[offset:][:5], (where, sort, offset)
            store.index.forget()


def test_blocks_of_titles_lead_to_what_a_walk_comes_to(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "LENGTH", 8)
    monkeypatch.setattr(ranks, "LENGTH", 8)
    monkeypatch.setattr(ranks, "_WORTH_IT", 3)
    factories.add_source(store)
    factories.number_from(store, 65_500)
    factories.fill(store, {f"item-{number}": _in_two_languages(number) for number in range(90)})
    store.index.take_in()
    assert [store.index.put_titles_in_order(loose=0) for _ in range(3)] == [35, 55, 0]
    assert _led(store, monkeypatch) > 60
    factories.fill(store, {f"item-{number}": _in_two_languages(number + 5) for number in range(0, 100, 11)})
    assert _led(store, monkeypatch) > 60
    store.index.take_in()
    assert _led(store, monkeypatch) > 60
    assert store.index.put_titles_in_order(loose=0) > 0
    assert _led(store, monkeypatch) > 60
    begin_anew(store.engine)
    store.index.take_in()
    assert _led(store, monkeypatch) == 0


def _led(store: Store, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many pages were come to by blocks; each is what a walk comes to."""
    walk, led = ranks.walked_from, 0

    def counted(*given: Any, **named: Any) -> list[int]:
        nonlocal led
        led += 1
        return walk(*given, **named)

    for where in (None, Compare("type", Operator.EQUAL, "map")):
        for sort in ((SortKey("title"),), (SortKey("title"), SortKey("creator"))):
            query = RecordQuery(where=where, sort=sort, limit=200)
            walked = store.search.ids(query)
            with monkeypatch.context() as near:
                near.setattr("catalogue.store.queries.search._FAR", 1)
                near.setattr("catalogue.store.queries.search._NEAR", 4)
                near.setattr(ranks, "walked_from", counted)
                for offset in range(1, len(walked), 3):
                    found = store.search.ids(replace(query, offset=offset, limit=5))
                    assert found == walked[offset:][:5], (where, sort, offset)
            store.index.forget()
    return led
