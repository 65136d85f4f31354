from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine

from catalogue.alerts import Channel, Pace, Rule, Wish
from catalogue.digest_clock import Clock, Weekday
from catalogue.people import Person, Role
from catalogue.settings import load_settings
from catalogue.store import Store
from endpoint.alerts import hearing
from endpoint.alerts.letters import MOST
from endpoint.alerts.telling import Teller
from endpoint.alerts.wording import sentence
from endpoint.deps import Services
from endpoint.languages import LANGUAGES
from factories import add_source
from harvester.mail import Postman
from mail_server import MailServer, serving_mail
from signing_in import add_node, add_person

START = datetime(2026, 3, 9, 12, tzinfo=UTC)  # a Monday
FACTS: dict[Rule, dict[str, Any]] = {
    Rule.MISSED: {"due": "2026-03-09T11:00:00Z"},
    Rule.FAILING: {"why": "no answer"},
    Rule.HELD: {"questions": 1},
    Rule.FAULTS: {"faulty": 11, "listed": 1000},
    Rule.SHRUNK: {"before": 1000, "now": 80, "days": 30},
    Rule.SLOW: {"what": "running", "seconds": 7200.0, "usual": 600.0},
    Rule.CERTIFICATE: {"until": "2026-03-20T00:00:00Z"},
    Rule.SECRET: {"kind": "basic", "until": "2026-03-20T00:00:00Z"},
    Rule.SILENT: {"since": "2026-03-09T11:00:00Z"},
}


class Desk:
    """A store with two nodes, and a clock that is moved by hand."""

    def __init__(self, store: Store, clock: time_machine.Coordinates) -> None:
        self.store, self.clock = store, clock
        self.services = Services(load_settings(base_url="https://feed.example.org"), store)
        add_source(store, "nile", title="Nile <b>Registry</b>")
        add_source(store, "lagoon", title="Lagoon")
        add_node(store, "delta", "nile")
        add_node(store, "coast", "lagoon")

    def now(self) -> datetime:
        return datetime.now(UTC)

    def amiss(self, source: str, rule: Rule = Rule.FAILING, *, so: bool = True) -> None:
        self.store.alerts.judge(source, {rule: FACTS[rule] if so else None}, self.now())

    def hear(self, person: Person | None, node: str = "", **wish: Any) -> int:
        made, _ = hearing.subscribe(self.services, Wish(**wish), by="test", person=person, node_id=node)
        return made.id

    def look(self, **later: float) -> list[tuple[str, str]]:
        """What was put into the post by a look so much later: to whom, and its subject."""
        self.clock.shift(timedelta(**later))
        before = {letter.id for letter in self.store.outbox.newest(limit=1000)}
        Teller(self.services).look()
        new = [one for one in self.store.outbox.newest(limit=1000) if one.id not in before]
        return sorted((one.mail.to, one.mail.subject) for one in new)


@pytest.fixture
def desk(sqlite_store: Store) -> Any:
    with time_machine.travel(START, tick=False) as clock:
        yield Desk(sqlite_store, clock)


def test_one_is_told_once_reminded_and_told_once_that_all_is_good_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        desk = Desk(store, clock)
        person = add_person(store, Role.VIEWER, mail="ana@example.org")
        desk.hear(person)
        assert desk.look() == []
        desk.amiss("nile")
        assert desk.look() == [("ana@example.org", "Nile <b>Registry</b>: Harvests fail")]
        desk.amiss("nile")
        assert desk.look(days=6, hours=23) == []
        assert desk.look(hours=1) == [("ana@example.org", "Nile <b>Registry</b>: Harvests fail")]
        desk.amiss("nile", so=False)
        assert desk.look(minutes=20) == [("ana@example.org", "Nile <b>Registry</b>: all good again")]
        assert desk.look(days=30) == []


def test_what_comes_within_minutes_is_told_together(desk: Desk) -> None:
    desk.hear(add_person(desk.store, Role.VIEWER, mail="ana@example.org"))
    desk.amiss("nile")
    assert len(desk.look()) == 1
    desk.amiss("lagoon")
    desk.amiss("lagoon", Rule.HELD)
    desk.amiss("nile", so=False)
    assert desk.look(minutes=9) == []
    assert desk.look(minutes=1) == [("ana@example.org", "Alerts: 3")]


def test_a_digest_waits_for_its_hour_also_where_there_was_nothing_to_tell(desk: Desk) -> None:
    desk.hear(add_person(desk.store, Role.VIEWER, mail="ana@example.org"), pace=Pace.DAILY)
    desk.hear(add_person(desk.store, Role.VIEWER, mail="eve@example.org"), pace=Pace.WEEKLY)
    assert desk.look(days=1) == []
    desk.amiss("nile")
    desk.amiss("lagoon")
    desk.amiss("lagoon", so=False)
    assert desk.look(hours=17) == []  # Wednesday, 5:00
    assert [to for to, _ in desk.look(hours=1)] == ["ana@example.org"]
    assert [to for to, _ in desk.look(days=5)] == ["eve@example.org"]  # Monday, 6:00


def test_a_digest_comes_at_the_hour_that_each_has_chosen_on_his_own_clock(
    store: Store,
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        desk = Desk(store, clock)
        person = add_person(store, Role.VIEWER, mail="ana@example.org")
        fridays = Clock(8, Weekday.FRIDAY, "Africa/Nairobi")
        number = desk.hear(person, pace=Pace.WEEKLY, clock=fridays)
        desk.hear(None, "delta", address="eve@example.org", pace=Pace.DAILY, clock=Clock(23))
        [eve] = store.subscriptions.of_node("delta")
        store.subscriptions.confirm(eve.id, desk.now())
        assert store.subscriptions.get(number).wish.clock == fridays
        desk.amiss("nile")
        assert desk.look(hours=10, minutes=50) == []
        assert [to for to, _ in desk.look(minutes=10)] == ["eve@example.org"]  # Monday, 23:00 UTC
        desk.clock.move_to(datetime(2026, 3, 13, 4, 59, tzinfo=UTC))
        assert [to for to, _ in desk.look()] == []
        assert [to for to, _ in desk.look(minutes=1)] == ["ana@example.org"]  # Friday, 8:00 in Nairobi
        one = store.subscriptions.get(number)
        changed = hearing.change(desk.services, one, replace(one.wish, clock=Clock(7)), by="test")
        assert changed.next_at == datetime(2026, 3, 16, 7, tzinfo=UTC)
        assert store.subscriptions.get(number).wish.clock == Clock(7)
        assert store.audit.newest()[0].detail["hour"] == 7


def test_of_what_began_and_ended_between_two_digests_nothing_is_told(desk: Desk) -> None:
    desk.hear(add_person(desk.store, Role.VIEWER), pace=Pace.DAILY)
    desk.amiss("nile")
    desk.amiss("nile", so=False)
    assert desk.look(days=2) == []


def test_everybody_hears_of_what_he_may_see_and_wishes_to(desk: Desk) -> None:
    manager = add_person(desk.store, nodes=("coast",), mail="coast@example.org")
    viewer = add_person(desk.store, Role.VIEWER, mail="viewer@example.org")
    desk.hear(manager)
    desk.hear(viewer, "delta", rules=frozenset({Rule.HELD}))
    desk.hear(add_person(desk.store, mail="nobody@example.org"))
    for source in ("nile", "lagoon"):
        desk.amiss(source)
        desk.amiss(source, Rule.HELD)
    assert desk.look() == [
        ("coast@example.org", "Alerts: 2"),
        ("viewer@example.org", "Nile <b>Registry</b>: A guard waits for an answer"),
    ]
    desk.store.people.take(manager.id, Role.NODE_MANAGER, "test", desk.now())
    desk.amiss("lagoon", so=False)
    assert desk.look(hours=1) == [], "he may see it no more"


def test_quiet_is_kept_and_made_up_for(desk: Desk) -> None:
    number = desk.hear(add_person(desk.store, Role.VIEWER, mail="ana@example.org"))
    one = desk.store.subscriptions.get(number)
    hearing.mute(desk.services, one, 7, by="test")
    desk.amiss("nile")
    assert desk.look(days=6) == []
    assert len(desk.look(days=1)) == 1
    [alert] = desk.store.alerts.open()
    hearing.snooze(desk.services, alert.id, 30, by="test", why="being moved")
    assert desk.look(days=29) == []
    assert len(desk.look(days=1)) == 1


def test_the_address_of_a_node_hears_once_it_has_said_yes(desk: Desk) -> None:
    number = desk.hear(None, "delta", address="Ana@EXAMPLE.org", language="es")
    [letter] = desk.store.outbox.newest()
    assert letter.mail.to == "Ana@example.org"
    assert "/alerts/on/" in letter.mail.text
    assert (letter.mail.language, "Node delta" in letter.mail.text) == ("es", True)
    desk.amiss("nile")
    assert desk.look(days=1) == []
    desk.store.subscriptions.confirm(number, desk.now())
    [(to, subject)] = desk.look(minutes=1)
    assert (to, subject) == ("Ana@example.org", "Nile <b>Registry</b>: Las recolecciones fallan")
    told = desk.store.outbox.newest(limit=1)[0].mail
    assert "/alerts/off/" in told.unsubscribe
    assert told.unsubscribe in told.text
    assert "/dashboard/account" not in told.text


def test_who_was_named_in_a_registration_hears_of_the_node(desk: Desk) -> None:
    def hear(mail: str, *, confirmed: bool) -> bool:
        told = {"language": "fr", "by": "op@example.org", "confirmed": confirmed}
        return hearing.hear_of_node(desk.services, "delta", mail, **told) is not None  # type: ignore[arg-type] - as named

    assert hear("ana@example.org", confirmed=True)
    assert not hear("ana@example.org", confirmed=True)
    assert hear("eve@example.org", confirmed=False)
    manager = add_person(desk.store, nodes=("delta",), mail="ina@example.org")
    assert hear("ina@example.org", confirmed=True)
    assert [letter.mail.to for letter in desk.store.outbox.newest()] == ["eve@example.org"]
    desk.amiss("nile")
    assert desk.look() == [
        ("ana@example.org", "Nile <b>Registry</b> : Les moissonnages échouent"),
        ("ina@example.org", "Nile <b>Registry</b> : Les moissonnages échouent"),
    ]
    ina, ana = (letter.mail.text for letter in desk.store.outbox.newest(limit=2))
    assert "https://feed.example.org/nodes/nile" in ana
    assert "https://feed.example.org/dashboard/sources/nile" in ina
    assert desk.store.subscriptions.of_person(manager.id)[0].node_id == "delta"


def test_a_storm_is_one_letter_that_is_not_endless(desk: Desk) -> None:
    desk.hear(add_person(desk.store, Role.VIEWER, mail="ana@example.org"))
    for number in range(MOST + 10):
        add_source(desk.store, f"s{number}")
        desk.amiss(f"s{number}")
    assert desk.look() == [("ana@example.org", f"Alerts: {MOST + 10}")]
    text = desk.store.outbox.newest(limit=1)[0].mail.text
    assert text.count("/dashboard/sources/") == MOST
    assert "And 10 more" in text
    assert desk.look(hours=1) == []


def test_a_program_is_told_the_same_in_json_without_a_secret(desk: Desk) -> None:
    person = add_person(desk.store, Role.VIEWER)
    _, secret = hearing.subscribe(
        desk.services, Wish(Channel.WEBHOOK, "https://hooks.example.org/s3cret"), by="test", person=person
    )
    desk.amiss("nile")
    Teller(desk.services).look()
    [call] = desk.store.calls.newest()
    told = json.loads(call.body)
    assert told["type"] == "alerts"
    [alert] = told["data"]["alerts"]
    assert alert["text"] == "Its harvests fail, twice in a row or more. The last one: no answer"
    assert (alert["told"], alert["rule"], alert["state"]) == ("opened", "failing", "open")
    assert alert["source"] == {
        "id": "nile",
        "label": "Nile <b>Registry</b>",
        "url": "https://feed.example.org/dashboard/sources/nile",
    }
    assert "s3cret" not in call.body
    assert secret not in call.body


def test_a_letter_arrives_in_the_language_of_its_reader(sqlite_store: Store) -> None:
    person = add_person(sqlite_store, Role.VIEWER, mail="ana@example.org")
    with serving_mail() as server:
        settings = _settings(server)
        services = Services(settings, sqlite_store)
        add_source(sqlite_store, "nile", title="Nile")
        hearing.subscribe(services, Wish(language="ar"), by="test", person=person)
        for rule, facts in FACTS.items():
            sqlite_store.alerts.judge("nile", {rule: facts}, datetime.now(UTC))
        assert Teller(services).look() == 1
        Postman(sqlite_store, settings).look()
    [message] = server.received
    assert isinstance(message, EmailMessage)
    assert message["Subject"] == "التنبيهات: 9"
    assert message["Content-Language"] == "ar"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text = message.get_content()
    assert "Nile: يفشل الحصاد" in text
    assert all(line.isascii() is False or line.startswith(("  http", "http", "=")) or not line.strip()
               or line.strip() == settings.repository_name for line in text.splitlines())  # fmt: skip


def _settings(server: MailServer) -> Any:
    return load_settings(
        mail_delivery="smtp", mail_security="none", mail_host=server.host, mail_port=server.port,
        admin_email="operator@example.org",
    )  # fmt: skip


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("rule", Rule)
def test_every_rule_is_said_in_every_language(sqlite_store: Store, rule: Rule, tag: str) -> None:
    add_source(sqlite_store, "nile")
    [alert] = sqlite_store.alerts.judge("nile", {rule: FACTS[rule]}, START)
    said = sentence(alert, LANGUAGES[tag])
    assert "%(" not in said
    assert (said != sentence(alert, LANGUAGES["en"])) == (tag != "en")
