"""Harvest runs in the store: opened once for each source, and all that is known of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from catalogue.errors import HostBusy, RunAlreadyOpen, UnknownRun, UnknownSource
from catalogue.run import (
    BY_SCHEDULE,
    Checkpoint,
    Fault,
    HarvestRun,
    RunEvent,
    RunKind,
    RunState,
)
from catalogue.source import SourceState, host_of
from catalogue.store import dialects
from catalogue.store.engine import reading, writing
from catalogue.store.findings.faults import fault_of
from catalogue.store.parts import parts
from catalogue.store.registry.pauses import pause_in
from catalogue.store.tables import OPEN, faults, run_events, runs, sources
from catalogue.store.work.run_states import RunStates, change, has_waited, is_quiet, run_of

__all__ = ["Runs", "SetAside", "add_faults", "change", "forget_faults", "forget_set_aside"]


class SetAside(NamedTuple):
    """A fault whose payload is kept."""

    number: int
    #: The run that met it.
    run_id: int
    fault: Fault


class Runs(RunStates):
    """Every run, open and ended."""

    def open(  # noqa: PLR0913 - one for each thing that is known of a run before it begins
        self,
        source_id: str,
        kind: RunKind,
        now: datetime,
        *,
        requested_by: str = "",
        due: int | None = None,
        worker: str = "",
        position: dict[str, Any] | None = None,
        priority: int = BY_SCHEDULE,
    ) -> HarvestRun:
        """Open a run for a source; with `worker`, claimed by it in the same breath.

        `position` tells a run that is no harvest what it is for.

        Raises:
            RunAlreadyOpen: the source has one already, or one was opened for the same `due`.
            HostBusy: it was to be claimed, and another run harvests its host.
            UnknownSource: there is no such source.
        """
        row = {
            "source_id": source_id,
            "kind": kind,
            "state": RunState.RUNNING if worker else RunState.QUEUED,
            "worker": worker,
            "attempt": 1 if worker else 0,
            "started_at": now if worker else None,
            "active_at": now if worker else None,
            "checkpoint": asdict(Checkpoint(position or {})),
            "opened_at": now,
            "requested_by": requested_by,
            "due": due,
            "priority": priority,
        }
        try:
            with writing(self._engine) as connection:
                address = connection.execute(
                    sa.select(sources.c.base_url).where(sources.c.id == source_id)
                ).scalar_one_or_none()
                if address is None:
                    raise UnknownSource(f"there is no source {source_id!r}")
                row["host"] = host_of(address) if kind.fetches else ""
                result = connection.execute(sa.insert(runs).values(row).returning(runs.c.id))
                run_id = int(result.scalar_one())
        except IntegrityError as error:
            if worker and self.open_run(source_id) is None:
                raise HostBusy(f"another run harvests {row['host']} just now") from error
            raise RunAlreadyOpen(f"source {source_id!r} has an open run already") from error
        return self.get(run_id)

    def get(self, run_id: int) -> HarvestRun:
        """The run with this number.

        Raises:
            UnknownRun: there is none.
        """
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(runs).where(runs.c.id == run_id)).one_or_none()
        if row is None:
            raise UnknownRun(f"there is no run {run_id}")
        return run_of(row)

    def moments(self, run_ids: Collection[int]) -> dict[int, tuple[datetime | None, RunKind]]:
        """When each of these runs began, and its kind; runs that are no longer known are left out."""
        r = runs.c
        found: dict[int, tuple[datetime | None, RunKind]] = {}
        with reading(self._engine) as connection:
            for part in parts(run_ids):
                statement = sa.select(r.id, r.started_at, r.kind).where(r.id.in_(part))
                found |= {
                    row.id: (row.started_at, RunKind(row.kind)) for row in connection.execute(statement)
                }
        return found

    def newest(
        self, *, source_id: str = "", open_only: bool = False, before: int | None = None, limit: int = 50
    ) -> list[HarvestRun]:
        """Runs, the newest first; `before` is the last number of the page before."""
        statement = sa.select(runs).order_by(runs.c.id.desc()).limit(limit)
        if source_id:
            statement = statement.where(runs.c.source_id == source_id)
        if open_only:
            statement = statement.where(OPEN)
        if before is not None:
            statement = statement.where(runs.c.id < before)
        with reading(self._engine) as connection:
            return [run_of(row) for row in connection.execute(statement)]

    def due(self, now: datetime) -> list[HarvestRun]:
        """Open runs that could be taken up at once, the most urgent first, then the oldest.

        What is paused waits until it is resumed, what asks a source in its quiet hours until they end, and
        what asks a host that another run harvests until that one has ended.
        """
        # What people asked for is done although the source is harvested no more.
        wanted = runs.c.kind.in_((RunKind.RETIRE, RunKind.ANSWER, RunKind.ROLLBACK))
        active = sa.or_(sources.c.state == SourceState.ACTIVE, wanted)
        holder = runs.alias()
        busy = sa.exists().where(
            holder.c.state == RunState.RUNNING, holder.c.host != "", holder.c.host == runs.c.host
        )
        statement = (
            sa.select(runs, sources.c.quiet_hours, sources.c.time_zone)
            .join(sources, sources.c.id == runs.c.source_id)
            .where(
                OPEN,
                runs.c.state != RunState.RUNNING,
                has_waited(now),
                active,
                sa.not_(busy),
            )
            .order_by(runs.c.priority.desc(), runs.c.id)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(statement).all()
            paused = bool(rows) and pause_in(connection) is not None
            found = [(run_of(row), row) for row in rows]
            return [run for run, row in found if not (run.kind.fetches and (paused or is_quiet(row, now)))]

    def running(self) -> list[HarvestRun]:
        """Runs that a worker holds."""
        statement = sa.select(runs).where(OPEN, runs.c.state == RunState.RUNNING).order_by(runs.c.id)
        with reading(self._engine) as connection:
            return [run_of(row) for row in connection.execute(statement)]

    def last_due(self, source_id: str, *, until: int) -> int | None:
        """The last instant, up to one, for which the source's schedule has fired, in seconds since 1970."""
        statement = sa.select(sa.func.max(runs.c.due)).where(
            runs.c.source_id == source_id, runs.c.due <= until
        )
        with reading(self._engine) as connection:
            return connection.execute(statement).scalar()

    def open_run(self, source_id: str) -> HarvestRun | None:
        """The source's open run, if it has one."""
        found = self.newest(source_id=source_id, open_only=True, limit=1)
        return found[0] if found else None

    def newest_of_each(self, *, ended: bool = False) -> dict[str, HarvestRun]:
        """The newest run of each source (the newest that has ended), by source id: an index seek for each."""

        def holds(of: sa.FromClause) -> sa.ColumnElement[bool]:
            return sa.and_(
                of.c.source_id == sources.c.id, of.c.state == RunState.ENDED if ended else sa.true()
            )

        with reading(self._engine) as connection:
            statement = dialects.newest_of_each(connection.dialect.name, sources, list(runs.c), holds)
            return {row.source_id: run_of(row) for row in connection.execute(statement)}

    def log(self, run_id: int, now: datetime, event: str, *, level: str = "info", **detail: Any) -> None:
        """Add a line to a run's log."""
        with writing(self._engine) as connection:
            row = {"run_id": run_id, "at": now, "level": level, "event": event, "detail": detail}
            connection.execute(sa.insert(run_events).values(row))

    def events(self, run_id: int) -> list[RunEvent]:
        """A run's log, oldest first."""
        statement = sa.select(run_events).where(run_events.c.run_id == run_id).order_by(run_events.c.id)
        with reading(self._engine) as connection:
            return [RunEvent(r.at, r.level, r.event, r.detail) for r in connection.execute(statement)]

    def faults(self, run_id: int, *, limit: int = 1000) -> list[Fault]:
        """What a run could not take, in the order in which it was met."""
        statement = sa.select(faults).where(faults.c.run_id == run_id).order_by(faults.c.id).limit(limit)
        with reading(self._engine) as connection:
            return [fault_of(row) for row in connection.execute(statement)]

    def set_aside(self, source_id: str, *, before: int | None = None, limit: int = 100) -> list[SetAside]:
        """Faults of a source whose payloads are kept, the newest first; `before` is the last one's number."""
        statement = (
            sa.select(faults)
            .join(runs, runs.c.id == faults.c.run_id)
            .where(runs.c.source_id == source_id, faults.c.payload_digest.is_not(None))
            .order_by(faults.c.id.desc())
            .limit(limit)
        )
        if before is not None:
            statement = statement.where(faults.c.id < before)
        with reading(self._engine) as connection:
            return [SetAside(row.id, row.run_id, fault_of(row)) for row in connection.execute(statement)]

    def faulty_among(self, run_id: int, identifiers: Iterable[str]) -> dict[str, str]:
        """Those of these identifiers in the source under which a run has met a fault, and its datestamp."""
        with reading(self._engine) as connection:
            wanted = sa.select(dialects.listed(connection, identifiers, sa.Text).c.value)
            statement = sa.select(faults.c.source_identifier, faults.c.source_datestamp).where(
                faults.c.run_id == run_id, faults.c.source_identifier.in_(wanted)
            )
            return {row.source_identifier: row.source_datestamp for row in connection.execute(statement)}

    def fault_counts(self, run_id: int) -> dict[str, int]:
        """How many faults of each rule a run met."""
        statement = (
            sa.select(faults.c.rule, sa.func.count())
            .where(faults.c.run_id == run_id)
            .group_by(faults.c.rule)
            .order_by(sa.func.count().desc())
        )
        with reading(self._engine) as connection:
            return {str(rule): int(count) for rule, count in connection.execute(statement)}


#: Bytes of an identifier that a fault tells: no record is called so long (`harvester.ingest`), and a node may
#: send anything, of which an index of PostgreSQL holds but 2,700.
_LONGEST: Final = 1000


def add_faults(connection: Connection, run_id: int, now: datetime, found: Iterable[Fault]) -> None:
    """Write down what could not be taken, inside a transaction."""
    rows = [
        {
            "run_id": run_id,
            "at": now,
            **asdict(fault),
            "source_identifier": fault.source_identifier.encode()[:_LONGEST].decode(errors="ignore"),
            "repairs": " ".join(fault.repairs),
        }
        for fault in found
    ]
    if rows:
        connection.execute(sa.insert(faults), rows)


def forget_faults(connection: Connection, run_id: int, identifiers: Iterable[str]) -> None:
    """What a run could not take under these identifiers it has taken since, inside a transaction."""
    for part in parts(identifiers):
        statement = sa.delete(faults).where(faults.c.run_id == run_id, faults.c.source_identifier.in_(part))
        connection.execute(statement)


def forget_set_aside(connection: Connection, source_id: str, identifiers: Iterable[str]) -> None:
    """The source has deleted these, inside a transaction: no mended reader is to make records of them."""
    identifiers = list(identifiers)
    if not identifiers:
        return
    of_source = faults.c.run_id.in_(sa.select(runs.c.id).where(runs.c.source_id == source_id))
    kept = sa.and_(of_source, faults.c.payload_digest.is_not(None))
    for part in parts(identifiers):
        if connection.execute(sa.select(faults.c.id).where(kept).limit(1)).first() is None:
            return  # as a rule; then nothing has to be looked for
        statement = sa.update(faults).where(kept, faults.c.source_identifier.in_(part))
        connection.execute(statement.values(payload_digest=None))
