"""The addresses /api/registrations: what waits for a decision, its trial, and the decision."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.requests import Request

from catalogue.errors import InvalidQuery
from catalogue.people import Action
from catalogue.registration import Registration, RegistrationState, to_json
from catalogue.store.community.registrations import Listed as Row
from endpoint.admin_api.problems import RESPONSES
from endpoint.admin_api.shapes import Listed, Shape
from endpoint.auth.gate import needs, reader
from endpoint.deps import services
from endpoint.registration import acts
from endpoint.registration.forms import TEXT, tells_a_mail
from endpoint.registration.places import Wish

router = APIRouter(
    prefix="/api/registrations",
    tags=["registrations"],
    responses=RESPONSES,
    dependencies=[needs(Action.DECIDE)],
)


class RegistrationRow(BaseModel):
    """A registration in a list."""

    id: int
    reference: str
    state: RegistrationState
    label: str
    organisation: str
    country: str
    address: str
    sent_at: datetime | None
    decided_at: datetime | None
    reason: str = Field(description="Of the decision; public.")
    source_id: str = Field(description="The source that it became; empty: none.")


class EventShown(BaseModel):
    """Something that happened to it."""

    at: datetime
    kind: str
    by: str = Field(description="A person of ours; empty: the registrant, or a worker.")
    text: str


class RegistrationShown(RegistrationRow):
    """One registration."""

    answers: dict[str, Any] = Field(description="What the registrant has said, step by step.")
    trial: dict[str, Any] | None = Field(description="The trial harvest; null: not done yet.")
    events: list[EventShown]


class Because(Shape):
    """Why; it is public where it decides."""

    reason: str = Field(min_length=1, max_length=TEXT)


class Acceptance(Because):
    """Why it is accepted, and where it goes."""

    source_id: str = Field(description="Id of the new source.")
    title: str = Field("", description="Its name; empty: as the registrant calls it.")
    where: str = Field(
        "",
        description="`node:ID`: a node that is there. `organisation:ID`: a new node of an organisation that"
        " is there. Empty: a new organisation with a new node.",
    )
    manager: bool = Field(False, description="Whether the registrant is to look after the node.")


class Written(Shape):
    """A message to the registrant."""

    text: str = Field(min_length=1, max_length=TEXT)


@router.get("")
def list_registrations(
    request: Request,
    state: Annotated[
        RegistrationState | None, Query(description="In this state; all but drafts where none is named.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Listed[RegistrationRow]:
    """The newest registrations."""
    wanted = (state,) if state else ()
    found = services(request).store.registrations.newest(*wanted, limit=limit)
    return Listed[RegistrationRow](items=[_row(one) for one in found], next=None)


def _row(one: Row) -> RegistrationRow:
    return RegistrationRow(
        id=one.id, reference=one.reference, state=one.state, label=one.label, organisation=one.organisation,
        country=one.country, address=one.address, sent_at=one.sent_at, decided_at=one.decided_at,
        reason=one.reason, source_id=one.source_id,
    )  # fmt: skip


@router.get("/{number}")
def show_registration(request: Request, number: int) -> RegistrationShown:
    """One registration, with its trial harvest."""
    return _shown(services(request).store.registrations.get(number))


@router.post("/{number}/accept")
def accept(request: Request, number: int, sent: Acceptance) -> RegistrationShown:
    """Accept it, and make it a source; where two have to say so, the first one only says it."""
    wish = Wish(sent.source_id, sent.title, sent.where, sent.manager)
    reason = _public(sent.reason)
    return _shown(acts.accept(services(request), number, wish, by=_who(request), reason=reason))


@router.post("/{number}/ask")
def ask_for_changes(request: Request, number: int, sent: Because) -> RegistrationShown:
    """Ask the registrant for changes."""
    return _shown(acts.ask_for_changes(services(request), number, by=_who(request), reason=sent.reason))


@router.post("/{number}/refuse")
def refuse(request: Request, number: int, sent: Because) -> RegistrationShown:
    """Refuse it."""
    return _shown(acts.refuse(services(request), number, by=_who(request), reason=_public(sent.reason)))


@router.post("/{number}/answer")
def answer(request: Request, number: int, sent: Written) -> RegistrationShown:
    """Write to the registrant."""
    return _shown(acts.write(services(request), number, sent.text, by=_who(request)))


def _who(request: Request) -> str:
    """The person, whatever lets him in: nobody is two by a token of his own."""
    person = reader(request).person
    return person.mail if person else ""


def _public(reason: str) -> str:
    if tells_a_mail(reason):
        raise InvalidQuery("the reason is public: leave mail addresses out of it", "reason")
    return reason


def _shown(one: Registration) -> RegistrationShown:
    who = one.answers.who
    return RegistrationShown(
        id=one.id,
        reference=one.reference,
        state=one.state,
        label=one.label,
        organisation=one.organisation,
        country=who.country if who else "",
        address=one.address,
        sent_at=one.sent_at,
        decided_at=one.decided_at,
        reason=one.reason,
        source_id=one.source_id,
        answers=to_json(one.answers),
        trial=one.trial.to_json() if one.trial else None,
        events=[EventShown(at=e.at, kind=e.kind, by=e.by, text=e.text) for e in one.events],
    )
