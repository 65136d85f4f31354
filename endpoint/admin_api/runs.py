"""The addresses /api/runs: what runs did and met, and what becomes of them."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.requests import Request

from catalogue.errors import UnknownRun
from catalogue.people import Action
from catalogue.run import HarvestRun
from catalogue.steering import acts
from endpoint.admin_api.harvest_shapes import (
    FaultShown,
    RequestShown,
    RunShown,
    Why,
    fault_shown,
    request_shown,
    run_shown,
)
from endpoint.admin_api.problems import RESPONSES
from endpoint.admin_api.shapes import Listed
from endpoint.admin_api.sources import hand_of
from endpoint.auth.gate import allowed, needs
from endpoint.deps import services

router = APIRouter(prefix="/api/runs", tags=["runs"], responses=RESPONSES)
_SEES = [needs(Action.SEE)]
_STEERS = [needs(Action.STEER)]


def _found(request: Request, run_id: int, action: Action = Action.SEE) -> HarvestRun:
    run = services(request).store.runs.get(run_id)
    allowed(request, action, run.source_id)
    return run


@router.get("", dependencies=_SEES)
def list_runs(
    request: Request,
    *,
    source: Annotated[str, Query(description="Of one source; who does not see all has to name one.")] = "",
    open_only: Annotated[bool, Query(alias="open", description="Only those that may still write.")] = False,
    before: Annotated[int | None, Query(description="From a `next` link.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Listed[RunShown]:
    """Runs, the newest first."""
    allowed(request, Action.SEE, source)
    known = services(request)
    if source:
        known.store.sources.get(source)
    found = known.store.runs.newest(source_id=source, open_only=open_only, before=before, limit=limit + 1)
    onward = None
    if len(found) > limit:
        query = {"source": source, "open": open_only or "", "before": found[limit - 1].id, "limit": limit}
        kept = {name: value for name, value in query.items() if value}
        onward = f"{known.settings.public_url}/api/runs?{urlencode(kept)}"
    return Listed[RunShown](items=[run_shown(run) for run in found[:limit]], next=onward)


@router.get("/{run_id}", dependencies=_SEES)
def show_run(request: Request, run_id: int) -> RunShown:
    """One run."""
    return run_shown(_found(request, run_id))


@router.get("/{run_id}/faults", dependencies=_SEES)
def list_faults(
    request: Request,
    run_id: int,
    *,
    rule: str = "",
    after: Annotated[int, Query(ge=0, description="From a `next` link.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Listed[FaultShown]:
    """What a run could not take, in the order in which it was met."""
    _found(request, run_id)
    known = services(request)
    found = known.store.faults.page(run_id, rule=rule, after=after, limit=limit + 1)
    onward = None
    if len(found) > limit:
        query = {"rule": rule, "after": found[limit - 1].number, "limit": limit}
        kept = {name: value for name, value in query.items() if value}
        onward = f"{known.settings.public_url}/api/runs/{run_id}/faults?{urlencode(kept)}"
    return Listed[FaultShown](items=[fault_shown(one) for one in found[:limit]], next=onward)


@router.get("/{run_id}/requests", dependencies=_SEES)
def list_requests(
    request: Request, run_id: int, limit: Annotated[int, Query(ge=1, le=1000)] = 200
) -> Listed[RequestShown]:
    """The newest requests of a run that are kept, in their order."""
    _found(request, run_id)
    told = services(request).store.exchanges.told(run_id, limit=limit)
    return Listed[RequestShown](items=[request_shown(one) for one in told], next=None)


@router.get("/{run_id}/trial", dependencies=_SEES)
def show_trial(request: Request, run_id: int) -> dict[str, Any]:
    """What a trial run would have taken, with ten records as sent, as understood, as they would look."""
    _found(request, run_id)
    report = services(request).store.trials.of(run_id)
    if report is None:
        raise UnknownRun(f"run {run_id} has no report of a trial, or no more")
    return report.to_json()


@router.post("/{run_id}/cancel", dependencies=_STEERS)
def cancel(request: Request, run_id: int, sent: Why) -> RunShown:
    """Cancel an open run: it stops at its next page, and what was committed stays."""
    _found(request, run_id, Action.STEER)
    return run_shown(acts.cancel(hand_of(request), run_id, sent.why))


@router.post("/{run_id}/go-on", status_code=202, dependencies=_STEERS)
def go_on(request: Request, run_id: int) -> RunShown:
    """Go on with a run that was broken off, from its checkpoint."""
    _found(request, run_id, Action.STEER)
    return run_shown(acts.go_on(hand_of(request), run_id))


@router.post("/{run_id}/roll-back", status_code=202, dependencies=_STEERS)
def roll_back(request: Request, run_id: int) -> RunShown:
    """Set the records of its source back to what they were at its end; the run that does so."""
    _found(request, run_id, Action.STEER)
    return run_shown(acts.roll_back(hand_of(request), run_id))
