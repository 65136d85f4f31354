"""What the API takes and gives about people, organisations and nodes, as its description has it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from catalogue.people import Action, Noted, Person, Role, Token, actions_of

Item = TypeVar("Item")


class Shape(BaseModel):
    """What is sent to us: nothing is let pass unread."""

    model_config = ConfigDict(extra="forbid")


class Listed(BaseModel, Generic[Item]):
    """A list, or a page of one."""

    items: list[Item]
    next: str | None = Field(None, description="The address of the next page; null: this is the last.")


class PersonShown(BaseModel):
    """Somebody who may sign in."""

    id: int
    name: str
    mail: str
    language: str = Field(description="Of pages and mails; empty: as the browser asks.")
    roles: list[Role]
    nodes: list[str] = Field(description="Ids of the nodes that a node manager manages.")
    has_password: bool
    added_at: datetime | None
    seen_at: datetime | None = Field(description="When he last signed in.")


class Myself(PersonShown):
    """Whose token it is."""

    may: list[Action] = Field(description="What this token, or this session, may do anywhere at all.")
    token: int | None = Field(description="The number of the token; null: it is a session.")


class NewPerson(Shape):
    """Somebody new."""

    name: str
    mail: str
    language: str = ""
    role: Role | None = None
    node: str = Field("", description="The node of a node manager.")


class ChangedPerson(Shape):
    """What is to be different; what is left out stays."""

    name: str | None = None
    mail: str | None = None
    language: str | None = None


class SignInLink(BaseModel):
    """A link by which somebody signs in, once. It is shown here and nowhere else."""

    url: str
    expires_at: datetime


class TokenShown(BaseModel):
    """A token, without what makes it one."""

    id: int
    person_id: int
    name: str
    scopes: list[Action]
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None
    ends_soon: bool = Field(
        description="Within `alert_end_days`, and no other of its name follows: its owner is told by mail."
    )


class NewToken(Shape):
    """A token to be made, for whoever asks."""

    name: str = Field(min_length=1, max_length=100, description="What it is for.")
    scopes: list[Action] = Field(min_length=1, description="No more than the token has that asks.")
    days: float = Field(90, gt=0, le=366, description="How long it lasts; no longer than the one that asks.")


class TokenMade(TokenShown):
    """A token that was just made."""

    secret: str = Field(description="What is sent as `Authorization: Bearer`. It is shown here, once.")


class OrganisationSent(Shape):
    """An organisation."""

    name: str
    country: str = Field("", description="Two capital letters; empty: none, or several.")
    url: str = ""


class NewOrganisation(OrganisationSent):
    """A new one."""

    id: str


class NodeSent(Shape):
    """A node."""

    organisation_id: str
    name: str
    country: str = ""


class NewNode(NodeSent):
    """A new one."""

    id: str


class NodeShown(BaseModel):
    """A node with its sources and who manages it."""

    id: str
    organisation_id: str
    name: str
    country: str
    sources: list[str]


class OrganisationShown(BaseModel):
    """An organisation with its nodes."""

    id: str
    name: str
    country: str
    url: str
    nodes: list[str]


class NotedShown(BaseModel):
    """One line of the audit."""

    id: int
    at: datetime
    who: str
    act: str
    about: str
    detail: dict[str, Any]


def person_shown(person: Person) -> dict[str, Any]:
    """A person, as fields."""
    return {
        "id": person.id,
        "name": person.name,
        "mail": person.mail,
        "language": person.language,
        "roles": sorted(person.roles),
        "nodes": sorted(person.nodes),
        "has_password": person.has_password,
        "added_at": person.added_at,
        "seen_at": person.seen_at,
    }


def token_shown(token: Token, *, ends_soon: bool = False) -> dict[str, Any]:
    """A token, as fields."""
    return {
        "id": token.id,
        "person_id": token.person_id,
        "name": token.name,
        "scopes": sorted(token.scopes),
        "made_at": token.made_at,
        "expires_at": token.expires_at,
        "used_at": token.used_at,
        "ends_soon": ends_soon,
    }


def noted_shown(noted: Noted) -> NotedShown:
    """A line of the audit."""
    return NotedShown(
        id=noted.id, at=noted.at, who=noted.who, act=noted.act, about=noted.about, detail=dict(noted.detail)
    )


def scopes_of(person: Person, token: Token | None) -> list[Action]:
    """What can be done by this token, or by a session of this person."""
    return sorted(actions_of(person) & token.scopes if token else actions_of(person))
