"""The cookie of a session: set at sign-in, always with a new value, and taken back at the end."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from catalogue.settings import Settings
from catalogue.store.community.sessions import Lifetime
from endpoint.auth import onward
from endpoint.deps import services

_NAME: Final = "clearinghouse-session"
_LONGEST: Final = 100


def lifetime(settings: Settings) -> Lifetime:
    """How long sessions last."""
    return Lifetime(timedelta(hours=settings.session_idle_hours), timedelta(days=settings.session_days))


def secret_of(request: Request) -> str:
    """What the cookie of this request holds; empty where there is none."""
    found = request.cookies.get(_name(request), "")
    return found if len(found) <= _LONGEST else ""


def give(request: Request, response: Response, secret: str) -> None:
    """Give the browser the cookie; it keeps it until it is closed, or the session ends."""
    response.set_cookie(
        _name(request), secret, path=_path(request), httponly=True, samesite="lax", secure=_is_safe(request)
    )


def take(request: Request, response: Response) -> None:
    """Take the cookie back."""
    response.delete_cookie(
        _name(request), path=_path(request), httponly=True, samesite="lax", secure=_is_safe(request)
    )


def _is_safe(request: Request) -> bool:
    return services(request).settings.public_url.startswith("https:")


def _path(request: Request) -> str:
    return onward.root(request) or "/"


def _name(request: Request) -> str:
    """With `__Host-`, where it may be: no other host, be it a neighbour below the same domain, can set it."""
    return f"__Host-{_NAME}" if _is_safe(request) and _path(request) == "/" else _NAME
