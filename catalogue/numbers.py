"""Numbers as texts that sort as they do, and the scales and distances that a record names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

_NUMBER: Final = re.compile(r"[-+]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][-+]?\d{1,2})?", re.ASCII)
#: What makes every exponent that there can be a number of three digits.
_OFFSET: Final = 500
_COMPLEMENT: Final = str.maketrans("0123456789", "9876543210")
#: What a Record calls a resolution: a scale (`1:50000`), or a ground distance (`30 m`).
_SCALE: Final = re.compile(r"1 ?: ?(\S{1,60})", re.ASCII)
_DISTANCE: Final = re.compile(r"(\S{1,60})(?:\s+(\S.{0,40}))?")


def ordinal(text: str) -> str:
    """A text that sorts among others as this number does, the same for `5` and `5.0`; empty where it is none.

    A sign, the place of the first digit, the digits; of a number below zero each digit is what is missing
    to nine, and what is behind them sorts behind all digits.
    """
    if _NUMBER.fullmatch(text) is None:
        return ""
    number = Decimal(text)
    if not number:
        return "1"
    digits = "".join(map(str, number.as_tuple().digits)).strip("0")
    written = f"{number.adjusted() + _OFFSET:03}{digits}"
    return f"2{written}" if number > 0 else f"0{written.translate(_COMPLEMENT)}~"


def of_resolutions(resolutions: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The denominators of scales, and ground distances with their units, by the names of the queryables."""
    for resolution in resolutions:
        scale = _SCALE.fullmatch(resolution)
        if scale and ordinal(scale[1]):
            yield "denominator", scale[1]
            continue
        distance = _DISTANCE.fullmatch(resolution)
        if distance and ordinal(distance[1]):
            yield "distance", distance[1]
            if distance[2]:
                yield "distance_unit", distance[2]
