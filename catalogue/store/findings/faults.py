"""Faults of a run, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine, Row

from catalogue.run import Fault
from catalogue.store.engine import reading
from catalogue.store.tables import faults


@dataclass(frozen=True, slots=True)
class NumberedFault:
    """A fault, and its number."""

    number: int
    run_id: int
    fault: Fault


class Faults:
    """What runs could not take."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, number: int) -> NumberedFault | None:
        """The fault with this number, if there is one."""
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(faults).where(faults.c.id == number)).one_or_none()
        return _numbered(row) if row else None

    def page(self, run_id: int, *, rule: str = "", after: int = 0, limit: int) -> list[NumberedFault]:
        """Faults of a run, of one rule or of all, in the order in which they were met."""
        statement = (
            sa.select(faults)
            .where(faults.c.run_id == run_id, faults.c.id > after)
            .order_by(faults.c.id)
            .limit(limit)
        )
        if rule:
            statement = statement.where(faults.c.rule == rule)
        with reading(self._engine) as connection:
            return [_numbered(row) for row in connection.execute(statement)]


def fault_of(row: Row[Any]) -> Fault:
    """The fault in a row."""
    return Fault(
        row.rule,
        row.message,
        row.source_identifier,
        row.path,
        row.value,
        row.payload_digest,
        row.source_datestamp,
        tuple(row.repairs.split()),
    )


def _numbered(row: Row[Any]) -> NumberedFault:
    return NumberedFault(row.id, row.run_id, fault_of(row))
