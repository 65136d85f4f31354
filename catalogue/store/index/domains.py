"""The values that queryables have, and how many records have each: what GetDomain tells."""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from catalogue.query import SortKey
from catalogue.queryables import KEY_LENGTH, normalise
from catalogue.store import dialects
from catalogue.store.index import batches
from catalogue.store.index.answers import State
from catalogue.store.index.order import walk
from catalogue.store.queries.packed import values_of
from catalogue.store.tables import index_terms

_ENDS = (False, True)


def counted(
    connection: Connection, state: State, queryable: str, *, limit: int
) -> list[tuple[str, int]] | None:
    """The values of a queryable that the index lists, in order; None where there are more of them.

    What the index has of records that wait is taken off, and what they have now is added.
    """
    c = index_terms.c
    gone = batches.term_counts(connection, state.waiting)
    # As many as may be left once those that are gone have been taken off.
    terms = sa.select(c.id, c.value, c.count).where(c.name == queryable, c.count > 0)
    counts: Counter[str] = Counter()
    for number, value, count in connection.execute(terms.limit(limit + 1 + len(gone))):
        counts[value] = count - gone[number]
    if state.waiting:
        listed = dialects.listed(connection, sorted(state.waiting))
        values = values_of(queryable, embedded=connection.dialect.name == "sqlite")
        now = values.select(values.value).where(values.record_id.in_(sa.select(listed.c.value)))
        counts.update(connection.execute(now).scalars())
    found = sorted((value, count) for value, count in counts.items() if count > 0)
    return found if len(found) <= limit else None


def titles(connection: Connection, state: State) -> tuple[str, str] | None:
    """The first and the last title."""
    found: list[str] = []
    values = values_of("title", embedded=connection.dialect.name == "sqlite")
    for descending in _ENDS:
        steps = walk(connection, SortKey("title", descending), chunks=state.chunks, waiting=state.waiting)
        for key, number in steps:
            of_it = values.select(values.value).where(values.record_id == number)
            found += [
                value for value in connection.execute(of_it).scalars() if normalise(value)[:KEY_LENGTH] == key
            ][:1]
            break
    return (found[0], found[1]) if len(found) == len(_ENDS) else None


def span(connection: Connection, queryable: str) -> tuple[str, str] | None:
    """The first and the last value of a queryable that the index lists, while nothing waits."""
    c = index_terms.c
    values = sa.select(c.value).where(c.name == queryable, c.count > 0).limit(1)
    least = connection.execute(values.order_by(c.key, c.value)).scalar()
    greatest = connection.execute(values.order_by(c.key.desc(), c.value.desc())).scalar()
    return None if least is None or greatest is None else (least, greatest)
