"""What each run changed: enough of it to tell a record's life, and to set a source back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from catalogue.formats import ON_DEMAND
from catalogue.run import HarvestRun
from catalogue.store import dialects
from catalogue.store.engine import reading, writing
from catalogue.store.parts import parts
from catalogue.store.tables import (
    absences,
    faults,
    metadata,
    payloads,
    problems,
    record_versions,
    records,
    renditions,
    runs,
    sources,
)


@dataclass(frozen=True, slots=True)
class Version:
    """What a record was before a run changed it."""

    run_id: int
    deleted: bool
    payload_digest: bytes | None
    source_datestamp: str
    about_digest: bytes | None = None
    #: Names of the repairs that its answer needed.
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """A record that a run has changed, and what it was before; None where it was not there yet."""

    record: sa.Row[Any]
    before: Version | None


@dataclass(frozen=True, slots=True)
class Tidied:
    """What was forgotten."""

    versions: int = 0
    payloads: int = 0


def note(connection: Connection, run_id: int, record_ids: Sequence[int]) -> None:
    """Note what records are before a run changes them, inside the transaction that does so."""
    names = ("deleted", "payload_digest", "source_datestamp", "about_digest", "repairs")
    for part in parts(record_ids):
        now = sa.select(
            sa.literal(run_id, sa.BigInteger()),
            records.c.id,
            *(records.c[name] for name in names),
        ).where(records.c.id.in_(part))
        # Where one run changes a record twice, what it was before the first time counts.
        made = dialects.insert(connection, record_versions).from_select(["run_id", "record_id", *names], now)
        connection.execute(made.on_conflict_do_nothing())


@dataclass(frozen=True, slots=True)
class Change:
    """What one run made of one record: the payload before and after; None where there was none."""

    record: sa.Row[Any]
    before: bytes | None
    after: bytes | None
    #: Whether it was deleted before, or not there yet; whether it is deleted behind it.
    was_deleted: bool
    is_deleted: bool
    is_new: bool = False

    @property
    def what(self) -> str:
        """`new`, `changed`, `gone`, `back` or `read anew`."""
        if self.is_deleted:
            return "gone"
        if self.was_deleted:
            return "new" if self.is_new else "back"
        return "changed" if self.before != self.after else "read anew"


class History:
    """What each run changed."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def versions(self, record_id: int) -> list[Version]:
        """What a record was before each run that changed it, the oldest first."""
        statement = (
            sa.select(record_versions)
            .where(record_versions.c.record_id == record_id)
            .order_by(record_versions.c.run_id)
        )
        with reading(self._engine) as connection:
            return [_version(row) for row in connection.execute(statement)]

    def changed_since(
        self, source_id: str, after_run: int, until_run: int, *, after: int, limit: int
    ) -> list[Target]:
        """Records of a source that runs between these two changed or made, by number from `after` on."""
        v = record_versions.c
        between = sa.select(runs.c.id).where(
            runs.c.source_id == source_id, runs.c.id > after_run, runs.c.id < until_run
        )
        first = (
            sa.select(v.record_id, sa.func.min(v.run_id).label("run_id"))
            .where(v.run_id.in_(between), v.record_id > after)
            .group_by(v.record_id)
            .order_by(v.record_id)
            .limit(limit)
            .subquery()
        )
        made = (
            sa.select(records.c.id)
            .where(
                records.c.source_id == source_id,
                records.c.first_run > after_run,
                records.c.first_run < until_run,
                records.c.id > after,
            )
            .order_by(records.c.id)
            .limit(limit)
        )
        with reading(self._engine) as connection:
            joined = sa.select(record_versions).join(
                first, sa.and_(first.c.record_id == v.record_id, first.c.run_id == v.run_id)
            )
            before: dict[int, Version | None] = {
                row.record_id: _version(row) for row in connection.execute(joined)
            }
            # A record that is no older than that was not there before, whatever has become of it since.
            before |= dict.fromkeys(connection.execute(made).scalars())
            ids = sorted(before)[:limit]
            rows = connection.execute(sa.select(records).where(records.c.id.in_(ids)).order_by(records.c.id))
            return [Target(row, before[row.id]) for row in rows]

    def changes_in(self, run: HarvestRun, *, after: int = 0, limit: int) -> list[Change]:
        """What a run made of records that were there before, by number from `after` on."""
        v, later, behind = record_versions.c, record_versions.alias(), record_versions.alias()
        following = (
            sa.select(sa.func.min(behind.c.run_id))
            .where(behind.c.record_id == v.record_id, behind.c.run_id > run.id)
            .correlate(record_versions)
        )
        statement = (
            sa.select(
                records,
                v.payload_digest.label("before"),
                v.deleted.label("was_deleted"),
                later.c.run_id.label("later_run"),
                later.c.payload_digest.label("later_digest"),
                later.c.deleted.label("later_deleted"),
            )
            .join(record_versions, v.record_id == records.c.id)
            .outerjoin(
                later,
                sa.and_(later.c.record_id == v.record_id, later.c.run_id == following.scalar_subquery()),
            )
            .where(v.run_id == run.id, v.record_id > after)
            .order_by(v.record_id)
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return [_change(row) for row in connection.execute(statement)]

    def change_in(self, run: HarvestRun, record_id: int) -> Change | None:
        """What a run made of this record; None where it was not changed by it."""
        found = self.changes_in(run, after=record_id - 1, limit=1)
        if found and found[0].record.id == record_id:
            return found[0]
        with reading(self._engine) as connection:
            row = connection.execute(
                sa.select(records).where(records.c.id == record_id, records.c.first_run == run.id)
            ).one_or_none()
        if row is None:
            return None
        then = next((one for one in self.versions(record_id) if one.run_id > run.id), None)
        after = then.payload_digest if then else row.payload_digest
        gone = then.deleted if then else row.deleted
        return Change(row, None, after, was_deleted=True, is_deleted=gone, is_new=True)

    def new_in(self, run: HarvestRun, *, after: int = 0, limit: int) -> list[sa.Row[Any]]:
        """Records that a run was the first to take, by number from `after` on."""
        statement = (
            sa.select(records)
            .where(records.c.first_run == run.id, records.c.id > after)
            .order_by(records.c.id)
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return list(connection.execute(statement))

    def find(self, identifiers: Sequence[str], file_identifier: str) -> list[sa.Row[Any]]:
        """Records with one of these identifiers of ours, or with this one (unless it is empty) in CSW."""
        found: dict[int, sa.Row[Any]] = {}
        with reading(self._engine) as connection:
            for part in parts(identifiers):
                rows = connection.execute(sa.select(records).where(records.c.identifier.in_(part)))
                found |= {row.id: row for row in rows}
            if file_identifier:
                named = sa.select(records).where(records.c.file_identifier == file_identifier)
                found |= {row.id: row for row in connection.execute(named)}
        return [found[number] for number in sorted(found)]

    def numbered(self, record_ids: Sequence[int]) -> list[sa.Row[Any]]:
        """The records of these numbers, in this order, as far as they are there."""
        found: dict[int, sa.Row[Any]] = {}
        with reading(self._engine) as connection:
            for part in parts(record_ids):
                rows = connection.execute(sa.select(records).where(records.c.id.in_(part)))
                found |= {row.id: row for row in rows}
        return [found[number] for number in record_ids if number in found]

    def formats(self, record_id: int) -> list[str]:
        """The metadataPrefixes in which the feed gives a record out."""
        statement = sa.select(renditions.c.prefix).where(
            renditions.c.record_id == record_id, renditions.c.body.is_not(None)
        )
        with reading(self._engine) as connection:
            kept = set(connection.execute(statement).scalars())
        return sorted(kept | {form.prefix for form in ON_DEMAND}) if kept else []

    def never_taken(self, source_ids: Sequence[str], names: Sequence[str]) -> list[tuple[str, str]]:
        """(source, identifier there) of what these sources call so and could not be taken, now or once."""
        p = problems.c
        found: dict[tuple[str, str], None] = {}
        with reading(self._engine) as connection:
            for part in parts(source_ids):
                statement = (
                    sa.select(p.source_id, p.source_identifier)
                    .where(p.source_id.in_(part), p.source_identifier.in_(names))
                    .distinct()
                    .order_by(p.source_id, p.source_identifier)
                )
                found |= {(row[0], row[1]): None for row in connection.execute(statement)}
        return list(found)

    def never_taken_of(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """Those of these (source, identifier there) that could not be taken, now or once."""
        p = problems.c
        found: dict[tuple[str, str], None] = {}
        with reading(self._engine) as connection:
            for part in parts(pairs):
                statement = (
                    sa.select(p.source_id, p.source_identifier)
                    .where(sa.tuple_(p.source_id, p.source_identifier).in_(part))
                    .distinct()
                )
                found |= {(row[0], row[1]): None for row in connection.execute(statement)}
        return list(found)

    def absence(self, record_id: int) -> tuple[datetime, int] | None:
        """Since when complete lists lack a record, and how many in a row."""
        statement = sa.select(absences.c.since, absences.c.lists).where(absences.c.record_id == record_id)
        with reading(self._engine) as connection:
            row = connection.execute(statement).one_or_none()
        return (row.since, row.lists) if row else None

    def faults(self, source_id: str, source_identifier: str, *, limit: int = 20) -> list[sa.Row[Any]]:
        """The newest faults of one record."""
        statement = (
            sa.select(faults)
            .join(runs, runs.c.id == faults.c.run_id)
            .where(runs.c.source_id == source_id, faults.c.source_identifier == source_identifier)
            .order_by(faults.c.id.desc())
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return list(connection.execute(statement))

    def tidy(self, before: datetime, *, thorough: bool = False) -> Tidied:
        """Forget what runs changed that ended before, and payloads to which nothing refers any more.

        Payloads are looked through where something was forgotten, or it is to be `thorough`.
        """
        moment = sa.bindparam("before", before, runs.c.ended_at.type)
        with writing(self._engine) as connection:
            newest = (
                sa.select(runs.c.source_id, sa.func.max(runs.c.id))
                .where(runs.c.ended_at < moment)
                .group_by(runs.c.source_id)
            )
            forgotten = 0
            for source_id, number in connection.execute(newest).all():
                old = sa.select(runs.c.id).where(runs.c.source_id == source_id, runs.c.id <= number)
                forgotten += connection.execute(
                    sa.delete(record_versions).where(record_versions.c.run_id.in_(old))
                ).rowcount
                connection.execute(
                    sa.update(sources)
                    .where(sources.c.id == source_id, sources.c.history_from <= number)
                    .values(history_from=number + 1)
                )
        if not forgotten and not thorough:
            return Tidied()
        with writing(self._engine) as connection:
            return Tidied(forgotten, _drop_unreferenced(connection))


def _drop_unreferenced(connection: Connection) -> int:
    if connection.dialect.name == "postgresql":
        # A writer that finds a payload there keeps it without locking its row: wait for those who are
        # writing, and let nobody begin. SQLite has one writer at a time anyway.
        connection.execute(sa.text("LOCK TABLE payloads IN SHARE ROW EXCLUSIVE MODE"))
    statement = sa.delete(payloads)
    for table in metadata.sorted_tables:
        for column in table.c:
            if table is not payloads and column.name.endswith("digest"):
                refers = sa.select(column).where(column.is_not(None))
                statement = statement.where(dialects.not_among(connection, payloads.c.digest, refers))
    return connection.execute(statement).rowcount


def _version(row: sa.Row[Any]) -> Version:
    return Version(
        row.run_id,
        row.deleted,
        row.payload_digest,
        row.source_datestamp,
        row.about_digest,
        tuple(row.repairs.split()),
    )


def _change(row: sa.Row[Any]) -> Change:
    followed = row.later_run is not None
    return Change(
        row,
        None if row.was_deleted else row.before,
        row.later_digest if followed else row.payload_digest,
        was_deleted=row.was_deleted,
        is_deleted=row.later_deleted if followed else row.deleted,
    )
