"""A registration: what a centre or a Party says of a repository of its own, and what becomes of it.

It is data; what may be done with it, and when, is in `catalogue.registering`. Whoever holds its key may read
and continue it; the key itself is not in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import msgspec

from catalogue.checkup import Checkup, Outcome
from catalogue.defaults import Defaults
from catalogue.errors import RegistrationClosed
from catalogue.quirks import Quirks
from catalogue.source import Missed, Protocol, Source
from catalogue.trial import Trial


class RegistrationState(StrEnum):
    """Where a registration is in its life."""

    #: Being filled in.
    DRAFT = "draft"
    #: Sent; its trial harvest waits.
    RECEIVED = "received"
    #: A worker does the trial harvest.
    UNDER_CHECK = "under-check"
    #: An approver is to decide.
    TRIAL_DONE = "trial-done"
    #: The registrant is to change something, and to send it again.
    CHANGES_ASKED = "changes-asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


_S = RegistrationState
#: States in which the registrant may change what he has said.
EDITABLE: Final = frozenset({_S.DRAFT, _S.CHANGES_ASKED})
#: States in which we are at it.
WAITING: Final = (_S.RECEIVED, _S.UNDER_CHECK, _S.TRIAL_DONE)
#: States that nothing follows.
CLOSED: Final = frozenset({_S.ACCEPTED, _S.REFUSED, _S.WITHDRAWN})


class Kind(StrEnum):
    """Who registers."""

    #: A regional centre of the conventions.
    CENTRE = "centre"
    #: A Party: one of its authorities.
    PARTY = "party"
    #: Anybody else who holds information about chemicals and wastes.
    OTHER = "other"


class Rhythm(StrEnum):
    """When a source is to be harvested."""

    NIGHTLY = "nightly"
    WEEKLY = "weekly"
    #: Only when the node asks for it, or an operator does.
    PINGED = "pinged"


class Step(StrEnum):
    """The steps of a registration, in their order; each asks one question."""

    CHECK = "check"
    WHO = "who"
    WHAT = "what"
    SEE = "see"
    WHEN = "when"
    HEARS = "hears"
    SEND = "send"


@dataclass(frozen=True, slots=True)
class Who:
    """Who registers."""

    kind: Kind = Kind.CENTRE
    #: ISO 3166-1: a term of the vocabulary `countries`.
    country: str = ""
    #: The region that a centre serves: a term of the vocabulary `regions`.
    region: str = ""
    organisation: str = ""
    person: str = ""
    mail: str = ""
    #: The mail that was shown to be the person's, by the link that was sent there.
    confirmed: str = ""

    @property
    def is_confirmed(self) -> bool:
        """Whether the mail is the person's, as far as we know."""
        return bool(self.mail) and self.mail == self.confirmed


@dataclass(frozen=True, slots=True)
class What:
    """What is to be harvested."""

    #: setSpecs; none means everything.
    sets: tuple[str, ...] = ()
    #: Empty: the best on offer, at each harvest.
    metadata_prefix: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class See:
    """What the registrant says of the sampled records."""

    #: Whether they look as they should.
    well: bool = True
    remark: str = ""
    #: What holds for records that do not say it: catalogue.defaults.
    language: str = ""
    licence: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class When:
    """When it is to be harvested, on the clock of the node."""

    rhythm: Rhythm = Rhythm.NIGHTLY
    #: 0 to 23.
    hour: int = 2
    #: `mon` to `sun`.
    day: str = "sun"
    time_zone: str = ""
    #: Whether a night that was missed is let pass, and not made up for in the daytime.
    nights_only: bool = False
    #: Seconds between two requests.
    pause: int = 0
    #: Hours in which the node must not be asked, as 08:00-18:00; empty: none.
    quiet: str = ""

    @property
    def schedule(self) -> str:
        """The cron expression; empty where there is none."""
        match self.rhythm:
            case Rhythm.NIGHTLY:
                return f"0 {self.hour} * * *"
            case Rhythm.WEEKLY:
                return f"0 {self.hour} * * {self.day}"
        return ""


@dataclass(frozen=True, slots=True)
class Hears:
    """Who hears of it, and what everybody may know."""

    mails: tuple[str, ...] = ()
    #: One of the six.
    language: str = "en"
    #: Whether the person's name may stand on the public page of the node; a mail never does.
    person_is_public: bool = False


@dataclass(frozen=True, slots=True)
class Answers:
    """What the registrant has said; None where he has not been asked yet."""

    who: Who | None = None
    what: What | None = None
    see: See | None = None
    when: When | None = None
    hears: Hears | None = None
    #: What was typed into the form of a step that will not do yet, field by field.
    unfinished: Mapping[Step, tuple[tuple[str, str], ...]] = field(default_factory=dict, hash=False)

    @property
    def missing(self) -> tuple[Step, ...]:
        """The questions that are not answered, or not as they should be."""
        told = {
            Step.WHO: self.who,
            Step.WHAT: self.what,
            Step.SEE: self.see,
            Step.WHEN: self.when,
            Step.HEARS: self.hears,
        }
        return tuple(step for step, answer in told.items() if answer is None or step in self.unfinished)


class EventKind(StrEnum):
    """What happened to a registration."""

    SENT = "sent"
    TRIED = "tried"
    #: One of two approvers says yes.
    SECONDED = "seconded"
    ACCEPTED = "accepted"
    CHANGES_ASKED = "changes-asked"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    #: The registrant writes.
    MESSAGE = "message"
    #: An approver writes.
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a registration."""

    at: datetime
    kind: EventKind
    #: Who did it: a person of ours; empty: the registrant, or a worker.
    by: str = ""
    #: What he wrote, or why.
    text: str = ""


@dataclass(frozen=True, slots=True)
class Registration:
    """A registration, and how it stands."""

    id: int
    state: RegistrationState
    #: As typed.
    address: str
    created_at: datetime
    changed_at: datetime
    checkup_id: str = ""
    #: Language in which it was begun: mails are in it until another is chosen.
    language: str = "en"
    answers: Answers = field(default_factory=Answers)
    #: The check-up that it rests on, once it has ended.
    report: Checkup | None = None
    trial: Trial | None = None
    sent_at: datetime | None = None
    decided_at: datetime | None = None
    #: Why it was accepted or refused: public.
    reason: str = ""
    #: The source that it became.
    source_id: str = ""
    #: Who has said yes, where two have to.
    seconded_by: str = ""
    #: Mails that were sent to have an address confirmed.
    confirmations: int = 0
    events: tuple[Event, ...] = ()

    @property
    def reference(self) -> str:
        """What people call it, in letters and on the telephone. It opens nothing."""
        return f"R-{self.id:05}"

    @property
    def is_editable(self) -> bool:
        """Whether the registrant may change what he has said."""
        return self.state in EDITABLE

    @property
    def is_harvestable(self) -> bool:
        """Whether the check-up found something that can be harvested."""
        return is_harvestable(self.report)

    @property
    def tongue(self) -> str:
        """The language in which its person is written to."""
        return self.answers.hears.language if self.answers.hears else self.language

    @property
    def label(self) -> str:
        """What people call the repository."""
        what = self.answers.what
        named = self.report.facts.name if self.report else ""
        return (what.title if what else "") or named or self.address

    @property
    def organisation(self) -> str:
        """Whose it is; empty as long as nobody has said it."""
        return self.answers.who.organisation if self.answers.who else ""

    @property
    def missing(self) -> tuple[Step, ...]:
        """The steps that have to be done before it can be sent."""
        unchecked = () if self.is_harvestable else (Step.CHECK,)
        return (*unchecked, *self.answers.missing)


def is_harvestable(report: Checkup | None) -> bool:
    """Whether a check-up has ended with something that can be harvested."""
    ended_well = report is not None and report.outcome in {Outcome.COMPLETE, Outcome.PARTIAL}
    return ended_well and report is not None and report.examined is not None


def to_json(answers: Answers) -> dict[str, Any]:
    """As JSON has it."""
    made: dict[str, Any] = msgspec.to_builtins(answers)
    return made


def answers_from(found: Mapping[str, Any] | None) -> Answers:
    """What `to_json` wrote, also in an earlier release."""
    return msgspec.convert(dict(found or {}), Answers)


def source_of(registration: Registration, source_id: str, *, title: str = "") -> Source:
    """The source that a registration describes.

    Raises:
        SettingsError: the id cannot be one.
        RegistrationClosed: nothing was found that can be harvested.
    """
    report = registration.report
    if report is None or report.examined is None:
        raise RegistrationClosed(f"{registration.reference} has no check-up that found something")
    what, when = registration.answers.what or What(), registration.answers.when or When()
    see = registration.answers.see or See()
    quirks = Quirks.from_json({**report.quirks, **({"host_pause": when.pause} if when.pause else {})})
    return Source(
        source_id,
        Protocol(report.examined.protocol),
        report.examined.base_url,
        title=title or registration.label,
        metadata_prefix=what.metadata_prefix,
        sets=what.sets,
        schedule=when.schedule,
        time_zone=when.time_zone,
        missed=Missed.SKIP if when.nights_only else Missed.MAKE_UP,
        quiet_hours=when.quiet,
        defaults=Defaults(see.language, see.licence, see.country),
        repository_name=report.facts.name,
        quirks=quirks,
    )
