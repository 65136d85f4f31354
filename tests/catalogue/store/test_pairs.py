"""Two words in a row: whatever pairs are known, a query finds what plain Python finds."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
import sqlalchemy as sa

import factories
from catalogue.query import AnyText, Pattern, RecordQuery, Wildcard
from catalogue.queryables import normalise
from catalogue.record import Record, Text
from catalogue.store import Store
from catalogue.store.index import pairing
from catalogue.store.soundness import mend
from catalogue.store.tables import index_entries, index_pairs, neutral_records, records

#: Common and rare words, what holds or breaks a row, and words that the index has in pieces.
_WORDS = [
    *["hazardous", "waste", "trade", "of", "émission"] * 6, "wastes", "biohazardous", "waste,", "(trade",
    "hazardous-waste", "", "\n", "2019", "汞", "x" * 40 + "trade", "waste" + "y" * 40, "z" * 9 + "hazardous",
]  # fmt: skip
_LITERALS = [
    "hazardous waste", "hazardous wastes", "waste trade", "e of", "trade of waste", "of émission", "us w",
    "waste  trade", "waste\ntrade", "trade 2019", "biohazardous waste", "waste of nobody", "hazardous waste ",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _nothing_is_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalogue.store.index.finding.FEW", 0)


def _record(draw: random.Random) -> Record:
    return Record(Text.of(" ".join(draw.choices(_WORDS, k=12))))


def _patterns() -> list[Pattern]:
    many = Wildcard.MANY
    found: list[Pattern] = [(many, literal, many) for literal in _LITERALS]
    return [*found, (many, "of waste", many, "trade of", many), (many, "e tr", Wildcard.ONE, "de", many)]


def _texts(store: Store) -> dict[int, str]:
    """Those of all records that are not deleted."""
    live = (
        sa.select(neutral_records.c.record_id, neutral_records.c.search_text)
        .join(records, records.c.id == neutral_records.c.record_id)
        .where(sa.not_(records.c.deleted))
    )
    with store.engine.connect() as connection:
        return {row[0]: row[1] for row in connection.execute(live)}


def _check(store: Store) -> None:
    """Each pattern finds the records in whose texts it is."""
    texts = _texts(store)
    for pattern in _patterns():
        truth = [number for number in sorted(texts) if _holds(pattern, texts[number])]
        assert store.search.ids(RecordQuery(where=AnyText(pattern), limit=1000)) == truth, pattern


def _holds(pattern: Pattern, text: str) -> bool:
    wild = {Wildcard.MANY: ".*", Wildcard.ONE: "."}
    written = (wild[part] if isinstance(part, Wildcard) else re.escape(normalise(part)) for part in pattern)
    return re.fullmatch("".join(written), text, re.DOTALL) is not None


def _pair_all(store: Store, *, at_once: int = 25) -> int:
    return sum(iter(lambda: store.index.pair(loose=0, at_once=at_once), 0))


@pytest.fixture
def filled(store: Store) -> Store:
    """Ninety records of two chunks, of which the index has taken in words and pairs."""
    factories.add_source(store)
    factories.number_from(store, 65_500)
    draw = random.Random(7)
    factories.fill(store, {f"item-{number}": _record(draw) for number in range(90)})
    store.index.take_in()
    assert _pair_all(store) == 90
    return store


def _change(store: Store, seed: int) -> None:
    """Change a third, add ten, delete five."""
    draw = random.Random(seed)
    run = factories.fill(store, {f"item-{number}": _record(draw) for number in range(0, 100, 3)})
    known = store.records.known([f"oai:{factories.NAMESPACE}:nile:item-{n}" for n in range(seed, seed + 5)])
    factories.commit(store, run, [], tombstones=list(known.values()))


def test_what_is_in_a_row_is_found(filled: Store) -> None:
    _check(filled)
    _change(filled, 3)
    _check(filled)
    filled.index.take_in()
    _check(filled)
    assert 0 < _pair_all(filled) < 60
    _check(filled)
    _change(filled, 11)
    filled.index.take_in()
    _check(filled)


def test_no_text_is_read_for_two_common_words(filled: Store) -> None:
    texts = _texts(filled)
    truth = [number for number in sorted(texts) if "hazardous waste" in texts[number]]
    with filled.engine.begin() as connection:
        connection.execute(sa.update(neutral_records).values(search_text=""))
    common = {number for number in truth if re.search(r"\bhazardous waste\b", texts[number])}
    assert common
    pattern = (Wildcard.MANY, "hazardous waste", Wildcard.MANY)
    found = filled.search.ids(RecordQuery(where=AnyText(pattern), limit=1000))
    assert common <= set(found) <= set(truth)


def test_words_are_chosen_anew_in_a_chunk_that_has_grown_to_twice(filled: Store) -> None:
    draw = random.Random(9)
    new = {
        f"new-{n}": Record(Text.of(" ".join(draw.choices(["lead", "salt", "waste"], k=9))))
        for n in range(120)
    }
    factories.fill(filled, new)
    filled.index.take_in()
    _check(filled)
    # The chunk that was full as it was is left alone.
    assert _pair_all(filled) > 120
    _check(filled)
    pattern = (Wildcard.MANY, "lead salt", Wildcard.MANY)
    truth = [number for number, text in sorted(_texts(filled).items()) if "lead salt" in text]
    assert filled.search.ids(RecordQuery(where=AnyText(pattern), limit=1000)) == truth


def test_a_few_wait_for_more(store: Store) -> None:
    factories.add_source(store)
    draw = random.Random(5)
    factories.fill(store, {f"item-{number}": _record(draw) for number in range(20)})
    store.index.take_in()
    assert store.index.pair(loose=20) == 0
    assert store.index.pair(loose=19) == 20
    _check(store)


def test_nothing_is_written_where_the_index_has_changed_meanwhile(
    filled: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = pairing._pairs

    def change(*given: Any) -> Any:
        pairs = found(*given)
        _change(filled, 20)
        filled.index.take_in()
        return pairs

    _change(filled, 3)
    filled.index.take_in()
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(pairing, "_pairs", change)
        assert filled.index.pair(loose=0) == 0
    assert _pair_all(filled) > 0


def test_an_index_that_is_begun_anew_has_no_pairs(filled: Store) -> None:
    with filled.engine.begin() as connection:
        connection.execute(sa.delete(index_entries))
    mend(filled.engine)
    with filled.engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(index_pairs)).scalar_one() == 0
    _check(filled)
    filled.index.take_in()
    assert _pair_all(filled) == 90
    _check(filled)
