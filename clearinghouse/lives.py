"""`clearinghouse record`: the life of one record, as far as the store knows it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from catalogue.errors import UnknownRecord
from catalogue.lives import Event, Life, Standing, What, life_of, seek
from clearinghouse.output import console, moment, print_json, print_table
from clearinghouse.session import opened

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def record(
    name: Annotated[str, typer.Argument(metavar="ID", help="An identifier, an address, a DOI, or a title.")],
    *,
    as_json: Json = False,
) -> None:
    """The life of one record: where it is from, what runs made of it, and how it stands."""
    with opened() as (settings, store):
        sought = seek(store, settings.repository_identifier, name)
        if not sought.candidates:
            raise UnknownRecord(f"there is no record {name!r}")
        lives = [_told(life_of(store, candidate)) for candidate in sought.candidates]
    if as_json:
        print_json(lives)
        return
    for told in lives:
        _print(told)


def _told(life: Life) -> dict[str, Any]:
    """Everything that is known of one record."""
    waits = life.waits
    return {
        "identifier": life.identifier,
        "source": life.source_id,
        "source_identifier": life.source_identifier,
        "title": life.title,
        "format": life.metadata_prefix,
        "state": life.standing.value,
        "first_visible": life.first_visible,
        "datestamp": life.datestamp,
        "source_datestamp": life.source_datestamp,
        "sets": list(life.sets),
        "formats": list(life.formats),
        "last_listed_in_run": life.last_listed,
        "absent": {"since": life.absent_since, "complete_lists": life.absent_lists}
        if life.absent_since
        else None,
        "waits": {
            "reason": waits.reason,
            "loses": waits.detail,
            "question": waits.question_id,
            "kept_until": waits.kept_until,
        }
        if waits
        else None,
        "copies": [twin.identifier for twin in life.twins],
        "changes": [_change(event) for event in life.events if event.what is not What.SET_ASIDE],
        "faults": [_fault(event) for event in reversed(life.events) if event.what is What.SET_ASIDE],
    }


def _change(event: Event) -> dict[str, Any]:
    return {"run": event.run, "kind": event.kind or "", "at": event.at, "what": event.what.value}


def _fault(event: Event) -> dict[str, Any]:
    return {"run": event.run, "at": event.at, "rule": event.rule, "path": event.path, "why": event.why}


def _print(told: dict[str, Any]) -> None:
    for name, value in told.items():
        if value and name not in {"changes", "faults"}:
            if isinstance(value, datetime):
                shown = f"{moment(value)} (UTC)"
            elif isinstance(value, dict):
                shown = ", ".join(
                    f"{key.replace('_', ' ')} {_plain(one)}" for key, one in value.items() if one
                )
            else:
                shown = " ".join(value) if isinstance(value, list) else str(value)
            console.print(
                f"{name.replace('_', ' '):20} {shown}", markup=False, highlight=False, soft_wrap=True
            )
    if told["state"] != Standing.SET_ASIDE:
        print_table(
            ["run", "kind", "at", "what became of it"],
            [[str(c["run"]), c["kind"], moment(c["at"]), c["what"]] for c in told["changes"]],
        )
    if told["faults"]:
        print_table(
            ["run", "at", "rule", "where", "why"],
            [[str(f["run"]), moment(f["at"]), f["rule"], f["path"], f["why"]] for f in told["faults"]],
        )


def _plain(value: Any) -> str:
    return moment(value) if isinstance(value, datetime) else str(value)
