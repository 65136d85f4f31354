from __future__ import annotations

from datetime import UTC, datetime, timedelta

from catalogue.mail import Mail
from catalogue.store import Store
from catalogue.store.desk.outbox import MailState

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
MAIL = Mail("ana@example.org", "A subject", "A text\n", "fr", "https://example.org/stop")
MINUTE = timedelta(minutes=1)


def test_a_letter_goes_from_the_outbox_to_its_end(store: Store) -> None:
    first = store.outbox.put(MAIL, NOW, about="source:nile")
    store.outbox.put(Mail("eve@example.org", "Another", "x"), NOW + MINUTE)
    taken = store.outbox.take(NOW)
    assert taken is not None
    assert (taken.id, taken.mail, taken.about, taken.attempts) == (first, MAIL, "source:nile", 1)
    assert store.outbox.take(NOW) is None  # the other is not due yet
    store.outbox.sent(taken, NOW + MINUTE)
    [told] = store.outbox.newest(about="source:nile")
    assert (told.state, told.ended_at, told.mail.text) == (MailState.SENT, NOW + MINUTE, "A text\n")
    other = store.outbox.take(NOW + MINUTE)
    assert other is not None
    store.outbox.give_up(other, NOW + MINUTE, "550 nobody")
    assert store.outbox.counts() == {MailState.WAITING: 0, MailState.SENT: 1, MailState.GIVEN_UP: 1}
    assert [posted.error for posted in store.outbox.newest(state=MailState.GIVEN_UP)] == ["550 nobody"]


def test_what_is_postponed_waits_behind_the_others_under_the_same_name(store: Store) -> None:
    store.outbox.put(MAIL, NOW)
    taken = store.outbox.take(NOW)
    assert taken is not None
    store.outbox.postpone(taken, NOW + 5 * MINUTE, "451 later")
    assert store.outbox.take(NOW + 4 * MINUTE) is None
    again = store.outbox.take(NOW + 5 * MINUTE)
    assert again is not None
    assert (again.attempts, again.message_key, again.error) == (2, taken.message_key, "451 later")
    store.outbox.release(again)
    assert [posted.attempts for posted in store.outbox.newest()] == [1]


def test_a_letter_that_its_worker_left_is_taken_by_another_and_the_first_says_no_more(store: Store) -> None:
    store.outbox.put(MAIL, NOW)
    lost = store.outbox.take(NOW)
    assert lost is not None
    assert store.outbox.take(NOW + 10 * MINUTE) is None
    taken = store.outbox.take(NOW + 11 * MINUTE)
    assert taken is not None
    store.outbox.sent(lost, NOW)
    assert store.outbox.newest()[0].state is MailState.WAITING
    store.outbox.sent(taken, NOW)
    assert store.outbox.newest()[0].state is MailState.SENT


def test_one_name_is_one_letter(store: Store) -> None:
    assert store.outbox.put(MAIL, NOW, once="alert-1")
    assert store.outbox.put(MAIL, NOW, once="alert-1") is None
    assert store.outbox.put(MAIL, NOW)
    assert store.outbox.put(MAIL, NOW)
    assert len(store.outbox.newest()) == 3


def test_what_lets_its_reader_in_is_not_kept(store: Store) -> None:
    store.outbox.put(Mail("ana@example.org", "Sign in", "https://x/secret", confidential=True), NOW)
    taken = store.outbox.take(NOW)
    assert taken is not None
    assert "secret" in taken.mail.text
    store.outbox.sent(taken, NOW)
    assert store.outbox.newest()[0].mail.text == ""


def test_old_letters_are_forgotten_and_waiting_ones_are_not(store: Store) -> None:
    store.outbox.put(MAIL, NOW)
    store.outbox.put(MAIL, NOW)
    taken = store.outbox.take(NOW)
    assert taken is not None
    store.outbox.sent(taken, NOW)
    assert store.outbox.forget(NOW + MINUTE) == 1
    assert [posted.state for posted in store.outbox.newest()] == [MailState.WAITING]
