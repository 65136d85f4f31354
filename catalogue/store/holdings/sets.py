"""OAI sets and who is in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect, Engine

from catalogue.sets import source_set
from catalogue.store import dialects, statements
from catalogue.store.engine import reading
from catalogue.store.tables import record_sets, sets


@dataclass(frozen=True, slots=True)
class OaiSet:
    """A set in the sense of OAI-PMH 2.0, section 2.6."""

    #: The store's own number: sets that come later have higher ones.
    id: int
    set_spec: str
    name: str


@dataclass(frozen=True, slots=True)
class SetCount:
    """How many records are in a set, and how many have been and are told as deleted."""

    members: int = 0
    gone: int = 0


class Sets:
    """The sets that have or had a record, and those of all sources."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self) -> list[OaiSet]:
        """Every one, in the order in which they came to be."""
        return [OaiSet(*row) for row in statements.rows(self._engine, _ALL)]

    def newest(self) -> tuple[int, int]:
        """The number of the newest, 0 where there is none, and how many there are."""
        [found] = statements.rows(self._engine, _NEWEST)
        return found[0], found[1]

    def members(self, set_spec: str) -> int:
        """How many records that are not deleted are in the set."""
        statement = (
            sa.select(sa.func.count())
            .select_from(record_sets.join(sets, sets.c.id == record_sets.c.set_id))
            .where(sets.c.set_spec == set_spec, record_sets.c.member)
        )
        with reading(self._engine) as connection:
            return connection.execute(statement).scalar_one()

    def counts(self, begin: str = "") -> dict[str, SetCount]:
        """The counts of every set that ever had a record and whose setSpec begins so, by setSpec."""
        members = sa.func.sum(sa.cast(record_sets.c.member, sa.Integer))
        statement = (
            sa.select(sets.c.set_spec, members, sa.func.count())
            .select_from(record_sets.join(sets, sets.c.id == record_sets.c.set_id))
            .where(sets.c.set_spec.startswith(begin, autoescape=True))
            .group_by(sets.c.set_spec)
        )
        with reading(self._engine) as connection:
            return {
                spec: SetCount(int(alive), int(every) - int(alive))
                for spec, alive, every in connection.execute(statement)
            }

    def shared(self, set_spec: str) -> dict[str, int]:
        """By setSpec: how many of the records of this set are in each other set, too."""
        mine, other = record_sets.alias(), record_sets.alias()
        number = sa.select(sets.c.id).where(sets.c.set_spec == set_spec).scalar_subquery()
        statement = (
            sa.select(sets.c.set_spec, sa.func.count())
            .select_from(mine)
            .join(other, other.c.record_id == mine.c.record_id)
            .join(sets, sets.c.id == other.c.set_id)
            .where(mine.c.set_id == number, mine.c.member, other.c.member, other.c.set_id != number)
            .group_by(sets.c.set_spec)
        )
        with reading(self._engine) as connection:
            return {row[0]: row[1] for row in connection.execute(statement)}

    def source_counts(self) -> dict[str, SetCount]:
        """The counts of every source that ever had a record, by source id."""
        prefix = source_set("")
        return {spec.removeprefix(prefix): count for spec, count in self.counts(prefix).items()}

    def specs(self, numbers: Collection[int]) -> dict[int, str]:
        """The setSpecs of sets, by the store's own numbers."""
        if not numbers:
            return {}
        statement = sa.select(sets.c.id, sets.c.set_spec).where(sets.c.id.in_(numbers))
        with reading(self._engine) as connection:
            return {row.id: row.set_spec for row in connection.execute(statement)}

    def id_of(self, set_spec: str) -> int | None:
        """The store's own number of a set; None where there is no such set."""
        found: int | None = statements.value(self._engine, _NUMBER, set_spec=set_spec)
        return found


_ALL = sa.select(sets.c.id, sets.c.set_spec, sets.c.name).order_by(sets.c.id)
_NEWEST = sa.select(sa.func.coalesce(sa.func.max(sets.c.id), 0), sa.func.count(sets.c.id))
_NUMBER = sa.select(sets.c.id).where(sets.c.set_spec == sa.bindparam("set_spec", type_=sa.Text()))


def numbers(connection: Connection, specs: Iterable[str]) -> dict[str, int]:
    """The number of each set, made where there is none yet."""
    wanted = sorted(set(specs))
    found = _numbered(connection, wanted)
    missing = [spec for spec in wanted if spec not in found]
    if missing:
        dialects.insert_missing(connection, sets, [{"set_spec": s, "name": s} for s in missing])
        found = _numbered(connection, wanted)
    return found


def _numbered(connection: Connection, specs: Collection[str]) -> dict[str, int]:
    rows = statements.rows_on(
        connection, _numbers(connection.dialect), specs=dialects.as_list(connection, specs)
    )
    return {row[0]: row[1] for row in rows}


@cache
def _numbers(dialect: Dialect) -> sa.Select[Any]:
    listed = dialects.among(dialect, "specs", sa.Text)
    return sa.select(sets.c.set_spec, sets.c.id).where(sets.c.set_spec.in_(listed))
