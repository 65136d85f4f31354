"""All sources at a glance, for the operators' pages: a few indexed queries, however many runs there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from catalogue.run import TO_THE_END, Ending, HarvestRun, RunKind, RunState
from catalogue.source import Missed, Protocol, SourceState
from catalogue.store import dialects
from catalogue.store.engine import reading
from catalogue.store.tables import ASKED, GOOD, OPEN, questions, runs, sources
from catalogue.store.work.run_states import run_of

#: Runs that a sparkline shows.
SPARK: Final = 30
_R: Final = runs.c
_S: Final = sources.c
_SEEN: Final = (
    _S.id, _S.title, _S.repository_name, _S.protocol, _S.base_url, _S.state, _S.schedule, _S.time_zone,
    _S.missed, _S.scheduled_at, _S.certificate_until, _S.quiet_hours,
)  # fmt: skip
_HARVESTS: Final = (RunKind.FULL, RunKind.INCREMENTAL)
#: Endings of harvests that were not read to the end.
_BROKEN: Final = (Ending.FAILED, Ending.INTERRUPTED)


@dataclass(frozen=True, slots=True)
class Glance:
    """What there is to know of a source at a glance."""

    id: str
    #: What people call it.
    label: str
    protocol: Protocol
    base_url: str
    state: SourceState
    schedule: str
    time_zone: str
    missed: Missed
    scheduled_at: datetime | None
    certificate_until: str
    #: Its open run.
    current: HarvestRun | None
    #: Questions about it that are open.
    questions: int
    #: How its newest harvest ended that nobody cancelled, which one that was, and when.
    last: Ending | None
    last_run: int | None
    last_at: datetime | None
    #: The newest harvest that read its list to the end.
    good_run: int | None
    good_at: datetime | None
    #: When a run of it was opened last.
    opened_at: datetime | None
    #: As they are written; empty: none.
    quiet_hours: str = ""


@dataclass(frozen=True, slots=True)
class Spark:
    """A run that has ended, as far as a chart shows it."""

    run_id: int
    kind: RunKind
    ending: Ending
    ended_at: datetime
    listed: int
    new: int
    changed: int
    #: Deleted by the source, or gone from its list.
    gone: int
    faulty: int
    started_at: datetime | None = None
    #: Answers that it was given, and the milliseconds that they took together.
    answers: int = 0
    answer_milliseconds: int = 0

    @property
    def kept(self) -> int:
        """Of what was listed, what could be taken."""
        return self.listed - self.faulty


@dataclass(frozen=True, slots=True)
class Step:
    """A run that changed how many records of its source are held."""

    at: datetime
    gained: int
    lost: int


@dataclass(frozen=True, slots=True)
class Sums:
    """What runs that ended within some time made of their sources, added up."""

    new: int
    changed: int
    gone: int
    #: Harvests that came to the end of their lists, and harvests that broke off.
    good: int
    broken: int


class Overview:
    """Sources and their runs, many at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def glances(self, source_ids: Sequence[str] | None = None) -> list[Glance]:
        """These sources, or all, by id."""
        with reading(self._engine) as connection:
            which = sa.true() if source_ids is None else _S.id.in_(source_ids)
            found = connection.execute(sa.select(*_SEEN).where(which).order_by(_S.id)).all()
            current = {row.source_id: run_of(row) for row in connection.execute(sa.select(runs).where(OPEN))}
            asked = connection.execute(
                sa.select(questions.c.source_id, sa.func.count()).where(ASKED).group_by(questions.c.source_id)
            )
            open_questions: dict[str, int] = {row[0]: row[1] for row in asked}
            newest = _newest(connection, which)
            # As a rule the newest run is a harvest that ended well; others are looked for where it is not.
            told = (*TO_THE_END, *_BROKEN)
            last = {one: run for one, run in newest.items() if run.ending in told and run.kind in _HARVESTS}
            last |= _newest(connection, _S.id.in_(newest.keys() - last.keys()), endings=told)
            good = {one: run for one, run in last.items() if run.ending in TO_THE_END}
            good |= _newest(connection, _S.id.in_(last.keys() - good.keys()), good=True)
        return [
            _glance(
                row,
                current=current.get(row.id),
                questions=open_questions.get(row.id, 0),
                newest=(last.get(row.id), good.get(row.id), newest.get(row.id)),
            )
            for row in found
        ]

    def sparks(self, source_ids: Sequence[str], limit: int = SPARK) -> dict[str, list[Spark]]:
        """The newest runs of these sources that have ended, the oldest first: one query, by index."""
        found: dict[str, list[Spark]] = {}
        with reading(self._engine) as connection:
            statement = _newest_runs(connection.dialect.name, limit)
            rows = connection.execute(statement.where(_S.id.in_(source_ids))).all()
            for row in sorted(rows, key=lambda row: row.id):
                if row.state == RunState.ENDED:
                    found.setdefault(row.source_id, []).append(_spark(row))
        return found

    def steps(self, source_id: str, limit: int) -> list[Step]:
        """The newest runs that changed how many records of a source are held, the oldest first."""
        lost = _R.deleted + _R.absent
        statement = (
            sa.select(_R.ended_at, _R.new, lost)
            .where(_R.source_id == source_id, _R.state == RunState.ENDED, _R.new + lost > 0)
            .order_by(_R.id.desc())
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return [Step(*row) for row in connection.execute(statement)][::-1]

    def sums(self, source_ids: Sequence[str], since: datetime, until: datetime) -> Sums:
        """What runs that ended within this time made of these sources."""
        harvested = _R.kind.in_(_HARVESTS)
        counts = (
            sa.func.coalesce(sa.func.sum(_R.new), 0),
            sa.func.coalesce(sa.func.sum(_R.changed), 0),
            sa.func.coalesce(sa.func.sum(_R.deleted + _R.absent), 0),
            sa.func.count().filter(harvested, _R.ending.in_(TO_THE_END)),
            sa.func.count().filter(harvested, _R.ending.in_(_BROKEN)),
        )
        moments = (sa.bindparam(name, at, _R.ended_at.type) for name, at in (("a", since), ("b", until)))
        first, last = moments
        statement = sa.select(*counts).where(
            _R.source_id.in_(source_ids), _R.ended_at >= first, _R.ended_at < last
        )
        with reading(self._engine) as connection:
            return Sums(*map(int, connection.execute(statement).one()))

    def failures(self, source_ids: Sequence[str], times: int = 2) -> list[str]:
        """Those of these sources whose newest harvests failed so many times in a row."""
        statement = (
            sa.select(_R.ending)
            .where(
                _R.source_id == sa.bindparam("source_id"),
                _R.ending.in_((*TO_THE_END, *_BROKEN)),
                _R.kind.in_(_HARVESTS),
            )
            .order_by(_R.id.desc())
            .limit(times)
        )
        found = []
        with reading(self._engine) as connection:
            for one in source_ids:
                endings = connection.execute(statement, {"source_id": one}).scalars().all()
                if len(endings) == times and all(ending in _BROKEN for ending in endings):
                    found.append(one)
        return found

    def timed(self, sparks: Sequence[Spark]) -> list[Spark]:
        """The same runs with how long they and their answers took."""
        columns = (_R.id, _R.started_at, _R.answers, _R.answer_milliseconds)
        statement = sa.select(*columns).where(_R.id.in_([spark.run_id for spark in sparks]))
        with reading(self._engine) as connection:
            found = {row[0]: row for row in connection.execute(statement)}
        return [
            replace(
                spark,
                started_at=found[spark.run_id].started_at,
                answers=found[spark.run_id].answers,
                answer_milliseconds=found[spark.run_id].answer_milliseconds,
            )
            for spark in sparks
        ]

    def changes(self, source_id: str, limit: int = 10) -> list[datetime]:
        """When its newest good harvests ended that brought anything new, the newest first."""
        moved = _R.new + _R.changed + _R.deleted + _R.absent > 0
        statement = (
            sa.select(_R.ended_at)
            .where(_R.source_id == source_id, GOOD, moved)
            .order_by(_R.id.desc())
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return list(connection.execute(statement).scalars())

    def open_runs(self) -> list[HarvestRun]:
        """Every open run, the oldest first."""
        with reading(self._engine) as connection:
            rows = connection.execute(sa.select(runs).where(OPEN).order_by(_R.id))
            return [run_of(row) for row in rows]


def _newest(
    connection: Connection,
    which: sa.ColumnElement[bool],
    *,
    endings: Sequence[Ending] = (),
    good: bool = False,
) -> dict[str, Any]:
    """The newest run (harvest that ended so, or well) of each source of which this holds: a seek for each."""
    statement = _newest_run(connection.dialect.name, tuple(endings), good=good)
    return {row.source_id: row for row in connection.execute(statement.where(which))}


# A statement of so many columns takes several milliseconds to put together; there are few of them.
@cache
def _newest_run(dialect: str, endings: tuple[Ending, ...], *, good: bool) -> sa.Select[Any]:
    """The newest run of each source that ended so, or well."""

    def holds(of: sa.FromClause) -> sa.ColumnElement[bool]:
        told = sa.and_(of.c.ending.in_(endings), of.c.kind.in_(_HARVESTS)) if endings else sa.true()
        return sa.and_(of.c.source_id == _S.id, told, GOOD if good else sa.true())

    columns = (_R.source_id, _R.id, _R.kind, _R.ending, _R.ended_at, _R.opened_at)
    return dialects.newest_of_each(dialect, sources, columns, holds)


@cache
def _newest_runs(dialect: str, limit: int) -> sa.Select[Any]:
    """So many newest runs of each source."""
    columns = (
        _R.source_id, _R.id, _R.state, _R.kind, _R.ending, _R.ended_at, _R.listed, _R.new, _R.changed,
        _R.deleted, _R.absent, _R.faulty,
    )  # fmt: skip
    return dialects.newest_of_each(dialect, sources, columns, lambda of: of.c.source_id == _S.id, limit=limit)


def _glance(row: Any, *, current: HarvestRun | None, questions: int, newest: tuple[Any, ...]) -> Glance:
    last, good, opened = newest
    return Glance(
        id=row.id,
        label=row.title or row.repository_name or row.id,
        protocol=Protocol(row.protocol),
        base_url=row.base_url,
        state=SourceState(row.state),
        schedule=row.schedule,
        time_zone=row.time_zone,
        missed=Missed(row.missed),
        scheduled_at=row.scheduled_at,
        certificate_until=row.certificate_until,
        current=current,
        questions=questions,
        last=Ending(last.ending) if last else None,
        last_run=last.id if last else None,
        last_at=last.ended_at if last else None,
        good_run=good.id if good else None,
        good_at=good.ended_at if good else None,
        opened_at=opened.opened_at if opened else None,
        quiet_hours=row.quiet_hours,
    )


def _spark(row: Any) -> Spark:
    return Spark(
        run_id=row.id,
        kind=RunKind(row.kind),
        ending=Ending(row.ending),
        ended_at=row.ended_at,
        listed=row.listed,
        new=row.new,
        changed=row.changed,
        gone=row.deleted + row.absent,
        faulty=row.faulty,
    )
