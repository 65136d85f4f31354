"""Who is in which set, and which lists of the feed become longer by that.

A record that leaves a set keeps its row there, which is told as deleted from then on: so no list ever becomes
shorter. Rows are sought by set and record; by the record alone, all would have to be looked through.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect

from catalogue.sets import with_parents
from catalogue.store import dialects, statements
from catalogue.store.holdings.sets import numbers
from catalogue.store.lists import sizes
from catalogue.store.parts import parts
from catalogue.store.tables import record_sets, records

_COLUMNS: Final = ("set_id", "record_id", "datestamp", "member")
#: The store's numbers of a set and of a record.
_Pair = tuple[int, int]


class Standing(NamedTuple):
    """Where a record stands before it is changed."""

    datestamp: int
    #: The sets that it is in, or was in when it was deleted, and those above them.
    set_specs: list[str]


def standing(connection: Connection, record_ids: Iterable[int]) -> dict[int, Standing]:
    """Where these records stand, by number."""
    found: dict[int, Standing] = {}
    for part in parts(record_ids):
        rows = statements.rows_on(
            connection, _standing(connection.dialect), numbers=dialects.as_list(connection, part)
        )
        found |= {row[0]: Standing(row[1], with_parents(row[2].split())) for row in rows}
    return found


def write(
    connection: Connection,
    run_id: int,
    written: Sequence[tuple[int, tuple[str, ...]]],
    *,
    before: Mapping[int, Standing],
    datestamp: int,
) -> None:
    """Put records into their sets and those above, and out of all others.

    Args:
        connection: of the page's transaction.
        run_id: of the run that writes.
        written: records by number, with their most specific sets.
        before: where those of them stood that were there already.
        datestamp: the page's.
    """
    whole = {specs: with_parents(specs) for specs in {specs for _, specs in written}}
    set_ids = numbers(connection, _all_specs(whole.values(), before))
    of_specs = {specs: [set_ids[spec] for spec in every] for specs, every in whole.items()}
    new = [(s, number) for number, specs in written if number not in before for s in of_specs[specs]]
    new.sort()
    dialects.write_rows(connection, record_sets, _COLUMNS, [(*pair, datestamp, True) for pair in new])
    now = sizes.day(datestamp)
    changes = Counter({(set_id, now): more for set_id, more in Counter(pair[0] for pair in new).items()})
    changes[sizes.EVERYTHING, now] += len(written)
    if before:
        there = {number: of_specs[specs] for number, specs in written if number in before}
        _move(connection, there, changes, before=before, set_ids=set_ids, datestamp=datestamp)
    sizes.add(connection, run_id, changes)


def _move(
    connection: Connection,
    there: Mapping[int, Sequence[int]],
    changes: Counter[_Pair],
    *,
    before: Mapping[int, Standing],
    set_ids: Mapping[str, int],
    datestamp: int,
) -> None:
    """Put records that were there already into these sets and out of all others; adds to what changes."""
    joined = {(set_id, number) for number, of_record in there.items() for set_id in of_record}
    known = {set_id for set_id, _ in joined}
    known.update(set_ids[spec] for one in before.values() for spec in one.set_specs)
    held = _held(connection, known, before)
    moved = {pair: then for pair, (then, member) in held.items() if member or pair in joined}
    rows = [(*pair, datestamp, pair in joined) for pair in sorted({*joined, *moved})]
    dialects.write_rows(connection, record_sets, _COLUMNS, rows, replace=True)
    changes.update((row[0], sizes.day(datestamp)) for row in rows)
    changes.subtract((pair[0], sizes.day(then)) for pair, then in moved.items())
    changes.subtract((sizes.EVERYTHING, sizes.day(one.datestamp)) for one in before.values())


def bury(connection: Connection, run_id: int, record_ids: Sequence[int], datestamp: int) -> None:
    """Tell records as deleted in every set that they are in; what they had left tells so already."""
    before = standing(connection, record_ids)
    set_ids = numbers(connection, _all_specs([], before))
    held = _held(connection, set_ids.values(), before)
    moved = {pair: then for pair, (then, member) in held.items() if member}
    rows = [(*pair, datestamp, False) for pair in sorted(moved)]
    dialects.write_rows(connection, record_sets, _COLUMNS, rows, replace=True)
    changes = Counter((row[0], sizes.day(datestamp)) for row in rows)
    changes[sizes.EVERYTHING, sizes.day(datestamp)] += len(before)
    changes.subtract((pair[0], sizes.day(then)) for pair, then in moved.items())
    changes.subtract((sizes.EVERYTHING, sizes.day(one.datestamp)) for one in before.values())
    sizes.add(connection, run_id, changes)


def _all_specs(wanted: Iterable[Sequence[str]], before: Mapping[int, Standing]) -> set[str]:
    return set[str]().union(*wanted, *(one.set_specs for one in before.values()))


def _held(
    connection: Connection, set_ids: Collection[int], before: Mapping[int, Standing]
) -> dict[_Pair, tuple[int, bool]]:
    """The rows of these records in these sets: datestamp, and whether it is in the set still."""
    found: dict[_Pair, tuple[int, bool]] = {}
    for part in parts(before):
        rows = statements.rows_on(
            connection,
            _rows(connection.dialect),
            sets=dialects.as_list(connection, set_ids),
            numbers=dialects.as_list(connection, part),
        )
        found |= {(row[0], row[1]): (row[2], bool(row[3])) for row in rows}
    return found


@cache
def _standing(dialect: Dialect) -> sa.Select[Any]:
    c = records.c
    return sa.select(c.id, c.datestamp, c.set_specs).where(c.id.in_(dialects.among(dialect, "numbers")))


@cache
def _rows(dialect: Dialect) -> sa.Select[Any]:
    c = record_sets.c
    return sa.select(c.set_id, c.record_id, c.datestamp, c.member).where(
        c.set_id.in_(dialects.among(dialect, "sets")), c.record_id.in_(dialects.among(dialect, "numbers"))
    )
