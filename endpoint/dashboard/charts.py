"""Charts as SVG, made here: points and bars in a box. Time runs from left to right in every language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from catalogue.store.registry.overview import Spark

_WIDTH, _HEIGHT, _EDGE = 120.0, 28.0, 2.0
BOX: Final = f"0 0 {_WIDTH:g} {_HEIGHT:g}"
_BARS_WIDTH, _BARS_HEIGHT, _GAP = 640.0, 160.0, 4.0
BARS_BOX: Final = f"0 0 {_BARS_WIDTH:g} {_BARS_HEIGHT:g}"


def sparkline(values: Sequence[int]) -> str:
    """The points of a polyline through these values, the oldest on the left; nothing for fewer than two."""
    if len(values) < 2:  # noqa: PLR2004 - a line has two ends
        return ""
    low, high = min(values), max(values)
    span = (high - low) or 1
    step = (_WIDTH - 2 * _EDGE) / (len(values) - 1)
    usable = _HEIGHT - 2 * _EDGE
    return " ".join(
        f"{_EDGE + number * step:.1f},{_HEIGHT - _EDGE - (value - low) / span * usable:.1f}"
        for number, value in enumerate(values)
    )


@dataclass(frozen=True, slots=True)
class Bar:
    """One run: what was kept stands below what was set aside."""

    x: float
    width: float
    kept_y: float
    kept_height: float
    faulty_y: float
    faulty_height: float
    run_id: int
    failed: bool


def bars(sparks: Sequence[Spark]) -> list[Bar]:
    """A bar for each run, the oldest on the left."""
    if not sparks:
        return []
    most = max(spark.listed for spark in sparks) or 1
    width = _BARS_WIDTH / max(len(sparks), 10)
    found = []
    for number, spark in enumerate(sparks):
        kept, faulty = (value / most * (_BARS_HEIGHT - _GAP) for value in (spark.kept, spark.faulty))
        faulty = max(faulty, 2.0) if spark.faulty else 0.0
        found.append(
            Bar(
                round(number * width + _GAP / 2, 1), round(width - _GAP, 1),
                round(_BARS_HEIGHT - kept, 1), round(kept, 1),
                round(max(0.0, _BARS_HEIGHT - kept - faulty), 1), round(faulty, 1),
                spark.run_id, spark.ending in {"failed", "interrupted"},
            )
        )  # fmt: skip
    return found
