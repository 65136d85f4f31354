"""Packed values: what the database makes of them is what the record says."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import factories
from catalogue.query import Compare, Like, Operator, RecordQuery, Wildcard
from catalogue.queryables import normalise
from catalogue.record import Identifier, Record, Text
from catalogue.store import Store
from catalogue.store.index import valued
from catalogue.store.queries.packed import packed, pairs_of, values_of
from catalogue.store.tables import record_queryables

TEXTS = st.lists(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1),
    min_size=1,
    max_size=6,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=TEXTS)
def test_the_database_sees_each_value_and_its_normal_form(store: Store, texts: list[str]) -> None:
    pairs = [(name, text) for name in ("title", "abstract") for text in texts]
    short, running = packed(pairs)
    assert pairs_of(short, running) == pairs
    if not store.sources.all():
        factories.fill(store, {"a": Record(Text.of("A"))})
    columns = {"short": short, "running": running}
    kind = record_queryables.c.short.type
    written = {name: sa.cast(sa.literal(text, sa.Text()), kind) for name, text in columns.items()}
    with store.engine.begin() as connection:
        connection.execute(sa.update(record_queryables).values(written))
        for name in ("title", "abstract"):
            values = values_of(name, embedded=store.embedded)
            rows = connection.execute(values.select(values.value, values.compared)).all()
            assert [tuple(row) for row in rows] == [(text, normalise(text)) for text in texts]


def test_dates_and_numbers_go_with_what_sorts_as_they_do() -> None:
    short, running = packed(
        [("issued", "2003-05"), ("issued", "long ago"), ("rights", "Été"), ("type", "ÉTÉ")]
    )
    assert short == '{"issued":[["2003-05","2003-05-01T00:00:00"],["long ago",""]],"type":[["ÉTÉ","été"]]}'
    assert running == '{"rights":[["Été","été"]]}'


@pytest.mark.parametrize("few", [0, 500])
def test_identifiers_are_found_by_all_that_they_are_and_by_how_they_begin(
    store: Store, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(valued, "FEW", few)
    long = "https://example.org/" + "x" * 60
    for name in "AB":
        identifiers = (Identifier(f"{long}/{name}"), Identifier(f"DOI:10.1/{name}"))
        factories.fill(store, {name: Record(Text.of(name), identifiers=identifiers)})
    store.index.take_in()

    def found(where: Compare | Like) -> int:
        return store.search.count(RecordQuery(where=where))

    for literal, match_case, count in (
        (f"{long}/A", True, 1), (f"{long}/a", True, 0), (f"{long}/a", False, 1), (f"{long}/C", True, 0),
        ("doi:10.1/b", False, 1), ("DOI:10.1/B", True, 1), (long, True, 0),
    ):  # fmt: skip
        assert found(Compare("identifier", Operator.EQUAL, literal, match_case)) == count, literal
    assert found(Like("identifier", (long, Wildcard.MANY))) == 2
    assert found(Like("identifier", ("doi:10.1/", Wildcard.ONE))) == 0
    assert found(Like("identifier", ("doi:10.1/", Wildcard.ONE), match_case=False)) == 2
    assert found(Compare("identifier", Operator.LESS, "doi:10.1/b", match_case=False)) == 1
