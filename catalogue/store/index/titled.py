"""Words within titles: which records have them, and written how, is known where pairs of words are.

A word of a title is kept as `pairs` are, with how it is written in place of the first of two. So a pattern
that is one word, or a part of one, is answered without a look at titles, whether case matters or not.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from operator import or_
from typing import Final, NamedTuple

from catalogue.query import Like, Pattern, Wildcard
from catalogue.queryables import normalise
from catalogue.store.index.asking import Asking
from catalogue.store.index.pairs import in_a_row, read
from catalogue.store.index.postings import Union, without
from catalogue.store.index.words import wanted, words

#: In place of the first word of a pair: how the second is written in a title. No word has such a number.
FORMS: Final[Mapping[int, Callable[[str], str]]] = {0: str, -1: str.capitalize, -2: str.upper}
#: It is written otherwise. With no word: the normal form of the title is more than its letters made small.
OTHERWISE: Final = -3
NO_WORD: Final = 0
#: Words whose rows are read at once, and at all.
_AT_ONCE: Final = 500
_MOST: Final = 2_000


def written(titles: Iterable[tuple[int, str]]) -> dict[tuple[int, str], array[int]]:
    """Of titles, each with a number: how words are written -> the numbers; with no word as above."""
    having: dict[int, set[tuple[int, str]]] = defaultdict(set)
    for number, title in titles:
        having[number] |= _forms(title)
    found: dict[tuple[int, str], array[int]] = defaultdict(lambda: array("H"))
    for number, forms in having.items():
        for form in forms:
            found[form].append(number)
    return found


def _forms(title: str) -> set[tuple[int, str]]:
    normal = normalise(title)
    of_it = words(normal)
    if normal == title:
        return {(0, word) for word in of_it}
    as_sent = words(title)
    small = {word: word.lower() for word in as_sent}
    if normal != title.lower() or of_it != set(small.values()):
        return {(OTHERWISE, ""), *((OTHERWISE, word) for word in of_it)}
    return {(_form(sent, word), word) for sent, word in small.items()}


def _form(sent: str, word: str) -> int:
    return next((number for number, form in FORMS.items() if form(word) == sent), OTHERWISE)


def narrowed(asking: Asking, predicate: Like, contained: Pattern, among: int) -> tuple[int, int]:
    """Those of the records that have such a title, and those that may have one, as far as the index tells.

    Args:
        asking: asks the index.
        predicate: what titles are asked for.
        contained: what the normal form of such a title contains.
        among: the records.
    """
    word = _word(predicate)
    if word:
        found = _any_of(asking, _words(asking, normalise(word)), among, word if predicate.match_case else "")
        told, maybe, unknown = found.told, found.maybe, found.unknown
    else:
        told, (maybe, unknown) = 0, _all_of(asking, contained, among)
    if unknown:
        maybe |= asking.with_words(contained, unknown)[0]
    return told, without(maybe, told)


def _word(predicate: Like) -> str:
    """What stands alone between two wildcards, where nothing but words tells whether it is in a text."""
    match predicate.pattern:
        case (Wildcard.MANY, str(literal), Wildcard.MANY):
            normal = normalise(literal)
            asked = wanted((normal,))
            told = asked is not None and asked.exact
            return literal if told and (not predicate.match_case or normal == literal.lower()) else ""
    return ""


def _words(asking: Asking, part: str) -> Mapping[int, str]:
    """The words in which a part of a pattern may be, by their numbers."""
    return asking.vocabulary.containing_it(asking.connection, part)


def _all_of(asking: Asking, pattern: Pattern, among: int) -> tuple[int, int]:
    """The records whose titles have what the pattern asks of words; those of which that is not known."""
    asked = wanted(pattern)
    if asked is None:
        return among, 0
    unknown = 0
    for part in (*asked.whole, *asked.within):
        if among:
            found = _any_of(asking, _words(asking, part), among, "")
            unknown |= found.unknown
            among = found.told
    if among:
        # What is in a row in a title, is so in the text that it is a part of.
        among = reduce(
            or_, in_a_row(asking.connection, asking.vocabulary, pattern, among, chunks=asking.chunks)
        )
    return among, unknown


class _Found(NamedTuple):
    """Of some records: those that have a word, those that may have it, those of which nothing is known."""

    told: int
    maybe: int
    unknown: int


def _any_of(asking: Asking, asked: Mapping[int, str], among: int, literal: str) -> _Found:
    """Those of the records that have one of these words in a title: with a literal, so that it is in it."""
    told, maybe, known = 0, 0, -1
    numbers = list(asked)
    for first in range(0, max(len(numbers), 1), _AT_ONCE):
        if first >= _MOST:
            # Whoever has none of these may have one of those that are left.
            known &= told
            break
        state, rows = read(
            asking.connection, (*FORMS, OTHERWISE), (NO_WORD, *numbers[first : first + _AT_ONCE])
        )
        having, perhaps = Union(), Union()
        for chunk, form, number, body in rows:
            if form != OTHERWISE and (not literal or literal in FORMS[form](asked[number])):
                having.add(chunk, body)
            elif form == OTHERWISE and (literal or number):
                (perhaps if literal else having).add(chunk, body)
        known &= state.bits
        told |= having.bits() & state.bits & among
        maybe |= perhaps.bits() & state.bits & among
        if told == among:
            break
    return _Found(told, without(maybe, told), without(among, known))
