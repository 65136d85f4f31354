"""Rows of the index: what is put into them is in them, close together or far apart."""

from __future__ import annotations

import pytest

from catalogue.store.index.postings import CHUNK, Union, bits_of, changed, numbers_of


def numbers_in(row: bytes) -> list[int]:
    """The numbers that a row has."""
    union = Union()
    union.add(0, row)
    return numbers_of(union.bits())


APART = range(0, CHUNK, 37)
TOGETHER = range(20_003, 25_009)


@pytest.mark.parametrize("before", [(), range(5), APART, TOGETHER, range(CHUNK)])
@pytest.mark.parametrize(
    "added", [(), (0,), (CHUNK - 1,), (7, 9), APART, TOGETHER, range(1500), range(CHUNK - 1500, CHUNK)]
)
def test_a_row_has_what_was_put_into_it(before: range, added: range) -> None:
    row = changed(None, before) if before else None
    assert numbers_in(changed(row, added)) == sorted({*before, *added})


def test_a_row_has_nothing_that_was_taken_out_of_it() -> None:
    row = changed(None, TOGETHER)
    assert numbers_in(changed(row, APART, TOGETHER)) == sorted({*APART} - {*TOGETHER})
    assert changed(row, (), TOGETHER) == b""


@pytest.mark.parametrize("numbers", [(0,), (70_000,), range(100), range(0, 100_000, 999), range(8, 16)])
def test_bits_are_those_of_the_numbers(numbers: range) -> None:
    assert bits_of(numbers) == sum(1 << number for number in numbers)
