"""ASGI middleware that counts the requests to this process, and how long they take, by route.

A route is counted under its template (`/check/{checkup_id}`), never under the address that was asked for:
the number of series does not grow with what strangers type.
"""

from __future__ import annotations

import time
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Seconds. A page of the feed takes a millisecond, a hard search some hundred.
_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
#: What was answered before any route was looked for, or that no route has.
NO_ROUTE: Final = "none"


class RequestFigures:
    """The counters of one application in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        #: Route, method, status -> what counts them: to find it by its labels takes longer than to count.
        self._known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._requests = Counter(
            "clearinghouse_http_requests",
            "Requests to this process, by route, method and status.",
            ("route", "method", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "clearinghouse_http_request_duration_seconds",
            "Seconds from a request to the last byte of its answer, by route.",
            ("route",),
            buckets=_BUCKETS,
            registry=self.registry,
        )

    def note(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one request."""
        named = method if method in _METHODS else "other"
        known = self._known.get((route, named, status))
        if known is None:
            known = self._requests.labels(route, named, str(status)), self._seconds.labels(route)
            self._known[route, named, status] = known
        known[0].inc()
        known[1].observe(seconds)


class Measured:
    """Counts what the application inside answers."""

    def __init__(self, app: ASGIApp, figures: RequestFigures, direct: str = "") -> None:
        self._app = app
        self._figures = figures
        #: An address that is answered without looking for its route.
        self._direct = direct

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, begun = 500, time.perf_counter()

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sent)
        finally:
            self._figures.note(self._route(scope), scope["method"], status, time.perf_counter() - begun)

    def _route(self, scope: Scope) -> str:
        if self._direct and scope["path"] == self._direct:
            return self._direct
        path = getattr(scope.get("route"), "path", NO_ROUTE)
        return str(path)
