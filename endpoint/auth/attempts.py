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


def are_too_many(request: Request, name: str, now: datetime) -> bool:
    """Whether this one has to wait."""
    found = services(request).store.sessions.failures(*_who(request, name), now - WINDOW)
    return any(count >= most for count, most in zip(found, MOST, strict=True))


def note_failure(request: Request, name: str, now: datetime) -> None:
    """An attempt failed."""
    services(request).store.sessions.failed(*_who(request, name), now)


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
