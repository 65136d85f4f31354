"""`clearinghouse person`: who may sign in, and to do what. Nobody has a password that others know."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any

import typer

from catalogue.errors import SettingsError
from catalogue.people import Person, Role
from catalogue.settings import Settings
from catalogue.store import Store
from clearinghouse.output import complaints, console, moment, print_json, print_table
from clearinghouse.session import opened, somebody
from harvester.slices import utc_now

Mail = Annotated[str, typer.Argument(metavar="MAIL")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def add_commands(app: typer.Typer) -> None:
    """Add the commands about people."""
    app.command("add")(add)
    app.command("list")(list_people)
    app.command("role")(role)
    app.command("link")(link)
    app.command("remove")(remove)


def add(
    mail: Mail,
    *,
    name: Annotated[str, typer.Option(help="What people call the person.")],
    role: Annotated[Role | None, typer.Option(help="What the person is here for.")] = None,
    node: Annotated[str, typer.Option(help="The node of a node manager.")] = "",
    language: Annotated[str, typer.Option(help="Of pages and mails: ar, en, es, fr, ru or zh.")] = "",
) -> None:
    """Add a person, and print a link to sign in with, once."""
    with opened() as (settings, store):
        _require_node(role, node)
        if node:
            store.organisations.node(node)
        with store.together():
            made = store.people.add(name, mail, somebody(), utc_now(), language=_language(language))
            if role is not None:
                _give(settings, store, made, role, node=node)
        _print_link(settings, store, made)


def list_people(*, as_json: Json = False) -> None:
    """Everybody who may sign in."""
    with opened() as (_, store):
        found = store.people.all()
    if as_json:
        print_json([person_json(one) for one in found])
        return
    print_table(
        ["mail", "name", "roles", "nodes", "last signed in"],
        [
            [
                one.mail,
                one.name,
                ", ".join(sorted(one.roles)),
                " ".join(sorted(one.nodes)),
                moment(one.seen_at),
            ]
            for one in found
        ],
    )


def role(
    mail: Mail,
    role: Annotated[Role, typer.Argument(metavar="ROLE", help=" | ".join(Role))],
    *,
    node: Annotated[str, typer.Option(help="The node of a node manager.")] = "",
    take: Annotated[bool, typer.Option("--take", help="Take the role instead of giving it.")] = False,
) -> None:
    """Give somebody a role, or take it."""
    with opened() as (settings, store):
        person = store.people.by_mail(mail)
        if take:
            changed = store.people.take(person.id, role, somebody(), utc_now(), node_id=node)
        else:
            _require_node(role, node)
            with store.together():
                changed = _give(settings, store, person, role, node=node)
    at = f" at {', '.join(sorted(changed.nodes))}" if changed.nodes else ""
    complaints.print(f"{mail}: {', '.join(sorted(changed.roles)) or 'no role'}{at}.", markup=False)


def link(mail: Mail) -> None:
    """Print a link by which somebody signs in, once, and can set a password."""
    with opened() as (settings, store):
        _print_link(settings, store, store.people.by_mail(mail))


def remove(mail: Mail, *, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Let somebody sign in no more; what was done stays noted under the name."""
    with opened() as (_, store):
        person = store.people.by_mail(mail)
        if not yes:
            typer.confirm(f"Let {person.name} ({person.mail}) sign in no more?", abort=True)
        store.people.remove(person.id, somebody(), utc_now())
    complaints.print("Removed.")


def person_json(person: Person) -> dict[str, Any]:
    """A person as JSON."""
    return asdict(person) | {"roles": sorted(person.roles), "nodes": sorted(person.nodes)}


def link_for(settings: Settings, store: Store, person: Person) -> str:
    """The address of a new link to sign in with."""
    lasts = timedelta(hours=settings.link_hours)
    secret = store.sessions.make_link(person.id, somebody(), utc_now(), lasts)
    return f"{settings.public_url}/sign-in/link/{secret}"


def first_operator(settings: Settings, store: Store) -> str:
    """A link for the operator of a catalogue where nobody has signed in yet; empty where somebody has."""
    known = store.people.all()
    if any(one.seen_at for one in known):
        return ""
    found = next((one for one in known if Role.OPERATOR in one.roles), None)
    if found is None:
        with store.together():
            found = store.people.add("Operator", settings.admin_email, somebody(), utc_now())
            _give(settings, store, found, Role.OPERATOR)
    return link_for(settings, store, found)


def _give(settings: Settings, store: Store, person: Person, role: Role, *, node: str = "") -> Person:
    """Give a role; who comes to look after everything hears of alerts."""
    # The web's half, which other commands need not wait for.
    from endpoint.alerts.beginning import begin_to_hear
    from endpoint.deps import Services

    given = store.people.give(person.id, role, somebody(), utc_now(), node_id=node)
    if begin_to_hear(Services(settings, store), given, by=somebody()):
        told = f"{given.mail} hears of alerts from now on: once a day, and at once when a guard asks."
        complaints.print(told, markup=False, highlight=False, soft_wrap=True)
    return given


def _print_link(settings: Settings, store: Store, person: Person) -> None:
    at = link_for(settings, store, person)
    complaints.print(f"Good once, for {settings.link_hours:g} hours:", markup=False)
    console.print(at, markup=False, highlight=False, soft_wrap=True)


def _require_node(role: Role | None, node: str) -> None:
    if (role is Role.NODE_MANAGER) is not bool(node):
        raise SettingsError("--node NODE goes with the role node-manager, and with no other")


def _language(tag: str) -> str:
    from endpoint.languages import LANGUAGES  # and with it Babel, which other commands need not wait for

    if tag and tag not in LANGUAGES:
        raise SettingsError(f"{tag!r} is none of {', '.join(LANGUAGES)}")
    return tag
