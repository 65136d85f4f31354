"""`clearinghouse record`: the life of one record, as far as the store knows it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from catalogue import oai_identifier
from catalogue.errors import UnknownRecord, UnknownRun
from catalogue.settings import Settings
from catalogue.store import Store
from clearinghouse.output import console, moment, print_json, print_table
from clearinghouse.session import opened

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def record(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="Ours, CSW's, or the source's own.")],
    *,
    as_json: Json = False,
) -> None:
    """The life of one record: where it is from, what runs made of it, and how it stands."""
    with opened() as (settings, store):
        lives = [life(store, row) for row in _rows(settings, store, identifier)]
    if as_json:
        print_json(lives)
        return
    for told in lives:
        _print(told)


def _rows(settings: Settings, store: Store, identifier: str) -> list[Any]:
    """The records that are meant; several sources may call one of theirs so.

    Raises:
        UnknownRecord: there is none.
    """
    ours = [
        oai_identifier.mint(settings.repository_identifier, source.id, identifier)
        for source in store.sources.all()
    ]
    rows = store.history.find([identifier, *ours], identifier)
    if not rows:
        raise UnknownRecord(f"there is no record {identifier!r}")
    return rows


def life(store: Store, row: Any) -> dict[str, Any]:
    """Everything that is known of one record."""
    absence = store.history.absence(row.id)
    waits = store.withheld.of_records([row.id]).get(row.id)
    return {
        "identifier": row.identifier,
        "source": row.source_id,
        "source_identifier": row.source_identifier,
        "title": row.title,
        "format": row.metadata_prefix,
        "state": "deleted" if row.deleted else "live",
        "first_visible": datetime.fromtimestamp(row.first_datestamp, UTC),
        "datestamp": datetime.fromtimestamp(row.datestamp, UTC),
        "source_datestamp": row.source_datestamp,
        "sets": row.set_specs.split(),
        # Of a deleted record it is the run that deleted it.
        "last_listed_in_run": None if row.deleted else row.seen_run,
        "absent": {"since": absence[0], "complete_lists": absence[1]} if absence else None,
        "waits": {
            "reason": waits.reason,
            "loses": waits.detail,
            "question": waits.question_id,
            "kept_until": waits.kept_until,
        }
        if waits
        else None,
        "changes": _changes(store, row),
        "faults": [
            {
                "run": fault.run_id,
                "at": fault.at,
                "rule": fault.rule,
                "path": fault.path,
                "why": fault.message,
            }
            for fault in store.history.faults(row.source_id, row.source_identifier)
        ],
    }


def _changes(store: Store, row: Any) -> list[dict[str, Any]]:
    """What each run made of it, the oldest first."""
    versions = store.history.versions(row.id)
    after = [*((one.deleted, one.payload_digest) for one in versions[1:]), (row.deleted, row.payload_digest)]
    after = after[: len(versions)]  # no run has changed what is as it first came
    told = [_change(store, row.first_run, "taken")] if row.first_run else []
    for before, (deleted, digest) in zip(versions, after, strict=True):
        if deleted:
            what = "deleted"
        elif before.deleted:
            what = "live again"
        else:
            what = "changed" if digest != before.payload_digest else "read anew"
        told.append(_change(store, before.run_id, what))
    return told


def _change(store: Store, run_id: int, what: str) -> dict[str, Any]:
    try:
        run = store.runs.get(run_id)
    except UnknownRun:
        return {"run": run_id, "kind": "", "at": None, "what": what}
    return {"run": run.id, "kind": run.kind, "at": run.started_at, "what": what}


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
