"""How often somebody may try to sign in: what failed is counted in the store, for all processes together.

It counts by name and client, so that nobody can keep another from signing in by failing in his name.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from starlette.requests import Request

from endpoint.deps import services

WINDOW: Final = timedelta(minutes=15)
#: Failures within the window: of one name by one client, of one client, of one name by all.
MOST: Final = (5, 30, 100)


def begin(request: Request, name: str, now: datetime) -> int:
    """Note an attempt, as one that fails until it is known to be right; 0: this one has to wait.

    It is noted first and counted then, so that many at the same time are no more than so many.
    """
    sessions, who = services(request).store.sessions, _who(request, name)
    made = sessions.failed(*who, now)
    found = sessions.failures(*who, now - WINDOW)
    if any(count > most for count, most in zip(found, MOST, strict=True)):
        sessions.forgive(made)
        return 0
    return made


def was_right(request: Request, attempt: int) -> None:
    """The attempt was no failure."""
    services(request).store.sessions.forgive(attempt)


def _who(request: Request, name: str) -> tuple[str, str]:
    secret = services(request).store.keys.secret("attempts")
    return tuple(
        hmac.new(secret, one.encode(), "sha256").hexdigest()[:32]
        for one in (f"name {name.strip().lower()}", f"client {client_of(request)}")
    )  # type: ignore[return-value]


def client_of(request: Request) -> str:
    """Who asks: an address, or the network that an IPv6 client has for itself."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(ip_network((address, 64), strict=False)) if isinstance(address, IPv6Address) else host
