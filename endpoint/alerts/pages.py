"""The page /dashboard/alerts: what is amiss, what was, and being quiet about one of them for a while."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from catalogue.alerts import Alert, AlertState
from catalogue.errors import UnknownAlert
from catalogue.people import Action
from endpoint.alerts import hearing, wording
from endpoint.auth.forms import Form
from endpoint.auth.gate import Reader, allowed, needs, reader
from endpoint.dashboard.pages import back, desk_page, number_in, unknown
from endpoint.deps import services

router = APIRouter(prefix="/dashboard/alerts", include_in_schema=False, dependencies=[needs(Action.SEE)])

#: Alerts on a page of what was.
_PAGE: Final = 50
#: Days for which one can be quiet, as they are offered.
DAYS: Final = (1, 7, 30)


def visible(request: Request, asking: Reader) -> Sequence[str] | None:
    """The sources that a reader may see; None: all of them."""
    nodes = asking.nodes(Action.SEE)
    if nodes is None:
        return None
    organisations = services(request).store.organisations
    return [source for node in sorted(nodes) for source in organisations.sources_of(node)]


@router.api_route("", methods=["GET", "HEAD"])
def alerts_page(request: Request) -> Response:
    """What is amiss, and what was."""
    return _page(request)


def _page(request: Request, **told: Any) -> Response:
    known, asking, now = services(request), reader(request), datetime.now(UTC)
    seen = visible(request, asking)
    before = number_in(request, "before") or None
    found = known.store.alerts.newest(source_ids=seen, before=before, limit=_PAGE + 1)
    return desk_page(
        request,
        "alerts.html",
        open=known.store.alerts.open(seen) if before is None else [],
        over=[alert for alert in found[:_PAGE] if alert.state is not AlertState.OPEN],
        older=found[_PAGE - 1].id if len(found) > _PAGE else 0,
        labels={source.id: source.label for source in known.store.sources.all()},
        may_steer=lambda alert: asking.may(Action.STEER, alert.source_id),
        is_snoozed=lambda alert: alert.is_snoozed(now),
        alert_words=wording,
        days=DAYS,
        **told,
    )


@router.post("/{alert_id}/{act}")
def act_on_alert(request: Request, alert_id: int, act: str, form: Form) -> Response:
    """Be quiet about an alert for a while, or no more."""
    known = services(request)
    try:
        alert: Alert = known.store.alerts.get(alert_id)
    except UnknownAlert:
        return unknown(request)
    who = allowed(request, Action.STEER, alert.source_id).who
    if act not in {"snooze", "wake"}:
        return unknown(request)
    days = next((days for days in DAYS if form.get("days") == str(days)), DAYS[0])
    hearing.snooze(known, alert_id, days if act == "snooze" else 0, by=who, why=form.get("why"))
    return back(request, "/dashboard/alerts", done="snoozed" if act == "snooze" else "woken")
