"""`clearinghouse mail`: the outbox, and whether mail gets out at all."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from catalogue.mail import Mail
from catalogue.store.desk.outbox import Posted
from clearinghouse.output import complaints, moment, print_json, print_table
from clearinghouse.session import opened, prepared

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Limit = Annotated[int, typer.Option(min=1, max=1000, help="How many.")]


def add_commands(app: typer.Typer) -> None:
    """Add `clearinghouse mail` and what is below it."""
    app.callback()(mail)
    app.command("try")(try_out)


def mail(context: typer.Context, *, limit: Limit = 20, as_json: Json = False) -> None:
    """The newest letters, and what became of them."""
    if context.invoked_subcommand is not None:
        return
    with opened() as (_, store):
        letters = store.outbox.newest(limit=limit)
    if as_json:
        print_json([_json(posted) for posted in letters])
        return
    print_table(
        ["id", "put in", "to", "subject", "state", "tried", "why"],
        [
            [
                str(posted.id),
                moment(posted.put_at),
                posted.mail.to,
                posted.mail.subject,
                posted.state,
                str(posted.attempts),
                posted.error,
            ]
            for posted in letters
        ],
    )


def _json(posted: Posted) -> dict[str, Any]:
    """Without its text: it may hold what lets its reader in."""
    told = asdict(posted)
    told["mail"].pop("text")
    told["mail"].pop("unsubscribe")
    return told


def try_out(address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Whom to write to.")]) -> None:
    """Send a letter at once, by the way that the settings name."""
    from harvester.mail import dispatch

    settings = prepared()
    letter = Mail(
        address,
        f"{settings.repository_name}: a trial",
        f"{settings.repository_name} can write to you.\n\n{settings.public_url}\n",
    )
    dispatch(settings, letter)
    complaints.print(f"Delivered by {settings.mail_delivery} to {letter.to}.", markup=False)
