"""The rooms that one signs in to, as the head of their pages lists them: those that this reader may enter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from catalogue.people import Action
from endpoint.auth.gate import Reader
from endpoint.languages import N_


@dataclass(frozen=True, slots=True)
class Room:
    """One of them."""

    path: str
    title: str
    #: What one must be allowed somewhere; None: to be signed in is enough.
    action: Action | None = None


ROOMS: Final = (
    Room("/dashboard", N_("Nodes"), Action.SEE),
    Room("/dashboard/alerts", N_("Alerts"), Action.SEE),
    Room("/dashboard/people", N_("People"), Action.ADMINISTER),
    Room("/dashboard/organisations", N_("Organisations"), Action.ADMINISTER),
    Room("/dashboard/audit", N_("What people did"), Action.ADMINISTER),
    Room("/dashboard/registrations", N_("Registrations"), Action.DECIDE),
    Room("/dashboard/account", N_("My account")),
)


def rooms_for(reader: Reader) -> list[Room]:
    """The rooms that this reader may enter."""
    if reader.person is None:
        return []
    return [room for room in ROOMS if room.action is None or reader.may_somewhere(room.action)]


def room_of(path: str) -> Room | None:
    """The room that an address is in; inside another one it is the inner."""
    found = [room for room in ROOMS if path == room.path or path.startswith(f"{room.path}/")]
    return max(found, key=lambda room: len(room.path), default=None)
