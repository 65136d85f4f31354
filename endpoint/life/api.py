"""The address /api/where: the JSON of *Where is my record?*, by the rules of the page."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from catalogue.lives import Event, Life, Standing, What
from endpoint.admin_api.problems import refusals
from endpoint.auth.gate import reader
from endpoint.life.seeking import Shown, found

router = APIRouter()

_NAMES = "An identifier, the last part of one, an address, a DOI, or words of a title."
Name = Annotated[str, Query(min_length=1, max_length=1000, description=_NAMES)]
Source = Annotated[str, Query(max_length=64, description="The source that is meant, where several have it.")]


class CandidateTold(BaseModel):
    """A record that may be meant."""

    source: str
    source_identifier: str
    identifier: str = Field(description="Ours; empty: it was never taken.")
    title: str = Field(description="Empty: of a deleted record it is told to those who may see its source.")
    standing: Standing


class EventTold(BaseModel):
    """One thing that happened to it."""

    what: What
    at: datetime | None
    run: int
    rule: str = Field(description="Of what was set aside: which rule it broke.")
    path: str = Field(description="Where; told to those who may see its source.")
    why: str = Field(description="As above.")
    repairs: list[str] = Field(description="What its answer needed before it could be read; as above.")
    added: list[str] = Field(description="What it did not say, and its source's registration supplied.")


class LifeTold(CandidateTold):
    """The life of one record."""

    label: str = Field(description="What people call its source.")
    source_datestamp: str
    datestamp: datetime | None = Field(description="When our copy became visible, or last changed.")
    first_visible: datetime | None
    last_listed_at: datetime | None
    absent_since: datetime | None = Field(description="Since when complete lists of its source lack it.")
    sets: list[str]
    formats: list[str] = Field(description="metadataPrefixes in which the feed has it.")
    added: list[str] = Field(
        description="Not sent by its source, but supplied by its registration: language, licence, country."
    )
    copies: list[str] = Field(description="Identifiers of records that are copies of the same.")
    waits: str = Field(description="What waits for an answer; told to those who may see its source.")
    events: list[EventTold]


class WhereTold(BaseModel):
    """What was found under a name."""

    candidates: list[CandidateTold]
    more: bool = Field(description="There are more than are told.")
    life: LifeTold | None = Field(description="Where one record is meant, and no more.")


@router.get("/api/where", response_model=WhereTold, responses=refusals(401, 422))
def where(request: Request, response: Response, q: Name, source: Source = "") -> WhereTold:
    """Where a record is: what became of it since its first listing, found by any of its names."""
    reader(request)  # a token that is none is not passed over in silence
    response.headers["Cache-Control"] = "no-store"
    sought = found(request, q, source)
    life = sought.life
    told = _life(life, life.record) if life and isinstance(life.record, Life) else None
    return WhereTold(
        candidates=[CandidateTold(**_candidate(one)) for one in sought.candidates],
        more=sought.more,
        life=told,
    )


def _candidate(one: Shown) -> dict[str, str]:
    record = one.record
    return {
        "source": record.source_id,
        "source_identifier": record.source_identifier,
        "identifier": record.identifier,
        "title": one.name,
        "standing": record.standing,
    }


def _life(shown: Shown, life: Life) -> LifeTold:
    return LifeTold(
        **_candidate(shown),
        label=shown.label,
        source_datestamp=life.source_datestamp,
        datestamp=life.datestamp,
        first_visible=life.first_visible,
        last_listed_at=life.last_listed_at,
        absent_since=life.absent_since,
        sets=list(life.sets),
        formats=list(life.formats),
        added=list(life.added),
        copies=[twin.identifier for twin in life.twins],
        waits=life.waits.reason if life.waits and shown.within else "",
        events=[_event(event, within=shown.within) for event in life.events],
    )


def _event(event: Event, *, within: bool) -> EventTold:
    return EventTold(
        what=event.what,
        at=event.at,
        run=event.run,
        rule=event.rule,
        path=event.path if within else "",
        why=event.why if within else "",
        repairs=list(event.repairs) if within else [],
        added=list(event.added),
    )
