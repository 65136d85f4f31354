"""What routers are given: the settings and the store of this application."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from catalogue.settings import Settings
from catalogue.store import Store


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that a request may use."""

    settings: Settings
    store: Store


def services(request: Request) -> Services:
    """The services of the application that received this request."""
    found: Services = request.app.state.services
    return found
