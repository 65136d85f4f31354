"""A request as it was sent, whatever the encoding: names and values, a filter, an order, prefixes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from catalogue.query import Predicate
from endpoint.csw.exceptions import invalid, missing
from endpoint.csw.names import Prefixes
from endpoint.filters.properties import Property


@dataclass(frozen=True, slots=True)
class Sent:
    """What KVP and XML have in common."""

    #: As sent; empty where it was not.
    operation: str
    #: Parameters by their name in lower case (05-008c1, 11.5.2: names have no case).
    values: Mapping[str, tuple[str, ...]]
    prefixes: Prefixes = field(default_factory=dict)
    where: Predicate | None = None
    #: (property, descending)
    sort: tuple[tuple[Property, bool], ...] = ()
    #: One element that stands for the request.
    echo: bytes = b""
    #: What the client's Accept-Language header says.
    accept_language: str = ""

    def all(self, parameter: str) -> tuple[str, ...]:
        """Every value of a parameter that may have several; empty ones are none."""
        return tuple(value for value in self.values.get(parameter.lower(), ()) if value)

    def has(self, parameter: str) -> bool:
        """Whether the parameter was sent, perhaps without a value."""
        return parameter.lower() in self.values

    def one(self, parameter: str, default: str = "") -> str:
        """The value of a parameter that has one.

        Raises:
            OwsException: it has several.
        """
        found = self.all(parameter)
        if len(found) > 1:
            raise invalid(parameter, f"{parameter} has more than one value")
        return found[0] if found else default

    def required(self, parameter: str) -> str:
        """The value of a parameter that must be there.

        Raises:
            OwsException: it is not.
        """
        found = self.one(parameter)
        if not found:
            raise missing(parameter)
        return found

    def choice(self, parameter: str, *choices: str, default: str) -> str:
        """The value of a parameter that has to be one of these.

        Raises:
            OwsException: it is another.
        """
        found = self.one(parameter, default)
        if found not in choices:
            raise invalid(parameter, f"{parameter} is {found!r}, and can be {' or '.join(choices)}")
        return found

    def number(self, parameter: str, *, default: int, least: int) -> int:
        """The value of a parameter that is a whole number.

        Raises:
            OwsException: it is not, or is too small.
        """
        sent = self.one(parameter)
        if not sent:
            return default
        # Numbers so long are of no use, and cannot be turned into ones that a database takes.
        if not sent.isascii() or not sent.isdigit() or len(sent) > 15 or int(sent) < least:  # noqa: PLR2004
            raise invalid(parameter, f"{parameter} is {sent[:40]!r}, and has to be a number from {least} on")
        return int(sent)
