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
    Room("/dashboard/account", N_("My account")),
)


def rooms_for(reader: Reader) -> list[Room]:
    """The rooms that this reader may enter."""
    if reader.person is None:
        return []
    return [room for room in ROOMS if room.action is None or reader.may_somewhere(room.action)]
