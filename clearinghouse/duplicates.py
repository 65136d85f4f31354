"""`clearinghouse duplicates ...`: records of several sources that are copies of one thing."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from catalogue.cluster import Cluster, Match
from clearinghouse.output import complaints, console, moment, print_json, print_table
from clearinghouse.session import opened
from harvester.slices import utc_now

Identifier = Annotated[str, typer.Argument(metavar="IDENTIFIER", help="As the feed gives it out: oai:...")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
By = Annotated[str, typer.Option(metavar="NAME", help="Who decides it.")]


def add_commands(app: typer.Typer) -> None:
    """Add the commands of `clearinghouse duplicates`."""
    app.callback()(list_clusters)
    app.command("show")(show)
    app.command("split")(split)
    app.command("join")(join)
    app.command("rebuild")(rebuild)


def list_clusters(
    context: typer.Context,
    *,
    after: Annotated[int, typer.Option(help="Behind the cluster with this number.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 50,
    as_json: Json = False,
) -> None:
    """Records of several sources that are copies of one thing."""
    if context.invoked_subcommand:
        return
    with opened() as (_, store):
        found = store.clusters.page(after=after, limit=limit)
        count = store.clusters.count()
    if as_json:
        print_json([cluster_json(cluster) for cluster in found])
        return
    print_table(
        ["cluster", "copies", "sources", "why", "title"],
        [
            [
                str(cluster.id),
                str(len(cluster.members)),
                ", ".join(sorted({member.source_id for member in cluster.members})),
                ", ".join(dict.fromkeys(str(match.rule) for match in cluster.matches)) or "decision",
                cluster.lead.title[:80],
            ]
            for cluster in found
            if cluster.members
        ],
    )
    complaints.print(f"{count} clusters.")


def show(identifier: Identifier, *, as_json: Json = False) -> None:
    """The cluster of a record: its members, the one that leads first, and why they are taken for copies."""
    with opened() as (_, store):
        _tell(store.clusters.of(identifier), as_json=as_json)


def split(identifier: Identifier, *, by: By = "", as_json: Json = False) -> None:
    """Decide that a record is no copy of the others in its cluster. Every later harvest heeds it."""
    with opened() as (_, store):
        cluster = store.clusters.split(identifier, utc_now(), by=by)
    others = [member.identifier for member in cluster.members if member.identifier != identifier]
    if as_json:
        print_json({"split": identifier, "from": others})
        return
    for other in others:
        complaints.print(f"{identifier} stands apart from {other}", markup=False, soft_wrap=True)


def join(
    identifier: Identifier,
    others: Annotated[list[str], typer.Argument(metavar="IDENTIFIER...", help="Its copies.")],
    *,
    by: By = "",
    as_json: Json = False,
) -> None:
    """Decide that records are copies of one thing. Every later harvest heeds it."""
    with opened() as (_, store):
        _tell(store.clusters.join([identifier, *others], utc_now(), by=by), as_json=as_json)


def rebuild(*, as_json: Json = False) -> None:
    """Compare all records with each other anew. Decisions stay."""
    from harvester.settling import rebuild as compare_all  # what compares titles takes a while to import

    with opened() as (_, store):
        compared = compare_all(store)
        count = store.clusters.count()
    if as_json:
        print_json({"compared": compared, "clusters": count})
        return
    complaints.print(f"{compared} records compared: {count} clusters.")


def cluster_json(cluster: Cluster) -> dict[str, Any]:
    """A cluster as JSON: identifiers in place of the store's numbers."""
    names = {member.record_id: member.identifier for member in cluster.members}
    return {
        "cluster": cluster.id,
        "lead": cluster.lead.identifier if cluster.members else None,
        "members": [asdict(member) for member in cluster.members],
        "matches": [
            {
                "first": names[match.first],
                "second": names[match.second],
                "rule": match.rule,
                "score": match.score,
                "compared": dict(match.values),
            }
            for match in cluster.matches
        ],
        "decisions": [asdict(decision) for decision in cluster.decisions],
    }


def _tell(cluster: Cluster, *, as_json: bool) -> None:
    if as_json:
        print_json(cluster_json(cluster))
        return
    console.print(f"Cluster {cluster.id}: {cluster.lead.title}", markup=False)
    print_table(
        ["", "identifier", "source", "format"],
        [
            [
                "lead" if member is cluster.lead else "",
                member.identifier,
                member.source_id,
                member.metadata_prefix,
            ]
            for member in cluster.members
        ],
    )
    names = {member.record_id: member.identifier for member in cluster.members}
    if cluster.matches:
        print_table(
            ["rule", "score", "one", "other", "compared"],
            [
                [match.rule, f"{match.score:.2f}", names[match.first], names[match.second], _compared(match)]
                for match in cluster.matches
            ],
        )
    for decision in cluster.decisions:
        said = "belongs with" if decision.together else "stands apart from"
        by = f" by {decision.by}" if decision.by else ""
        console.print(
            f"{moment(decision.at)}: {decision.first} {said} {decision.second}, decided{by}",
            markup=False,
            soft_wrap=True,
        )


def _compared(match: Match) -> str:
    return "; ".join(f"{name}: {value}" for name, value in match.values.items())
