"""A queryable as a request names it, and the error that says what cannot be asked of it."""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.errors import InvalidQuery
from catalogue.queryables import QUERYABLES, Kind


@dataclass(frozen=True, slots=True)
class Property:
    """A queryable as a request names it."""

    sent: str
    queryable: str

    @property
    def kind(self) -> Kind:
        """What its values are."""
        return QUERYABLES[self.queryable]

    def refused(self, message: str) -> InvalidQuery:
        """This cannot be done with the property."""
        return refused(self.sent, message)


def refused(locator: str, message: str) -> InvalidQuery:
    """This cannot be expressed; the locator names what is at fault."""
    return InvalidQuery(message, locator)
