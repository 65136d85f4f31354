"""`clearinghouse digest`: the monthly letter to a node, as it would be written now."""

from __future__ import annotations

from typing import Annotated

import typer

from catalogue.errors import SettingsError
from clearinghouse.output import console
from clearinghouse.session import opened
from harvester.slices import utc_now


def digest(
    node: Annotated[str, typer.Argument(metavar="NODE", help="A node, or a source that belongs to none.")],
    *,
    month: Annotated[str, typer.Option(help="As 2026-11; the one before this, unless named.")] = "",
    language: Annotated[str, typer.Option(help="ar, zh, en, fr, ru or es.")] = "en",
) -> None:
    """Show the monthly letter to a node. Nothing is sent: that is done by workers."""
    from endpoint.deps import Services  # the web's half, which other commands need not wait for
    from endpoint.languages import LANGUAGES
    from endpoint.nodes.board import find_out
    from endpoint.nodes.month import Month, happened
    from endpoint.nodes.monthly import written

    if language not in LANGUAGES:
        raise SettingsError(f"{language!r} is none of {', '.join(LANGUAGES)}")
    with opened() as (settings, store):
        now = utc_now()
        line = find_out(store).line(node)
        told = happened(store, line, Month.of(month) if month else Month.before(now), now)
        made = written(Services(settings, store), told, LANGUAGES[language])
    console.print(made.subject, markup=False, highlight=False, soft_wrap=True)
    console.print(f"\n{made.text}", markup=False, highlight=False, soft_wrap=True)
