"""What tests of check-ups look at in a report."""

from __future__ import annotations

from collections.abc import Callable

from catalogue.checkup import Checkup, Finding
from endpoint.check.words import WORDS

Examine = Callable[..., Checkup]


def result(report: Checkup, check: str) -> str:
    """What came out of a check; empty where it had nothing to judge."""
    return next((one.result for one in report.findings if one.check == check), "")


def finding(report: Checkup, check: str) -> Finding:
    return next(one for one in report.findings if one.check == check)


def sentences(report: Checkup) -> list[str]:
    """What is said of each finding; a KeyError where there are no words for one, or no value for a word."""
    return [WORDS[one.check].seen[one.result] % dict(one.values) for one in report.findings]
