"""The words of every check, by its name: what it is about, what was seen, why it matters, and the fix."""

from __future__ import annotations

from typing import Final

from endpoint.check.words import catalogues, lists, protocol, quality, transport
from endpoint.check.words.wording import Words

WORDS: Final[dict[str, Words]] = {
    **protocol.WORDS,
    **lists.WORDS,
    **catalogues.WORDS,
    **transport.WORDS,
    **quality.WORDS,
}

__all__ = ["WORDS", "Words"]
