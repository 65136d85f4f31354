"""Harvest runs in the store: opened once, claimed by one worker at a time, ended for good.

Every change after the claim is made under the number of the attempt: a worker that was cancelled, or
that was taken for dead and has been overtaken, finds that its change meets no row, and stops (RunLost).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row
from sqlalchemy.exc import IntegrityError

from catalogue.errors import RunAlreadyOpen, RunLost, UnknownRun
from catalogue.run import (
    OPEN_STATES,
    Checkpoint,
    Ending,
    Fault,
    HarvestRun,
    RunEvent,
    RunKind,
    RunState,
    Tally,
)
from catalogue.source import SourceState
from catalogue.store.engine import reading, writing
from catalogue.store.parts import parts
from catalogue.store.tables import faults, run_events, runs, sources


class SetAside(NamedTuple):
    """A fault whose payload is kept."""

    number: int
    #: The run that met it.
    run_id: int
    fault: Fault


class Runs:
    """Every run, open and ended."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

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
    ) -> HarvestRun:
        """Open a run for a source; with `worker`, claimed by it in the same breath.

        `position` tells a run that is no harvest what it is for.

        Raises:
            RunAlreadyOpen: the source has one already, or one was opened for the same `due`.
        """
        row = {
            "source_id": source_id,
            "kind": kind,
            "state": RunState.RUNNING if worker else RunState.QUEUED,
            "worker": worker,
            "attempt": 1 if worker else 0,
            "started_at": now if worker else None,
            "checkpoint": asdict(Checkpoint(position or {})),
            "opened_at": now,
            "requested_by": requested_by,
            "due": due,
        }
        try:
            with writing(self._engine) as connection:
                result = connection.execute(sa.insert(runs).values(row).returning(runs.c.id))
                run_id = int(result.scalar_one())
        except IntegrityError as error:
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
        return _from_row(row)

    def newest(
        self, *, source_id: str = "", open_only: bool = False, before: int | None = None, limit: int = 50
    ) -> list[HarvestRun]:
        """Runs, the newest first; `before` is the last number of the page before."""
        statement = sa.select(runs).order_by(runs.c.id.desc()).limit(limit)
        if source_id:
            statement = statement.where(runs.c.source_id == source_id)
        if open_only:
            statement = statement.where(runs.c.state.in_(OPEN_STATES))
        if before is not None:
            statement = statement.where(runs.c.id < before)
        with reading(self._engine) as connection:
            return [_from_row(row) for row in connection.execute(statement)]

    def due(self, now: datetime) -> list[HarvestRun]:
        """Open runs that no worker holds and that wait for nothing, the oldest first.

        A suspended source's runs wait until it is resumed.
        """
        # What people asked for is done although the source is harvested no more.
        wanted = runs.c.kind.in_((RunKind.RETIRE, RunKind.ANSWER, RunKind.ROLLBACK))
        harvested = sa.or_(sources.c.state == SourceState.ACTIVE, wanted)
        statement = (
            sa.select(runs)
            .join(sources, sources.c.id == runs.c.source_id)
            .where(
                runs.c.state.in_((RunState.QUEUED, RunState.RETRY)),
                sa.or_(runs.c.not_before.is_(None), runs.c.not_before <= now),
                harvested,
            )
            .order_by(runs.c.id)
        )
        with reading(self._engine) as connection:
            return [_from_row(row) for row in connection.execute(statement)]

    def running(self) -> list[HarvestRun]:
        """Runs that a worker holds."""
        statement = sa.select(runs).where(runs.c.state == RunState.RUNNING).order_by(runs.c.id)
        with reading(self._engine) as connection:
            return [_from_row(row) for row in connection.execute(statement)]

    def last_due(self, source_id: str) -> int | None:
        """The last instant for which the source's schedule has fired, in seconds since 1970."""
        statement = sa.select(sa.func.max(runs.c.due)).where(runs.c.source_id == source_id)
        with reading(self._engine) as connection:
            return connection.execute(statement).scalar()

    def open_run(self, source_id: str) -> HarvestRun | None:
        """The source's open run, if it has one."""
        found = self.newest(source_id=source_id, open_only=True, limit=1)
        return found[0] if found else None

    def newest_of_each(self, *, ended: bool = False) -> dict[str, HarvestRun]:
        """The newest run of each source (the newest that has ended), by source id: an index seek for each."""
        inner = runs.alias()
        newest = sa.select(sa.func.max(inner.c.id)).where(inner.c.source_id == sources.c.id)
        if ended:
            newest = newest.where(inner.c.state == RunState.ENDED)
        statement = sa.select(runs).select_from(sources.join(runs, runs.c.id == newest.scalar_subquery()))
        with reading(self._engine) as connection:
            return {row.source_id: _from_row(row) for row in connection.execute(statement)}

    def claim(self, run_id: int, worker: str, now: datetime, *, early: bool = False) -> HarvestRun:
        """Take a run up, or go on with it: a new attempt begins, and older attempts can write no more.

        What another worker holds is not taken from it: whoever finds that one dead releases the run first.

        Args:
            run_id: the run.
            worker: who takes it up.
            now: the time.
            early: although it waits until later.

        Raises:
            RunLost: it has ended, is not to be taken up yet, or another worker holds it.
        """
        due = sa.true() if early else sa.or_(runs.c.not_before.is_(None), runs.c.not_before <= now)
        free = sa.and_(runs.c.state.in_((RunState.QUEUED, RunState.RETRY)), due)
        ours = sa.and_(runs.c.state == RunState.RUNNING, runs.c.worker == worker)
        statement = (
            sa.update(runs)
            .where(runs.c.id == run_id, sa.or_(free, ours))
            .values(
                state=RunState.RUNNING,
                attempt=runs.c.attempt + 1,
                worker=worker,
                not_before=None,
                started_at=sa.func.coalesce(
                    runs.c.started_at, sa.bindparam("now", now, runs.c.started_at.type)
                ),
            )
            .returning(runs)
        )
        with writing(self._engine) as connection:
            row = connection.execute(statement).one_or_none()
        if row is None:
            raise RunLost(f"run {run_id} has ended, waits, or is being worked on")
        return _from_row(row)

    def begin(self, run: HarvestRun, kind: RunKind, scope: str) -> HarvestRun:
        """Note what a harvest lists: all or what has changed, and of which sets.

        Raises:
            RunLost: cancelled, or another worker holds it now.
        """
        with writing(self._engine) as connection:
            change(connection, run, kind=kind, scope=scope)
        return run.evolve(kind=kind, scope=scope)

    def release(self, run: HarvestRun) -> None:
        """Put a run back for any worker to take up at once, from its checkpoint.

        Raises:
            RunLost: cancelled, or another worker holds it now.
        """
        with writing(self._engine) as connection:
            change(connection, run, state=RunState.QUEUED, worker="")

    def retry_later(self, run: HarvestRun, message: str, not_before: datetime) -> None:
        """Put a run aside until `not_before`; it keeps its checkpoint.

        Raises:
            RunLost: cancelled, or another worker holds it now.
        """
        with writing(self._engine) as connection:
            change(
                connection,
                run,
                state=RunState.RETRY,
                message=message,
                not_before=not_before,
                failures=runs.c.failures + 1,
                worker="",
            )

    def end(self, run: HarvestRun, ending: Ending, now: datetime, message: str = "") -> None:
        """End a run.

        Raises:
            RunLost: cancelled, or another worker holds it now.
        """
        with writing(self._engine) as connection:
            change(connection, run, state=RunState.ENDED, ending=ending, ended_at=now, message=message)

    def cancel(self, run_id: int, now: datetime, message: str = "") -> None:
        """Cancel an open run; its worker stops at its next page.

        Raises:
            RunLost: it has ended.
        """
        values = {"state": RunState.ENDED, "ending": Ending.CANCELLED, "ended_at": now, "message": message}
        statement = sa.update(runs).where(runs.c.id == run_id, runs.c.state.in_(OPEN_STATES)).values(values)
        with writing(self._engine) as connection:
            if connection.execute(statement).rowcount != 1:
                raise RunLost(f"run {run_id} has ended already")

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
            return [_fault(row) for row in connection.execute(statement)]

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
            return [SetAside(row.id, row.run_id, _fault(row)) for row in connection.execute(statement)]

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


def change(connection: Connection, run: HarvestRun, **values: Any) -> None:
    """Change a running run, inside a transaction, under this attempt.

    Raises:
        RunLost: cancelled, or another worker holds it now.
    """
    statement = sa.update(runs).where(
        runs.c.id == run.id, runs.c.attempt == run.attempt, runs.c.state == RunState.RUNNING
    )
    if connection.execute(statement.values(values)).rowcount != 1:
        raise RunLost(f"run {run.id} was cancelled, or another worker holds it")


def add_faults(connection: Connection, run_id: int, now: datetime, found: Iterable[Fault]) -> None:
    """Write down what could not be taken, inside a transaction."""
    rows = [{"run_id": run_id, "at": now, **asdict(fault)} for fault in found]
    if rows:
        connection.execute(sa.insert(faults), rows)


def forget_set_aside(connection: Connection, source_id: str, identifiers: Iterable[str]) -> None:
    """The source has deleted these, inside a transaction: no mended reader is to make records of them."""
    of_source = faults.c.run_id.in_(sa.select(runs.c.id).where(runs.c.source_id == source_id))
    kept = sa.and_(of_source, faults.c.payload_digest.is_not(None))
    for part in parts(identifiers):
        if connection.execute(sa.select(faults.c.id).where(kept).limit(1)).first() is None:
            return  # as a rule; then nothing has to be looked for
        statement = sa.update(faults).where(kept, faults.c.source_identifier.in_(part))
        connection.execute(statement.values(payload_digest=None))


def _from_row(row: Row[Any]) -> HarvestRun:
    return HarvestRun(
        id=row.id,
        source_id=row.source_id,
        kind=RunKind(row.kind),
        state=RunState(row.state),
        checkpoint=Checkpoint(**row.checkpoint),
        tally=Tally(
            row.listed, row.new, row.changed, row.unchanged, row.deleted, row.faulty, row.skipped, row.absent
        ),
        attempt=row.attempt,
        failures=row.failures,
        opened_at=row.opened_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        not_before=row.not_before,
        worker=row.worker,
        ending=Ending(row.ending) if row.ending else None,
        message=row.message,
        requested_by=row.requested_by,
        scope=row.scope,
    )


def _fault(row: Row[Any]) -> Fault:
    return Fault(
        row.rule,
        row.message,
        row.source_identifier,
        row.path,
        row.value,
        row.payload_digest,
        row.source_datestamp,
    )
