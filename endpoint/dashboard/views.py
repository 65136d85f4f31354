"""What a reader wants to see of the table of nodes: columns, and views that he has saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from catalogue.errors import SettingsError
from catalogue.people import Action
from catalogue.store.community.views import View
from endpoint.auth.forms import Form
from endpoint.auth.gate import needs, reader
from endpoint.dashboard.nodes import Wish
from endpoint.dashboard.pages import back, refused
from endpoint.deps import services
from endpoint.languages import N_

router = APIRouter(prefix="/dashboard", include_in_schema=False, dependencies=[needs(Action.SEE)])

#: What columns are called.
COLUMNS: Final[Mapping[str, str]] = {
    "state": N_("State"),
    "last": N_("Last good run"),
    "next": N_("Next run"),
    "records": N_("Records"),
    "runs": N_("Last 30 runs"),
    "problems": N_("Problems"),
    "address": N_("Address"),
    "schedule": N_("Schedule"),
}
_ASKED: Final = ("state", "q", "sort", "column", "page")
_LONGEST: Final = 2000


def saved(request: Request) -> list[View]:
    """The views that this reader has saved."""
    person = reader(request).person
    return services(request).store.views.of(person.id) if person else []


def wish_of(request: Request, views: Sequence[View]) -> Wish:
    """What the address asks for; where it asks for nothing, the view that this reader wants to see first."""
    asked = request.query_params
    first = next((view for view in views if view.first), None)
    if first is None or any(name in asked for name in _ASKED):
        return Wish.of(asked)
    return Wish.of(QueryParams(first.query))


def query_of(wish: Wish) -> str:
    """What of a wish is not as it is by itself, as it stands in an address."""
    return urlencode({name: value for name, value in wish.query.items() if value}, doseq=True)


@router.post("/views")
def save_view(request: Request, form: Form) -> Response:
    """Save what the table shows under a name; remove that where the form says `remove`."""
    store, person = services(request).store, reader(request).person
    name = " ".join(form.get("name").split())
    wish = Wish.of(QueryParams(form.get("query")[:_LONGEST]))
    if person is None or not name.isprintable():
        return refused(request, "/dashboard", SettingsError("no name"))
    if "remove" in form:
        store.views.remove(person.id, name)
        return back(request, "/dashboard", done="view-removed", sort=wish.query["sort"])
    try:
        store.views.save(person.id, View(name, query_of(wish), "first" in form), datetime.now(UTC))
    except SettingsError as error:
        return refused(request, "/dashboard", error)
    return back(request, "/dashboard", done="view-saved", **wish.query)
