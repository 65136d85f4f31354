from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.alerts import (
    Alert,
    AlertState,
    Channel,
    Kind,
    Pace,
    Rule,
    Subscription,
    Telling,
    Wish,
    judged,
    to_tell,
    webhook_address,
    webhook_secret,
)
from catalogue.errors import SettingsError

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)  # a Monday
REMIND = timedelta(days=7)
ALERT = Alert(1, "nile", Rule.FAILING, AlertState.OPEN, {"why": "x"}, NOW, NOW)


class World:
    """One source, one rule, one reader: what happens, and what he is told."""

    def __init__(self) -> None:
        self.now, self.alert = NOW, ALERT
        self.alerts: dict[int, Alert] = {}
        self.told: dict[int, list[tuple[Kind, datetime]]] = {}
        self.woken: dict[int, list[datetime]] = {}

    def see(self, seen: str) -> None:
        """A look at the source."""
        if seen == "unknown":
            return
        if self.alerts and self.alert.state is AlertState.OPEN:
            self.alert = judged(self.alert, {"why": "x"} if seen == "so" else None, self.now)
        elif seen == "so":
            number = len(self.alerts) + 1
            self.alert = replace(ALERT, id=number, opened_at=self.now, seen_at=self.now)
        self.alerts |= {self.alert.id: self.alert} if self.alerts or seen == "so" else {}

    def act(self, act: str) -> None:
        """What people do meanwhile, and the look whether the reader is to be told."""
        if not self.alerts:
            return
        if act == "snooze":
            until = self.now + timedelta(days=3)
            self.alert = replace(self.alert, snoozed_until=until)
            self.woken.setdefault(self.alert.id, []).append(until)
        elif act == "wake":
            self.alert = replace(self.alert, snoozed_until=None)
        elif act == "tell":
            self._tell()

    def _tell(self) -> None:
        told = self.told.setdefault(self.alert.id, [])
        last = Telling(*told[-1]) if told else None
        kind = to_tell(self.alert, last, self.now, remind=REMIND)
        assert kind in {Kind.CLEARED, None} or not self.alert.is_snoozed(self.now)
        told += [(kind, self.now)] if kind is not None else []


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(0.01, 12.0),
            st.sampled_from(["so", "not so", "unknown"]),
            st.sampled_from(["look away", "tell", "tell", "snooze", "wake"]),
        ),
        max_size=40,
    )
)
def test_whatever_happens_each_is_told_once_that_it_began_and_once_that_it_is_over(
    steps: list[tuple[float, str, str]],
) -> None:
    world = World()
    for days, seen, act in steps:
        world.now += timedelta(days=days)
        world.see(seen)
        world.act(act)
    for one, tellings in world.told.items():
        kinds = [kind for kind, _ in tellings]
        assert kinds[:1] in ([], [Kind.OPENED])
        assert kinds.count(Kind.OPENED) <= 1
        assert Kind.CLEARED not in kinds[:-1]
        assert Kind.CLEARED not in kinds or world.alerts[one].state is AlertState.CLEARED
        for (_, before), (kind, at) in pairwise(tellings):
            woken = any(before < until <= at for until in world.woken.get(one, []))
            assert kind is not Kind.REMINDED or at - before >= REMIND or woken


def test_who_was_not_told_that_it_began_is_not_told_that_it_is_over() -> None:
    over = judged(ALERT, None, NOW)
    assert over.state is AlertState.CLEARED
    assert to_tell(over, None, NOW, remind=REMIND) is None
    assert to_tell(over, Telling(Kind.OPENED, NOW), NOW, remind=REMIND) is Kind.CLEARED
    assert to_tell(over, Telling(Kind.CLEARED, NOW), NOW, remind=REMIND) is None


def test_of_what_is_not_looked_at_any_more_nothing_is_told() -> None:
    dropped = replace(ALERT, state=AlertState.DROPPED, closed_at=NOW)
    assert to_tell(dropped, Telling(Kind.OPENED, NOW), NOW, remind=REMIND) is None


def test_after_a_snooze_it_is_told_again() -> None:
    quiet = replace(ALERT, snoozed_until=NOW + timedelta(days=1))
    last = Telling(Kind.OPENED, NOW)
    assert to_tell(quiet, last, NOW + timedelta(hours=23), remind=REMIND) is None
    assert to_tell(quiet, last, NOW + timedelta(hours=24), remind=REMIND) is Kind.REMINDED


@pytest.mark.parametrize(
    ("pace", "at", "then"),
    [
        (Pace.AT_ONCE, NOW, NOW),
        (Pace.DAILY, NOW, NOW.replace(day=10, hour=6)),
        (Pace.DAILY, NOW.replace(hour=5), NOW.replace(hour=6)),
        (Pace.DAILY, NOW.replace(hour=6), NOW.replace(day=10, hour=6)),
        (Pace.WEEKLY, NOW, NOW.replace(day=16, hour=6)),
        (Pace.WEEKLY, NOW.replace(day=15), NOW.replace(day=16, hour=6)),
        (Pace.WEEKLY, NOW.replace(hour=5), NOW.replace(hour=6)),
    ],
)
def test_when_something_is_told(pace: Pace, at: datetime, then: datetime) -> None:
    assert Wish(pace=pace).next_moment(at, 6) == then


def test_at_once_is_not_oftener_than_every_ten_minutes() -> None:
    one = Subscription(1, Wish(), NOW, NOW, person_id=1, confirmed_at=NOW)
    later = replace(one, next_at=one.after(NOW, 6))
    assert one.is_due(NOW)
    assert not later.is_due(NOW + timedelta(minutes=9))
    assert later.is_due(NOW + timedelta(minutes=10))
    assert not replace(one, muted_until=NOW + timedelta(days=1)).is_due(NOW)
    assert not replace(one, confirmed_at=None).is_due(NOW)


@pytest.mark.parametrize(
    "typed",
    ["", "example.org", "ftp://example.org/", "https://", "https://u:p@example.org/", "https://a/ b",
     "https://example.org/#x", "https://example.org:0/", "https://[", "https://example.org/" + "x" * 2000],
)  # fmt: skip
def test_what_is_no_address_of_a_webhook(typed: str) -> None:
    with pytest.raises(SettingsError, match="webhook"):
        webhook_address(typed)


def test_of_the_address_of_a_webhook_no_more_is_shown_than_where_it_is() -> None:
    assert webhook_address(" https://example.org/hook?key=1 ") == "https://example.org/hook?key=1"
    assert Wish(Channel.WEBHOOK, "https://example.org/s3cret?key=1").shown == "https://example.org/…"


def test_a_secret_has_the_form_of_standard_webhooks() -> None:
    good = "whsec_" + base64.b64encode(b"x" * 24).decode()
    assert webhook_secret(f" {good} ") == good
    for typed in ("", "s3cret", good.removeprefix("whsec_"), "whsec_" + base64.b64encode(b"x" * 23).decode(),
                  "whsec_@@@@"):  # fmt: skip
        with pytest.raises(SettingsError, match="24 to 64 bytes"):
            webhook_secret(typed)
