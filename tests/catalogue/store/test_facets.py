"""Facets: the most frequent values among what matches, exactly, whatever waits to be taken in."""

from __future__ import annotations

import random
from collections import Counter

import pytest

import factories
from catalogue.errors import InvalidQuery
from catalogue.query import AnyText, RecordQuery, Wildcard
from catalogue.record import Record, Subject, Text
from catalogue.store import Store
from catalogue.store.index import facets

WORDS = [f"word{number}" for number in range(40)]


def records(seed: int, count: int) -> dict[str, Record]:
    draw = random.Random(seed)

    def some() -> set[str]:
        return {draw.choice(WORDS[: draw.randint(1, 40)]) for _ in range(3)}

    return {
        f"r{number}": Record(
            Text.of(draw.choice(["Lead", "Mercury"])),
            subjects=tuple(
                Subject(Text.of(one)) for one in {draw.choice(WORDS[: draw.randint(1, 40)]) for _ in "abc"}
            ),
        )
        for number in range(count)
    }


def truth(known: dict[str, Record], word: str, most: int) -> list[tuple[str, int]]:
    counts = Counter(
        subject.label.default
        for record in known.values()
        if word in record.title.default
        for subject in record.subjects
    )
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:most]


@pytest.mark.parametrize("few", [0, 2_000], ids=["by postings", "by record"])
def test_they_are_what_counting_says(store: Store, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr(facets, "_FEW", few)
    monkeypatch.setattr(facets, "_AT_ONCE", 7)
    known = records(1, 300)
    factories.fill(store, known)
    store.index.take_in()
    lead = RecordQuery(where=AnyText((Wildcard.MANY, "lead", Wildcard.MANY)))
    for most in (1, 5, 100):
        assert store.search.facet(lead, "subject", most=most) == truth(known, "Lead", most)
        assert store.search.facet(RecordQuery(), "subject", most=most) == truth(known, "", most)
    # Some of them change, and wait.
    changed = records(2, 120)
    factories.fill(store, changed)
    assert store.search.facet(lead, "subject", most=9) == truth(known | changed, "Lead", 9)


def test_without_an_index_the_tables_are_asked(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalogue.store.index.answers.PATIENCE", 3)
    known = records(3, 40)
    factories.fill(store, known)
    assert store.search.facet(RecordQuery(), "subject", most=6) == truth(known, "", 6)


@pytest.mark.parametrize(
    ("few", "patience"), [(0, 1_000), (2_000, 1_000), (0, 3)], ids=["by postings", "by record", "by tables"]
)
def test_sets_of_a_branch_are_counted_where_they_are_asked_for(
    store: Store, monkeypatch: pytest.MonkeyPatch, few: int, patience: int
) -> None:
    monkeypatch.setattr(facets, "_FEW", few)
    monkeypatch.setattr("catalogue.store.index.answers.PATIENCE", patience)
    known = records(4, 60)
    for source_id in "nile", "delta":
        factories.add_source(store, source_id)
    for source_id, names in ("nile", sorted(known)[:40]), ("delta", sorted(known)[40:]):
        run = factories.open_run(store, source_id)
        sets = (f"source:{source_id}", "convention:basel")
        writes = [
            factories.write_of(
                store, known[name], source_id=source_id, source_identifier=name, set_specs=sets
            )
            for name in names
        ]
        factories.commit(store, run, writes[:30])
        if patience > len(known):
            store.index.take_in()
        factories.commit(store, run, writes[30:])
    lead = RecordQuery(where=AnyText((Wildcard.MANY, "lead", Wildcard.MANY)))
    nile, delta = (
        sum("Lead" in known[name].title.default for name in names)
        for names in (sorted(known)[:40], sorted(known)[40:])
    )
    assert store.search.sets(lead, "source", most=5) == [("source:nile", nile), ("source:delta", delta)]
    assert store.search.sets(RecordQuery(), "source", most=1) == [("source:nile", 40)]
    assert store.search.sets(RecordQuery(), "sour", most=5) == []


def test_what_has_no_values_has_no_facet(sqlite_store: Store) -> None:
    with pytest.raises(InvalidQuery, match="no values"):
        sqlite_store.search.facet(RecordQuery(), "boundingbox", most=3)
