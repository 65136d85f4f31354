"""Every assertion of the OGC's suites has a test of ours, and the page says which."""

from __future__ import annotations

from pathlib import Path

import pytest

from csw_assertions import BEGIN, END, shown, table, wanted
from csw_suites import PAGE


@pytest.mark.corpus
def test_every_assertion_has_a_test(corpus: Path) -> None:
    asserted = wanted(corpus)
    assert len(asserted) == 60 + 52
    assert asserted == set(shown())


def test_the_page_tells_which() -> None:
    assert PAGE.read_text().partition(BEGIN)[2].partition(END)[0].strip() == table()
