"""What records of one set say: the domains of a catalogue that is a set of this one."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from catalogue.errors import InvalidQuery
from catalogue.queryables import OF_RECORDS, Kind, utc
from catalogue.store.engine import reading
from catalogue.store.queries.comparisons import kind_of
from catalogue.store.queries.packed import Values, values_of
from catalogue.store.tables import record_sets, records, sets


class Within:
    """The values of the queryables, in one set."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._embedded = engine.dialect.name == "sqlite"

    def values(self, set_spec: str, queryable: str, *, limit: int) -> list[tuple[str, int]] | None:
        """The values that the queryable has in the set, in order, and how many of its records have each.

        None where there are more than `limit` of them.

        Raises:
            InvalidQuery: the queryable has no values that could be listed.
        """
        values = self._values(queryable)
        value = values.value
        listed = _members(values, set_spec, value, sa.func.count()).group_by(value).order_by(value)
        with reading(self._engine) as connection:
            found = [(row[0], row[1]) for row in connection.execute(listed.limit(limit + 1))]
        return found if len(found) <= limit else None

    def by_set(self, begin: str, queryable: str) -> dict[str, dict[str, int]]:
        """Of every set that begins so: the values of the queryable, and how many records have each."""
        values = self._values(queryable)
        spec, value = sets.c.set_spec, values.value
        statement = (
            values.select(spec, value, sa.func.count())
            .join(record_sets, record_sets.c.record_id == values.record_id)
            .join(sets, sets.c.id == record_sets.c.set_id)
            .where(spec.startswith(begin, autoescape=True), record_sets.c.member)
            .group_by(spec, value)
        )
        found: dict[str, dict[str, int]] = {}
        with reading(self._engine) as connection:
            for name, one, count in connection.execute(statement):
                found.setdefault(name, {})[one] = count
        return found

    def span(self, set_spec: str, queryable: str) -> tuple[str, str] | None:
        """The smallest and the greatest value of the queryable in the set; None where there is none.

        Raises:
            InvalidQuery: the queryable has no values that could be ordered.
        """
        if kind_of(queryable) is Kind.DATESTAMP:
            return self._span_of_datestamps(set_spec)
        values = self._values(queryable)
        with reading(self._engine) as connection:
            return values.span(connection, _members(values, set_spec, values.value))

    def _values(self, queryable: str) -> Values:
        if kind_of(queryable) not in OF_RECORDS:
            raise InvalidQuery(f"{queryable} has no values that could be listed", queryable)
        return values_of(queryable, embedded=self._embedded)

    def _span_of_datestamps(self, set_spec: str) -> tuple[str, str] | None:
        ends = (sa.func.min(records.c.datestamp), sa.func.max(records.c.datestamp))
        statement = (
            sa.select(*ends)
            .join(record_sets, record_sets.c.record_id == records.c.id)
            .where(record_sets.c.set_id == _number(set_spec), record_sets.c.member)
        )
        with reading(self._engine) as connection:
            least, greatest = connection.execute(statement).one()
        return None if least is None else (utc(least), utc(greatest))


def _members(values: Values, set_spec: str, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """A selection from the values of the records that are in a set."""
    return (
        values.select(*columns)
        .join(record_sets, record_sets.c.record_id == values.record_id)
        .where(record_sets.c.set_id == _number(set_spec), record_sets.c.member)
    )


def _number(set_spec: str) -> sa.ScalarSelect[int]:
    return sa.select(sets.c.id).where(sets.c.set_spec == set_spec).scalar_subquery()
