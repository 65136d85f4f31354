"""The words of a text: each text that has a pattern may have it by its words, and some surely have it."""

from __future__ import annotations

import re
import sys
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.query import Pattern, Wildcard
from catalogue.store.index import words as module
from catalogue.store.index.dictionary import Dictionary
from catalogue.store.index.postings import CHUNK, Union, bits_of, changed, numbers_of, place_in_chunk
from catalogue.store.index.words import row, sequence, wanted, words

_TEXTS = st.text(st.sampled_from("abé1234汞污染กข٣ -_.\n"), max_size=90)
_LONG = st.sampled_from(["", "abcdefghij" * 9, "1234567890" * 3, "a" * 40])


def _occurs(pattern: Pattern, text: str) -> bool:
    wild = {Wildcard.MANY: ".*", Wildcard.ONE: "."}
    regex = "".join(wild[part] if isinstance(part, Wildcard) else re.escape(part) for part in pattern)
    return re.search(regex, text, re.DOTALL) is not None


@settings(max_examples=400, deadline=None)
@given(before=_TEXTS, long=_LONG, after=_TEXTS, data=st.data())
def test_words_tell_what_may_be_in_a_text(before: str, long: str, after: str, data: st.DataObject) -> None:
    text = before + long + after
    begin = data.draw(st.integers(0, len(text)))
    inside = text[begin : begin + data.draw(st.sampled_from([1, 2, 3, 5, 17, 18, 40]))]
    literal = data.draw(st.sampled_from([inside, inside[::-1], "ab", "123", "汞污"])) or "a"
    pattern: Pattern = (literal,)
    if data.draw(st.booleans()):
        pattern = (*pattern, data.draw(st.sampled_from(list(Wildcard))), data.draw(_TEXTS.filter(bool)))
    asked = wanted(pattern)
    if asked is None:
        return
    have = words(text)
    told = asked.whole <= have and all(any(part in word for word in have) for part in asked.within)
    if _occurs(pattern, text):
        assert told
    elif asked.exact:
        assert not told


@settings(max_examples=300, deadline=None)
@given(text=_TEXTS, long=_LONG, others=_TEXTS, kept=st.integers(0, 9))
def test_known_words_are_those_that_a_text_has(text: str, long: str, others: str, kept: int) -> None:
    """Whatever is known already, and whether it stands between spaces: the words are the same."""
    whole = f"{text} {long}{others}"
    dictionary = Dictionary()
    numbered = {word: number for number, word in enumerate(sorted(words(whole) | words(others)), start=1)}
    known = {word: number for word, number in numbered.items() if number % 10 >= kept}
    dictionary.keep(known)
    numbers, strange = dictionary.told([], whole, [])
    assert {word for word, number in known.items() if number in numbers} | set(strange) == words(whole)
    assert len(numbers) + len(strange) == len(words(whole))


_ROWS = st.lists(st.sampled_from(["ab", "b", "ba", "é", "b1", "汞", "-", " ", "\n", "", "a" * 40])).map(
    " ".join
)


@settings(max_examples=300, deadline=None)
@given(text=_ROWS, left=st.sampled_from(["b", "ab", "é", "a"]), right=st.sampled_from(["b", "ba", "é", "a"]))
def test_words_follow_each_other_where_a_space_joins_them(text: str, left: str, right: str) -> None:
    assert row(f"{left} {right}") == (left, right)
    told = any(one.endswith(left) and other.startswith(right) for one, other in pairwise(sequence(text)))
    assert told == (f"{left} {right}" in text)


def test_only_short_words_are_in_a_row() -> None:
    assert row("hazardous waste") == ("hazardous", "waste")
    for literal in ("a  b", " a b", "a b ", "a-b c", "a 1", "a\nb", "汞 b", "a " + "b" * 17):
        assert row(literal) == ()


def test_a_character_is_of_one_class_alone() -> None:
    kinds = [module._LETTERS, module._DIGITS, module._JOINED]
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        assert sum(kind.fullmatch(character) is not None for kind in kinds) <= 1, hex(code)


def test_ascii_is_cut_as_all_other_text_is() -> None:
    text = "".join(map(chr, range(128))) + " ab12cd-3_x 12345 " + "y" * 40
    assert words(text) == words(text + " é") - {"é"}


_numbers = st.sets(st.integers(0, 3 * CHUNK), max_size=50) | st.builds(
    lambda first, step: set(range(first, first + 2000 * step, step)), st.integers(0, 99), st.integers(1, 40)
)


def _places(numbers: set[int]) -> list[int]:
    return sorted(map(place_in_chunk, numbers))


@settings(max_examples=60, deadline=None)
@given(added=_numbers, more=_numbers, removed=_numbers)
def test_postings_hold_the_numbers_that_they_were_given(
    added: set[int], more: set[int], removed: set[int]
) -> None:
    union = Union()
    expected = (added | more) - removed
    for chunk in range(4):
        held = set(range(chunk * CHUNK, (chunk + 1) * CHUNK))
        body = changed(None, _places(added & held))
        body = changed(body or None, _places((more - added) & held))
        body = changed(body or None, (), _places(removed & held))
        assert bool(body) == bool(expected & held)
        if body:
            union.add(chunk, body)
    assert union.bits() == bits_of(expected)
    listed = sorted(expected)
    assert numbers_of(union.bits()) == listed
    for offset, limit in ((0, 10), (7, 3), (len(listed), 5), (max(0, len(listed) - 2), 9)):
        assert numbers_of(union.bits(), offset=offset, limit=limit) == listed[offset : offset + limit]
