"""The letters of a registration: plain text, in the language of whoever is written to."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import fill
from typing import Final

from catalogue.registration import Registration, RegistrationState
from catalogue.source import host_of
from catalogue.trial import Alike
from endpoint.languages import ENGLISH, LANGUAGES, N_, Language
from endpoint.registration.wording import LIKENESSES, reason, say

_WIDTH: Final = 78
_GREETING: Final = N_("Good day,")
_CONFIRM: Final = (
    N_("Please confirm your address"),
    N_("somebody, probably you, has given this address to register the repository %(label)s with us. Please open this page and press its button:"),
    N_("By the same page the registration can be continued later. If it was not you, leave this letter alone: nothing is sent to you again."),
)  # fmt: skip
_SUBJECTS: Final = {
    RegistrationState.RECEIVED: N_("Received"),
    RegistrationState.TRIAL_DONE: N_("Trial harvest done"),
    RegistrationState.CHANGES_ASKED: N_("Changes asked"),
    RegistrationState.ACCEPTED: N_("Accepted"),
    RegistrationState.REFUSED: N_("Refused"),
}
_TEXTS: Final = {
    RegistrationState.RECEIVED: N_("we have received the registration of %(label)s. A trial harvest follows within minutes; nothing of it is published. Then a person decides."),
    RegistrationState.TRIAL_DONE: N_("the trial harvest of %(label)s is done. Records read: %(listed)s; taken: %(taken)s; set aside: %(faulty)s. A person looks at it now, and decides."),
    RegistrationState.CHANGES_ASKED: N_("before %(label)s can be accepted, we have to ask you for something:"),
    RegistrationState.ACCEPTED: N_("the registration of %(label)s is accepted. It is harvested from now on, as you have wished. The reason stands in the public register of decisions:"),
    RegistrationState.REFUSED: N_("the registration of %(label)s cannot be accepted. The reason stands in the public register of decisions:"),
}  # fmt: skip
_WRITTEN: Final = N_("somebody has written to you about the registration of %(label)s:")
_SIGN_IN: Final = N_(
    "You can look after the node yourself: see its harvests and what can be mended, ask for a harvest, pause it. This link lets you in, once:"
)
_PING: Final = N_(
    "When something has changed in the repository, a POST to this address asks for a harvest. It is told this once; keep it to yourself:"
)
_FOLLOW: Final = N_("How it stands can be seen here at any time:")
_BY_YOUR_LINK: Final = N_("How it stands can be seen at any time by the address that you were sent first.")
_REFERENCE: Final = N_("Reference: %(reference)s")


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter, before it is put into the post."""

    subject: str
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Stationery:
    """What every letter has."""

    #: Who writes.
    signed: str
    #: Address of the page where it can be followed; empty where we cannot know it.
    link: str


def tongue(registration: Registration) -> Language:
    """The language in which its person is written to."""
    return LANGUAGES.get(registration.tongue, ENGLISH)


def confirmation(registration: Registration, on: Stationery) -> Letter:
    """Asks to confirm a mail; its link leads to a page with a button."""
    language = tongue(registration)
    subject, opening, closing = (say(text, language) for text in _CONFIRM)
    # Nothing that was typed: the address may be a stranger's, and this letter is no means to reach him.
    told = opening % {"label": host_of(registration.address)}
    return _letter(registration, subject, [*_wrapped(told), "", on.link, "", *_wrapped(closing)], on.signed)


def of_state(registration: Registration, on: Stationery, *, more: str = "") -> Letter | None:
    """Says how it stands now; None where there is nothing to write."""
    text = _TEXTS.get(registration.state)
    if text is None:
        return None
    language, trial = tongue(registration), registration.trial
    values = {"label": registration.label}
    if trial is not None:
        values |= {"listed": str(trial.listed), "taken": str(trial.taken), "faulty": str(trial.faulty)}
    lines = _wrapped(say(text, language) % values)
    if registration.state in _WITH_REASON:
        why = registration.events[-1].text
        for said in reason(why, language):
            lines += ["", *_wrapped(said, "  ")]
    lines += ["", more] if more else []
    return _letter(
        registration,
        say(_SUBJECTS[registration.state], language),
        [*lines, "", *_end(language, on)],
        on.signed,
    )


_WITH_REASON: Final = frozenset(
    {RegistrationState.CHANGES_ASKED, RegistrationState.ACCEPTED, RegistrationState.REFUSED}
)


def to_sign_in(registration: Registration, link: str) -> str:
    """What a letter says to somebody who looks after the node from now on."""
    return "\n".join([*_wrapped(say(_SIGN_IN, tongue(registration))), link])


def to_ping(registration: Registration, link: str) -> str:
    """What a letter says to a node that asks for its harvests."""
    return "\n".join([*_wrapped(say(_PING, tongue(registration))), link])


def answer(registration: Registration, text: str, on: Stationery) -> Letter:
    """Passes on what a person of ours has written."""
    language = tongue(registration)
    opening = say(_WRITTEN, language) % {"label": registration.label}
    lines = [*_wrapped(opening), "", *(line for part in text.split("\n") for line in _wrapped(part, "  "))]
    return _letter(registration, say(N_("A message"), language), [*lines, "", *_end(language, on)], on.signed)


def to_approvers(registration: Registration, link: str, signed: str) -> Letter:
    """Tells those who decide that one waits; in English, for we do not know who reads it."""
    trial = registration.trial
    lines = [
        *_wrapped(f"the registration {registration.reference}, {registration.label}, waits for a decision."),
        f"Organisation: {registration.organisation}",
        f"Address: {registration.address}",
    ]
    if trial is not None:
        lines += [f"Trial harvest: {trial.taken} of {trial.listed} records taken, {trial.faulty} set aside."]
        lines += [f"It ended early: {trial.why}"] if trial.why else []
        lines += [f"Like a source that is there: {one.source_id} ({_likeness(one)})" for one in trial.alike]
    subject = f"{registration.reference} waits for a decision"
    return Letter(subject, _sheet("Good day,", [*lines, "", link], signed), ENGLISH.tag)


def _likeness(one: Alike) -> str:
    return ", ".join(
        f"{LIKENESSES[likeness]}: {count}" if count else LIKENESSES[likeness] for likeness, count in one.by
    )


def _letter(registration: Registration, subject: str, lines: list[str], signed: str) -> Letter:
    language = tongue(registration)
    reference = say(_REFERENCE, language) % {"reference": registration.reference}
    text = _sheet(say(_GREETING, language), [*lines, "", reference], signed)
    return Letter(f"{registration.reference}: {subject}", text, language.tag)


def _sheet(greeting: str, lines: list[str], signed: str) -> str:
    return "\n".join([greeting, "", *lines, "", signed, ""])


def _end(language: Language, on: Stationery) -> list[str]:
    if not on.link:
        return _wrapped(say(_BY_YOUR_LINK, language))
    return [*_wrapped(say(_FOLLOW, language)), on.link]


def _wrapped(text: str, indent: str = "") -> list[str]:
    found = fill(
        text, _WIDTH, initial_indent=indent, subsequent_indent=indent,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return found.splitlines()
