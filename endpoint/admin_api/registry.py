"""The addresses /api/sources (to add one), /api/sources/{source}/retire and /bring-back, and /api/pause."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request

from catalogue.people import Action
from catalogue.run import Pause
from catalogue.source import Missed, Protocol, Source
from catalogue.steering import pausing
from catalogue.steering import sources as steering
from endpoint.admin_api.harvest_shapes import RunShown, SourceShown, Why, run_shown
from endpoint.admin_api.problems import RESPONSES
from endpoint.admin_api.sources import hand_of, shown
from endpoint.auth.gate import needs
from endpoint.deps import services

router = APIRouter(prefix="/api", responses=RESPONSES, dependencies=[needs(Action.ADMINISTER)])


class NewSource(BaseModel):
    """A source that is to be harvested."""

    id: str = Field(max_length=64, examples=["nile"])
    protocol: Protocol
    base_url: str = Field(max_length=2000, examples=["https://repository.example.org/oai"])
    title: str = Field("", max_length=300)
    metadata_prefix: str = Field("", max_length=100)
    sets: list[str] = Field([], max_length=1000)
    schedule: str = Field("", max_length=100, examples=["0 2 * * *"])
    time_zone: str = Field("", max_length=100, examples=["Africa/Cairo"])
    missed: Missed = Missed.MAKE_UP


class PauseShown(BaseModel):
    """Whether all harvesting is paused."""

    paused: bool
    since: datetime | None = None
    by: str = ""
    why: str = ""


def _pause_shown(pause: Pause | None) -> PauseShown:
    if pause is None:
        return PauseShown(paused=False)
    return PauseShown(paused=True, since=pause.since, by=pause.requested_by, why=pause.reason)


@router.post("/sources", status_code=201, tags=["sources"])
def add_source(request: Request, sent: NewSource) -> SourceShown:
    """Add a source. It belongs to no node yet: `/api/nodes/{node}/sources/{source}` gives it to one."""
    made = Source(**sent.model_dump() | {"sets": tuple(sent.sets)})
    steering.add(hand_of(request), made)
    return shown(request, made.id, Action.ADMINISTER)


@router.post("/sources/{source_id}/retire", status_code=202, tags=["sources"])
def retire(request: Request, source_id: str, sent: Why) -> RunShown:
    """Harvest it no more, and tell all its records as deleted; the run that does so."""
    return run_shown(steering.retire(hand_of(request), source_id, sent.why))


@router.post("/sources/{source_id}/bring-back", tags=["sources"])
def bring_back(request: Request, source_id: str, sent: Why) -> SourceShown:
    """Harvest it again after it was retired: the next harvest reads the whole list."""
    steering.bring_back(hand_of(request), source_id, sent.why)
    return shown(request, source_id, Action.ADMINISTER)


@router.get("/pause", tags=["runs"])
def show_pause(request: Request) -> PauseShown:
    """Whether all harvesting is paused."""
    return _pause_shown(services(request).store.pauses.current())


@router.put("/pause", tags=["runs"])
def pause_all(request: Request, sent: Why) -> PauseShown:
    """Pause all harvesting, in every process: runs stop at their next page, and wait."""
    return _pause_shown(pausing.pause_all(hand_of(request), sent.why))


@router.delete("/pause", tags=["runs"])
def resume_all(request: Request) -> PauseShown:
    """Let all harvesting go on where it stopped."""
    pausing.resume_all(hand_of(request))
    return _pause_shown(None)
