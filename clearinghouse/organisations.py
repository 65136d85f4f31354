"""`clearinghouse organisation` and `clearinghouse node`: who takes part, and with which sources."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from catalogue.people import Node, Organisation
from catalogue.store import Store
from clearinghouse.output import complaints, print_json, print_table
from clearinghouse.session import opened, somebody
from harvester.slices import utc_now

Id = Annotated[str, typer.Argument(metavar="ID")]
Name = Annotated[str, typer.Option(help="What people call it.")]
Country = Annotated[str, typer.Option(help="Two capital letters, as KE; none where there are several.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def add_commands(organisation_app: typer.Typer, node_app: typer.Typer) -> None:
    """Add the commands about organisations and nodes."""
    organisation_app.command("add")(add)
    organisation_app.command("list")(list_organisations)
    organisation_app.command("remove")(remove)
    node_app.command("add")(add_node)
    node_app.command("source")(give_source)
    node_app.command("remove")(remove_node)


def add(
    organisation_id: Id,
    *,
    name: Name,
    country: Country = "",
    url: Annotated[str, typer.Option(help="Its web page.")] = "",
) -> None:
    """Add an organisation: a regional centre, a Party's authority."""
    with opened() as (_, store):
        store.organisations.add(Organisation(organisation_id, name, country, url), somebody(), utc_now())


def list_organisations(*, as_json: Json = False) -> None:
    """Every organisation, with its nodes and their sources."""
    with opened() as (_, store):
        found = [_json(store, one) for one in store.organisations.all()]
    if as_json:
        print_json(found)
        return
    rows = []
    for one in found:
        rows.append([one["id"], one["name"], one["country"], "", ""])
        rows += [["", "", node["country"], node["id"], " ".join(node["sources"])] for node in one["nodes"]]
    print_table(["organisation", "name", "country", "node", "sources"], rows)


def _json(store: Store, organisation: Organisation) -> dict[str, Any]:
    nodes = store.organisations.nodes(organisation.id)
    told = [asdict(node) | {"sources": store.organisations.sources_of(node.id)} for node in nodes]
    return asdict(organisation) | {"nodes": told}


def remove(organisation_id: Id) -> None:
    """Remove an organisation without nodes."""
    with opened() as (_, store):
        store.organisations.remove(organisation_id, somebody(), utc_now())
    complaints.print("Removed.")


def add_node(
    node_id: Id,
    *,
    organisation: Annotated[str, typer.Option(help="Whose node it is.")],
    name: Name,
    country: Country = "",
) -> None:
    """Add a node to an organisation."""
    with opened() as (_, store):
        store.organisations.add_node(Node(node_id, organisation, name, country), somebody(), utc_now())


def give_source(
    node_id: Annotated[str, typer.Argument(metavar="NODE")],
    source_id: Annotated[str, typer.Argument(metavar="SOURCE")],
    *,
    take: Annotated[bool, typer.Option("--take", help="Take it from there instead.")] = False,
) -> None:
    """Give a source to a node."""
    with opened() as (_, store):
        store.organisations.node(node_id)
        given = "" if take else node_id
        store.organisations.give_source(source_id, given, somebody(), utc_now())


def remove_node(node_id: Id) -> None:
    """Remove a node without sources."""
    with opened() as (_, store):
        store.organisations.remove_node(node_id, somebody(), utc_now())
    complaints.print("Removed.")
