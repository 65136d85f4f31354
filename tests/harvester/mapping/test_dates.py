"""Dates as people write them, to W3CDTF."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.record import Date, Period
from harvester.mapping import dates

W3CDTF = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d:\d\dZ)?)?)?", re.ASCII)


@pytest.mark.parametrize(
    ("sent", "value"),
    [
        ("1998", "1998"), ("1998-05", "1998-05"), ("1998-05-04", "1998-05-04"), ("1998/5/4", "1998-05-04"),
        ("04.05.1998", "1998-05-04"), ("May 2003", "2003-05"), ("2019-12", "2019-12"),
        ("20151214Z", "2015-12-14"),
        ("20151214", "2015-12-14"), ("9999-01-01", "9999-01-01"), ("[1993]", "1993"), ("©1993", "1993"),
        ("4 mai 2003", "2003-05-04"), ("May 4, 2003", "2003-05-04"), ("4th May 2003", "2003-05-04"),
        ("2003 May 4", "2003-05-04"), ("2003年5月4日", "2003-05-04"), ("2003年", "2003"),
        ("12 марта 2010", "2010-03-12"),
        ("5 de mayo de 2010", "2010-05-05"), ("01-JAN-2003", "2003-01-01"), ("1990-001", "1990-01-01"),
        ("2014-01-08T12:53:45Z", "2014-01-08T12:53:45Z"),
        ("2014-01-08T12:53:45.5+02:00", "2014-01-08T10:53:45Z"),
        ("2014-01-08T12:53Z", "2014-01-08T12:53:00Z"), ("20140108T125345Z", "2014-01-08T12:53:45Z"),
        ("Tue, 04 May 2010 10:00:00 GMT", "2010-05-04T10:00:00Z"), ("2018-06-13T11:12:59", "2018-06-13"),
        ("2015-12-14Z", "2015-12-14"), ("13/04/1998", "1998-04-13"), ("04/13/1998", "1998-04-13"),
        ("04/04/1998", "1998-04-04"), ("05/2003", "2003-05"), ("٢٠٠٣", "2003"), ("2020-02-29", "2020-02-29"),
    ],
)  # fmt: skip
def test_understood(sent: str, value: str) -> None:
    assert dates.w3cdtf(sent) == value


@pytest.mark.parametrize(
    "sent",
    [
        "", "04/05/1998", "04-05-1998", "1998-02-30", "2019-02-29", "0000-01-01", "2003-13",
        "1990-00-00Z", "n.d.",
        "12 abc 2010", "7186-01-01T0", "199805", "99", "1990-366", "1998-05-04T25:00:00Z", "1990/1995",
        "c1998?",
        "0001-01-01T00:00:00+14:00", "9" * 10_000, " " * 100_000,
    ],
)  # fmt: skip
def test_not_understood_and_not_guessed(sent: str) -> None:
    assert dates.w3cdtf(sent) == ""


@pytest.mark.parametrize(
    ("sent", "ends"),
    [
        ("1990/1995", ("1990", "1995")), ("1990-1995", ("1990", "1995")), ("1990 – 1995", ("1990", "1995")),
        ("May 1990 to June 1991", ("1990-05", "1991-06")), ("1990/..", ("1990", "")), ("/1995", ("", "1995")),
        ("2003-04-01/2004-05-01", ("2003-04-01", "2004-05-01")), ("1990/present", ("1990", "")),
    ],
)  # fmt: skip
def test_periods(sent: str, ends: tuple[str, str]) -> None:
    assert dates.period(sent) == ends
    assert dates.period_of(sent) == Period(*ends)


@pytest.mark.parametrize("sent", ["", "/", "../..", "1990/abc", "a/b/c", "1990", "x" * 1000])
def test_no_periods(sent: str) -> None:
    assert dates.period(sent) is None


def test_the_text_is_kept_where_the_value_says_less() -> None:
    assert dates.date_of("issued", "04/05/1998") == Date("issued", "", "04/05/1998")
    assert dates.date_of("date", "1990/1995") == Date("date", "1990", "1990/1995")
    assert dates.date_of("date", "2018-06-13T11:12:59") == Date("date", "2018-06-13", "2018-06-13T11:12:59")
    assert dates.date_of("date", "May 2003") == Date("date", "2003-05")


@given(st.dates(min_value=date(1000, 1, 1)))
def test_the_same_day_in_every_unambiguous_form(day: date) -> None:
    for form in (
        f"{day:%Y-%m-%d}", f"{day:%Y%m%d}", f"{day:%d.%m.%Y}", f"{day:%Y/%m/%d}", f"{day:%d %B %Y}",
        f"{day:%B %d, %Y}",
        f"{day:%Y-%j}", f"{day:%d %b %Y}",
    ):  # fmt: skip
        assert dates.w3cdtf(form) == day.isoformat()


@given(
    st.datetimes(
        min_value=datetime.fromisoformat("1900-01-01"), max_value=datetime.fromisoformat("2100-01-01")
    ),
    st.integers(-720, 720),
)
def test_moments_become_utc(moment: datetime, minutes: int) -> None:
    zoned = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    utc = zoned.astimezone(UTC)
    assert dates.w3cdtf(zoned.isoformat()) == f"{utc:%Y-%m-%dT%H:%M:%SZ}"


@given(st.text(max_size=30) | st.from_regex(r"[0-9/.: T+-]{1,20}", fullmatch=True))
def test_whatever_is_understood_is_w3cdtf_and_stays_as_it_is(text: str) -> None:
    value = dates.w3cdtf(text)
    assert value == "" or (W3CDTF.fullmatch(value) and dates.w3cdtf(value) == value)
    for end in dates.period(text) or ():
        assert end == "" or W3CDTF.fullmatch(end)
