"""How quickly a host is asked: with the pause that is set between two requests, and slower where it says 429.

Who limits how often he is asked (RFC 6585, section 4) would answer the second of two requests never, if the
pause came before the first of them alone.
"""

from __future__ import annotations

import time
from functools import lru_cache
from http import HTTPStatus
from typing import Final

import urllib3

from catalogue.errors import AddressRefused, SourceUnreachable
from harvester.http.answer import place

#: Seconds after the first 429; each further one doubles the pause.
_FIRST: Final = 0.25


class Pace:
    """When each host may be asked again, within one session.

    Args:
        pause: seconds between the end of an answer and the next request.
        slowest: seconds that they grow to; 0: they do not grow.
    """

    def __init__(self, pause: float, slowest: float) -> None:
        self._pause = pause
        self._slowest = slowest
        self._pauses: dict[str, float] = {}
        self._quiet_until: dict[str, float] = {}

    def wait(self, url: str) -> None:
        """Wait until its host may be asked.

        Raises:
            AddressRefused: it is neither http nor https.
            SourceUnreachable: it is no address.
        """
        seconds = self._quiet_until.get(_host(url), 0.0) - time.monotonic()
        if seconds > 0:
            time.sleep(seconds)

    def answered(self, url: str, status: int) -> None:
        """Its host has answered."""
        host = _host(url)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            slower = max(2 * self._pauses.get(host, 0.0), _FIRST)
            self._pauses[host] = max(min(slower, self._slowest), self._pause)
        self._quiet_until[host] = time.monotonic() + self._pauses.get(host, self._pause)


def _host(url: str) -> str:
    """Host and port of an address that may be asked: what one pause is for."""
    return _host_of(url.partition("?")[0])


@lru_cache(maxsize=256)
def _host_of(url: str) -> str:
    """The same of an address without its arguments, which are others with every page."""
    try:
        parts = urllib3.util.parse_url(url)
    except urllib3.exceptions.LocationParseError as error:
        raise SourceUnreachable(f"{place(url)}: not an address that can be asked") from error
    if parts.scheme not in {"http", "https"} or not parts.host:
        raise AddressRefused(f"{place(url)}: only http and https addresses are harvested")
    return f"{parts.host}:{parts.port or parts.scheme}"
