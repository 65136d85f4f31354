"""ASGI middleware: one address is answered without looking for it among all the others.

What the way through the routes costs is as much as a quarter of a page of the feed.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class Direct:
    """Answers one address by an application of its own; all others by the application inside."""

    def __init__(self, app: ASGIApp, path: str, answered_by: ASGIApp) -> None:
        self._app = app
        self._path = path
        self._answered_by = answered_by

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["path"] == self._path:
            await self._answered_by(scope, receive, send)
        else:
            await self._app(scope, receive, send)
