"""The words of a text, and what a pattern asks of them.

A text is cut where letters, digits and everything else meet. Each class of characters is told by the
character alone, so a literal that occurs in a text is cut there as it is by itself, but for its ends, which
may lie within a longer run. Runs that could be anything are indexed by pieces: long numbers, scripts that
write no spaces, what is too long to be a word. So words are few, and what contains a literal is found.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat
from typing import Final

from catalogue.query import Pattern, Wildcard

#: Han, kana, Thai, Lao, Myanmar and Khmer, but for their digits.
_UNSPACED: Final = (
    "\u0e00-\u0e4f\u0e5a-\u0e7f\u0e80-\u0ecf\u0eda-\u0eff\u1000-\u103f\u104a-\u108f\u109a-\u109f"
    "\u1780-\u17df\u17ea-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_LETTERS: Final = re.compile(rf"[^\W\d_{_UNSPACED}]+")
_DIGITS: Final = re.compile(r"\d+")
_JOINED: Final = re.compile(rf"[{_UNSPACED}]+")
_RUNS: Final = re.compile(rf"(?P<letters>{_LETTERS.pattern})|(?P<digits>\d+)|(?P<joined>{_JOINED.pattern})")

#: Characters of a word; of the pieces of a longer run every second half is the next one's first.
_LONGEST: Final = 32
_STRIDE: Final = 16
#: A word of so many characters is no piece of another that holds the end of it.
SHORT: Final = _STRIDE
#: What is so long lies whole within one piece, wherever it lies.
_SURE: Final = _LONGEST - _STRIDE + 1
_DIGITS_TOGETHER: Final = 4
_JOINED_TOGETHER: Final = 2


#: The same of ASCII, byte by byte: what is none of them becomes a space, which costs a tenth.
_SPACE: Final = 0x20
_ASCII: Final = 128
_ONLY_LETTERS: Final = bytes(c if c < _ASCII and chr(c).isalpha() else _SPACE for c in range(256))
_ONLY_DIGITS: Final = bytes(c if c < _ASCII and chr(c).isdigit() else _SPACE for c in range(256))
#: What stands between two words that do not follow each other, and what does so in a text.
_STOP: Final = "."
_STOPS: Final = re.compile(rf"[^\S ]|[^\w\s]|[\d_{_UNSPACED}]|  +")
_IN_A_ROW: Final = bytes(c if c == _SPACE or _ONLY_LETTERS[c] != _SPACE else ord(_STOP) for c in range(256))


def words(text: str) -> set[str]:
    """The words of a normalised text."""
    found = runs(text)
    cut(found)
    return found


def runs(text: str) -> set[str]:
    """The words of a normalised text, those that are too long still whole."""
    if text.isascii():
        return _plain(text)
    # No word goes over a space. Most of a text in an alphabet of its own comes more than once, and of one
    # with an accent here and there most is ASCII: an expression takes four times as long as `translate`.
    pieces = set(text.split())
    strange = " ".join([piece for piece in pieces if not piece.isascii()])
    found = _plain(" ".join([piece for piece in pieces if piece.isascii()]))
    found.update(_LETTERS.findall(strange))
    found.update(*map(_grams, _DIGITS.findall(strange), repeat(_DIGITS_TOGETHER)))
    found.update(*map(_grams, _JOINED.findall(strange), repeat(_JOINED_TOGETHER)))
    return found


def _plain(text: str) -> set[str]:
    """The same of ASCII."""
    written = text.encode()
    found = set(written.translate(_ONLY_LETTERS).decode().split())
    numbers = written.translate(_ONLY_DIGITS).decode().split()
    found.update(*map(_grams, numbers, repeat(_DIGITS_TOGETHER)))
    return found


def cut(found: set[str]) -> bool:
    """Put the pieces of words that are too long in their place; whether there were any."""
    long = [word for word in found if len(word) > _LONGEST]
    for word in long:
        found.remove(word)
        found.update(_pieces(word))
    return bool(long)


def sequence(text: str) -> list[str]:
    """The words of a normalised text in their order, whole, one behind the other where a space joins them.

    Between others there is a full stop, for whatever else stands there.
    """
    if text.isascii():
        found = text.encode().translate(_IN_A_ROW).decode()
        if "  " in found:
            found = found.replace("  ", _STOP)
        return found.replace(_STOP, f" {_STOP} ").split()
    return _STOPS.sub(f" {_STOP} ", text).split()


def row(literal: str) -> tuple[str, ...]:
    """The words of a literal that is nothing but short words, joined by single spaces; else none."""
    found = tuple(literal.split(" "))
    return found if all(len(word) <= SHORT and _LETTERS.fullmatch(word) for word in found) else ()


def _pieces(word: str) -> list[str]:
    return [word[at : at + _LONGEST] for at in range(0, len(word), _STRIDE)]


@lru_cache(16384)
def _grams(run: str, length: int) -> tuple[str, ...]:
    if len(run) <= length:
        return (run,)
    return tuple(run[at : at + length] for at in range(len(run) - length + 1))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the words of a text must be for the pattern to occur in it."""

    #: All of these are among them.
    whole: frozenset[str]
    #: Each of these occurs in one of them.
    within: frozenset[str]
    #: Texts with such words have the pattern; else they may have it.
    exact: bool


def wanted(pattern: Pattern) -> Wanted | None:
    """What a normalised pattern asks of the words of a text that has it; None where that is nothing."""
    whole: set[str] = set()
    within: set[str] = set()
    literals = [part for part in pattern if isinstance(part, str)]
    exact = len(literals) == 1 and Wildcard.ONE not in pattern
    for literal in literals:
        exact = _ask(literal, whole, within) and exact
    return Wanted(frozenset(whole), frozenset(within), exact) if whole or within else None


def _ask(literal: str, whole: set[str], within: set[str]) -> bool:
    """Add what this literal asks for; whether that is all that it asks for."""
    alone = False
    for run in _RUNS.finditer(literal):
        kind, text = str(run.lastgroup), run.group()
        alone = len(text) == len(literal)
        if run.start() and run.end() < len(literal):
            whole |= words(text)
        elif kind == "letters":
            within |= {text} if len(text) <= _SURE else {text[:_SURE], text[-_SURE:]}
            alone = alone and len(text) <= _SURE
        else:
            length = _DIGITS_TOGETHER if kind == "digits" else _JOINED_TOGETHER
            (within if len(text) < length else whole).update(_grams(text, length))
            alone = alone and len(text) <= length
    return alone
