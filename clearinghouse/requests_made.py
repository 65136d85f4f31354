"""`run show --requests` and `run bundle`: what a run asked, and everything about it in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from catalogue.bundle import bundle
from catalogue.errors import SettingsError
from catalogue.exchange import Exchange
from catalogue.store import Store
from clearinghouse.output import complaints, print_table
from clearinghouse.session import opened


def requests_json(store: Store, number: int) -> list[dict[str, Any]]:
    """The requests of a run; of an answer that is kept, its size, for it may be anything but text."""
    return [_told(one) for one in store.exchanges.of(number)]


def _told(one: Exchange) -> dict[str, Any]:
    kept = None if one.answer is None else len(one.answer)
    return {
        "number": one.number,
        "at": one.at,
        "method": one.method,
        "url": one.url,
        "status": one.status,
        "size": one.size,
        "milliseconds": one.milliseconds,
        "error": one.error,
        "headers": dict(one.headers),
        "question": one.question,
        "answer_kept": kept,
    }


def print_requests(store: Store, number: int) -> None:
    """Print the requests of a run."""
    print_table(
        ["request", "at", "method", "status", "bytes", "ms", "address", "why"],
        [
            [
                str(one.number),
                one.at.strftime("%H:%M:%S"),
                one.method,
                str(one.status or ""),
                str(one.size),
                str(one.milliseconds),
                one.url,
                one.error,
            ]
            for one in store.exchanges.of(number)
        ],
    )


def bundle_run(
    number: Annotated[int, typer.Argument(metavar="N")],
    *,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where to; else run-N.zip.")
    ] = None,
) -> None:
    """Everything about a run in one ZIP, without secrets: for a bug report."""
    target = output or Path(f"run-{number}.zip")
    with opened() as (settings, store):
        try:
            count = bundle(store, settings, number, target)
        except OSError as error:
            raise SettingsError(f"{target} cannot be written: {(error.strerror or '').lower()}") from error
    complaints.print(f"Written: {target}, {count} parts.", markup=False)
