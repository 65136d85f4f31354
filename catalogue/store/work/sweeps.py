"""The end of a list: what a complete one lacks, and what the guards said of all that waits.

Everything here is set-based: a source of a hundred thousand records is swept by a few statements.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from catalogue.question import DELETIONS, Reason, Topic
from catalogue.run import HarvestRun, RunKind, RunState, Tally
from catalogue.store import dialects
from catalogue.store.engine import reading, writing
from catalogue.store.findings.questions import ask, open_question, settle
from catalogue.store.tables import absences, faults, records, runs, withheld
from catalogue.store.work.runs import change

#: How many records a question names.
_EXAMPLES = 5
#: What a run's message tells of its faults.
_TOLD = 3
#: From so many harvests it is known what is usual for a source.
_RUNS_BACK = 10
_ABSENT_HAVE_NONE = frozenset({"payload_digest", "about_digest", "kept_until", "repairs"})
#: The scope of a run whose source was changed under way: it lists neither the one nor the other.
MIXED = "?"


@dataclass(frozen=True, slots=True)
class Grace:
    """When a record that complete lists lack is deleted."""

    lists: int
    #: The first list that lacked it must be no younger.
    before: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits at the end of a run."""

    #: Records that the run's own list told as deleted, and those that would lose something.
    tombstones: int = 0
    losses: int = 0
    #: Records that wait for the answer to a question which is open already.
    asked: Mapping[Topic, int] = field(default_factory=dict)
    #: Records that the list lacks, and for which nothing waits yet.
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the guards said."""

    #: What is asked about, and the facts for it.
    hold: Mapping[Topic, dict[str, Any]] = field(default_factory=dict)
    #: Open questions that nobody needs to answer any more.
    settle: Sequence[Topic] = ()
    #: What the tally becomes by it.
    tally: Tally = field(default_factory=Tally)
    #: The list is complete: what it lacks is gone, or will be after the grace.
    complete: bool = False


class Sweeps:
    """Looks at what a run leaves, and acts on what the guards said."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def live(self, source_id: str) -> int:
        """How many records of a source are not deleted."""
        statement = sa.select(sa.func.count()).where(
            records.c.source_id == source_id, sa.not_(records.c.deleted)
        )
        with reading(self._engine) as connection:
            return connection.execute(statement).scalar_one()

    def listed(self, run: HarvestRun) -> int:
        """How many different records of the source the run's list held, deleted ones and faults with them."""
        seen = sa.select(sa.func.count()).where(
            records.c.source_id == run.source_id, records.c.seen_run == run.id
        )
        waiting = sa.select(sa.func.count()).where(
            withheld.c.source_id == run.source_id,
            withheld.c.run_id == run.id,
            withheld.c.reason != Reason.ABSENCE,
        )
        of_source = sa.select(records.c.source_identifier).where(
            records.c.source_id == run.source_id, records.c.seen_run == run.id
        )
        with reading(self._engine) as connection:
            faulty = sa.select(sa.func.count(faults.c.source_identifier.distinct())).where(
                faults.c.run_id == run.id,
                dialects.not_among(connection, faults.c.source_identifier, of_source),
            )
            return sum(connection.execute(one).scalar_one() for one in (seen, waiting, faulty))

    def has_nameless_faults(self, run: HarvestRun) -> bool:
        """Whether the run met something of which it cannot be said which record it was, or how many."""
        statement = sa.select(faults.c.id).where(faults.c.run_id == run.id, faults.c.source_identifier == "")
        with reading(self._engine) as connection:
            return connection.execute(statement.limit(1)).first() is not None

    def faults_of(self, run: HarvestRun, rules: Sequence[str]) -> list[str]:
        """What the run's faults of these rules say, each once."""
        f = faults.c
        statement = sa.select(f.message).where(f.run_id == run.id, f.rule.in_(rules)).distinct()
        with reading(self._engine) as connection:
            return sorted(connection.execute(statement.limit(_TOLD)).scalars())

    def note_seen(self, run: HarvestRun) -> None:
        """Records that have been listed since a complete list lacked them are absent no more."""
        back = (
            sa.select(absences.c.record_id)
            .join(records, records.c.id == absences.c.record_id)
            .where(
                absences.c.source_id == run.source_id,
                sa.or_(records.c.deleted, records.c.seen_run > absences.c.last_run),
            )
        )
        with writing(self._engine) as connection:
            connection.execute(sa.delete(absences).where(absences.c.record_id.in_(back)))

    def note_absences(self, run: HarvestRun, now: datetime) -> None:
        """Count what this complete list lacks, once however often it is called."""
        c = absences.c
        with writing(self._engine) as connection:
            missing = _missing(connection, run)
            before = sa.and_(c.source_id == run.source_id, c.last_run < run.id)
            connection.execute(
                sa.update(absences)
                .where(before, c.record_id.in_(missing))
                .values(lists=c.lists + 1, last_run=run.id)
            )
            connection.execute(sa.delete(absences).where(before))
            since = sa.bindparam("now", now, c.since.type)
            fresh = missing.add_columns(
                sa.literal(run.source_id), since, sa.literal(1), sa.literal(run.id, sa.BigInteger())
            ).where(dialects.not_among(connection, records.c.id, sa.select(c.record_id)))
            columns = ["record_id", "source_id", "since", "lists", "last_run"]
            connection.execute(sa.insert(absences).from_select(columns, fresh))

    def waiting(self, run: HarvestRun, *, complete: bool) -> Waiting:
        """What waits at the end of a run; what it lacks counts where its list is complete."""
        by_reason: Counter[tuple[Reason, bool]] = Counter()
        statement = (
            sa.select(withheld.c.reason, withheld.c.question_id.is_not(None).label("asked"), sa.func.count())
            .where(withheld.c.source_id == run.source_id, withheld.c.kept_until.is_(None))
            .group_by(withheld.c.reason, sa.text("asked"))
        )
        with reading(self._engine) as connection:
            for reason, asked, count in connection.execute(statement):
                by_reason[Reason(reason), bool(asked)] += count
            missing = 0
            if complete:
                found = _missing(connection, run).subquery()
                missing = connection.execute(sa.select(sa.func.count()).select_from(found)).scalar_one()
            open_topics = {topic for topic in Topic if open_question(connection, run.source_id, topic)}
        asked = {
            Topic.DELETIONS: sum(by_reason[reason, True] for reason in DELETIONS),
            Topic.LOSSES: by_reason[Reason.LOSS, True],
            Topic.FAULTS: 0,
        }
        return Waiting(
            by_reason[Reason.TOMBSTONE, False],
            by_reason[Reason.LOSS, False],
            {topic: asked[topic] for topic in open_topics},
            missing,
        )

    def usual_faults(self, source_id: str, before: int) -> float | None:
        """The share of faults in the source's harvests before this run; None where there were none."""
        newest = (
            sa.select(runs.c.listed, runs.c.faulty)
            .where(
                runs.c.source_id == source_id,
                runs.c.id < before,
                runs.c.kind.in_((RunKind.FULL, RunKind.INCREMENTAL)),
                runs.c.state == RunState.ENDED,
                runs.c.listed > 0,
            )
            .order_by(runs.c.id.desc())
            .limit(_RUNS_BACK)
            .subquery()
        )
        with reading(self._engine) as connection:
            listed, faulty = connection.execute(
                sa.select(sa.func.sum(newest.c.listed), sa.func.sum(newest.c.faulty))
            ).one()
        return float(faulty) / float(listed) if listed else None

    def facts(self, run: HarvestRun, topic: Topic, *, complete: bool) -> dict[str, Any]:
        """What a question tells beside numbers: examples, new identifiers, what would be lost."""
        reasons = DELETIONS if topic is Topic.DELETIONS else (Reason.LOSS,)
        with reading(self._engine) as connection:
            waits = sa.select(withheld.c.record_id).where(
                withheld.c.source_id == run.source_id,
                withheld.c.reason.in_(reasons),
                withheld.c.kept_until.is_(None),
            )
            concerned: sa.Select[Any] | sa.CompoundSelect[Any] = waits
            if topic is Topic.DELETIONS and complete:
                concerned = sa.union_all(waits, _missing(connection, run))
            concerns = records.c.id.in_(concerned)
            rows = sa.select(records.c.source_identifier, records.c.title).where(concerns)
            examples = connection.execute(rows.order_by(records.c.id).limit(_EXAMPLES))
            found: dict[str, Any] = {"examples": [f"{name}: {title}" for name, title in examples]}
            if topic is Topic.LOSSES:
                found["lost"] = _lost(connection, run)
            elif topic is Topic.DELETIONS:
                found["renamed"] = _renamed(connection, run, concerns)
        return found

    def judge(self, run: HarvestRun, verdict: Verdict, grace: Grace, now: datetime) -> HarvestRun:
        """Act on what the guards said, in one transaction: what is held waits for its question.

        Raises:
            RunLost: the run was cancelled, or another worker holds it now.
        """
        checkpoint = run.checkpoint.evolve(verdict="held" if verdict.hold else "judged")
        with writing(self._engine) as connection:
            change(connection, run, checkpoint=asdict(checkpoint), **asdict(verdict.tally))
            for topic in verdict.settle:
                _settle(connection, run, topic, now)
            for topic, facts in verdict.hold.items():
                number = ask(connection, run, topic, facts=facts, now=now)
                _hold(connection, run, topic, number)
            if verdict.complete:
                held = open_question(connection, run.source_id, Topic.DELETIONS)
                asking = held if Topic.DELETIONS in verdict.hold else None
                _withhold_missing(connection, run, asking, grace)
        return run.evolve(checkpoint=checkpoint, tally=verdict.tally)


def _missing(connection: Connection, run: HarvestRun) -> sa.Select[Any]:
    """Ids of records that a complete list lacks although it could have had them, and that do not wait."""
    of_run = sa.select(faults.c.source_identifier).where(faults.c.run_id == run.id)
    waits = sa.select(withheld.c.record_id).where(withheld.c.source_id == run.source_id)
    statement = sa.select(records.c.id).where(
        records.c.source_id == run.source_id,
        sa.not_(records.c.deleted),
        records.c.seen_run < run.id,
        dialects.not_among(connection, records.c.source_identifier, of_run),
        dialects.not_among(connection, records.c.id, waits),
    )
    if run.scope:
        statement = statement.where(records.c.seen_run.in_(_within(connection, run)))
    return statement


def _within(connection: Connection, run: HarvestRun) -> sa.Select[Any]:
    """Runs that listed no more than sets which this run lists too."""
    of_source = runs.c.source_id == run.source_id
    scopes = connection.execute(sa.select(runs.c.scope).distinct().where(of_source)).scalars()
    sets = set(run.scope.split())
    narrower = [scope for scope in scopes if scope and set(scope.split()) <= sets]
    return sa.select(runs.c.id).where(of_source, runs.c.scope.in_(narrower))


def _lost(connection: Connection, run: HarvestRun) -> dict[str, int]:
    statement = (
        sa.select(withheld.c.detail, sa.func.count())
        .where(
            withheld.c.source_id == run.source_id,
            withheld.c.reason == Reason.LOSS,
            withheld.c.kept_until.is_(None),
        )
        .group_by(withheld.c.detail)
    )
    lost: Counter[str] = Counter()
    for detail, count in connection.execute(statement):
        for what in detail.split(", "):
            lost[what] += count
    return dict(lost.most_common())


def _renamed(connection: Connection, run: HarvestRun, gone: sa.ColumnElement[bool]) -> int:
    """How many of those that are gone have the title of a record that is new in this run."""
    titles = sa.select(records.c.title).where(
        records.c.source_id == run.source_id,
        sa.not_(records.c.deleted),
        records.c.first_run == run.id,
        records.c.title != "",
    )
    statement = sa.select(sa.func.count()).where(gone, records.c.title.in_(titles))
    return connection.execute(statement).scalar_one()


def _settle(connection: Connection, run: HarvestRun, topic: Topic, now: datetime) -> None:
    """The question needs no answer; what waited for it may be made, what was missing waits out its grace."""
    number = open_question(connection, run.source_id, topic)
    if number is None:
        return
    of_question = sa.and_(withheld.c.question_id == number, withheld.c.kept_until.is_(None))
    connection.execute(sa.delete(withheld).where(of_question, withheld.c.reason == Reason.ABSENCE))
    # Tombstones of earlier runs: this one makes them, and has not counted them as listed.
    deletion = sa.case((withheld.c.reason == Reason.TOMBSTONE, str(Reason.ABSENCE)), else_=withheld.c.reason)
    connection.execute(
        sa.update(withheld).where(of_question).values(question_id=None, run_id=run.id, reason=deletion)
    )
    settle(connection, number, now)


def _hold(connection: Connection, run: HarvestRun, topic: Topic, question_id: int) -> None:
    reasons = {Topic.DELETIONS: DELETIONS, Topic.LOSSES: (Reason.LOSS,)}.get(topic, ())
    connection.execute(
        sa.update(withheld)
        .where(
            withheld.c.source_id == run.source_id,
            withheld.c.question_id.is_(None),
            withheld.c.kept_until.is_(None),
            withheld.c.reason.in_(reasons),
        )
        .values(question_id=question_id)
    )


def _withhold_missing(connection: Connection, run: HarvestRun, asking: int | None, grace: Grace) -> None:
    """What is missing waits for the question where there is one; else what is past its grace may go."""
    columns = [column.name for column in withheld.columns if column.name not in _ABSENT_HAVE_NONE]
    missing = _missing(connection, run).add_columns(
        sa.literal(run.source_id),
        sa.literal(run.id, sa.BigInteger()),
        sa.literal(asking, sa.BigInteger()),
        sa.literal(str(Reason.ABSENCE)),
        sa.literal(""),
        sa.literal(""),
    )
    if asking is None:
        before = sa.bindparam("before", grace.before, absences.c.since.type)
        due = sa.select(absences.c.record_id).where(
            absences.c.source_id == run.source_id,
            absences.c.lists >= grace.lists,
            absences.c.since <= before,
        )
        missing = missing.where(records.c.id.in_(due))
    made = dialects.insert(connection, withheld).from_select(columns, missing)
    connection.execute(made.on_conflict_do_nothing())
