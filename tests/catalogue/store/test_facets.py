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


def test_what_has_no_values_has_no_facet(sqlite_store: Store) -> None:
    with pytest.raises(InvalidQuery, match="no values"):
        sqlite_store.search.facet(RecordQuery(), "boundingbox", most=3)
