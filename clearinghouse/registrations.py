"""`clearinghouse registration`: what waits for a decision, and the decision."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from catalogue.errors import SettingsError
from catalogue.registration import Registration, RegistrationState, to_json
from catalogue.store.community.registrations import Listed
from clearinghouse.output import complaints, console, moment, print_json, print_table
from clearinghouse.session import opened, somebody

Number = Annotated[int, typer.Argument(metavar="N", help="Its number: 12 of R-00012.")]
Why = Annotated[str, typer.Option(help="The reason. Of what is accepted or refused it is public.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def add_commands(app: typer.Typer) -> None:
    """Add the commands about registrations."""
    app.command("list")(list_registrations)
    app.command("show")(show)
    app.command("accept")(accept)
    app.command("ask")(ask)
    app.command("refuse")(refuse)


def list_registrations(
    *,
    state: Annotated[
        RegistrationState | None, typer.Option(help="In this state only; else all but drafts.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 50,
    as_json: Json = False,
) -> None:
    """The newest registrations."""
    with opened() as (_, store):
        found = store.registrations.newest(*([state] if state else []), limit=limit)
    if as_json:
        print_json([_listed(one) for one in found])
        return
    print_table(
        ["reference", "state", "sent", "decided", "repository", "organisation", "address"],
        [
            [
                o.reference,
                o.state,
                moment(o.sent_at),
                moment(o.decided_at),
                o.label,
                o.organisation,
                o.address,
            ]
            for o in found
        ],
    )


def _listed(one: Listed) -> dict[str, Any]:
    return {
        "id": one.id, "reference": one.reference, "state": one.state, "label": one.label,
        "organisation": one.organisation, "country": one.country, "address": one.address,
        "sent_at": one.sent_at, "decided_at": one.decided_at, "reason": one.reason,
        "source_id": one.source_id,
    }  # fmt: skip


def show(number: Number, *, as_json: Json = False) -> None:
    """One registration: what was said, its trial harvest, and what has happened."""
    with opened() as (_, store):
        one = store.registrations.get(number)
    if as_json:
        print_json(
            {
                "id": one.id, "reference": one.reference, "state": one.state, "address": one.address,
                "answers": to_json(one.answers), "trial": one.trial.to_json() if one.trial else None,
                "reason": one.reason, "source_id": one.source_id,
            }
        )  # fmt: skip
        return
    _say(f"{one.reference}: {one.state}, {one.label}, {one.organisation}, {one.address}")
    if one.trial is not None:
        trial = one.trial
        _say(f"Trial: {trial.listed} listed, {trial.taken} taken, {trial.faulty} set aside. {trial.why}")
        for fault in trial.faults:
            _say(f"  {fault.rule}: {fault.count} ({fault.message})")
        for like in trial.duplicates:
            _say(f"  like {like.source_id} by {like.likeness} {like.count or ''} {like.base_url}")
    print_table(["at", "what", "by", "text"], [[moment(e.at), e.kind, e.by, e.text] for e in one.events])


def accept(
    number: Number,
    source_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the new source.")],
    *,
    why: Why,
    title: Annotated[str, typer.Option(metavar="T", help="Its name, if another than was registered.")] = "",
    where: Annotated[
        str,
        typer.Option(
            metavar="node:ID|organisation:ID",
            help="A node that is there, or a new one of an organisation that is there; else both are new.",
        ),
    ] = "",
    manager: Annotated[
        bool, typer.Option("--manager", help="Let the registrant look after the node.")
    ] = False,
) -> None:
    """Accept a registration and make it a source; where two have to say so, the first one only says it."""
    from endpoint.registration import acts
    from endpoint.registration.places import Wish

    with opened() as (settings, store):
        services = _services(settings, store)
        wish = Wish(source_id, title, where, manager)
        done = acts.accept(services, number, wish, by=somebody(), reason=_public(why))
    _tell(done)


def ask(number: Number, *, why: Why) -> None:
    """Ask the registrant for changes."""
    from endpoint.registration import acts

    with opened() as (settings, store):
        done = acts.ask_for_changes(_services(settings, store), number, by=somebody(), reason=why)
    _tell(done)


def refuse(number: Number, *, why: Why) -> None:
    """Refuse a registration."""
    from endpoint.registration import acts

    with opened() as (settings, store):
        done = acts.refuse(_services(settings, store), number, by=somebody(), reason=_public(why))
    _tell(done)


def _services(settings: Any, store: Any) -> Any:
    from endpoint.deps import Services

    return Services(settings, store)


def _public(why: str) -> str:
    from endpoint.registration.forms import tells_a_mail

    if not why.strip():
        raise SettingsError("a decision needs a reason: --why")
    if tells_a_mail(why):
        raise SettingsError("the reason is public: leave mail addresses out of it")
    return why.strip()


def _tell(done: Registration) -> None:
    waits = " It waits for a second person." if done.events[-1].kind == "seconded" else ""
    complaints.print(f"{done.reference}: {done.state}.{waits}", markup=False, highlight=False)


def _say(text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
