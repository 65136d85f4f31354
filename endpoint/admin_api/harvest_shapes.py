"""What the API takes and gives about sources, runs, problems and questions, as its description has it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from catalogue.node_state import NodeState
from catalogue.question import Answer, Question, QuestionState, Topic
from catalogue.run import Ending, HarvestRun, RunKind, RunState, Tally
from catalogue.source import Protocol
from catalogue.store.findings.faults import NumberedFault
from catalogue.store.findings.problems import Group
from catalogue.store.work.exchanges import Told
from endpoint.admin_api.shapes import Shape
from endpoint.dashboard.nodes import NodeLine
from endpoint.public.wording import public


class SourceShown(BaseModel):
    """A source, and how it stands."""

    id: str
    label: str
    protocol: Protocol
    base_url: str
    state: NodeState = Field(description="In one word, the same as on every page.")
    schedule: str
    time_zone: str
    last_good_run: int | None
    last_good_at: datetime | None
    next_at: datetime | None = Field(description="By its schedule; where a harvest is owed, since when.")
    owed: bool
    waits_until: datetime | None = Field(description="When the quiet hours end for which a harvest waits.")
    open_run: int | None
    open_questions: int
    records: int
    problems: int = Field(description="Records with a problem that nobody has accepted.")
    certificate_until: str


def source_shown(line: NodeLine) -> SourceShown:
    """A source as the API has it."""
    glance = line.glance
    return SourceShown(
        id=glance.id,
        label=glance.label,
        protocol=glance.protocol,
        base_url=glance.base_url,
        state=line.state,
        schedule=glance.schedule,
        time_zone=glance.time_zone,
        last_good_run=glance.good_run,
        last_good_at=glance.good_at,
        next_at=line.next_at,
        owed=line.owed,
        waits_until=line.waits_until,
        open_run=glance.current.id if glance.current else None,
        open_questions=glance.questions,
        records=line.records,
        problems=line.problems,
        certificate_until=glance.certificate_until,
    )


class RunShown(BaseModel):
    """A run, and how it stands."""

    id: int
    source: str
    kind: RunKind
    state: RunState
    ending: Ending | None
    message: str
    tally: Tally = Field(description="listed = new + changed + unchanged + deleted + faulty + skipped.")
    pages: int
    announced: int | None = Field(description="Records that the source says it has.")
    opened_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    not_before: datetime | None
    requested_by: str


def run_shown(run: HarvestRun) -> RunShown:
    """A run as the API has it."""
    return RunShown(
        id=run.id,
        source=run.source_id,
        kind=run.kind,
        state=run.state,
        ending=run.ending,
        message=public(run.message),
        tally=run.tally,
        pages=run.checkpoint.pages,
        announced=run.checkpoint.complete_list_size,
        opened_at=run.opened_at,
        started_at=run.started_at,
        ended_at=run.ended_at,
        not_before=run.not_before,
        requested_by=run.requested_by,
    )


class FaultShown(BaseModel):
    """A record that a run could not take."""

    id: int
    rule: str
    message: str
    record: str = Field(description="Its identifier in the source; empty where that is not known.")
    path: str
    value: str
    kept: bool = Field(description="Whether what was sent is kept.")


def fault_shown(found: NumberedFault) -> FaultShown:
    """A fault as the API has it."""
    fault = found.fault
    return FaultShown(
        id=found.number,
        rule=fault.rule,
        message=fault.message,
        record=fault.source_identifier,
        path=fault.path,
        value=fault.value,
        kept=fault.payload_digest is not None,
    )


class RequestShown(BaseModel):
    """A request of a run, without its answer."""

    number: int
    at: datetime
    method: str
    url: str
    status: int | None
    size: int
    milliseconds: int
    error: str
    kept: bool = Field(description="Whether the answer is kept.")


def request_shown(told: Told) -> RequestShown:
    """A request as the API has it."""
    one = told.exchange
    return RequestShown(
        number=one.number,
        at=one.at,
        method=one.method,
        url=one.url,
        status=one.status,
        size=one.size,
        milliseconds=one.milliseconds,
        error=one.error,
        kept=told.kept,
    )


class ProblemShown(BaseModel):
    """The records of a source that break one rule."""

    rule: str
    records: int
    new: int = Field(description="Of them, those that the newest harvest was the first to meet.")
    mended: int = Field(description="Records that had it until the newest harvest.")
    since: datetime
    example: str
    accepted_until: datetime | None
    accepted_why: str


def problem_shown(group: Group) -> ProblemShown:
    """A problem as the API has it."""
    return ProblemShown(
        rule=group.rule,
        records=group.count,
        new=group.new,
        mended=group.fixed,
        since=group.since,
        example=group.example,
        accepted_until=group.accepted.until if group.accepted else None,
        accepted_why=group.accepted.why if group.accepted else "",
    )


class DecisionShown(BaseModel):
    """One answer of one person."""

    answer: Answer
    decided_by: str
    why: str
    decided_at: datetime
    expires_at: datetime | None
    letter: str


class QuestionShown(BaseModel):
    """What a guard asks."""

    id: int
    source: str
    run: int
    topic: Topic
    state: QuestionState
    in_words: str
    facts: dict[str, Any]
    asked_at: datetime
    closed_at: datetime | None
    decisions: list[DecisionShown]


def question_shown(question: Question, label: str) -> QuestionShown:
    """A question as the API has it."""
    decisions = [
        DecisionShown(
            answer=one.answer,
            decided_by=one.decided_by,
            why=one.why,
            decided_at=one.decided_at,
            expires_at=one.expires_at,
            letter=one.letter,
        )
        for one in question.decisions
    ]
    return QuestionShown(
        id=question.id,
        source=question.source_id,
        run=question.run_id,
        topic=question.topic,
        state=question.state,
        in_words=question.words(label),
        facts=question.facts,
        asked_at=question.asked_at,
        closed_at=question.closed_at,
        decisions=decisions,
    )


class Why(Shape):
    """A reason, for those who come after."""

    why: str = Field("", max_length=2000)


class HarvestAsked(Shape):
    """Which harvest."""

    full: bool = Field(default=False, description="The whole list, not only what has changed.")


class RemapAsked(Shape):
    """What is read again."""

    set_aside_only: bool = Field(default=False, description="Only what was set aside.")


class AnswerSent(Shape):
    """What is decided."""

    answer: Answer
    why: str = Field(min_length=1, max_length=2000)


class Accepted(Shape):
    """That a problem is accepted."""

    why: str = Field(min_length=1, max_length=2000)
    days: int = Field(90, ge=1, le=730)


class CheckupAsked(BaseModel):
    """Where the report of a check-up grows."""

    check: str = Field(description="The address of a check-up.")
