"""The slice of what matches that a query asks for, in its order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalogue.query import RecordQuery, SortKey
from catalogue.queryables import KEY_LENGTH, MODIFIED, QUERYABLES, Kind
from catalogue.store import dialects
from catalogue.store.index.answers import State
from catalogue.store.index.order import can_walk, taken, walk
from catalogue.store.index.postings import bits_of, numbers_of, without
from catalogue.store.queries.predicates import ordered_by, stands_behind
from catalogue.store.tables import records

#: Steps of a walk that cost as much as to put one record in order by itself.
_STEPS: Final = 10
#: Records that are put in order by themselves at most.
_MOST: Final = 50_000


def sliced(connection: Connection, state: State, bits: int, query: RecordQuery) -> list[int] | None:
    """The numbers of the records in the slice; None where the tables had better be asked.

    Args:
        connection: where the index is.
        state: what the index has taken in.
        bits: what matches.
        query: which slice, and in which order.

    Raises:
        InvalidQuery: the order is by what has none.
    """
    if not query.limit:
        return []
    embedded = connection.dialect.name == "sqlite"
    for key in query.sort:
        ordered(key, embedded=embedded)  # what has no order is refused, whatever matches
    count = bits.bit_count()
    if not count:
        return []
    if not query.sort:
        if query.after is not None:
            bits = bits >> query.after.number + 1 << query.after.number + 1
        return numbers_of(bits, offset=query.offset, limit=query.limit)
    if _walks(state, count, query):
        return (walked if query.after is None else _behind)(connection, state, bits, query)
    return _sorted(connection, numbers_of(bits), query, whole=True) if count <= _MOST else None


def _walks(state: State, count: int, query: RecordQuery) -> bool:
    """Whether to walk is cheaper than to put all that matches in order."""
    steps = (query.offset + query.limit) * max(count, state.chunks << 16) // count
    begins = query.after is None or query.after.values[0] is not None
    return can_walk(query.sort[0]) and begins and steps < count * _STEPS


def ordered(key: SortKey, *, embedded: bool) -> sa.UnaryExpression[Any]:
    """What ORDER BY says of a key."""
    value = ordered_by(key.queryable, descending=key.descending, embedded=embedded)
    found: sa.UnaryExpression[Any] = sa.nulls_last(value.desc() if key.descending else value.asc())
    return found


def walked(
    connection: Connection,
    state: State,
    bits: int,
    query: RecordQuery,
    *,
    start: Any = None,
    passed: Collection[int] = (),
) -> list[int]:
    """The slice, by a walk from the beginning; or from this key on, where these are all that is before it."""
    offset = query.offset - len(passed)
    needed = offset + query.limit
    steps = walk(
        connection, query.sort[0], chunks=state.chunks, waiting=state.waiting, among=bits, start=start
    )
    tells = _tells_all(query.sort, state)
    found: list[int] = []
    for group in taken(
        (step for step in steps if step[1] not in passed) if passed else steps,
        bits,
        most=needed,
        # With what has the first key may come what was before it.
        whole=lambda key: key != start and tells(key),
    ):
        # What lies before the slice need not be in order.
        known = len(group) == 1 or len(found) + len(group) <= offset
        found += group if known else _sorted(connection, group, query)
    if len(found) < needed:
        left = without(bits, bits_of([*passed, *found]))
        if len(query.sort) == 1:
            found += numbers_of(left, limit=needed - len(found))
        else:
            found += _sorted(connection, numbers_of(left), query)
    return found[offset:needed]


def _tells_all(sort: Sequence[SortKey], state: State) -> Any:
    """Whether a key of the walk says all of a record's place but for its number."""
    first = sort[0]
    if len(sort) > 1 or (first.descending and state.waiting and first.queryable != MODIFIED):
        return lambda _: False
    if QUERYABLES[first.queryable] is Kind.TEXT:
        return lambda key: len(key) < KEY_LENGTH
    return lambda _: True


def _behind(connection: Connection, state: State, bits: int, query: RecordQuery) -> list[int] | None:
    """What stands behind a place: from its key on; what has a value before it too is told by the database."""
    value = query.after.values[0] if query.after else None
    start = value[:KEY_LENGTH] if isinstance(value, str) and _is_text(query.sort[0]) else value
    steps = walk(
        connection, query.sort[0], chunks=state.chunks, waiting=state.waiting, among=bits, start=start
    )
    found: list[int] = []
    fresh: list[int] = []
    for group in taken(steps, bits, most=bits.bit_count() + 1, whole=lambda _: False):
        fresh += group
        if len(fresh) >= query.limit:
            found += _sorted(connection, fresh, query)
            fresh = []
        if len(found) >= query.limit:
            return found[: query.limit]
    return None


def _is_text(key: SortKey) -> bool:
    return QUERYABLES[key.queryable] is Kind.TEXT


def _sorted(
    connection: Connection, numbers: Collection[int], query: RecordQuery, *, whole: bool = False
) -> list[int]:
    """These records in order: those behind the query's place; with `whole`, its slice of them."""
    embedded = connection.dialect.name == "sqlite"
    listed = dialects.listed(connection, numbers)
    select = sa.select(records.c.id).where(records.c.id.in_(sa.select(listed.c.value)))
    if query.after is not None:
        select = select.where(stands_behind(query.after, query.sort, embedded=embedded))
    select = select.order_by(*(ordered(key, embedded=embedded) for key in query.sort), records.c.id)
    if whole:
        select = select.limit(query.limit).offset(query.offset)
    return list(connection.execute(select).scalars())
