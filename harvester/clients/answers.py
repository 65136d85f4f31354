"""From an answer to a page of XML: encoding, strict parsing, and words for what is not XML."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from lxml import etree

from catalogue.errors import AnswerUnreadable, ForbiddenXml, MalformedXml
from catalogue.xml import parse
from harvester.clients.repair import repair
from harvester.http import Answer
from harvester.http.answer import place

_DECLARATION: Final = re.compile(
    rb"<\?xml\s[^>]*?encoding\s*=\s*(?:\"([A-Za-z][\w.:-]*)\"|'([A-Za-z][\w.:-]*)')"
)
_ROOT_NAME: Final = re.compile(rb"<([A-Za-z_][\w:.-]*)")
_UTF8: Final = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
#: The longest marks first: that of UTF-32 begins like that of UTF-16.
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00?\x00", "utf-16-le"),
    (b"\x00<\x00?", "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class XmlPage:
    """An answer as XML: its bytes in UTF-8, and the tree that was parsed from these very bytes."""

    content: bytes
    root: etree._Element
    #: Names of what had to be mended before it was well-formed.
    repairs: tuple[str, ...] = ()


def read_xml(answer: Answer, *, mend: bool = False, recover: frozenset[str] | None = None) -> XmlPage:
    """Parse an answer once, strictly.

    Args:
        answer: of a source.
        mend: repair what is not well-formed, by the closed list of `harvester.clients.repair`.
        recover: let the parser guess where that does not help, and records are called so.

    Raises:
        HttpFailure: it is not XML, and the status says why.
        AnswerUnreadable: it is not XML, is cut off, has a DOCTYPE, or is not in the encoding it declares.
    """
    content = answer.content
    try:
        content = to_utf8(answer.content, answer.charset)
        return XmlPage(content, parse(content))
    except (MalformedXml, ForbiddenXml, LookupError, UnicodeError) as error:
        answer.require_success()
        mended = (
            repair(content, recover=recover)
            if mend and isinstance(error, MalformedXml | UnicodeError)
            else None
        )
        if mended is not None:
            return XmlPage(mended.content, mended.root, mended.repairs)
        raise unreadable(answer, _why(answer, error)) from error


def unreadable(answer: Answer, why: str) -> AnswerUnreadable:
    """An AnswerUnreadable that shows where the answer came from and how it begins."""
    start = answer.content[:400].decode("utf-8", "replace")
    shown = " ".join(start.split())[:80]
    kind = answer.media_type or "no content type"
    return AnswerUnreadable(f"{place(answer.url)}: {why}; the answer ({kind}) begins {shown!r}")


def _why(answer: Answer, error: Exception) -> str:
    if not answer.content.strip():
        return "the answer is empty"
    if isinstance(error, ForbiddenXml) and answer.looks_like_xml:
        return str(error)
    if isinstance(error, UnicodeError | LookupError):
        return f"the encoding is not what is declared ({error})"
    if not answer.looks_like_xml:
        return "not XML"
    if _is_cut_off(answer.content):
        return f"the answer is cut off: its root element is not closed ({error})"
    return f"not well-formed XML ({error})"


def _is_cut_off(content: bytes) -> bool:
    """Whether the root element's end tag is missing at the end; libxml2 has many words for that."""
    root = _ROOT_NAME.search(content)
    return root is not None and b"</" + root[1] not in content[-1000:]


def to_utf8(content: bytes, charset: str = "") -> bytes:
    """The document in UTF-8, without byte order mark, its XML declaration corrected accordingly.

    A byte order mark goes before the XML declaration, and the declaration before the charset of the
    Content-Type, which many servers send for everything alike (RFC 7303 has it the other way round).

    Raises:
        UnicodeError: the bytes are not in the encoding that is declared.
        LookupError: nobody knows that encoding.
    """
    if content.startswith(codecs.BOM_UTF8):
        return _redeclared(content.removeprefix(codecs.BOM_UTF8))
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _redeclared(content.decode(encoding).encode())
    declared = _DECLARATION.match(content)
    encoding = (declared[1] or declared[2]).decode("ascii").lower() if declared else ""
    if encoding in _UTF8:
        return content
    if encoding:
        return _redeclared(content.decode(encoding).encode())
    return content if charset in _UTF8 or not charset else _undeclared(content, charset)


def _undeclared(content: bytes, charset: str) -> bytes:
    """UTF-8 is what XML means by saying nothing; the charset counts where it is not that."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode(charset).encode()
    return content


def _redeclared(content: bytes) -> bytes:
    declared = _DECLARATION.match(content)
    if declared is None:
        return content
    start, end = declared.span(1) if declared[1] else declared.span(2)
    return content[:start] + b"UTF-8" + content[end:]


def utc_moment(text: str, *, zone_needed: bool = False) -> str:
    """A timestamp as `YYYY-MM-DDThh:mm:ssZ`; empty where it is none.

    Args:
        text: in any form of ISO 8601, with any offset.
        zone_needed: take nothing that leaves the zone open; otherwise UTC is meant.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo is None:
            if zone_needed:
                return ""
            moment = moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        return ""


def date_header(answer: Answer) -> str:
    """The Date header as `YYYY-MM-DDThh:mm:ssZ`; empty where there is none."""
    return answer.sent_at.strftime("%Y-%m-%dT%H:%M:%SZ") if answer.sent_at else ""
