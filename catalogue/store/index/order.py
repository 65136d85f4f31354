"""Records in order: a walk through an index, from its beginning, past what was not asked for.

What the walk goes by is the beginning of a text, or all of a date. Where that does not tell two records
apart, or there are more keys, the database puts those few in order by what they are.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalogue.formats import OAI_DC
from catalogue.query import SortKey
from catalogue.queryables import ORDINALS, QUERYABLES, Kind, is_keyed
from catalogue.store import dialects, statements
from catalogue.store.index import terms
from catalogue.store.tables import index_titles, record_values, renditions

#: What is in order so far: (key, record number), records with the same key by number.
Walk = Iterator[tuple[Any, int]]
_Read = Callable[..., list[Any]]
#: Rows that a walk reads at once, at first and at most.
_FIRST: Final = 64
_MOST: Final = 4096
_TITLE: Final = "title"


def can_walk(key: SortKey) -> bool:
    """Whether there is an index that knows the order of the queryable's values."""
    kind = QUERYABLES.get(key.queryable)
    if kind is Kind.TEXT:
        return key.queryable == _TITLE or is_keyed(key.queryable)
    return kind is Kind.DATESTAMP or kind in ORDINALS


def walk(
    connection: Connection, key: SortKey, *, chunks: int, waiting: frozenset[int], start: Any = None
) -> Walk:
    """All records that have a value, by their least, or descending by their greatest; each may come again.

    With `start`, from this key on.
    """
    if key.queryable == _TITLE:
        return _titles(connection, key, chunks=chunks, waiting=waiting, start=start)
    return _through(connection, _Index.of(key.queryable), key, start=start)


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

    def __init__(self, key: sa.Column[Any], number: sa.Column[int], of_it: sa.ColumnElement[bool]) -> None:
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

    @classmethod
    def of(cls, queryable: str) -> _Index:
        """That of a queryable other than the title."""
        found = _INDICES.get(queryable)
        if found is None:
            c = record_values.c
            found = _INDICES[queryable] = cls(c.key, c.record_id, c.name == queryable)
        return found


_INDICES: dict[str, _Index] = {
    "modified": _Index(
        renditions.c.datestamp,
        renditions.c.record_id,
        renditions.c.prefix == OAI_DC.prefix,
    )
}
_TITLES: Final = _Index(
    index_titles.c.key,
    index_titles.c.record_id,
    index_titles.c.chunk == sa.bindparam("chunk", type_=sa.Integer()),
)


def _through(connection: Connection, index: _Index, key: SortKey, *, start: Any, **values: Any) -> Walk:
    read = partial(statements.rows_on, connection, **values)
    return _down(read, index, start) if key.descending else _up(read, index, start)


def _up(read: _Read, index: _Index, start: Any) -> Walk:
    limit = _FIRST
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
    limit = _FIRST
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


def _titles(
    connection: Connection, key: SortKey, *, chunks: int, waiting: frozenset[int], start: Any
) -> Walk:
    """The chunks' titles put together, and those of records that wait."""

    def through(chunk: int) -> Walk:
        steps = _through(connection, _TITLES, key, start=start, chunk=chunk)
        return (step for step in steps if step[1] not in waiting) if waiting else steps

    streams = [through(chunk) for chunk in range(chunks)]
    if waiting:
        streams.append(iter(waiting_titles(connection, waiting, key, start)))
    if key.descending:
        return heapq.merge(*streams, key=itemgetter(0), reverse=True)
    return heapq.merge(*streams)


def waiting_titles(
    connection: Connection, waiting: frozenset[int], key: SortKey, start: Any = None
) -> list[tuple[Any, int]]:
    """The steps of a walk through titles past the records that wait."""
    c = record_values.c
    listed = dialects.listed(connection, sorted(waiting))
    titles = sa.select(sa.func.coalesce(c.folded, c.value), c.record_id).where(
        c.record_id.in_(sa.select(listed.c.value)), c.name == _TITLE
    )
    steps = sorted((title[: terms.TITLE], number) for title, number in connection.execute(titles))
    if key.descending:
        steps.sort(key=itemgetter(0), reverse=True)
        return [step for step in steps if start is None or step[0] <= start]
    return [step for step in steps if start is None or step[0] >= start]
