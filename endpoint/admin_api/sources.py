"""The addresses /api/sources: how sources stand, what is wrong with them, and what is done to them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Query
from starlette.requests import Request
from starlette.responses import Response

from catalogue.errors import TooManyCheckups
from catalogue.node_state import NodeState
from catalogue.people import Action
from catalogue.steering import acts
from catalogue.steering import sources as steering
from catalogue.steering.hand import Hand
from endpoint.admin_api.harvest_shapes import (
    Accepted,
    CheckupAsked,
    HarvestAsked,
    ProblemShown,
    RemapAsked,
    RunShown,
    SourceShown,
    Why,
    problem_shown,
    run_shown,
    source_shown,
)
from endpoint.admin_api.problems import RESPONSES
from endpoint.admin_api.shapes import Listed
from endpoint.auth.gate import needs, needs_at_source, reader
from endpoint.dashboard.nodes import Wish, desk, with_details
from endpoint.deps import services

router = APIRouter(prefix="/api/sources", tags=["sources"], responses=RESPONSES)
_STEERS = [needs_at_source(Action.STEER)]


def hand_of(request: Request) -> Hand:
    """The hand of whoever asks."""
    known = services(request)
    return Hand(known.store, known.settings, reader(request).who)


@router.get("", dependencies=[needs(Action.SEE)])
def list_sources(
    request: Request,
    *,
    state: Annotated[list[NodeState] | None, Query(description="In one of these states.")] = None,
    q: Annotated[str, Query(max_length=200, description="Words of name and address.")] = "",
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Listed[SourceShown]:
    """The sources that this token may see, by name, and how they stand."""
    known, wish = services(request), Wish(frozenset(state or ()), q, "name")
    found = desk(request, reader(request))
    chosen = found.chosen(wish)
    lines = with_details(known.store, chosen[(page - 1) * limit : page * limit], found.now)
    onward = None
    if page * limit < len(chosen):
        query = urlencode({"state": state or [], "q": q, "page": page + 1, "limit": limit}, doseq=True)
        onward = f"{known.settings.public_url}/api/sources?{query}"
    return Listed[SourceShown](items=[source_shown(line) for line in lines], next=onward)


@router.get("/{source_id}", dependencies=[needs_at_source(Action.SEE)])
def show_source(request: Request, source_id: str) -> SourceShown:
    """One source, and how it stands."""
    return shown(request, source_id)


def shown(request: Request, source_id: str, action: Action = Action.SEE) -> SourceShown:
    """One source, as far as whoever asks may do this to it."""
    store = services(request).store
    store.sources.get(source_id)
    found = desk(request, reader(request), [source_id], action=action)
    (line,) = with_details(store, found.lines, found.now)
    return source_shown(line)


@router.post("/{source_id}/harvest", status_code=202, dependencies=_STEERS)
def harvest(request: Request, source_id: str, sent: HarvestAsked) -> RunShown:
    """Ask for a harvest: a worker takes it up before those of the schedule."""
    return run_shown(acts.harvest(hand_of(request), source_id, full=sent.full))


@router.post("/{source_id}/remap", status_code=202, dependencies=_STEERS)
def remap(request: Request, source_id: str, sent: RemapAsked) -> RunShown:
    """Read what is stored again, all of it or only what was set aside; the node is not asked."""
    act = acts.retry_set_aside if sent.set_aside_only else acts.remap
    return run_shown(act(hand_of(request), source_id))


@router.post("/{source_id}/trial", status_code=202, dependencies=_STEERS)
def trial(request: Request, source_id: str) -> RunShown:
    """Ask for a trial: a part of its list is read as a harvest reads it, told, and not kept."""
    return run_shown(acts.trial(hand_of(request), source_id))


@router.post("/{source_id}/check-up", status_code=202, dependencies=_STEERS)
def check_up(request: Request, source_id: str) -> CheckupAsked:
    """Ask for a check-up of its address."""
    try:
        made = acts.check_up(hand_of(request), source_id)
    except TooManyCheckups as error:
        raise HTTPException(429, str(error), {"Retry-After": str(error.retry_after)}) from error
    return CheckupAsked(check=f"{services(request).settings.public_url}/api/checks/{made}")


@router.post("/{source_id}/pause", dependencies=_STEERS)
def pause(request: Request, source_id: str, sent: Why) -> SourceShown:
    """Harvest it no more until it is resumed; its records stay."""
    steering.pause(hand_of(request), source_id, sent.why)
    return shown(request, source_id, Action.STEER)


@router.post("/{source_id}/resume", dependencies=_STEERS)
def resume(request: Request, source_id: str, sent: Why) -> SourceShown:
    """Harvest it again."""
    steering.resume(hand_of(request), source_id, sent.why)
    return shown(request, source_id, Action.STEER)


@router.get("/{source_id}/problems", dependencies=[needs_at_source(Action.SEE)])
def problems(request: Request, source_id: str) -> Listed[ProblemShown]:
    """What is wrong with its records, the most frequent first."""
    store = services(request).store
    store.sources.get(source_id)
    (glance,) = store.overview.glances([source_id])
    groups = store.problems.groups(source_id, glance.last_run or 0, datetime.now(UTC))
    return Listed[ProblemShown](items=[problem_shown(one) for one in groups], next=None)


@router.put("/{source_id}/problems/{rule}/acceptance", status_code=204, dependencies=_STEERS)
def accept(request: Request, source_id: str, rule: str, sent: Accepted) -> Response:
    """Accept a problem for a while: until then it does not count."""
    acts.accept_problem(hand_of(request), source_id, rule, why=sent.why, days=sent.days)
    return Response(status_code=204)


@router.delete("/{source_id}/problems/{rule}/acceptance", status_code=204, dependencies=_STEERS)
def accept_no_more(request: Request, source_id: str, rule: str) -> Response:
    """Let a problem count again."""
    acts.accept_problem(hand_of(request), source_id, rule, why="", days=0)
    return Response(status_code=204)
