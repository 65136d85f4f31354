from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests

from catalogue.alerts import Rule
from catalogue.digest_clock import Clock, Weekday
from catalogue.people import Action, Role
from catalogue.settings import load_settings
from catalogue.store import Store
from endpoint.alerts.telling import key_of
from endpoint.deps import Services
from factories import add_source
from signing_in import Browser, add_node, add_person, serving, token_of

HOSTILE = "<script>alert(1)</script> نفايات"
OWN, NODE = "/dashboard/account/alerts", "/dashboard/nodes/delta/alerts"


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def at(sqlite_store: Store) -> Iterator[str]:
    add_source(sqlite_store, "nile", title=HOSTILE)
    add_source(sqlite_store, "lagoon", title="Lagoon")
    add_node(sqlite_store, "delta", "nile")
    sqlite_store.alerts.judge("nile", {Rule.FAULTS: {"faulty": 11, "listed": 1000}}, now())
    sqlite_store.alerts.judge("lagoon", {Rule.FAILING: {"why": HOSTILE}}, now())
    with serving(sqlite_store) as address:
        yield address


def test_what_is_amiss_stands_on_the_dashboard_and_can_be_quiet(at: str, sqlite_store: Store) -> None:
    browser = Browser(at).signed_in(sqlite_store, add_person(sqlite_store, Role.OPERATOR))
    page = browser.get("/dashboard")
    [needs] = page.xpath("//ul[@class='needs']/li[.//strong]")
    assert "Of the 1,000 records that its last harvest listed, 11 could not be taken." in needs.text_content()
    assert page.xpath("//script[not(@src)]") == []
    assert "11 could not be taken" in browser.get("/dashboard/sources/nile").text_content()
    page = browser.get("/dashboard/alerts")
    assert len(page.xpath("//ul[@class='needs']/li")) == 2
    assert "<script>alert(1)" not in browser.answer.text
    [faults] = [one for one in sqlite_store.alerts.open() if one.rule is Rule.FAULTS]
    browser.post(f"/dashboard/alerts/{faults.id}/snooze", form_at="/dashboard/alerts", days="7", why="moved")
    assert browser.answer.status_code == 303
    quiet = sqlite_store.alerts.get(faults.id)
    assert quiet.snoozed_until is not None
    assert timedelta(days=6) < quiet.snoozed_until - now() < timedelta(days=8)
    assert not browser.get("/dashboard").xpath("//ul[@class='needs']/li[.//strong]")
    assert "moved" in browser.get("/dashboard/alerts").text_content()
    browser.post(f"/dashboard/alerts/{faults.id}/wake", form_at="/dashboard/alerts")
    assert sqlite_store.alerts.get(faults.id).snoozed_until is None


def test_a_node_manager_sees_and_quiets_his_own_alone(at: str, sqlite_store: Store) -> None:
    browser = Browser(at).signed_in(sqlite_store, add_person(sqlite_store, nodes=("delta",)))
    assert len(browser.get("/dashboard/alerts").xpath("//ul[@class='needs']/li")) == 1
    [other] = sqlite_store.alerts.open(["lagoon"])
    browser.post(f"/dashboard/alerts/{other.id}/snooze", form_at="/dashboard/alerts", days="7")
    assert browser.answer.status_code == 403
    assert browser.get("/dashboard/nodes/none/alerts").xpath("//h1")
    assert browser.answer.status_code == 404


def test_a_person_chooses_what_to_hear(at: str, sqlite_store: Store) -> None:
    person = add_person(sqlite_store, Role.VIEWER, mail="ana@example.org")
    browser = Browser(at).signed_in(sqlite_store, person)
    assert "Nobody yet." in browser.get(OWN).text_content()
    browser.post(OWN, channel="mail", rule=["faults", "held"], pace="daily", node="delta", language="fr")
    assert browser.answer.status_code == 303
    [one] = sqlite_store.subscriptions.of_person(person.id)
    assert (one.node_id, one.wish.rules, one.wish.language) == (
        "delta",
        {Rule.FAULTS, Rule.HELD},
        "fr",
    )
    assert one.confirmed_at is not None
    browser.post(OWN, channel="mail", node="delta", pace="daily")
    assert browser.answer.status_code == 422
    assert "hears of that already" in browser.answer.text
    for act, muted in (("mute", True), ("hear", False)):
        browser.post(f"{OWN}/{one.id}/{act}", form_at=OWN, days="7")
        assert (sqlite_store.subscriptions.get(one.id).muted_until is not None) is muted
    browser.post(f"{OWN}/{one.id}/try", form_at=OWN)
    assert [letter.mail.to for letter in sqlite_store.outbox.newest()] == ["ana@example.org"]
    other = Browser(at).signed_in(sqlite_store, add_person(sqlite_store, Role.OPERATOR))
    other.post(f"{OWN}/{one.id}/remove", form_at=OWN)
    assert other.answer.status_code == 404
    browser.post(f"{OWN}/{one.id}/remove", form_at=OWN)
    assert sqlite_store.subscriptions.all() == []
    acts = [line.act for line in sqlite_store.audit.newest(about=f"person:{person.id}")]
    assert acts[:4] == ["unsubscribe", "change", "change", "subscribe"]


def test_who_steers_a_node_sees_who_hears_of_it_for_himself(at: str, sqlite_store: Store) -> None:
    ana = add_person(sqlite_store, nodes=("delta",), mail="ana@example.org")
    browser = Browser(at).signed_in(sqlite_store, ana)
    browser.post(OWN, channel="mail")
    assert "Nobody yet." in browser.get(NODE).text_content(), "that is about all that she may see"
    browser.post(OWN, channel="mail", node="delta")
    page = browser.get(NODE)
    assert "Nobody yet." not in page.text_content()
    assert page.xpath("//section[@aria-labelledby='own']//bdi/text()") == ["Ana"]
    assert "ana@example.org" not in page.xpath("string(//section[@aria-labelledby='own'])")


def test_when_one_hears_is_chosen_and_changed_on_the_page(at: str, sqlite_store: Store) -> None:
    person = add_person(sqlite_store, Role.VIEWER, mail="ana@example.org")
    browser = Browser(at).signed_in(sqlite_store, person)
    zone = {"hour": "8", "weekday": "friday", "time_zone": "Africa/Nairobi"}
    browser.post(OWN, channel="mail", pace="weekly", **zone)
    assert browser.answer.status_code == 303
    [one] = sqlite_store.subscriptions.of_person(person.id)
    assert one.wish.clock == Clock(8, Weekday.FRIDAY, "Africa/Nairobi")
    page = browser.get(OWN)
    assert "weekly: Friday, 08:00 (Africa/Nairobi)" in page.text_content()
    assert page.xpath("string(//select[@name='time_zone']/option[@selected])") == "Africa/Nairobi"
    form = f"{OWN}?change={one.id}"
    page = browser.get(form)
    assert page.xpath("string(//select[@name='hour']/option[@selected])") == "08:00"
    assert page.xpath("//form//input[@name='address']") == []
    browser.post(f"{OWN}/{one.id}/change", form_at=form, pace="daily", hour="24", rule=["held"])
    assert browser.answer.status_code == 422
    browser.post(
        f"{OWN}/{one.id}/change", form_at=form, pace="daily", hour="21", time_zone="UTC", rule=["held"]
    )
    assert browser.answer.status_code == 303
    changed = sqlite_store.subscriptions.get(one.id)
    assert (changed.wish.clock, changed.wish.rules) == (Clock(21), {Rule.HELD})
    assert changed.wish.channel is one.wish.channel
    other = Browser(at).signed_in(sqlite_store, add_person(sqlite_store, Role.OPERATOR))
    other.post(f"{OWN}/{one.id}/change", form_at=OWN, pace="daily")
    assert other.answer.status_code == 404


def test_the_secret_of_a_webhook_is_shown_once_and_its_path_never(at: str, sqlite_store: Store) -> None:
    person = add_person(sqlite_store, Role.VIEWER)
    browser = Browser(at).signed_in(sqlite_store, person)
    browser.post(OWN, channel="webhook", address="https://hooks.example.org/s3cret-path?key=1")
    assert browser.answer.status_code == 200
    secret = browser.answer.text.partition("whsec_")[2].partition("<")[0]
    assert len(secret) == 44
    page = browser.get(OWN).text_content()
    assert "https://hooks.example.org/…" in page
    assert secret not in page
    assert "s3cret-path" not in page
    token = token_of(sqlite_store, person, Action.SEE)
    told = requests.get(f"{at}/api/subscriptions", headers={"Authorization": f"Bearer {token}"}, timeout=20)
    assert told.json()["items"][0]["address"] == "https://hooks.example.org/…"
    assert secret not in told.text + str(sqlite_store.audit.newest())
    browser.post(OWN, channel="webhook", address="not an address")
    assert "http or https address" in browser.answer.text


def test_a_node_manager_lets_others_hear_who_say_yes_by_a_link(at: str, sqlite_store: Store) -> None:
    browser = Browser(at).signed_in(sqlite_store, add_person(sqlite_store, nodes=("delta",)))
    browser.post(NODE, channel="mail", address="eve@example.org", language="ru")
    [one] = sqlite_store.subscriptions.of_node("delta")
    assert one.confirmed_at is None
    assert "A letter was sent there" in browser.get(NODE).text_content()
    text = sqlite_store.outbox.newest()[0].mail.text
    [path] = [line.partition("8000")[2] for line in text.splitlines() if "/alerts/on/" in line]
    stranger = Browser(at)
    stranger.get(path)
    assert sqlite_store.subscriptions.get(one.id).confirmed_at is None, "to look changes nothing"
    assert stranger.answer.headers["Referrer-Policy"] == "no-referrer"
    stranger.send(path)
    assert sqlite_store.subscriptions.get(one.id).confirmed_at is not None
    off = path.replace("/on/", "/off/")
    assert stranger.send(f"{off}x").status_code == 200
    assert len(sqlite_store.subscriptions.all()) == 1, "that was no key of ours"
    answer = stranger.send(off, **{"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert sqlite_store.subscriptions.all() == []
    assert stranger.send(off).status_code == 200
    assert stranger.get(off).xpath("//form[contains(@action, 'alerts')]") == []


def test_a_key_of_one_opens_no_other(sqlite_store: Store, at: str) -> None:
    browser = Browser(at).signed_in(sqlite_store, add_person(sqlite_store, Role.OPERATOR))
    for mail in ("ana@example.org", "eve@example.org"):
        browser.post(NODE, channel="mail", address=mail)
    first, second = sqlite_store.subscriptions.of_node("delta")
    key = key_of(Services(load_settings(), sqlite_store), first)
    forged = f"{second.id}-{key.partition('-')[2]}"
    Browser(at).send(f"/alerts/off/{forged}")
    Browser(at).send(f"/alerts/off/{'9' * 30}-x")
    assert len(sqlite_store.subscriptions.all()) == 2


def test_pages_are_in_arabic_from_the_right(at: str, sqlite_store: Store) -> None:
    browser = Browser(at).signed_in(sqlite_store, add_person(sqlite_store, Role.OPERATOR))
    for path in ("/dashboard/alerts", OWN, NODE):
        page = browser.get(f"{path}?lang=ar")
        assert page.xpath("//html/@dir") == ["rtl"]
        assert browser.answer.status_code == 200


def test_programs_do_the_same(at: str, sqlite_store: Store) -> None:
    manager = add_person(sqlite_store, nodes=("delta",), mail="ana@example.org")
    head = {"Authorization": f"Bearer {token_of(sqlite_store, manager, Action.SEE, Action.STEER)}"}

    def ask(method: str, path: str, **sent: object) -> requests.Response:
        body = sent or None
        return requests.request(method, f"{at}/api{path}", headers=head, json=body, timeout=20)

    [alert] = ask("GET", "/alerts").json()["items"]
    assert (alert["source_id"], alert["rule"], alert["facts"]["faulty"]) == ("nile", "faults", 11)
    assert ask("GET", "/alerts?source=lagoon&over=true").json()["items"] == []
    [other] = sqlite_store.alerts.open(["lagoon"])
    assert ask("GET", f"/alerts/{other.id}").status_code == 403
    assert ask("GET", "/alerts/999").status_code == 404
    quiet = ask("PUT", f"/alerts/{alert['id']}/snooze", days=3, why="moved").json()
    assert (quiet["snoozed_why"], quiet["snoozed_by"]) == ("moved", "ana@example.org (token test)")
    assert ask("PUT", f"/alerts/{alert['id']}/snooze", days=1000).status_code == 422
    assert ask("DELETE", f"/alerts/{alert['id']}/snooze").json()["snoozed_until"] is None
    made = ask("POST", "/subscriptions", channel="webhook", address="https://hooks.example.org/x").json()
    assert made["secret"].startswith("whsec_")
    changed = ask("PATCH", f"/subscriptions/{made['id']}", rules=["held"], pace="weekly").json()
    assert (changed["rules"], changed["pace"]) == (["held"], "weekly")
    assert ask("PUT", f"/subscriptions/{made['id']}/mute", days=2).json()["muted_until"]
    assert ask("POST", f"/subscriptions/{made['id']}/try").status_code == 202
    assert len(sqlite_store.calls.newest()) == 1
    assert ask("POST", f"/subscriptions/{made['id']}/try").json()["last_call"]["state"] == "waiting"
    assert len(sqlite_store.calls.newest()) == 1, "once a minute"
    node = ask("POST", "/nodes/delta/subscriptions", address="eve@example.org").json()
    assert (node["of_node"], node["confirmed"]) == (True, False)
    assert len(ask("GET", "/nodes/delta/subscriptions").json()["items"]) == 1
    assert ask("POST", "/nodes/delta/subscriptions", address="eve").status_code == 422
    for number in (made["id"], node["id"]):
        assert ask("DELETE", f"/subscriptions/{number}").status_code == 204
        assert ask("DELETE", f"/subscriptions/{number}").status_code == 404
    viewer = add_person(sqlite_store, Role.VIEWER)
    head["Authorization"] = f"Bearer {token_of(sqlite_store, viewer, Action.SEE)}"
    assert ask("GET", "/nodes/delta/subscriptions").status_code == 403
