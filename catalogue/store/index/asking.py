"""Asking the index and the tables, on one connection: sets of record numbers, as bits."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from functools import reduce
from operator import and_
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalogue.query import AnyText, Pattern
from catalogue.store import dialects, statements
from catalogue.store.index import terms
from catalogue.store.index.dictionary import Vocabulary
from catalogue.store.index.postings import Union, bits_of, numbers_of
from catalogue.store.index.rows import postings
from catalogue.store.index.terms import Term
from catalogue.store.index.words import wanted
from catalogue.store.queries.comparisons import matches
from catalogue.store.tables import index_terms, neutral_records

#: Terms whose postings are read at once.
_AT_ONCE: Final = 500
#: Records that are looked at one by one, rather than all there are.
MANY: Final = 50_000
#: Records of each chunk whose texts are, where there are more chunks.
_MANY_OF_CHUNK: Final = 8_192


class Asking:
    """Asks the index which records have a term, and the tables what the index does not know."""

    def __init__(
        self,
        connection: Connection,
        vocabulary: Vocabulary,
        *,
        chunks: int,
        remembered: Callable[[Hashable, Callable[[], int]], int],
    ) -> None:
        self.connection = connection
        self.chunks = chunks
        self.embedded = connection.dialect.name == "sqlite"
        self.remembered = remembered
        self.vocabulary = vocabulary

    def asked(self, key: Hashable, select: sa.Select[Any] | sa.CompoundSelect[Any]) -> int:
        """What the tables say; it is remembered as long as the index stays as it is."""

        def ask() -> int:
            return bits_of(statements.numbers(self.connection, select))

        return self.remembered(key, ask)

    def with_words(self, pattern: Pattern, among: int) -> tuple[int, bool]:
        """The records whose words let the pattern be in their texts; whether it is in all of them."""
        asked = wanted(pattern)
        if asked is None or not among:
            return among, False
        if asked.whole:
            among &= self.all_with(asked.whole)
        for part in asked.within:
            if among:
                among &= self.any_of(self.vocabulary.containing(self.connection, part), among)
        return among, asked.exact

    def looked_at(self, pattern: Pattern, among: int) -> int:
        """Those of the records in whose texts the pattern is."""
        has_it = matches(neutral_records.c.search_text, pattern, embedded=self.embedded)
        select = sa.select(neutral_records.c.record_id).where(has_it)
        if among.bit_count() > max(MANY, self.chunks * _MANY_OF_CHUNK):
            return among & self.asked(AnyText(pattern), select)
        return self.looked_up(select, neutral_records.c.record_id, among)

    def looked_up(self, select: sa.Select[Any], number: sa.ColumnElement[int], among: int) -> int:
        """What a table says of these records alone."""
        if not among:
            return 0
        listed = dialects.listed(self.connection, numbers_of(among))
        few = select.where(number.in_(sa.select(listed.c.value)))
        return bits_of(statements.numbers(self.connection, few))

    def all_with(self, wanted: Collection[Term]) -> int:
        """The records that have all of these terms."""
        numbers = [self._number(term) for term in wanted]
        if None in numbers:
            return 0
        return reduce(and_, (self.any_of([number], -1) for number in numbers if number is not None))

    def marked(self, mark: Term) -> int:
        """The records that have this mark; many queries ask for it."""
        return self.remembered(mark, lambda: self.all_with([mark]))

    def _number(self, term: Term) -> int | None:
        name, value = ("", term) if isinstance(term, str) else term
        key = terms.key_of(name, value)
        rows = statements.rows_on(self.connection, _TERM, name=name, key=key, value=value)
        return rows[0][0] if rows else None

    def any_of(self, numbers: list[int], among: int) -> int:
        """The records that have one of these terms, or as good as all of `among`."""
        union = 0
        for first in range(0, len(numbers), _AT_ONCE):
            some = Union()
            for _, chunk, body in postings(self.connection, self.chunks, numbers[first : first + _AT_ONCE]):
                some.add(chunk, body)
            union |= some.bits()
            if among >= 0 and among & union == among:
                break
        return union


_TERM = sa.select(index_terms.c.id).where(
    index_terms.c.name == sa.bindparam("name", type_=sa.Text()),
    index_terms.c.key == sa.bindparam("key", type_=sa.Text()),
    index_terms.c.value == sa.bindparam("value", type_=sa.Text()),
)
