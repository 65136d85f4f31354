"""Two words in a row: which records have them is known of the words that are common in a chunk.

Where both words of a pair are common there, and the pairs of a record are known, the index tells whether
its text has them in a row. A word that is not common is in few records: those, and such as have changed
since, are looked at. Of the same records the words of their titles are known, all of them.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalogue.query import Pattern, Wildcard
from catalogue.store import dialects, statements
from catalogue.store.index.dictionary import Vocabulary
from catalogue.store.index.postings import Union, without
from catalogue.store.index.rows import postings
from catalogue.store.index.words import row
from catalogue.store.tables import index_paired, index_pairs

#: Words that a part of a pattern may end or begin in: with more, no pair is looked for.
_MOST: Final = 500
#: Of a row of pairs: its chunk, the two words, and which records have them.
Row = tuple[int, int, int, bytes]


def in_a_row(
    connection: Connection, vocabulary: Vocabulary, pattern: Pattern, near: int, *, chunks: int
) -> tuple[int, int]:
    """Of records whose words let the pattern be in their texts: those that have it, and those that may."""
    literals = [part for part in pattern if isinstance(part, str)]
    told, possible = near, near
    for literal in literals:
        pairs = list(pairwise(row(literal)))
        for left, right in pairs:
            sure, maybe = _pair(connection, vocabulary, left, right, chunks=chunks)
            told &= sure
            possible &= sure | maybe
        # Two pairs in one text need not be one row of three.
        if len(pairs) != 1:
            told = 0
    if len(literals) != 1 or Wildcard.ONE in pattern:
        told = 0
    return told, without(possible, told)


def _pair(
    connection: Connection, vocabulary: Vocabulary, left: str, right: str, *, chunks: int
) -> tuple[int, int]:
    """The records that have a word that ends so and then one that begins so; those that may have."""
    firsts, seconds = vocabulary.ending(connection, left), vocabulary.beginning(connection, right)
    common = {word for chunk in statements.rows_on(connection, _WORDS) for word in numbers_of_words(chunk[0])}
    if not common or len(firsts) + len(seconds) > _MOST:
        return 0, -1
    known, rows = read(connection, common.intersection(firsts), common.intersection(seconds))
    having = Union()
    for chunk, _, _, body in rows:
        having.add(chunk, body)
    rare = _with_rare(connection, chunks, [*firsts, *seconds], known.words)
    return having.bits() & known.bits, ~known.bits | rare


class Known(NamedTuple):
    """What is known of pairs."""

    #: Chunk -> its common words that were asked for.
    words: Mapping[int, frozenset[int]]
    #: The records whose pairs are known.
    bits: int


def read(
    connection: Connection, firsts: Collection[int], seconds: Collection[int]
) -> tuple[Known, list[Row]]:
    """What is known of pairs, and the rows of some: both of one moment, in one statement."""
    embedded = connection.dialect.name == "sqlite"
    rows = statements.rows_on(
        connection,
        _PAIRS[embedded],
        firsts=dialects.listing(firsts, embedded=embedded),
        seconds=dialects.listing(seconds, embedded=embedded),
    )
    asked = frozenset((*firsts, *seconds))
    words: dict[int, frozenset[int]] = {}
    paired, outdated = Union(), Union()
    found: list[Row] = []
    for chunk, first, second, common, stale, body in rows:
        if common is None:
            found.append((chunk, first, second, body))
        else:
            words[chunk] = asked.intersection(numbers_of_words(common))
            paired.add(chunk, body)
            outdated.add(chunk, stale)
    return Known(words, without(paired.bits(), outdated.bits())), found


def _with_rare(
    connection: Connection, chunks: int, numbers: Sequence[int], words: Mapping[int, Collection[int]]
) -> int:
    """The records that have one of these words where it is not common."""
    some = Union()
    for number, chunk, body in postings(connection, chunks, set(numbers)):
        if chunk in words and number not in words[chunk]:
            some.add(chunk, body)
    return some.bits()


def numbers_of_words(words: bytes) -> tuple[int, ...]:
    """The numbers of the words that are common in a chunk."""
    return struct.unpack(f"<{len(words) // 4}I", words)


def packed_words(numbers: Collection[int]) -> bytes:
    """What `numbers_of_words` reads."""
    return struct.pack(f"<{len(numbers)}I", *numbers)


_WORDS: Final = sa.select(index_paired.c.words)
_no_number = sa.cast(sa.null(), sa.BigInteger)
_no_bytes = sa.cast(sa.null(), sa.LargeBinary())
_PAIRS: Final = {
    embedded: sa.select(
        sa.union_all(
            sa.select(
                index_paired.c.chunk,
                _no_number.label("first_id"),
                _no_number.label("second_id"),
                index_paired.c.words,
                index_paired.c.stale,
                index_paired.c.paired,
            ),
            sa.select(
                index_pairs.c.chunk,
                index_pairs.c.first_id,
                index_pairs.c.second_id,
                _no_bytes.label("words"),
                _no_bytes.label("stale"),
                index_pairs.c.body,
            ).where(
                index_pairs.c.chunk.in_(sa.select(index_paired.c.chunk)),
                dialects.one_of(index_pairs.c.first_id, "firsts", embedded=embedded),
                dialects.one_of(index_pairs.c.second_id, "seconds", embedded=embedded),
            ),
        ).subquery()
    )
    for embedded in (True, False)
}
