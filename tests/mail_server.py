"""A mail server for tests: real SMTP over sockets, with what servers do to letters."""
# ruff: noqa: ARG002, N802 - the hooks are aiosmtpd's

from __future__ import annotations

import socket
import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

USER, PASSWORD = "clearinghouse", "s3cret & more"


@dataclass
class MailServer:
    """What it was given, and what it answers to whom."""

    host: str = "localhost"
    port: int = 0
    received: list[EmailMessage] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    #: Recipient -> what RCPT TO is answered with.
    refuses: dict[str, str] = field(default_factory=dict)
    #: What DATA is answered with, once each.
    data_answers: list[str] = field(default_factory=list)
    connections: int = 0

    async def handle_HELO(self, server: Any, session: Any, envelope: Any, hostname: str) -> str:
        session.host_name = hostname
        return "250 here"

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += session.ssl is None or server.tls_context is None
        return responses

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.data_answers:
            return self.data_answers.pop(0)
        self.received.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        self.senders.append(envelope.mail_from)
        return "250 OK"

    def to(self) -> list[str]:
        return [str(message["To"]) for message in self.received]


def _authenticated(server: Any, session: Any, envelope: Any, mechanism: str, auth_data: Any) -> AuthResult:
    told = isinstance(auth_data, LoginPassword) and (auth_data.login, auth_data.password)
    return AuthResult(success=told == (USER.encode(), PASSWORD.encode()), handled=False)


class _Controller(Controller):
    def factory(self) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # it does not know that TLS was there before it
            return super().factory()


@contextmanager
def serving_mail(
    *, context: ssl.SSLContext | None = None, implicit: bool = False, password: bool = False
) -> Iterator[MailServer]:
    """A server that listens; with a `context` by STARTTLS, or from the first byte on."""
    handler = MailServer()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        handler.port = free.getsockname()[1]
    wanted: dict[str, Any] = {}
    if password:
        wanted = {"authenticator": _authenticated, "auth_required": True, "auth_require_tls": not implicit}
    if context is not None and not implicit:
        wanted |= {"tls_context": context, "require_starttls": True}
    controller = _Controller(
        handler, "127.0.0.1", handler.port, ssl_context=context if implicit else None, **wanted
    )
    controller.start()
    try:
        yield handler
    finally:
        controller.stop()
