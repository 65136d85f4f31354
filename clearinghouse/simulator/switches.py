"""Misbehaviour as named switches: the table of them, and how often one that is on happens.

A fault is a function on one stage of an answer, registered under its name. It is deterministic: whether it
happens to a page or to an item follows from the seed, the name and the item, so a test can compute what
should be left, and asking again changes nothing unless the fault says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Any, Final

from catalogue.errors import SettingsError


class Stage(StrEnum):
    """When a fault has its chance."""

    #: The arguments are read; the answer is not yet begun.
    REQUEST = "request"
    #: What Identify says.
    IDENTIFY = "identify"
    #: The items that match are found.
    SELECT = "select"
    #: The page is cut: its items, its token, its counts.
    PAGE = "page"
    #: Each record of the page is written.
    RECORDS = "records"
    #: The whole answer is written.
    ANSWER = "answer"
    #: It is coded for its way, whatever it says.
    CODING = "coding"


#: Of a node of either protocol: `Call` of OAI-PMH, or `CswCall`.
Action = Callable[[Any, "Switch"], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """A way to misbehave."""

    name: str
    #: Rows of the list of what real servers do.
    rows: tuple[int, ...]
    about: str
    #: Of the pages or items to which it could happen, so many do, where nothing else is said.
    chance: float = 1.0
    #: Requests that it happens to before the same thing works; 0: always.
    times: int = 0
    #: A node that is drawn to misbehave may do so in this way: its source needs no settings for it.
    at_random: bool = True
    #: It has a place in a list, which `NAME@POSITION` sets.
    placed: bool = False
    actions: dict[Stage, Action] = field(default_factory=dict)


FAULTS: Final[dict[str, Fault]] = {}


def registered(table: dict[str, Fault]) -> Callable[..., Callable[[Action], Action]]:
    """What registers functions as faults in a table."""

    def fault(  # noqa: PLR0913 - the fields of Fault
        name: str,
        stage: Stage,
        about: str = "",
        *,
        rows: tuple[int, ...] = (),
        chance: float = 1.0,
        times: int = 0,
        at_random: bool = True,
        placed: bool = False,
    ) -> Callable[[Action], Action]:
        """Register a fault, or a further stage of one that is registered."""

        def register(action: Action) -> Action:
            known = table.setdefault(name, Fault(name, rows, about, chance, times, at_random, placed))
            known.actions[stage] = action
            return action

        return register

    return fault


#: Registers a fault of OAI-PMH.
fault: Final = registered(FAULTS)


class UnknownFault(SettingsError):
    """No fault has this name, or its setting cannot be read."""


@dataclass(slots=True)
class Switch:
    """A fault that is on at one node."""

    fault: Fault
    chance: float
    #: Where in a list it happens: the number of the page's first item; -1: anywhere.
    at: int = -1
    seed: int = 0
    _asked: dict[str, int] = field(default_factory=dict)
    _last: datetime | None = None

    @classmethod
    def read(cls, text: str, seed: int = 0, table: Mapping[str, Fault] = FAULTS) -> Switch:
        """From `NAME`, `NAME=0.1` (how often) or `NAME@200` (at this item of a list, and there always).

        Raises:
            UnknownFault: there is no such fault, it has no place to be set, or this is none of the three.
        """
        rest, _, at = text.partition("@")
        name, _, chance = rest.partition("=")
        found = table.get(name)
        if found is None:
            raise UnknownFault(f"{name!r} is not a fault; `clearinghouse simulate --list-faults` lists them")
        try:
            share, position = float(chance or (1 if at else found.chance)), int(at or -1)
        except ValueError as error:
            raise UnknownFault(f"{text!r} is none of NAME, NAME=SHARE and NAME@POSITION") from error
        if not 0 <= share <= 1:
            raise UnknownFault(f"{text!r}: a share lies between 0 and 1")
        if at and not found.placed:
            others = ", ".join(sorted(other for other, fault in table.items() if fault.placed)) or "none"
            raise UnknownFault(f"{text!r}: {name} has no place in a list; those that have: {others}")
        if at and position < 0:
            raise UnknownFault(f"{text!r}: a position is 0 or more")
        return cls(found, share, position, seed)

    def marks(self, key: object) -> bool:
        """Whether it happens to this item or page: always the same answer."""
        if self.chance >= 1:
            return True
        drawn = blake2b(f"{self.seed}/{self.fault.name}/{key}".encode(), digest_size=4).digest()
        return int.from_bytes(drawn) < self.chance * 2**32

    def strikes(self, key: object) -> bool:
        """Whether it happens to this request, if it is one that passes after `times` requests."""
        if not self.marks(key):
            return False
        asked = self._asked[str(key)] = self._asked.get(str(key), 0) + 1
        return not self.fault.times or asked <= self.fault.times

    def asked_within(self, now: datetime, seconds: float) -> bool:
        """Whether it was asked so shortly before that it minds."""
        before, self._last = self._last, now
        return before is not None and (now - before).total_seconds() < seconds

    def is_here(self, offset: int, default: int = -1) -> bool:
        """Whether it happens on the page that begins with this item."""
        at = default if self.at < 0 else self.at
        return at < 0 or offset == at

    def is_behind(self, offset: int, default: int) -> bool:
        """Whether the page begins with this item or later."""
        return offset >= (default if self.at < 0 else self.at)
