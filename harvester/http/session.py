"""The harvesting session: one for each run, and the only way by which a source is asked anything."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NoReturn, Self
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from catalogue.errors import (
    AddressRefused,
    AnswerTooLarge,
    HttpFailure,
    SourceBusy,
    SourceUnreachable,
)
from catalogue.settings import Settings
from harvester.http.adapter import GuardedAdapter, PlainSession
from harvester.http.answer import Answer, place, retry_after
from harvester.http.causes import translated
from harvester.http.deadline import BUFFER, Deadline
from harvester.http.guard import AddressGuard, Network

MAX_REDIRECTS: Final = 5
#: RFC 9110, section 15.4: those that name another place. 303 alone changes the method.
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_BUSY: Final = frozenset({429, 503})
_SECRET_HEADERS: Final = frozenset({"authorization", "cookie", "proxy-authorization"})


@dataclass(frozen=True, slots=True)
class Limits:
    """What one answer may cost."""

    #: Seconds to wait for a connection, for the next bytes, and for the whole answer.
    connect_timeout: float = 15.0
    read_timeout: float = 60.0
    answer_deadline: float = 300.0
    #: Bytes, as sent and decompressed.
    answer_limit: int = 64 * 1024 * 1024
    #: Seconds between the end of one answer and the next request to the same host.
    host_pause: float = 0.0


class HarvestSession:
    """Asks sources over HTTP: guarded, limited, polite, and without ever trying twice.

    Who tries again, and when, is the pipeline's decision. A session belongs to one thread.
    """

    def __init__(self, *, user_agent: str, limits: Limits, networks: Iterable[Network] = ()) -> None:
        self._limits = limits
        self._deadline = Deadline(limits.connect_timeout, limits.read_timeout, limits.answer_deadline)
        self._quiet_until: dict[str, float] = {}
        self._session = PlainSession()
        self._session.headers.update(
            {"User-Agent": user_agent, "Accept-Encoding": "gzip, deflate", "Accept": "*/*"}
        )
        adapter = GuardedAdapter(AddressGuard(networks), self._deadline)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """A session as the settings say."""
        limits = Limits(
            connect_timeout=settings.connect_timeout,
            read_timeout=settings.read_timeout,
            answer_deadline=settings.answer_deadline,
            answer_limit=settings.answer_limit,
            host_pause=settings.host_pause,
        )
        return cls(user_agent=settings.user_agent, limits=limits, networks=settings.networks)

    def fetch(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask, follow redirects (each hop past the guard), and read the answer to its end.

        Method and body survive 301 and 302: all that we send are questions, and a POST that became a GET
        would lose the question.

        Returns:
            A successful answer, or an unsuccessful one whose content is XML: see `Answer`.

        Raises:
            AddressRefused: the guard forbids the address, or it is neither http nor https.
            SourceUnreachable: no answer.
            SourceBusy: status 429 or 503.
            HttpFailure: another unsuccessful status, without XML.
            AnswerTooLarge: longer than the limit.
            AnswerUnreadable: cut off, or not compressed as it says.
        """
        request = requests.Request(method, url, params=params, data=data, headers=dict(headers or {}))
        self._deadline.start()
        for _ in range(MAX_REDIRECTS + 1):
            response = self._send(request)
            try:
                if response.status_code not in _REDIRECTS or not response.headers.get("Location"):
                    return self._whole(response)
                request = _redirected(request, response)
            finally:
                response.close()
                self._quiet_until[urlsplit(response.url).netloc] = time.monotonic() + self._limits.host_pause
        raise HttpFailure(f"{place(url)} redirects more than {MAX_REDIRECTS} times", response.status_code)

    def _send(self, request: requests.Request) -> requests.Response:
        wait = self._quiet_until.get(_host(request.url), 0.0) - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        limits = self._limits
        try:
            return self._session.send(
                self._session.prepare_request(request),
                stream=True,
                allow_redirects=False,
                timeout=(limits.connect_timeout, limits.read_timeout),
            )
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, UnicodeError) as error:
            self._fail(request.url, error)

    def _whole(self, response: requests.Response) -> Answer:
        status = response.status_code
        if status in _BUSY:
            raise SourceBusy(
                f"{place(response.url)} is busy (HTTP status {status})", retry_after(response.headers)
            )
        try:
            content = b"".join(self._parts(response))
        except AnswerTooLarge:
            if status >= requests.codes.bad_request:
                raise _failure(response) from None
            raise
        answer = Answer(response.url, status, response.headers, content)
        if not response.ok and answer.looks_like_xml:
            return answer
        if not requests.codes.ok <= status < requests.codes.multiple_choices:
            raise _failure(response)
        return answer

    def _parts(self, response: requests.Response) -> Iterator[bytes]:
        """The content piece by piece, as long as it stays within the limit."""
        limit = self._limits.answer_limit
        announced = response.headers.get("Content-Length", "")
        if announced.isascii() and announced.isdigit() and (len(announced) > 15 or int(announced) > limit):  # noqa: PLR2004 - a petabyte
            raise AnswerTooLarge(
                f"{place(response.url)} announces {announced[:20]} bytes, the limit is {limit}"
            )
        size = 0
        try:
            for part in response.raw.stream(BUFFER, decode_content=True):
                size += len(part)
                if size > limit or response.raw.tell() > limit:
                    raise AnswerTooLarge(f"{place(response.url)} sends more than the limit of {limit} bytes")
                yield part
        except (urllib3.exceptions.HTTPError, OSError) as error:
            self._fail(response.url, error)

    def _fail(self, url: str, error: Exception) -> NoReturn:
        if self._deadline.passed:
            seconds = f"{self._limits.answer_deadline:g} seconds"
            raise SourceUnreachable(f"{place(url)}: the answer took longer than {seconds}") from error
        raise translated(place(url), error, self._limits.read_timeout) from error

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def __enter__(self) -> Self:
        """The session itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()


def _host(url: str) -> str:
    """Host and port of an address that may be asked: what one pause is for."""
    try:
        parts = urllib3.util.parse_url(url)
    except urllib3.exceptions.LocationParseError as error:
        raise SourceUnreachable(f"{place(url)}: not an address that can be asked") from error
    if parts.scheme not in {"http", "https"} or not parts.host:
        raise AddressRefused(f"{place(url)}: only http and https addresses are harvested")
    return f"{parts.host}:{parts.port or parts.scheme}"


def _failure(response: requests.Response) -> HttpFailure:
    status = response.status_code
    return HttpFailure(f"{place(response.url)} answered with HTTP status {status}", status)


def _redirected(request: requests.Request, response: requests.Response) -> requests.Request:
    """The request for the next hop; secrets stay with the host that they were meant for."""
    location = response.headers["Location"].encode("latin-1", "replace").decode("utf-8", "replace")
    try:
        target = urljoin(response.url, location)
        same_host = urlsplit(target).netloc == urlsplit(response.url).netloc
    except ValueError as error:
        raise SourceUnreachable(f"{place(response.url)} redirects to what is not an address") from error
    headers = {
        name: value
        for name, value in request.headers.items()
        if same_host or name.lower() not in _SECRET_HEADERS
    }
    if response.status_code == requests.codes.see_other:
        return requests.Request("GET", target, headers=headers)
    return requests.Request(request.method, target, data=request.data, headers=headers)
