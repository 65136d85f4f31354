"""Windows: a long list cut into slices by from and until, so that what breaks costs a slice and not the list.

Both ends of a window are inclusive, as in OAI-PMH 2.0 (section 2.7.1), and both are written in the source's
granularity: from and until in different granularities are refused (section 3.6). Two halves of a window share
no instant, but in two cases in which the second begins where the first ends: the source's `until` is known
to fall short; they meet at midnight, in seconds. A datestamp that is but a day is by its letters later than
every second of the day before and earlier than every second of its own: a source that compares letters would
give it in neither half.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

DAY: Final = "YYYY-MM-DD"
SECONDS: Final = "YYYY-MM-DDThh:mm:ssZ"
#: Where a list begins whose beginning nobody tells truly.
_EPOCH: Final = "1970-01-01"
_DAY_LENGTH: Final = len(DAY)
_SECONDS_A_DAY: Final = 86400
#: Windows longer than so many days are cut at midnight.
_ROUGH: Final = 2


@dataclass(frozen=True, slots=True)
class Window:
    """A slice of a list by datestamp; an end that is empty is open."""

    from_: str = ""
    until: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether it has no upper end: the list itself, or what is left of it."""
        return not self.until

    def holds(self, datestamp: str) -> bool:
        """Whether a datestamp lies in it, compared in the shorter of both granularities."""
        if self.from_ and datestamp[: len(self.from_)] < self.from_[: len(datestamp)]:
            return False
        return not self.until or datestamp[: len(self.until)] <= self.until[: len(datestamp)]

    def in_days(self) -> Window:
        """The same in whole days, which is never less."""
        return Window(self.from_[:_DAY_LENGTH], self.until[:_DAY_LENGTH])

    def cut(
        self, granularity: str, *, earliest: str = "", latest: str = "", overlap: bool = False
    ) -> tuple[Window, Window] | None:
        """Its two halves; None where it is as short as the granularity lets it be.

        Args:
            granularity: of the source.
            earliest: where to begin if the lower end is open: what is older stays in the first half.
            latest: where to end if the upper end is open: what is newer stays in the second half.
            overlap: whether the second half begins with the last unit of the first.
        """
        scale = _Scale(granularity)
        low, high = self._bounds(scale, earliest, latest)
        if high - low < 1 + overlap:
            return None
        middle = scale.rounded(low, high)
        if high - low == 1 and scale.ends_a_day(middle):
            return None
        return self._at(scale, middle, overlap=overlap)

    def cut_at(
        self, moment: str, granularity: str, *, overlap: bool = False, behind: bool = False
    ) -> tuple[Window, Window] | None:
        """Cut where a moment begins, or `behind` it; None where one of the halves would be all of it."""
        scale = _Scale(granularity)
        middle = scale.number(moment) - (not behind)
        if self.until and middle >= scale.number(self.until, end=True):
            return None
        first, second = self._at(scale, middle, overlap=overlap)
        low = scale.number(self.from_) if self.from_ else None
        if low is not None and (middle < low or scale.number(second.from_) <= low):
            return None
        return first, second

    def front(
        self, days: int, granularity: str, *, earliest: str = "", latest: str = "", overlap: bool = False
    ) -> tuple[Window, Window] | None:
        """Its first days, and the rest; None where it is no longer than that."""
        scale = _Scale(granularity)
        low, high = self._bounds(scale, earliest, latest)
        length = days * scale.units_a_day
        if high - low < length:
            return None
        return self._at(scale, low + length - 1 + overlap, overlap=overlap)

    def _at(self, scale: _Scale, middle: int, *, overlap: bool) -> tuple[Window, Window]:
        from_ = scale.written(scale.number(self.from_)) if self.from_ else ""
        until = scale.written(scale.number(self.until, end=True)) if self.until else ""
        begin = middle if overlap or scale.ends_a_day(middle) else middle + 1
        return Window(from_, scale.written(middle)), Window(scale.written(begin), until)

    def _bounds(self, scale: _Scale, earliest: str, latest: str) -> tuple[int, int]:
        high = scale.number(self.until or latest or datetime.now(UTC).strftime("%Y-%m-%d"), end=True)
        if self.from_:
            return scale.number(self.from_), high
        low = scale.number(earliest or _EPOCH)
        return (low if low < high else scale.number(_EPOCH)), high


class _Scale:
    """Datestamps of a granularity as whole numbers: days or seconds."""

    def __init__(self, granularity: str) -> None:
        self._days = granularity != SECONDS
        self.units_a_day = 1 if self._days else _SECONDS_A_DAY

    def number(self, datestamp: str, *, end: bool = False) -> int:
        """A datestamp in either granularity; `end` takes the last second of a day."""
        day = date.fromisoformat(datestamp[:_DAY_LENGTH])
        if self._days:
            return day.toordinal()
        if len(datestamp) <= _DAY_LENGTH:
            return day.toordinal() * _SECONDS_A_DAY + (_SECONDS_A_DAY - 1 if end else 0)
        moment = datetime.fromisoformat(datestamp)
        return day.toordinal() * _SECONDS_A_DAY + moment.hour * 3600 + moment.minute * 60 + moment.second

    def written(self, number: int) -> str:
        """A number as a datestamp."""
        if self._days:
            return date.fromordinal(number).isoformat()
        day, second = divmod(number, _SECONDS_A_DAY)
        moment = datetime(1, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
        return f"{date.fromordinal(day).isoformat()}T{moment:%H:%M:%S}Z"

    def ends_a_day(self, number: int) -> bool:
        """Whether it is the last second of a day."""
        return not self._days and number % _SECONDS_A_DAY == _SECONDS_A_DAY - 1

    def rounded(self, low: int, high: int) -> int:
        """The middle; the end of a day where the halves are long enough for that."""
        middle = (low + high) // 2
        if not self._days and high - low > _ROUGH * _SECONDS_A_DAY:
            middle = middle // _SECONDS_A_DAY * _SECONDS_A_DAY + _SECONDS_A_DAY - 1
        return middle
