"""`clearinghouse db backup` and `db check`: a copy of the database, and whether it is sound."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import typer

from catalogue.store import Store
from clearinghouse.output import complaints, print_json, print_table
from clearinghouse.session import opened, prepared

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


def add_commands(db_app: typer.Typer) -> None:
    """Add them below `db`."""
    db_app.command("backup")(backup)
    db_app.command("check")(check)
