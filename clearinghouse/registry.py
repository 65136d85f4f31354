"""`clearinghouse source ...`: the sources that are harvested."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from catalogue.dues import Dues
from catalogue.node_state import NodeState, state_of
from catalogue.quiet_hours import quiet_until
from catalogue.quirks import causes
from catalogue.settings import Settings
from catalogue.source import Missed, Protocol, Source, SourceState, upload_address
from catalogue.steering import acts
from catalogue.steering import sources as steering
from catalogue.store import Store
from clearinghouse.harvests import work_on
from clearinghouse.output import (
    complaints,
    console,
    moment,
    print_json,
    print_table,
    run_json,
    source_json,
    state_in_words,
    tally_in_words,
)
from clearinghouse.secrets import secret, secrets_json
from clearinghouse.session import opened, own_hand, somebody
from clearinghouse.timetable import COMING, coming, in_zone, schedule, show_coming
from clearinghouse.upload import upload
from harvester.slices import utc_now

Id = Annotated[str, typer.Argument(metavar="ID")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def add_commands(app: typer.Typer) -> None:
    """Add the commands of `clearinghouse source`."""
    app.command("add")(add)
    app.command("list")(list_sources)
    app.command("show")(show)
    app.command("quirk")(quirk)
    app.command("schedule")(schedule)
    app.command("secret")(secret)
    app.command("pause")(pause)
    app.command("resume")(resume)
    app.command("remove")(remove)
    app.command("upload")(upload)
    app.command("ping")(ping)
    app.command("try")(try_it)


def add(  # noqa: PLR0913 - one for each option
    source_id: Id,
    *,
    protocol: Annotated[Protocol, typer.Option(help="How it is harvested.")],
    base_url: Annotated[
        str, typer.Option(metavar="URL", help="Its address; none for files that are uploaded.")
    ] = "",
    metadata_prefix: Annotated[
        str, typer.Option(metavar="P", help="Format to ask for; the best on offer where none is named.")
    ] = "",
    sets: Annotated[
        list[str] | None, typer.Option("--set", metavar="S", help="OAI set to harvest; repeatable.")
    ] = None,
    title: Annotated[str, typer.Option(metavar="T", help="What people call it.")] = "",
    cron: Annotated[
        str, typer.Option("--schedule", metavar="CRON", help="When: minute hour day month day-of-week.")
    ] = "",
    time_zone: Annotated[
        str, typer.Option(metavar="ZONE", help="The source's own, like Africa/Nairobi; UTC where none is.")
    ] = "",
    missed: Annotated[
        Missed, typer.Option(help="What becomes of due times at which nothing of ours ran.")
    ] = Missed.MAKE_UP,
) -> None:
    """Register a source."""
    uploaded = protocol is Protocol.FILES and not base_url
    source = Source(
        source_id,
        protocol,
        upload_address(source_id) if uploaded else base_url,
        title=title,
        metadata_prefix=metadata_prefix,
        sets=tuple(sets or ()),
        schedule=cron,
        time_zone=time_zone,
        missed=missed,
    )
    with opened() as (settings, store):
        steering.add(own_hand(settings, store), source)
    following = f"source upload {source_id} FILE" if uploaded else f"harvest {source_id}"
    complaints.print(f"Registered. Go on with: clearinghouse {following}", markup=False)


def list_sources(*, as_json: Json = False) -> None:
    """Every source, and when it is harvested next."""
    with opened() as (settings, store):
        sources = store.sources.all()
        stands = _stands(settings, store)
    due = {s.id: next(iter(coming(s, settings, 1)), None) for s in sources}
    if as_json:
        print_json([source_json(s) | {"next_due": due[s.id], "stands": stands[s.id]} for s in sources])
        return
    print_table(
        ["id", "protocol", "state", "schedule", "next", "base URL", "title"],
        [
            [s.id, s.protocol, stands[s.id], in_zone(s), moment(due[s.id]), s.base_url, s.label]
            for s in sources
        ],
    )


def _stands(
    settings: Settings, store: Store, source_ids: Sequence[str] | None = None
) -> dict[str, NodeState]:
    """The word for each source, as pages and the API have it."""
    dues, now = Dues(settings.schedule_jitter), utc_now()
    return {one.id: state_of(dues.facts(one, now)) for one in store.overview.glances(source_ids)}


def show(source_id: Id, *, as_json: Json = False) -> None:
    """One source, when it is harvested next, and its latest runs."""
    with opened() as (settings, store):
        source = store.sources.get(source_id)
        runs = store.runs.newest(source_id=source_id, limit=5)
        secrets = secrets_json(store, source_id)
        due = coming(source, settings, COMING)
        stands = _stands(settings, store, [source_id])[source_id]
    if as_json:
        print_json(
            source_json(source)
            | {"stands": stands, "next_due": due, "secrets": secrets, "runs": [run_json(run) for run in runs]}
        )
        return
    for name, value in source_json(source).items():
        if value:
            console.print(f"{name:16} {value}", markup=False, highlight=False, soft_wrap=True)
    until = (
        quiet_until(source.quiet_hours, source.time_zone, utc_now()) if stands is NodeState.QUIET else None
    )
    over = f" until {moment(until)} UTC" if until else ""
    console.print(f"{'how it stands':16} {stands}{over}", markup=False, highlight=False)
    for row in secrets:
        since = f"{row['kind']}, set at {moment(row['set_at'])}"
        console.print(f"{'secret':16} {since}", markup=False, highlight=False)
    show_coming(source, due)
    print_table(
        ["run", "kind", "opened", "how it stands", "records"],
        [[str(r.id), r.kind, moment(r.opened_at), state_in_words(r), tally_in_words(r)] for r in runs],
    )


def quirk(
    source_id: Id,
    changes: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME=VALUE", help="Quirks to set; NAME= for its default."),
    ] = None,
) -> None:
    """Show or set a source's quirks: departures from its protocol that it needs."""
    with opened() as (settings, store):
        quirks = store.sources.get(source_id).quirks
        for change in changes or ():
            name, _, value = change.partition("=")
            quirks = quirks.set(name.strip(), value.strip())
        if changes:
            steering.change_fields(own_hand(settings, store), source_id, quirks=quirks)
    print_table(
        ["quirk", "value", "for a source of which it holds that"],
        [[name, str(getattr(quirks, name)), cause] for name, cause in causes().items()],
    )


def ping(
    source_id: Id, *, remove: Annotated[bool, typer.Option("--remove", help="End it instead.")] = False
) -> None:
    """Make a secret address by which the node asks for a harvest, in place of the one before."""
    with opened() as (settings, store):
        source = store.sources.get(source_id)
        if remove:
            count = int(store.pings.remove(source.id, somebody(), utc_now()))
            complaints.print(f"Removed: {count}.", markup=False)
            return
        secret = store.pings.make(source.id, somebody(), utc_now())
    console.print(f"{settings.public_url}/ping/{secret}", markup=False, highlight=False, soft_wrap=True)


def try_it(source_id: Id, *, as_json: Json = False) -> None:
    """Read a part of its list as a harvest reads it, and say what would be taken; nothing is kept."""
    with opened() as (settings, store):
        run = work_on(settings, store, acts.trial(own_hand(settings, store), source_id))
        told = store.trials.of(run.id)
    if as_json:
        print_json(run_json(run) | {"trial": told.to_json() if told else None})
        return
    complaints.print(f"Run {run.id}: {state_in_words(run)}, {tally_in_words(run)}.", markup=False)
    for fault in told.faults if told else ():
        console.print(f"{fault.rule}: {fault.count} ({fault.message})", markup=False, soft_wrap=True)


def pause(source_id: Id) -> None:
    """Harvest a source no more until it is resumed; its records stay."""
    with opened() as (settings, store):
        steering.pause(own_hand(settings, store), source_id)


def resume(source_id: Id) -> None:
    """Harvest a source again; one that was retired, too: its next harvest reads the whole list."""
    with opened() as (settings, store):
        retired = store.sources.get(source_id).state is SourceState.RETIRED
        act = steering.bring_back if retired else steering.resume
        act(own_hand(settings, store), source_id)


def remove(
    source_id: Id,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Retire a source: it is harvested no more, and the feed tells all its records as deleted."""
    with opened() as (settings, store):
        source = store.sources.get(source_id)
        if not yes:
            typer.confirm(f"Tell all records of {source.label!r} as deleted?", abort=True)
        run = work_on(settings, store, steering.retire(own_hand(settings, store), source_id))
    complaints.print(f"Retired: {tally_in_words(run)}.", markup=False)
