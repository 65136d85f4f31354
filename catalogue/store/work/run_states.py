"""From one state of a run to the next: claimed by one worker at a time, put aside, ended, gone on with.

Every change after the claim is made under the number of the attempt: a worker that was cancelled, or
that was taken for dead and has been overtaken, finds that its change meets no row, and stops (RunLost).
One host is asked by one run at a time, because `one_harvest_per_host` is a unique index.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row
from sqlalchemy.exc import IntegrityError

from catalogue.errors import HostBusy, RunAlreadyOpen, RunLost, SettingsError, UnknownRun
from catalogue.quiet_hours import quiet_until
from catalogue.run import (
    BROKEN_OFF,
    OPEN_STATES,
    Checkpoint,
    Ending,
    HarvestRun,
    RunKind,
    RunState,
    Standing,
    Tally,
)
from catalogue.source import SourceState, host_of
from catalogue.store import statements
from catalogue.store.engine import reading, writing
from catalogue.store.findings import problems
from catalogue.store.registry.pauses import pause_in
from catalogue.store.tables import run_events, runs, sources

_WAITING = (RunState.QUEUED, RunState.RETRY)
#: No run is put aside for as long: what is to wait longer was put aside while the clock was wrong.
_TOO_LONG = timedelta(days=3)
#: A mismatch makes no cancelled run complete, and no interrupted one failed.
_BY_US = frozenset({Ending.CANCELLED, Ending.INTERRUPTED})


class RunStates:
    """What becomes of a run."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def claim(self, run_id: int, worker: str, now: datetime, *, early: bool = False) -> HarvestRun:
        """Take a run up, or go on with it: a new attempt begins, and older attempts can write no more.

        What another worker holds is not taken from it: whoever finds that one dead releases the run first.

        Args:
            run_id: the run.
            worker: who takes it up.
            now: the time.
            early: although it waits until later.

        Raises:
            RunLost: it has ended, is not to be taken up yet, is paused, or another worker holds it.
            HostBusy: another run harvests its host.
        """
        due = sa.true() if early else has_waited(now)
        free = sa.and_(runs.c.state.in_(_WAITING), due)
        ours = sa.and_(runs.c.state == RunState.RUNNING, runs.c.worker == worker)
        statement = sa.update(runs).where(runs.c.id == run_id, sa.or_(free, ours))
        values = {
            "state": RunState.RUNNING,
            "attempt": runs.c.attempt + 1,
            "worker": worker,
            "not_before": None,
            "active_at": now,
            "started_at": sa.func.coalesce(
                runs.c.started_at, sa.bindparam("now", now, runs.c.started_at.type)
            ),
        }
        host = ""
        try:
            with writing(self._engine) as connection:
                host = _host(connection, run_id, now)
                statement = statement.values(values | {"host": host}).returning(runs)
                row = connection.execute(statement).one_or_none()
        except IntegrityError as error:
            raise HostBusy(f"another run harvests {host} just now") from error
        if row is None:
            raise RunLost(f"run {run_id} has ended, waits, or is being worked on")
        return run_of(row)

    def standing(self, run: HarvestRun, now: datetime | None = None) -> Standing:
        """Whether the worker that holds a run may go on with it; in quiet hours of its source, it pauses."""
        statement = (
            sa.select(runs.c.kind, sources.c.state, sources.c.quiet_hours, sources.c.time_zone)
            .join(sources, sources.c.id == runs.c.source_id)
            .where(runs.c.id == run.id, runs.c.attempt == run.attempt, runs.c.state == RunState.RUNNING)
        )
        with reading(self._engine) as connection:
            row = connection.execute(statement).one_or_none()
            if row is None:
                return Standing.LOST
            paused = _is_paused(connection, row, now or datetime.now(UTC))
            return Standing.PAUSED if paused else Standing.HELD

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

    def lapse(self, run: HarvestRun, now: datetime, *, limit: int, not_before: datetime | None) -> bool:
        """Put a run back whose worker has died; with the last of `limit` workers on one page it ends.

        Returns whether it is open still.

        Raises:
            RunLost: it has ended, or somebody else was faster.
        """
        page = run.checkpoint.pages + 1
        with writing(self._engine) as connection:
            change(
                connection,
                run,
                state=RunState.QUEUED,
                worker="",
                lapses=run.lapses + 1,
                not_before=not_before,
            )
            detail = {"worker": run.worker, "pages": run.checkpoint.pages, "lapses": run.lapses + 1}
            _log(connection, run.id, now, "lapsed", level="warning", **detail)
            if run.lapses + 1 < limit:
                return True
            position = f" (behind {run.checkpoint.position})"[:300] if run.checkpoint.position else ""
            message = (
                f"{limit} workers in a row have died on page {page}{position}:"
                " what the source sends there must not be tried again unseen"
            )
            _end(connection, runs.c.id == run.id, Ending.FAILED, now=now, message=message)
            return False

    def retry_later(self, run: HarvestRun, message: str, not_before: datetime, *, fails: bool = True) -> None:
        """Put a run aside until `not_before`; it keeps its checkpoint. Whether it fails by that is counted.

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
                failures=runs.c.failures + int(fails),
                worker="",
            )

    def end(self, run: HarvestRun, ending: Ending, now: datetime, message: str = "") -> None:
        """End a run. Where its tally does not add up, that is what it ends with.

        Raises:
            RunLost: cancelled, or another worker holds it now.
        """
        ours = sa.and_(runs.c.id == run.id, runs.c.attempt == run.attempt, runs.c.state == RunState.RUNNING)
        with writing(self._engine) as connection:
            if not _end(connection, ours, ending, now=now, message=message):
                raise RunLost(f"run {run.id} was cancelled, or another worker holds it")

    def cancel(self, run_id: int, now: datetime, message: str = "") -> None:
        """Cancel an open run; its worker stops at its next page.

        Raises:
            RunLost: it has ended.
        """
        open_one = sa.and_(runs.c.id == run_id, runs.c.state.in_(OPEN_STATES))
        with writing(self._engine) as connection:
            if not _end(connection, open_one, Ending.CANCELLED, now=now, message=message):
                raise RunLost(f"run {run_id} has ended already")
            _log(connection, run_id, now, "cancelled", why=message)

    def interrupt(self, now: datetime, *, before: datetime) -> list[int]:
        """End what was begun and has been left since `before`; returns the numbers of these runs."""
        left = sa.and_(
            runs.c.state.in_(_WAITING),
            runs.c.active_at < before,
            sa.or_(runs.c.not_before.is_(None), runs.c.not_before < before),
        )
        with writing(self._engine) as connection:
            found = connection.execute(sa.select(runs.c.id, runs.c.active_at).where(left)).all()
            for row in found:
                since = f"{row.active_at:%Y-%m-%d %H:%M} UTC"
                message = f"left unfinished since {since}: its list is not the same any more"
                _end(connection, runs.c.id == row.id, Ending.INTERRUPTED, now=now, message=message)
            return [row.id for row in found]

    def resume(self, run_id: int, now: datetime, requested_by: str = "") -> HarvestRun:
        """Open a run again that was broken off: it goes on from its checkpoint.

        Raises:
            UnknownRun: there is no such run.
            RunAlreadyOpen: its source has an open run.
            RunLost: it came to its end, or the source has been harvested since.
        """
        newer = runs.alias()
        later = sa.exists().where(newer.c.source_id == runs.c.source_id, newer.c.id > runs.c.id)
        try:
            with writing(self._engine) as connection:
                row = connection.execute(
                    sa.select(runs, later.label("later")).where(runs.c.id == run_id)
                ).one_or_none()
                if row is None:
                    raise UnknownRun(f"there is no run {run_id}")
                run = run_of(row)
                if run.ending not in BROKEN_OFF or row.later:
                    why = "its source has newer runs" if row.later else f"it is {run.ending or 'open'}"
                    raise RunLost(f"run {run_id} cannot be gone on with: {why}")
                statement = sa.update(runs).where(runs.c.id == run_id)
                values = {
                    "state": RunState.QUEUED,
                    "ending": None,
                    "ended_at": None,
                    "message": "",
                    "worker": "",
                    "failures": 0,
                    "lapses": 0,
                    "not_before": None,
                    "active_at": now,
                    "checkpoint": {**row.checkpoint, "restarts": 0},
                }
                resumed = connection.execute(statement.values(values).returning(runs)).one()
                _log(connection, run_id, now, "resumed", by=requested_by, after=run.ending)
                return run_of(resumed)
        except IntegrityError as error:
            raise RunAlreadyOpen(f"the source of run {run_id} has an open run already") from error


def change(connection: Connection, run: HarvestRun, **values: Any) -> None:
    """Change a running run, inside a transaction, under this attempt.

    Raises:
        RunLost: cancelled, or another worker holds it now.
    """
    which = {"run_number": run.id, "run_attempt": run.attempt, "run_state": RunState.RUNNING}
    computed = {name: value for name, value in values.items() if isinstance(value, sa.ClauseElement)}
    plain = {name: value for name, value in values.items() if name not in computed}
    statement = _changed(*sorted(plain))
    if computed:
        changed = connection.execute(statement.values(computed), {**which, **plain}).rowcount
    else:
        told = {name: statements.told(connection.dialect, runs.c[name], v) for name, v in plain.items()}
        changed = statements.run(connection, statement, **which, **told)
    if changed != 1:
        raise RunLost(f"run {run.id} was cancelled, or another worker holds it")


@cache
def _changed(*names: str) -> sa.Update:
    which = (
        runs.c.id == sa.bindparam("run_number"),
        runs.c.attempt == sa.bindparam("run_attempt"),
        runs.c.state == sa.bindparam("run_state"),
    )
    return sa.update(runs).where(*which).values({name: sa.bindparam(name) for name in names})


def _end(
    connection: Connection, which: sa.ColumnElement[bool], ending: Ending, *, now: datetime, message: str
) -> bool:
    """End a run, if it is there, and check that every record listed is accounted for."""
    values = {"state": RunState.ENDED, "ending": ending, "ended_at": now, "message": message}
    row = connection.execute(sa.update(runs).where(which).values(values).returning(runs)).one_or_none()
    if row is None:
        return False
    run, final = run_of(row), ending
    tally = run.tally
    if not tally.balanced:
        said = f"the tally does not add up: {tally}" + (f"; {message}" if message else "")
        final = ending if ending in _BY_US else Ending.FAILED
        connection.execute(sa.update(runs).where(runs.c.id == row.id).values(ending=final, message=said))
        _log(connection, row.id, now, "tally-mismatch", level="error", tally=str(tally), ending=ending)
    problems.settle(connection, run, final, now)
    return True


def _host(connection: Connection, run_id: int, now: datetime) -> str:
    """The host that a run asks, as its source is now.

    Raises:
        RunLost: it must not ask it just now: all harvesting is paused, its source is, or has quiet hours.
        UnknownRun: there is no such run.
    """
    row = connection.execute(
        sa.select(
            runs.c.kind, sources.c.base_url, sources.c.state, sources.c.quiet_hours, sources.c.time_zone
        )
        .join(sources, sources.c.id == runs.c.source_id)
        .where(runs.c.id == run_id)
    ).one_or_none()
    if row is None:
        raise UnknownRun(f"there is no run {run_id}")
    if _is_paused(connection, row, now):
        raise RunLost(f"run {run_id} is paused")
    return host_of(row.base_url) if RunKind(row.kind).fetches else ""


def _is_paused(connection: Connection, row: Any, now: datetime) -> bool:
    if not RunKind(row.kind).fetches:
        return False
    return row.state == SourceState.SUSPENDED or is_quiet(row, now) or pause_in(connection) is not None


def is_quiet(row: Any, now: datetime) -> bool:
    """Whether the source in a row must not be asked just now."""
    with suppress(SettingsError):  # what is not understood any more holds nothing up
        return quiet_until(row.quiet_hours, row.time_zone, now) is not None
    return False


def _log(  # noqa: PLR0917 - as Runs.log has them
    connection: Connection, run_id: int, now: datetime, event: str, level: str = "info", **detail: Any
) -> None:
    row = {"run_id": run_id, "at": now, "level": level, "event": event, "detail": detail}
    connection.execute(sa.insert(run_events).values(row))


def has_waited(now: datetime) -> sa.ColumnElement[bool]:
    """That a run which was put aside may be taken up again."""
    until = runs.c.not_before
    return sa.or_(until.is_(None), until <= now, until > now + _TOO_LONG)


def run_of(row: Row[Any]) -> HarvestRun:
    """The run in a row."""
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
        host=row.host,
        priority=row.priority,
        lapses=row.lapses,
        active_at=row.active_at,
    )
