"""The words of CQL2 text (OGC 21-065r2, annex B): a filter cut into tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from catalogue.errors import InvalidQuery
from endpoint.filters.cql2.tree import LOCATOR, LONGEST, wrong

_TOKEN: Final = re.compile(
    r"""\s*(?:
      (?P<text>'(?:[^'\\]|\\.|'')*')
    | "(?P<quoted>[^"]+)"
    | (?P<number>[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)
    | (?P<operator><>|<=|>=|=|<|>)
    | (?P<arithmetic>[-+*/%^])
    | (?P<mark>[(),])
    | (?P<word>(?:[^\W\d]|:)[\w.:]*)
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPED_QUOTE: Final = re.compile(r"''|\\'")
END: Final = "end"
_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a literal or a mark."""

    kind: str
    text: str
    place: int

    @property
    def keyword(self) -> str:
        """The word in capitals; empty for everything that is no bare word."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def at(self) -> str:
        """Where it stands, for people."""
        return f"character {self.place + 1}"

    @property
    def shown(self) -> str:
        """What it is, for people."""
        return repr(self.text[:_SHOWN]) if self.text else "the end"

    @property
    def literal(self) -> str:
        """The string that a text means."""
        return _ESCAPED_QUOTE.sub("'", self.text[1:-1])


def tokens(text: str) -> list[Token]:
    """The tokens, and one for the end.

    Raises:
        InvalidQuery: something in it is none.
    """
    if len(text) > LONGEST:
        raise InvalidQuery(f"a filter may have at most {LONGEST} characters", LOCATOR)
    found: list[Token] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            rest = text[at : at + _SHOWN].lstrip()
            what = "a text without its end" if rest.startswith("'") else f"{rest!r}, which is not understood"
            raise wrong(f"character {at + 1}", f"there is {what}")
        kind = match.lastgroup or ""
        found.append(Token(kind, match[kind], match.start(kind)))
        at = match.end()
    return [*found, Token(END, "", end)]
