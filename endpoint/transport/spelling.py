"""How the names of headers are written: `Content-Type` with capitals, for those who look for no other.

Names have no case (RFC 9110, 5.1), and our server writes them small. The official test suite of CSW 2.0.2,
and scripts that take an answer apart by hand, find the type of an answer under its usual spelling alone.
"""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class _AsWritten(bytes):
    """A name that stays as it is written when the server makes it small."""

    __slots__ = ()

    def lower(self) -> bytes:
        return self


_SPELLED: Final = {b"content-type": _AsWritten(b"Content-Type")}


class Spelled:
    """The outermost middleware: nothing behind it sees the spelling but the server."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything through, and spell what an answer begins with."""

        async def spelled(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [(_SPELLED.get(name, name), value) for name, value in message["headers"]]
                message = {**message, "headers": headers}
            await send(message)

        await self._app(scope, receive, spelled)
