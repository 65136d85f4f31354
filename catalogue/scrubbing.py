"""Secrets taken out of what is kept and shown: a server may say ours back to us in an error."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from catalogue.credentials import Secret

MARK: Final = "[secret]"
#: Shorter than this, a secret may be part of any word: it is taken out where it stands alone.
_LONG: Final = 6
_ENTITIES: Final = {'"': "&quot;", "'": "&apos;"}
#: Arguments of an address whose values are keys, as far as their names say so.
_KEYS: Final = re.compile(
    r"([?&;](?:[\w.-]*(?:key|secret|passw(?:or)?d|pwd|signature|credential)|(?:access|auth|session)[\w.-]*"
    r"|token|sig|sid)=)[^&;#\s]*",
    re.IGNORECASE,
)
#: User and password in an address within a text.
_USER: Final = re.compile(r"(?<=://)[^/?#\s]*@")


def shown_url(url: str) -> str:
    """An address as it is kept: with its arguments, but without user, password, fragment and keys."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an address that is not a URL"
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="").geturl()
    return _KEYS.sub(rf"\1{MARK}", bare)


def shown_text(text: str) -> str:
    """A text as others see it: without users, passwords and keys in the addresses in it, in one line."""
    return _KEYS.sub(rf"\1{MARK}", _USER.sub("", " ".join(text.split())))


class Scrubber:
    """Takes secrets out of texts and bytes, in every form in which they may come back."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        traces = {trace for secret in secrets for trace in secret.traces() if trace}
        patterns = [_pattern(trace) for trace in sorted(traces, key=len, reverse=True)]
        self._text = re.compile("|".join(patterns)) if patterns else None
        self._bytes = re.compile("|".join(patterns).encode()) if patterns else None

    def __bool__(self) -> bool:
        return self._text is not None

    def text(self, text: str) -> str:
        """The text without them."""
        return self._text.sub(MARK, text) if self._text else text

    def content(self, content: bytes) -> bytes:
        """The bytes without them."""
        return self._bytes.sub(MARK.encode(), content) if self._bytes else content


def _pattern(trace: str) -> str:
    """The trace however each of its signs is written: as such, or as in addresses, JSON, XML or Python."""
    pattern = "".join(
        character if character.isalnum() and character.isascii() else _ways(character) for character in trace
    )
    return pattern if len(trace) >= _LONG else rf"(?<!\w){pattern}(?!\w)"


def _ways(character: str) -> str:
    code = ord(character)
    percent = "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))
    ways = {character, percent, percent.lower(), f"&#{code};", f"&#x{code:x};", f"&#x{code:X};"}
    ways |= {json.dumps(character)[1:-1], repr(character)[1:-1], f"\\{character}", ascii(character)[1:-1]}
    ways |= {escape(character, _ENTITIES)} | ({"+"} if character == " " else set())
    return "(?:" + "|".join(map(re.escape, sorted(ways, key=len, reverse=True))) + ")"
