"""Somebody chooses what to hear of, and is quiet about an alert, in a real browser; axe looks on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from catalogue.alerts import Rule
from catalogue.people import Role
from catalogue.store import Store
from factories import add_source, now
from signing_in import COOKIE, add_node, add_person, serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

OWN, NODE, ALERTS = "/dashboard/account/alerts", "/dashboard/nodes/delta/alerts", "/dashboard/alerts"


@pytest.mark.slow
@pytest.mark.parametrize(("tag", "width"), [("en", 360), ("ar", 1280)])
def test_alerts_are_heard_of_and_quiet(
    sqlite_store: Store,
    page_in: Callable[..., Page],
    faults_of: Callable[[Page], list[str]],
    tag: str,
    width: int,
) -> None:
    store, page = sqlite_store, page_in(tag, width)
    add_source(store, "nile", title="A Registry of Hazardous Waste with a Long Name")
    add_node(store, "delta", "nile")
    person = add_person(store, Role.OPERATOR, mail="sara@example.org")
    store.alerts.judge("nile", {Rule.SHRUNK: {"before": 900, "now": 80, "days": 30}}, now())
    with serving(store, requests_per_minute=0) as at:
        secret = store.sessions.begin(person.id, now(), by="test")
        page.context.add_cookies([{"name": COOKIE, "value": secret, "url": at}])
        page.goto(at + OWN)
        page.check("input[name=channel][value=webhook]")
        page.fill("input[name=address]", "https://hooks.example.org/a-hook-with-a-long-address")
        page.check("input[name=rule][value=shrunk]")
        page.uncheck("input[name=every]")
        page.click("form.fields button[type=submit]")
        assert page.locator(".notice code").inner_text().startswith("whsec_")
        assert faults_of(page) == []
        [one] = store.subscriptions.of_person(person.id)
        assert one.wish.rules == {Rule.SHRUNK}
        for path in (NODE, ALERTS):
            page.goto(at + path)
            assert faults_of(page) == [], path
        page.locator("select[name=days]").select_option("7")
        page.click("form[action*='/snooze'] button")
        page.wait_for_url("**done=**")
        assert store.alerts.open()[0].snoozed_until is not None
        assert faults_of(page) == []
