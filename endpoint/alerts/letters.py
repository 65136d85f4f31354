"""What is sent of alerts: a letter in the reader's language, or JSON for a program. It holds no secret."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from textwrap import fill
from typing import Any, Final

from catalogue.alerts import Alert, Kind
from catalogue.people import Token
from endpoint.alerts.wording import RULES, say, sentence, told
from endpoint.languages import ENGLISH, N_, Language
from endpoint.public.wording import Wording

_WIDTH: Final = 78
#: Alerts that one letter spells out.
MOST: Final = 50
#: What a subject names.
_LONGEST_LABEL: Final = 60
_GREETING: Final = N_("Good day,")
_HEADINGS: Final = {
    Kind.OPENED: N_("Begun"),
    Kind.REMINDED: N_("Still so"),
    Kind.CLEARED: N_("All good again"),
}
_ONE: Final = N_("%(label)s: %(what)s")
_ONE_CLEARED: Final = N_("%(label)s: all good again")
_MANY: Final = N_("Alerts: %(count)s")
_SINCE: Final = N_("Since %(at)s.")
_MORE: Final = N_("And %(count)s more: they are on the page.")
_PAGE: Final = N_("All of them, and how to be quiet about one:")
_CHOOSE: Final = N_("What you hear of, and when, you choose here:")
_STOP: Final = N_("To hear of it no more, open this page and press its button:")
_TRIAL: Final = N_("A trial: alerts will reach you here.")
_CONFIRM: Final = (
    N_("Do you wish to hear of alerts?"),
    N_("somebody has named this address as one to be told when something is amiss with the harvests of %(label)s. To hear of it, open this page and press its button:"),  # noqa: E501
    N_("If you do not wish to, leave this letter alone: nothing is sent to you again."),
)  # fmt: skip
_WELCOME: Final = (
    N_("You are told when something is amiss"),
    N_("you have come to look after the sources of %(name)s. When something is amiss with them you are told: of everything together, %(when)s; and at once when a guard has held a harvest and waits for an answer. When all is well nothing is sent."),  # noqa: E501
)  # fmt: skip
_STOP_ALL: Final = N_("To hear of nothing at all, open this page and press its button:")
_TOKEN_SUBJECT: Final = N_("Your token ends: %(name)s")
_TOKEN_ENDS: Final = N_(
    "your token “%(name)s” is good until %(at)s; from then on the program that uses it is refused."
)
_USED: Final = N_("It was last used %(when)s.")
_UNUSED: Final = N_("It was not used yet.")
_TOKEN_TO_DO: Final = N_(
    "To go on, make another one of the same name and give it to the program; where nothing needs it any more, end it. You are reminded of it otherwise. Both are done here:"  # noqa: E501
)


@dataclass(frozen=True, slots=True)
class Item:
    """What is told of one alert."""

    alert: Alert
    kind: Kind
    #: What people call its source.
    label: str


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a letter leads."""

    #: The page of a source, with its id behind it.
    source: str
    #: The page of all alerts; empty for whoever cannot sign in.
    alerts: str = ""
    #: Where somebody chooses what he hears.
    choose: str = ""
    #: Where it is ended without signing in.
    stop: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter, before it is put into the post."""

    subject: str
    text: str


def letter(items: Sequence[Item], to: Addresses, *, signed: str, language: Language = ENGLISH) -> Letter:
    """Tells of alerts: what is new first, then what lasts, then what is over."""
    lines = [say(_GREETING, language), ""]
    shown = 0
    for kind, heading in _HEADINGS.items():
        of_kind = [item for item in items if item.kind is kind][: MOST - shown]
        shown += len(of_kind)
        if of_kind:
            title = say(heading, language)
            lines += [title, "=" * len(title), ""]
        for item in of_kind:
            lines += _entry(item, to, language)
    if len(items) > shown:
        lines += [*_wrapped(say(_MORE, language) % {"count": len(items) - shown}), ""]
    return Letter(_subject(items, language), "\n".join([*lines, *_end(to, language), signed, ""]))


def _subject(items: Sequence[Item], language: Language) -> str:
    if len(items) > 1:
        return say(_MANY, language) % {"count": len(items)}
    [item] = items
    label = item.label[:_LONGEST_LABEL]
    if item.kind is Kind.CLEARED:
        return say(_ONE_CLEARED, language) % {"label": label}
    return say(_ONE, language) % {"label": label, "what": say(RULES[item.alert.rule], language)}


def _entry(item: Item, to: Addresses, language: Language) -> list[str]:
    alert = item.alert
    lines = _wrapped(f"{_one_line(item.label)}: {say(RULES[alert.rule], language)}")
    lines += _wrapped(told(alert, item.kind, language), "  ")
    if item.kind is Kind.REMINDED:
        lines += _wrapped(say(_SINCE, language) % {"at": f"{alert.opened_at:%Y-%m-%d %H:%M} UTC"}, "  ")
    return [*lines, f"  {to.source}{alert.source_id}", ""]


def _end(to: Addresses, language: Language) -> list[str]:
    told = ((_PAGE, to.alerts), (_CHOOSE, to.choose), (_STOP, "" if to.choose else to.stop))
    return [
        line for text, address in told if address for line in (*_wrapped(say(text, language)), address, "")
    ]


def trial(to: Addresses, *, signed: str, language: Language = ENGLISH) -> Letter:
    """Shows that letters arrive."""
    text = say(_TRIAL, language)
    lines = [say(_GREETING, language), "", *_wrapped(text), "", *_end(to, language), signed, ""]
    return Letter(text, "\n".join(lines))


def confirmation(label: str, link: str, *, signed: str, language: Language = ENGLISH) -> Letter:
    """Asks whether somebody wishes to hear; it is the only letter until he says yes."""
    subject, opening, closing = (say(text, language) for text in _CONFIRM)
    lines = [say(_GREETING, language), "", *_wrapped(opening % {"label": _one_line(label)}), "", link, ""]
    return Letter(subject, "\n".join([*lines, *_wrapped(closing), "", signed, ""]))


def welcome(pace: str, to: Addresses, *, signed: str, language: Language = ENGLISH) -> Letter:
    """Says to somebody that he hears of alerts, though he has not asked for it; `pace` is that of digests."""
    subject, opening = (say(text, language) for text in _WELCOME)
    lines = [say(_GREETING, language), "", *_wrapped(opening % {"name": signed, "when": pace}), ""]
    for text, address in ((_CHOOSE, to.choose), (_STOP_ALL, to.stop)):
        lines += [*_wrapped(say(text, language)), address, ""]
    return Letter(subject, "\n".join([*lines, signed, ""]))


def token_ends(token: Token, link: str, *, signed: str, language: Language = ENGLISH) -> Letter:
    """Says that a token ends, and what then to do."""
    moment = Wording(language).moment
    name = _one_line(token.name)[:_LONGEST_LABEL]
    used = say(_USED, language) % {"when": moment(token.used_at)} if token.used_at else say(_UNUSED, language)
    opening = say(_TOKEN_ENDS, language) % {"name": name, "at": moment(token.expires_at)}
    lines = [say(_GREETING, language), "", *_wrapped(f"{opening} {used}"), ""]
    lines += [*_wrapped(say(_TOKEN_TO_DO, language)), link, "", signed, ""]
    return Letter(say(_TOKEN_SUBJECT, language) % {"name": name}, "\n".join(lines))


def body(items: Sequence[Item], to: Addresses, now: datetime, *, catalogue: str, language: Language) -> str:
    """The same for a program."""
    told = {
        "type": "alerts",
        "timestamp": _told(now),
        "data": {
            "catalogue": catalogue,
            "alerts": [document(item, to, language) for item in items],
        },
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def trial_body(now: datetime, *, catalogue: str) -> str:
    """Shows a program that calls arrive."""
    told = {"type": "trial", "timestamp": _told(now), "data": {"catalogue": catalogue, "alerts": []}}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def document(item: Item, to: Addresses, language: Language) -> dict[str, Any]:
    """One alert, as programs are told of it."""
    alert = item.alert
    return {
        "id": alert.id,
        "told": str(item.kind),
        "rule": str(alert.rule),
        "state": str(alert.state),
        "source": {"id": alert.source_id, "label": item.label, "url": f"{to.source}{alert.source_id}"},
        "opened_at": _told(alert.opened_at),
        "closed_at": _told(alert.closed_at) if alert.closed_at else None,
        "facts": dict(alert.facts),
        "text": sentence(alert, language),
    }


def _told(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _wrapped(text: str, indent: str = "") -> list[str]:
    found = fill(
        text, _WIDTH, initial_indent=indent, subsequent_indent=indent,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return found.splitlines()
