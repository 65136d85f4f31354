"""Words within titles: whatever is known of them, a query finds what plain Python finds."""

from __future__ import annotations

import random
import re

import pytest
import sqlalchemy as sa

import factories
from catalogue.query import Like, Pattern, RecordQuery, Wildcard
from catalogue.queryables import normalise
from catalogue.record import Record, Text
from catalogue.store import Store
from catalogue.store.index import titled
from catalogue.store.queries.packed import pairs_of
from catalogue.store.tables import record_queryables, records

MANY, ONE = Wildcard.MANY, Wildcard.ONE
#: Words as titles write them, and what is more than that: what melts with what follows, what folds into more.
_WORDS = [
    *["waste", "Waste", "WASTE", "Hazardous", "of"] * 5, "wasteWater", "eWaste", "Wastewater", "2019",
    "12019", "ÉMISSION", "émission", "Émission", "Straße", "STRASSE", "waste\u0301", "ﬁlter", "ΑΣ", "ας",
    "汞废物", "A", "hazardous-waste", "w" * 40 + "aste",
]  # fmt: skip
_LITERALS = [
    "waste", "Waste", "WASTE", "wasTe", "aste", "Was", "WA", "e", "E", "2019", "201", "émission", "Émission",
    "ÉM", "strasse", "straße", "ß", "filter", "ας", "ΑΣ", "废物", "废", "hazardous waste", "Hazardous Waste",
    "s of", "a", "nobody", "w" * 20,
]  # fmt: skip
_PATTERNS: list[Pattern] = [
    *[(MANY, literal, MANY) for literal in _LITERALS],
    *[
        (MANY, "waste"),
        ("Waste", MANY),
        (MANY, "aste", MANY, "of", MANY),
        (MANY, "w", ONE, "ste", MANY),
        (MANY,),
    ],
]


@pytest.fixture(autouse=True)
def _nothing_is_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalogue.store.index.valued.FEW", 0)


def _record(draw: random.Random) -> Record:
    english, other = (" ".join(draw.choices(_WORDS, k=draw.randrange(1, 5))) for _ in range(2))
    title = Text((("en", english), ("fr", other))) if draw.random() < 0.2 else Text.of(english)
    return Record(title, descriptions=(Text.of(" ".join(draw.choices(_WORDS, k=6))),))


def _titles(store: Store) -> dict[int, list[str]]:
    """Those of all records that are not deleted."""
    live = sa.select(record_queryables).join(records, records.c.id == record_queryables.c.record_id)
    with store.engine.connect() as connection:
        rows = connection.execute(live.where(sa.not_(records.c.deleted))).all()
    return {row[0]: [value for name, value in pairs_of(*row[1:]) if name == "title"] for row in rows}


def _has(pattern: Pattern, title: str, *, match_case: bool) -> bool:
    wild = {MANY: ".*", ONE: "."}
    fold = str if match_case else normalise
    parts = (wild[part] if isinstance(part, Wildcard) else re.escape(fold(part)) for part in pattern)
    return re.fullmatch("".join(parts), fold(title), re.DOTALL) is not None


def _check(store: Store) -> None:
    titles = _titles(store)
    for pattern in _PATTERNS:
        for match_case in (True, False):
            query = RecordQuery(where=Like("title", pattern, match_case), limit=1000)
            truth = [
                number
                for number, of_it in sorted(titles.items())
                if any(_has(pattern, title, match_case=match_case) for title in of_it)
            ]
            assert store.search.ids(query) == truth, (pattern, match_case)


def _pair(store: Store, *, at_once: int = 45) -> int:
    return store.index.pair(loose=0, at_once=at_once)


@pytest.fixture
def filled(store: Store) -> Store:
    """Ninety records of two chunks that the index has taken in."""
    factories.add_source(store)
    factories.number_from(store, 65_500)
    draw = random.Random(7)
    factories.fill(store, {f"item-{number}": _record(draw) for number in range(90)})
    store.index.take_in()
    return store


def _change(store: Store) -> None:
    draw = random.Random(3)
    run = factories.fill(store, {f"item-{number}": _record(draw) for number in range(0, 100, 3)})
    known = store.records.known([f"oai:{factories.NAMESPACE}:nile:item-{number}" for number in range(5, 10)])
    factories.commit(store, run, [], tombstones=list(known.values()))


def test_titles_are_found_whatever_is_known_of_them(filled: Store) -> None:
    _check(filled)
    while _pair(filled):
        _check(filled)
    _change(filled)
    _check(filled)
    filled.index.take_in()
    _check(filled)
    while _pair(filled):
        pass
    _check(filled)


@pytest.mark.parametrize(("literal", "match_case"), [("waste", True), ("Waste", True), ("wAste", False)])
def test_no_title_is_read_for_a_word_that_is_written_as_others_are(
    filled: Store, monkeypatch: pytest.MonkeyPatch, *, literal: str, match_case: bool
) -> None:
    while _pair(filled):
        pass
    looked_at: list[int] = []
    plain = titled.narrowed

    def narrowed(*given: object) -> tuple[int, int]:
        told, maybe = plain(*given)  # type: ignore[arg-type]
        looked_at.append(maybe)
        return told, maybe

    monkeypatch.setattr(titled, "narrowed", narrowed)
    query = RecordQuery(where=Like("title", (MANY, literal, MANY), match_case), limit=1000)
    found = filled.search.ids(query)
    assert found
    plainly_written = {
        number
        for number, of_it in _titles(filled).items()
        if all(title.isascii() and not re.search("eWaste|wasteWater", title) for title in of_it)
    }
    assert plainly_written.intersection(found)
    assert not any(looked_at[0] >> number & 1 for number in plainly_written)


def test_of_more_words_than_are_read_the_rest_is_looked_at(
    filled: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    while _pair(filled):
        pass
    monkeypatch.setattr(titled, "_AT_ONCE", 1)
    monkeypatch.setattr(titled, "_MOST", 2)
    _check(filled)
