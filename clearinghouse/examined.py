"""What `clearinghouse doctor` prints: the report of an examination, its findings in words, or the letter."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import typer

from catalogue.checkup import Checkup, Stage
from catalogue.errors import SettingsError
from catalogue.settings import Settings
from clearinghouse.output import complaints, console, print_json, print_table
from endpoint.check.letter import letter
from endpoint.check.wording import STAGES, Told, all_told, ended, plain, protocol
from endpoint.languages import LANGUAGES, Language
from harvester.doctor import examine


def language_of(tag: str) -> Language:
    """One of the six.

    Raises:
        SettingsError: it is none of them.
    """
    if tag not in LANGUAGES:
        raise SettingsError(f"{tag!r} is none of {', '.join(sorted(LANGUAGES))}")
    return LANGUAGES[tag]


def examined(address: str, settings: Settings) -> Checkup:
    """What an examination finds, which tells on the terminal how far it is."""
    with complaints.status(STAGES[Stage.LOOKING]) as status:
        return examine(address, settings, on_progress=lambda so_far: status.update(STAGES[so_far.stage]))


def print_report(report: Checkup, language: Language) -> None:
    """For programs: all of it, and the findings in words."""
    words = [asdict(one) | {"seen": plain(one.seen)} for one in all_told(report, language)]
    print_json(report.to_json() | {"told": words})


def print_letter(report: Checkup, settings: Settings, language: Language) -> None:
    """The letter to the technician."""
    url = f"{settings.public_url}/check"
    typer.echo(letter(report, signed=settings.repository_name, url=url, language=language))


def show(report: Checkup, language: Language) -> None:
    """For people: what is there, and the findings, the worst first."""
    for interface in report.interfaces:
        _say(f"{protocol(interface.protocol)} {interface.version}: {interface.base_url}")
    if report.software is not None:
        of = report.software
        _say(" ".join(filter(None, (of.name, of.version))) + f" ({'; '.join(of.evidence)})")
    facts = report.facts
    if report.examined is not None:
        name = facts.name or "It says no name"
        _say(f"{name}: {'?' if facts.records is None else facts.records} records, {facts.sampled} read")
    _say(ended(report))
    if report.why:
        _say(report.why)
    findings = all_told(report, language)
    if findings:
        _print_findings(findings)
    if report.quirks:
        _say(f"Quirks that it needs, to be set once it is registered:\n  {_quirks_as_typed(report.quirks)}")
    _say(f"{report.requests} requests, {report.size} bytes")


def _quirks_as_typed(quirks: Mapping[str, Any]) -> str:
    """The command that sets them."""
    typed = (
        f"{name.replace('_', '-')}={('on' if value else '') if isinstance(value, bool) else value}"
        for name, value in quirks.items()
    )
    return shlex.join(["clearinghouse", "source", "quirk", "ID", *typed])


def _print_findings(findings: list[Told]) -> None:
    print_table(
        ["grade", "check", "seen, and what to do"],
        [
            [one.graded, one.title, " ".join(filter(None, (plain(one.seen), one.fix, one.fix_there)))]
            for one in findings
        ],
    )


def _say(text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
