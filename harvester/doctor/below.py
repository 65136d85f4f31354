"""Looks below the protocol: https, the certificate, robots.txt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urljoin, urlsplit

from harvester.doctor.asking import Asking
from harvester.doctor.observation import Reply, Transport
from harvester.http import Answer

_ROBOTS: Final = 100_000
_PLAIN: Final = 80


def look_below(asking: Asking, base_url: str) -> Transport:
    """What there is to see of an address below its protocol.

    Raises:
        CheckupOver: the budget is spent.
    """
    session = asking.session
    parts = urlsplit(base_url)
    secure = None
    if parts.scheme == "http" and parts.port in {None, _PLAIN}:
        _, secure = _whatever(asking, "https", f"https://{parts.hostname}{parts.path}")
    robots, _ = _whatever(asking, "robots.txt", urljoin(base_url, "/robots.txt"))
    text = ""
    if robots is not None and robots.media_type in {"text/plain", ""}:
        text = robots.content[:_ROBOTS].decode("utf-8", "replace")
    return Transport(base_url, session.moved_to, session.certificate_until, secure, text)


def _whatever(asking: Asking, what: str, url: str) -> tuple[Answer | None, Reply]:
    """A question beside the protocol: no answer to it is no failure."""
    kept = list(asking.replies)
    found, reply = asking.ask(what, _asked(asking, url))
    asking.replies[:] = kept
    return found, reply


def _asked(asking: Asking, url: str) -> Callable[[], Answer]:
    return lambda: asking.session.fetch("GET", url)
