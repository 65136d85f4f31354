"""Who may do what: people and their roles, organisations and their nodes. Pure, no I/O.

An organisation has nodes, a node has sources. A role is held everywhere, but that of a node manager is held
at nodes: he sees and steers their sources, and no others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from catalogue.errors import InvalidMail, SettingsError
from catalogue.mail import normal_address
from catalogue.source import SOURCE_ID

_LONGEST_NAME: Final = 200
_COUNTRY: Final = re.compile(r"(?:[A-Z]{2})?")


class Role(StrEnum):
    """What somebody is here for."""

    #: Looks, everywhere.
    VIEWER = "viewer"
    #: Sees and steers the sources of his nodes.
    NODE_MANAGER = "node-manager"
    #: Decides who is registered.
    APPROVER = "approver"
    #: May do everything.
    OPERATOR = "operator"


class Action(StrEnum):
    """What can be allowed; the scopes of a token are of these."""

    #: See the inside of a source: its runs, its problems, what is set aside.
    SEE = "see"
    #: Run, try, pause, cancel, edit; answer what a guard asks.
    STEER = "steer"
    #: Decide registrations.
    DECIDE = "decide"
    #: People, tokens, organisations, and what concerns everything.
    ADMINISTER = "administer"


#: What each role allows everywhere.
_EVERYWHERE: Final[Mapping[Role, frozenset[Action]]] = {
    Role.VIEWER: frozenset({Action.SEE}),
    Role.NODE_MANAGER: frozenset(),
    Role.APPROVER: frozenset({Action.SEE, Action.DECIDE}),
    Role.OPERATOR: frozenset(Action),
}
#: What a node manager may at his nodes.
_AT_NODES: Final = frozenset({Action.SEE, Action.STEER})


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in."""

    id: int
    name: str
    mail: str
    #: Of pages and mails; empty: as the browser asks.
    language: str = ""
    roles: frozenset[Role] = frozenset()
    #: Ids of the nodes that he manages.
    nodes: frozenset[str] = frozenset()
    has_password: bool = False
    added_at: datetime | None = None
    #: When he last signed in.
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Organisation:
    """A regional centre, a Party's authority, or whoever else has nodes."""

    id: str
    name: str
    #: ISO 3166-1 alpha-2, as in config/vocabularies/countries.csv; empty: none, or several.
    country: str = ""
    url: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be addressed or shown.

        Raises:
            SettingsError: the id, the name, the country or the address is not usable.
        """
        _check_id(self.id)
        _check_name(self.name)
        _check_country(self.country)
        if self.url and not self.url.startswith(("https://", "http://")):
            raise SettingsError(f"{self.url!r} is not an http or https address")


@dataclass(frozen=True, slots=True)
class Node:
    """What an organisation takes part with: it has sources, and people who manage it."""

    id: str
    organisation_id: str
    name: str
    country: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be addressed or shown.

        Raises:
            SettingsError: the id, the name or the country is not usable.
        """
        _check_id(self.id)
        _check_name(self.name)
        _check_country(self.country)


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who has signed in, in one browser."""

    #: Tells it apart, and opens nothing.
    id: int
    person_id: int
    begun_at: datetime
    seen_at: datetime
    #: What the browser said that it is.
    user_agent: str = ""
    #: `password`, `link`, or the name of an issuer.
    by: str = ""


@dataclass(frozen=True, slots=True)
class Token:
    """A secret by which a program does what a person may, as far as its scopes go."""

    id: int
    person_id: int
    name: str
    scopes: frozenset[Action]
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    #: When its owner was last told that it ends.
    told_at: datetime | None = None

    def ends_soon(self, now: datetime, within: timedelta) -> bool:
        """Whether it is good for no longer than this, nor than a third of the time for which it was made."""
        left = self.expires_at - now
        return timedelta() < left <= min(within, (self.expires_at - self.made_at) / 3)

    def is_followed_by(self, other: Token, now: datetime, within: timedelta) -> bool:
        """Whether another one stands in its place: of the same name, for no less, and good for longer."""
        same = (other.person_id, other.name) == (self.person_id, self.name) and other.scopes >= self.scopes
        return same and other.expires_at > self.expires_at and not other.ends_soon(now, within)


@dataclass(frozen=True, slots=True)
class Noted:
    """One line of the audit: who did what to what, and when."""

    id: int
    at: datetime
    who: str
    act: str
    #: `kind:id`, as `source:nile`.
    about: str
    detail: Mapping[str, Any] = field(default_factory=dict, hash=False)


def may(person: Person | None, action: Action, node_id: str = "") -> bool:
    """Whether somebody may do this at a node; without one: everywhere, or to what belongs to no node."""
    if person is None:
        return False
    if any(action in _EVERYWHERE[role] for role in person.roles):
        return True
    return bool(node_id) and node_id in person.nodes and action in _AT_NODES


def may_somewhere(person: Person | None, action: Action) -> bool:
    """Whether there can be anything to which somebody may do this: what lets him into a room."""
    if person is None:
        return False
    return may(person, action) or (bool(person.nodes) and action in _AT_NODES)


def nodes_where(person: Person | None, action: Action) -> frozenset[str] | None:
    """The nodes at which somebody may do this; None: everywhere."""
    if may(person, action):
        return None
    return person.nodes if person is not None and action in _AT_NODES else frozenset()


def actions_of(person: Person) -> frozenset[Action]:
    """What somebody may do at all: the scopes that his tokens can have."""
    return frozenset(action for action in Action if may_somewhere(person, action))


def mail_address(typed: str) -> str:
    """A mail address as people are known by it: one that can be written to, in small letters.

    Raises:
        SettingsError: it is none.
    """
    try:
        return normal_address(typed).lower()
    except InvalidMail as error:
        raise SettingsError(f"{typed.strip()[:80]!r} is not a mail address") from error


def known_by(typed: str) -> str:
    """What somebody would be known by who gives this as his mail address; none has what is none."""
    try:
        return mail_address(typed)
    except SettingsError:
        return typed.strip().lower()


def person_name(typed: str) -> str:
    """A name in one line.

    Raises:
        SettingsError: there is none, or it is too long.
    """
    found = " ".join(typed.split())
    _check_name(found)
    return found


def _check_id(value: str) -> None:
    if not SOURCE_ID.fullmatch(value):
        raise SettingsError(f"{value!r} is not an id: 1 to 64 small letters, digits and inner hyphens")


def _check_name(value: str) -> None:
    if not value.strip() or len(value) > _LONGEST_NAME or not value.isprintable():
        raise SettingsError(f"a name has 1 to {_LONGEST_NAME} characters, in one line")


def _check_country(value: str) -> None:
    if not _COUNTRY.fullmatch(value):
        raise SettingsError(f"{value!r} is not a country: two capital letters, as in KE")
