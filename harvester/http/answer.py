"""An answer of a remote source, read to its end."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from catalogue.errors import AnswerTooLarge, AnswerUnreadable, HttpFailure

#: A Retry-After beyond this is not waited for as such: the run is due again before.
LONGEST_WAIT: Final = 7 * 86400.0

_XML_START: Final = re.compile(rb"\s*<(?!!doctype\s+html|html[\s>])", re.IGNORECASE)
#: How what is compressed by gzip begins (RFC 1952, section 2.3.1), and how zlib is told.
_GZIP: Final = b"\x1f\x8b\x08"
_GZIP_BITS: Final = 31
_UTF16_MARKS: Final = (b"\xfe\xff", b"\xff\xfe", b"<\x00", b"\x00<")


def place(url: str) -> str:
    """A URL as messages show it: without user, password, query and fragment."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an address that is not a URL"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def http_date(value: str) -> datetime | None:
    """An HTTP date (RFC 9110, section 5.6.7) in UTC, or None where it is none."""
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        return None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait by the Retry-After header (RFC 9110, section 10.2.3), in either form; never negative.

    A date is measured against the server's own Date header where there is one: clocks differ.
    """
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value), LONGEST_WAIT)
    moment = http_date(value) if value else None
    if moment is None:
        return None
    now = http_date(headers.get("Date", "")) or datetime.now(UTC)
    return min(max(0.0, (moment - now).total_seconds()), LONGEST_WAIT)


def unzipped(content: bytes, limit: int, where: str) -> bytes:
    """An answer that is compressed although no header says so, decompressed; any other as it is.

    Args:
        content: as it came.
        limit: bytes that it may unpack to.
        where: it came from, as messages show it.

    Raises:
        AnswerTooLarge: it unpacks to more.
        AnswerUnreadable: it is damaged, or cut off.
    """
    if not content.startswith(_GZIP):
        return content
    unpacking = zlib.decompressobj(_GZIP_BITS)
    try:
        found = unpacking.decompress(content, limit + 1)
    except zlib.error as error:
        raise AnswerUnreadable(f"{where}: the answer is compressed by gzip, and damaged") from error
    if len(found) > limit:
        raise AnswerTooLarge(f"{where} sends more than the limit of {limit} bytes")
    if not unpacking.eof:
        raise AnswerUnreadable(f"{where}: the answer is compressed by gzip, and cut off")
    return found


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, whole, and decompressed.

    Where the status is not a success, there is XML in it, which may be the protocol's own error: OAI-PMH
    servers exist that send theirs with 422, and CSW servers that send exception reports with 400 or 500.
    Who finds no error of the protocol in it calls `require_success`.
    """

    #: Where it came from in the end, redirects followed.
    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def media_type(self) -> str:
        """The media type in small letters, without parameters; empty where there is none."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        """The charset parameter of the Content-Type; empty where there is none."""
        found = re.search(r"charset\s*=\s*\"?([\w.:-]+)", self.headers.get("Content-Type", ""), re.IGNORECASE)
        return found[1].lower() if found else ""

    @property
    def sent_at(self) -> datetime | None:
        """The Date header, in UTC."""
        return http_date(self.headers.get("Date", ""))

    @property
    def looks_like_xml(self) -> bool:
        """Whether the content begins as XML does, and not as HTML."""
        start = self.content[:200].removeprefix(b"\xef\xbb\xbf")
        return start.startswith(_UTF16_MARKS) or _XML_START.match(start) is not None

    def require_success(self) -> None:
        """Refuse an unsuccessful status.

        Raises:
            HttpFailure: the status is 400 or more.
        """
        if self.status >= 400:  # noqa: PLR2004 - RFC 9110, section 15.5
            raise HttpFailure(f"{place(self.url)} answered with HTTP status {self.status}", self.status)
