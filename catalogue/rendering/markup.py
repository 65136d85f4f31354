"""Building XML as text: escaping, addresses, and the one step from text to bytes.

Values are escaped where they are put in; characters that XML forbids are taken out once, from the whole
document, which costs a tenth of looking at each value. Together it is what `catalogue.xml.escape` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from catalogue.languages import is_tag
from catalogue.record import UNDETERMINED, Box, Text

#: The C0 controls that XML 1.0, section 2.2, does not allow.
_CONTROLS: Final = bytes(code for code in range(0x20) if code not in {0x09, 0x0A, 0x0D})
#: XML allows all other noncharacters.
_NONCHARACTERS: Final = ("\ufffe", "\uffff")

_PCHAR: Final = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})"
_AUTHORITY: Final = (
    r"//(?:(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*@)?"
    r"(?:[A-Za-z0-9._~-]|%[0-9A-Fa-f]{2})*(?::[0-9]{1,5})?(?=[/?#]|$)"
)
#: RFC 3986, appendix A, without IP literals and empty ports: what every reader of xs:anyURI accepts.
_URI: Final = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.-]*:(?:{_AUTHORITY}|(?!//)){_PCHAR}*(?:\?(?:{_PCHAR}|\?)*)?(?:\#(?:{_PCHAR}|\?)*)?"
)
#: `https://example.org:/a`: RFC 3986 allows an empty port, libxml2 does not.
_EMPTY_PORT: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://[^/?#:]*):(?=[/?#]|$)")
_LONE_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HALF_TURN: Final = 180
_RIGHT_ANGLE: Final = 90
#: A word: the usual case of what stands in a codelist.
_WORD: Final = re.compile(r"[A-Za-z0-9._~-]+")

#: W3CDTF as xs:date and xs:dateTime accept it.
_DATE: Final = re.compile(
    r"([1-9]\d{3})(?:-(0[1-9]|1[012])(?:-(0[1-9]|[12]\d|3[01])"
    r"(T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d)?)?)?)?",
    re.ASCII,
)
_LAST_SAFE_DAY: Final = 28


def escape(text: str) -> str:
    """Text as character data. Characters that XML forbids are taken out by `document`."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def attribute(text: str) -> str:
    """Text as an attribute's value, to stand between double quotes."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return escaped.replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")


def document(parts: Iterable[str]) -> bytes:
    """The parts as one document in UTF-8, free of every character that XML forbids."""
    joined = "".join(parts)
    if not joined.isascii():
        for forbidden in _NONCHARACTERS:
            if forbidden in joined:
                joined = joined.replace(forbidden, "")
    return joined.encode("utf-8", "ignore").translate(None, _CONTROLS)


def any_uri(text: str) -> str:
    """Text as an attribute or element of type xs:anyURI: as it is where it is one, else percent-encoded."""
    if _WORD.fullmatch(text):
        return text
    uri = text.strip()
    if not _URI.fullmatch(uri):
        uri = quote(_LONE_PERCENT.sub("%25", uri).encode("utf-8", "ignore"), safe="!$&'()*+,;=:@/-._~%?#")
        uri = _EMPTY_PORT.sub(r"\1", uri, count=1)
        if not _URI.fullmatch(uri):
            uri = quote(text.strip().encode("utf-8", "ignore"), safe="/")
    return uri.replace("&", "&amp;")


def is_uri(text: str) -> bool:
    """Whether the text is an address that every reader of xs:anyURI accepts as it is."""
    return _URI.fullmatch(text) is not None


@lru_cache(1024)
def language_attribute(language: str) -> str:
    """` xml:lang="en"`, or nothing for a language that is not known or cannot be said so."""
    if language == UNDETERMINED or not is_tag(language):
        return ""
    return f' xml:lang="{language}"'


def number(value: float) -> str:
    """A number as xs:decimal: no exponent, no needless zeros."""
    text = repr(value)
    if "e" in text:
        text = f"{value:.12f}".rstrip("0").rstrip(".")
    return text.removesuffix(".0")


def values(text: Text | None) -> tuple[tuple[str, str], ...]:
    """The values of a text that say anything, with their languages."""
    if text is None:
        return ()
    for pair in text.values:
        if not pair[1]:
            return tuple(pair for pair in text.values if pair[1])
    return text.values


def in_degrees(box: Box) -> bool:
    """Whether all edges of a box are numbers, and degrees: what is not cannot be served."""
    return (
        -_HALF_TURN <= box.west <= _HALF_TURN
        and -_HALF_TURN <= box.east <= _HALF_TURN
        and -_RIGHT_ANGLE <= box.south <= _RIGHT_ANGLE
        and -_RIGHT_ANGLE <= box.north <= _RIGHT_ANGLE
    )


def is_date(value: str) -> bool:
    """Whether the value is a date that XML Schema, and so ISO/TS 19139 and GML, accept."""
    found = _DATE.fullmatch(value)
    if not found:
        return False
    if found[3] and int(found[3]) > _LAST_SAFE_DAY:
        try:
            date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            return False
    return True
