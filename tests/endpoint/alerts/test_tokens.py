from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests
import time_machine

from catalogue.mail import Mail
from catalogue.people import Action, Person, Role, Token
from catalogue.settings import load_settings
from catalogue.store import Store
from endpoint.alerts.tokens import TokenTeller, endings, within
from endpoint.deps import Services
from endpoint.languages import ENGLISH
from endpoint.public.wording import Wording
from signing_in import Browser, add_person, serving

START = datetime(2026, 3, 9, 12, tzinfo=UTC)
SETTINGS = load_settings(base_url="https://feed.example.org")
SOON = within(SETTINGS)


def make(store: Store, person: Person, days: float, name: str = "nightly <b>copy</b>") -> Token:
    now = datetime.now(UTC)
    made, _ = store.tokens.make(
        person, name, [Action.SEE], by="test", now=now, expires_at=now + timedelta(days=days)
    )
    return made


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(START, tick=False) as clock:
        yield clock


def test_whose_token_ends_is_told_and_reminded_in_his_language_and_nobody_else(
    store: Store, clock: time_machine.Coordinates
) -> None:
    ana = add_person(store, Role.OPERATOR, mail="ana@example.org")
    store.people.add("Someone", "someone@example.org", "test", START)
    token = make(store, ana, 90)
    teller, another = (TokenTeller(Services(SETTINGS, store)) for _ in range(2))
    clock.shift(timedelta(days=68))
    assert teller.look() == 0
    clock.shift(timedelta(days=2))
    assert (teller.look(), another.look()) == (1, 0)
    [letter] = store.outbox.newest()
    assert (letter.mail.to, letter.about) == ("ana@example.org", f"person:{ana.id}")
    assert letter.mail.subject == "Your token ends: nightly <b>copy</b>"
    assert Wording(ENGLISH).moment(token.expires_at) in letter.mail.text
    assert "https://feed.example.org/dashboard/account#tokens" in letter.mail.text
    assert "It was not used yet." in letter.mail.text
    clock.shift(timedelta(days=SETTINGS.alert_remind_days, seconds=-1))
    assert teller.look() == 0
    clock.shift(timedelta(seconds=1))
    assert teller.look() == 1
    store.tokens.end(token.id, "ana", datetime.now(UTC))
    clock.shift(timedelta(days=8))
    assert teller.look() == 0


def test_who_looks_at_an_old_state_tells_nobody_twice(store: Store, clock: time_machine.Coordinates) -> None:
    token = make(store, add_person(store, Role.VIEWER, mail="ana@example.org"), 30)
    letter = Mail("ana@example.org", "x", "y")
    assert store.tokens.tell(token, letter, START)
    assert not store.tokens.tell(token, letter, START)
    assert len(store.outbox.newest()) == 1
    again = store.tokens.get(token.id)
    assert again.told_at == START
    assert store.tokens.tell(again, letter, START + timedelta(days=7))


def test_a_token_that_is_replaced_says_nothing(sqlite_store: Store, clock: time_machine.Coordinates) -> None:
    ana = add_person(sqlite_store, Role.OPERATOR, mail="ana@example.org")
    make(sqlite_store, ana, 30)
    clock.shift(timedelta(days=25))
    other = make(sqlite_store, ana, 365, "another")
    teller = TokenTeller(Services(SETTINGS, sqlite_store))
    found = {one.token.name: one.soon for one in endings(sqlite_store.tokens.all(), datetime.now(UTC), SOON)}
    assert found == {"nightly <b>copy</b>": True, other.name: False}
    make(sqlite_store, ana, 365)
    assert teller.look() == 0


@pytest.mark.parametrize(
    ("made", "passed", "soon"),
    [(365, 300, False), (365, 350, True), (30, 15, False), (30, 21, True), (1, 0.1, False), (30, 30, False)],
)
def test_a_token_ends_soon_when_little_is_left_of_what_it_was_made_for(
    made: float, passed: float, *, soon: bool
) -> None:
    token = Token(1, 1, "x", frozenset({Action.SEE}), START, START + timedelta(days=made))
    assert token.ends_soon(START + timedelta(days=passed), timedelta(days=21)) is soon


def test_what_ends_soon_is_marked_among_the_tokens_on_the_page_and_for_programs(sqlite_store: Store) -> None:
    now = datetime.now(UTC)
    ana = add_person(sqlite_store, Role.OPERATOR, mail="ana@example.org")
    with time_machine.travel(now - timedelta(days=25), tick=False):
        make(sqlite_store, ana, 30)
    _, secret = sqlite_store.tokens.make(
        ana, "fresh", [Action.ADMINISTER], by="test", now=now, expires_at=now + timedelta(days=365)
    )
    with serving(sqlite_store) as at:
        page = Browser(at).signed_in(sqlite_store, ana).get("/dashboard/account")
        listed = requests.get(f"{at}/api/tokens", headers={"Authorization": f"Bearer {secret}"}, timeout=10)
    rows = page.xpath("//section[@aria-labelledby='tokens']//tbody/tr")
    marked = ["ends soon" in row.text_content() for row in rows]
    assert sorted(marked) == [False, True]
    assert {one["name"]: one["ends_soon"] for one in listed.json()["items"]} == {
        "nightly <b>copy</b>": True, "fresh": False,
    }  # fmt: skip
