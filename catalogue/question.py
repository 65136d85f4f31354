"""What a guard asks a person, and what people decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Topic(StrEnum):
    """What a question is about: a source has one open question about each at most."""

    #: Records that would be deleted.
    DELETIONS = "deletions"
    #: Records that would lose a language or a field.
    LOSSES = "losses"
    #: Records that could not be taken.
    FAULTS = "faults"


class Reason(StrEnum):
    """Why a change is withheld."""

    #: The source says that the record is deleted.
    TOMBSTONE = "tombstone"
    #: A complete list of the source has the record no more.
    ABSENCE = "absence"
    #: What the source lists now lacks a language or a field that we have.
    LOSS = "loss"


DELETIONS = (Reason.TOMBSTONE, Reason.ABSENCE)


class Answer(StrEnum):
    """What may be answered."""

    #: Everything stays as we have it; the same is not asked again until the decision expires.
    KEEP = "keep"
    #: What is withheld is done.
    APPLY = "apply"
    #: The node's technician is written to; the question stays open.
    ASK = "ask"
    #: What is gone, and what has come in its place, are the same records: they keep their history.
    SAME = "same"


class QuestionState(StrEnum):
    """How a question stands."""

    OPEN = "open"
    ANSWERED = "answered"
    #: Nobody needed to answer: the source lists again what was missing.
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Decision:
    """One answer of one person."""

    answer: Answer
    decided_by: str
    why: str
    decided_at: datetime
    #: Until when the same is not asked again.
    expires_at: datetime | None = None
    #: What was written to the node.
    letter: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question about one run of one source."""

    id: int
    source_id: str
    #: The newest run that was held for it.
    run_id: int
    topic: Topic
    state: QuestionState
    #: What was found, as plain values: numbers, and examples.
    facts: dict[str, Any]
    asked_at: datetime
    closed_at: datetime | None = None
    decisions: tuple[Decision, ...] = field(default=())

    @property
    def may_be_renamed(self) -> bool:
        """Whether some of what is gone has come again under other identifiers."""
        return self.topic is Topic.DELETIONS and bool(self.facts.get("renamed"))

    def words(self, label: str) -> str:
        """The question in words, for a source that people call so."""
        return in_words(self.topic, self.facts, label)


def in_words(topic: Topic, facts: dict[str, Any], label: str) -> str:
    """A question in words."""
    if topic is Topic.LOSSES:
        return _losses(facts, label)
    if topic is Topic.FAULTS:
        return (
            f"{facts['faulty']:,} of {facts['listed']:,} records that {label} listed could not be taken,"
            f" where {facts['usual']:.1%} is usual. Their earlier versions stay. Is that as it should be?"
        )
    return _deletions(facts, label)


def _deletions(facts: dict[str, Any], label: str) -> str:
    gone, known, renamed = facts["gone"], facts["known"], facts.get("renamed", 0)
    if renamed * 2 >= gone:
        return (
            f"{label} seems to have given its records new identifiers: {renamed:,} of the {gone:,} that are"
            f" gone have the titles of new ones. Delete the {gone:,} under their old identifiers?"
        )
    if "recent" in facts:
        return (
            f"{label} had {facts['then']:,} records; {facts['recent']:,} of them have gone since"
            f" {facts['since']}, a few at a time, and now {gone:,} more are to go. Delete these, too?"
        )
    if facts.get("tombstones", 0) * 2 >= gone:
        return f"{label} says that {gone:,} of its {known:,} records are deleted. Delete them?"
    if not facts["listed"]:
        return f"{label} listed nothing where {known:,} records were known. Delete all {gone:,}?"
    return (
        f"{label} listed {facts['listed']:,} records where {known:,} were known. Delete the other {gone:,}?"
    )


def _losses(facts: dict[str, Any], label: str) -> str:
    lost = ", ".join(f"{what} ({count:,})" for what, count in facts["lost"].items())
    return (
        f"{facts['records']:,} of {facts['known']:,} records of {label} would lose what they had: {lost}."
        " Take them as they are listed now?"
    )


def letter(question: Question, label: str, base_url: str) -> str:
    """What is written to the technician of a node, when the node is asked."""
    examples = "\n".join(f"  {one}" for one in question.facts.get("examples", ()))
    found = question.words(label).rpartition(". ")[0] or question.words(label)
    return (
        f"Subject: What we found when we harvested {label}\n\n"
        "Dear colleagues,\n\n"
        f"on {question.asked_at:%d %B %Y} we harvested {base_url}. {found}.\n\n"
        + (f"Some of the records are:\n{examples}\n\n" if examples else "")
        + "Is that as it should be? Until we hear from you, we keep your records as they were.\n"
        "Nothing needs to be sent to us: if the list is mended, the next harvest finds it so.\n"
    )
