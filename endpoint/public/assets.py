"""The files that pages need, and the headers that every page has."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Final

_STATIC: Final = Path(__file__).resolve().parent.parent / "static"
MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
#: Nothing from elsewhere, no script, no frame: whatever a record's title may try.
PAGE_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "public, max-age=2",
}


@cache
def asset(name: str) -> tuple[bytes, str]:
    """One of our static files and its fingerprint.

    Raises:
        KeyError: we have none of that name.
    """
    found = {path.name: path for path in _STATIC.iterdir() if path.suffix in MEDIA_TYPES}
    body = found[name].read_bytes()
    return body, blake2b(body, digest_size=6).hexdigest()


def asset_path(root: str, name: str) -> str:
    """The path of a static file, which changes with its content: it may be kept for ever."""
    return f"{root}/static/{name}?v={asset(name)[1]}"
