"""How many records were held over time, as a line in SVG. Time runs from left to right in every language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from catalogue.store.registry.overview import Step

_WIDTH, _HEIGHT, _TOP = 640.0, 160.0, 4.0
BOX: Final = f"0 0 {_WIDTH:g} {_HEIGHT:g}"
#: A shorter time is told day by day, a longer one month by month.
_DAYWISE: Final = timedelta(days=45)
#: Lines of the table behind the chart.
_ROWS: Final = 48


@dataclass(frozen=True, slots=True)
class Point:
    """How many were held from a moment on."""

    at: datetime
    records: int


@dataclass(frozen=True, slots=True)
class Trend:
    """How many records were held, from the first moment that is known until now."""

    points: Sequence[Point]
    by_day: bool

    @property
    def most(self) -> int:
        """The most that were ever held."""
        return max(point.records for point in self.points)

    @property
    def line(self) -> str:
        """The path of the line: level until something changed."""
        first, *others = [(self._x(point.at), self._y(point.records)) for point in self.points]
        steps = " ".join(f"H {x:.1f} V {y:.1f}" for x, y in others)
        return f"M {first[0]:.1f} {first[1]:.1f} {steps}"

    @property
    def area(self) -> str:
        """What is below it."""
        return f"{self.line} V {_HEIGHT:g} H 0 Z"

    @property
    def rows(self) -> list[Point]:
        """What was held at the end of each day, or month, in which that changed; the newest first."""
        found: dict[date, Point] = {}
        for point in self.points:
            day = point.at.date()
            found[day if self.by_day else day.replace(day=1)] = point
        return list(found.values())[: -_ROWS - 1 : -1]

    def _x(self, at: datetime) -> float:
        span = (self.points[-1].at - self.points[0].at).total_seconds() or 1.0
        return (at - self.points[0].at).total_seconds() / span * _WIDTH

    def _y(self, records: int) -> float:
        return _HEIGHT - records / (self.most or 1) * (_HEIGHT - _TOP)


def trend(steps: Sequence[Step], records: int, now: datetime) -> Trend | None:
    """The line through these steps, the oldest first, that ends with what is held now; None without any."""
    if not steps:
        return None
    points = [Point(now, records)]
    held = records
    for step in reversed(steps):
        points.append(Point(step.at, max(0, held)))
        held -= step.gained - step.lost
    if held > 0:
        # There was something before the first step that is known.
        points.append(Point(steps[0].at, held))
    return Trend(points[::-1], now - steps[0].at < _DAYWISE)
