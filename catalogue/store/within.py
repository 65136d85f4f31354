"""What records of one set say: the domains of a catalogue that is a set of this one."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from catalogue.errors import InvalidQuery
from catalogue.queryables import Kind, is_keyed, utc
from catalogue.store.comparisons import kind_of
from catalogue.store.engine import reading
from catalogue.store.tables import record_sets, record_values, records, sets


class Within:
    """The values of the queryables, in one set."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def values(self, set_spec: str, queryable: str, *, limit: int) -> list[tuple[str, int]] | None:
        """The values that the queryable has in the set, in order, and how many of its records have each.

        None where there are more than `limit` of them.

        Raises:
            InvalidQuery: the queryable has no values that could be listed.
        """
        value = record_values.c.value
        listed = _members(set_spec, queryable, value, sa.func.count()).group_by(value).order_by(value)
        with reading(self._engine) as connection:
            found = [(row[0], row[1]) for row in connection.execute(listed.limit(limit + 1))]
        return found if len(found) <= limit else None

    def by_set(self, begin: str, queryable: str) -> dict[str, dict[str, int]]:
        """Of every set that begins so: the values of the queryable, and how many records have each."""
        spec, value = sets.c.set_spec, record_values.c.value
        statement = (
            sa.select(spec, value, sa.func.count())
            .select_from(record_values)
            .join(record_sets, record_sets.c.record_id == record_values.c.record_id)
            .join(sets, sets.c.id == record_sets.c.set_id)
            .where(
                spec.startswith(begin, autoescape=True),
                record_sets.c.member,
                record_values.c.name == queryable,
            )
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
        value = record_values.c.value
        ordered = record_values.c.key if is_keyed(queryable) else value
        found = _members(set_spec, queryable, value)
        with reading(self._engine) as connection:
            least = connection.execute(found.order_by(ordered, value).limit(1)).scalar()
            greatest = connection.execute(found.order_by(ordered.desc(), value).limit(1)).scalar()
        return None if least is None or greatest is None else (least, greatest)

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


def _members(set_spec: str, queryable: str, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
    if kind_of(queryable) in {Kind.DATESTAMP, Kind.EXTENT, Kind.PERIOD, Kind.ANY_TEXT}:
        raise InvalidQuery(f"{queryable} has no values that could be listed", queryable)
    return (
        sa.select(*columns)
        .select_from(record_values)
        .join(record_sets, record_sets.c.record_id == record_values.c.record_id)
        .where(
            record_sets.c.set_id == _number(set_spec), record_sets.c.member, record_values.c.name == queryable
        )
    )


def _number(set_spec: str) -> sa.ScalarSelect[int]:
    return sa.select(sets.c.id).where(sets.c.set_spec == set_spec).scalar_subquery()
