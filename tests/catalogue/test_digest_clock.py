from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.digest_clock import USUAL, Clock, Weekday
from catalogue.errors import SettingsError

ZONES = ["", "Africa/Nairobi", "Pacific/Kiritimati", "America/Sao_Paulo", "Europe/Paris", "Asia/Kathmandu"]


@pytest.mark.parametrize(
    ("clock", "now", "weekly", "then"),
    [
        (USUAL, "2026-03-09T05:59", False, "2026-03-09T06:00"),
        (USUAL, "2026-03-09T06:00", False, "2026-03-10T06:00"),
        (Clock(8, time_zone="Africa/Nairobi"), "2026-03-09T04:00", False, "2026-03-09T05:00"),
        (Clock(8, time_zone="Pacific/Kiritimati"), "2026-03-09T17:00", False, "2026-03-09T18:00"),
        (Clock(8, Weekday.FRIDAY, "Africa/Nairobi"), "2026-03-13T05:00", True, "2026-03-20T05:00"),
        # Thursday evening there is Friday morning elsewhere.
        (Clock(1, Weekday.FRIDAY, "Pacific/Kiritimati"), "2026-03-09T00:00", True, "2026-03-12T11:00"),
        # The clock leaves 2:00 out that day, and shows it twice that other day.
        (Clock(2, time_zone="Europe/Paris"), "2026-03-29T00:00", False, "2026-03-29T01:00"),
        (Clock(2, time_zone="Europe/Paris"), "2026-10-25T00:00", False, "2026-10-26T01:00"),
        (Clock(9, time_zone="Nowhere/Else"), "2026-03-09T08:00", False, "2026-03-09T09:00"),
    ],
)
def test_when_a_digest_goes_out(clock: Clock, now: str, *, weekly: bool, then: str) -> None:
    told = clock.next_after(datetime.fromisoformat(f"{now}+00:00"), 6, weekly=weekly)
    assert f"{told:%Y-%m-%dT%H:%M}" == then


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 23),
    st.sampled_from(Weekday),
    st.sampled_from(ZONES),
    st.datetimes(datetime(2000, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - it has one
    st.booleans(),
)
def test_digests_come_once_a_day_or_week_and_at_no_other_time(
    hour: int,
    day: Weekday,
    zone: str,
    now: datetime,
    weekly: bool,  # noqa: FBT001 - drawn
) -> None:
    clock = Clock(hour, day, zone)
    first = clock.next_after(now, 6, weekly=weekly)
    second = clock.next_after(first, 6, weekly=weekly)
    week = timedelta(days=7 if weekly else 1)
    assert timedelta() < first - now <= week + timedelta(hours=2)
    assert abs(second - first - week) <= timedelta(hours=2)
    there = first.astimezone(ZoneInfo(zone or "UTC"))
    assert (there.hour - hour) % 24 <= 1
    assert not weekly or there.weekday() == list(Weekday).index(day)


@pytest.mark.parametrize(
    "typed", [("24", "", ""), ("-1", "", ""), ("noon", "", ""), ("", "someday", ""), ("", "", "Mars/Base")]
)
def test_what_is_no_time_is_refused(typed: tuple[Any, ...]) -> None:
    with pytest.raises(SettingsError):
        Clock.of(*typed)


def test_what_is_left_out_is_as_usual() -> None:
    assert Clock.of("", "", "") == Clock.of() == USUAL
    assert Clock.of("7", "sunday", "Africa/Nairobi") == Clock(7, Weekday.SUNDAY, "Africa/Nairobi")
