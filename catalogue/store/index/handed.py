"""What pages hand over to the index: what their records are known by, so that it need not be read again.

It is remembered by the process that wrote the page, once that is committed, under the entry of the queue that
names its records. What is not remembered is read from the tables, and nothing is lost with it. Numbers of
terms stand for the terms wherever the dictionary knows them: of a record that is some 400 bytes.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Mapping, Sequence
from threading import Lock
from typing import Final, NamedTuple

from catalogue.store.index.terms import Term

#: Records that are remembered at most, and terms of theirs that the dictionary does not know yet.
_MOST: Final = 10_000
_MOST_TERMS: Final = 300_000


class Entry(NamedTuple):
    """An entry of the queue."""

    number: int
    #: Of the index when it was written. SQLite gives a number again once its entry is gone, which does not
    #: happen within a generation; with PostgreSQL, which does not, this is always 0.
    generation: int


class Described(NamedTuple):
    """What the index knows a record by."""

    #: Numbers of terms.
    numbers: array[int]
    #: Terms whose numbers are still to be found.
    others: tuple[Term, ...]
    #: How its titles and identifiers begin (terms.in_order).
    order: tuple[tuple[str, str], ...]


class Handed:
    """What was handed over, until it is taken in."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._generation = 0
        self._entries: dict[int, dict[int, Described]] = {}
        self._records = 0
        self._terms = 0

    def keep(self, entry: Entry, described: dict[int, Described]) -> None:
        """Remember what the records of an entry are known by; its page is committed."""
        with self._lock:
            if not self._is_now(entry.generation) or self._records >= _MOST or self._terms >= _MOST_TERMS:
                return
            self._entries[entry.number] = described
            self._count(described, 1)

    def of(self, generation: int, taken: Sequence[tuple[int, Sequence[int]]]) -> dict[int, Described]:
        """What is remembered of the records of these entries, each as the last entry that names it has it."""
        found: dict[int, Described] = {}
        with self._lock:
            if not self._is_now(generation):
                return found
            for entry, numbers in taken:
                known: Mapping[int, Described] = self._entries.get(entry, {})
                for number in numbers:
                    described = known.get(number)
                    if described is not None:
                        found[number] = described
                    elif number in found:
                        del found[number]
        return found

    def forget(self, generation: int, entries: Collection[int]) -> None:
        """Forget these entries: they have been taken in, which began the next generation.

        With them go those before them, which another process has taken in: entries are taken in in order.
        """
        with self._lock:
            if not self._is_now(generation):
                return
            self._generation = generation and generation + 1
            newest = max(entries, default=0)
            for entry in [number for number in self._entries if number <= newest]:
                self._count(self._entries.pop(entry), -1)

    def _is_now(self, generation: int) -> bool:
        """Whether what is remembered is of this generation; what is of an earlier one is forgotten.

        Who takes in what is remembered here moves it on to the next; where somebody else has, entries have
        gone of which nothing is known.
        """
        if generation > self._generation:
            self._entries.clear()
            self._records = self._terms = 0
            self._generation = generation
        return generation == self._generation

    def _count(self, described: Mapping[int, Described], sign: int) -> None:
        self._records += sign * len(described)
        self._terms += sign * sum(len(one.others) for one in described.values())
