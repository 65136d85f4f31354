"""`clearinghouse doctor`: what can be harvested at an address, and how well it does it."""

from __future__ import annotations

from typing import Annotated

import typer

from catalogue.checkup import Grade, Outcome
from clearinghouse.session import prepared


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
    from clearinghouse import examined as told  # half a second, which other commands need not wait for

    settings, tongue = prepared(), told.language_of(language)
    report = told.examined(address, settings)
    if as_json:
        told.print_report(report, tongue)
    elif letter:
        told.print_letter(report, settings, tongue)
    else:
        told.show(report, tongue)
    if report.outcome not in {Outcome.COMPLETE, Outcome.PARTIAL} or report.grade is Grade.BLOCKING:
        raise typer.Exit(1)
