"""A report in words, in one of the six languages: the same sentences on the page, in the letter and in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from catalogue.checkup import BY_WEIGHT, Answered, Checkup, Finding, Grade, Outcome, Stage
from catalogue.source import Protocol
from endpoint.check.words import WORDS
from endpoint.languages import ENGLISH, N_, Language, words

GRADES: Final[Mapping[Grade, str]] = {
    Grade.GOOD: N_("Good"),
    Grade.ADVICE: N_("Could be better"),
    Grade.PROBLEM: N_("Problem"),
    Grade.BLOCKING: N_("Cannot be harvested"),
}
STAGES: Final[Mapping[Stage, str]] = {
    Stage.QUEUED: N_("Waiting for its turn"),
    Stage.LOOKING: N_("Looking for interfaces"),
    Stage.ASKING: N_("Asking the interface what it is"),
    Stage.SAMPLING: N_("Reading records from the whole list"),
    Stage.ENDED: N_("Done"),
}
OUTCOMES: Final[Mapping[Outcome, str]] = {
    Outcome.COMPLETE: N_("The check-up is complete."),
    Outcome.PARTIAL: N_("There was not time for everything; this is what was found."),
    Outcome.NOTHING_FOUND: N_("The address answers, but nothing that can be harvested was found there."),
    Outcome.UNREACHABLE: N_("The address does not answer."),
    Outcome.REFUSED: N_(
        "This address is in a private, local or reserved network. Such addresses are not asked, so that nobody can look into other people's networks from here."
    ),
    Outcome.NO_ADDRESS: N_(
        "This is not an address of the form https://repository.example.org/oai; a user name or a password must not be in it."
    ),
    Outcome.FAILED: N_("The check-up failed, through no fault of the address. Please try again later."),
}
ANSWERS: Final[Mapping[Answered, str]] = {
    Answered.FOUND: N_("found"),
    Answered.PAGE: N_("a page for people"),
    Answered.NOT_FOUND: N_("not found"),
    Answered.SLOW: N_("too slow"),
    Answered.PASSWORD: N_("needs a password"),
    Answered.REFUSED: N_("private: not asked"),
    Answered.UNREACHABLE: N_("no answer"),
}
PROTOCOLS: Final[Mapping[str, str]] = {
    Protocol.OAI_PMH: "OAI-PMH",
    Protocol.CSW: "CSW",
    Protocol.OAI_STATIC: "OAI static repository",
    Protocol.OGC_RECORDS: "OGC API - Records",
    Protocol.DATA_JSON: "DCAT-US (data.json)",
    Protocol.FEED: "Atom / RSS",
    Protocol.FILES: "WAF",
}
#: Unicode: what stands between them has a direction of its own (UAX 9).
_ISOLATE, _END = "\u2068", "\u2069"


@dataclass(frozen=True, slots=True)
class Told:
    """A finding in words."""

    check: str
    grade: Grade
    #: The grade in words.
    graded: str
    title: str
    seen: str
    why: str
    fix: str
    #: Where that is done in the software that was recognised; empty where we do not know.
    fix_there: str
    spec: str
    spec_url: str
    examples: tuple[str, ...]
    quirks: Mapping[str, object]


def told(finding: Finding, software: str = "", language: Language = ENGLISH) -> Told:
    """A finding in words; one of another release, whose words are gone, by its name."""
    say = words(language.tag).gettext
    of_check = WORDS.get(finding.check)
    if of_check is None:
        graded = say(GRADES[finding.grade])
        return Told(
            finding.check, finding.grade, graded, finding.check, finding.result, "", "", "", "", "",
            finding.examples, finding.quirks,
        )  # fmt: skip
    is_good = finding.grade is Grade.GOOD
    there = of_check.fixes.get(software, "")
    return Told(
        check=finding.check,
        grade=finding.grade,
        graded=say(GRADES[finding.grade]),
        title=say(of_check.title),
        seen=_filled(say(of_check.seen.get(finding.result, finding.result)), finding.values),
        why=say(of_check.why),
        fix="" if is_good else say(of_check.fix),
        fix_there=say(there) if there and not is_good else "",
        spec=of_check.spec.label,
        spec_url=of_check.spec.url,
        examples=finding.examples,
        quirks=finding.quirks,
    )


def _filled(sentence: str, values: Mapping[str, str]) -> str:
    """A sentence with its values, each of which runs in its own direction."""
    isolated = {name: f"{_ISOLATE}{value}{_END}" for name, value in values.items()}
    try:
        return sentence % isolated
    except KeyError:
        return sentence


def plain(text: str) -> str:
    """A text without the marks for direction, for where lines run in one direction only."""
    return text.replace(_ISOLATE, "").replace(_END, "")


def all_told(report: Checkup, language: Language = ENGLISH) -> list[Told]:
    """Every finding in words: the worst first, and in each grade in the order of the checks."""
    software = report.software.id if report.software else ""
    return [told(finding, software, language) for grade in BY_WEIGHT for finding in report.of_grade(grade)]


def ended(report: Checkup, language: Language = ENGLISH) -> str:
    """How it ended, or what it is doing."""
    say = words(language.tag).gettext
    return say(OUTCOMES[report.outcome]) if report.outcome else say(STAGES[report.stage])


def doing(report: Checkup | None, language: Language = ENGLISH) -> str:
    """The same, also of a check-up that nobody has begun."""
    return ended(report, language) if report else words(language.tag).gettext(STAGES[Stage.QUEUED])


def protocol(name: str) -> str:
    """What people call a protocol."""
    return PROTOCOLS.get(name, name)
