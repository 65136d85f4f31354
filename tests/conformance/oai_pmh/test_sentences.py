"""Each sentence of the protocol is shown by tests that there are, and the documentation says by which."""

from __future__ import annotations

import pytest

from oai_sentences import (
    BEGIN,
    END,
    GUIDELINES,
    PAGE,
    PROMISES,
    ROOT,
    SECTIONS,
    SPECIFICATION,
    Sentence,
    functions_of,
    table,
)

EVERY = (*SPECIFICATION, *GUIDELINES, *PROMISES)


@pytest.mark.parametrize("sentence", EVERY, ids=[f"{one.section} {one.holds}" for one in EVERY])
def test_what_shows_it_is_there(sentence: Sentence) -> None:
    assert (ROOT / sentence.done_in).is_file()
    assert sentence.shown_by
    for file, test in sentence.tests():
        assert test in functions_of(file), f"{file}::{test}"


def test_no_section_that_asks_for_something_is_left_out() -> None:
    assert {one.section for one in SPECIFICATION} == set(SECTIONS)


def test_the_documentation_has_them_all() -> None:
    said = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0].strip()
    assert said == table(), "run benchmarks/oai_conformance.py --sentences"
