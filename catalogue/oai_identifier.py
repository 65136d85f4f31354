"""Our OAI identifiers: `oai:<namespace>:<source>:<identifier in the source>`.

The form is that of the OAI identifier guideline (http://www.openarchives.org/OAI/2.0/guidelines-oai-identifier.htm).
Two sources may hold the same identifier; ours differ, and neither record overwrites the other. The
source's own identifier is in ours for everyone to read, percent-encoded where the guideline asks for it.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

#: What the guideline allows, less what XML or a space-separated list would have to escape.
_SAFE: Final = "/:;?@=+$,-_.!~*()"
#: What is nothing but that, as identifiers nearly always are.
_PLAIN: Final = re.compile(rf"[A-Za-z0-9{re.escape(_SAFE)}]*")

#: A URI (RFC 3986) without user, fragment or literal address, or a relative reference; characters that
#: are percent-encoded on their way into a URI may stand for themselves (XML Schema, anyURI).
_CHARACTER: Final = r"(?:[^\s%#:/?\[\]\x00-\x20\x7f\ud800-\udfff\ufffe\uffff]|%[0-9A-Fa-f]{2})"
_REST: Final = rf"(?:{_CHARACTER}|[:/?])*"
_URI: Final = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.\-]*:(?!//){_REST}"
    rf"|[A-Za-z][A-Za-z0-9+.\-]*://[\w.\-]*(?::[0-9]{{0,5}})?(?:[/?]{_REST})?"
    rf"|(?!//)(?:{_CHARACTER}|/)+(?:[/?]{_REST})?"
)


def is_uri(text: str) -> bool:
    """Whether an identifier has the syntax that OAI-PMH demands of one (section 2.4)."""
    return _URI.fullmatch(text) is not None


def mint(namespace: str, source_id: str, source_identifier: str) -> str:
    """The identifier of an item of a source; one to one, and for ever the same."""
    plain = _PLAIN.fullmatch(source_identifier) is not None
    return (
        f"oai:{namespace}:{source_id}:{source_identifier if plain else quote(source_identifier, safe=_SAFE)}"
    )
