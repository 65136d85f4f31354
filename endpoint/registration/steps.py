"""What comes back from each step: the answer, and what is wrong with it, field by field. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from catalogue.cron import DAYS, zone_of
from catalogue.languages import ENGLISH_NAMES
from catalogue.registration import Hears, Kind, Registration, Rhythm, See, Step, What, When, Who
from catalogue.source import Protocol, Source
from catalogue.timing import require_schedule
from catalogue.vocabulary import vocabulary
from endpoint.languages import ENGLISH, LANGUAGES, N_
from endpoint.registration import prefill
from endpoint.registration.forms import Typed, is_mail, is_usable

#: Hours that can be chosen: the night, and the hours beside it.
HOURS: Final = (*range(18, 24), *range(8))
DAY: Final = tuple(range(24))
PAUSES: Final = (0, 1, 2, 5, 10)
MOST_MAILS: Final = 5

_NO_COUNTRY: Final = N_("Choose the country.")
_NO_ORGANISATION: Final = N_("Give the name of the centre or of the authority.")
_NO_PERSON: Final = N_("Give the name of a person whom we can ask.")
_NO_MAIL: Final = N_("Give one mail address of the form name@example.org.")
_NO_SETS: Final = N_("Choose at least one part, or everything.")
_NO_FORMAT: Final = N_("Choose one of the formats.")
_NO_TITLE: Final = N_("Give the repository a name.")
_NO_REMARK: Final = N_("Say what does not look as it should.")
_NO_DEFAULT: Final = N_("Choose language and country from the lists, or none.")
_NO_RHYTHM: Final = N_("Choose one of the three.")
_NO_TIME_LEFT: Final = N_("All times that were chosen are in the hours in which there is to be no harvest.")
_NO_ZONE: Final = N_("Choose a time zone from the list.")
_NO_MAILS: Final = N_("Give one to five mail addresses, one in each line.")
_NO_LANGUAGE: Final = N_("Choose a language.")
NO_CONSENT: Final = N_("Without this permission we may not harvest the repository.")


@dataclass(frozen=True, slots=True)
class Read:
    """What was read from a form."""

    #: Also where something is wrong with it, so that nothing has to be typed again.
    answer: Any
    #: Field -> what is wrong with it, to be translated.
    errors: Mapping[str, str] = field(default_factory=dict)


def _wrong(**found: str | bool) -> dict[str, str]:
    """The fields at which something is wrong."""
    return {name: said for name, said in found.items() if isinstance(said, str)}


def read_who(form: Typed, registration: Registration) -> Read:
    """Who registers; a mail that was confirmed stays so as long as it is the same."""
    kind = form.line("kind")
    before = registration.answers.who
    told = Who(
        Kind(kind) if kind in set(Kind) else Kind.OTHER,
        form.line("country"),
        form.line("region"),
        form.line("organisation"),
        form.line("person"),
        form.line("mail", 300),
        before.confirmed if before else "",
    )
    if told.kind is not Kind.CENTRE or told.region not in vocabulary("regions"):
        told = replace(told, region="")
    errors = _wrong(
        country=told.country in vocabulary("countries") or _NO_COUNTRY,
        organisation=bool(told.organisation) or _NO_ORGANISATION,
        person=bool(told.person) or _NO_PERSON,
        mail=is_mail(told.mail) or _NO_MAIL,
    )
    return Read(told, errors)


def read_what(form: Typed, registration: Registration) -> Read:
    """What is to be harvested; only what the check-up has seen can be chosen."""
    report = registration.report
    known = set(report.facts.sets) if report else set()
    some = form.line("which") == "some"
    chosen = tuple(spec for spec in form.every("set") if spec in known) if some else ()
    offered = {one.prefix for one in prefill.offers(report)} if report else set()
    prefix = form.line("format", 300)
    told = What(chosen, prefix if prefix in offered else "", form.line("title"))
    errors = _wrong(
        which=bool(chosen) or not some or _NO_SETS,
        format=not prefix or prefix in offered or _NO_FORMAT,
        title=bool(told.title) or _NO_TITLE,
    )
    return Read(told, errors)


def read_see(form: Typed, _: Registration) -> Read:
    """Whether the records look as they should."""
    told = See(
        form.line("well") == "yes", form.text("remark"), form.line("language"), form.line("licence", 300),
        form.line("country"),
    )  # fmt: skip
    known = (told.language in {"", *ENGLISH_NAMES}) and told.country in {"", *vocabulary("countries")}
    errors = _wrong(
        remark=told.well or bool(told.remark) or _NO_REMARK,
        language=known or _NO_DEFAULT,
    )
    return Read(told, errors)


def read_when(form: Typed, _: Registration) -> Read:
    """When it is to be harvested."""
    rhythm, day = form.line("rhythm"), form.line("day")
    hour, pause = form.number("hour", 2), form.number("pause", 0)
    quiet = _quiet(form)
    told = When(
        Rhythm(rhythm) if rhythm in set(Rhythm) else Rhythm.NIGHTLY,
        hour if hour in HOURS else 2,
        day if day in DAYS else "sun",
        form.line("time_zone"),
        form.has("nights_only"),
        pause if pause in PAUSES else 0,
        quiet,
    )
    usable = bool(told.time_zone) and is_usable(told.time_zone, zone_of)
    errors = _wrong(
        rhythm=rhythm in set(Rhythm) or _NO_RHYTHM,
        time_zone=usable or _NO_ZONE,
        quiet_from=not usable or _can_be(told) or _NO_TIME_LEFT,
    )
    return Read(told, errors)


def _quiet(form: Typed) -> str:
    """The hours in which the node must not be asked; none where one of the two is not chosen."""
    begin, end = form.number("quiet_from", -1), form.number("quiet_until", -1)
    both = begin in DAY and end in DAY and begin != end
    return f"{begin:02}:00-{end:02}:00" if both else ""


def _can_be(when: When) -> bool:
    """Whether there is a time left at which it could be harvested."""
    source = Source(
        "x", Protocol.OAI_PMH, "https://example.org/", schedule=when.schedule, time_zone=when.time_zone,
        quiet_hours=when.quiet,
    )  # fmt: skip
    return is_usable("", lambda _: require_schedule(source))


def read_hears(form: Typed, _: Registration) -> Read:
    """Who hears of it."""
    mails = tuple(dict.fromkeys(form.text("mails").replace(",", "\n").replace(";", "\n").split()))
    language = form.line("language")
    told = Hears(
        mails, language if language in LANGUAGES else ENGLISH.tag, form.has("person_is_public")
    )  # fmt: skip
    fit = 0 < len(mails) <= MOST_MAILS and all(map(is_mail, mails))
    return Read(told, _wrong(mails=fit or _NO_MAILS, language=language in LANGUAGES or _NO_LANGUAGE))


@dataclass(frozen=True, slots=True)
class Question:
    """A step that asks: how it is filled in before anybody has answered, and how an answer is read."""

    prefilled: Callable[[Registration], Any]
    read: Callable[[Typed, Registration], Read]


QUESTIONS: Final[Mapping[Step, Question]] = {
    Step.WHO: Question(prefill.who, read_who),
    Step.WHAT: Question(prefill.what, read_what),
    Step.SEE: Question(prefill.see, read_see),
    Step.WHEN: Question(prefill.when, read_when),
    Step.HEARS: Question(prefill.hears, read_hears),
}
ORDER: Final = tuple(Step)


def answer_to(step: Step, registration: Registration) -> Any:
    """What has been answered, or else what we would suggest."""
    given = getattr(registration.answers, step)
    return given if given is not None else QUESTIONS[step].prefilled(registration)


def after(step: Step) -> Step:
    """The step that follows."""
    return ORDER[min(ORDER.index(step) + 1, len(ORDER) - 1)]


def before(step: Step) -> Step:
    """The step that comes before."""
    return ORDER[max(ORDER.index(step) - 1, 0)]
