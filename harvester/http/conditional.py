"""Conditional requests: a document that has not changed is neither sent nor read again.

For documents that are whole lists - a static repository, capabilities, a feed, a file in a folder - a client
asks `session.fetch_if_modified(url)` and gets None where the document is the one that the last harvest took.

How it holds together:

- A validator (ETag, Last-Modified, and a digest of the content) is noted for each document fetched so, and
  written down with the number of the run. It counts only once that run has ended well: a run that was
  killed or failed has taken nothing for granted.
- Only an incremental run asks conditionally. A full run reads everything, and so does the first one.
- Servers without validators cost the transfer, not the reading: the same bytes are the same version.
- **Not modified is not empty.** A client that is told so yields no items, and nobody may conclude from their
  absence that records are gone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from hashlib import blake2b
from typing import Final

from catalogue.exchange import Validator
from harvester.http.answer import Answer, http_date

#: RFC 9110, section 8.8.2.2: a document that changed in the second in which it was sent may do so again.
_SURE_AFTER: Final = timedelta(seconds=1)
#: No header of ours is longer than this, whatever a server sends as its ETag.
_LONGEST: Final = 500


def key_of(url: str) -> bytes:
    """Under what a document's validator is kept: a digest, for addresses may hold keys."""
    return blake2b(url.encode(), digest_size=20).digest()


def validator_of(answer: Answer) -> Validator:
    """The mark of the version that this answer is."""
    headers = answer.headers
    etag = headers.get("ETag", "").strip()
    modified = headers.get("Last-Modified", "").strip()
    return Validator(
        etag=etag if _sendable(etag) else "",
        last_modified=modified if _sendable(modified) and _is_sure(answer, modified) else "",
        digest=blake2b(answer.content, digest_size=20).digest(),
    )


def _sendable(value: str) -> bool:
    return value.isascii() and value.isprintable() and len(value) <= _LONGEST


def _is_sure(answer: Answer, modified: str) -> bool:
    moment = http_date(modified)
    return moment is not None and (answer.sent_at is None or answer.sent_at - moment >= _SURE_AFTER)


class Validators:
    """The versions that were taken before, and those that this session has seen."""

    def __init__(self, load: Callable[[], Mapping[bytes, Validator]] = dict) -> None:
        self._load = load
        self._known: Mapping[bytes, Validator] | None = None
        #: What this session has seen, by key.
        self.noted: dict[bytes, Validator] = {}

    def known(self, key: bytes) -> Validator | None:
        """The version that was taken last; looked up in the store at the first question."""
        if self._known is None:
            self._known = self._load()
        return self._known.get(key)
