"""The terms and their numbers. Terms come and never go, so what was looked up stays so."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from itertools import chain, repeat
from threading import Lock
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalogue.queryables import KEY_LENGTH, normalise
from catalogue.store import dialects, statements
from catalogue.store.index.terms import MARKS, Term, key_of, of_value
from catalogue.store.index.words import cut, runs
from catalogue.store.tables import index_terms

#: Terms, and values, that are remembered between two batches.
_REMEMBERED: Final = 300_000
_VALUES: Final = 16_384
_COLUMNS: Final = ("id", "name", "value", "folded", "key", "count")
_NONE: Final = (0,)


_terms_of = lru_cache(_VALUES)(of_value)


class Dictionary:
    """Terms -> numbers, for whoever takes records in; new terms get numbers."""

    def __init__(self) -> None:
        #: As far as they are committed.
        self._known: dict[Term, int] = {}
        #: (queryable, value), short ones -> the numbers of its terms.
        self._of_values: dict[tuple[str, str], tuple[int, ...]] = {}

    def told(
        self, values: Iterable[tuple[str, str]], text: str, marks: Collection[Term]
    ) -> tuple[array[int], tuple[Term, ...]]:
        """The numbers of the terms of a record, as far as they are known; and the rest.

        Args:
            values: of its queryables.
            text: in which its words are, normalised.
            marks: what else it is known by.
        """
        known, of_values = self._known, self._of_values
        # Those that are too long are whole still: none of them is known, and what is not known is cut.
        words = self._runs(text)
        # Most values come again and again. 0 is no term's number.
        keys = [MARKS.get(pair[0], pair) for pair in values]
        numbers = set(chain.from_iterable(map(of_values.get, keys, repeat(_NONE))))
        numbers.update(map(known.get, marks, repeat(0)))
        # No word is a value, nor is one here twice.
        found = [*map(known.get, words, repeat(0)), *numbers]
        if 0 not in found:
            return array("I", found), ()
        numbers.update(found)
        numbers.discard(0)
        strange = words.difference(known)
        if cut(strange):
            numbers.update(map(known.__getitem__, strange.intersection(known)))
            strange.difference_update(known)
        missing: set[Term] = {*strange, *[mark for mark in marks if mark not in known]}
        numbers.update(*[self._of_value(key, missing) for key in keys if key not in of_values])
        return array("I", list(numbers)), tuple(missing)

    def _runs(self, text: str) -> set[str]:
        """`words.runs`, of a text of which nearly every word is known."""
        if text.isascii():
            return runs(text)
        # What stands between two spaces, and is known, is a word.
        pieces = set(text.split())
        strange = pieces.difference(self._known)
        pieces -= strange
        return pieces | runs(" ".join(strange))

    def _of_value(self, key: tuple[str, str], missing: set[Term]) -> tuple[int, ...]:
        """The numbers of the terms of a value, as far as they are known; adds the rest to what is missing."""
        is_short = len(key[1]) <= KEY_LENGTH
        found = _terms_of(*key) if is_short else of_value(*key)
        numbers = tuple([self._known[term] for term in found if term in self._known])
        if len(numbers) < len(found):
            missing.update([term for term in found if term not in self._known])
        elif is_short:
            if len(self._of_values) >= _VALUES:
                self._of_values.clear()
            self._of_values[key] = numbers
        return numbers

    def numbers(self, connection: Connection, wanted: Collection[Term]) -> dict[Term, int]:
        """The numbers of these terms, inside a transaction: to be kept once that is committed."""
        known = self._known
        if len(known) > _REMEMBERED:
            known.clear()
        numbers = {term: known[term] for term in wanted if term in known}
        by_name: dict[str, list[str]] = defaultdict(list)
        for term in wanted:
            if term not in numbers:
                name, value = ("", term) if isinstance(term, str) else term
                by_name[name].append(value)
        for name, values in by_name.items():
            numbers.update(found(connection, name, values))
        return numbers | _added(connection, [term for term in wanted if term not in numbers])

    def keep(self, numbers: Mapping[Term, int]) -> None:
        """Remember these numbers: the transaction in which they were found is committed."""
        self._known.update(numbers)


def _added(connection: Connection, missing: Collection[Term]) -> dict[Term, int]:
    """Give these terms numbers."""
    last = connection.execute(sa.select(sa.func.max(index_terms.c.id))).scalar() or 0
    rows = []
    numbers = dict(zip(missing, range(last + 1, last + 1 + len(missing)), strict=True))
    for term, number in numbers.items():
        name, value = ("", term) if isinstance(term, str) else term
        # A word is normalised as it is.
        folded = normalise(value) if name else value
        key = key_of(name, value) if name else value
        rows.append((number, name, value, None if folded == value else folded, key, 0))
    dialects.write_rows(connection, index_terms, _COLUMNS, rows)
    return numbers


def found(connection: Connection, name: str, values: Iterable[str]) -> dict[Term, int]:
    """The numbers of those of a name's values that there are."""
    c = index_terms.c
    wanted = set(values)
    keys = {key_of(name, value) if name else value for value in wanted}
    listed = sa.select(dialects.listed(connection, keys, sa.Text).c.value)
    rows = connection.execute(sa.select(c.id, c.value).where(c.name == name, c.key.in_(listed)))
    return {(name, value) if name else value: number for number, value in rows if value in wanted}


_NEW = (
    sa.select(index_terms.c.id, index_terms.c.name, index_terms.c.value)
    .where(index_terms.c.id > sa.bindparam("after", type_=sa.BigInteger()))
    .order_by(index_terms.c.id)
)


class Vocabulary:
    """The words, in memory: a pattern asks for all that contain it.

    They are one text in UTF-8, in the order of their numbers; a million words are some ten megabytes.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._text = bytearray(b"\n")
        self._starts: list[int] = []
        self._numbers: list[int] = []
        self._last = 0

    def containing(self, connection: Connection, literal: str) -> list[int]:
        """The numbers of the words in which the literal occurs, those that came first before others."""
        return [number for number, _ in self._of(connection, literal)]

    def containing_it(self, connection: Connection, literal: str) -> dict[int, str]:
        """The same, with the words."""
        found = self._of(connection, literal)
        text, ends = self._text, b"\n"
        return {
            number: text[start : text.index(ends, start)].decode("utf-8", "surrogatepass")
            for number, start in found
        }

    def beginning(self, connection: Connection, literal: str) -> list[int]:
        """The numbers of those that begin so."""
        return [number for number, _ in self._of(connection, literal, begins=1)]

    def ending(self, connection: Connection, literal: str) -> list[int]:
        """The numbers of those that end so."""
        return [number for number, _ in self._of(connection, literal, ends=1)]

    def _of(
        self, connection: Connection, literal: str, *, begins: int = 0, ends: int = 0
    ) -> list[tuple[int, int]]:
        """The numbers of words, and where each begins."""
        wanted = b"\n" * begins + literal.encode("utf-8", "surrogatepass") + b"\n" * ends
        found: list[tuple[int, int]] = []
        with self._lock:
            self._read_on(connection)
            at = self._text.find(wanted)
            while at >= 0:
                following = bisect_right(self._starts, at + begins)
                found.append((self._numbers[following - 1], self._starts[following - 1]))
                if following == len(self._starts):
                    break
                at = self._text.find(wanted, self._starts[following] - begins)
        return found

    def _read_on(self, connection: Connection) -> None:
        """Read the words that have come since."""
        for number, name, word in statements.rows_on(connection, _NEW, after=self._last):
            self._last = number
            if not name:
                self._numbers.append(number)
                self._starts.append(len(self._text))
                self._text += word.encode("utf-8", "surrogatepass") + b"\n"
