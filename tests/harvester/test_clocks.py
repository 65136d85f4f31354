"""Clocks that are wrong: from when on the next harvest of a source asks."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from catalogue.run import Checkpoint
from harvester.clocks import ask_from, is_ahead

NOW = datetime(2026, 5, 1, 10, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "told", "asked", "events"),
    [
        ("", "2026-05-01T09:59:58Z", "2026-05-01T09:59:58Z", []),
        ("", "2026-05-01T10:03:00Z", "2026-05-01T10:00:00Z", []),
        ("", "2029-05-01T10:03:00Z", "2026-05-01T10:00:00Z", ["clock-wrong"]),
        ("", "2019-05-01T10:03:00Z", "2019-05-01T10:03:00Z", []),
        ("", "2029-05-01", "2026-05-01", ["clock-wrong"]),
        ("", "", "", []),
        ("2026-05-01T09:00:00Z", "", "2026-05-01T09:00:00Z", []),
        # A client that goes on within a process has what the source said still.
        ("2026-05-01T09:00:00Z", "2029-05-01T10:03:00Z", "2026-05-01T09:00:00Z", []),
        # It turned out that some records have but days.
        ("2026-05-01T09:00:00Z", "2026-05-01", "2026-05-01", []),
    ],
)
def test_the_next_harvest_asks_no_later_than_this_one_began(
    before: str, told: str, asked: str, events: list[str]
) -> None:
    moment, notes = ask_from(Checkpoint(response_date=before), Checkpoint(response_date=told), NOW)
    assert moment == asked
    assert [note.event for note in notes] == events


@pytest.mark.parametrize(
    ("moment", "ahead"),
    [("", False), ("2026-05-01T12:00:00Z", False), ("2026-05-02", False), ("2026-05-03T00:00:00Z", True)],
)
def test_a_moment_that_has_not_come(moment: str, *, ahead: bool) -> None:
    assert is_ahead(moment, NOW) is ahead
