"""The record of a session's requests: cheap while all goes well, whole where something does not.

Of what goes well the first and the last requests are kept, of what does not each, with its answer. Secrets
are taken out when the record is read: with a page once a second, and at the end of each slice of a run.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import requests

from catalogue.exchange import Exchange, Outcome, bound_of, outcome_of
from catalogue.scrubbing import Scrubber, shown_url

#: Bytes of an answer that are kept: so many from its beginning, and from its end.
_HEAD: Final = 256 * 1024
_TAIL: Final = 64 * 1024
#: Odd requests and answers kept of one session.
_MOST_ODD: Final = 200
_MOST_ANSWERS: Final = 10
#: Characters of a question, of an address, of a header, and of the words for what was odd.
_LONGEST_QUESTION: Final = 8000
_LONGEST_URL: Final = 4000
_LONGEST_HEADER: Final = 200
_LONGEST_WORDS: Final = 500
#: Seconds between two times that the record is read with a page.
_BETWEEN: Final = 1.0
#: Seconds without a page after which it is read all the same.
_LONGEST_UNREAD: Final = 5.0
_HEADERS: Final = (
    "Content-Type",
    "Content-Length",
    "Content-Encoding",
    "Date",
    "Server",
    "Retry-After",
    "Location",
    "ETag",
    "Last-Modified",
    "WWW-Authenticate",
)


@dataclass(slots=True)
class _Pending:
    """A request as it happens: only references, until somebody wants to read it."""

    number: int
    at: float
    begun: float
    method: str
    url: str
    question: bytes | str | None
    status: int | None = None
    size: int = 0
    milliseconds: int = 0
    error: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    answer: bytes | None = None
    #: It has been read as it was so far.
    drained: bool = False


class ExchangeLog:
    """What a session asked, and what came of it.

    Args:
        scrubber: takes secrets out.
        kept: how many of the first and last requests of a run there is room for.
        begun: how many requests of the run were made before.
        sink: is told each answer before anybody reads it: the one that it kills can be seen afterwards.
        keep: is told what there is where no page has come for long, with which it would be written down.
    """

    def __init__(
        self,
        *,
        scrubber: Scrubber | None = None,
        kept: int = 50,
        begun: int = 0,
        sink: Callable[[Sequence[Exchange]], None] | None = None,
        keep: Callable[[Sequence[Exchange]], None] | None = None,
    ) -> None:
        self._sink = sink
        self._keep = keep
        #: 0: never. The first page has the requests before it written down, however soon it comes.
        self._read_at = 0.0
        self._since = time.monotonic()
        self._scrubber = scrubber or Scrubber()
        self._kept = kept
        self._number = begun
        self._first: list[_Pending] = []
        self._odd: list[_Pending] = []
        self._last: deque[_Pending] = deque(maxlen=kept)
        self._now: _Pending | None = None
        self._content = b""
        self._answers = 0
        self._times: dict[tuple[Outcome, int], tuple[int, int]] = {}

    def asked(self, request: requests.Request) -> None:
        """A request is to be sent."""
        self._count()
        if self._keep and time.monotonic() - max(self._read_at, self._since) >= _LONGEST_UNREAD:
            self._keep(self.drained())
        self._number += 1
        self._content = b""
        self._now = _Pending(
            self._number, time.time(), time.monotonic(), request.method, request.url, question=None
        )
        (self._first if self._number <= self._kept else self._last).append(self._now)

    def sent(self, request: requests.PreparedRequest) -> None:
        """It is sent now, and so."""
        if self._now is not None:
            self._now.at, self._now.begun = time.time(), time.monotonic()
            self._now.url, self._now.question = request.url or "", request.body

    def answered(self, response: requests.Response) -> None:
        """The head of its answer has come."""
        if self._now is not None:
            self._now.status, self._now.headers = response.status_code, response.headers
            self._stop()

    def read(self, content: bytes) -> None:
        """Its answer has come to its end; it is held until the next request is sent."""
        if self._now is not None:
            self._now.size, self._content = len(content), content
            self._stop()
            if self._sink and self._answers < _MOST_ANSWERS:
                self._now.answer = _cut(content)
                self._answers += 1
                self._sink(self.drained())

    def failed(self, words: str) -> None:
        """The last request failed, or its answer was odd; said once, by whoever knows first."""
        now = self._now
        if now is None or now.error or len(self._odd) >= _MOST_ODD:
            return
        if not self._content:
            self._stop()
        now.error = words[:_LONGEST_WORDS]
        if self._content and now.answer is None and self._answers < _MOST_ANSWERS:
            now.answer = _cut(self._content)
            self._answers += 1
        if now.number > self._kept or now.drained:
            self._odd.append(now)

    def _stop(self) -> None:
        if self._now is not None:
            self._now.milliseconds = round((time.monotonic() - self._now.begun) * 1000)

    def _count(self) -> None:
        """The newest request is over."""
        now, self._now = self._now, None
        if now is not None:
            key = (outcome_of(now.status), bound_of(now.milliseconds))
            count, milliseconds = self._times.get(key, (0, 0))
            self._times[key] = (count + 1, milliseconds + now.milliseconds)

    def times(self) -> dict[tuple[Outcome, int], tuple[int, int]]:
        """How many requests there were of each outcome and length, and their milliseconds."""
        self._count()
        return self._times

    def due(self) -> list[Exchange]:
        """As `drained`, once a second: to be written down with a page."""
        return self.drained() if time.monotonic() - self._read_at >= _BETWEEN else []

    def drained(self) -> list[Exchange]:
        """What is to be kept, in its order, and nothing of it again unless it turns out to be odd."""
        kept = {one.number: one for one in (*self._first, *self._odd, *self._last)}
        self._first, self._odd, self._read_at = [], [], time.monotonic()
        self._last.clear()
        for one in kept.values():
            one.drained = True
        return [self._exchange(one) for _, one in sorted(kept.items())]

    def _exchange(self, one: _Pending) -> Exchange:
        text = self._scrubber.text
        question = one.question or b""
        if isinstance(question, bytes):
            question = question.decode("utf-8", "replace")
        return Exchange(
            number=one.number,
            at=datetime.fromtimestamp(one.at, UTC),
            method=one.method,
            url=text(shown_url(one.url))[:_LONGEST_URL],
            status=one.status,
            size=one.size,
            milliseconds=one.milliseconds,
            error=text(one.error),
            headers={name: text(_shown(name, one.headers[name])) for name in _HEADERS if name in one.headers},
            question=text(question.replace("\0", "")[:_LONGEST_QUESTION]),
            answer=None if one.answer is None else self._scrubber.content(one.answer),
        )


def _shown(name: str, value: str) -> str:
    # The library gives headers as Latin-1; what a database cannot hold is not kept.
    value = value.replace("\0", "")
    return (shown_url(value) if name == "Location" else value)[:_LONGEST_HEADER]


def _cut(content: bytes) -> bytes:
    left_out = len(content) - _HEAD - _TAIL
    if left_out <= 0:
        return content
    return content[:_HEAD] + f"\n[... {left_out} bytes are left out here ...]\n".encode() + content[-_TAIL:]
