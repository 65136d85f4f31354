"""The index, asked and kept: exact at every moment, whatever waits to be taken in.

What a query is true of is what the index says of the records that it has as they are, and what the tables say
of those that wait. Both together are remembered for as long as nothing that is searched has changed: the
generation of the index and the length of its queue tell that.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final, Generic, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from catalogue.query import Predicate
from catalogue.store import dialects, statements
from catalogue.store.engine import reading, writing
from catalogue.store.index import batches, behind, edging, pairing, ranking, terms
from catalogue.store.index.asking import Asking
from catalogue.store.index.dictionary import Dictionary, Vocabulary
from catalogue.store.index.finding import Finding
from catalogue.store.index.handed import Described, Entry, Handed
from catalogue.store.index.postings import bits_of, without
from catalogue.store.queries.predicates import Conditions
from catalogue.store.tables import index_postings, index_queue, index_state, records

#: Records that are taken in at once.
AT_ONCE: Final = 5_000
#: Records that may wait: while there are more, queries are answered by the tables alone.
PATIENCE: Final = 20_000
#: Orders whose fronts are remembered, and facets.
_FRONTS: Final = 16
_FACETS: Final = 200
#: Bytes of answers that are remembered.
_REMEMBERED: Final = 32_000_000
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class State:
    """What the index has taken in, and what waits."""

    generation: int
    #: Entries of the queue: between two generations there can only be more of them.
    entries: int
    waiting: frozenset[int]
    chunks: int

    @property
    def name(self) -> tuple[int, int]:
        """What tells it from every other."""
        return self.generation, self.entries


class Told(NamedTuple):
    """What a page knows of a record that it writes."""

    values: Sequence[tuple[str, str]]
    search_text: str
    set_specs: Sequence[str]
    #: West, south, east, north.
    extents: Sequence[tuple[float, float, float, float]]


class SearchIndex:
    """The search index of the store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._embedded = engine.dialect.name == "sqlite"
        self._dictionary = Dictionary()
        self._handed = Handed()
        self._vocabulary = Vocabulary()
        self._memory = _Memory()
        self._fronts: _Lately[list[int]] = _Lately(_FRONTS)
        self._near: _Lately[ranking.Near | None] = _Lately(_FRONTS)
        self._facets: _Lately[list[tuple[str, int]]] = _Lately(_FACETS)

    def take_in(self, *, at_once: int = AT_ONCE, wait: bool = True) -> int:
        """Take in all that waits; how many records that were. Without `wait`, nothing while another does."""
        records_ = 0
        while self._waits():
            with writing(self._engine) as connection:
                taken = batches.take_in(connection, self._dictionary, self._handed, limit=at_once, wait=wait)
            if not taken.entries:
                break
            self._dictionary.keep(taken.terms)
            self._handed.forget(taken.generation, taken.entries)
            records_ += taken.records
        return records_

    def pair(self, *, loose: int = pairing.LOOSE, at_once: int = pairing.AT_ONCE) -> int:
        """Take the pairs of words of some of the records that wait for it, behind the runs; of how many."""
        return pairing.pair(self._engine, loose=loose, at_once=at_once)

    def put_edges_in_order(self, *, loose: int = behind.LOOSE, quiet: bool = False) -> int:
        """Put the edges of a chunk's boxes in order in which so many records wait for it; how many did.

        While it is quiet, as nothing has changed for some time, few are enough.
        """
        return edging.put_in_order(self._engine, loose=loose, quiet=quiet)

    def put_titles_in_order(self, *, loose: int = behind.LOOSE, quiet: bool = False) -> int:
        """The same of titles."""
        return ranking.put_in_order(self._engine, loose=loose, quiet=quiet)

    def generation(self) -> int:
        """How often the index has changed."""
        found: int = statements.value(self._engine, _GENERATION)
        return found

    def hand_over(self, entry: Entry, told: Iterable[tuple[int, Told]]) -> None:
        """Remember what the records of a page that is committed are known by, until they are taken in."""
        self._handed.keep(entry, {number: self._described(one) for number, one in told})

    def _described(self, told: Told) -> Described:
        marks = batches.marks_of(told.set_specs, told.extents)
        found = self._dictionary.told(told.values, told.search_text, marks)
        return Described(*found, terms.in_order(told.values))

    def forget(self) -> None:
        """Forget what was answered; only to measure what answers cost."""
        self._memory = _Memory()
        self._fronts = _Lately(_FRONTS)
        self._near = _Lately(_FRONTS)
        self._facets = _Lately(_FACETS)

    def _waits(self) -> bool:
        with reading(self._engine) as connection:
            return connection.execute(sa.select(index_queue.c.id).limit(1)).first() is not None

    def state(self, connection: Connection) -> State | None:
        """The state of the index; None while too many records wait."""
        rows = statements.rows_on(connection, _STATE)
        waiting = [number for row in rows if row[2] for number in batches.unpacked(row[2])]
        if len(waiting) > PATIENCE:
            return None
        generation, last, *_ = rows[0]
        entries = sum(row[2] is not None for row in rows)
        return State(generation, entries, frozenset(waiting), 0 if last is None else last + 1)

    def matching(self, connection: Connection, state: State, where: Predicate | None) -> int:
        """The numbers of the records of which the predicate is true, as bits.

        Raises:
            InvalidQuery: it names a queryable that there is not, or compares it as it cannot be.
        """
        key = (*state.name, where)
        return self._memory.get(key, lambda: self._matching(connection, state, where))

    def marked(self, connection: Connection, state: State, mark: tuple[str, str]) -> int:
        """The records that have a mark, as bits."""
        return self._asking(connection, state).marked(mark)

    def front(self, key: Hashable, find: Callable[[], list[int]]) -> list[int]:
        """The front of an order under this key, which names the state: found, where it is not remembered."""
        return self._fronts.get(key, find)

    def near(self, key: Hashable, find: Callable[[], ranking.Near | None]) -> ranking.Near | None:
        """What is near a page, likewise."""
        return self._near.get(key, find)

    def facet(self, key: Hashable, find: Callable[[], list[tuple[str, int]]]) -> list[tuple[str, int]]:
        """A facet, likewise."""
        return self._facets.get(key, find)

    def _matching(self, connection: Connection, state: State, where: Predicate | None) -> int:
        finding = Finding(self._asking(connection, state))
        live = without(self._memory.get((state.generation, None), finding.live), bits_of(state.waiting))
        found = live if where is None else finding.bits(where, live)
        return found | self._among_waiting(connection, state, where) if state.waiting else found

    def _asking(self, connection: Connection, state: State) -> Asking:
        return Asking(
            connection,
            self._vocabulary,
            chunks=state.chunks,
            remembered=lambda key, ask: self._memory.get((state.generation, key), ask),
        )

    def _among_waiting(self, connection: Connection, state: State, where: Predicate | None) -> int:
        """Those of the records that wait of which it is true, as the tables say it."""
        listed = sa.select(dialects.listed(connection, state.waiting).c.value.label("value")).cte("waiting")
        waiting = sa.select(listed.c.value)
        select = sa.select(records.c.id).where(records.c.id.in_(waiting), sa.not_(records.c.deleted))
        if where is not None:
            conditions = Conditions(embedded=self._embedded, many=True, among=waiting)
            select = select.where(conditions.of(where))
        return bits_of([row[0] for row in connection.execute(select)])


class _Lately(Generic[_T]):
    """So many things, those that were asked for last."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._kept: OrderedDict[Hashable, _T] = OrderedDict()

    def get(self, key: Hashable, find: Callable[[], _T]) -> _T:
        """What is under this key; found, where it is not here."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = find()
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return found


class _Memory:
    """Answers, those that were asked for last."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[Hashable, int] = OrderedDict()
        self._bytes = 0

    def get(self, key: Hashable, find: Callable[[], int]) -> int:
        """The answer under this key; found, where it is not here."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        bits = find()
        with self._lock:
            if key not in self._kept:
                self._kept[key] = bits
                self._bytes += _size(bits)
            while self._bytes > _REMEMBERED and self._kept:
                self._bytes -= _size(self._kept.popitem(last=False)[1])
        return bits


def _size(bits: int) -> int:
    return bits.bit_length() // 8 + 500


_last = sa.select(sa.func.max(index_postings.c.chunk)).scalar_subquery()
_GENERATION: Final = sa.select(index_state.c.generation)
_STATE: sa.Select[Any] = sa.select(index_state.c.generation, _last, index_queue.c.records).select_from(
    index_state.outerjoin(index_queue, sa.true())
)
