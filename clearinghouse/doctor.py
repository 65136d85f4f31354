"""`clearinghouse doctor`: what can be harvested at an address, and how well it does it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from catalogue.checkup import Checkup, Grade, Outcome, Stage
from catalogue.errors import SettingsError
from clearinghouse.output import complaints, console, print_json, print_table
from clearinghouse.session import prepared
from endpoint.check.letter import letter as written
from endpoint.check.wording import STAGES, Told, all_told, ended, plain, protocol
from endpoint.languages import LANGUAGES


def doctor(
    address: Annotated[str, typer.Argument(metavar="URL", help="An interface, or a web page.")],
    *,
    letter: Annotated[
        bool, typer.Option("--letter", help="Print a letter to the technician, and no table.")
    ] = False,
    language: Annotated[
        str, typer.Option(metavar="TAG", help="Of the words: ar, en, es, fr, ru or zh.")
    ] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON: the whole report.")] = False,
) -> None:
    """Find what can be harvested at an address, and say what is right and wrong with it."""
    from harvester.doctor import examine

    settings = prepared()
    tongue = LANGUAGES.get(language)
    if tongue is None:
        raise SettingsError(f"{language!r} is none of {', '.join(sorted(LANGUAGES))}")
    with complaints.status(STAGES[Stage.LOOKING]) as status:
        report = examine(address, settings, on_progress=lambda so_far: status.update(STAGES[so_far.stage]))
    findings = all_told(report, tongue)
    if as_json:
        words = [asdict(one) | {"seen": plain(one.seen)} for one in findings]
        print_json(report.to_json() | {"told": words})
    elif letter:
        signed, url = settings.repository_name, f"{settings.public_url}/check"
        typer.echo(written(report, signed=signed, url=url, language=tongue))
    else:
        _show(report, findings)
    if report.outcome not in {Outcome.COMPLETE, Outcome.PARTIAL} or report.grade is Grade.BLOCKING:
        raise typer.Exit(1)


def _show(report: Checkup, findings: list[Told]) -> None:
    """For people: what is there, and the findings, the worst first."""
    for interface in report.interfaces:
        _say(f"{protocol(interface.protocol)} {interface.version}: {interface.base_url}")
    if report.software is not None:
        of = report.software
        _say(" ".join(filter(None, (of.name, of.version))) + f" ({'; '.join(of.evidence)})")
    facts = report.facts
    if report.examined is not None:
        _say(f"{facts.name}: {'?' if facts.records is None else facts.records} records, {facts.sampled} read")
    _say(ended(report))
    if report.why:
        _say(report.why)
    if findings:
        _print_findings(findings)
    if report.quirks:
        _say("Quirks to set: " + ", ".join(f"{name}={value}" for name, value in report.quirks.items()))
    _say(f"{report.requests} requests, {report.size} bytes")


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
