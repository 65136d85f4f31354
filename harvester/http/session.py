"""The harvesting session: one for each run, and the only way by which a source is asked anything."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cache
from typing import Final, NoReturn, Self
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from catalogue.credentials import Secret
from catalogue.errors import (
    AnswerTooLarge,
    AnswerUnreadable,
    HarvestError,
    HttpFailure,
    RequestLeft,
    SourceBusy,
    SourceUnreachable,
)
from catalogue.quirks import Quirks
from catalogue.scrubbing import Scrubber
from catalogue.settings import Settings
from catalogue.source import Source
from harvester.http import tls
from harvester.http.adapter import GuardedAdapter, PlainSession
from harvester.http.answer import Answer, place, retry_after, unzipped
from harvester.http.causes import translated
from harvester.http.conditional import key_of, validator_of
from harvester.http.deadline import BUFFER, Deadline
from harvester.http.guard import AddressGuard, Network
from harvester.http.memory import Memory
from harvester.http.pace import Pace
from harvester.http.terms import Limits, Proxy, Terms

#: RFC 9110, section 15.4: those that name another place. 303 alone changes the method.
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
#: Those of them that hold for good.
_PERMANENT: Final = frozenset({301, 308})
_UNAUTHORIZED: Final = frozenset({401, 403})
_BUSY: Final = frozenset({429, 503})
_NO_TERMS: Final = Terms()
_NO_PROXY: Final = Proxy()
_SECRET_HEADERS: Final = frozenset({"authorization", "cookie", "proxy-authorization"})


class HarvestSession:
    """Asks sources over HTTP: guarded, limited, polite, and without ever trying twice.

    Who tries again, and when, is the pipeline's decision. A session belongs to one thread.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        limits: Limits,
        networks: Iterable[Network] = (),
        terms: Terms = _NO_TERMS,
        proxy: Proxy = _NO_PROXY,
        memory: Memory | None = None,
    ) -> None:
        self._limits = limits
        self._deadline = Deadline(limits.connect_timeout, limits.read_timeout, limits.answer_deadline)
        self._pace = Pace(limits.host_pause, limits.slowest_pause)
        self._guard = AddressGuard(networks)
        self._terms = terms
        self._proxy = proxy
        memory = memory or Memory()
        self.validators, self.exchanges = memory.validators, memory.exchanges
        #: Takes the source's secrets out of what is kept and shown.
        self.scrubber = Scrubber(terms.secrets)
        #: Where the source's own address has moved to for good (301, 308), as messages show it.
        self.moved_to = ""
        everywhere = GuardedAdapter(self._guard, self._deadline, tls.verified)
        self._own = GuardedAdapter(self._guard, self._deadline, cache(terms.tls))
        self._session = PlainSession(everywhere, self._own, terms.apply_to)
        self._session.headers.update(
            {"User-Agent": user_agent, "Accept-Encoding": "gzip, deflate", "Accept": "*/*"}
        )

    @classmethod
    def from_settings(
        cls,
        settings: Settings,
        source: Source | None = None,
        *,
        secrets: Iterable[Secret] = (),
        memory: Memory | None = None,
    ) -> Self:
        """A session as the settings and the source's quirks say, with the source's secrets."""
        quirks = source.quirks if source else Quirks()
        proxy = Proxy(settings.proxy.get_secret_value(), settings.proxy_resolves)
        return cls(
            user_agent=quirks.user_agent or settings.user_agent,
            limits=Limits.of(settings, quirks),
            networks=settings.networks,
            terms=Terms.of(source, secrets) if source else _NO_TERMS,
            proxy=_NO_PROXY if quirks.no_proxy else proxy,
            memory=memory,
        )

    @property
    def certificate_until(self) -> datetime | None:
        """When the source's own certificate ends, where one was verified in this session."""
        return self._own.certificate_until

    def leave_when(self, stopping: Callable[[], bool]) -> None:
        """Leave a request whose answer takes long once this says so: RequestLeft.

        Nothing else ends the wait for a node that sends a byte a second before `answer_deadline`.
        """
        self._deadline.stopping = stopping

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
            RequestLeft: nobody waits for the answer any more (`leave_when`).
        """
        request = requests.Request(method, url, params=params, data=data, headers=dict(headers or {}))
        self._deadline.start()
        try:
            return self._followed(request)
        except (HarvestError, RequestLeft) as error:
            self.exchanges.failed(str(error))
            raise

    def _followed(self, request: requests.Request) -> Answer:
        url, hops = request.url, list[int]()
        for _ in range(self._limits.redirects + 1):
            response = self._send(request)
            try:
                if response.status_code not in _REDIRECTS or not response.headers.get("Location"):
                    answer = self._whole(response)
                    self._note_move(url, hops, answer.url)
                    return answer
                hops.append(response.status_code)
                request = _redirected(request, response)
            finally:
                response.close()
                self._pace.answered(response.url, response.status_code)
        times = f"more than {self._limits.redirects} times"
        raise HttpFailure(f"{place(url)} redirects {times}", response.status_code)

    def fetch_if_modified(
        self, url: str, *, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer | None:
        """Fetch a document that is a whole list; None where it is the version that was taken last.

        See `harvester.http.conditional`: not modified is not empty.

        Raises:
            HarvestError: as `fetch`.
        """
        key = key_of(requests.Request("GET", url, params=params).prepare().url or url)
        known = self.validators.known(key)
        conditions = known.conditions if known else {}
        answer = self.fetch("GET", url, params=params, headers={**(headers or {}), **conditions})
        if known is not None and answer.status == requests.codes.not_modified:
            self.validators.noted[key] = known
            return None
        if answer.status == requests.codes.ok:
            self.validators.noted[key] = found = validator_of(answer)
            if known is not None and known.digest == found.digest:
                return None
        return answer

    def _note_move(self, url: str, hops: Sequence[int], target: str) -> None:
        if hops and _PERMANENT.issuperset(hops) and place(url) == place(self._terms.base_url):
            self.moved_to = place(target)

    def _send(self, request: requests.Request) -> requests.Response:
        self.exchanges.asked(request)
        self._pace.wait(request.url)
        limits = self._limits
        try:
            prepared = self._session.prepare_request(request)
            self._terms.equip(prepared)
            self.exchanges.sent(prepared)
            response = self._session.send(
                prepared,
                stream=True,
                allow_redirects=False,
                timeout=(limits.connect_timeout, limits.read_timeout),
                proxies=self._judged_proxy(prepared),
            )
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, UnicodeError) as error:
            self._fail(request.url, error)

        else:
            self.exchanges.answered(response)
            return response

    def _judged_proxy(self, prepared: requests.PreparedRequest) -> dict[str, str]:
        """The proxy to ask by, where there is one, once the address has been judged."""
        if not self._proxy.url:
            return {}
        parts = urlsplit(prepared.url or "")
        port = parts.port or urllib3.connection.port_by_scheme[parts.scheme]
        self._guard.judge(parts.hostname or "", port, unresolved=self._proxy.resolves)
        return {"http": self._proxy.url, "https": self._proxy.url}

    def _whole(self, response: requests.Response) -> Answer:
        status = response.status_code
        if status in _BUSY:
            with suppress(HarvestError):
                self._content(response)  # what it says is kept for people
            raise SourceBusy(
                f"{place(response.url)} is busy (HTTP status {status})", retry_after(response.headers)
            )
        try:
            content = self._content(response)
        except AnswerTooLarge:
            if status >= requests.codes.bad_request:
                raise self._failure(response) from None
            raise
        answer = Answer(response.url, status, response.headers, content)
        if not response.ok and answer.looks_like_xml:
            self.exchanges.failed(f"HTTP status {status}")
            return answer
        if status == requests.codes.not_modified and _is_conditional(response.request):
            return answer
        if not requests.codes.ok <= status < requests.codes.multiple_choices:
            raise self._failure(response)
        return answer

    def _failure(self, response: requests.Response) -> HttpFailure:
        status = response.status_code
        why = f": {self._terms.told_of_secrets(response.url)}" if status in _UNAUTHORIZED else ""
        return HttpFailure(f"{place(response.url)} answered with HTTP status {status}{why}", status)

    def _content(self, response: requests.Response) -> bytes:
        whole = io.BytesIO()  # grows in place: a list of parts that is joined would be held twice
        try:
            for part in self._parts(response):
                whole.write(part)
        except AnswerUnreadable as error:
            if isinstance(error.__cause__, urllib3.exceptions.DecodeError):
                # What it says of its compression is not true: from now on it is asked for none.
                self._session.headers["Accept-Encoding"] = "identity"
            raise
        finally:
            content = whole.getvalue()
            self.exchanges.read(content)
        return unzipped(content, self._limits.answer_limit, place(response.url))

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


def _is_conditional(request: requests.PreparedRequest) -> bool:
    return not {"If-None-Match", "If-Modified-Since"}.isdisjoint(request.headers)


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
