"""The addresses /api/sources/{id}/settings: what a source is set to, what it was, and back again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body, Query
from pydantic import BaseModel, Field
from starlette.requests import Request

from catalogue.errors import NotAllowed, SettingsError
from catalogue.people import Action
from catalogue.source import Source
from catalogue.steering import sources as steering
from catalogue.steering.hand import Hand
from endpoint.admin_api.problems import RESPONSES
from endpoint.admin_api.shapes import Shape
from endpoint.auth.gate import Reader, needs_at_source, reader
from endpoint.deps import services

router = APIRouter(prefix="/api/sources", tags=["sources"], responses=RESPONSES)

_EXAMPLE = {"schedule": "0 3 * * *", "time_zone": "Africa/Cairo"}


class Change(BaseModel):
    """One change of the settings: a version. To undo it is another."""

    id: int
    at: datetime
    who: str
    before: dict[str, str]
    after: dict[str, str]


class SettingsShown(BaseModel):
    """The settings of a source, as people write them."""

    settings: dict[str, str] = Field(
        description="Where requests go, quirks and thresholds are for operators alone."
    )
    changes: list[Change] = Field(description="What became of them, the newest first.")


class Undo(Shape):
    """Which change is to be undone."""

    change: int = Field(description="Its `id`.")


def _names(asking: Reader) -> tuple[str, ...]:
    return steering.SETTINGS if asking.may(Action.ADMINISTER) else steering.PLAIN


def _hand(request: Request, asking: Reader) -> Hand:
    known = services(request)
    return Hand(known.store, known.settings, asking.who)


def _shown(request: Request, asking: Reader, source: Source, limit: int = 50) -> SettingsShown:
    names = _names(asking)
    told = steering.written(source)
    found = steering.history(services(request).store, source.id, names=names, limit=limit)
    changes = [
        Change(id=one.id, at=one.at, who=one.who, before=one.detail["before"], after=one.detail["after"])
        for one in found
        if "after" in one.detail
    ]
    return SettingsShown(settings={name: told[name] for name in names}, changes=changes)


@router.get("/{source_id}/settings", dependencies=[needs_at_source(Action.SEE)])
def show_settings(
    request: Request, source_id: str, limit: Annotated[int, Query(ge=1, le=500)] = 50
) -> SettingsShown:
    """What a source is set to, and what it was: who changed what, and when."""
    asking = reader(request)
    return _shown(request, asking, services(request).store.sources.get(source_id), limit)


@router.patch("/{source_id}/settings", dependencies=[needs_at_source(Action.STEER)])
def change_settings(
    request: Request, source_id: str, sent: Annotated[dict[str, str], Body(examples=[_EXAMPLE])]
) -> SettingsShown:
    """Change settings of a source; those that are not named stay."""
    asking = reader(request)
    unknown = sorted(sent.keys() - set(steering.SETTINGS))
    if unknown:
        raise SettingsError(f"there is no setting {unknown[0]!r}: {', '.join(steering.SETTINGS)}")
    guarded = sorted(sent.keys() - set(_names(asking)))
    if guarded:
        raise NotAllowed(f"only operators change {', '.join(guarded)}")
    source = steering.change_settings(_hand(request, asking), source_id, sent)
    return _shown(request, asking, source)


@router.post("/{source_id}/settings/undo", dependencies=[needs_at_source(Action.STEER)])
def undo_change(request: Request, source_id: str, sent: Undo) -> SettingsShown:
    """Undo a change: what it changed becomes again what it was before, by another change."""
    asking = reader(request)
    source = steering.undo(_hand(request, asking), source_id, sent.change, _names(asking))
    return _shown(request, asking, source)
