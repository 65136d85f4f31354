"""The command line.

Exit codes: 0 done; 1 a harvest failed; 2 the command, a setting or the database is not right; 3 refused,
because of how things stand (unknown, there already, being worked on); 4 a guard holds a harvest.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from catalogue.errors import ClearinghouseError, Conflict, DumpBusy, Unknown
from catalogue.formats import FORMATS
from catalogue.release import release
from catalogue.run import BY_REQUEST, Ending
from catalogue.store import Store
from clearinghouse import (
    digests,
    doctor,
    duplicates,
    guarding,
    harvests,
    lives,
    mails,
    organisations,
    people,
    questions,
    registrations,
    registry,
    secrets,
    simulating,
    steering,
    upkeep,
)
from clearinghouse.alerts import add_commands as add_alerts
from clearinghouse.output import client_json, client_row, complaints, print_json, print_table
from clearinghouse.requests_made import bundle_run
from clearinghouse.session import opened, own_hand, prepared, upgraded

FAILED, WRONG, REFUSED, HELD = 1, 2, 3, 4
_REFUSALS = (Unknown, Conflict, DumpBusy)

app = typer.Typer(
    name="clearinghouse",
    help="Harvests metadata about hazardous chemicals and waste, and gives it back over OAI-PMH and CSW.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
source_app = typer.Typer(help="The sources that are harvested.", no_args_is_help=True)
run_app = typer.Typer(help="One harvest run.", no_args_is_help=True)
question_app = typer.Typer(help="One question of a guard.", no_args_is_help=True)
duplicates_app = typer.Typer(
    help="Records of several sources that are copies of one thing.", invoke_without_command=True
)
person_app = typer.Typer(help="Who may sign in, and to do what.", no_args_is_help=True)
organisation_app = typer.Typer(help="Who takes part.", no_args_is_help=True)
node_app = typer.Typer(help="What organisations take part with.", no_args_is_help=True)
alerts_app = typer.Typer(help="What is amiss, and who hears of it.", invoke_without_command=True)
mail_app = typer.Typer(help="Letters that we send.", invoke_without_command=True)
db_app = typer.Typer(help="The database.", no_args_is_help=True)
registration_app = typer.Typer(help="Repositories that somebody registers.", no_args_is_help=True)
app.add_typer(source_app, name="source")
app.add_typer(registration_app, name="registration")
app.add_typer(run_app, name="run")
app.add_typer(duplicates_app, name="duplicates")
app.add_typer(question_app, name="question")
app.add_typer(db_app, name="db")
app.add_typer(person_app, name="person")
app.add_typer(organisation_app, name="organisation")
app.add_typer(node_app, name="node")
people.add_commands(person_app)
organisations.add_commands(organisation_app, node_app)
app.add_typer(mail_app, name="mail")
app.add_typer(alerts_app, name="alerts")
add_alerts(alerts_app)
registry.add_commands(source_app)
registrations.add_commands(registration_app)
simulating.add_command(app)
db_app.command("reseal")(secrets.reseal)
mails.add_commands(mail_app)
duplicates.add_commands(duplicates_app)
guarding.add_commands(source_app)
app.command("questions")(questions.questions)
question_app.command("show")(questions.show)
app.command("answer")(questions.answer)
app.command("record")(lives.record)
app.command("digest")(digests.digest)
app.command("doctor")(doctor.doctor)
db_app.command("tidy")(guarding.tidy)
upkeep.add_commands(db_app)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _tell_release(wanted: bool) -> None:  # noqa: FBT001 - what the option was given
    if wanted:
        typer.echo(f"clearinghouse {release()}")
        raise typer.Exit


@app.callback()
def before_any(
    *,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_tell_release, is_eager=True, help="Say which release this is."),
    ] = False,
) -> None:
    """What every command begins with."""


@app.command()
def up(
    *,
    sample: Annotated[
        bool, typer.Option("--sample", help="Start the sample federation on loopback, and harvest it first.")
    ] = False,
) -> None:
    """Everything in one process: web, schedule and worker. Brings the database to this release first."""
    from clearinghouse import serving  # and with it a web server, which other commands need not wait for

    settings = prepared()
    with upgraded(settings) as store:
        raise typer.Exit(serving.up(settings, store, sample=sample))


@app.command()
def serve() -> None:
    """The web server and the schedule, without a worker."""
    from clearinghouse import serving

    with opened() as (settings, store):
        raise typer.Exit(serving.serve(settings, store))


@app.command()
def worker() -> None:
    """A worker: harvests what is due. Any number of them may run, on PostgreSQL."""
    from clearinghouse import serving

    with opened() as (settings, store):
        raise typer.Exit(serving.work(settings, store))


@app.command()
def harvest(
    sources: Annotated[list[str], typer.Argument(metavar="ID...", help="Sources, or 'all'.")],
    *,
    full: Annotated[bool, typer.Option("--full", help="The whole list, not only what has changed.")] = False,
    queue: Annotated[bool, typer.Option("--queue", help="Leave it to the workers.")] = False,
    priority: Annotated[
        int, typer.Option(min=0, max=9, help="With --queue: the higher, the sooner; schedules have 0.")
    ] = BY_REQUEST,
    as_json: Json = False,
) -> None:
    """Harvest sources now, one after the other, in this process; or leave it to the workers."""
    with opened() as (settings, store):
        if queue:
            hand = own_hand(settings, store)
            worked = steering.queue(hand, sources, full=full, priority=priority)
            harvests.report(store, worked.runs, as_json=as_json)
            raise typer.Exit(REFUSED if worked.refusals else 0)
        _tell(store, harvests.harvest(settings, store, sources, full=full), as_json=as_json)


@app.command()
def remap(
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="[ID...]", help="Sources; all where none is named.")
    ] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    as_json: Json = False,
) -> None:
    """Read and render every stored payload again, without asking a node; tells what became different."""
    with opened() as (settings, store):
        if dry_run:
            harvests.try_remaps(settings, store, sources or ["all"], as_json=as_json)
            return
        _tell(store, harvests.remap(settings, store, sources or ["all"]), as_json=as_json)


def _tell(store: Store, worked: harvests.Worked, *, as_json: bool) -> None:
    """Print what was done; the exit code says whether all of it was."""
    harvests.report(store, worked.runs, as_json=as_json)
    if harvests.any_failed(worked.runs):
        raise typer.Exit(FAILED)
    if worked.refusals:
        raise typer.Exit(REFUSED)
    if any(run.ending is Ending.HELD for run in worked):
        raise typer.Exit(HELD)


@app.command()
def runs(
    *,
    source: Annotated[str, typer.Option(help="Of one source only.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 20,
    as_json: Json = False,
) -> None:
    """The latest runs."""
    with opened() as (_, store):
        steering.tell_pause(store)
        harvests.report(store, store.runs.newest(source_id=source, limit=limit), as_json=as_json)


@run_app.command("show")
def run_show(
    number: Annotated[int, typer.Argument(metavar="N")],
    *,
    requests: Annotated[bool, typer.Option("--requests", help="And what it asked its source.")] = False,
    as_json: Json = False,
) -> None:
    """One run: how it stands, what it could not take and why, and its log."""
    with opened() as (_, store):
        harvests.show(store, number, requests=requests, as_json=as_json)


run_app.command("bundle")(bundle_run)


@run_app.command("cancel")
def run_cancel(
    number: Annotated[int, typer.Argument(metavar="N")],
    *,
    reason: Annotated[str, typer.Option(metavar="WHY", help="For the run's log.")] = "",
) -> None:
    """Cancel an open run: it stops at its next page; what was committed stays."""
    with opened() as (settings, store):
        steering.cancel(own_hand(settings, store), number, reason)


@run_app.command("resume")
def run_resume(number: Annotated[int, typer.Argument(metavar="N")]) -> None:
    """Go on with a run that was cancelled, failed or interrupted, from its checkpoint: the workers do it."""
    with opened() as (settings, store):
        steering.resume(own_hand(settings, store), number)


@app.command("pause-all")
def pause_all(
    *, reason: Annotated[str, typer.Option(metavar="WHY", help="Told to whoever asks.")] = ""
) -> None:
    """Pause all harvesting, in every process: runs stop at their next page, and wait."""
    with opened() as (settings, store):
        steering.pause_all(own_hand(settings, store), reason)


@app.command("resume-all")
def resume_all() -> None:
    """End the pause of all harvesting: runs go on where they stopped."""
    with opened() as (settings, store):
        steering.resume_all(own_hand(settings, store))


@app.command()
def clients(
    *,
    days: Annotated[int, typer.Option(min=1, max=400, help="How many days back.")] = 30,
    as_json: Json = False,
) -> None:
    """Who harvests us, and whether they get what they ask for."""
    with opened() as (_, store):
        reports = store.clients.reports(datetime.now(UTC), days=days)
    if as_json:
        print_json([client_json(report) for report in reports])
        return
    print_table(
        [
            "address",
            "user agent",
            "last seen",
            "requests",
            "records",
            "lists ended",
            "formats and sets",
            "errors",
        ],
        [client_row(report) for report in reports],
    )


@app.command()
def dump(
    *,
    full: Annotated[bool, typer.Option("--full", help="Everything, even where a delta would do.")] = False,
    as_json: Json = False,
) -> None:
    """Write the feed as files: everything, or what has changed since the last dump."""
    from clearinghouse import dumps

    with opened() as (settings, store):
        dumps.dump(settings, store, "full" if full else None, as_json=as_json)


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to this release's schema."""
    with upgraded(prepared()):
        pass
    complaints.print("The database is at this release's schema.")


@app.command()
def formats(*, as_json: Json = False) -> None:
    """The metadata formats: which are read, which are written, and which every record is kept in."""
    if as_json:
        print_json(
            [
                {
                    "prefix": f.prefix,
                    "namespace": f.namespace,
                    "schema": f.schema,
                    "label": f.label,
                    "read": f.read,
                    "written": f.written,
                    "stored": f.stored,
                }
                for f in FORMATS
            ]
        )
        return
    print_table(
        ["prefix", "read", "written", "stored", "namespace", "what"],
        [[f.prefix, _tick(f.read), _tick(f.written), _tick(f.stored), f.namespace, f.label] for f in FORMATS],
    )


def _tick(value: bool) -> str:  # noqa: FBT001 - a value to print
    return "yes" if value else "no"


def main() -> None:
    """Run the command, and turn what went wrong into one line and an exit code."""
    try:
        app()
    except _REFUSALS as error:
        complaints.print(f"clearinghouse: {error}", style="red", markup=False)
        sys.exit(REFUSED)
    except ClearinghouseError as error:
        complaints.print(f"clearinghouse: {error}", style="red", markup=False)
        sys.exit(WRONG)
