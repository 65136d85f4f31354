"""`clearinghouse source guard` and `source rollback`, and `db tidy`: thresholds, and the past of a source."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

import typer

from catalogue import guards, setting_back
from catalogue.guards import Guards
from catalogue.steering import acts
from catalogue.steering import sources as steering
from catalogue.steering.sources import change_fields
from clearinghouse.harvests import work_on
from clearinghouse.output import (
    complaints,
    print_json,
    print_table,
    run_json,
    state_in_words,
    tally_in_words,
)
from clearinghouse.session import opened, own_hand
from clearinghouse.upkeep import forget_runs
from harvester.slices import utc_now

Id = Annotated[str, typer.Argument(metavar="ID")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def add_commands(app: typer.Typer) -> None:
    """Add the commands of `clearinghouse source` about guards and the past."""
    app.command("guard")(guard)
    app.command("rollback")(set_back)


def guard(
    source_id: Id,
    changes: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME=VALUE", help="Thresholds to set; NAME= for what the settings say."),
    ] = None,
) -> None:
    """Show or set a source's own thresholds: from where on a guard asks, and when what is absent goes."""
    with opened() as (settings, store):
        own = dict(store.sources.get(source_id).guards)
        for change in changes or ():
            name, _, value = change.partition("=")
            own = guards.changed(own, name.strip(), value.strip())
        if changes:
            change_fields(own_hand(settings, store), source_id, guards=own)
        found = Guards.of(settings, own)
    print_table(
        ["threshold", "value", "said by"],
        [
            [name, str(getattr(found, name)), "the source" if name in own else "the settings"]
            for name in guards.names()
        ],
    )


def set_back(
    source_id: Id,
    *,
    to_run: Annotated[int, typer.Option(metavar="N", help="The run after which it was as it should be.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would do.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    pause: Annotated[bool, typer.Option("--pause", help="Harvest it no more until it is resumed.")] = False,
    as_json: Json = False,
) -> None:
    """Set the records of a source back to what they were after an earlier run."""
    with opened() as (settings, store):
        source = store.sources.get(source_id)
        setting_back.check(store, source_id, to_run)
        plan = setting_back.plan(store, source_id, to_run)
        told = f"{plan.restored} live again, {plan.changed} as they were, {plan.deleted} deleted"
        if dry_run:
            _tell_plan(plan, told, as_json=as_json)
            return
        if not yes:
            typer.confirm(f"Set {source.label!r} back to run {to_run}: {told}?", abort=True)
        hand = own_hand(settings, store)
        with store.together():
            if pause:
                steering.pause(hand, source_id)
            opened_run = acts.roll_back(hand, to_run)
        run = work_on(settings, store, opened_run)
    if as_json:
        print_json(run_json(run))
    complaints.print(
        f"Run {run.id}: {state_in_words(run)}, {tally_in_words(run)}. The next harvest asks for what has"
        f" changed since {plan.harvested_until or 'ever'}.",
        markup=False,
        highlight=False,
    )


def _tell_plan(plan: setting_back.Plan, told: str, *, as_json: bool) -> None:
    if as_json:
        print_json(asdict(plan))
    else:
        complaints.print(f"It would be: {told}, {plan.unchanged} unchanged.", markup=False, highlight=False)


def tidy() -> None:
    """Forget of old runs what is kept no longer, and payloads that nothing refers to any more."""
    with opened() as (settings, store):
        runs = forget_runs(settings, store)
        done = store.history.tidy(utc_now() - timedelta(days=settings.history_days), thorough=True)
    complaints.print(
        f"Forgotten: {done.versions} earlier states of records, {runs.faults} faults and {runs.events} lines"
        f" of the log of old runs, {done.payloads} payloads.",
        highlight=False,
    )
