"""What is remembered of requests to sources: the mark of a version of a document.

A `Validator` is how we ask "has it changed since?" (RFC 9110, sections 8.8 and 13.1).
"""

from __future__ import annotations

from dataclasses import dataclass


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
