"""`clearinghouse source schedule`, and when sources are harvested next."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from catalogue.cron import zone_of
from catalogue.errors import SettingsError
from catalogue.settings import Settings
from catalogue.source import Missed, Source
from catalogue.steering.sources import change_fields
from catalogue.timing import coming_dues
from clearinghouse.output import console, moment
from clearinghouse.session import opened, own_hand
from harvester.slices import utc_now

#: Coming harvests that are shown.
COMING = 5


def schedule(
    source_id: Annotated[str, typer.Argument(metavar="ID")],
    cron: Annotated[
        str | None, typer.Argument(metavar="[CRON]", help="The new schedule; '' for none.")
    ] = None,
    *,
    time_zone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="The source's own, like Africa/Nairobi; '' for UTC.")
    ] = None,
    missed: Annotated[
        Missed | None, typer.Option(help="What becomes of due times at which nothing of ours ran.")
    ] = None,
    quiet: Annotated[
        str | None,
        typer.Option(metavar="HH:MM-HH:MM", help="Hours in which it must not be asked; '' for none."),
    ] = None,
) -> None:
    """Show or change when a source is harvested."""
    wanted: dict[str, Any] = {
        "schedule": cron, "time_zone": time_zone, "missed": missed, "quiet_hours": quiet
    }  # fmt: skip
    changes = {name: value for name, value in wanted.items() if value is not None}
    with opened() as (settings, store):
        source = store.sources.get(source_id)
        if changes:
            source = change_fields(own_hand(settings, store), source_id, **changes)
    told = f"{in_zone(source) or 'not harvested on schedule'}; missed: {source.missed}"
    told += f"; never between {source.quiet_hours.replace('-', ' and ')}" if source.quiet_hours else ""
    console.print(told, markup=False, highlight=False)
    show_coming(source, coming(source, settings, COMING))


def coming(source: Source, settings: Settings, count: int) -> list[datetime]:
    """When a source is harvested next; none where its schedule is not understood any more."""
    with suppress(SettingsError):
        return coming_dues(source, settings.schedule_jitter, utc_now(), count)
    return []


def show_coming(source: Source, due: Sequence[datetime]) -> None:
    """Print each coming harvest by our clock and by the source's."""
    zone = zone_of(source.time_zone) if due else UTC
    for time in due:
        there = f", {time.astimezone(zone):%a %H:%M} {source.time_zone}" if source.time_zone else ""
        console.print(f"{'next':16} {moment(time)} UTC{there}", markup=False, highlight=False)


def in_zone(source: Source) -> str:
    """A source's schedule and its zone, in a line."""
    return f"{source.schedule} {source.time_zone}".strip() if source.schedule else ""
