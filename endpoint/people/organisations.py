"""The pages below /dashboard/organisations: who takes part, with which nodes and sources."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from catalogue.errors import (
    NodeExists,
    OrganisationExists,
    SettingsError,
    StillInUse,
    UnknownNode,
    UnknownSource,
)
from catalogue.people import Action, Node, Organisation
from endpoint.auth import onward, wording
from endpoint.auth.forms import Fields, Form
from endpoint.auth.gate import needs, reader
from endpoint.auth.pages import language_for, own_page
from endpoint.deps import services

ORGANISATIONS: Final = "/dashboard/organisations"
_FAILURES: Final = (NodeExists, OrganisationExists, SettingsError, StillInUse, UnknownNode, UnknownSource)

router = APIRouter(prefix=ORGANISATIONS, include_in_schema=False, dependencies=[needs(Action.ADMINISTER)])


@router.api_route("", methods=["GET", "HEAD"])
def organisations_page(request: Request) -> Response:
    """Every organisation, with its nodes and their sources."""
    return _page(request)


def _page(request: Request, *, status: int = 200, **told: Any) -> Response:
    store = services(request).store
    sources = store.sources.all()
    of_nodes: dict[str, list[Any]] = {}
    for source in sources:
        of_nodes.setdefault(source.node_id, []).append(source)
    nodes: dict[str, list[Node]] = {}
    for node in store.organisations.nodes():
        nodes.setdefault(node.organisation_id, []).append(node)
    managers: dict[str, list[Any]] = {}
    for person in store.people.all():
        for node_id in person.nodes:
            managers.setdefault(node_id, []).append(person)
    return own_page(
        request,
        "organisations.html",
        status=status,
        organisations=store.organisations.all(),
        nodes=nodes,
        sources=of_nodes,
        managers=managers,
        **({"error": "", "typed": Fields([])} | told),
    )


def _done(request: Request, form: Fields, act: Callable[[], object], anchor: str = "") -> Response:
    """Do something, and show what became of it."""
    try:
        act()
    except _FAILURES as error:
        said = wording.failure(error, language_for(request))
        return _page(request, status=422, error=said, typed=form)
    at = onward.to(request, ORGANISATIONS) + (f"#{anchor}" if anchor else "")
    return RedirectResponse(at, 303, {"Cache-Control": "no-store"})


@router.post("")
def add_organisation(request: Request, form: Form) -> Response:
    """Add an organisation, or change it where the form says `change`."""
    organisations, by, now = services(request).store.organisations, reader(request).who, datetime.now(UTC)
    act = organisations.change if "change" in form else organisations.add
    given = {name: form.get(name).strip() for name in ("id", "name", "country", "url")}
    return _done(request, form, lambda: act(Organisation(**given), by, now), f"o-{given['id']}")


@router.post("/{organisation_id}/remove")
def remove_organisation(request: Request, organisation_id: str, form: Form) -> Response:
    """Remove an organisation without nodes."""
    organisations, by, now = services(request).store.organisations, reader(request).who, datetime.now(UTC)
    return _done(request, form, lambda: organisations.remove(organisation_id, by, now))


@router.post("/{organisation_id}/nodes")
def add_node(request: Request, organisation_id: str, form: Form) -> Response:
    """Add a node, or change it where the form says `change`."""
    organisations, by, now = services(request).store.organisations, reader(request).who, datetime.now(UTC)
    organisations.get(organisation_id)
    act = organisations.change_node if "change" in form else organisations.add_node
    given = {name: form.get(name).strip() for name in ("id", "name", "country")}
    return _done(
        request,
        form,
        lambda: act(Node(organisation_id=organisation_id, **given), by, now),
        f"o-{organisation_id}",
    )


@router.post("/{organisation_id}/nodes/{node_id}/remove")
def remove_node(request: Request, organisation_id: str, node_id: str, form: Form) -> Response:
    """Remove a node without sources."""
    organisations, by, now = services(request).store.organisations, reader(request).who, datetime.now(UTC)
    return _done(request, form, lambda: organisations.remove_node(node_id, by, now), f"o-{organisation_id}")


@router.post("/{organisation_id}/nodes/{node_id}/sources")
def give_source(request: Request, organisation_id: str, node_id: str, form: Form) -> Response:
    """Give a source to a node, or take it where the form says `take`."""
    organisations, by, now = services(request).store.organisations, reader(request).who, datetime.now(UTC)
    given = "" if "take" in form else node_id
    return _done(
        request,
        form,
        lambda: organisations.give_source(form.get("source"), given, by, now),
        f"o-{organisation_id}",
    )
