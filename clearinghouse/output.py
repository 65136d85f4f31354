"""What commands print: tables for people, JSON for scripts."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text

from catalogue.run import HarvestRun, RunState
from catalogue.source import Source
from catalogue.visit import ClientReport

# Identifiers have colons in them, and ":x:" is no picture there.
console = Console(emoji=False)
# Not wrapped: a path or an address in it is to be copied.
complaints = Console(stderr=True, emoji=False, soft_wrap=True)


def print_json(found: Any) -> None:
    """One JSON document on standard output."""
    json.dump(found, sys.stdout, ensure_ascii=False, indent=2, default=_plain)
    sys.stdout.write("\n")


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(type(value).__name__)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table on standard output; plain and uncut where that is not a terminal."""
    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*map(Text, row))  # what sources say is no markup
    if console.is_terminal:
        console.print(table)
    else:
        Console(width=400).print(table)


def source_json(source: Source) -> dict[str, Any]:
    """A source as JSON."""
    return asdict(source) | {"quirks": source.quirks.to_json()}


def run_json(run: HarvestRun) -> dict[str, Any]:
    """A run as JSON."""
    return asdict(run)


def moment(value: datetime | None) -> str:
    """A time for people, in UTC."""
    return value.strftime("%Y-%m-%d %H:%M:%S") if value else ""


def state_in_words(run: HarvestRun) -> str:
    """How a run stands, in words."""
    if run.ending is not None:
        return run.ending.replace("-", " ")
    if run.state is RunState.RETRY:
        return f"waits until {moment(run.not_before)}"
    return str(run.state)


def tally_in_words(run: HarvestRun) -> str:
    """What became of the records listed, leaving out what did not happen."""
    tally = asdict(run.tally)
    listed = tally.pop("listed")
    parts = [f"{count} {outcome}" for outcome, count in tally.items() if count]
    return f"{listed} listed" + (": " + ", ".join(parts) if parts else "")


def client_json(report: ClientReport) -> dict[str, Any]:
    """What a client did, as JSON."""
    return {
        **report.client._asdict(),
        "first_at": report.first_at,
        "last_at": report.last_at,
        **asdict(report.total),
        "incomplete": report.incomplete,
        "formats": sorted(report.formats),
        "sets": sorted(report.sets),
        "errors": report.errors,
    }


def client_row(report: ClientReport) -> list[str]:
    """The same, as a line of a table."""
    total = report.total
    return [
        report.client.address,
        report.client.user_agent,
        moment(report.last_at),
        str(total.requests),
        str(total.records),
        f"{total.ended} of {total.begun}",
        " ".join(sorted(report.formats) + sorted(report.sets)),
        ", ".join(f"{code}: {count}" for code, count in sorted(report.errors.items())),
    ]


class RunProgress:
    """A progress bar for each source, on standard error; nothing where that is not a terminal."""

    def __init__(self) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}", markup=False),
            console=complaints,
            disable=not complaints.is_terminal,
        )
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def show(self, run: HarvestRun) -> None:
        """Bring the bar of the run's source up to date."""
        if run.source_id not in self._tasks:
            self._tasks[run.source_id] = self._progress.add_task(run.source_id, total=None, note="")
        self._progress.update(
            self._tasks[run.source_id],
            completed=run.tally.listed,
            total=run.tally.listed if run.ending else run.checkpoint.complete_list_size,
            note=run.message or (state_in_words(run) if run.ending else ""),
        )
