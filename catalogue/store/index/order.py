"""Records in order: a walk through an index, from its beginning, past what was not asked for.

What the walk goes by is the beginning of a text, or all of a date. Where that does not tell two records
apart, or there are more keys, the database puts those few in order by what they are. Values that the index
lists are walked through as its terms, which tell the records that have them; titles and identifiers, which
are nearly as many as there are records, one by one.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalogue.formats import OAI_DC
from catalogue.query import SortKey
from catalogue.queryables import KEY_LENGTH, MODIFIED, QUERYABLES, Kind
from catalogue.store import dialects, statements
from catalogue.store.index import terms
from catalogue.store.index.postings import Union, bits_of, numbers_of
from catalogue.store.index.rows import postings
from catalogue.store.queries.packed import values_of
from catalogue.store.tables import index_order, index_terms, renditions

#: What is in order so far: (key, record number), records with the same key by number.
Walk = Iterator[tuple[Any, int]]
_Read = Callable[..., list[Any]]
#: Rows that a walk reads at once, at first and at most.
_FIRST: Final = 64
_MOST: Final = 4096
#: Keys whose postings are read at once, at first and at most.
_FIRST_KEYS: Final = 8
_MOST_KEYS: Final = 512


def can_walk(key: SortKey) -> bool:
    """Whether there is an index that knows the order of the queryable's values."""
    name = key.queryable
    return name == MODIFIED or name in terms.ORDERED or terms.is_listed(name)


def walk(
    connection: Connection,
    key: SortKey,
    *,
    chunks: int,
    waiting: frozenset[int],
    among: int = -1,
    start: Any = None,
) -> Walk:
    """All records that have a value, by their least, or descending by their greatest; each may come again.

    With `start`, from this key on. Of others than those `among` which it is asked for none needs to come.
    """
    if key.queryable == MODIFIED:
        return _through(connection, _MODIFIED, key, start=start)
    streams: list[Walk]
    if key.queryable in terms.ORDERED:
        streams = [
            _through(connection, _BEGINNINGS, key, start=start, chunk=chunk, name=key.queryable)
            for chunk in range(chunks)
        ]
        if waiting:
            streams = [(step for step in stream if step[1] not in waiting) for stream in streams]
    else:
        streams = [
            _through_terms(connection, key, chunks=chunks, among=among & ~bits_of(waiting), start=start)
        ]
    if waiting:
        streams.append(iter(waiting_steps(connection, waiting, key, start)))
    if key.descending:
        return heapq.merge(*streams, key=itemgetter(0), reverse=True)
    return heapq.merge(*streams)


def _through_terms(connection: Connection, key: SortKey, *, chunks: int, among: int, start: Any) -> Walk:
    """The records that have the values which the index lists, one value after another."""
    steps = _through(connection, _TERMS, key, start=start, name=key.queryable)
    groups = ((of, [number for _, number in group]) for of, group in groupby(steps, itemgetter(0)))
    at_once = _FIRST_KEYS
    while some := dict(islice(groups, at_once)):
        unions: dict[str, Union] = defaultdict(Union)
        of = {number: one for one, numbers in some.items() for number in numbers}
        for number, chunk, body in postings(connection, chunks, of):
            unions[of[number]].add(chunk, body)
        for one in some:
            yield from ((one, number) for number in _numbers(unions[one].bits() & among))
        at_once = min(2 * at_once, _MOST_KEYS)


def _numbers(bits: int) -> Iterator[int]:
    """The numbers, a few first: often no more are wanted."""
    first = numbers_of(bits, limit=_FIRST)
    yield from first
    if len(first) == _FIRST:
        yield from numbers_of(bits, offset=_FIRST)


def taken(steps: Walk, bits: int, *, most: int, whole: Callable[[Any], bool]) -> Iterator[list[int]]:
    """Those of the records that are walked past, at most so many: in groups that the walk cannot order.

    Args:
        steps: the walk.
        bits: the records that are wanted.
        most: after so many of them it ends, in the middle of a group even where the key is the whole order.
        whole: whether this key is all that the records are ordered by.
    """
    wanted = bits.to_bytes((bits.bit_length() + 7) >> 3, "little")
    end = len(wanted) << 3
    seen: set[int] = set()
    for key, group in groupby(steps, itemgetter(0)):
        told = whole(key)
        fresh: list[int] = []
        for _, number in group:
            if number < end and wanted[number >> 3] >> (number & 7) & 1 and number not in seen:
                seen.add(number)
                if told:
                    yield [number]
                    if len(seen) >= most:
                        return
                else:
                    fresh.append(number)
        if fresh:
            yield fresh
            if len(seen) >= most:
                return


class _Index:
    """What a walk reads: where the keys are, and what else is asked of the rows."""

    def __init__(
        self,
        key: sa.Column[Any],
        number: sa.Column[int],
        of_it: sa.ColumnElement[bool],
        *,
        at_first: int = _FIRST,
    ) -> None:
        #: Rows that are read at once at first.
        self.at_first = at_first
        rows = sa.select(key, number).where(of_it).limit(sa.bindparam("limit", type_=sa.Integer()))
        at = sa.bindparam("key", type_=key.type)
        behind = sa.bindparam("number", type_=sa.BigInteger())
        up, down = (key.asc(), number.asc()), (key.desc(), number.desc())
        # One bound a statement: the database may go by either of two. What is no date has no key.
        some = [key > ""] if isinstance(key.type, sa.Text) else []
        self.first = rows.where(*some).order_by(*up)
        self.next = rows.where(sa.tuple_(key, number) > sa.tuple_(at, behind)).order_by(*up)
        self.last = rows.where(*some).order_by(*down)
        self.below = rows.where(key < at, *some).order_by(*down)
        self.within = rows.where(key == at, number > behind).order_by(number)


_MODIFIED: Final = _Index(
    renditions.c.datestamp, renditions.c.record_id, renditions.c.prefix == OAI_DC.prefix
)
_NAME: Final = sa.bindparam("name", type_=sa.Text())
_TERMS: Final = _Index(
    index_terms.c.key,
    index_terms.c.id,
    sa.and_(index_terms.c.name == _NAME, index_terms.c.count > 0),
    at_first=_FIRST_KEYS + 1,
)
_BEGINNINGS: Final = _Index(
    index_order.c.key,
    index_order.c.record_id,
    sa.and_(index_order.c.chunk == sa.bindparam("chunk", type_=sa.Integer()), index_order.c.name == _NAME),
)


def _through(connection: Connection, index: _Index, key: SortKey, *, start: Any, **values: Any) -> Walk:
    read = partial(statements.rows_on, connection, **values)
    return _down(read, index, start) if key.descending else _up(read, index, start)


def _up(read: _Read, index: _Index, start: Any) -> Walk:
    limit = index.at_first
    rows = read(index.first, limit=limit) if start is None else _next(read, index, (start, -1), limit)
    while rows:
        yield from rows
        if len(rows) < limit:
            return
        limit = min(2 * limit, _MOST)
        rows = _next(read, index, rows[-1], limit)


def _next(read: _Read, index: _Index, row: tuple[Any, int], limit: int) -> list[Any]:
    return read(index.next, key=row[0], number=row[1], limit=limit)


def _down(read: _Read, index: _Index, start: Any) -> Walk:
    limit = index.at_first
    if start is None:
        rows = read(index.last, limit=limit)
    else:
        yield from _within(read, index, start)
        rows = read(index.below, key=start, limit=limit)
    while rows:
        key = rows[-1][0]
        whole = rows if len(rows) < limit else [row for row in rows if row[0] != key]
        if whole:
            for _, group in groupby(whole, itemgetter(0)):
                yield from reversed(list(group))
            key = whole[-1][0]
        else:
            # More records than were read have this key.
            yield from _within(read, index, key)
        if len(rows) < limit:
            return
        limit = min(2 * limit, _MOST)
        rows = read(index.below, key=key, limit=limit)


def _within(read: _Read, index: _Index, key: Any) -> Walk:
    number = -1
    while rows := read(index.within, key=key, number=number, limit=_MOST):
        yield from rows
        number = rows[-1][1]


def waiting_steps(
    connection: Connection, waiting: frozenset[int], key: SortKey, start: Any = None
) -> list[tuple[Any, int]]:
    """The steps of a walk past the records that wait."""
    values = values_of(key.queryable, embedded=connection.dialect.name == "sqlite")
    listed = sa.select(dialects.listed(connection, sorted(waiting)).c.value)
    compared = values.select(values.compared, values.record_id).where(
        values.record_id.in_(listed), values.compared != ""
    )
    cut = KEY_LENGTH if QUERYABLES[key.queryable] is Kind.TEXT else None
    steps = sorted((one[:cut], number) for one, number in connection.execute(compared))
    if key.descending:
        steps.sort(key=itemgetter(0), reverse=True)
        return [step for step in steps if start is None or step[0] <= start]
    return [step for step in steps if start is None or step[0] >= start]
