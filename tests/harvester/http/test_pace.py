"""A host is asked with a pause, and slower once it says that it was asked too often."""

from __future__ import annotations

import time

import pytest

from harvester.http.pace import Pace

#: The clock that the pace goes by, and what was waited.
Waited = list[float]


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> Waited:
    clock, waits = [100.0], Waited()

    def sleep(seconds: float) -> None:
        waits.append(round(seconds, 6))
        clock[0] += seconds

    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(time, "sleep", sleep)
    return waits


@pytest.mark.parametrize(
    "url",
    [
        "http://node.example.org/oai",
        "https://node.example.org/oai?verb=Identify",
        "http://node.example.org:8080/",
    ],
)
def test_the_pause_that_is_set_lies_between_two_requests(waited: Waited, url: str) -> None:
    """Also where the address names no port."""
    pace = Pace(2.0, 8.0)
    for _ in range(3):
        pace.wait(url)
        pace.answered(url, 200)
    assert waited == [2.0, 2.0]


def test_who_says_too_many_is_asked_ever_more_slowly(waited: Waited) -> None:
    pace, url = Pace(0.0, 8.0), "http://node.example.org/oai"
    for status in (200, 429, 503, 429, 200, *[429] * 8):
        pace.wait(url)
        pace.answered(url, status)
    pace.wait(url)
    assert waited == [0.25, 0.25, 0.5, 0.5, 1.0, 2.0, 4.0, *[8.0] * 5]
    pace.wait("http://other.example.org/oai")
    assert len(waited) == 12


def test_a_pause_that_is_set_is_never_made_shorter(waited: Waited) -> None:
    pace, url = Pace(20.0, 8.0), "http://node.example.org/oai"
    for _ in range(2):
        pace.answered(url, 429)
        pace.wait(url)
    assert waited == [20.0, 20.0]


def test_it_need_not_grow(waited: Waited) -> None:
    pace, url = Pace(0.5, 0.0), "http://node.example.org/oai"
    for _ in range(2):
        pace.answered(url, 429)
        pace.wait(url)
    assert waited == [0.5, 0.5]
