from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet

from catalogue.alerts import AlertState, Channel, Kind, Rule, Subscription, Telling, Wish
from catalogue.errors import SecretsLocked, SettingsError, UnknownAlert, UnknownSubscription
from catalogue.mail import Mail
from catalogue.sealing import Sealer
from catalogue.store import Store
from catalogue.store.alerting.calls import CallState
from catalogue.store.alerting.subscriptions import Told
from factories import add_source
from signing_in import add_node, add_person

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
WHY = {Rule.FAILING: {"why": "no answer"}}


def subscribed(store: Store, **told: object) -> Subscription:
    person = add_person(store)
    one = Subscription(0, Wish(), NOW, NOW, person_id=person.id, confirmed_at=NOW)
    return store.subscriptions.add(replace(one, **told), "test", NOW)  # type: ignore[arg-type] - fields of it


def test_a_condition_is_one_alert_until_it_is_over(store: Store) -> None:
    add_source(store, "nile")
    [opened] = store.alerts.judge("nile", WHY, NOW)
    assert store.alerts.judge("nile", {Rule.FAILING: {"why": "no route"}}, LATER) == []
    [open_] = store.alerts.open()
    assert (open_.id, open_.facts, open_.opened_at, open_.seen_at) == (
        opened.id,
        {"why": "no route"},
        NOW,
        LATER,
    )
    assert store.alerts.judge("nile", {}, LATER) == [], "of what nobody could tell nothing changes"
    [over] = store.alerts.judge("nile", {Rule.FAILING: None, Rule.HELD: None}, LATER)
    assert (over.id, over.state, over.closed_at) == (opened.id, AlertState.CLEARED, LATER)
    assert store.alerts.judge("nile", {Rule.FAILING: None}, LATER) == []
    [again] = store.alerts.judge("nile", WHY, LATER)
    assert again.id != opened.id
    assert [one.id for one in store.alerts.newest(source_ids=["nile"])] == [again.id, opened.id]
    assert store.alerts.newest(before=again.id) == [over]
    assert store.alerts.open(["lagoon"]) == []


def test_an_alert_of_which_nobody_asks_any_more_is_dropped_and_forgotten(store: Store) -> None:
    add_source(store, "nile")
    [alert] = store.alerts.judge("nile", WHY, NOW)
    assert store.alerts.drop("nile", NOW) == 1
    assert store.alerts.get(alert.id).state is AlertState.DROPPED
    assert store.alerts.to_tell_of() == []
    assert store.alerts.forget(NOW) == 0
    assert store.alerts.forget(LATER) == 1
    with pytest.raises(UnknownAlert):
        store.alerts.get(alert.id)


def test_to_be_quiet_is_written_down(store: Store) -> None:
    add_source(store, "nile")
    [alert] = store.alerts.judge("nile", WHY, NOW)
    quiet = store.alerts.snooze(alert.id, LATER, "op@example.org", "being moved", NOW)
    assert quiet.is_snoozed(NOW)
    assert not quiet.is_snoozed(LATER)
    assert not store.alerts.snooze(alert.id, None, "op@example.org", "", NOW).is_snoozed(NOW)
    assert [(one.act, one.detail.get("why")) for one in store.audit.newest(about="source:nile")] == [
        ("snooze no more", None),
        ("snooze", "being moved"),
    ]


def test_a_letter_and_the_note_of_it_are_one(store: Store) -> None:
    add_source(store, "nile")
    [alert] = store.alerts.judge("nile", WHY, NOW)
    one = subscribed(store)
    told = Told({alert.id: Kind.OPENED}, LATER, mail=Mail("ana@example.org", "x", "y"))
    assert store.subscriptions.tell(one, told, NOW, about="subscription:1")
    assert not store.subscriptions.tell(one, told, NOW, about=""), "another worker was faster"
    assert len(store.outbox.newest()) == 1
    assert store.subscriptions.tellings([alert.id]) == {(one.id, alert.id): Telling(Kind.OPENED, NOW)}
    store.alerts.judge("nile", {Rule.FAILING: None}, LATER)
    assert [found.id for found in store.alerts.to_tell_of()] == [alert.id]
    again = store.subscriptions.get(one.id)
    over = Told({alert.id: Kind.CLEARED}, LATER + timedelta(1))
    assert store.subscriptions.tell(again, over, LATER, about="")
    assert store.alerts.to_tell_of() == []


def test_the_secret_of_a_webhook_is_sealed_and_good_for_its_address_alone(store: Store) -> None:
    sealer, other = Sealer([Fernet.generate_key().decode()]), Sealer([Fernet.generate_key().decode()])
    person = add_person(store)
    wish = Wish(Channel.WEBHOOK, "https://example.org/s3cret-path")
    made = Subscription(0, wish, NOW, NOW, person_id=person.id, confirmed_at=NOW)
    one = store.subscriptions.add(made, "test", NOW, secret="whsec_abc", seal=sealer.seal)
    assert store.subscriptions.secret_of(one, sealer) == "whsec_abc"
    with pytest.raises(SecretsLocked):
        store.subscriptions.secret_of(one, other)
    moved = replace(one, wish=replace(wish, address="https://elsewhere.example.org/"))
    with pytest.raises(SecretsLocked, match="another address"):
        store.subscriptions.secret_of(moved, sealer)
    noted = str(store.audit.newest(about=f"person:{person.id}"))
    assert "https://example.org/…" in noted
    assert "s3cret" not in noted
    assert "whsec" not in noted
    with pytest.raises(SettingsError, match="already"):
        store.subscriptions.add(made, "test", NOW)
    assert store.secrets.reseal(sealer) == 1
    assert store.subscriptions.secret_of(one, sealer) == "whsec_abc"


def test_calls_wait_are_taken_once_and_end(store: Store) -> None:
    one = subscribed(store)
    store.subscriptions.tell(one, Told({}, LATER, body="{}"), NOW, about="")
    call = store.calls.take(NOW)
    assert call is not None
    assert (call.subscription_id, call.body, call.attempts) == (one.id, "{}", 1)
    assert store.calls.take(NOW) is None
    taken_over = store.calls.take(NOW + timedelta(minutes=6))
    assert taken_over is not None
    store.calls.sent(call, NOW)
    assert store.calls.newest()[0].state is CallState.WAITING, "its worker was overtaken"
    store.calls.postpone(taken_over, LATER, "no answer")
    assert store.calls.take(NOW) is None
    again = store.calls.take(LATER)
    assert again is not None
    store.calls.give_up(again, LATER, "gone")
    assert store.calls.counts() == {CallState.WAITING: 0, CallState.SENT: 0, CallState.GIVEN_UP: 1}
    assert store.calls.forget(LATER + timedelta(1)) == 1


def test_what_belongs_to_whoever_is_removed_goes_too(store: Store) -> None:
    add_source(store, "nile")
    [alert] = store.alerts.judge("nile", WHY, NOW)
    one = subscribed(store)
    store.subscriptions.tell(one, Told({alert.id: Kind.OPENED}, LATER, body="{}"), NOW, about="")
    assert one.person_id is not None
    store.people.remove(one.person_id, "test", NOW)
    assert store.subscriptions.all() == []
    assert store.calls.newest() == []
    assert store.subscriptions.tellings([alert.id]) == {}
    add_node(store, "delta")
    wish = Wish(address="ana@example.org")
    made = store.subscriptions.add(Subscription(0, wish, NOW, NOW, node_id="delta"), "test", NOW)
    assert store.subscriptions.of_node("delta") == [made]
    assert store.subscriptions.confirm(made.id, NOW).confirmed_at == NOW
    store.organisations.remove_node("delta", "test", NOW)
    with pytest.raises(UnknownSubscription):
        store.subscriptions.get(made.id)
