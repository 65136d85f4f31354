"""Hours in which a source must not be asked: what they cover, and when they end."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from catalogue.errors import SettingsError
from catalogue.quiet_hours import QuietHours, quiet_until
from catalogue.source import Protocol, Source
from catalogue.timing import require_schedule

ZONES = ("", "Africa/Nairobi", "America/Santiago", "Europe/Paris", "Australia/Lord_Howe", "Pacific/Apia")
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - given a zone
TIMES = st.times(time(0, 0), time(23, 59)).map(lambda at: at.replace(second=0, microsecond=0))


@given(MOMENTS, TIMES, TIMES, st.sampled_from(ZONES))
@example(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), time(1, 0), time(2, 30), "Europe/Paris")  # set back
@example(datetime(2026, 3, 29, 0, 30, tzinfo=UTC), time(1, 0), time(2, 30), "Europe/Paris")  # set forward
@settings(max_examples=150, deadline=None)
def test_they_end_when_the_clock_there_says_so(moment: datetime, begin: time, end: time, zone: str) -> None:
    if begin == end:
        return
    hours = QuietHours.of(f"{begin:%H:%M}-{end:%H:%M}", zone)
    assert hours is not None
    clock = moment.astimezone(hours.zone).time().replace(fold=0)
    inside = begin <= clock < end if begin < end else clock >= begin or clock < end
    ends = hours.until(moment)
    assert (ends is not None) == inside
    if ends is not None:
        assert moment < ends <= moment + timedelta(hours=26)
        assert hours.until(ends) is None


@pytest.mark.parametrize(
    "text", ["8-18", "08:00", "08:00-24:00", "08:00-08:00", "08:00 - 18:00", "25:00-01:00"]
)
def test_what_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        QuietHours.of(text, "")


def test_on_the_clock_of_the_source() -> None:
    moment = datetime(2026, 6, 1, 5, 30, tzinfo=UTC)
    assert quiet_until("08:00-18:00", "Africa/Nairobi", moment) == datetime(2026, 6, 1, 15, tzinfo=UTC)
    assert quiet_until("08:00-18:00", "", moment) is None
    assert quiet_until("22:00-06:00", "", moment) == datetime(2026, 6, 1, 6, tzinfo=UTC)
    assert quiet_until("", "Africa/Nairobi", moment) is None


def test_a_schedule_that_could_never_be_kept_is_refused() -> None:
    def source(schedule: str) -> Source:
        return Source(
            "nile", Protocol.OAI_PMH, "https://nile.example.org/", schedule=schedule,
            time_zone="Africa/Cairo", quiet_hours="08:00-18:00",
        )  # fmt: skip

    require_schedule(source("0 20 * * *"))
    require_schedule(source("0 */6 * * *"))
    with pytest.raises(SettingsError, match="between 08:00 and 18:00 alone"):
        require_schedule(source("0 9,15 * * *"))
