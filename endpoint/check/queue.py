"""Puts a check-up into the queue: this process asks nobody anything, a worker does."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime

from starlette.requests import Request

from catalogue.checkup import normalised
from catalogue.errors import InvalidQuery
from catalogue.source import host_of
from catalogue.store.desk.checkups import Allowance
from endpoint.deps import services


def ask(request: Request, typed: str) -> str:
    """The id of the check-up of an address that somebody typed.

    Raises:
        InvalidQuery: it is no address.
        TooManyCheckups: the client, the host or the queue has had enough for now.
    """
    known = services(request)
    address = normalised(typed)
    if not address:
        raise InvalidQuery("not an address of the form https://repository.example.org/oai", "url")
    settings = known.settings
    return known.store.checkups.ask(
        address,
        host_of(address).lower(),
        client=client_of(request),
        now=datetime.now(UTC),
        allowance=Allowance(settings.checks_per_client, settings.checks_per_host),
    )


def client_of(request: Request) -> str:
    """Tells clients apart for an hour's count, and says nothing of them."""
    client = request.client.host if request.client else ""
    secret = services(request).store.keys.secret("checkups")
    return hmac.new(secret, client.encode(), "sha256").hexdigest()[:24]
