"""That a form was sent from our own page, and not from somebody else's by a reader's browser.

The page sets a cookie with a nonce, and the form holds its signature, and that of the session: another site
can neither read the one nor make the other. Browsers that say where a request comes from (Fetch Metadata)
are taken at their word.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from endpoint.auth import cookies
from endpoint.deps import services

COOKIE: Final = "clearinghouse-form"
FIELD: Final = "token"
_OWN: Final = frozenset({"same-origin", "none"})
_LONGEST: Final = 100


def nonce_of(request: Request) -> str:
    """The reader's nonce, or a new one."""
    known = request.cookies.get(COOKIE, "")
    return known if 0 < len(known) <= _LONGEST else secrets.token_urlsafe(18)


def token_for(request: Request, nonce: str) -> str:
    """What the form has to hold."""
    secret = services(request).store.keys.secret("forms")
    signed = f"{nonce}\n{cookies.secret_of(request)}"
    return hmac.new(secret, signed.encode(), "sha256").hexdigest()


def remember(request: Request, response: Response, nonce: str) -> None:
    """Give the reader the nonce."""
    response.set_cookie(
        COOKIE,
        nonce,
        max_age=86400,
        httponly=True,
        samesite="strict",
        secure=services(request).settings.public_url.startswith("https:"),
    )


def is_from_elsewhere(request: Request) -> bool:
    """Whether the browser says that another site made it ask."""
    return request.headers.get("sec-fetch-site", "none") not in _OWN


def is_ours(request: Request, token: str) -> bool:
    """Whether a form was sent from our own page."""
    nonce = request.cookies.get(COOKIE, "")
    if not nonce or len(nonce) > _LONGEST or is_from_elsewhere(request):
        return False
    return hmac.compare_digest(token_for(request, nonce).encode(), token.encode())
