"""ASGI middleware that asks a client for patience instead of falling over.

Where more requests are in hand than this process can serve well, the next one is answered with 503; where
one client asks more often than the settings allow, with 429 (RFC 6585, section 4). Both say when to come
back: Retry-After, which the OAI-PMH guidelines ask of repositories, and which harvesters heed.
"""

from __future__ import annotations

import math
import time
from functools import lru_cache
from ipaddress import ip_address
from typing import Final

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from catalogue.settings import Settings

#: Seconds after which a busy process is asked again.
BUSY_FOR: Final = 5
#: What watches us must get through.
_EXEMPT: Final = frozenset({"/health", "/ready", "/metrics"})


class Limits:
    """Limits for the application inside, in this process."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._most = settings.requests_at_once
        self._in_hand = 0
        self._rate = (
            RateLimitItemPerMinute(settings.requests_per_minute) if settings.requests_per_minute else None
        )
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or ask for patience."""
        if scope["type"] != "http" or scope["path"] in _EXEMPT:
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        self._in_hand += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._in_hand -= 1

    def _refusal(self, scope: Scope) -> Response | None:
        if self._in_hand >= self._most:
            return patience(503, BUSY_FOR, "Busy: too many requests at once.")
        client = scope.get("client")
        if self._rate is None or client is None or _is_loopback(client[0]):
            return None
        if self._limiter.hit(self._rate, client[0]):
            return None
        window = self._limiter.get_window_stats(self._rate, client[0])
        wait = max(1, math.ceil(window.reset_time - time.time()))
        return patience(429, wait, f"More than {self._rate.amount} requests a minute.")


def patience(status: int, seconds: int, why: str) -> Response:
    """An answer that says when to ask again."""
    text = f"{why} Please come back in {seconds} seconds.\n"
    return PlainTextResponse(text, status, {"Retry-After": str(seconds), "Cache-Control": "no-store"})


@lru_cache(1024)
def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
