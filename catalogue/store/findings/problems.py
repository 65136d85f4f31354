"""Problems: what is wrong with single records of a source, from the run that met it to its end.

A fault belongs to its run, and is never changed; a problem goes through runs. It has ended when its record
was listed, and could be read, in a run that is no older; when a complete list has the record no more; or when
the record breaks another rule instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, Row

from catalogue.run import TO_THE_END, Ending, Fault, HarvestRun, RunKind
from catalogue.store import dialects
from catalogue.store.engine import reading, writing
from catalogue.store.findings.faults import fault_of
from catalogue.store.tables import accepted_problems, faults, problems, runs

_P: Final = problems.c
#: SQLite walks the tables of a CROSS JOIN in this order: a seek among the few problems for each record. The
#: signs keep it from the index of open problems, in which it would look through all of them for each record.
_READ_SINCE: Final = sa.text(
    "SELECT p.source_identifier, p.rule FROM records r CROSS JOIN problems p"
    " WHERE r.source_id = :source AND p.source_id = :source AND p.source_identifier = r.source_identifier"
    " AND +p.ended_run IS NULL AND +p.last_run < :run AND r.seen_run >= +p.last_run"
).columns(sa.column("source_identifier", sa.Text), sa.column("rule", sa.Text))


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A person said that nothing is to be done about it."""

    accepted_by: str
    why: str
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """The problems of one rule that a source has, or had until its newest run."""

    rule: str
    #: Records that have it.
    count: int
    #: Those of them that the newest run was the first to meet.
    new: int
    #: Records that had it until the newest run.
    fixed: int
    since: datetime
    #: What was said of one of them.
    example: str
    accepted: Acceptance | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One record that breaks a rule."""

    fault: Fault
    fault_id: int
    first_run: int
    last_run: int
    since: datetime


def settle(connection: Connection, run: HarvestRun, ending: Ending, now: datetime) -> None:
    """Take note, inside the transaction that ends a run, of the problems that it met and found mended."""
    of_source = sa.and_(_P.source_id == run.source_id, _P.ended_run.is_(None))
    if run.kind is RunKind.RETIRE and ending in TO_THE_END:
        connection.execute(sa.update(problems).where(of_source).values(ended_run=run.id))
    if not (run.kind.harvests or run.kind is RunKind.REMAP):
        return
    _begin(connection, run, now)
    older = sa.and_(of_source, _P.last_run < run.id)
    if connection.execute(sa.select(_P.rule).where(older).limit(1)).first() is None:
        return
    ended = sa.update(problems).where(older).values(ended_run=run.id)
    instead = sa.select(faults.c.source_identifier).where(
        faults.c.run_id == run.id, faults.c.source_identifier != ""
    )
    connection.execute(ended.where(_P.source_identifier.in_(instead)))
    read = connection.execute(_READ_SINCE, {"source": run.source_id, "run": run.id}).all()
    for row in read:
        connection.execute(ended.where(_P.source_identifier == row.source_identifier, _P.rule == row.rule))
    if ending not in TO_THE_END or not run.checkpoint.finished:
        return
    if run.kind is RunKind.FULL and not run.checkpoint.doubt:
        connection.execute(ended)
    elif run.kind is RunKind.REMAP and not run.checkpoint.position.get("set_aside_only"):
        # What an earlier remap could not read, this one has read again.
        remaps = sa.select(runs.c.id).where(runs.c.source_id == run.source_id, runs.c.kind == RunKind.REMAP)
        connection.execute(ended.where(_P.last_run.in_(remaps)))


def _begin(connection: Connection, run: HarvestRun, now: datetime) -> None:
    met = (
        sa.select(
            sa.literal(run.source_id),
            faults.c.source_identifier,
            faults.c.rule,
            sa.func.max(faults.c.id),
            sa.literal(run.id, sa.BigInteger()),
            sa.literal(run.id, sa.BigInteger()),
            sa.literal(now, _P.since.type),
        )
        .where(faults.c.run_id == run.id)
        .group_by(faults.c.source_identifier, faults.c.rule)
    )
    names = ["source_id", "source_identifier", "rule", "fault_id", "first_run", "last_run", "since"]
    made = dialects.insert(connection, problems).from_select(names, met)
    new, goes_on = made.excluded, _P.ended_run.is_(None)
    changes = {
        "fault_id": new.fault_id,
        "last_run": new.last_run,
        "first_run": sa.case((goes_on, _P.first_run), else_=new.first_run),
        "since": sa.case((goes_on, _P.since), else_=new.since),
        "ended_run": sa.null(),
    }
    key = ["source_id", "source_identifier", "rule"]
    connection.execute(made.on_conflict_do_update(index_elements=key, set_=changes))


@dataclass(frozen=True, slots=True)
class Mended:
    """What a run found mended: so many records that broke a rule before."""

    at: datetime
    rule: str
    count: int


class Problems:
    """The problems of every source."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def counts(self, source_ids: Sequence[str], now: datetime) -> dict[str, int]:
        """How many records of each of these sources have a problem that nobody has accepted."""
        statement = (
            sa.select(_P.source_id, sa.func.count())
            .where(_P.source_id.in_(source_ids), _P.ended_run.is_(None), sa.not_(_accepted(now)))
            .group_by(_P.source_id)
        )
        with reading(self._engine) as connection:
            return {row[0]: row[1] for row in connection.execute(statement)}

    def by_rule(self, source_ids: Sequence[str], now: datetime) -> dict[str, int]:
        """How many records of these sources break each rule, without what is accepted; the most first."""
        count = sa.func.count()
        statement = (
            sa.select(_P.rule, count)
            .where(_P.source_id.in_(source_ids), _P.ended_run.is_(None), sa.not_(_accepted(now)))
            .group_by(_P.rule)
            .order_by(count.desc(), _P.rule)
        )
        with reading(self._engine) as connection:
            return {row[0]: row[1] for row in connection.execute(statement)}

    def groups(self, source_id: str, newest_run: int, now: datetime) -> list[Group]:
        """The problems of a source by rule, the most frequent first, those that are accepted last."""
        here, count = _P.ended_run.is_(None), sa.func.count
        statement = (
            sa.select(
                _P.rule,
                count().filter(here).label("there"),
                count().filter(here, _P.first_run == newest_run).label("new"),
                count().filter(_P.ended_run == newest_run).label("fixed"),
                sa.func.min(_P.since).filter(here).label("since"),
                sa.func.max(_P.fault_id).label("fault_id"),
            )
            .where(_P.source_id == source_id, sa.or_(here, _P.ended_run == newest_run))
            .group_by(_P.rule)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(statement).all()
            said = connection.execute(
                sa.select(faults.c.id, faults.c.message).where(
                    faults.c.id.in_([row.fault_id for row in rows])
                )
            )
            examples = {row.id: row.message for row in said}
        known = self.accepted(source_id, now)
        found = [
            Group(
                row.rule, row.there, row.new, row.fixed, row.since or now,
                examples.get(row.fault_id, ""), known.get(row.rule),
            )
            for row in rows
        ]  # fmt: skip
        return sorted(found, key=lambda one: (one.accepted is not None, -one.count, one.rule))

    def mended(self, source_ids: Sequence[str], since: datetime) -> list[Mended]:
        """What runs that ended since then found mended at these sources, the oldest first."""
        at = runs.c.ended_at
        statement = (
            sa.select(at, _P.rule, sa.func.count())
            .join(runs, runs.c.id == _P.ended_run)
            .where(_P.source_id.in_(source_ids), _P.ended_run.is_not(None))
            .where(at >= sa.bindparam("since", since, at.type))
            .group_by(_P.ended_run, at, _P.rule)
            .order_by(at, _P.rule)
        )
        with reading(self._engine) as connection:
            return [Mended(*row) for row in connection.execute(statement)]

    def of_rule(self, source_id: str, rule: str, *, after: str | None = None, limit: int) -> list[Problem]:
        """The records of a source that break a rule, by their identifiers there."""
        statement = (
            sa.select(faults, _P.first_run, _P.last_run, _P.since)
            .join(problems, _P.fault_id == faults.c.id)
            .where(_P.source_id == source_id, _P.rule == rule, _P.ended_run.is_(None))
            .order_by(_P.source_identifier)
            .limit(limit)
        )
        if after is not None:
            statement = statement.where(_P.source_identifier > after)
        with reading(self._engine) as connection:
            return [_problem(row) for row in connection.execute(statement)]

    def accepted(self, source_id: str, now: datetime) -> dict[str, Acceptance]:
        """What people said of a source's problems, as far as it holds still, by rule."""
        a = accepted_problems.c
        moment = sa.bindparam("now", now, a.until.type)
        statement = sa.select(accepted_problems).where(a.source_id == source_id, a.until > moment)
        with reading(self._engine) as connection:
            return {
                row.rule: Acceptance(row.accepted_by, row.why, row.at, row.until)
                for row in connection.execute(statement)
            }

    def accept(self, source_id: str, rule: str, acceptance: Acceptance | None) -> None:
        """Note that nothing is to be done about problems of this rule; with None, that this holds no more."""
        a = accepted_problems.c
        with writing(self._engine) as connection:
            connection.execute(sa.delete(accepted_problems).where(a.source_id == source_id, a.rule == rule))
            if acceptance is not None:
                row = {
                    "source_id": source_id, "rule": rule, "accepted_by": acceptance.accepted_by,
                    "why": acceptance.why, "at": acceptance.at, "until": acceptance.until,
                }  # fmt: skip
                connection.execute(sa.insert(accepted_problems).values(row))


def _accepted(now: datetime) -> sa.Exists:
    a = accepted_problems.c
    moment = sa.bindparam("now", now, a.until.type)
    return sa.exists().where(a.source_id == _P.source_id, a.rule == _P.rule, a.until > moment)


def _problem(row: Row[Any]) -> Problem:
    return Problem(fault_of(row), row.id, row.first_run, row.last_run, row.since)
