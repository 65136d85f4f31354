"""Validators: ETag and If-None-Match (RFC 9110, sections 8.8.3 and 13.1.2).

All of ours are weak: an answer is the same if it says the same, whatever its coding, and whatever the
time of day that its envelope tells.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

#: What is longer is a page of a harvest, which no client asks for twice: to hash it would be in vain.
LONGEST: Final = 64 * 1024


def etag_of(*parts: bytes) -> str:
    """The entity tag of an answer that consists of these."""
    # Processors have instructions for this one: it takes half as long as BLAKE2.
    digest = sha256(usedforsecurity=False)
    for part in parts:
        digest.update(part)
    return f'W/"{digest.hexdigest()[:24]}"'


def matches(if_none_match: str, etag: str) -> bool:
    """Whether an If-None-Match header names this tag, by weak comparison."""
    if if_none_match.strip() == "*":
        return True
    opaque = etag.removeprefix("W/")
    return any(one.strip().removeprefix("W/") == opaque for one in if_none_match.split(","))
