"""What is said of alerts, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from babel.dates import get_day_names

from catalogue.alerts import Alert, AlertState, Channel, Kind, Pace, Rule, Wish
from catalogue.digest_clock import Weekday
from endpoint.languages import N_, Language, words
from endpoint.nodes.wording import locale_of
from endpoint.public.wording import Wording

#: What each rule is about, in a line.
RULES: Final = {
    Rule.MISSED: N_("A harvest was missed"),
    Rule.FAILING: N_("Harvests fail"),
    Rule.HELD: N_("A guard waits for an answer"),
    Rule.FAULTS: N_("Many records cannot be taken"),
    Rule.SHRUNK: N_("Many records have gone"),
    Rule.SLOW: N_("Slower than usual"),
    Rule.CERTIFICATE: N_("A certificate ends"),
    Rule.SECRET: N_("What we sign in with ends"),
    Rule.SILENT: N_("Nothing new for long"),
}
PACES: Final = {
    Pace.AT_ONCE: N_("at once"),
    Pace.DAILY: N_("once a day, together"),
    Pace.WEEKLY: N_("once a week, together"),
}
CHANNELS: Final = {Channel.MAIL: N_("mail"), Channel.WEBHOOK: N_("webhook")}
STATES: Final = {
    AlertState.OPEN: N_("open"),
    AlertState.CLEARED: N_("all good again"),
    AlertState.DROPPED: N_("not looked at any more"),
}
#: What a source is signed in to with.
_SECRETS: Final = {
    "basic": N_("the password"),
    "header": N_("the key"),
    "certificate": N_("the client certificate"),
    "authority": N_("the certificate of its authority"),
}
_SLOW: Final = {
    "answers": N_("Its answers take %(now)s seconds on average; %(usual)s is usual."),
    "harvest": N_("Its harvest took %(now)s minutes; %(usual)s is usual."),
    "running": N_("Its harvest has been going on for %(now)s minutes; %(usual)s is usual."),
}
_IN_MINUTES: Final = frozenset({"harvest", "running"})
_MISSED: Final = N_("A harvest was due (%(at)s), and none was begun.")
_FAILING: Final = N_("Its harvests fail, twice in a row or more.")
_WHY: Final = N_("The last one: %(why)s")
_HELD: Final = N_(
    "A guard has held its harvest: what would delete or lose much waits until a person answers."
)
_FAULTS: Final = N_("Of the %(listed)s records that its last harvest listed, %(faulty)s could not be taken.")
_SHRUNK: Final = N_("It has %(now)s records; within %(days)s days there were %(before)s.")
_CERTIFICATE: Final = N_("The certificate of its server ends: %(at)s. From then on it cannot be harvested.")
_SECRET: Final = N_(
    "What we sign in to it with, %(what)s, ends: %(at)s. From then on it cannot be harvested."
)
_SILENT: Final = N_("Its harvests go well, but have brought nothing new since %(at)s.")
_CLEARED: Final = N_("All good again.")


_DAILY_AT: Final = N_("daily at %(hour)s (%(zone)s)")
_WEEKLY_AT: Final = N_("weekly: %(day)s, %(hour)s (%(zone)s)")


def weekdays(language: Language) -> list[tuple[Weekday, str]]:
    """Each day of the week, and what it is called."""
    names = get_day_names("wide", "stand-alone", locale_of(language))
    return [(day, names[number]) for number, day in enumerate(Weekday)]


def when(wish: Wish, usual: int, language: Language) -> str:
    """When somebody is told; `usual` is the hour of whoever has chosen none."""
    if wish.pace is Pace.AT_ONCE:
        return say(PACES[wish.pace], language)
    clock, text = wish.clock, _WEEKLY_AT if wish.pace is Pace.WEEKLY else _DAILY_AT
    hour = f"{usual if clock.hour is None else clock.hour:02d}:00"
    day = dict(weekdays(language))[clock.weekday]
    return say(text, language) % {"day": day, "hour": hour, "zone": clock.time_zone or "UTC"}


def say(text: str, language: Language) -> str:
    """One of our texts in a language."""
    return words(language.tag).gettext(text) if text else ""


def sentence(alert: Alert, language: Language) -> str:
    """What is the matter, in a sentence or two."""
    return _SENTENCES[alert.rule](alert.facts, language)


def told(alert: Alert, kind: Kind, language: Language) -> str:
    """What is said of it when this is told."""
    return say(_CLEARED, language) if kind is Kind.CLEARED else sentence(alert, language)


def _moment(text: Any, language: Language) -> str:
    return Wording(language).moment(datetime.fromisoformat(str(text)).astimezone(UTC))


def _at(text: str, name: str) -> Callable[[Mapping[str, Any], Language], str]:
    return lambda facts, language: say(text, language) % {"at": _moment(facts[name], language)}


def _failing(facts: Mapping[str, Any], language: Language) -> str:
    why = say(_WHY, language) % {"why": facts["why"]} if facts.get("why") else ""
    return " ".join(filter(None, [say(_FAILING, language), why]))


def _counted(text: str) -> Callable[[Mapping[str, Any], Language], str]:
    return lambda facts, language: (
        say(text, language) % {name: Wording(language).number(value) for name, value in facts.items()}
    )


def _slow(facts: Mapping[str, Any], language: Language) -> str:
    what, number = str(facts["what"]), Wording(language).number
    figures = {"now": facts["seconds"], "usual": facts["usual"]}
    if what in _IN_MINUTES:
        figures = {name: round(seconds / 60, 1) for name, seconds in figures.items()}
    return say(_SLOW[what], language) % {name: number(value) for name, value in figures.items()}


def _secret(facts: Mapping[str, Any], language: Language) -> str:
    what = say(_SECRETS.get(str(facts["kind"]), ""), language)
    return say(_SECRET, language) % {"what": what, "at": _moment(facts["until"], language)}


_SENTENCES: Final[Mapping[Rule, Callable[[Mapping[str, Any], Language], str]]] = {
    Rule.MISSED: _at(_MISSED, "due"),
    Rule.FAILING: _failing,
    Rule.HELD: lambda _, language: say(_HELD, language),
    Rule.FAULTS: _counted(_FAULTS),
    Rule.SHRUNK: _counted(_SHRUNK),
    Rule.SLOW: _slow,
    Rule.CERTIFICATE: _at(_CERTIFICATE, "until"),
    Rule.SECRET: _secret,
    Rule.SILENT: _at(_SILENT, "since"),
}
