"""Records as the pages and the JSON interface list them: what is known of each beside what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from catalogue.defaults import added_by
from catalogue.record import Record, from_json
from catalogue.store.engine import reading
from catalogue.store.tables import neutral_records, record_sets, records, sets


@dataclass(frozen=True, slots=True)
class ListedRecord:
    """A record, and what is known of it."""

    number: int
    #: Ours: no other record has it.
    identifier: str
    #: The one that CSW gives out.
    given_out: str
    source_id: str
    #: The identifier and the format in which the source gave it.
    source_identifier: str
    metadata_prefix: str
    #: When our copy was made, and when it was last changed, in whole seconds since 1970.
    created: int
    changed: int
    source_datestamp: str
    record: Record
    #: What its source did not send, and the defaults of that supplied (`catalogue.defaults`).
    added: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What became of a record."""

    number: int
    identifier: str
    deleted: bool
    #: When our copy was last changed.
    changed: int


class Listing:
    """The records that are there, one by one."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def records(self, ids: Sequence[int]) -> list[ListedRecord]:
        """These records, in this order, as far as they are there still."""
        c = records.c
        columns = (
            c.id, c.identifier, c.file_identifier, c.source_id, c.source_identifier, c.metadata_prefix,
            c.first_datestamp, c.datestamp, c.source_datestamp, neutral_records.c.body,
            c.repairs,
        )  # fmt: skip
        statement = (
            sa.select(*columns)
            .join(neutral_records, neutral_records.c.record_id == c.id)
            .where(c.id.in_(ids), sa.not_(c.deleted))
        )
        with reading(self._engine) as connection:
            rows = connection.execute(statement).all()
        found = {
            row[0]: ListedRecord(
                row[0], row[1], row[2] or row[1], *row[3:9],
                record=from_json(row[9]), added=added_by(tuple(row[10].split())),
            )
            for row in rows
        }  # fmt: skip
        return [found[number] for number in ids if number in found]

    def find(self, identifier: str, *, set_spec: str = "") -> Whereabouts | None:
        """The record with this identifier of ours, else the oldest of those that CSW knows by it.

        Where a set is named, only among what is or was in it.
        """
        for column in (records.c.identifier, records.c.file_identifier):
            statement = (
                sa.select(records.c.id, records.c.identifier, records.c.deleted, records.c.datestamp)
                .where(column == identifier)
                .order_by(records.c.deleted, records.c.id)
                .limit(1)
            )
            if set_spec:
                number = sa.select(sets.c.id).where(sets.c.set_spec == set_spec).scalar_subquery()
                among = record_sets.c.record_id == records.c.id
                # One that is deleted is told as such in the sets in which it was.
                there = sa.or_(record_sets.c.member, records.c.deleted)
                statement = statement.join(record_sets, among).where(record_sets.c.set_id == number, there)
            with reading(self._engine) as connection:
                found = connection.execute(statement).first()
            if found is not None:
                return Whereabouts(*found)
        return None

    def greatest(self) -> int:
        """The number of the newest record that there ever was; 0 where there was none."""
        with reading(self._engine) as connection:
            return connection.execute(sa.select(sa.func.max(records.c.id))).scalar() or 0

    def between(self, first: int, last: int) -> list[tuple[str, int]]:
        """Identifiers and datestamps of the records with these numbers, both ends included, in order."""
        statement = (
            sa.select(records.c.identifier, records.c.datestamp)
            .where(records.c.id.between(first, last), sa.not_(records.c.deleted))
            .order_by(records.c.id)
        )
        with reading(self._engine) as connection:
            return [(row[0], row[1]) for row in connection.execute(statement)]
