"""Taking records into the index: thousands at a time, in a transaction of their own, after their pages.

A page writes down which records it has changed (`index_queue`), in its own transaction; until they are taken
in, a query looks at them themselves. So the index is exact at every moment, and no page pays for it: words
come in no order, and to put those of one page in their places costs nearly as much as those of fifty.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalogue.sets import with_parents
from catalogue.store import dialects, statements
from catalogue.store.index import behind, edges, terms
from catalogue.store.index.dictionary import Dictionary
from catalogue.store.index.handed import Described, Entry, Handed
from catalogue.store.index.postings import changed, chunk_of, place_in_chunk
from catalogue.store.index.terms import Term
from catalogue.store.index.words import words
from catalogue.store.queries.packed import pairs_of
from catalogue.store.tables import (
    boxes,
    index_entries,
    index_order,
    index_postings,
    index_queue,
    index_state,
    index_terms,
    neutral_records,
    record_queryables,
    records,
)

#: Under this name one transaction at a time changes the index.
ALONE = "search index"

_Numbers = dict[int, list[int]]
#: Record -> the numbers of its terms.
_Entries = Mapping[int, Collection[int]]


class Taken(NamedTuple):
    """What was taken in, inside a transaction."""

    records: int = 0
    entries: Sequence[int] = ()
    #: Of the index before, as `enqueue` tells it.
    generation: int = 0
    #: Terms that were looked up, or got numbers.
    terms: Mapping[Term, int] = MappingProxyType({})


def packed(numbers: Collection[int]) -> bytes:
    """Numbers of records, as a row of the queue has them."""
    return struct.pack(f"<{len(numbers)}q", *numbers)


def unpacked(body: bytes) -> tuple[int, ...]:
    """What `packed` packed."""
    return struct.unpack(f"<{len(body) // 8}q", body)


def enqueue(connection: Connection, numbers: Collection[int]) -> Entry:
    """Write down, inside the page's transaction, that these records were written or deleted."""
    return Entry(statements.value_on(connection, _ENQUEUE, numbers=packed(numbers)), _generation(connection))


def _generation(connection: Connection) -> int:
    return statements.value_on(connection, _GENERATION) if connection.dialect.name == "sqlite" else 0


_ENQUEUE = (
    sa.insert(index_queue)
    .values(records=sa.bindparam("numbers", type_=sa.LargeBinary()))
    .returning(index_queue.c.id)
)
_GENERATION = sa.select(index_state.c.generation)


def take_in(
    connection: Connection, dictionary: Dictionary, handed: Handed, *, limit: int, wait: bool = True
) -> Taken:
    """Take in what waits, about so many records of it; without `wait`, nothing while another does."""
    taken = _waiting(connection, limit) if dialects.alone(connection, ALONE, wait=wait) else []
    if not taken:
        return Taken()
    generation = _generation(connection)
    numbers = sorted({number for _, named in taken for number in named})
    described = handed.of(generation, taken)
    described |= _described(connection, [number for number in numbers if number not in described])
    looked_up = dictionary.numbers(connection, {term for one in described.values() for term in one.others})
    new = {number: _numbers(one, looked_up) for number, one in described.items()}
    old = _entries(connection, numbers)
    by_chunk: dict[int, list[int]] = defaultdict(list)
    for number in numbers:
        by_chunk[chunk_of(number)].append(number)
    counts: Counter[int] = Counter()
    for chunk, held in by_chunk.items():
        counts.update(_take_in_chunk(connection, chunk, held, new=new, old=old))
    _count(connection, counts)
    _write_entries(connection, numbers, new)
    _write_order(connection, by_chunk, described, old)
    changed_ = {chunk: [one for one in held if one in old] for chunk, held in by_chunk.items()}
    behind.outdate(connection, changed_)
    entries = [entry for entry, _ in taken]
    dialects.delete_of(connection, index_queue, index_queue.c.id, entries)
    connection.execute(sa.update(index_state).values(generation=index_state.c.generation + 1))
    return Taken(len(numbers), entries, generation, looked_up)


def _waiting(connection: Connection, limit: int) -> list[tuple[int, tuple[int, ...]]]:
    """Entries of the queue, and the records that each names."""
    taken: list[tuple[int, tuple[int, ...]]] = []
    records_ = 0
    for number, named in statements.rows_on(connection, _QUEUE, limit=limit):
        found = unpacked(named)
        if taken and records_ + len(found) > limit:
            break
        taken.append((number, found))
        records_ += len(found)
    return taken


_QUEUE = (
    sa.select(index_queue.c.id, index_queue.c.records)
    .order_by(index_queue.c.id)
    .limit(sa.bindparam("limit", type_=sa.Integer()))
)


def _numbers(described: Described, looked_up: Mapping[Term, int]) -> array[int]:
    if not described.others:
        return described.numbers
    return described.numbers + array("I", map(looked_up.__getitem__, described.others))


def _listed(connection: Connection, numbers: Iterable[int]) -> sa.Select[tuple[int]]:
    return sa.select(dialects.listed(connection, numbers).c.value)


def _described(connection: Connection, numbers: Sequence[int]) -> dict[int, Described]:
    """What those of the records are known by that are not deleted, as the tables have it."""
    if not numbers:
        return {}
    embedded = connection.dialect.name == "sqlite"
    read = partial(statements.rows_on, connection, numbers=dialects.listing(numbers, embedded=embedded))
    found = read(_LIVE[embedded])
    values = {number: pairs_of(short, running) for number, short, running in read(_VALUES[embedded])}
    extents: dict[int, list[Sequence[float]]] = defaultdict(list)
    for number, *box in read(_BOXES[embedded]):
        extents[number].append(box)
    return {
        number: Described(
            array("I"),
            tuple(
                terms.of_values(values.get(number, ())).union(
                    words(text), marks_of(set_specs.split(), extents.get(number, ()))
                )
            ),
            terms.in_order(values.get(number, ())),
        )
        for number, set_specs, text in found
    }


def marks_of(set_specs: Sequence[str], extents: Sequence[Sequence[float]]) -> list[Term]:
    """What the index knows a record by beside words and values; extents are west, south, east, north."""
    found: list[Term] = [terms.LIVE, *_in_sets(tuple(set_specs))]
    if extents:
        for west, south, east, north in extents:
            found += terms.of_box(west, south, east, north)
        found += edges.of_boxes(extents)
    return found


@lru_cache(1024)
def _in_sets(set_specs: tuple[str, ...]) -> tuple[Term, ...]:
    return tuple(map(terms.in_set, with_parents(set_specs)))


def _of(select: sa.Select[Any], number: sa.ColumnElement[int]) -> dict[bool, sa.Select[Any]]:
    """The statement for records in a list, on SQLite and on PostgreSQL."""
    return {
        embedded: select.where(dialects.one_of(number, "numbers", embedded=embedded))
        for embedded in (True, False)
    }


_LIVE = _of(
    sa.select(records.c.id, records.c.set_specs, neutral_records.c.search_text)
    .join(neutral_records, neutral_records.c.record_id == records.c.id)
    .where(sa.not_(records.c.deleted)),
    records.c.id,
)
_VALUES = _of(
    sa.select(record_queryables.c.record_id, record_queryables.c.short, record_queryables.c.running),
    record_queryables.c.record_id,
)
_BOXES = _of(
    sa.select(boxes.c.record_id, boxes.c.west, boxes.c.south, boxes.c.east, boxes.c.north), boxes.c.record_id
)


def _entries(connection: Connection, numbers: Sequence[int]) -> dict[int, frozenset[int]]:
    """The terms under which the index has them so far."""
    if not numbers:
        return {}
    found = dialects.rows_of(connection, _TERMS, index_entries.c.record_id, numbers)
    return {number: frozenset(struct.unpack(f"<{len(terms_) // 4}I", terms_)) for number, terms_ in found}


_TERMS = sa.select(index_entries.c.record_id, index_entries.c.terms)


def term_counts(connection: Connection, numbers: Collection[int]) -> Counter[int]:
    """How many of the records the index has under each term."""
    return Counter(one for found in _entries(connection, sorted(numbers)).values() for one in found)


def _take_in_chunk(
    connection: Connection,
    chunk: int,
    held: Sequence[int],
    *,
    new: _Entries,
    old: Mapping[int, frozenset[int]],
) -> Counter[int]:
    """Write the postings of one chunk; by how much each term's count has changed."""
    added: _Numbers = defaultdict(list)
    removed: _Numbers = defaultdict(list)
    for number in held:
        now, before, place = new.get(number, ()), old.get(number), place_in_chunk(number)
        if before is None:
            for term in now:
                added[term].append(place)
            continue
        for term in before.symmetric_difference(now):
            (removed if term in before else added)[term].append(place)
    touched = added.keys() | removed.keys()
    _write_postings(connection, chunk, added, removed)
    return Counter({one: len(added.get(one, ())) - len(removed.get(one, ())) for one in touched})


def _write_postings(connection: Connection, chunk: int, added: _Numbers, removed: _Numbers) -> None:
    touched = added.keys() | removed.keys()
    c = index_postings.c
    bodies = dict(dialects.rows_of(connection, _BODIES, c.term_id, touched, chunk=chunk))
    rows, gone = [], []
    for term_id in sorted(touched):
        body = changed(bodies.get(term_id), added.get(term_id, ()), removed.get(term_id, ()))
        if body:
            rows.append((chunk, term_id, body))
        else:
            gone.append(term_id)
    dialects.write_rows(connection, index_postings, ("chunk", "term_id", "body"), rows, replace=True)
    if gone:
        connection.execute(
            sa.delete(index_postings).where(c.chunk == chunk, c.term_id.in_(_listed(connection, gone)))
        )


_BODIES = sa.select(index_postings.c.term_id, index_postings.c.body).where(
    index_postings.c.chunk == sa.bindparam("chunk", type_=sa.Integer())
)


def _count(connection: Connection, counts: Counter[int]) -> None:
    """Add to the counts of values; those of words are not kept."""
    moved = [one for one, more in counts.items() if more]
    named = dialects.rows_of(connection, _NAMED, index_terms.c.id, moved)
    statements.run_all(connection, _MOVED, [{"term": one, "more": counts[one]} for [one] in named])


_NAMED = sa.select(index_terms.c.id).where(index_terms.c.name != "")
#: Nothing but the count: to write a row whole would move it in its index, too.
_MOVED = (
    sa.update(index_terms)
    .where(index_terms.c.id == sa.bindparam("term", type_=sa.BigInteger()))
    .values(count=index_terms.c.count + sa.bindparam("more", type_=sa.BigInteger()))
)


def _write_entries(connection: Connection, numbers: Sequence[int], new: Mapping[int, array[int]]) -> None:
    kept = [(number, _entry(new[number])) for number in numbers if new.get(number)]
    dialects.write_rows(connection, index_entries, ("record_id", "terms"), kept, replace=True)
    gone = [number for number in numbers if not new.get(number)]
    if gone:
        connection.execute(
            sa.delete(index_entries).where(index_entries.c.record_id.in_(_listed(connection, gone)))
        )


def _entry(found: array[int]) -> bytes:
    if sys.byteorder == "big":
        found = array("I", found)
        found.byteswap()
    return found.tobytes()


def _write_order(
    connection: Connection,
    by_chunk: Mapping[int, Sequence[int]],
    described: Mapping[int, Described],
    old: Collection[int],
) -> None:
    c = index_order.c
    for chunk, held in by_chunk.items():
        before = [number for number in held if number in old]
        if before:
            connection.execute(
                sa.delete(index_order).where(c.chunk == chunk, c.record_id.in_(_listed(connection, before)))
            )
        keys = [(chunk, *begin, n) for n in held if n in described for begin in described[n].order]
        keys.sort()
        dialects.write_rows(connection, index_order, ("chunk", "name", "key", "record_id"), keys)
