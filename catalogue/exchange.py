"""What is remembered of requests to sources: some for a while, and the mark of a version of a document.

An `Exchange` is for people who ask what happened. A `Validator` is how we ask "has it changed since?"
(RFC 9110, sections 8.8 and 13.1).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

#: Seconds: requests to sources are counted by how long they took.
BOUNDS: Final = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 60.0)


class Outcome(StrEnum):
    """What came of a request, as it is counted."""

    GOOD = "2xx"
    REDIRECT = "3xx"
    REFUSED = "4xx"
    BROKEN = "5xx"
    #: No answer, or none that HTTP knows.
    NONE = "none"


_OUTCOMES: Final = {2: Outcome.GOOD, 3: Outcome.REDIRECT, 4: Outcome.REFUSED, 5: Outcome.BROKEN}


def outcome_of(status: int | None) -> Outcome:
    """What a status counts as."""
    return _OUTCOMES.get((status or 0) // 100, Outcome.NONE)


def bound_of(milliseconds: int) -> int:
    """Which of the bounds is the first that a request stayed within; beyond all: how many there are."""
    return bisect_left(BOUNDS, milliseconds / 1000)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request of a run, and what came of it; without secrets, so that it can be shown to anybody."""

    #: Which request of its run it is, from 1 on; each redirect is a request of its own.
    number: int
    at: datetime
    method: str
    url: str
    #: HTTP status; None where no answer came.
    status: int | None = None
    #: Bytes of the answer, decompressed, and milliseconds until its last one.
    size: int = 0
    milliseconds: int = 0
    #: Why it failed or was odd, in words.
    error: str = ""
    #: Some headers of the answer.
    headers: Mapping[str, str] = field(default_factory=dict)
    #: What was sent in the body.
    question: str = ""
    #: The answer, where it was odd; a long one is cut in its middle.
    answer: bytes | None = field(default=None, repr=False)

    @property
    def is_odd(self) -> bool:
        """Whether it is kept, however many there are."""
        return bool(self.error) or self.answer is not None


@dataclass(frozen=True, slots=True)
class Validator:
    """The mark of one version of one document at one address."""

    #: ETag and Last-Modified, as sent; empty where there was none that can be relied upon.
    etag: str = ""
    last_modified: str = ""
    #: BLAKE2b-160 of the content: the same bytes again are the same version, whatever the headers say.
    digest: bytes = b""

    @property
    def conditions(self) -> dict[str, str]:
        """The headers that ask for the document only where it has changed."""
        asked = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in asked.items() if value}
