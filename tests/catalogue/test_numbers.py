"""Numbers as texts that sort as they do."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.numbers import of_resolutions, ordinal

numbers = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**20), max_value=10**20)


@given(numbers, numbers)
def test_they_sort_as_the_numbers_do(one: Decimal, other: Decimal) -> None:
    first, second = ordinal(f"{one:f}"), ordinal(f"{other:f}")
    assert first
    assert second
    assert (first < second) == (one < other)
    assert (first == second) == (one == other)


@pytest.mark.parametrize("text", ["5", "5.0", "05", "+5", "5.", "0.5e1", "50E-1"])
def test_one_number_is_one_text(text: str) -> None:
    assert ordinal(text) == ordinal("5")


@pytest.mark.parametrize("text", ["", "five", "5 m", "1:5", "nan", "inf", "٥", "1e999", "--5", ".", "1_000"])
def test_what_is_no_number(text: str) -> None:
    assert ordinal(text) == ""


def test_scales_and_distances() -> None:
    assert list(of_resolutions(["1:50000", "30 m", "20", "0.5 nautical miles", "about 5 m", "1:x", ""])) == [
        ("denominator", "50000"),
        ("distance", "30"),
        ("distance_unit", "m"),
        ("distance", "20"),
        ("distance", "0.5"),
        ("distance_unit", "nautical miles"),
    ]
