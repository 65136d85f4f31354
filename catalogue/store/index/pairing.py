"""Pairs of common words, taken behind the runs: to take a record in does not wait for them.

Of a chunk those words are common that a sixteenth of its records have, two hundred and fifty-five at most.
Records that have come or changed wait until there are some of them, for the pairs of a chunk are written
together. They are read, and their pairs found, before the transaction that writes: it does so only if the
index is still what it was, and what has changed meanwhile waits in the queue, of which no pair is believed.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise, repeat
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from catalogue.store import dialects, statements
from catalogue.store.engine import reading, writing
from catalogue.store.index import batches, dictionary, terms
from catalogue.store.index.pairs import numbers_of_words, packed_words
from catalogue.store.index.postings import CHUNK, Union, bits_of, changed, numbers_of, without
from catalogue.store.index.titled import NO_WORD, written
from catalogue.store.index.words import row, sequence
from catalogue.store.parts import parts
from catalogue.store.queries.packed import values_of
from catalogue.store.tables import (
    index_paired,
    index_pairs,
    index_postings,
    index_state,
    index_terms,
    neutral_records,
)

#: Records of a chunk that may wait, and whose pairs are taken at once.
LOOSE: Final = 1024
AT_ONCE: Final = 4096
#: A word is common that one of so many records has; so many words at most: a byte tells them apart.
_ONE_OF: Final = 16
_MOST: Final = 255
_BYTES: Final = CHUNK // 8
#: Two numbers of words -> the places of the records that have them in a row.
_Pairs = Mapping[tuple[int, int], Collection[int]]


class _Work(NamedTuple):
    """Records of a chunk whose pairs are to be taken."""

    generation: int
    chunk: int
    #: How many records it had when its words were chosen, and what these are.
    records: int
    words: tuple[int, ...]
    #: Whether they are chosen now, so that nothing of what was known holds.
    afresh: bool
    #: Those whose pairs are known, so far as they are still as they were; those to be taken.
    kept: int
    wanted: int


def pair(engine: Engine, *, loose: int, at_once: int) -> int:
    """Take the pairs of some of the records of a chunk in which more than so many wait; of how many.

    None is taken where nobody waits, or where the index was changed meanwhile.
    """
    with reading(engine) as connection:
        work = _due(connection, loose, at_once)
        if work is None:
            return 0
        pairs = _pairs(connection, work)
    with writing(engine) as connection:
        dialects.alone(connection, batches.ALONE)
        if _generation(connection) != work.generation:
            return 0
        _write(connection, work, pairs)
    return work.wanted.bit_count()


def _generation(connection: Connection) -> int:
    found: int = connection.execute(sa.select(index_state.c.generation)).scalar_one()
    return found


def _due(connection: Connection, loose: int, at_once: int) -> _Work | None:
    generation = _generation(connection)
    known = {row_.chunk: row_ for row_ in connection.execute(sa.select(index_paired))}
    name, value = terms.LIVE
    live = sa.select(index_postings.c.chunk, index_postings.c.body).join(
        index_terms, index_terms.c.id == index_postings.c.term_id
    )
    for chunk, body in connection.execute(
        live.where(index_terms.c.name == name, index_terms.c.value == value)
    ):
        records = Union()
        records.add(0, body)
        bits = records.bits()
        count = bits.bit_count()
        found = known.get(chunk)
        afresh = found is None or count >= 2 * found.records
        kept = 0 if afresh or found is None else _as_they_were(found.paired, found.stale)
        waiting = without(bits, kept)
        if waiting.bit_count() > loose:
            words = (
                _common(connection, chunk, count)
                if afresh or found is None
                else numbers_of_words(found.words)
            )
            chosen = count if afresh or found is None else found.records
            wanted = bits_of(numbers_of(waiting, limit=at_once))
            return _Work(generation, chunk, chosen, words, afresh, kept, wanted)
    return None


def _as_they_were(paired: bytes, stale: bytes) -> int:
    return without(int.from_bytes(paired, "little"), int.from_bytes(stale, "little"))


def _common(connection: Connection, chunk: int, records: int) -> tuple[int, ...]:
    """The numbers of the words that are common in a chunk of so many records."""
    c = index_postings.c
    least = max(2, records // _ONE_OF)
    long = sa.select(c.term_id, c.body).where(
        c.chunk == chunk, sa.func.length(c.body) >= min(2 * least, _BYTES)
    )
    having = {number: _count(body) for number, body in connection.execute(long)}
    often = [number for number, count in having.items() if count >= least]
    listed = sa.select(dialects.listed(connection, often).c.value)
    named = sa.select(index_terms.c.id, index_terms.c.value).where(
        index_terms.c.id.in_(listed), index_terms.c.name == ""
    )
    words = [number for number, word in connection.execute(named) if row(word)]
    return tuple(sorted(sorted(words, key=lambda one: (-having[one], one))[:_MOST]))


def _count(body: bytes) -> int:
    return int.from_bytes(body, "little").bit_count() if len(body) == _BYTES else len(body) // 2


def _pairs(connection: Connection, work: _Work) -> _Pairs:
    """Which of the records that are wanted have which two of the words in a row."""
    listed = sa.select(dialects.listed(connection, work.words).c.value)
    named = sa.select(index_terms.c.id, index_terms.c.value).where(index_terms.c.id.in_(listed))
    common = [word for _, word in sorted(map(tuple, connection.execute(named)))]
    codes = {word: code for code, word in enumerate(common, start=1)}
    found: dict[tuple[int, int], array[int]] = defaultdict(lambda: array("H"))
    for place, text in _texts(connection, work, _TEXTS):
        coded = bytes(map(codes.get, sequence(text), repeat(0)))
        for two in set(pairwise(coded)):
            found[two].append(place)
    numbers = (0, *sorted(work.words))
    pairs = {
        (numbers[one], numbers[other]): places for (one, other), places in found.items() if one and other
    }
    return {**pairs, **_titled(connection, work)}


def _titled(connection: Connection, work: _Work) -> _Pairs:
    """Which of the records that are wanted have which words in a title, written how."""
    found = written(_texts(connection, work, _TITLES))
    numbers = dictionary.found(connection, "", {word for _, word in found})
    known = {"": NO_WORD, **{str(word): number for word, number in numbers.items()}}
    # What has no number is of a record that waits to be taken in: of that, none of this is believed.
    return {(form, known[word]): places for (form, word), places in found.items() if word in known}


def _texts(
    connection: Connection, work: _Work, select: Mapping[bool, sa.Select[Any]]
) -> Iterable[tuple[int, str]]:
    """The places of the records that are wanted, with their texts."""
    embedded = connection.dialect.name == "sqlite"
    first = work.chunk * CHUNK
    for part in parts(numbers_of(work.wanted)):
        listed = dialects.listing([first + place for place in part], embedded=embedded)
        for number, text in statements.rows_on(connection, select[embedded], numbers=listed):
            yield number - first, text


def _titles_of(*, embedded: bool) -> sa.Select[Any]:
    titles = values_of("title", embedded=embedded)
    of_them = dialects.one_of(titles.record_id, "numbers", embedded=embedded)
    return titles.select(titles.record_id, titles.value).where(of_them)


_TITLES: Final = {embedded: _titles_of(embedded=embedded) for embedded in (True, False)}
_TEXTS: Final = {
    embedded: sa.select(neutral_records.c.record_id, neutral_records.c.search_text).where(
        dialects.one_of(neutral_records.c.record_id, "numbers", embedded=embedded)
    )
    for embedded in (True, False)
}


def _write(connection: Connection, work: _Work, pairs: _Pairs) -> None:
    c = index_pairs.c
    if work.afresh:
        connection.execute(sa.delete(index_pairs).where(c.chunk == work.chunk))
    before = sa.select(c.first_id, c.second_id, c.body).where(c.chunk == work.chunk)
    bodies = {(row_[0], row_[1]): row_[2] for row_ in connection.execute(before)}
    gone = _gone(connection, work)
    touched = sorted(bodies.keys() | pairs.keys() if gone else pairs.keys())
    # What is left without a record stays, as an empty row: nothing has it.
    rows = [(work.chunk, *two, changed(bodies.get(two), pairs.get(two, ()), gone)) for two in touched]
    dialects.write_rows(
        connection, index_pairs, ("chunk", "first_id", "second_id", "body"), rows, replace=True
    )
    paired = (work.kept | work.wanted).to_bytes(_BYTES, "little")
    words = packed_words(work.words)
    row_ = (work.chunk, work.records, words, paired, bytes(_BYTES))
    columns = ("chunk", "records", "words", "paired", "stale")
    dialects.write_rows(connection, index_paired, columns, [row_], replace=True)


def _gone(connection: Connection, work: _Work) -> Collection[int]:
    """The records of which pairs are written that do not hold any more."""
    if work.afresh:
        return ()
    found = connection.execute(sa.select(index_paired.c.paired).where(index_paired.c.chunk == work.chunk))
    return set(numbers_of(without(int.from_bytes(found.scalar_one(), "little"), work.kept)))
