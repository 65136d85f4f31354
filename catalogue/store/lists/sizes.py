"""How long the lists of the feed are: kept count of, a day at a time, in the transactions that write records.

To count a million entries of an index takes a tenth of a second, and several times that where it is not in
memory. An entry is counted on the day of its datestamp. Every run adds to one of a few rows of a list and a
day, so that pages of several workers seldom wait for each other. To take from another's makes one negative.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from catalogue.store import dialects, statements
from catalogue.store.engine import writing
from catalogue.store.tables import list_sizes, record_sets, renditions

#: Stands for the list of all records where others have the number of their set.
EVERYTHING: Final = 0
_SHARES: Final = 8
_DAY: Final = 24 * 60 * 60
_COLUMNS: Final = ("set_id", "day", "share", "entries")
#: Whatever its format: every record has this one.
INDEX: Final = "oai_dc"


def day(datestamp: int) -> int:
    """The day of a datestamp."""
    return datestamp // _DAY


def first_second(of_day: int) -> int:
    """The first datestamp of a day."""
    return of_day * _DAY


def add(connection: Connection, run_id: int, changes: Mapping[tuple[int, int], int]) -> None:
    """Add to the sizes: (set, day) -> entries more; in the order of the key, lest two wait for each other."""
    rows = [
        {"set_id": set_id, "day": of_day, "share": run_id % _SHARES, "entries": entries}
        for (set_id, of_day), entries in sorted(changes.items())
        if entries
    ]
    statements.run_all(connection, dialects.added_up(connection.dialect, list_sizes, ("entries",)), rows)


def counted(engine: Engine, set_id: int, first: int, last: int) -> int:
    """How many entries of a list have their datestamps in these days, both ends included."""
    return int(statements.value(engine, _COUNTED, set_id=set_id, first=first, last=last))


def count_anew(engine: Engine) -> None:
    """Count every list, entry by entry; nobody can write records meanwhile.

    While a database is in use by the release before, that writes records without counting them.
    """
    with writing(engine) as connection:
        if connection.dialect.name != "sqlite":
            connection.exec_driver_sql(f"LOCK TABLE {list_sizes.name} IN SHARE ROW EXCLUSIVE MODE")
        connection.execute(sa.delete(list_sizes))
        for found in (_of_sets(), _of_everything()):
            connection.execute(sa.insert(list_sizes).from_select(_COLUMNS, found))


def miscounted() -> sa.Select[Any]:
    """Set, day, and how many entries more are kept count of than there are, where they are not as many."""
    c = list_sizes.c
    counted = sa.select(c.set_id, c.day, c.entries)
    there = (sa.select(*_negated(found)) for found in (_of_sets(), _of_everything()))
    both = sa.union_all(counted, *there).subquery()
    more = sa.cast(sa.func.sum(both.c.entries), sa.BigInteger)
    grouped = sa.select(both.c.set_id, both.c.day, more).group_by(both.c.set_id, both.c.day)
    return grouped.having(more != 0).order_by(both.c.set_id, both.c.day)


def _negated(found: sa.Select[Any]) -> tuple[sa.ColumnElement[Any], ...]:
    set_id, of_day, _, entries = found.subquery().c
    return set_id, of_day, -entries


def _of_sets() -> sa.Select[Any]:
    c, days = record_sets.c, record_sets.c.datestamp.op("/")(_DAY)
    return sa.select(c.set_id, days, sa.literal(0), sa.func.count()).group_by(c.set_id, days)


def _of_everything() -> sa.Select[Any]:
    days = renditions.c.datestamp.op("/")(_DAY)
    counted = sa.select(sa.literal(EVERYTHING), days, sa.literal(0), sa.func.count())
    return counted.where(renditions.c.prefix == INDEX).group_by(days)


_COUNTED = sa.select(sa.func.coalesce(sa.func.sum(list_sizes.c.entries), 0)).where(
    list_sizes.c.set_id == sa.bindparam("set_id", type_=sa.BigInteger()),
    list_sizes.c.day >= sa.bindparam("first", type_=sa.BigInteger()),
    list_sizes.c.day <= sa.bindparam("last", type_=sa.BigInteger()),
)
