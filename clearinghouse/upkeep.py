"""`clearinghouse db`: a copy of the database, whether it is sound, and how much is in it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final

import typer

from catalogue.settings import Settings
from catalogue.store import Store
from catalogue.store.work.retention import REST, Forgotten
from clearinghouse.output import complaints, print_json, print_table
from clearinghouse.session import opened, prepared
from harvester.slices import utc_now

#: What a check finds, and what mends it.
_WORDS: Final = {
    "pages": ("of the file are damaged", "come back from a backup"),
    "references": ("rows name what is not there", "come back from a backup"),
    "unread": ("records have nothing that we understood", "clearinghouse remap SOURCE"),
    "unrendered": ("records are in no list", "clearinghouse remap SOURCE"),
    "undead": ("deleted records are still shown", "come back from a backup"),
    "misdated": ("records have dates that cannot be", "see to the clock of every machine"),
    "payloads": ("records have lost what was fetched", "clearinghouse harvest SOURCE --full"),
    "sizes": ("days of lists are counted wrongly", "clearinghouse db check --mend"),
    "index": ("records are found by no search", "clearinghouse db check --mend"),
    "spoilt": ("payloads are not what was fetched", "come back from a backup"),
    "kept": (
        "records are served otherwise than they are rendered",
        "clearinghouse db check --thorough --mend",
    ),
}


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that is not there yet.")],
) -> None:
    """Copy a SQLite database into a file, while it is in use. The keys to secrets are not in it."""
    settings = prepared()
    with Store(settings.database_url) as store:
        store.back_up(file)
    complaints.print(f"{file}: {file.stat().st_size} bytes.", markup=False, highlight=False)


def check(
    *,
    thorough: Annotated[
        bool,
        typer.Option(
            "--thorough",
            help="Read every payload, and see that it is what was fetched; render again what is kept.",
        ),
    ] = False,
    mend: Annotated[
        bool,
        typer.Option(
            "--mend",
            help="Count lists anew first; make the search index anew where it lacks records; with --thorough"
            " forget renditions that are wrong.",
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look whether the database is sound: 0 where it is, 1 where it is not. It may be in use."""
    with opened() as (_, store):
        if mend:
            store.mend(thorough=thorough)
        found = dict(store.flaws(thorough=thorough))
    flawed = [flaw for flaw in found.values() if flaw is not None]
    if as_json:
        told = [asdict(flaw) | {"mended_by": _WORDS[flaw.check][1]} for flaw in flawed]
        print_json({"checks": list(found), "flaws": told})
    elif flawed:
        print_table(
            ["check", "found", "for example", "what to do"],
            [
                [
                    one.check,
                    f"{one.found} {_WORDS[one.check][0]}",
                    ", ".join(one.examples),
                    _WORDS[one.check][1],
                ]
                for one in flawed
            ],
        )
    else:
        complaints.print(f"Sound: {', '.join(found)}.", markup=False, highlight=False)
    if flawed:
        raise typer.Exit(1)


#: What grows -> what it is, and the setting that says for how long it is kept.
_GROWS: Final = {
    "records": ("records as they are understood and served", ""),
    "payloads": ("what was fetched, each document once", ""),
    "formats": ("records in formats that are made behind the runs", ""),
    "index": ("the search index", ""),
    "copies": ("what finds copies of one thing", ""),
    "history": ("what records were before", "history_days"),
    "runs": ("runs", ""),
    "log": ("logs of runs", "log_days"),
    "faults": ("what runs could not take", "faults_days"),
    "requests": ("requests to sources", "requests_days"),
    "clients": ("who harvests us", ""),
    REST: ("everything else", ""),
}


def forget_runs(settings: Settings, store: Store) -> Forgotten:
    """Forget what is kept of runs no longer than this."""
    now = utc_now()
    return store.retention.forget(
        faults_before=now - timedelta(days=settings.faults_days),
        log_before=now - timedelta(days=settings.log_days),
    )


def sizes(*, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Say what is in the database, how much of it, and for how many days it is kept. It may be in use."""
    with opened() as (settings, store):
        found = store.retention.sizes()
    kept = {what: getattr(settings, name) if name else None for what, (_, name) in _GROWS.items()}
    if as_json:
        print_json([asdict(one) | {"days": kept[one.what]} for one in found])
        return
    print_table(
        ["what", "", "rows", "on disk", "kept"],
        [
            [one.what, _GROWS[one.what][0], f"{one.rows:,}", _bytes(one.size), _days(kept[one.what])]
            for one in found
        ],
    )


def _bytes(size: int | None) -> str:
    return "unknown" if size is None else f"{size / 1e6:,.1f} MB"


def _days(days: float | None) -> str:
    return "" if days is None else f"{days:g} days"


def add_commands(db_app: typer.Typer) -> None:
    """Add them below `db`."""
    db_app.command("sizes")(sizes)
    db_app.command("backup")(backup)
    db_app.command("check")(check)
