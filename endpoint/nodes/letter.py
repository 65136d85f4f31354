"""The monthly letter to a node: plain text, in the language of whoever is written to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import fill
from typing import Final

from babel.dates import format_date
from babel.numbers import format_decimal

from catalogue.checkup import Grade
from endpoint.check.wording import all_told, plain
from endpoint.dashboard.wording.rules import words_of
from endpoint.languages import N_, Language, words
from endpoint.nodes.month import Happened
from endpoint.nodes.wording import FRESHNESS, locale_of
from endpoint.public.wording import Wording, public

_WIDTH: Final = 78
#: Things to mend that are told: the first few are what helps most.
_MOST: Final = 3
_GREETING: Final = N_("Good day,")
_OPENING: Final = N_(
    "this is how %(node)s stood with us in %(month)s. Nothing of it needs an answer; questions are welcome."
)
_RECORDS, _NEW, _CHANGED, _DELETED = (
    N_("Records"), N_("New"), N_("Changed"), N_("Deleted"),
)  # fmt: skip
_FRESH, _GOOD_AT, _HARVESTS, _GIVEN = (
    N_("Freshness"), N_("Last good harvest"), N_("Harvests"),
    N_("Harvesters that took its records from us"),
)  # fmt: skip
_NEVER: Final = N_("never")
_WENT: Final = N_("%(good)s went well, %(broken)s broke off")
_TO_MEND: Final = N_("What helps most to mend")
_NOTHING: Final = N_("There is nothing to mend at present.")
_MORE: Final = N_("Kinds of problems that are not named here: %(count)s")
_WHY, _FIX = N_("Why it matters"), N_("What to do")
_WRONG: Final = N_("%(problem)s (records: %(count)s)")
_FOUND_AT: Final = N_("Found by the check-up of %(day)s")
_MENDED: Final = N_("Mended within the month")
_PAGE, _INSIDE = (
    N_("Its page, with its badge, for everybody:"),
    N_("Everything about its harvests, for those who look after it:"),
)
_BEFORE: Final = N_(
    "%(node)s was not with us yet in %(month)s: it came on %(since)s. Of that month there is nothing to tell."
)
_TO_COME: Final = N_("%(month)s has not begun yet: there is nothing to tell of %(node)s.")
_END: Final = N_("This letter comes once a month. To end it:")
_SUBJECT: Final = N_("%(node)s in %(month)s")


@dataclass(frozen=True, slots=True)
class Written:
    """A letter before it has a reader."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Links:
    """What the letter leads to."""

    #: Where pages are.
    root: str
    #: Where it is ended; empty: nowhere.
    stop: str = ""


def letter(told: Happened, language: Language, *, signed: str, links: Links) -> Written:
    """The letter about a month, in this language."""
    say, node = words(language.tag).gettext, public(told.line.name)
    month = format_date(told.month.first, "LLLL yyyy", locale=locale_of(language))
    if told.is_before or told.is_to_come:
        lines = [say(_GREETING), "", *_nothing(told, node, month, language), ""]
        return Written(
            f"{signed}: {say(_SUBJECT) % {'node': node, 'month': month}}",
            plain("\n".join([*lines, signed, ""])),
        )
    lines = [say(_GREETING), "", *_wrapped(say(_OPENING) % {"node": node, "month": month}), ""]
    lines += [*_figures(told, language), ""]
    lines += _to_mend(told, language)
    if told.mended:
        lines += _heading(say(_MENDED))
        lines += [f"- {_counted(rule, count, language)}" for rule, count in told.mended.items()]
        lines += [""]
    lines += [say(_PAGE), f"{links.root}/nodes/{told.line.id}", ""]
    lines += [say(_INSIDE), f"{links.root}/dashboard/sources/{told.line.sources[0].source.id}", ""]
    if links.stop:
        lines += [say(_END), links.stop, ""]
    subject = say(_SUBJECT) % {"node": node, "month": month}
    return Written(f"{signed}: {subject}", plain("\n".join([*lines, signed, ""])))


def _nothing(told: Happened, node: str, month: str, language: Language) -> list[str]:
    """That of this month there is nothing to tell, and why."""
    since = format_date(told.since, "long", locale=locale_of(language))
    text = _TO_COME if told.is_to_come else _BEFORE
    return _wrapped(words(language.tag).gettext(text) % {"node": node, "month": month, "since": since})


def _figures(told: Happened, language: Language) -> Iterator[str]:
    say, line, sums = words(language.tag).gettext, told.line, told.sums

    def number(count: int) -> str:
        return format_decimal(count, locale=language.tag)

    good_at = Wording(language).moment(line.good_at) if line.good_at else say(_NEVER)
    went = say(_WENT) % {"good": number(sums.good), "broken": number(sums.broken)}
    values = (
        (_RECORDS, number(line.records)),
        (_NEW, number(sums.new)),
        (_CHANGED, number(sums.changed)),
        (_DELETED, number(sums.gone)),
        (_FRESH, say(FRESHNESS[line.freshness])),
        (_GOOD_AT, good_at),
        (_HARVESTS, went),
        (_GIVEN, number(told.clients)),
    )
    yield from (f"{say(label)}: {value}" for label, value in values)


def _to_mend(told: Happened, language: Language) -> list[str]:
    say = words(language.tag).gettext
    entries = [*_of_records(told, language), *_of_checkup(told, language)]
    if not entries:
        return [*_wrapped(say(_NOTHING)), ""]
    lines = _heading(say(_TO_MEND))
    for number, (title, *rest) in enumerate(entries[:_MOST], 1):
        lines += [f"{number}. {title}", *(part for text in rest for part in _wrapped(text, "   ")), ""]
    if len(entries) > _MOST:
        lines += [*_wrapped(say(_MORE) % {"count": len(entries) - _MOST}), ""]
    return lines


def _of_records(told: Happened, language: Language) -> Iterator[list[str]]:
    """What is wrong with single records, the most frequent first."""
    say = words(language.tag).gettext
    for rule, count in told.problems.items():
        about = words_of(rule)
        yield [
            _counted(rule, count, language),
            f"{say(_WHY)}: {say(about.why)}",
            f"{say(_FIX)}: {say(about.fix)}",
        ]


def _of_checkup(told: Happened, language: Language) -> Iterator[list[str]]:
    """What is wrong with the source itself, with the place in its software where that is mended."""
    say, report = words(language.tag).gettext, told.report
    if report is None:
        return
    day = format_date(report.ended_at or report.begun_at, "long", locale=locale_of(language))
    for one in all_told(report, language):
        if one.grade in {Grade.BLOCKING, Grade.PROBLEM}:
            entry = [
                one.title, one.seen, f"{say(_WHY)}: {one.why}", f"{say(_FIX)}: {one.fix}", one.fix_there,
                say(_FOUND_AT) % {"day": day},
            ]  # fmt: skip
            yield [text for text in entry if text]


def _counted(rule: str, count: int, language: Language) -> str:
    say = words(language.tag).gettext
    counted = format_decimal(count, locale=language.tag)
    return say(_WRONG) % {"problem": say(words_of(rule).title), "count": counted}


def _heading(text: str) -> list[str]:
    return [text, "=" * len(text), ""]


def _wrapped(text: str, indent: str = "") -> list[str]:
    found = fill(
        text, _WIDTH, initial_indent=indent, subsequent_indent=indent,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return found.splitlines()
