"""Values of the queryables, and what they are compared as."""

from __future__ import annotations

import sys
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.queryables import (
    QUERYABLES,
    instant,
    normalise,
    utc,
)
from catalogue.record import Agent, Date, Identifier, Period, Record, Relation, Right, Subject, Text
from catalogue.values import search_text, values_of

FULL = Record(
    title=Text((("en", "Stockpiles"), ("fr", "Stocks"))),
    alternative_titles=(Text.of("Obsolete stocks"),),
    descriptions=(Text.of("What is kept"), Text.of("Where it is kept")),
    agents=(
        Agent("creator", Text.of("A. Writer")),
        Agent("publisher", Text.of("Example Centre")),
        Agent("metadataContact", Text.of("Example Desk")),
        Agent("owner", Text.of("Example Ministry")),
    ),
    dates=(Date("issued", "2003"), Date("modified", "2004-05"), Date("created", "", "long ago")),
    subjects=(Subject(Text.of("waste")), Subject(Text.of("environment"), kind="topicCategory")),
    types=(Text.of("dataset"),),
    identifiers=(Identifier("10.5072/x", "doi"),),
    relations=(Relation("urn:x:1"), Relation("urn:x:2", "source")),
    rights=(Right(url="https://example.org/licence"), Right(Text.of("open"))),
    places=(Text.of("Nile basin"),),
    periods=(Period("1990", ""),),
    languages=("en",),
    lineage=Text.of("Counted by hand"),
    metadata_language="en",
    metadata_date="2026-01-01",
    parent_identifier="urn:x:whole",
    service_type="discovery",
)


def test_values_of_a_full_record() -> None:
    assert values_of(FULL, identifier="urn:x:0") == [
        ("identifier", "urn:x:0"),
        ("identifier", "10.5072/x"),
        ("resource_identifier", "10.5072/x"),
        ("title", "Stockpiles"),
        ("title", "Stocks"),
        ("title", "Obsolete stocks"),
        ("alternative", "Obsolete stocks"),
        ("abstract", "What is kept"),
        ("abstract", "Where it is kept"),
        ("subject", "waste"),
        ("subject", "environment"),
        ("topic", "environment"),
        ("type", "dataset"),
        ("coverage", "Nile basin"),
        ("language", "en"),
        ("relation", "urn:x:1"),
        ("relation", "urn:x:2"),
        ("source", "urn:x:2"),
        ("creator", "A. Writer"),
        ("publisher", "Example Centre"),
        ("organisation", "Example Centre"),
        ("metadata_contact", "Example Desk"),
        ("organisation", "Example Desk"),
        ("contributor", "Example Ministry"),
        ("organisation", "Example Ministry"),
        ("date", "2003"),
        ("issued", "2003"),
        ("date", "2004-05"),
        ("revised", "2004-05"),
        ("temporal_begin", "1990"),
        ("rights", "https://example.org/licence"),
        ("rights", "open"),
        ("parent", "urn:x:whole"),
        ("service_type", "discovery"),
        ("metadata_language", "en"),
        ("lineage", "Counted by hand"),
        ("party_role", "creator"),
        ("party_role", "publisher"),
        ("party_role", "metadataContact"),
        ("party_role", "owner"),
        ("secured", "false"),
    ]


def test_each_value_once_and_none_empty() -> None:
    record = Record(title=Text.of(""), subjects=(Subject(Text.of("x")), Subject(Text.of("x"))))
    assert values_of(record, identifier="") == [("subject", "x"), ("secured", "false")]


def test_every_value_is_of_a_queryable() -> None:
    assert {name for name, _ in values_of(FULL, identifier="x")} <= set(QUERYABLES)


def test_search_text_has_each_text_once_on_lines_of_its_own() -> None:
    lines = search_text(FULL).split("\n")
    assert "obsolete stocks" in lines
    assert len(lines) == len(set(lines))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Straße", "STRASSE"),
        ("É", "e\u0301"),
        ("ﬁlm", "FILM"),
        ("Ртуть", "РТУТЬ"),
        ("Ａ", "a"),
        ("LEAD", "lead"),
    ],
)
def test_texts_that_differ_in_nothing_that_counts(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@given(
    st.lists(
        st.text(st.sampled_from("aA é\u0301\u0345\u0327\u3099\u1161ᄀｶ\u309aΣß"), max_size=9), max_size=5
    )
)
def test_lines_are_normalised_each_as_it_is_by_itself(lines: list[str]) -> None:
    assert normalise("\n".join(lines)) == "\n".join(map(normalise, lines))


def test_no_character_is_composed_over_the_end_of_a_line() -> None:
    every = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]
    assert normalise("\n".join(every)) == "\n".join(map(normalise, every))


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    normal = normalise(text)
    assert normalise(normal) == normal
    assert unicodedata.is_normalized("NFKC", normal)


@pytest.mark.parametrize(
    ("date", "begin"),
    [
        ("2003", "2003-01-01T00:00:00"),
        ("2003-05", "2003-05-01T00:00:00"),
        ("2003-05-04", "2003-05-04T00:00:00"),
        ("2003-05-04T10:00", "2003-05-04T10:00:00"),
        ("2003-05-04T10:00:00Z", "2003-05-04T10:00:00"),
        ("2003-05-04T10:00:00.250Z", "2003-05-04T10:00:00.25"),
        ("2003-05-04T10:00:00+02:00", "2003-05-04T08:00:00"),
        ("2003-01-01T00:30:00+01:00", "2002-12-31T23:30:00"),
        ("2003-12-31T23:30:00-01:00", "2004-01-01T00:30:00"),
        ("0476", "0476-01-01T00:00:00"),
        ("0000", ""),
        ("0001-01-01T00:00:00+02:00", ""),
        ("2003-13", ""),
        ("2003-02-30", ""),
        ("2003-05-04T25:00:00Z", ""),
        ("03", ""),
        ("yesterday", ""),
        ("", ""),
        ("2003-05-04T", ""),
        ("٢٠٠٣", ""),
        ("2003-05-04T10:00:00+99:00", ""),
    ],
)
def test_instants(date: str, begin: str) -> None:
    assert instant(date) == begin


@given(st.lists(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)), min_size=2))  # noqa: DTZ001 - in UTC
def test_instants_sort_as_times_do(times: list[datetime]) -> None:
    texts = [time.isoformat() + "Z" for time in times]
    assert [instant(text) for text in sorted(texts, key=instant)] == [
        instant(time.isoformat() + "Z") for time in sorted(times)
    ]


def test_datestamps() -> None:
    assert utc(0) == "1970-01-01T00:00:00Z"
    assert utc(int(datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC).timestamp())) == "2026-11-24T01:02:03Z"
