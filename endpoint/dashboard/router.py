"""The address /dashboard: how all nodes stand, what needs a person, what is going on, what comes next."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import datetime, timedelta
from io import StringIO
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from catalogue.dues import waits_until
from catalogue.node_state import NodeState
from catalogue.people import Action
from endpoint.alerts import wording as alert_words
from endpoint.auth.gate import needs, reader
from endpoint.auth.pages import language_for
from endpoint.dashboard import charts, views
from endpoint.dashboard.needs import needs_of
from endpoint.dashboard.nodes import (
    PAGE,
    SORTS,
    Desk,
    NodeLine,
    Wish,
    at_work,
    desk,
    dues_of,
    with_details,
)
from endpoint.dashboard.pages import desk_page
from endpoint.dashboard.wording.questions import ANSWERS, asked
from endpoint.deps import services

router = APIRouter(prefix="/dashboard", include_in_schema=False, dependencies=[needs(Action.SEE)])

#: Coming harvests that are named.
_COMING: Final = 40
_DAY: Final = timedelta(hours=24)
#: Texts that a spreadsheet would take for formulas begin so.
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")


@router.api_route("", methods=["GET", "HEAD"])
def dashboard(request: Request) -> Response:
    """How all nodes stand."""
    known, asking, mine = services(request), reader(request), views.saved(request)
    wish = views.wish_of(request, mine)
    found = desk(request, asking)
    chosen, lines = _page(request, found, wish)
    language = language_for(request)
    return desk_page(
        request,
        "desk.html",
        live=True,
        desk=found,
        states=list(NodeState),
        needs=needs_of(known.store, found),
        registrations=len(known.store.registrations.waiting()) if asking.may(Action.DECIDE) else 0,
        asked=lambda question, label: asked(question, label, language),
        answers=ANSWERS,
        alert_words=alert_words,
        wish=wish,
        views=mine,
        columns=views.COLUMNS,
        sorts=SORTS,
        query=views.query_of(wish),
        chosen=len(chosen),
        lines=lines,
        pages=-(-len(chosen) // PAGE),
        box=charts.BOX,
        at_work=at_work(found),
        coming=_coming(request, found),
        pause=known.store.pauses.current(),
        may_administer=asking.may(Action.ADMINISTER),
    )


def _page(request: Request, found: Desk, wish: Wish) -> tuple[list[NodeLine], list[NodeLine]]:
    """The nodes that are wanted, and those of them that stand on the page."""
    store = services(request).store
    if wish.sort == "problems":
        found = Desk(found.now, with_details(store, found.lines, found.now), found.counts)
    chosen = found.chosen(wish)
    first = (wish.page - 1) * PAGE
    return chosen, with_details(store, chosen[first : first + PAGE], found.now)


def _coming(request: Request, found: Desk) -> list[tuple[datetime, NodeLine]]:
    """What is harvested within the next day, in order."""
    dues, until = dues_of(request), found.now + _DAY
    due = ((dues.of(line.glance, found.now).next, line) for line in found.lines)
    # What is due in quiet hours begins when they end.
    begins = [(waits_until(line.glance, at) or at, line) for at, line in due if at is not None]
    near = [(at, line) for at, line in begins if at < until]
    return sorted(near, key=lambda one: (one[0], one[1].id))[:_COMING]


@router.api_route("/nodes.csv", methods=["GET", "HEAD"])
def nodes_csv(request: Request) -> Response:
    """The table of nodes, all of those that are wanted, for a spreadsheet."""
    found, wish = desk(request, reader(request)), Wish.of(request.query_params)
    lines = with_details(services(request).store, found.chosen(wish), found.now)
    header = (
        "id",
        "name",
        "protocol",
        "address",
        "state",
        "last good run",
        "next run",
        "records",
        "problems",
    )
    rows = [
        (
            line.id, line.label, line.glance.protocol, line.glance.base_url, line.state,
            _moment(line.glance.good_at), _moment(line.next_at), line.records, line.problems,
        )
        for line in lines
    ]  # fmt: skip
    return csv_file("nodes.csv", header, rows)


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else ""


def csv_file(name: str, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> Response:
    """A table as CSV (RFC 4180), in UTF-8; no cell of it is a formula."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([[_cell(value) for value in row] for row in rows])
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return Response("\ufeff" + text.getvalue(), headers=headers, media_type="text/csv; charset=utf-8")


def _cell(value: Any) -> str:
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULAS) else text
