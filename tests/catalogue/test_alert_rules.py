from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.alert_rules import Past, Standing, Terms, verdicts
from catalogue.alerts import Rule
from catalogue.credentials import SecretKind
from catalogue.run import Checkpoint, Ending, HarvestRun, RunKind, RunState, Tally
from catalogue.source import Missed, Protocol, SourceState
from catalogue.store.registry.overview import Glance, Spark

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
TERMS = Terms()


def glance(**told: Any) -> Glance:
    plain: dict[str, Any] = {
        "id": "nile", "label": "Nile", "protocol": Protocol.OAI_PMH, "base_url": "https://nile.example.org/oai",
        "state": SourceState.ACTIVE, "schedule": "0 3 * * *", "time_zone": "", "missed": Missed.MAKE_UP,
        "scheduled_at": NOW - timedelta(days=300), "certificate_until": "", "current": None, "questions": 0,
        "last": Ending.COMPLETE, "last_run": 9, "last_at": NOW, "good_run": 9, "good_at": NOW,
        "opened_at": NOW,
    }  # fmt: skip
    return Glance(**(plain | told))


def spark(days: float, *, seconds: float = 60, kind: RunKind = RunKind.FULL, **told: Any) -> Spark:
    ended = NOW - timedelta(days=days)
    plain: dict[str, Any] = {
        "run_id": 1, "kind": kind, "ending": Ending.COMPLETE, "ended_at": ended, "listed": 100, "new": 0,
        "changed": 0, "gone": 0, "faulty": 0, "started_at": ended - timedelta(seconds=seconds),
    }  # fmt: skip
    return Spark(**(plain | told))


def of(rule: Rule, past: Past | None = None, **told: Any) -> Any:
    """The verdict; `unknown` where there is none."""
    at = {
        name: told.pop(name) for name in ("owed_since", "paused", "secret_ends", "open_rules") if name in told
    }
    return verdicts(Standing(glance(**told), NOW, past=past, **at), TERMS).get(rule, "unknown")


def test_a_missed_run_is_one_that_is_owed_for_an_hour_while_nothing_is_paused() -> None:
    late = NOW - timedelta(hours=1)
    assert of(Rule.MISSED) is None
    assert of(Rule.MISSED, owed_since=NOW - timedelta(minutes=59)) is None
    assert of(Rule.MISSED, owed_since=late) == {"due": "2026-03-09T11:00:00Z"}
    assert of(Rule.MISSED, owed_since=late, paused=True) == "unknown"


def test_what_guards_ask_waits() -> None:
    assert of(Rule.HELD) is None
    assert of(Rule.HELD, questions=2) == {"questions": 2}


def test_certificates_and_secrets_end() -> None:
    assert of(Rule.CERTIFICATE) == "unknown"
    assert of(Rule.CERTIFICATE, certificate_until="not a date") == "unknown"
    assert of(Rule.CERTIFICATE, certificate_until="2026-05-01T00:00:00Z") is None
    assert of(Rule.CERTIFICATE, certificate_until="2026-03-20T00:00:00Z") == {"until": "2026-03-20T00:00:00Z"}
    soon, late = NOW + timedelta(days=20), NOW + timedelta(days=22)
    assert of(Rule.SECRET) is None
    assert of(Rule.SECRET, secret_ends=(SecretKind.BASIC, late)) is None
    assert of(Rule.SECRET, secret_ends=(SecretKind.CERTIFICATE, soon)) == {
        "kind": "certificate",
        "until": "2026-03-29T12:00:00Z",
    }


def test_without_a_look_at_the_past_nothing_is_said_of_it() -> None:
    told = verdicts(Standing(glance(), NOW), TERMS)
    assert told.keys() == {Rule.MISSED, Rule.HELD, Rule.SECRET}


def test_faults_are_those_of_the_newest_harvest_that_listed_anything() -> None:
    bad, empty = spark(2, faulty=11), spark(1, listed=0)
    assert of(Rule.FAULTS, Past()) == "unknown"
    assert of(Rule.FAULTS, Past([spark(1, faulty=10)])) is None
    assert of(Rule.FAULTS, Past([bad, empty])) == {"faulty": 11, "listed": 100}
    assert of(Rule.FAULTS, Past([bad, spark(1)])) is None
    assert of(Rule.FAULTS, Past([spark(1, listed=5, faulty=5)])) is None, "so few count for nothing"
    assert of(Rule.FAULTS, Past([spark(1, listed=6, faulty=6)])) == {"faulty": 6, "listed": 6}


def test_what_has_shrunk_is_told_by_what_has_gone_within_the_days() -> None:
    assert of(Rule.SHRUNK, Past([spark(2)])) is None
    assert of(Rule.SHRUNK, Past([spark(2, gone=20)])) == "unknown", "nobody has counted"
    assert of(Rule.SHRUNK, Past([spark(2, gone=20)], records=80)) == {"before": 100, "now": 80, "days": 30}
    assert of(Rule.SHRUNK, Past([spark(2, gone=20), spark(1, new=20)], records=100)) is None
    assert of(Rule.SHRUNK, Past([spark(40, gone=20)], records=80)) is None
    assert of(Rule.SHRUNK, Past([spark(2, gone=9)], records=91)) is None


def test_slow_answers_are_compared_with_those_of_the_same_kind() -> None:
    usual = [spark(n, answers=10, answer_milliseconds=10_000) for n in range(9, 3, -1)]
    slow = spark(1, answers=10, answer_milliseconds=31_000)
    assert of(Rule.SLOW, Past([*usual, slow])) == {"what": "answers", "seconds": 3.1, "usual": 1.0}
    assert of(Rule.SLOW, Past([*usual, spark(1, answers=10, answer_milliseconds=30_000)])) is None
    assert of(Rule.SLOW, Past([*usual[:4], slow])) == "unknown"
    other = spark(1, kind=RunKind.INCREMENTAL, answers=10, answer_milliseconds=31_000)
    assert of(Rule.SLOW, Past([*usual, other])) == "unknown"


def test_a_harvest_that_takes_much_longer_is_slow_and_a_short_one_never() -> None:
    usual = [spark(n, seconds=600) for n in range(9, 3, -1)]
    assert of(Rule.SLOW, Past([*usual, spark(1, seconds=2400)])) == {
        "what": "harvest",
        "seconds": 2400.0,
        "usual": 600.0,
    }
    short = [spark(n, seconds=10) for n in range(9, 3, -1)]
    assert of(Rule.SLOW, Past([*short, spark(1, seconds=800)])) is None


def test_a_harvest_that_does_not_end_is_slow() -> None:
    begun = NOW - timedelta(hours=2)
    run = HarvestRun(
        1, "nile", RunKind.FULL, RunState.RUNNING, Checkpoint(), Tally(), 1, 0, begun, started_at=begun
    )
    usual = Past([spark(n, seconds=600) for n in range(9, 3, -1)])
    assert of(Rule.SLOW, usual, current=run) == {"what": "running", "seconds": 7200.0, "usual": 600.0}


def test_silent_is_who_used_to_bring_something() -> None:
    changes = [NOW - timedelta(days=days) for days in (130, 140, 150, 160)]
    assert of(Rule.SILENT, Past(changes=changes)) == {"since": "2025-10-30T12:00:00Z"}
    assert of(Rule.SILENT, Past(changes=changes), schedule="") is None
    assert of(Rule.SILENT, Past(changes=changes[:3])) is None
    assert of(Rule.SILENT, Past()) is None
    rare = [NOW - timedelta(days=days) for days in (130, 200, 270, 340)]
    assert of(Rule.SILENT, Past(changes=rare)) is None, "it never was quicker"


def test_failing_says_why() -> None:
    assert of(Rule.FAILING, Past(failed_twice=True, why="no answer")) == {"why": "no answer"}
    assert of(Rule.FAILING, Past()) is None


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(82, 120), min_size=1, max_size=20))
def test_what_moves_about_the_threshold_is_told_once(faulty: list[int]) -> None:
    is_open, changes = False, 0
    for count in faulty:
        open_rules = frozenset({Rule.FAULTS}) if is_open else frozenset()
        past = Past([spark(1, listed=1000, faulty=count)])
        found = of(Rule.FAULTS, past, open_rules=open_rules) is not None
        changes += found is not is_open
        is_open = found
    assert changes <= 1


@pytest.mark.parametrize("rule", Rule)
def test_what_is_well_opens_nothing(rule: Rule) -> None:
    assert of(rule, Past([spark(n) for n in range(9, 0, -1)], changes=[NOW])) in {None, "unknown"}
