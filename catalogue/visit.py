"""Who harvests us, and what of it: counted, not logged."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network
from typing import NamedTuple


class Client(NamedTuple):
    """A client, as far as HTTP tells one from another."""

    address: str
    user_agent: str


class Visit(NamedTuple):
    """A kind of request, as it is counted."""

    verb: str
    prefix: str = ""
    set_spec: str = ""
    #: The protocol's error code; empty where there was none.
    error: str = ""


@dataclass(slots=True)
class Count:
    """How often, and how much of it."""

    requests: int = 0
    records: int = 0
    bytes: int = 0
    #: Lists whose first page was sent, and whose last.
    begun: int = 0
    ended: int = 0

    def add(self, other: Count) -> None:
        """Both together."""
        self.requests += other.requests
        self.records += other.records
        self.bytes += other.bytes
        self.begun += other.begun
        self.ended += other.ended


@dataclass(slots=True)
class ClientReport:
    """What one client did within some days."""

    client: Client
    first_at: datetime
    last_at: datetime
    total: Count = field(default_factory=Count)
    formats: set[str] = field(default_factory=set)
    sets: set[str] = field(default_factory=set)
    #: Errors by code, and how often.
    errors: dict[str, int] = field(default_factory=dict)

    @property
    def incomplete(self) -> int:
        """Lists that were begun and not read to their end, so far."""
        return max(0, self.total.begun - self.total.ended)

    def take(self, visit: Visit, count: Count) -> None:
        """Add what was counted of one kind of request."""
        self.total.add(count)
        if visit.prefix:
            self.formats.add(visit.prefix)
        if visit.set_spec:
            self.sets.add(visit.set_spec)
        if visit.error:
            self.errors[visit.error] = self.errors.get(visit.error, 0) + count.requests


def network_of(address: str) -> str:
    """The network that an address is in, /24 or /48: enough to know a neighbour by, and no more."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    length = 48 if isinstance(found, IPv6Address) else 24
    return str(ip_network(f"{found}/{length}", strict=False))
