"""What is said of registrations, in one of the six languages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from babel import Locale
from babel.dates import format_datetime, format_timedelta, get_day_names

from catalogue.checkup import Checkup
from catalogue.cron import DAYS, parse, zone_of
from catalogue.errors import SettingsError
from catalogue.languages import ENGLISH_NAMES
from catalogue.registration import EventKind, Kind, RegistrationState, Rhythm, See, Step, When
from catalogue.trial import Likeness
from catalogue.vocabulary import vocabulary
from endpoint.check.wording import protocol
from endpoint.languages import ENGLISH, N_, Language, name_of, words

STATES: Final[Mapping[RegistrationState, str]] = {
    RegistrationState.DRAFT: N_("Draft"),
    RegistrationState.RECEIVED: N_("Received"),
    RegistrationState.UNDER_CHECK: N_("Under check"),
    RegistrationState.TRIAL_DONE: N_("Trial harvest done"),
    RegistrationState.CHANGES_ASKED: N_("Changes asked"),
    RegistrationState.ACCEPTED: N_("Accepted"),
    RegistrationState.REFUSED: N_("Refused"),
    RegistrationState.WITHDRAWN: N_("Withdrawn"),
}
NEXT: Final[Mapping[RegistrationState, str]] = {
    RegistrationState.DRAFT: N_("It has not been sent yet. You can go on with it at any time by the address of this page."),
    RegistrationState.RECEIVED: N_("A trial harvest follows within minutes. Nothing of it is published."),
    RegistrationState.UNDER_CHECK: N_("The trial harvest is being done now. Nothing of it is published."),
    RegistrationState.TRIAL_DONE: N_("A person looks at it and decides. You will have a letter."),
    RegistrationState.CHANGES_ASKED: N_("Please read what is asked below, change it, and send it again."),
    RegistrationState.ACCEPTED: N_("It is harvested from now on, as you have wished."),
    RegistrationState.REFUSED: N_("It is not harvested. The reason stands below; you may register again."),
    RegistrationState.WITHDRAWN: N_("You have taken it back. It will be forgotten."),
}  # fmt: skip
#: Those that a registration goes through, in their order.
WAY: Final = (RegistrationState.RECEIVED, RegistrationState.UNDER_CHECK, RegistrationState.TRIAL_DONE)
STEPS: Final[Mapping[Step, str]] = {
    Step.CHECK: N_("Check"),
    Step.WHO: N_("Who"),
    Step.WHAT: N_("What"),
    Step.SEE: N_("See"),
    Step.WHEN: N_("When"),
    Step.HEARS: N_("Who hears"),
    Step.SEND: N_("Send"),
}
QUESTIONS: Final[Mapping[Step, str]] = {
    Step.CHECK: N_("Which repository is it?"),
    Step.WHO: N_("Who registers it?"),
    Step.WHAT: N_("What is to be harvested?"),
    Step.SEE: N_("Do your records look as they should?"),
    Step.WHEN: N_("When may it be harvested?"),
    Step.HEARS: N_("Who is to hear of it?"),
    Step.SEND: N_("Is everything right?"),
}
KINDS: Final[Mapping[Kind, str]] = {
    Kind.CENTRE: N_("A regional centre of the conventions"),
    Kind.PARTY: N_("An authority of a Party"),
    Kind.OTHER: N_("Another organisation"),
}
RHYTHMS: Final[Mapping[Rhythm, str]] = {
    Rhythm.NIGHTLY: N_("Every night"),
    Rhythm.WEEKLY: N_("Once a week"),
    Rhythm.PINGED: N_("Only when you ask for it"),
}
LIKENESSES: Final[Mapping[Likeness, str]] = {
    Likeness.ADDRESS: N_("the same address"),
    Likeness.HOST: N_("the same host"),
    Likeness.RECORDS: N_("the same records"),
}
EVENTS: Final[Mapping[EventKind, str]] = {
    EventKind.SENT: N_("Sent"),
    EventKind.TRIED: N_("Trial harvest done"),
    EventKind.SECONDED: N_("One of two approvers said yes"),
    EventKind.ACCEPTED: N_("Accepted"),
    EventKind.CHANGES_ASKED: N_("Changes asked"),
    EventKind.REFUSED: N_("Refused"),
    EventKind.WITHDRAWN: N_("Withdrawn"),
    EventKind.MESSAGE: N_("You wrote"),
    EventKind.ANSWER: N_("We wrote"),
}
#: Reasons that can be chosen: they are read in every language.
READY: Final[Mapping[str, tuple[str, ...]]] = {
    "accept": (
        N_("The repository meets the conditions for being harvested."),
    ),
    "ask": (
        N_("Please mend what the check-up calls a problem, and send it again."),
        N_("Please choose only those parts that are about chemicals and wastes."),
        N_("Please let somebody who speaks for the organisation send it, or tell us who that is."),
    ),
    "refuse": (
        N_("The repository holds nothing about chemicals and wastes under the conventions."),
        N_("The records are in the catalogue already, by another source."),
        N_("The repository could not be harvested, and nobody answered our question."),
        N_("Nobody could be shown to speak for the organisation."),
    ),
}  # fmt: skip


def say(text: str, language: Language = ENGLISH) -> str:
    """A text of ours in a language; nothing for nothing."""
    return words(language.tag).gettext(text) if text else ""


def reason(text: str, language: Language = ENGLISH) -> list[str]:
    """A reason line by line: those that were chosen in the reader's language, others as they were written."""
    return [say(line, language) for line in text.split("\n") if line.strip()]


def term(table: str, name: str, language: Language = ENGLISH) -> str:
    """The label of a term of a vocabulary, in a language or else in English."""
    found = vocabulary(table).get(name)
    if found is None:
        return name
    return found.labels.get(language.tag) or found.labels.get(ENGLISH.tag) or name


def terms(table: str, language: Language = ENGLISH) -> list[tuple[str, str]]:
    """(id, label) of every term, in the order of the labels."""
    found = [(name, term(table, name, language)) for name in vocabulary(table)]
    return sorted(found, key=lambda pair: pair[1])


def tongues(language: Language = ENGLISH) -> list[tuple[str, str]]:
    """(tag, name) of every language that has a tag of two letters, in the order of the names."""
    names = _locale(language).languages
    found = [(tag, str(names.get(tag, known))) for tag, known in ENGLISH_NAMES.items()]
    return sorted(found, key=lambda pair: pair[1].casefold())


def assumed(see: See, language: Language = ENGLISH) -> list[str]:
    """What is to hold for records that do not say it."""
    tongue = dict(tongues(language)).get(see.language, see.language)
    country = term("countries", see.country, language) if see.country else ""
    return [one for one in (tongue, country, see.licence) if one]


def _locale(language: Language) -> Locale:
    return Locale.parse("en_GB" if language is ENGLISH else language.tag)


def days(language: Language = ENGLISH) -> list[tuple[str, str]]:
    """(name, label) of each day of the week."""
    names = get_day_names("wide", "stand-alone", _locale(language))
    return [(day, names[number]) for number, day in enumerate(DAYS)]


def age(since: datetime, now: datetime, language: Language = ENGLISH) -> str:
    """How long ago something was: `3 days`."""
    return format_timedelta(now - since, granularity="minute", locale=_locale(language))


def coming(when: When, now: datetime, language: Language = ENGLISH, *, count: int = 3) -> list[str]:
    """When it would be harvested next, on the clock of the node, in words; nothing where nobody knows."""
    if not when.schedule:
        return []
    try:
        zone = zone_of(when.time_zone)
    except SettingsError:
        return []
    locale = _locale(language)
    pattern = locale.datetime_skeletons["yMMMEd"].pattern
    return [
        f"{format_datetime(moment, pattern, zone, locale)}, {format_datetime(moment, 'HH:mm', zone, locale)}"
        for moment in parse(when.schedule).coming(now.astimezone(UTC), zone, count)
    ]


def found(report: Checkup, language: Language = ENGLISH) -> str:
    """What a check-up found, in a line: `GeoNetwork 4.2, CSW 2.0.2, 1,284 records, fr, ar`."""
    software = report.software
    facts = report.facts
    said = [f"{software.name} {software.version}".strip()] if software else []
    if report.examined is not None:
        said.append(f"{protocol(report.examined.protocol)} {report.examined.version}".strip())
    if facts.records is not None:
        say_many = words(language.tag).gettext(N_("records: %(count)s"))
        said.append(say_many % {"count": f"{facts.records:,}"})
    said += [name_of(tag, language) or tag for tag in facts.languages[:3]]
    return ", ".join(said)
