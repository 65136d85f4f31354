"""The letter to the technician of a node: plain text, finding by finding, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import fill
from typing import Final

from catalogue.checkup import Checkup, Grade
from endpoint.check.wording import Told, all_told, ended, plain, protocol
from endpoint.languages import ENGLISH, N_, Language, words

_WIDTH: Final = 78
_GREETING: Final = N_("Good day,")
_OPENING: Final = N_(
    "we have looked at how your catalogue can be harvested, and write down what we found, with what to do about it. Nothing of it needs an answer; questions are welcome."
)
_HEADINGS: Final = {
    Grade.BLOCKING: N_("What keeps it from being harvested"),
    Grade.PROBLEM: N_("What should be mended"),
    Grade.ADVICE: N_("What could be better"),
}
_WELL: Final = N_("%(count)s further points are as they should be.")
_FLAWLESS: Final = N_("We found nothing that would have to be mended.")
_LABELS: Final = (N_("Address"), N_("Found there"), N_("Software"), N_("Checked on"))
_SEEN, _WHY, _FIX, _RECORDS, _WRITTEN = (
    N_("What we saw"), N_("Why it matters"), N_("What to do"), N_("For example"), N_("Written in"),
)  # fmt: skip
_CLOSING: Final = N_("After you have changed something, you can check it yourself:")


def letter(report: Checkup, *, signed: str, url: str, language: Language = ENGLISH) -> str:
    """The letter.

    Args:
        report: a check-up that has ended.
        signed: who writes.
        url: where another check-up can be asked for.
        language: of the reader.
    """
    say = words(language.tag).gettext
    lines = [say(_GREETING), "", *_wrapped(say(_OPENING)), "", *_head(report, language), ""]
    lines += [*_wrapped(ended(report, language)), ""]
    lines += [*_wrapped(report.why), ""] if report.why else []
    findings = all_told(report, language)
    number = 0
    for grade, heading in _HEADINGS.items():
        found = [one for one in findings if one.grade is grade]
        if found:
            title = say(heading)
            lines += [title, "=" * len(title), ""]
        for one in found:
            number += 1
            lines += _entry(number, one, language)
    if report.findings and not number:
        lines += _wrapped(say(_FLAWLESS))
    well = sum(one.grade is Grade.GOOD for one in findings)
    if well:
        lines += [*_wrapped(say(_WELL) % {"count": well}), ""]
    lines += [say(_CLOSING), url, "", signed, ""]
    return plain("\n".join(lines))


def _head(report: Checkup, language: Language) -> Iterator[str]:
    say = words(language.tag).gettext
    software = report.software
    values = (
        report.address,
        report.examined and f"{protocol(report.examined.protocol)}: {report.examined.base_url}",
        software and " ".join(filter(None, (software.name, software.version))),
        f"{report.ended_at or report.begun_at:%Y-%m-%d %H:%M} UTC",
    )
    yield from (f"{say(label)}: {value}" for label, value in zip(_LABELS, values, strict=True) if value)


def _entry(number: int, one: Told, language: Language) -> Iterator[str]:
    say = words(language.tag).gettext
    yield f"{number}. {one.title}"
    yield from _wrapped(f"{say(_SEEN)}: {one.seen}", "   ")
    yield from _wrapped(f"{say(_WHY)}: {one.why}", "   ")
    yield from _wrapped(f"{say(_FIX)}: {one.fix}", "   ")
    if one.fix_there:
        yield from _wrapped(one.fix_there, "   ")
    if one.examples:
        yield from _wrapped(f"{say(_RECORDS)}: {', '.join(one.examples)}", "   ")
    yield f"   {say(_WRITTEN)}: {one.spec}, {one.spec_url}"
    yield ""


def _wrapped(text: str, indent: str = "") -> list[str]:
    found = fill(
        text, _WIDTH, initial_indent=indent, subsequent_indent=indent,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return found.splitlines()
