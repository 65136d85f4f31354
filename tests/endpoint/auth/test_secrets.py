"""What opens something is told once, to whom it is for, and stands in no log and on no other page."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import requests
import structlog

from catalogue.people import Role
from catalogue.settings import load_settings
from catalogue.store import Store
from clearinghouse import logs
from factories import add_source
from signing_in import COOKIE, Browser, add_node, add_person, serving

PASSWORD = "seven quiet herons"
PAGES = (
    "/", "/sign-in", "/dashboard", "/dashboard/account", "/dashboard/account/alerts", "/dashboard/people",
    "/dashboard/people/1",
    "/dashboard/organisations", "/dashboard/pings/nile", "/dashboard/sources/nile?tab=settings", "/metrics",
    "/api/people", "/api/people/1", "/api/tokens", "/api/me", "/api/audit", "/api/sources/nile/settings",
    "/dashboard/runs/1", "/dashboard/sources/nile", "/dashboard?column=address", "/api/runs/1", "/api/pause",
)  # fmt: skip


@pytest.fixture
def everything_logged() -> Iterator[StringIO]:
    """What would be logged if everything were, before it was as it is."""
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers, root.level
    logs.configure(load_settings(log_level="DEBUG", log_json=True))
    [handler] = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    written = StringIO()
    handler.setStream(written)
    statements = logging.getLogger("sqlalchemy.engine")
    statements.setLevel(logging.DEBUG)
    yield written
    statements.setLevel(logging.NOTSET)
    structlog.configure(**before)
    root.handlers, root.level = handlers, level


def test_secrets_stand_in_no_log_and_on_no_page(everything_logged: StringIO, sqlite_store: Store) -> None:
    add_source(sqlite_store, "nile")
    add_node(sqlite_store, "delta", "nile")
    person = add_person(sqlite_store, Role.OPERATOR, mail="op@example.org")
    link = sqlite_store.sessions.make_link(person.id, "test", datetime.now(UTC), timedelta(hours=1))
    secrets = {"password": PASSWORD, "link": link}
    with serving(sqlite_store) as at:
        browser = Browser(at)
        browser.post(f"/sign-in/link/{link}", password=PASSWORD, again=PASSWORD)
        secrets["first session"] = browser.session.cookies[COOKIE]
        Browser(at).post("/sign-in", mail="op@example.org", password="a wrong password")
        browser.post("/sign-out", form_at="/dashboard/account")
        browser.post("/sign-in", mail="op@example.org", password=PASSWORD)
        secrets["session"] = browser.session.cookies[COOKIE]
        made = browser.post("/dashboard/account/tokens", form_at="/dashboard/account", name="x", scope="see")
        secrets["token"] = made.text.partition('<code dir="ltr">')[2].partition("<")[0]
        ping = browser.post("/dashboard/pings/nile")
        secrets["ping"] = ping.text.partition("/ping/")[2].partition("<")[0]
        assert requests.post(f"{at}/ping/{secrets['ping']}", timeout=20).status_code == 202
        headers = {"Authorization": f"Bearer {secrets['token']}"}
        assert requests.get(f"{at}/api/me", headers=headers, timeout=20).status_code == 200
        told, statuses = {}, set()
        for path in PAGES:
            browser.get(path)
            told[path] = browser.answer.text
            statuses.add(browser.answer.status_code)
    assert all(len(secret) >= 18 for secret in secrets.values())
    assert statuses == {200, 303}  # whoever has signed in is sent on from /sign-in
    assert [(name, path) for name, secret in secrets.items() for path in told if secret in told[path]] == []
    log = everything_logged.getvalue()
    assert "INSERT INTO sessions" in log  # the database's own words, too
    assert [name for name, secret in secrets.items() if secret in log] == []
    assert "a wrong password" not in log
