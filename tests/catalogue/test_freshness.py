"""How fresh a copy is said to be: by the rhythm of its source."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.freshness import Freshness, freshness, of_all
from catalogue.source import Protocol, Source, SourceState

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


def source(schedule: str = "", state: SourceState = SourceState.ACTIVE) -> Source:
    return Source("nile", Protocol.OAI_PMH, "https://nile.example.org/oai", schedule=schedule, state=state)


@pytest.mark.parametrize(
    ("schedule", "days", "word"),
    [
        ("0 3 * * *", 1, Freshness.FRESH),
        ("0 3 * * *", 3, Freshness.LATE),
        ("0 3 * * *", 9, Freshness.OLD),
        ("0 3 * * sun", 13, Freshness.FRESH),
        ("0 3 * * sun", 30, Freshness.LATE),
        ("0 3 1 * *", 60, Freshness.FRESH),
        # From Monday to Friday: a weekend makes nothing late.
        ("0 3 * * mon-fri", 5, Freshness.FRESH),
        ("*/5 * * * *", 1.9, Freshness.FRESH),
        ("", 29, Freshness.FRESH),
        ("", 31, Freshness.LATE),
        ("", 121, Freshness.OLD),
        ("what is this", 29, Freshness.FRESH),
    ],
)
def test_a_copy_is_as_fresh_as_its_rhythm(schedule: str, days: float, word: Freshness) -> None:
    assert freshness(source(schedule), NOW - timedelta(days=days), NOW) is word


def test_what_was_never_harvested_and_what_is_paused_say_so() -> None:
    assert freshness(source(), None, NOW) is Freshness.NEVER
    assert freshness(source(state=SourceState.SUSPENDED), NOW, NOW) is Freshness.PAUSED


@given(st.lists(st.sampled_from(Freshness)))
def test_several_are_as_fresh_as_the_worst_that_is_not_paused(words: list[Freshness]) -> None:
    at_work = [word for word in words if word is not Freshness.PAUSED]
    assert of_all(words) is (max(at_work, key=list(Freshness).index) if at_work else Freshness.PAUSED)


@given(st.sampled_from(["0 3 * * *", "0 3 * * sun", ""]), st.integers(0, 4000), st.integers(0, 4000))
def test_nothing_becomes_fresher_by_waiting(schedule: str, one: int, other: int) -> None:
    sooner, later = sorted((one, other))
    words = [freshness(source(schedule), NOW - timedelta(hours=age), NOW) for age in (sooner, later)]
    assert words == sorted(words, key=list(Freshness).index)
