"""The addresses /api/organisations and /api/nodes."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from catalogue.people import Action, Node, Organisation
from catalogue.store import Store
from endpoint.admin_api.problems import RESPONSES
from endpoint.admin_api.shapes import (
    Listed,
    NewNode,
    NewOrganisation,
    NodeSent,
    NodeShown,
    OrganisationSent,
    OrganisationShown,
)
from endpoint.auth.gate import needs, reader
from endpoint.deps import services

router = APIRouter(prefix="/api", tags=["organisations and nodes"], responses=RESPONSES)
_SEES = [needs(Action.SEE)]
_ADMINISTERS = [needs(Action.ADMINISTER)]


@router.get("/organisations", dependencies=_SEES)
def list_organisations(request: Request) -> Listed[OrganisationShown]:
    """Every organisation, by name."""
    store = services(request).store
    nodes: dict[str, list[str]] = {}
    for node in store.organisations.nodes():
        nodes.setdefault(node.organisation_id, []).append(node.id)
    items = [_shown(one, nodes.get(one.id, [])) for one in store.organisations.all()]
    return Listed[OrganisationShown](items=items, next=None)


@router.post("/organisations", status_code=201, dependencies=_ADMINISTERS)
def add_organisation(request: Request, sent: NewOrganisation) -> OrganisationShown:
    """Add an organisation."""
    store, made = services(request).store, Organisation(**sent.model_dump())
    store.organisations.add(made, reader(request).who, datetime.now(UTC))
    return _organisation(store, made)


@router.get("/organisations/{organisation_id}", dependencies=_SEES)
def show_organisation(request: Request, organisation_id: str) -> OrganisationShown:
    """One organisation."""
    store = services(request).store
    return _organisation(store, store.organisations.get(organisation_id))


@router.put("/organisations/{organisation_id}", dependencies=_ADMINISTERS)
def change_organisation(request: Request, organisation_id: str, sent: OrganisationSent) -> OrganisationShown:
    """Change an organisation."""
    store, changed = services(request).store, Organisation(organisation_id, **sent.model_dump())
    store.organisations.change(changed, reader(request).who, datetime.now(UTC))
    return _organisation(store, changed)


@router.delete("/organisations/{organisation_id}", status_code=204, dependencies=_ADMINISTERS)
def remove_organisation(request: Request, organisation_id: str) -> Response:
    """Remove an organisation without nodes."""
    services(request).store.organisations.remove(organisation_id, reader(request).who, datetime.now(UTC))
    return Response(status_code=204)


@router.get("/nodes", dependencies=_SEES)
def list_nodes(request: Request, organisation: str = "") -> Listed[NodeShown]:
    """Every node, or those of one organisation, by name."""
    store = services(request).store
    sources: dict[str, list[str]] = {}
    for source in store.sources.all():
        sources.setdefault(source.node_id, []).append(source.id)
    items = [_node_shown(one, sources.get(one.id, [])) for one in store.organisations.nodes(organisation)]
    return Listed[NodeShown](items=items, next=None)


@router.post("/nodes", status_code=201, dependencies=_ADMINISTERS)
def add_node(request: Request, sent: NewNode) -> NodeShown:
    """Add a node to an organisation."""
    store, made = services(request).store, Node(**sent.model_dump())
    store.organisations.add_node(made, reader(request).who, datetime.now(UTC))
    return _node(store, made)


@router.get("/nodes/{node_id}", dependencies=_SEES)
def show_node(request: Request, node_id: str) -> NodeShown:
    """One node."""
    store = services(request).store
    return _node(store, store.organisations.node(node_id))


@router.put("/nodes/{node_id}", dependencies=_ADMINISTERS)
def change_node(request: Request, node_id: str, sent: NodeSent) -> NodeShown:
    """Change a node."""
    store, changed = services(request).store, Node(node_id, **sent.model_dump())
    store.organisations.change_node(changed, reader(request).who, datetime.now(UTC))
    return _node(store, changed)


@router.delete("/nodes/{node_id}", status_code=204, dependencies=_ADMINISTERS)
def remove_node(request: Request, node_id: str) -> Response:
    """Remove a node without sources."""
    services(request).store.organisations.remove_node(node_id, reader(request).who, datetime.now(UTC))
    return Response(status_code=204)


@router.put("/nodes/{node_id}/sources/{source_id}", dependencies=_ADMINISTERS)
def give_source(request: Request, node_id: str, source_id: str) -> NodeShown:
    """Give a source to a node; it belongs to one at a time."""
    store = services(request).store
    store.organisations.give_source(source_id, node_id, reader(request).who, datetime.now(UTC))
    return _node(store, store.organisations.node(node_id))


@router.delete("/nodes/{node_id}/sources/{source_id}", dependencies=_ADMINISTERS)
def take_source(request: Request, node_id: str, source_id: str) -> NodeShown:
    """Take a source from a node; it belongs to none then."""
    store = services(request).store
    found = store.organisations.node(node_id)
    if store.organisations.node_of(source_id) == node_id:
        store.organisations.give_source(source_id, "", reader(request).who, datetime.now(UTC))
    return _node(store, found)


def _organisation(store: Store, one: Organisation) -> OrganisationShown:
    return _shown(one, [node.id for node in store.organisations.nodes(one.id)])


def _shown(one: Organisation, nodes: list[str]) -> OrganisationShown:
    return OrganisationShown(id=one.id, name=one.name, country=one.country, url=one.url, nodes=nodes)


def _node(store: Store, one: Node) -> NodeShown:
    return _node_shown(one, store.organisations.sources_of(one.id))


def _node_shown(one: Node, sources: list[str]) -> NodeShown:
    return NodeShown(
        id=one.id, organisation_id=one.organisation_id, name=one.name, country=one.country, sources=sources
    )
