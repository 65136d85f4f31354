"""ASGI middleware: whole answers go out compressed where that is wanted, and not at all where they are known.

Answers in several pieces, and those that have a coding or a range already, pass as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from endpoint.transport import deflated, encodings, validators
from endpoint.transport.deflated import Part

#: Shorter ones are not worth it.
_SHORTEST: Final = 600
_COMPRESSIBLE: Final = ("text/", "application/xml", "application/json", "image/svg+xml")
_COMPRESSIBLE_SUFFIXES: Final = ("+xml", "+json")
_OK: Final = 200
_NOT_MODIFIED: Final = 304
#: What a 304 repeats of the answer that it stands for (RFC 9110, section 15.4.5).
_KEPT: Final = ("cache-control", "content-location", "date", "etag", "expires", "vary")


Header = tuple[bytes, bytes]


def header(scope: Scope, wanted: bytes) -> str:
    """The value of a request's header; empty where there is none of that name."""
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == wanted), "")


def whole(
    scope: Scope, parts: Sequence[Part], content_type: bytes, etag: str
) -> tuple[int, list[Header], Sequence[bytes]]:
    """Status, headers and body of an answer 200 that is known as a whole.

    Args:
        scope: of the request, by GET, HEAD or POST.
        parts: of its body; one that is compressed already only where the request wants gzip.
        content_type: of something that is worth compressing.
        etag: what it is known by; empty where nobody asks for it twice.
    """
    method, headers = scope["method"], [(b"content-type", content_type)]
    if etag:
        headers.append((b"etag", etag.encode()))
        asked = header(scope, b"if-none-match") if method != "POST" else ""
        if asked and validators.matches(asked, etag):
            return _NOT_MODIFIED, headers[1:], (b"",)
    body = [part for part in parts if isinstance(part, bytes)]
    if deflated.length(parts) >= _SHORTEST:
        headers.append((b"vary", b"Accept-Encoding"))
        coding = coding_for(scope)
        if coding:
            coded = deflated.gzip(parts) if coding == "gzip" else encodings.CODINGS[coding](b"".join(body))
            headers.append((b"content-encoding", coding.encode()))
            body = [coded]
    headers.append((b"content-length", str(sum(map(len, body))).encode()))
    return _OK, headers, body


def coding_for(scope: Scope) -> str:
    """The coding of ours that a request likes best for an answer that is worth one; empty for none."""
    return encodings.wanted(header(scope, b"accept-encoding")) if scope["method"] != "HEAD" else ""


class WholeAnswers:
    """Compression and conditional requests for the application inside."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        await self._app(scope, receive, _Sender(scope, send))


class _Sender:
    """Holds an answer's beginning back until its body tells whether it comes in one piece."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._request = Headers(scope=scope)
        self._method = scope["method"]
        self._send = send
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        start, self._start = self._start, None
        if start is not None:
            if message["type"] == "http.response.body" and not message.get("more_body"):
                message = self._finished(start, message)
            await self._send(start)
        await self._send(message)

    def _finished(self, start: Message, message: Message) -> Message:
        """The body as it is sent; the headers are changed accordingly."""
        body: bytes = message.get("body", b"")
        headers = MutableHeaders(raw=start["headers"])
        start["headers"] = headers.raw
        if start["status"] != _OK or self._method not in {"GET", "HEAD", "POST"}:
            return message
        if self._method != "POST" and self._is_known(headers, body):
            start["status"] = _NOT_MODIFIED
            start["headers"] = [(name, value) for name, value in headers.raw if name.decode() in _KEPT]
            return {"type": "http.response.body", "body": b""}
        if _compressible(headers, body):
            headers.add_vary_header("Accept-Encoding")
            coding = encodings.wanted(self._request.get("accept-encoding", ""))
            if coding and self._method != "HEAD":
                body = encodings.CODINGS[coding](body)
                headers["content-encoding"] = coding
                headers["content-length"] = str(len(body))
                return {"type": "http.response.body", "body": body}
        return message

    def _is_known(self, headers: MutableHeaders, body: bytes) -> bool:
        """Whether the client has the answer already; it gets a tag to say so the next time."""
        etag = headers.get("etag")
        if etag is None:
            if not body or len(body) > validators.LONGEST or headers.get("cache-control") == "no-store":
                return False
            etag = headers["etag"] = validators.etag_of(body)
        asked = self._request.get("if-none-match")
        return asked is not None and validators.matches(asked, etag)


def _compressible(headers: MutableHeaders, body: bytes) -> bool:
    if len(body) < _SHORTEST or "content-encoding" in headers or "content-range" in headers:
        return False
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    return media_type.startswith(_COMPRESSIBLE) or media_type.endswith(_COMPRESSIBLE_SUFFIXES)
