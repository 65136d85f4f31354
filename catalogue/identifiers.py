"""Identifiers of resources: what scheme one belongs to, and the normal form in which two can be compared.

Nothing here changes what a node sent: a record keeps each identifier as it came, and its scheme beside it.
The normal forms are for comparing (deduplication, search), and are stable across releases.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

#: DOI handbook, 2.2: prefix 10.NNNN, a slash, any printable suffix.
_DOI: Final = re.compile(
    r"(?:doi:\s*|info:doi/|https?://(?:dx\.|www\.)?doi\.org/(?:doi:)?)?(10\.\d{4,9}(?:\.\d+)*/\S+)",
    re.IGNORECASE,
)
#: RFC 3650: naming authority, a slash, local name; only with what says that it is a handle.
_HANDLE: Final = re.compile(r"(?:hdl:\s*|info:hdl/|https?://hdl\.handle\.net/)([\w.]+/\S+)", re.IGNORECASE)
#: RFC 4122, section 3, bare, in braces or as a URN.
_UUID: Final = re.compile(
    r"(?:urn:uuid:|uuid:)?\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?", re.IGNORECASE
)
_ISBN: Final = re.compile(
    r"(?:urn:isbn:|isbn(?:-1[03])?[:\s]\s*)?((?:\d[ -]?){9,12}[\dX])", re.IGNORECASE | re.ASCII
)
_ISSN: Final = re.compile(r"(?:urn:issn:|e?issn[:\s]\s*)?(\d{4}-\d{3}[\dX])", re.IGNORECASE | re.ASCII)
_ISBN_10: Final = 10
_ISBN_13: Final = 13
#: RFC 3986 schemes under which things are named or found; any word before a colon would be too much.
_URI: Final = re.compile(
    r"(?:https?|ftps?|sftp)://[^\s/]\S*|(?:urn:[a-z0-9][a-z0-9-]+|info|ark|tag|mailto|oai|geo|file|s3):\S+",
    re.IGNORECASE,
)
_WEB: Final = re.compile(r"(?:https?|ftps?)://[^\s/?#]\S*", re.IGNORECASE)
#: OAI identifier guidelines 2.0: scheme, repository identifier (a domain name), local identifier.
_OAI: Final = re.compile(r"oai:([a-zA-Z][a-zA-Z0-9-]*(?:\.[a-zA-Z][a-zA-Z0-9-]*)+):(\S+)")
#: Document symbols of the conventions and of UNEP: `UNEP/CHW.13/6/Add.1`, `UNEP/FAO/RC/COP.8/INF/2`.
_UN_SYMBOL: Final = re.compile(r"UNEP(?:\s*/\s*[A-Z0-9][A-Z0-9.()&-]*){1,9}", re.IGNORECASE)


def doi(value: str) -> str:
    """The DOI as `10.1234/suffix` in lower case (DOIs ignore case); empty where the value is none."""
    found = _DOI.fullmatch(value.strip())
    return found[1].lower() if found else ""


def handle(value: str) -> str:
    """The handle as `prefix/suffix`; empty where the value does not say that it is one."""
    found = _HANDLE.fullmatch(value.strip())
    return found[1] if found else ""


def uuid(value: str) -> str:
    """The UUID in lower case with hyphens; empty where the value is none."""
    found = _UUID.fullmatch(value.strip())
    return found[1].lower() if found else ""


def isbn(value: str) -> str:
    """The ISBN as 13 digits, its check digit verified; empty where the value is none."""
    found = _ISBN.fullmatch(value.strip())
    digits = found[1].upper().replace("-", "").replace(" ", "") if found else ""
    if len(digits) == _ISBN_10 and sum((10 - i) * _digit(c) for i, c in enumerate(digits)) % 11 == 0:
        stem = "978" + digits[:9]
        return stem + str(-sum(int(c) * (3 if i % 2 else 1) for i, c in enumerate(stem)) % 10)
    if len(digits) != _ISBN_13 or not digits.isdigit() or not digits.startswith(("978", "979")):
        return ""
    return digits if sum(int(c) * (3 if i % 2 else 1) for i, c in enumerate(digits)) % 10 == 0 else ""


def issn(value: str) -> str:
    """The ISSN as `1234-567X`, its check digit verified; empty where the value is none."""
    found = _ISSN.fullmatch(value.strip())
    if not found:
        return ""
    digits = found[1].upper().replace("-", "")
    return found[1].upper() if sum((8 - i) * _digit(c) for i, c in enumerate(digits)) % 11 == 0 else ""


def spellings(value: str) -> tuple[str, ...]:
    """How an identifier of a scheme that has several spellings may be written; nothing for any other."""
    for normal, before in _SPELT:
        if found := normal(value):
            return tuple(start + found for start in before)
    return ()


def _digit(character: str) -> int:
    return 10 if character == "X" else int(character)


def web_address(value: str) -> str:
    """The value where it is one http, https or ftp address; else empty."""
    stripped = value.strip()
    return stripped if _WEB.fullmatch(stripped) else ""


def oai(value: str) -> tuple[str, str] | None:
    """Repository identifier (lower case) and local identifier of an OAI identifier."""
    found = _OAI.fullmatch(value.strip())
    return (found[1].lower(), found[2]) if found else None


def un_symbol(value: str) -> str:
    """A document symbol of the conventions, in upper case and without spaces; empty where it is none."""
    found = _UN_SYMBOL.fullmatch(value.strip())
    return re.sub(r"\s+", "", found[0]).upper() if found else ""


def scheme(value: str) -> str:
    """The scheme of an identifier: `doi`, `handle`, `uuid`, `issn`, `isbn`, `uri`, or empty."""
    stripped = value.strip()
    # An address, the commonest identifier, can only be one of two others.
    names = tuple(_NORMAL)
    if stripped.startswith(("http://", "https://")):
        names = ("doi", "handle") if "doi.org/10." in stripped or "hdl.handle.net/" in stripped else ()
    found = next((name for name in names if _NORMAL[name](stripped)), "")
    return found or ("uri" if _URI.fullmatch(stripped) else "")


#: Scheme -> what makes the normal form of an identifier in it, or nothing of one that is not.
_NORMAL: Final[dict[str, Callable[[str], str]]] = {
    "doi": doi,
    "handle": handle,
    "uuid": uuid,
    "issn": issn,
    "isbn": isbn,
}


#: What may stand before the normal form.
_SPELT: Final[tuple[tuple[Callable[[str], str], tuple[str, ...]], ...]] = (
    (
        doi,
        (
            "",
            "doi:",
            "info:doi/",
            "https://doi.org/",
            "http://doi.org/",
            "https://dx.doi.org/",
            "http://dx.doi.org/",
        ),
    ),
    (handle, ("", "hdl:", "info:hdl/", "https://hdl.handle.net/", "http://hdl.handle.net/")),
    (uuid, ("", "urn:uuid:")),
)


def normal_form(value: str) -> str:
    """`scheme:value` for comparing identifiers: equal for two spellings of one identifier."""
    for name, normal in _NORMAL.items():
        found = normal(value)
        if found:
            return f"{name}:{found}"
    symbol = un_symbol(value)
    return f"un:{symbol}" if symbol else value.strip()
